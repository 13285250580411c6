"""A painted page with known faults, and its hand, for all tests of judging; made once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retouch.interfaces.demo.faults import KINDS
from retouch.interfaces.demo.painter import paint, with_faults
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.writing.cells import Cell
from retouch.writing.fonts import installed
from retouch.writing.ink import Coverage, coverage

TEXT = (
    "永和九年歲在癸丑暮春之初會於會稽山陰之蘭亭修禊事也群賢畢至少長咸集此地有崇山峻嶺茂林修竹又有清流激湍映帶左右"
    "引以為流觴曲水列坐其次雖無絲竹管弦之盛一觴一詠亦足以暢敘幽情是日也天朗氣清惠風和暢"
)


@pytest.fixture(scope="session")
def flawed() -> PaintedPage:
    """Ninety-four characters in a Kai font, two of each kind of fault."""
    found = [face for face in installed() if Path(face.path).name == "ukai.ttc"]
    if not found:
        pytest.skip("font ukai.ttc is not installed")
    plain = Recipe(text=TEXT, face=found[0], seed=4, size=64, per_line=16, tilt=0.6)
    return paint(with_faults(plain, 2, KINDS, np.random.default_rng(4)))


@pytest.fixture(scope="session")
def flawed_ink(flawed: PaintedPage) -> Coverage:
    return coverage(flawed.rgb)


@pytest.fixture(scope="session")
def flawed_cells(flawed: PaintedPage) -> list[Cell]:
    tilt = flawed.recipe.tilt
    return [Cell(c.index, c.line, c.box.grown(3), tilt, c.wanted) for c in flawed.characters]
