"""The measurements of framing measure what they say."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from benchmarks.framing import Left, Scripted, a_region, measure, photo, softened, tracked, trip, warped
from retouch.edit import FixedCanvas, Traits
from retouch.orchestrator.registration import Registration
from retouch.orchestrator.workbench import Workbench
from retouch.picture import Picture

RNG = np.random.default_rng(2)
PHOTO = photo(RNG)[:300, :400]
RING = np.ones(PHOTO.shape[:2], np.bool_)


@pytest.mark.parametrize("shift", [0.0, 1.0, 3.0])
def test_a_movement_is_measured_apart_from_registration(shift: float) -> None:
    moves = tracked(PHOTO, warped(shift, 0)(PHOTO), RING)
    assert moves.size > 8 and float(np.median(moves)) == pytest.approx(shift, abs=0.1)


def test_a_rejected_result_leaves_nothing_and_a_missed_one_is_named() -> None:
    left = Left()
    measure(left, "x", PHOTO, PHOTO, RING, Registration(shift_left=2.0))
    measure(left, "y", PHOTO, warped(2, 0)(PHOTO), RING, Registration())
    assert (left.cases, left.accepted, len(left.shifts)) == (2, 1, 1)
    assert left.shifts[0] > 1.5 and left.missed[0].startswith("y: ")


def test_a_trip_with_an_editor_that_returns_what_it_was_sent_is_an_empty_patch() -> None:
    picture = Picture(PHOTO)
    editor = Scripted(Traits(FixedCanvas(256 * 256, 32), modes=("crop", "marked"), exact=False))
    _, reply = trip(Workbench(picture), a_region(picture.size, RNG, masked=True), editor, "marked")
    assert reply.patch is not None and reply.patch.empty


def test_the_softening_editor_loses_detail_and_keeps_the_size() -> None:
    lost = np.abs(softened(PHOTO).astype(int) - PHOTO).mean()
    assert softened(PHOTO).shape == PHOTO.shape and 0.2 < lost < 20
