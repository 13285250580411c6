"""The demonstration, on a smaller page: everything it promises is in the folder, and the table is honest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.errors import UsageError
from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.interfaces.demo import show
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedCharacter, PaintedPage, Recipe
from retouch.orchestrator.outcome import StepReport
from retouch.picture import Picture
from retouch.style import Face
from retouch.writing.fonts import covers, installed

TEXT = "永和九年歲在\n癸丑暮春之初"


def painted(box: Box, fault: str | None, wanted: str = "永") -> PaintedCharacter:
    return PaintedCharacter(0, 0, wanted, wanted, fault, box, np.zeros((box.height, box.width), np.float32))


def step(box: Box, status: StepStatus = StepStatus.FIXED, reason: str | None = None) -> StepReport:
    return StepReport(
        id="s1",
        box=box,
        instruction="",
        expectation=None,
        status=status,
        attempts=2,
        editor="typeset",
        version=None,
        reason=reason,
    )


def found(box: Box, kind: FaultKind = FaultKind.MALFORMED) -> Finding:
    return Finding(index=0, box=box, wanted="永", read="水", kind=kind, score=0.2)


def page_of(*characters: PaintedCharacter) -> PaintedPage:
    recipe = Recipe(text="永", face=Face("none", 0, "none"))
    return PaintedPage(np.zeros((9, 9, 3), np.uint8), "永", recipe, characters)


HERE, THERE = Box(10, 10, 40, 40), Box(100, 10, 40, 40)


def test_a_planted_fault_is_joined_with_its_finding_and_its_step() -> None:
    (row,) = show.rows(page_of(painted(HERE, "blurred")), [found(HERE)], [step(HERE.grown(4))])
    assert (row.wanted, row.read, row.kind, row.attempts, row.verdict) == ("永", "水", "blurred: malformed", 2, "fixed")


def test_a_fault_that_was_not_found_is_told() -> None:
    (row,) = show.rows(page_of(painted(HERE, "blurred")), [], [])
    assert (row.kind, row.verdict) == ("blurred: not found", "not repaired")


def test_a_step_that_nobody_planted_is_told() -> None:
    rows = show.rows(page_of(painted(HERE, None)), [found(THERE)], [step(THERE, StepStatus.UNFIXED, "no face fits")])
    assert [(row.kind, row.verdict, row.how) for row in rows] == [("not planted: malformed", "unfixed", "no face fits")]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match="thesis.tex"):
        show._prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(b"mine")
    with pytest.raises(UsageError, match="cannot be a folder"):
        show.perform(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes() == b"mine"


@pytest.fixture
def small_page(monkeypatch: pytest.MonkeyPatch) -> PaintedPage:
    able = [f for f in installed() if "Kai" in f.family and all(covers(f, c) for c in TEXT.replace("\n", ""))]
    if not able:
        pytest.skip("no Kai font is installed that draws the page")
    page = paint(Recipe(text=TEXT, face=able[0], size=72, faults={3: "blurred"}))
    monkeypatch.setattr(show, "demo_page", lambda seed: page)
    return page


def test_everything_promised_is_in_the_folder_and_can_be_made_anew(small_page: PaintedPage, tmp_path: Path) -> None:
    shown = show.perform(tmp_path / "out")
    shown = show.perform(tmp_path / "out")  # a second time: what the first one left is made anew
    assert sorted(path.name for path in shown.folder.iterdir() if "-" not in path.suffix) == sorted(
        name.rstrip("/") for name in shown.files
    )
    assert shown.rows[0].verdict == "fixed"
    before, after = Picture.open(shown.folder / "page.png"), Picture.open(shown.folder / "result.png")
    changed = (before.pixels != after.pixels).any(axis=2)
    assert changed.any()
    for repaired in shown.report.steps:
        assert repaired.box is not None
        assert Picture.open(shown.folder / "steps" / f"{repaired.id}.png").size.width > 400
        changed[repaired.box.slices] = False
    assert not changed.any(), "outside the steps' boxes nothing was changed"
    assert "not fixed" in (shown.folder / "report.html").read_text(encoding="utf-8")
    assert any("1 of the 1 planted faults fixed" in line for line in shown.summary())
    assert all(line.startswith("retouch ") for line in shown.next_steps())
    assert shown.review("bin/retouch") == f"bin/retouch serve {shown.folder / 'page.retouch'}"
