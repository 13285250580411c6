"""Runs begun, watched, answered, paused and given up by the page; each call of the editor waits for the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from retouch import parts
from retouch.interfaces.web.acting.allowance import Allowance
from tests.interfaces.browser import projects
from tests.interfaces.browser.projects import SEAL
from tests.interfaces.browser.reviewer import Reviewer
from tests.interfaces.browser.service import Service, serving
from tests.interfaces.web.live import gated

Review = Callable[..., Reviewer]
DOCUMENTS = 7
RED = [255, 0, 0]


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gated.Gate]:
    """Where the calls of the editor `gated` wait; it is found by an entry point, as everybody's parts are."""
    folder = tmp_path_factory.mktemp("part")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(gated.installed(folder)))
        patch.setenv(gated.PLACE, str(folder / "gate"))
        parts.available.cache_clear()
        opened = gated.Gate(folder / "gate")
        yield opened
        opened.close()
    parts.available.cache_clear()


@pytest.fixture(scope="module")
def studio(gate: gated.Gate, template: Callable[..., Path]) -> Iterator[Service]:
    """One server, whose worker stays warm, with a document for each test."""
    with serving(template(*[projects.plain] * DOCUMENTS), Allowance(editors=("gated",))) as service:
        yield service


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    """Documents that nobody has touched yet."""
    return iter([f"sheet-{number}" for number in range(DOCUMENTS)])


@pytest.fixture
def name(names: Iterator[str]) -> str:
    return next(names)


def region(reviewer: Reviewer, name: str) -> Locator:
    return reviewer.page.get_by_role("region", name=name)


def draw(reviewer: Reviewer, left: float, top: float, right: float, bottom: float) -> None:
    """Drag a box over the picture, in parts of its window."""
    frame = reviewer.page.locator("retouch-picture .window").bounding_box()
    assert frame is not None
    mouse = reviewer.page.mouse
    mouse.move(frame["x"] + left * frame["width"], frame["y"] + top * frame["height"])
    mouse.down()
    mouse.move(frame["x"] + right * frame["width"], frame["y"] + bottom * frame["height"], steps=3)
    mouse.up()


def begin(reviewer: Reviewer, *wishes: str, review: bool = False) -> None:
    """Start a goal of boxes, drawn by hand, that the gated editor paints."""
    page = reviewer.page
    page.locator('header [data-act="goal"]').click()
    page.get_by_label("What is wanted").fill("paint by hand")
    for number, wish in enumerate(wishes):
        reviewer.button("Add a box").click()
        draw(reviewer, 0.3 + 0.15 * number, 0.4, 0.4 + 0.15 * number, 0.6)
        page.get_by_label("What to do there").nth(number).fill(wish)
    page.get_by_role("form").get_by_role("combobox", name="Editor").select_option("gated")
    page.get_by_label("Ask me before anything is applied").set_checked(review)
    reviewer.button("Start").click()
    reviewer.told("Started")


def test_a_step_is_done_again_in_a_box_drawn_by_hand(studio: Service, review: Review, name: str) -> None:
    document = studio.document(name)
    head = document.head()
    reviewer = review(studio)
    page = reviewer.document(name)
    reviewer.drawn()

    reviewer.act("again").click()
    page.get_by_label("Instruction").fill("a smaller seal")
    reviewer.button("Draw another box").click()
    draw(reviewer, 0.4, 0.4, 0.6, 0.6)
    expect(page.locator("retouch-again code")).not_to_have_text(", ".join(map(str, (SEAL.x, SEAL.y, 70, 70))))
    expect(page.locator("retouch-boxes").get_by_text("new")).to_be_attached()
    reviewer.button("Start").click()
    expect(page.locator("retouch-boxes").get_by_text("new")).to_have_count(0)

    reviewer.told(re.compile("Done, on"))
    reviewer.notice.get_by_role("button", name="Show").click()
    made = document.head(str(page.get_by_label("Branch", exact=True).input_value()))
    assert document.head().id == head.id  # the branch that was looked at stays as it was
    assert made.record.box is not None and made.record.box != SEAL
    assert made.parents[0].id == head.parents[0].id
    reviewer.shows(made.id)
    expect(page.locator("retouch-evidence")).to_contain_text("a smaller seal")


def test_a_run_asks_and_is_answered(studio: Service, review: Review, gate: gated.Gate, name: str) -> None:
    document = studio.document(name)
    before = document.head().id
    reviewer = review(studio)
    reviewer.document(name)
    reviewer.drawn()

    begin(reviewer, "dot the eye", review=True)
    expect(region(reviewer, "Runs")).to_contain_text("paint by hand")
    call = gate.call()
    assert call.instruction == "dot the eye"
    assert document.head().id == before
    call.go()

    asked = region(reviewer, "One step waits for you")
    expect(asked).to_contain_text("dot the eye")
    assert document.head().id == before
    asked.get_by_role("button", name="Accept this one").click()

    reviewer.told("is accepted; main shows it")
    assert document.head().id != before
    box = document.head().record.box
    assert box is not None
    assert document.head().picture.pixels[box.y + 1, box.x + 1].tolist() == RED
    reviewer.shows(document.head().id)


def test_what_waits_is_done_another_way(studio: Service, review: Review, gate: gated.Gate, name: str) -> None:
    reviewer = review(studio)
    page = reviewer.document(name)
    reviewer.drawn()
    begin(reviewer, "a dot", review=True)
    gate.call().go()
    region(reviewer, "One step waits for you").get_by_role("button", name="Another way…").click()

    page.get_by_label("Instruction").fill("a bolder dot")
    reviewer.button("Start").click()

    call = gate.call()
    assert call.instruction == "a bolder dot"
    call.go()
    expect(region(reviewer, "Runs")).to_have_count(0)
    expect(region(reviewer, "One step waits for you")).to_contain_text("a bolder dot")


def test_two_browsers_see_the_same(
    studio: Service, review: Review, gate: gated.Gate, name: str, screenshots: Path
) -> None:
    one, other = review(studio), review(studio)
    for each in (one, other):
        each.document(name)
        each.drawn()
    document = studio.document(name)

    one.act("tag").click()
    one.page.get_by_label("Name of the tag").fill("seen")
    one.button("Set tag").click()
    expect(other.line(document.head().id)).to_contain_text("seen")

    begin(one, "first", "second")
    first = gate.call()
    expect(region(other, "Runs")).to_contain_text("0 of 2 steps")
    first.go()
    second = gate.call()
    for each in (one, other):
        expect(region(each, "Runs")).to_contain_text("1 of 2 steps")
        expect(each.line(document.head().id)).to_be_attached()
    one.page.screenshot(path=screenshots / "running.png")
    second.go()
    for each in (one, other):
        expect(region(each, "Runs")).to_have_count(0)
        expect(region(each, "2 steps wait for you")).to_be_visible()
    other.page.screenshot(path=screenshots / "asking.png")


def test_a_run_is_paused_by_one_and_gone_on_with_by_another(
    studio: Service, review: Review, gate: gated.Gate, name: str
) -> None:
    one, other = review(studio), review(studio)
    for each in (one, other):
        each.document(name)
        each.drawn()
    begin(one, "first", "second")
    call = gate.call()

    other.button("Pause").click()
    other.told("The run stops after what it is doing now")
    call.go()

    expect(region(one, "Runs")).to_contain_text("paused")
    one.button("Continue").click()
    gate.call().go()
    for each in (one, other):
        expect(region(each, "Runs")).to_have_count(0)


def test_a_run_that_is_cancelled_is_over_and_keeps_what_it_made(
    studio: Service, review: Review, gate: gated.Gate, name: str
) -> None:
    document = studio.document(name)
    reviewer = review(studio)
    reviewer.document(name)
    reviewer.drawn()
    begin(reviewer, "first", "second")
    gate.call().go()
    gate.call()
    kept = document.head().id

    reviewer.button("Cancel the run").click()

    reviewer.told("The run is cancelled; what it made is kept")
    expect(region(reviewer, "Runs")).to_have_count(0)
    assert document.head().id == kept
    assert studio.project.interrupted(name) == ()


def test_a_reload_in_the_middle_of_a_run_loses_nothing(
    studio: Service, review: Review, gate: gated.Gate, name: str
) -> None:
    reviewer = review(studio)
    page = reviewer.document(name)
    reviewer.drawn()
    begin(reviewer, "only this")
    call = gate.call()

    page.reload()
    expect(region(reviewer, "Runs")).to_contain_text("paint by hand")
    call.go()

    expect(region(reviewer, "One step waits for you")).to_contain_text("only this")  # nobody could judge it
    expect(region(reviewer, "Runs")).to_have_count(0)
