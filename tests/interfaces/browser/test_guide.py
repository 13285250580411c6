"""The views that docs/review.md shows, of a page that we painted ourselves; `make pictures` takes them over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from retouch.geometry import Box
from retouch.interfaces.demo.brush import Brush
from retouch.interfaces.demo.page import demo_face
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step
from retouch.writing.fonts import installed
from tests.interfaces.browser.reviewer import Reviewer
from tests.interfaces.browser.service import Service, serving

Review = Callable[..., Reviewer]

TEXT = "永和九年歲在癸丑\n暮春之初會于會稽\n山陰之蘭亭脩禊事\n也羣賢畢至少長咸"
FAULTS = {4: "missing-stroke", 9: "melted", 15: "wrong-component:旨>日", 20: "similar:享", 26: "erased"}
WINDOW = {"width": 1440, "height": 880}
STANDS = """() => new Promise((done) => {
  const deep = (root) =>
    [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? deep(e.shadowRoot) : [])]);
  const look = () => {
    const all = deep(document);
    const stages = all.filter((e) => e.stage?.viewer).map((e) => e.stage.viewer);
    const drawn = stages.length && stages.every((v) => v.world.getItemCount() && v.getFullyLoaded());
    if (drawn && all.every((e) => e.localName !== 'img' || e.complete)) requestAnimationFrame(() => done(true));
    else requestAnimationFrame(look);
  };
  look();
})"""
"""Answered once every tile and every thumbnail in sight is drawn."""


def page() -> PaintedPage:
    return paint(Recipe(text=TEXT, face=demo_face(), size=84, per_line=8, brush=Brush(boldness=0.2), faults=FAULTS))


def red(name: str, box: Box, words: str) -> Step:
    wanted = ColourIs(colour="#b3202a")
    return Step(id=name, operation="recolour", target="#b3202a", box=box, instruction=words, expectation=wanted)


def worked(document: Document, painted: PaintedPage) -> None:
    """Repairs on `main`, red characters on a branch from the first picture, one of them where `main` has a repair; a
    step that waits for a person."""
    boxes = {character.index: character.box for character in painted.characters}
    document.fix(f"literal:{TEXT}")
    document.create_branch("red", document.log()[0])
    steps = (red("seal-1", boxes[4], "Make 歲 red"), red("seal-2", boxes[0], "Make 永 red"))
    document.run(plan=Plan(goal="two characters in red", steps=steps), branch="red")
    asked = red("first", boxes[8], "Make 暮 red")
    document.run(plan=Plan(goal="the second line begins in red", steps=(asked,)), review=True)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    if not any("Kai" in face.family for face in installed()):
        pytest.skip("no Kai font is installed that draws the page")
    file = tmp_path_factory.mktemp("guide") / "orchid.retouch"
    painted = page()
    with Project.open(file, create=True) as project:
        worked(project.import_picture(Picture(painted.rgb), "orchid"), painted)
    with serving(file) as begun:
        yield begun


def kept(reviewer: Reviewer, screenshots: Path, name: str) -> None:
    """A picture of the window, once all of it is drawn."""
    assert reviewer.script(STANDS)
    reviewer.page.screenshot(path=screenshots / f"review-{name}.png")


def of_step(service: Service, step: str) -> str:
    return next(version.id for version in service.document().log() if version.record.step == step)


def repaired(service: Service) -> str:
    """The repair of 歲, which lacked a stroke."""
    versions = service.document().log()
    return next(one.id for one in versions if one.record.kind == "edit" and "歲" in one.record.message)


def test_the_page_with_its_history_a_picture_and_evidence(service: Service, review: Review, screenshots: Path) -> None:
    reviewer = review(service, viewport=WINDOW)
    reviewer.document(version=repaired(service))
    expect(reviewer.page.get_by_role("heading", name="Verdicts")).to_be_visible()
    kept(reviewer, screenshots, "page")


def test_two_versions_under_the_slider(service: Service, review: Review, screenshots: Path) -> None:
    reviewer = review(service, viewport=WINDOW)
    box = service.document().version(repaired(service)).record.box
    assert box is not None
    x, y = box.centre
    reviewer.document(version=repaired(service), mode="slider", z=f"{x:.0f},{y:.0f},3~50")
    expect(reviewer.page.get_by_role("slider", name="Where one version ends")).to_be_visible()
    kept(reviewer, screenshots, "slider")


def test_a_step_that_waits_is_done_another_way(service: Service, review: Review, screenshots: Path) -> None:
    reviewer = review(service, viewport=WINDOW)
    reviewer.document(version=of_step(service, "first"))
    expect(reviewer.page.get_by_role("region", name="One step waits for you")).to_be_visible()
    reviewer.act("again").click()
    expect(reviewer.page.get_by_role("textbox", name="Instruction")).to_be_visible()
    kept(reviewer, screenshots, "again")
    assert len(service.document().waiting()) == 1


def test_a_merge_asks_place_by_place(service: Service, review: Review, screenshots: Path) -> None:
    reviewer = review(service, viewport=WINDOW)
    head = service.document().head().id
    reviewer.document(version=head)
    reviewer.page.locator('header [data-act="merge"]').click()
    reviewer.button("Merge into main").click()
    expect(reviewer.page.get_by_text("Nothing is changed yet.")).to_be_visible()
    kept(reviewer, screenshots, "merge")
    assert service.document().head().id == head


def test_in_chinese_and_dark(service: Service, review: Review, screenshots: Path) -> None:
    reviewer = review(service, viewport=WINDOW, locale="zh-TW", color_scheme="dark")
    reviewer.document(version=service.document().head().id, mode="difference", cmp=service.document().log()[0].id)
    expect(reviewer.page.locator("html")).to_have_attribute("lang", "zh-Hant")
    kept(reviewer, screenshots, "dark")
