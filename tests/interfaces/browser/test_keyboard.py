"""The whole way by keys alone, and by few labelled controls."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Locator, expect

from retouch.orchestrator.history import Version
from tests.interfaces.browser import projects
from tests.interfaces.browser.projects import SEAL, TITLE
from tests.interfaces.browser.reviewer import Reviewer
from tests.interfaces.browser.service import Service

Review = Callable[..., Reviewer]
Serve = Callable[..., Service]


def press(reviewer: Reviewer, *keys: str) -> None:
    for key in keys:
        reviewer.page.keyboard.press(key)


def asked(version: Version) -> object:
    """The words that the editor was given for a version."""
    attempt = version.attempt()
    return attempt and attempt.request["instruction"]


def step_of(service: Service, name: str) -> str:
    return next(version.id for version in service.document().log() if version.record.step == name)


def test_a_step_is_found_taken_back_and_done_another_way_by_keys_alone(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    document = service.document()
    before = document.head().picture.pixels.copy()
    title = step_of(service, "title")
    reviewer = review(service)
    page = reviewer.document()

    press(reviewer, "/")
    page.keyboard.type("title")
    expect(page.get_by_role("treeitem")).to_have_count(1)
    press(reviewer, "Enter")
    reviewer.shows(title)

    press(reviewer, "v")
    reviewer.told("title is taken back; later steps stay")
    after = document.head().picture.pixels
    assert (after[SEAL.slices] == before[SEAL.slices]).all()
    assert (after[TITLE.slices] != before[TITLE.slices]).any()

    page.goto(f"{service.origin}/d/1-1/v/{title}")
    reviewer.shows(title)
    press(reviewer, "a")
    expect(page.get_by_label("Instruction")).to_be_focused()
    expect(page.get_by_label("Instruction")).to_have_value("write the title anew")
    press(reviewer, "Control+A")
    page.keyboard.type("write it larger")
    tab_to(reviewer, "Draw another box")
    press(reviewer, "Enter")
    expect(page.locator("retouch-picture .window")).to_be_focused()
    press(reviewer, "ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Enter")
    expect(page.locator("retouch-again")).to_contain_text("new")
    expect(reviewer.button("Draw another box")).to_be_focused()
    tab_to(reviewer, "Start")
    press(reviewer, "Enter")

    reviewer.told(re.compile("Done, on"))
    made = document.head("again-1")
    assert made.record.box is not None and made.record.box != TITLE
    assert asked(made) == "write it larger"


def tab_to(reviewer: Reviewer, name: str, most: int = 12) -> None:
    """Tab until the control of this name has the focus; it must come soon."""
    passed = []
    for _ in range(most):
        press(reviewer, "Tab")
        passed.append(reviewer.focused())
        if name in passed[-1]:
            return
    raise AssertionError(f"{name} was not reached: {passed}")


def test_every_act_has_its_key_and_the_sheet_names_it(serve: Serve, review: Review) -> None:
    service = serve(projects.small)
    document = service.document()
    reviewer = review(service)
    page = reviewer.document(version=step_of(service, "column"))
    expect(reviewer.act("accept")).to_be_visible()
    reviewer.drawn()

    press(reviewer, "p")
    reviewer.told("column is accepted")
    press(reviewer, "u")
    reviewer.told("taken back")
    assert document.head().record.step == "seal"
    press(reviewer, "k", "c")
    expect(reviewer.button("Slider")).to_have_attribute("aria-pressed", "true")
    press(reviewer, "c", "t")
    page.keyboard.type("by-keys")
    press(reviewer, "Enter")
    reviewer.told("Tagged by-keys")
    press(reviewer, "r")
    reviewer.told("main is back at")

    press(reviewer, "?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    keys = {key.strip() for key in sheet.locator("dt").all_text_contents()}
    for button in page.locator("[data-act][aria-keyshortcuts]").all():
        assert str(button.get_attribute("aria-keyshortcuts")) in keys
    press(reviewer, "Escape", "t")  # at once: the closed sheet may still hold the focus
    expect(sheet).to_have_count(0)
    page.keyboard.type("after-keys")
    press(reviewer, "Enter")
    reviewer.told("Tagged after-keys")


def test_the_tree_is_walked_by_arrows_and_the_focus_stays(serve: Serve, review: Review) -> None:
    service = serve(projects.small)
    log = [version.id for version in service.document().log()]
    reviewer = review(service)
    page = reviewer.document()

    press(reviewer, "Tab")
    assert reviewer.focused() == "a Skip to the history"
    press(reviewer, "Enter", "Home")
    expect(page.locator('[role="treeitem"]:focus')).to_have_count(1)
    first = page.url
    press(reviewer, "ArrowDown")
    expect(page).not_to_have_url(first)
    press(reviewer, "j", "k")
    expect(page.locator('[role="treeitem"]:focus')).to_have_attribute("aria-selected", "true")
    press(reviewer, "End")
    assert any(f"/v/{one}" in page.url for one in (log[0], log[-1]))


# few controls


@dataclass
class Counted:
    """Uses controls by their labels, and counts them: each must be in sight and be called what it does."""

    reviewer: Reviewer
    used: list[str] = field(default_factory=list)

    def click(self, control: Locator) -> None:
        expect(control).to_be_in_viewport(ratio=1)
        name = (control.text_content() or "").strip()
        assert name, "a control without words"
        self.used.append(name)
        control.click()


def test_each_part_of_the_way_takes_three_labelled_controls_at_most(serve: Serve, review: Review) -> None:
    """Finding a step, taking it back, and doing it another way."""
    service = serve(projects.plain)
    document = service.document()
    title = step_of(service, "title")
    reviewer = review(service)
    page = reviewer.document()

    finding = Counted(reviewer)
    finding.click(page.get_by_role("treeitem").filter(has_text="write the title anew"))
    reviewer.shows(title)

    taking_back = Counted(reviewer)
    taking_back.click(reviewer.button("Take this step back"))
    reviewer.told("title is taken back; later steps stay")

    again = Counted(reviewer)
    again.click(page.get_by_role("treeitem").filter(has_text="write the title anew").first)
    reviewer.shows(title)
    again.click(reviewer.button("Do it again…"))
    page.get_by_label("Instruction").fill("write it as on the stele")
    again.click(reviewer.button("Start"))
    reviewer.told(re.compile("Done, on"))

    assert [len(way.used) for way in (finding, taking_back, again)] == [1, 1, 3]
    assert asked(document.head("again-1")) == "write it as on the stele"
