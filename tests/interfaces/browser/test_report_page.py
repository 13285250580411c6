"""The report in a real browser, from disk: the page's elements without a server, and the plain page without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from retouch.interfaces.report import write_report
from retouch.orchestrator.project import Project
from tests.interfaces.browser import projects

MODES = ("Slider", "Side by side", "Flip", "Difference", "Outside the box")
Open = Callable[..., Page]
PIXELS = """async ([version, places]) => {
  const { source, doc } = document.querySelector('retouch-app').desk;
  const picture = new Image();
  picture.src = source.pyramid(doc.key, version, doc.width, doc.height).url;
  await picture.decode();
  const context = new OffscreenCanvas(doc.width, doc.height).getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0, doc.width, doc.height);
  return places.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
}"""


@pytest.fixture
def written(template: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """`written(filling)`: the report of that project."""

    def write(filling: object) -> Path:
        with Project.open(template(filling)) as project:
            write_report(project.document(), tmp_path / "report.html")
        return tmp_path / "report.html"

    return write


@pytest.fixture
def opened(browser: Browser, written: Callable[..., Path]) -> Iterator[Open]:
    """`opened(filling)`: its report, opened from disk; at the end the browser has asked nobody and did not complain."""
    complaints: list[str] = []
    contexts = []

    def open_(filling: object, at: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1360, "height": 860}, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url[:5] in ("file:", "data:") else complaints.append(asked.url))
        page.goto(written(filling).as_uri() + at)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def drawn(page: Page) -> None:
    expect(page.locator("retouch-picture img.first, retouch-overlaid img.first")).to_have_count(0)


def barriers(page: Page, axe: str) -> list[str]:
    """What keeps people out, in words; evaluated from outside, as the page lets no other script in."""
    page.evaluate(axe)
    found = page.evaluate("axe.run().then(found => found.violations.map(each => each.id + ': ' + each.nodes[0].html))")
    return [str(each) for each in found]


def test_history_picture_and_evidence_are_there_without_a_server(opened: Open, screenshots: Path) -> None:
    page = opened(projects.small)
    drawn(page)
    expect(page.get_by_role("treeitem")).to_have_count(5)
    expect(page.get_by_role("heading", level=1)).to_have_text("sheet")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.get_by_role("treeitem").filter(has_text="write the title anew").last.click()
    drawn(page)
    expect(page.locator("retouch-evidence")).to_contain_text("write the title anew")
    expect(page.locator("retouch-evidence img").first).to_be_visible()
    page.screenshot(path=screenshots / "report.png")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("fit the window")
    expect(page.get_by_role("dialog").locator("dt", has_text="P")).to_have_count(0)


def test_every_version_is_drawn_as_it_is(opened: Open, template: Callable[..., Path]) -> None:
    """Composed of the first one and the places of steps: the pixels of the steps' places are the version's own."""
    page = opened(projects.small)
    drawn(page)
    places = [tuple(map(int, box.centre)) for box in (projects.TITLE, projects.SEAL, projects.COLUMN)]
    with Project.open(template(projects.small)) as project:
        for version in project.document().log():
            true = [version.picture.pixels[y, x].tolist() for x, y in places]
            seen = page.evaluate(PIXELS, [version.id, places])
            off = max(
                abs(a - b) for one, other in zip(seen, true, strict=True) for a, b in zip(one, other, strict=True)
            )
            assert off <= 12, (version, seen, true)  # what no step touched is the first picture, which is lossy


def test_nothing_keeps_anybody_out(opened: Open, axe: str) -> None:
    page = opened(projects.small)
    drawn(page)
    assert barriers(page, axe) == []
    for mode in MODES:
        page.get_by_role("button", name=mode, exact=True).click()
        expect(page.locator("retouch-compare .said")).to_contain_text("pixels")
        assert barriers(page, axe) == []


@pytest.mark.parametrize(
    "options", [{"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}], ids=["dark", "narrow"]
)
def test_nothing_keeps_anybody_out_in_the_dark_or_on_a_telephone(
    opened: Open, axe: str, options: dict[str, Any]
) -> None:
    page = opened(projects.small, **options)
    drawn(page)
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Summary").click()
    expect(page.get_by_role("heading", name="What was not fixed")).to_be_visible()
    assert barriers(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_difference_has_its_map(opened: Open) -> None:
    page = opened(projects.plain)
    page.get_by_role("button", name="Difference", exact=True).click()
    expect(page.locator("retouch-compare .said")).to_contain_text("4,900 pixels differ")
    expect(page.locator("retouch-overlaid .instead")).to_have_count(0)
    page.get_by_role("button", name="Outside the box", exact=True).click()
    expect(page.locator("retouch-compare .said .pass")).to_be_visible()


def test_summary_and_elements_lead_to_each_other(opened: Open) -> None:
    page = opened(projects.small)
    drawn(page)
    page.get_by_role("treeitem").first.click()
    place = page.url
    page.get_by_role("button", name="Summary").click()
    expect(page.locator("retouch-app")).to_be_hidden()
    page.get_by_role("link", name="column").click()
    expect(page.locator("section.card", has_text="column").first).to_be_in_viewport()
    page.get_by_role("button", name="Look at the history").click()
    expect(page.locator("main.plain")).to_be_hidden()
    expect(page.get_by_role("treeitem").first).to_have_attribute("aria-selected", "true")
    page.go_back()
    assert page.url == place
    expect(page.locator("retouch-app")).to_be_visible()


def test_an_address_leads_to_a_version(opened: Open, template: Callable[..., Path]) -> None:
    with Project.open(template(projects.plain)) as project:
        version = project.document().version("HEAD~1").id
    page = opened(projects.plain, f"#/d/1-1/v/{version}?mode=slider")
    expect(page.locator(f'[role="treeitem"][data-version="{version}"]')).to_have_attribute("aria-selected", "true")
    expect(page.locator("retouch-compare")).to_be_visible()


def test_without_scripts_it_tells_what_matters(opened: Open) -> None:
    for scheme in ("light", "dark"):
        page = opened(projects.small, java_script_enabled=False, color_scheme=scheme)
        expect(page.locator("main.plain")).to_be_visible()
        expect(page.locator("retouch-app")).to_be_hidden()
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_role("heading", name="What was not fixed")).to_be_visible()
        expect(page.locator("main.plain")).to_contain_text("retouch answer PROJECT")
        expect(page.get_by_alt_text("before").first).to_be_visible()


def test_text_that_would_run_is_text(opened: Open) -> None:
    page = opened(projects.booby_trapped)
    drawn(page)
    for line in page.get_by_role("treeitem").all():
        line.click()
        drawn(page)
    expect(page.locator("retouch-evidence")).to_contain_text("onerror")
    page.get_by_role("button", name="Summary").click()
    expect(page.locator("main.plain")).to_contain_text("<script>window.hacked='goal'</script>")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('script').length") == 2


def test_it_speaks_chinese(opened: Open) -> None:
    page = opened(projects.plain, locale="zh-TW")
    expect(page.get_by_role("button", name="摘要")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-Hant"
