from __future__ import annotations

import cv2
import numpy as np
import pytest

from retouch.errors import PictureError
from retouch.style import Face
from retouch.writing.fonts import render
from retouch.writing.ink import ink_box
from retouch.writing.registration import EM, FRAME
from retouch.writing.templates import distance, framed, template, unframed


def test_a_template_stands_in_the_frame(kai: Face) -> None:
    drawn = template(kai, "國")
    box = ink_box(drawn)
    assert drawn.shape == (FRAME, FRAME)
    assert box is not None
    assert 0.7 * EM < box.height < EM


def test_a_face_without_the_character_is_refused(kai: Face) -> None:
    with pytest.raises(PictureError, match="稧"):
        template(kai, "稧")


@pytest.mark.parametrize("size", [40, 96, 220])
def test_a_page_glyph_is_scaled_and_centred(kai: Face, size: int) -> None:
    found, drawn = framed(render(kai, "國", size), size), template(kai, "國")
    seen, wanted = ink_box(found), ink_box(drawn)
    assert seen is not None and wanted is not None
    assert abs(seen.width - wanted.width) <= 3
    assert abs(seen.centre[0] - FRAME / 2) <= 1.5
    assert abs(seen.centre[1] - FRAME / 2) <= 1.5


def test_ink_larger_than_the_frame_is_made_to_fit(kai: Face) -> None:
    box = ink_box(framed(render(kai, "國", 300), 60))
    assert box is not None
    assert max(box.width, box.height) <= FRAME - 4


def test_a_map_goes_back_to_its_place(kai: Face) -> None:
    glyph = np.pad(render(kai, "山", 90), ((10, 30), (5, 0)))
    back = unframed(framed(glyph, 90), glyph, 90)
    assert back.shape == glyph.shape
    assert np.corrcoef(back.ravel(), glyph.ravel())[0, 1] > 0.97


def test_distance_ignores_size_and_finds_the_fault(kai: Face) -> None:
    small, large = render(kai, "稽", 60), render(kai, "稽", 130)
    near, _ = distance(large, small)
    faulty = large.copy()
    faulty[75:125, 75:125] = 0  # the lower right of 旨
    far, residual = distance(faulty, small)
    assert near < 0.03 < far
    assert residual.shape == large.shape
    assert residual[70:, 70:].sum() > 0.6 * residual.sum()


def test_blank_ink_has_no_distance_to_tell(kai: Face) -> None:
    blank = np.zeros((50, 50), dtype=np.float32)
    far, residual = distance(blank, render(kai, "山", 50))
    assert far == 1
    assert residual.shape == (50, 50)
    assert not cv2.countNonZero(residual)
