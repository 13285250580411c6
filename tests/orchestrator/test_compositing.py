"""Compositing: what the editor left alone keeps the parent's value; the feather stays inside; depth and alpha stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retouch.edit import RGB, FixedCanvas, NativeCanvas
from retouch.geometry import Box
from retouch.orchestrator.compositing import FEATHER, Sent, composite, feather
from retouch.orchestrator.frame import choose
from retouch.picture import Picture


def sent(picture: Picture, box: Box, mask: NDArray[np.bool_], canvas: NativeCanvas | FixedCanvas) -> Sent:
    frame = choose(box, picture.size, canvas)
    parent = picture.crop(frame.inside)
    inside = np.zeros((frame.inside.height, frame.inside.width), np.bool_)
    inside[box.relative_to(frame.inside).slices] = mask
    rgb = parent.srgb()
    return Sent(frame, parent, rgb, frame.send(rgb), inside, frame.send_mask(inside))


BOX = Box(60, 50, 40, 30)
WHOLE = np.ones((30, 40), np.bool_)


@pytest.mark.parametrize("canvas", [NativeCanvas(), FixedCanvas(area=128 * 128, multiple=16)])
@pytest.mark.parametrize("exact", [True, False])
def test_an_unchanged_canvas_is_an_empty_patch(page: Picture, canvas: NativeCanvas | FixedCanvas, exact: bool) -> None:
    given = sent(page, BOX, WHOLE, canvas)
    assert composite(given, given.canvas.copy(), exact).empty


def test_only_changed_pixels_are_in_the_patch(page: Picture) -> None:
    given = sent(page, BOX, WHOLE, NativeCanvas())
    result = given.canvas.copy()
    place = Box(70, 60, 5, 4).relative_to(given.frame.inside)
    result[place.slices] = (1, 2, 3)
    patch = composite(given, result, exact=True)
    assert patch.box == Box(70, 60, 5, 4) and patch.mask.all()
    assert (patch.pixels == (1, 2, 3)).all()


def test_a_change_outside_the_mask_is_dropped(page: Picture) -> None:
    given = sent(page, BOX, WHOLE, NativeCanvas())
    result = given.canvas.copy()
    result[: BOX.y - given.frame.inside.y] = 0
    assert composite(given, result, exact=True).empty


def test_away_from_the_change_a_scaled_canvas_keeps_the_parents_bits(page: Picture) -> None:
    """A round trip through two resizes would change nearly every pixel by a level or more."""
    given = sent(page, BOX, WHOLE, FixedCanvas(area=96 * 96, multiple=16))
    result = given.canvas.copy()
    change = given.frame.send_box(Box(75, 60, 6, 6))
    result[change.slices] = (250, 10, 10)
    patch = composite(given, result, exact=True)
    assert Box(73, 58, 10, 10).contains(patch.box), "one canvas pixel more at most"
    round_trip = given.frame.bring_back(given.canvas)
    assert (round_trip != given.rgb).mean() > 0.3


def test_noise_up_to_the_rings_own_is_no_change(page: Picture) -> None:
    given = sent(page, BOX, WHOLE, NativeCanvas())
    noise = np.random.default_rng(1).integers(-2, 3, given.canvas.shape)
    result = np.clip(given.canvas + noise, 0, 255).astype(np.uint8)
    place = Box(75, 60, 6, 6).relative_to(given.frame.inside)
    result[place.slices] = (250, 10, 10)
    patch = composite(given, result, exact=False)
    assert patch.mask.sum() < 0.25 * WHOLE.sum()
    assert Box(73, 58, 10, 10).intersection(patch.box).area >= 36


def test_sixteen_bit_alpha_and_grey(page: Picture) -> None:
    grey = page.pixels[:, :, :1].astype(np.uint16) * 257 + 3
    alpha = np.full_like(grey, 40000)
    deep = Picture(np.concatenate([grey, alpha], axis=2))
    given = sent(deep, BOX, WHOLE, NativeCanvas())
    result = given.canvas.copy()
    place = Box(70, 60, 5, 4).relative_to(given.frame.inside)
    result[place.slices] = (200, 200, 200)
    patch = composite(given, result, exact=True)
    assert patch.pixels.dtype == np.uint16 and patch.pixels.shape == (4, 5, 2)
    assert (patch.pixels[:, :, 0] == 200 * 257).all() and (patch.pixels[:, :, 1] == 40000).all()


@given(st.integers(0, 2**31), st.floats(0.5, 8))
def test_a_feather_is_nothing_outside_and_never_more_than_one(seed: int, width: float) -> None:
    mask = np.random.default_rng(seed).random((20, 30)) < 0.6
    opacity = feather(mask, width)
    assert opacity.dtype == np.float32 and (opacity[~mask] == 0).all()
    assert (opacity[mask] > 0).all() and opacity.max(initial=0) <= 1


def test_a_feather_is_full_away_from_the_border() -> None:
    mask = np.zeros((40, 40), np.bool_)
    mask[5:35, 5:35] = True
    opacity = feather(mask, FEATHER)
    assert opacity[20, 20] == 1 and 0 < opacity[5, 20] < 0.5 < opacity[8, 20]


def test_an_inexact_result_fades_in(page: Picture) -> None:
    given = sent(page, BOX, WHOLE, NativeCanvas())
    result = given.canvas.copy()
    result[given.mask] = 0
    patch = composite(given, result, exact=False)
    rim, middle = patch.pixels[0, 20].astype(int), patch.pixels[15, 20].astype(int)
    assert (middle == 0).all() and (rim > 0.6 * given.rgb[given.mask].reshape(30, 40, 3)[0, 20]).all()


def sent_of(rgb: RGB, box: Box) -> Sent:
    return sent(Picture(rgb), box, np.ones((box.height, box.width), np.bool_), FixedCanvas(256 * 256, 16))


def softened(pixels: RGB) -> RGB:
    """Half the size and back: what an autoencoder does to detail."""
    size = (pixels.shape[1], pixels.shape[0])
    small = cv2.resize(pixels, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def test_ten_rounds_that_only_soften_lose_no_more_than_the_first() -> None:
    """Written page, one box, an editor that was asked for nothing and softens everything."""
    rng = np.random.default_rng(4)
    page = np.full((240, 240, 3), 232, np.uint8)
    for x, y in rng.integers(5, 200, (90, 2)):
        cv2.line(page, (int(x), int(y)), (int(x) + 24, int(y) + int(rng.integers(-20, 20))), (30, 25, 20), 2)
    box, now = Box(80, 80, 70, 70), page
    losses = []
    for _ in range(10):
        given = sent_of(now, box)
        patch = composite(given, softened(given.canvas), exact=False)
        now = patch.apply(Picture(now)).pixels.astype(np.uint8)
        losses.append(float(np.abs(now[box.slices].astype(int) - page[box.slices]).mean()))
    outside = np.ones(page.shape[:2], np.bool_)
    outside[box.slices] = False
    assert np.array_equal(now[outside], page[outside])
    assert losses[-1] <= losses[0] + 0.05 and losses[-1] < 2


def test_fine_strokes_among_broad_ones_are_no_change_and_ten_rounds_add_nothing() -> None:
    """By the range of grey levels alone broad strokes pass for hairlines, and these for changed."""
    rng = np.random.default_rng(0)
    drawn = np.full((300, 300, 3), 235, np.uint8)
    for x, y in rng.integers(0, 300, (40, 2)):
        cv2.line(drawn, (int(x), int(y)), (int(y), int(x)), (60, 50, 40), 5)
    page = np.asarray(cv2.GaussianBlur(drawn, (0, 0), 3), np.uint8)
    for x, y in rng.integers(20, 260, (60, 2)):
        cv2.line(page, (int(x), int(y)), (int(x) + 12, int(y) + 9), (20, 20, 20), 1)
    box, now, losses = Box(110, 110, 80, 80), page, []
    for _ in range(10):
        given = sent_of(now, box)
        now = composite(given, softened(given.canvas), exact=False).apply(Picture(now)).pixels.astype(np.uint8)
        losses.append(float(np.abs(now[box.slices].astype(int) - page[box.slices]).mean()))
    assert losses[0] < 0.2 and losses[-1] <= losses[0] + 0.02


def test_a_faint_change_on_plain_paper_is_none_of_the_softening() -> None:
    page = np.full((200, 200, 3), 232, np.uint8)
    page[::9, :60] = 40
    box = Box(90, 90, 60, 60)
    given = sent_of(page, box)
    result = softened(given.canvas)
    inner = given.frame.send_box(Box(110, 110, 20, 20))
    result[inner.slices] -= 12
    patch = composite(given, result, exact=False)
    assert patch.box.contains(Box(112, 112, 16, 16)) and patch.box.width < 30
