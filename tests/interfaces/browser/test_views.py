"""Every view, light and dark, English and Chinese, wide and narrow: no barriers, nothing cut off, a picture of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.interfaces.browser import projects
from tests.interfaces.browser.reviewer import Reviewer
from tests.interfaces.browser.service import Service, serving

Review = Callable[..., Reviewer]
NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
MODES = ("picture", "slider", "beside", "flip", "difference", "outside")
FORMS = ("again", "branch", "tag", "comment", "export")
BARRIERS = """axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations.flatMap(
  each => each.nodes.map(node => `${each.id}: ${node.target.flat(9).join(' ')} ${node.failureSummary}`)))"""
LARGER = """() => [document.documentElement.scrollWidth, innerWidth]"""


@pytest.fixture(scope="module")
def shelf(template: Callable[..., Path]) -> Iterator[Service]:
    """A server of a small document and one that is torn, which are only looked at."""
    with serving(template(projects.small, projects.torn)) as service:
        yield service


@pytest.fixture
def looks(screenshots: Path, axe: str) -> Callable[[Reviewer, str], None]:
    """`looks(reviewer, name)`: keep a picture of the view; nothing in it may keep anybody out."""

    def look(reviewer: Reviewer, name: str) -> None:
        page = reviewer.page
        page.screenshot(path=screenshots / f"{name}.png")
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe)
        assert page.evaluate(BARRIERS) == [], name
        wide, window = page.evaluate(LARGER)
        assert wide <= window, f"{name} is wider than its window"

    return look


def settled(page: Page) -> None:
    """Pictures of lines and evidence in sight have come, and what moves has stopped."""
    for picture in page.locator("img:visible").all():
        expect(picture).to_have_js_property("complete", True)


def version_of(service: Service, step: str) -> str:
    return [one.id for one in service.document("sheet-0").log() if one.record.step == step][-1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_views_of_a_version_keep_nobody_out(shelf: Service, review: Review, looks: Any, scheme: str) -> None:
    reviewer = review(shelf, color_scheme=scheme, reduced_motion="reduce")
    page = reviewer.document("sheet-0", version=version_of(shelf, "title"))
    for mode in MODES:
        page.locator("retouch-viewer .bar").get_by_role("button").nth(MODES.index(mode)).click()
        if mode != "picture":
            expect(page.locator("retouch-compare [role=status]").first).to_contain_text("pixel")
        reviewer.drawn()
        settled(page)
        looks(reviewer, f"{mode}-{scheme}")
    page.locator("retouch-viewer .bar").get_by_role("button").first.click()
    for form in FORMS:
        reviewer.act(form).click()
        expect(page.get_by_role("form")).to_be_visible()
        if form == "again":
            expect(page.get_by_label("Instruction")).not_to_have_value("")
        looks(reviewer, f"{form}-{scheme}")
        page.get_by_role("form").get_by_role("button").last.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_views_around_a_version_keep_nobody_out(shelf: Service, review: Review, looks: Any, scheme: str) -> None:
    reviewer = review(shelf, color_scheme=scheme)
    page = reviewer.open("/")
    settled(page)
    looks(reviewer, f"documents-{scheme}")
    page.get_by_role("link", name=re.compile("sheet-0")).click()
    reviewer.drawn()
    reviewer.choose(version_of(shelf, "column"))
    settled(page)
    looks(reviewer, f"waiting-{scheme}")
    page.locator('header [data-act="goal"]').click()
    reviewer.button("Add a box").click()
    page.keyboard.press("Enter")
    looks(reviewer, f"goal-{scheme}")
    page.keyboard.press("Escape")
    reviewer.button("Filter").click()
    page.get_by_label("Verdict").select_option("passed")
    looks(reviewer, f"filter-{scheme}")
    reviewer.button("Keys").click()
    looks(reviewer, f"keys-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_conflicts_and_notices_keep_nobody_out(shelf: Service, review: Review, looks: Any, scheme: str) -> None:
    reviewer = review(shelf, color_scheme=scheme)
    page = reviewer.document("sheet-1")
    reviewer.drawn()
    page.locator('header [data-act="merge"]').click()
    looks(reviewer, f"merge-{scheme}")
    reviewer.button("Merge into main").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settled(page)
    looks(reviewer, f"conflict-{scheme}")
    page.keyboard.press("Escape")
    reviewer.act("branch").click()
    page.get_by_label("Name of the branch").fill("main")
    reviewer.button("Make branch").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks(reviewer, f"refused-{scheme}")
    reviewer.complaints.clear()  # the browser says that it was refused


def test_on_a_telephone_one_thing_is_shown_at_a_time(shelf: Service, review: Review, looks: Any) -> None:
    reviewer = review(shelf, **NARROW)
    page = reviewer.open("/")
    looks(reviewer, "documents-narrow")
    page.get_by_role("link", name=re.compile("sheet-0")).click()
    reviewer.drawn()
    for area in ("Picture", "History", "Evidence"):
        tab = page.get_by_role("navigation").get_by_role("button", name=area)
        tab.click()
        expect(tab).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("region", name=area, exact=True)).to_be_visible()
        settled(page)
        looks(reviewer, f"{area.lower()}-narrow")
    page.get_by_role("navigation").get_by_role("button", name="History").click()
    page.get_by_role("treeitem").filter(has_text="write the title anew").first.click()
    page.get_by_role("navigation").get_by_role("button", name="Picture").click()
    scale = page.locator("retouch-viewer output")
    expect(scale).to_have_text(re.compile(r"^[1-9]\d+ %"))  # it was behind a tab, but is shown as large as before
    for mode in ("Slider", "Side by side"):
        reviewer.button(mode).click()
        expect(scale).to_have_text(re.compile(r"^[1-9]\d+ %"))
        looks(reviewer, f"{mode.lower().replace(' ', '-')}-narrow")
    reviewer.button("Picture").last.click()
    reviewer.act("again").click()
    expect(page.get_by_role("form")).to_be_visible()
    looks(reviewer, "again-narrow")
    page.get_by_role("link", name="All documents").click()
    expect(page.get_by_role("link", name=re.compile("sheet-1"))).to_be_visible()


def test_what_a_finger_meets_is_large_enough(shelf: Service, review: Review) -> None:
    reviewer = review(shelf, **NARROW)
    page = reviewer.open(f"/d/{shelf.key('sheet-0')}")
    reviewer.drawn()
    low = page.locator("button:visible, select:visible").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 24).map(each => each.textContent.trim())"
    )
    assert low == []


def test_in_chinese_every_word_of_the_page_is_chinese(shelf: Service, review: Review, looks: Any) -> None:
    reviewer = review(shelf, locale="zh-TW")
    page = reviewer.document("sheet-0", version=version_of(shelf, "title"))
    reviewer.drawn()
    settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    looks(reviewer, "picture-chinese")
    words = page.locator("button:visible, h3:visible, legend:visible, label > span:visible").all_inner_texts()
    assert [word for word in words if latin(word)] == []
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(reviewer.button("Take this step back")).to_be_visible()


def latin(word: str) -> bool:
    """True for words of the page in Latin letters; signs, keys and the name of the other language are none."""
    rest = re.sub(r"\b[A-Z]\b|English|JSON|[0-9a-f]{8}", "", word)
    return re.search(r"[A-Za-z]{2}", rest) is not None


def test_dark_and_light_are_chosen_and_kept(shelf: Service, review: Review) -> None:
    reviewer = review(shelf, color_scheme="light")
    page = reviewer.document("sheet-0")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = reviewer.script(ground)

    reviewer.button("Dark").click()
    dark = reviewer.script(ground)
    page.reload()

    expect(reviewer.button("Light")).to_be_visible()
    assert reviewer.script(ground) == dark != light


def test_changes_are_told_to_who_does_not_see_them(shelf: Service, review: Review) -> None:
    reviewer = review(shelf)
    page = reviewer.document("sheet-0")
    expect(page.get_by_role("tree", name="History")).to_be_visible()
    selected = page.get_by_role("treeitem", selected=True)
    expect(selected).to_have_count(1)
    assert selected.get_attribute("aria-level") and selected.get_attribute("aria-setsize")
    expect(page.locator("retouch-app [aria-live=polite]").first).to_be_attached()


def test_a_barrier_inside_an_element_of_the_page_would_be_found(shelf: Service, review: Review, axe: str) -> None:
    reviewer = review(shelf)
    page = reviewer.document("sheet-0")
    page.evaluate(axe)
    page.locator("retouch-evidence").evaluate("each => each.renderRoot.append(document.createElement('button'))")
    assert any(str(barrier).startswith("button-name: ") for barrier in page.evaluate(BARRIERS))
