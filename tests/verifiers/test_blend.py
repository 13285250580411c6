from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.errors import VerifierError
from retouch.geometry import Box
from retouch.parts import create
from retouch.picture import Picture
from retouch.plan import Step, TextReads
from retouch.protocols import Verifier
from retouch.spec import Spec
from retouch.style import Direction, Style
from retouch.verdict import Outcome
from retouch.verifiers.blend import BlendVerifier
from retouch.writing.metrics import measure, spread

CELL = 60
HERE = Box(CELL + 4, CELL + 4, CELL - 8, CELL - 8)
STEP = Step(id="s1", operation="replace", target="十", box=HERE, expectation=TextReads(text="十"))


def glyph(width: float = 7, softness: float = 1.0, darkness: float = 1.0, length: int = 40) -> NDArray[np.float32]:
    """A cross in one cell."""
    fine = np.zeros((CELL * 4, CELL * 4), np.float32)
    low, high = (CELL - length) * 2, (CELL + length) * 2
    edge = [round((CELL - width) * 2), round((CELL + width) * 2)]
    fine[low:high, edge[0] : edge[1]] = 1
    fine[edge[0] : edge[1], low:high] = 1
    small = cv2.resize(fine, (CELL, CELL), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), softness) * darkness, np.float32)


def page(middle: NDArray[np.float32]) -> Picture:
    """Nine cells with crosses of slightly varied strokes, `middle` in the middle one."""
    ink = np.zeros((3 * CELL, 3 * CELL), np.float32)
    for i in range(9):
        row, column = divmod(i, 3)
        cell = middle if i == 4 else glyph(6.5 + 0.15 * i)
        ink[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL] = cell
    paper = np.random.default_rng(1).normal(220, 2, (*ink.shape, 3))
    return Picture(np.clip(paper * (1 - ink[..., None]) + 20 * ink[..., None], 0, 255).astype(np.uint8))


def style() -> Style:
    found = [measure(glyph(6.5 + 0.15 * i)) for i in range(9)]
    return Style(
        Direction.HORIZONTAL,
        (),
        (20, 20, 20),
        (220, 220, 220),
        spread(m.stroke for m in found),
        spread(m.softness for m in found),
        spread(m.darkness for m in found),
        spread(m.width for m in found),
        spread(m.height for m in found),
    )


@dataclass(frozen=True)
class Hand:
    style: Style


BEFORE = page(glyph())
VERIFIERS = {"style": BlendVerifier(style=style()), "hand": BlendVerifier(hand=Hand(style())), "page": BlendVerifier()}


def test_it_is_a_verifier_that_the_registry_makes() -> None:
    made = create("verifiers", Spec.parse("blend"), style=style(), hand=None)
    assert isinstance(made, Verifier)
    assert made.verify(BEFORE, BEFORE, STEP).outcome is Outcome.PASS


@pytest.mark.parametrize("verifier", VERIFIERS.values(), ids=VERIFIERS)
def test_a_glyph_like_its_neighbours_passes(verifier: BlendVerifier) -> None:
    verdict = verifier.verify(BEFORE, page(glyph(7.2, 1.1)), STEP)
    assert verdict.outcome is Outcome.PASS and verdict.score > 0.9
    assert {"stroke", "softness", "darkness"} <= verdict.evidence.keys()
    assert verdict.evidence["stroke"]["low"] <= verdict.evidence["stroke"]["high"]


FAULTS: dict[str, dict[str, Any]] = {
    "stroke": {"width": 15},
    "softness": {"softness": 3.2},
    "darkness": {"darkness": 0.55},
}


@pytest.mark.parametrize("verifier", VERIFIERS.values(), ids=VERIFIERS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_glyph_that_stands_out_fails_and_is_told_why(name: str, verifier: BlendVerifier) -> None:
    verdict = verifier.verify(BEFORE, page(glyph(**FAULTS[name])), STEP)
    assert verdict.outcome is Outcome.FAIL and verdict.score <= 0.5
    found = verdict.evidence[name]
    assert not found["low"] <= found["value"] <= found["high"]
    assert any(word in verdict.reason for word in ("stroke", "softness", "darkness"))


def test_a_glyph_too_large_fails_and_a_small_one_may_be_so() -> None:
    small = replace(style(), width=spread([25.0]), height=spread([25.0]))
    verdict = BlendVerifier(style=small).verify(BEFORE, BEFORE, STEP)
    assert verdict.outcome is Outcome.FAIL and "outside its neighbours'" in verdict.reason
    assert VERIFIERS["style"].verify(BEFORE, page(glyph(length=20)), STEP).outcome is Outcome.PASS


def test_no_ink_is_unsure() -> None:
    verdict = VERIFIERS["style"].verify(BEFORE, page(np.zeros((CELL, CELL), np.float32)), STEP)
    assert verdict.outcome is Outcome.UNSURE and "no ink" in verdict.reason


def test_no_neighbours_are_unsure() -> None:
    alone = Picture(page(glyph()).pixels[CELL : 2 * CELL, CELL : 2 * CELL].copy())
    step = STEP.model_copy(update={"box": Box(4, 4, CELL - 8, CELL - 8)})
    verdict = BlendVerifier().verify(alone, alone, step)
    assert verdict.outcome is Outcome.UNSURE and "too few neighbours" in verdict.reason


def test_a_step_without_a_box_is_refused() -> None:
    with pytest.raises(VerifierError, match="no box"):
        BlendVerifier().verify(BEFORE, BEFORE, STEP.model_copy(update={"box": None}))
