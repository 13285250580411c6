"""A painted page: what a step is given of its writing, and the whole loop with the built-in parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from retouch.attempt import Attempt, StepStatus
from retouch.finding import Finding
from retouch.geometry import Box
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.orchestrator.component import component_region
from retouch.orchestrator.ladder import ladder
from retouch.orchestrator.page import Page, scaled
from retouch.orchestrator.project import Project
from retouch.orchestrator.proofreading import Proofs
from retouch.orchestrator.roster import Roster
from retouch.orchestrator.work import Tried, Work
from retouch.orchestrator.workbench import Workbench
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.plan import Goal, Step, TextReads
from retouch.style import Face
from retouch.verdict import Outcome
from retouch.verifiers.proofreader import Proofreading
from retouch.writing.fonts import covers, installed

TEXT = "永和九年岁在癸丑暮春之初会于会稽山阴之兰亭修禊事也"
SPOILT = 15


@pytest.fixture(scope="module")
def face() -> Face:
    able = [f for f in installed() if "Kai" in f.family and all(covers(f, c) for c in TEXT)]
    if not able:
        pytest.skip("no Kai font is installed that draws the page")
    return able[0]


@pytest.fixture(scope="module")
def painted(face: Face) -> PaintedPage:
    """Two columns of twelve; 稽 has 日 for 旨, everything else is right."""
    return paint(Recipe(text=TEXT, face=face, size=64, per_line=12, faults={SPOILT: "wrong-component:旨>日"}))


@pytest.fixture(scope="module")
def reading(painted: PaintedPage) -> Proofreading:
    return Proofs("v").read(Picture(painted.rgb), Goal(text="fix", reference=TEXT))


@pytest.fixture(scope="module")
def page_under_work(painted: PaintedPage, reading: Proofreading) -> Page:
    return Page(Picture(painted.rgb), reading)


def step_for(box: Box, char: str) -> Step:
    return Step(id="s1", operation="replace", target=char, box=box, expectation=TextReads(text=char))


def test_a_found_place_gets_the_glyphs_region_and_any_other_box_its_own(
    page_under_work: Page, reading: Proofreading
) -> None:
    (finding,) = [f for f in reading.findings if f.index == SPOILT]
    region = page_under_work.region(step_for(finding.box, "稽"))
    assert region.box.contains(finding.box.clamped(page_under_work.size)) or region.mask.sum() > finding.box.area / 2
    others = [cell for cell in reading.cells if cell.index != SPOILT]
    centres = [region.within(Box(int(c.box.centre[0]), int(c.box.centre[1]), 1, 1)) for c in others]
    assert not any(bool(centre.any()) for centre in centres), "no neighbour's middle may be redrawn"
    own = Box(3, 5, 20, 10)
    assert page_under_work.region(step_for(own, "永")).box == own


def test_the_haze_of_a_blurred_character_takes_nothing_from_its_neighbours(
    painted: PaintedPage, reading: Proofreading
) -> None:
    (finding,) = [f for f in reading.findings if f.index == SPOILT]
    hazy = finding.box.grown(finding.box.width // 2, finding.box.height // 2).clamped(Picture(painted.rgb).size)
    page = Page(Picture(painted.rgb), replace(reading, findings=(replace_box(finding, hazy),)))
    region = page.region(step_for(hazy, "稽"))
    assert region.box.width > finding.box.width and region.mask.sum() > 1.3 * finding.box.area
    strokes = reading.reading.page.ink > 0.5
    for cell in (cell for cell in reading.cells if cell.index != SPOILT):
        assert not (region.within(cell.box) & strokes[cell.box.slices]).any(), cell.wanted


def replace_box(finding: Finding, box: Box) -> Finding:
    return finding.model_copy(update={"box": box})


def test_good_copies_are_handed_over_with_their_ink(page_under_work: Page, reading: Proofreading) -> None:
    place = next(cell.box for cell in reading.cells if cell.wanted == "会")
    (copy,) = page_under_work.references(step_for(place, "会"))
    assert copy.kind == "exemplar" and copy.text == "会" and copy.box is not None and not copy.box.overlaps(place)
    assert copy.ink is not None and copy.ink.shape == copy.pixels.shape[:2]
    dark = copy.pixels.mean(axis=2)
    assert dark[copy.ink > 0.9].mean() < dark[copy.ink < 0.05].mean() - 80
    assert page_under_work.references(step_for(place, "稽")) == ()


def test_lengths_of_a_style_are_scaled_and_the_rest_is_not(page_under_work: Page) -> None:
    style = page_under_work.style
    assert style is not None and scaled(style, 1.0) is style
    double = scaled(style, 2.0)
    assert double.stroke.median == pytest.approx(2 * style.stroke.median)
    assert double.height.high == pytest.approx(2 * style.height.high)
    assert (double.darkness, double.ink, double.faces) == (style.darkness, style.ink, style.faces)


def test_a_poster_has_no_one_hand(painted: PaintedPage, reading: Proofreading) -> None:
    mixed = replace(reading.reading, page=replace(reading.reading.page, mixed=True))
    poster = Page(Picture(painted.rgb), replace(reading, reading=mixed))
    assert poster.hand is None and poster.style is None and poster.references(step_for(Box(0, 0, 9, 9), "之")) == ()


def test_nothing_is_known_of_a_page_that_was_not_read(painted: PaintedPage) -> None:
    blank = Page(Picture(painted.rgb))
    step = step_for(Box(10, 10, 30, 30), "永")
    assert blank.style is None and blank.references(step) == () and blank.angle(step) == 0.0
    assert blank.region(step).mask.all()


def test_a_page_without_a_text_still_has_a_hand(painted: PaintedPage) -> None:
    reading = Proofs("v").read(Picture(painted.rgb), Goal(text='write "亭" here'))
    assert reading.hand is not None and len(reading.hand.glyphs) > 15
    assert reading.hand.style.stroke.median > 1


def test_the_wrong_component_is_found_in_a_nearly_right_attempt(
    page_under_work: Page, painted: PaintedPage, reading: Proofreading
) -> None:
    if not reading.strokes_judged:
        pytest.skip("no installed face fits the page, so strokes are not judged")
    (finding,) = [f for f in reading.findings if f.index == SPOILT]
    step = step_for(finding.box, "稽")
    work = Work(step, page_under_work.region(step), ladder(tuple(Roster(["typeset"])), step))
    picture = Picture(painted.rgb)
    corner = Box(finding.box.x, finding.box.y, 1, 1)
    patch = Patch(corner, picture.pixels[corner.slices].copy(), np.ones((1, 1), np.bool_))
    attempt = Attempt(id="a", run="r", step="s1", number=1, rung="font", editor="e", seed=0, base="b", call_id="a")
    bench = Workbench(picture)
    session = cast(Any, SimpleNamespace(page=page_under_work, trying=lambda _, patch: bench.trying(patch)))
    found = component_region(session, work, Tried(attempt, patch, Outcome.FAIL, ()))
    if found is not None:
        assert found.area < finding.box.area and found.overlaps(finding.box)


def test_the_page_is_repaired_and_nothing_else_is_touched(painted: PaintedPage, tmp_path: Path) -> None:
    with Project.open(tmp_path / "p.retouch", create=True) as project:
        document = project.import_picture(Picture(painted.rgb), "page")
        found = document.check(f"literal:{TEXT}")
        report = document.fix(f"literal:{TEXT}")
        fixed = {step.expectation.text for step in report.steps if isinstance(step.expectation, TextReads)}
        assert "稽" in fixed and all(step.status is StepStatus.FIXED for step in report.steps)
        assert any(finding.index == SPOILT for finding in found.findings)
        after = document.head().picture.pixels
        outside = np.ones(after.shape[:2], np.bool_)
        for step in report.steps:
            assert step.box is not None
            outside[step.box.slices] = False
        assert np.array_equal(after[outside], painted.rgb[outside]), "the boxes of the report hold every change"
