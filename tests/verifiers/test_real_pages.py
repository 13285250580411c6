"""Pictures that nobody on this project made: what must be found on them, and how little else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from retouch.finding import Finding
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.style import Direction
from retouch.verifiers.proofreader import Proofreader, Proofreading

DATA = Path(__file__).parents[3] / "shared" / "data"


@cache
def truth() -> dict[str, Any]:
    if not (DATA / "truth.json").exists():
        pytest.skip(f"the pictures are not at {DATA}")
    known: dict[str, Any] = json.loads((DATA / "truth.json").read_text(encoding="utf-8"))
    return known


@cache
def seen(name: str, shapes: bool = False) -> Proofreading:
    lines = truth()[name].get("columns") or truth()[name]["lines"]
    return Proofreader().proofread(Picture.open(DATA / name), "\n".join(lines), shapes=shapes)


def faults(reading: Proofreading) -> list[Finding]:
    return [finding for finding in reading.findings if finding.fault]


def test_the_generated_page_has_its_two_certain_faults_and_one_other_at_most() -> None:
    reading, known = seen("lanting.png", shapes=True), truth()["lanting.png"]
    assert reading.direction is Direction.VERTICAL_RL and len(reading.cells) == 61
    for fault in known["faults_certain"]:
        place = Box(*fault["box"])
        assert any(f.wanted == fault["character"] and f.box.overlap_ratio(place) > 0.6 for f in faults(reading))
    listed = [fault["character"] for fault in known["faults_certain"] + known["faults_likely"]]
    others = [f for f in faults(reading) if f.wanted not in [*listed, known["doubtful"][0]["character"]]]
    assert len(others) <= 1, others
    assert any(f.wanted == "长" and f.read == "長" and not f.fault for f in reading.findings)


def test_the_generated_pages_cells_do_not_overlap_along_their_columns() -> None:
    cells = seen("lanting.png").cells
    assert [cell.index for cell in cells] == list(range(61))
    for one, other in zip(cells, cells[1:], strict=False):
        if one.line == other.line:
            assert other.box.y >= one.box.bottom - 20 and other.box.bottom > one.box.bottom


def test_the_woodblock_has_at_most_one_finding() -> None:
    reading = seen("woodblock.png", shapes=True)
    assert len(reading.cells) == 30
    assert len(faults(reading)) <= 1, faults(reading)


@pytest.mark.parametrize("name", ["promo.jpg", "road-sign.jpg", "no-litter.jpg"])
def test_posters_and_signs_read_as_they_do(name: str) -> None:
    reading = seen(name)
    assert reading.direction is Direction.HORIZONTAL
    assert faults(reading) == []
