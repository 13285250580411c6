from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from retouch.editors.component import restrict
from retouch.editors.foreground import Foreground
from retouch.errors import EditorError


def blots(*boxes: tuple[int, int, int, int]) -> Any:
    mask = np.zeros((100, 100), np.bool_)
    for x, y, width, height in boxes:
        mask[y : y + height, x : x + width] = True
    return mask


def seen(own: Any) -> Foreground:
    cover = own.astype(np.float32)
    return Foreground(cover, cover, np.full((100, 100, 3), 220, np.float32), np.zeros(3, np.float32), own, blots())


def request(page: Any, box: list[int] | None) -> Any:
    return page.request(4, "林", rung="component", options={} if box is None else {"component_box": box})


def restricted(page: Any, own: Any, drawn: Any, box: list[int]) -> tuple[Foreground, Any]:
    from dataclasses import replace

    asked = replace(request(page, box), mask=np.ones((100, 100), np.bool_))
    ink = cv2.GaussianBlur(drawn.astype(np.float32), (0, 0), 0.8)
    return restrict(asked, seen(own), ink)


def test_blots_mostly_in_the_box_go_whole_and_others_stay(page: Any) -> None:
    inside, outside = (5, 10, 40, 20), (60, 10, 30, 20)
    found, ink = restricted(page, blots(inside, outside), blots(inside, outside), [0, 0, 40, 100])
    assert np.array_equal(found.own, blots(inside))
    assert found.others[15, 70] and not found.others[15, 20]
    assert ink[20, 44] > 0.4 and ink[20, 70] == 0


def test_a_blot_that_reaches_far_out_is_cut_at_the_box(page: Any) -> None:
    across = (10, 40, 80, 10)
    found, ink = restricted(page, blots(across), blots(across), [0, 0, 50, 100])
    assert found.own[45, 49] and not found.own[45, 50] and found.others[45, 60]
    assert ink[45, 30] > 0.9 and ink[45, 60] == 0


def test_the_box_must_be_given(page: Any) -> None:
    with pytest.raises(EditorError, match="component_box"):
        restrict(request(page, None), seen(blots((5, 5, 10, 10))), np.zeros((100, 100), np.float32))
