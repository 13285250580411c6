"""Findings drawn on a picture."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.interfaces import overlay
from retouch.interfaces.overlay import COLOURS, draw_findings
from retouch.picture import Picture

PAPER = 235


def sheet(width: int = 400, height: int = 300, dtype: type = np.uint8) -> Picture:
    return Picture(np.full((height, width, 3), PAPER * (257 if dtype is np.uint16 else 1), dtype))


def finding(box: Box, kind: FaultKind = FaultKind.WRONG, wanted: str | None = "觞") -> Finding:
    return Finding(index=0, box=box, wanted=wanted, read="锡", kind=kind, score=0.1)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_each_kind_has_its_colour_and_the_place_stays_visible(kind: FaultKind) -> None:
    box = Box(150, 100, 60, 60)
    drawn = draw_findings(sheet(), [finding(box, kind)]).pixels
    found = {tuple(int(v) for v in pixel) for pixel in drawn.reshape(-1, 3)}
    assert COLOURS[kind] in found
    assert (drawn[box.slices] == PAPER).all()


@pytest.mark.parametrize("box", [Box(0, 0, 40, 40), Box(360, 260, 40, 40), Box(0, 0, 400, 300), Box(380, 0, 60, 300)])
def test_findings_at_the_edge_are_drawn(box: Box) -> None:
    drawn = draw_findings(sheet(), [finding(box)])
    assert drawn.size == sheet().size
    assert (drawn.pixels != PAPER).any()


def test_labels_keep_off_each_other_and_off_frames() -> None:
    boxes = [Box(100, y, 60, 50) for y in (40, 100, 160)]
    drawn = draw_findings(sheet(), [finding(box) for box in boxes]).pixels
    for box in boxes:
        assert (drawn[box.slices] == PAPER).all()


def test_without_a_font_code_points_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import ImageFont

    monkeypatch.setattr(overlay, "label_font", lambda size: (ImageFont.load_default(size), False))
    assert overlay._label(finding(Box(1, 1, 2, 2)), han=False) == "U+89DE wrong"
    assert (draw_findings(sheet(), [finding(Box(150, 100, 60, 60))]).pixels != PAPER).any()


def test_colours_bear_white_letters() -> None:
    for colour in COLOURS.values():
        linear = [((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 4.5, colour  # WCAG 2.1, contrast of text


def test_a_deep_picture_becomes_eight_bit() -> None:
    assert draw_findings(sheet(dtype=np.uint16), [finding(Box(150, 100, 60, 60))]).depth == 8
