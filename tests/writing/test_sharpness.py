from __future__ import annotations

import cv2
import numpy as np
import pytest

from retouch.style import Face
from retouch.writing.fonts import render
from retouch.writing.sharpness import sharpness


def test_a_clean_edge_is_sharp_and_a_blurred_one_not(kai: Face) -> None:
    ink = render(kai, "集", 90)
    blurred = [sharpness(np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), dtype=np.float32)) for sigma in (1, 2, 4)]
    assert sharpness(ink) > 0.4
    assert sharpness(ink) > blurred[0] > blurred[1] > blurred[2]
    assert blurred[2] < 0.2


@pytest.mark.parametrize("darkness", [0.5, 0.7, 0.9])
def test_pale_ink_is_as_sharp_as_dark_ink(kai: Face, darkness: float) -> None:
    ink = render(kai, "集", 90)
    assert sharpness(np.asarray(darkness * ink, dtype=np.float32)) == pytest.approx(sharpness(ink), abs=0.06)


def test_no_ink_is_not_sharp() -> None:
    assert sharpness(np.zeros((40, 40), dtype=np.float32)) == 0
