from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from retouch.edit import Reference
from retouch.editors.exemplar import copy, usable
from retouch.editors.foreground import separate
from retouch.editors.look import look_of
from retouch.geometry import Box
from retouch.writing.metrics import glyph_box


def reference(page: Any, position: int, char: str, ink: bool = True, kind: Any = "exemplar") -> Reference:
    part = page.box(position).grown(8)
    return Reference(kind, char, page.rgb[part.slices], ink=page.ink[part.slices].copy() if ink else None)


def copied(page: Any, references: list[Reference], old: Box, angle: float = 0.0) -> tuple[Any, Reference]:
    request = page.request(4, "永")
    look = look_of(request, separate(request.canvas, request.mask, request.style))
    return copy(references, old, angle, look, request.mask, seed=1)


def test_only_exemplars_of_the_wanted_character_are_of_use(page: Any) -> None:
    good = reference(page, 0, "永")
    others = [reference(page, 1, "和"), reference(page, 0, "永", kind="glyph")]
    assert usable("永", [*others, good]) == (good,)


def test_the_copy_stands_where_the_old_glyph_stood(page: Any) -> None:
    old = glyph_box(np.where(page.request(4, "永").mask, page.ink, 0).astype(np.float32))
    ink, _ = copied(page, [reference(page, 0, "永")], old)
    here = glyph_box(ink)
    assert np.allclose(here.centre, old.centre, atol=5)


def test_the_copy_nearest_in_size_is_taken(page: Any) -> None:
    large, small = reference(page, 0, "永"), reference(page, 2, "永")
    half = Reference(
        "exemplar", "永", small.pixels[::2, ::2], ink=small.ink[::2, ::2] if small.ink is not None else None
    )
    box = page.box(4)
    assert copied(page, [half, large], box)[1] is large
    assert copied(page, [half, large], Box(box.x + 25, box.y + 25, 40, 40))[1] is half


def test_without_ink_its_own_is_found_and_what_reaches_in_is_left_out(page: Any) -> None:
    given = reference(page, 0, "永", ink=False)
    spoilt = given.pixels.copy()
    spoilt[:4] = page.style.ink
    ink, _ = copied(page, [Reference("exemplar", "永", spoilt)], page.box(4))
    clean, _ = copied(page, [given], page.box(4))
    assert np.corrcoef(ink.ravel(), clean.ravel())[0, 1] > 0.97


def test_a_tilted_line_tilts_its_copy(page: Any) -> None:
    level, tilted = (copied(page, [reference(page, 0, "永")], page.box(4), angle)[0] for angle in (0.0, 90.0))
    here, there = glyph_box(level), glyph_box(tilted)
    assert here.width == pytest.approx(there.height, abs=5) and here.height == pytest.approx(there.width, abs=5)
