"""Looking through a long history and comparing what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.interfaces.browser import projects
from tests.interfaces.browser.reviewer import Reviewer
from tests.interfaces.browser.service import Service, serving

Review = Callable[..., Reviewer]


@pytest.fixture(scope="module")
def forest(template: Callable[..., Path]) -> Iterator[Service]:
    """A server of a tree of three hundred versions, which is only looked at."""
    with serving(template(projects.large)) as service:
        yield service


@pytest.fixture(scope="module")
def repaired(template: Callable[..., Path]) -> Iterator[Service]:
    """A server of the small project, which is only looked at."""
    with serving(template(projects.small)) as service:
        yield service


def lines(page: Page) -> Locator:
    return page.get_by_role("treeitem")


def test_all_of_three_hundred_versions_can_be_reached(forest: Service, review: Review) -> None:
    log = forest.document().log()
    assert len(log) == projects.MANY
    reviewer = review(forest)
    page = reviewer.document()
    expect(page.get_by_role("status").filter(has_text="300 versions")).to_be_visible()
    assert lines(page).count() < 60  # only what is in sight is drawn

    lines(page).first.focus()
    page.keyboard.press("Home")
    top = page.url
    page.keyboard.press("End")

    reviewer.shows(log[0].id if log[0].id not in top else log[-1].id)
    assert top != page.url
    expect(page.locator('[role="treeitem"][tabindex="0"]')).to_be_in_viewport()


def test_branches_and_merges_stand_in_lanes_of_their_own(forest: Service, review: Review) -> None:
    reviewer = review(forest)
    page = reviewer.document(q="")
    merged = next(version for version in forest.document().log() if len(version.parents) == 2)
    page.goto(f"{forest.origin}/d/1-1/v/{merged.id}")
    reviewer.shows(merged.id)

    expect(reviewer.line(merged.id)).to_be_in_viewport()
    expect(reviewer.line(merged.id)).to_contain_text("brings in")
    middles = page.locator("retouch-tree svg.lanes").evaluate_all(MARKS)
    assert len(set(middles)) > 1


MARKS = """all => all.map(each => [...each.querySelectorAll('*')].map(
  part => part.getAttribute('cx') ?? part.getAttribute('transform')).find(place => place)).filter(Boolean)"""


def test_a_side_branch_is_folded_and_its_lines_go(forest: Service, review: Review) -> None:
    reviewer = review(forest)
    page = reviewer.document()
    opened = page.locator('[role="treeitem"][aria-expanded="true"]').first
    version = str(opened.get_attribute("data-version"))
    reviewer.choose(version)
    reviewer.line(version).focus()

    page.keyboard.press("ArrowLeft")

    expect(reviewer.line(version)).to_have_attribute("aria-expanded", "false")
    expect(reviewer.line(version)).to_contain_text("more, folded")


def test_words_and_filters_find_versions_and_stand_in_the_address(repaired: Service, review: Review) -> None:
    reviewer = review(repaired)
    page = reviewer.document()
    search = page.get_by_role("searchbox", name="Search the history")

    search.fill("seal")
    expect(lines(page)).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1 of 5 versions")).to_be_visible()
    expect(page).to_have_url(re.compile("q=seal"))
    reviewer.button("Show all").click()
    reviewer.button("Filter").click()
    page.get_by_label("Verdict").select_option("failed")
    expect(lines(page)).to_have_count(1)
    page.get_by_label("Verdict").select_option("Any")
    page.get_by_label("Editor").select_option("scripted?colour=crimson")
    expect(lines(page)).to_have_count(1)
    page.get_by_label("Editor").select_option("Any")
    page.get_by_label("From", exact=True).fill("2999-01-01")

    expect(page.get_by_text("No version fits.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("From", exact=True)).to_have_value("2999-01-01")


def test_a_box_on_the_picture_leads_to_its_step_and_a_step_to_its_box(repaired: Service, review: Review) -> None:
    reviewer = review(repaired)
    document = repaired.document()
    page = reviewer.document()
    reviewer.drawn()
    title, seal = document.head().parents[0].id, document.head().id
    window = page.locator("retouch-picture .window")
    frame = window.bounding_box()
    assert frame is not None
    scale = min(frame["width"] / projects.WIDTH, frame["height"] / projects.HEIGHT)

    x, y = projects.TITLE.centre
    window.click(
        position={
            "x": frame["width"] / 2 + (x - projects.WIDTH / 2) * scale,
            "y": frame["height"] / 2 + (y - projects.HEIGHT / 2) * scale,
        }
    )

    reviewer.shows(title)
    expect(page.locator("retouch-boxes .selected text")).to_contain_text("title")
    reviewer.choose(seal)
    expect(page.locator("retouch-boxes .selected text")).to_contain_text("seal")
    window.focus()
    page.keyboard.press("[")
    reviewer.shows(title)


def test_the_evidence_shows_every_try_and_why_it_failed(repaired: Service, review: Review) -> None:
    reviewer = review(repaired)
    failed, fixed = [version.id for version in repaired.document().log() if version.record.step == "title"]
    page = reviewer.document(version=fixed)
    tries = page.locator("retouch-evidence .tries > li")

    expect(tries).to_have_count(2)
    expect(tries.first).to_contain_text("failed")
    expect(tries.last).to_contain_text("passed")
    for place in tries.all():
        picture = place.locator("img").first
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("each => each.naturalWidth") > 0
    page.get_by_role("button", name=f"Show {failed[:8]}").click()
    reviewer.shows(failed)


# comparing


@pytest.fixture
def pair(repaired: Service, review: Review) -> Reviewer:
    """The head, compared with the version before it."""
    reviewer = review(repaired)
    reviewer.document(version=repaired.document().head().id)
    reviewer.drawn()
    return reviewer


def mode(reviewer: Reviewer, name: str) -> None:
    reviewer.button(name).click()
    expect(reviewer.button(name)).to_have_attribute("aria-pressed", "true")


def test_the_slider_moves_by_pointer_and_by_keys(pair: Reviewer) -> None:
    mode(pair, "Slider")
    slider = pair.page.get_by_role("slider", name="Where one version ends and the other begins")
    expect(slider).to_have_attribute("aria-valuenow", "50")
    frame = pair.page.locator("retouch-overlaid .window").bounding_box()
    assert frame is not None

    slider.hover()
    pair.page.mouse.down()
    pair.page.mouse.move(frame["x"] + frame["width"] / 4, frame["y"] + 40)
    pair.page.mouse.up()
    expect(slider).to_have_attribute("aria-valuenow", "25")
    slider.focus()
    pair.page.keyboard.press("End")

    expect(slider).to_have_attribute("aria-valuenow", "100")
    expect(pair.page.get_by_role("status").filter(has_text="pixels differ")).to_be_visible()


def test_side_by_side_both_are_zoomed_together(pair: Reviewer) -> None:
    mode(pair, "Side by side")
    windows = pair.page.locator("retouch-beside .window")
    expect(windows).to_have_count(2)

    windows.first.focus()
    for _ in range(4):
        pair.page.keyboard.press("+")

    expect(pair.page).to_have_url(re.compile("z="))
    frames = pair.page.locator("retouch-beside retouch-picture").evaluate_all("all => all.map(each => each.frame)")
    assert frames[0] == pytest.approx(frames[1]) and frames[0]["width"] < 1


def test_flip_shows_the_other_one_while_it_is_held(pair: Reviewer) -> None:
    mode(pair, "Flip")
    name = pair.page.locator("retouch-overlaid .name")
    expect(name).to_have_text("after")

    pair.page.keyboard.down("o")
    expect(name).to_have_text("before")
    pair.page.keyboard.up("o")
    expect(name).to_have_text("after")

    button = pair.page.get_by_role("button", name="Hold to flip")
    button.hover()
    pair.page.mouse.down()
    expect(name).to_have_text("before")
    pair.page.mouse.up()
    expect(name).to_have_text("after")


def test_what_differs_is_counted_and_nothing_outside_the_box(pair: Reviewer) -> None:
    mode(pair, "Difference")
    changed = projects.SEAL.area
    expect(pair.page.get_by_role("status").filter(has_text=re.compile(f"{changed:,} pixels differ"))).to_be_visible()

    mode(pair, "Outside the box")

    expect(pair.page.get_by_role("status").filter(has_text="0 pixels changed outside the box")).to_be_visible()


def test_any_version_can_be_compared_with_the_original(pair: Reviewer) -> None:
    first = pair.service.document().log()[0].id
    mode(pair, "Difference")

    pair.page.get_by_label("against").select_option("the original")

    expect(pair.page).to_have_url(re.compile(f"cmp={first}"))
    places = projects.SEAL.area + projects.TITLE.area
    expect(pair.page.get_by_role("status").filter(has_text=f"{places:,} pixels differ")).to_be_visible()


def test_the_original_is_shown_while_a_key_is_held(pair: Reviewer) -> None:
    pair.page.locator("retouch-picture .window").focus()

    pair.page.keyboard.down("o")
    expect(pair.page.get_by_text("The original is shown")).to_be_attached()
    pair.page.keyboard.up("o")

    expect(pair.page.get_by_text("The original is shown")).not_to_be_attached()
