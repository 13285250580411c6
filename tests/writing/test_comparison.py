from __future__ import annotations

import cv2
import numpy as np
import pytest

from retouch.style import Face
from retouch.writing.comparison import compare
from retouch.writing.registration import Ink
from retouch.writing.templates import template


def without_stroke(ink: Ink, rows: slice, columns: slice) -> Ink:
    out = ink.copy()
    out[rows, columns] = 0
    return out


def test_the_same_glyph_differs_in_nothing(kai: Face) -> None:
    drawn = template(kai, "集")
    found = compare(drawn, [(drawn, 1.0)])
    assert found.distance < 0.002
    assert found.lack == found.surplus == 0
    assert found.discord < 0.02
    assert found.residual.max() < 0.3


def test_missing_ink_is_found_where_it_is_missing(kai: Face) -> None:
    drawn = template(kai, "集")
    hole = (slice(60, 96), slice(18, 44))  # the left stroke of 木
    glyph = without_stroke(drawn, *hole)
    gone = 1 - glyph.sum() / drawn.sum()
    found = compare(glyph, [(drawn, 1.0)])
    assert gone > 0.05
    assert found.missed > 0.35 * gone
    assert found.lack > 0.2 * gone
    assert found.surplus < 0.01
    inside = found.missing[hole].sum() / found.missing.sum()
    assert inside > 0.8


def test_extra_ink_is_found_where_none_belongs(kai: Face) -> None:
    drawn = template(kai, "山")
    glyph = drawn.copy()
    cv2.circle(glyph, (38, 40), 6, 1.0, -1)
    found = compare(glyph, [(drawn, 1.0)])
    assert found.surplus > 0.04
    assert found.lack < 0.01
    assert np.unravel_index(int(found.extra.argmax()), found.extra.shape) == pytest.approx((40, 38), abs=7)


def test_what_one_of_several_drawings_has_is_not_extra(kai: Face) -> None:
    drawn = template(kai, "山")
    other = drawn.copy()
    cv2.circle(other, (38, 40), 6, 1.0, -1)
    alone, both = compare(other, [(drawn, 1.0)]), compare(other, [(drawn, 1.0), (other, 1.0)])
    assert both.surplus < 0.2 * alone.surplus
    assert both.distance < alone.distance


def test_pale_ink_is_not_missing(kai: Face) -> None:
    drawn = template(kai, "集")
    found = compare(np.asarray(0.6 * drawn, dtype=np.float32), [(drawn, 1.0)])
    assert found.lack < 0.005


def test_a_melted_part_is_discordant(kai: Face) -> None:
    drawn = template(kai, "龍")
    glyph = drawn.copy()
    part = (slice(40, 80), slice(56, 96))
    glyph[part] = cv2.GaussianBlur(glyph, (0, 0), 6)[part]
    assert compare(glyph, [(drawn, 1.0)]).discord > compare(drawn, [(drawn, 1.0)]).discord + 0.1
