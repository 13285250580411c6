"""Thin things, by the verifier of removals: gone passes; left, half left, faded, smeared and moved fail."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.picture import Picture
from retouch.plan import Step
from retouch.verdict import Outcome
from retouch.verifiers.removal import LEFT, RemovalVerifier

BOX = Box(15, 15, 130, 90)
STEP = Step(id="hair", operation="remove-object", box=BOX)
GROUNDS = ("wall", "slope", "cloth", "corner")
Field = NDArray[np.floating[Any]]


def ground(name: str, seed: int) -> Field:
    """A ground of that kind with grain, float32 (120, 160, 3)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:120, 0:160].astype(np.float32)
    plains: dict[str, Field] = {
        "wall": np.zeros_like(x)[..., None] + (206, 190, 170),
        "slope": (0.4 * x - 0.2 * y)[..., None] + (120, 130, 150),
        "cloth": 8 * (np.sin(x / 1.7) + np.sin(y / 1.7))[..., None] + (100, 115, 150),
        "corner": np.where((x > 80)[..., None], (205, 200, 190), (130, 150, 170)),
    }
    return np.asarray(plains[name] + rng.normal(0, 2, (120, 160, 1)))


def line(start: float = 0.0, down: int = 0) -> Field:
    """How much of a hair, 2 pixels wide and drawn from `start` (share of its length) on, covers each pixel."""
    along = np.linspace(start, 1, 80)
    points = np.stack([30 + 105 * along, 30 + down + 55 * along**2], axis=1)
    large = np.zeros((480, 640), np.uint8)
    cv2.polylines(large, [(4 * points).astype(np.int32)], False, 255, 8, cv2.LINE_AA)
    return np.asarray(cv2.resize(large, (160, 120), interpolation=cv2.INTER_AREA)[..., None] / 255)


def picture(field: Field, hair: Field | None = None, dark: float = 1.0) -> NDArray[np.uint8]:
    cover = np.zeros_like(field[..., :1]) if hair is None else dark * hair
    mixed = field * (1 - cover) + np.array((45, 35, 30)) * cover
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def judged(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[Outcome, float]:
    kept = before.copy()
    kept[BOX.slices] = after[BOX.slices]
    verdict = RemovalVerifier().verify(Picture(before), Picture(kept), STEP)
    assert verdict.evidence["foreign_before"] < LEFT and verdict.evidence["thin"] > 100
    return verdict.outcome, verdict.evidence["thin_left"]


@pytest.mark.parametrize("name", GROUNDS)
def test_a_hair_that_is_gone_passes_whatever_ground_was_put_there(name: str) -> None:
    before = picture(ground(name, 1), line())
    hole = (cv2.dilate(line(), np.ones((5, 5), np.uint8)) > 0.02).astype(np.uint8)
    patched = np.where(hole[..., None] > 0, picture(ground(name, 1)), before)
    assert judged(before, patched)[0] is Outcome.PASS, "only the hair's own pixels"
    assert judged(before, picture(ground(name, 2)))[0] is Outcome.PASS, "the whole box, with other grain"


@pytest.mark.parametrize("name", GROUNDS)
@pytest.mark.parametrize("kind", ["left", "half", "quarter", "faded", "moved", "smudged"])
def test_what_still_shows_fails(name: str, kind: str) -> None:
    before, fresh = picture(ground(name, 1), line()), ground(name, 2)
    after = {
        "left": before,
        "half": picture(fresh, line(0.5)),
        "quarter": picture(fresh, line(0.75)),
        "faded": picture(fresh, line(), 0.5),
        "moved": picture(fresh, line(down=12)),
        "smudged": np.asarray(cv2.blur(before, (15, 3)), np.uint8),
    }
    assert judged(before, after[kind])[0] is Outcome.FAIL


def test_the_share_that_is_left_is_told() -> None:
    before = picture(ground("wall", 1), line())
    assert judged(before, picture(ground("wall", 2), line(0.5)))[1] == pytest.approx(0.5, abs=0.12)
    assert judged(before, picture(ground("wall", 2)))[1] < 0.03
