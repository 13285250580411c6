"""Pictures of a report: each once, and poorer only where the room is short."""

from __future__ import annotations

import base64
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

from retouch.interfaces.reporting.album import LARGEST_PLACE, Album, Use, View, on_white


def noise(seed: int, side: int = 64) -> View:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)


def decoded(album: Album, number: int) -> View:
    with Image.open(BytesIO(base64.b64decode(album.uri(number).split(",", 1)[1]))) as image:
        return np.asarray(image)


def test_a_place_is_kept_bit_for_bit_while_there_is_room() -> None:
    album = Album()
    number = album.add(Use.PLACE, lambda: noise(1))
    assert np.array_equal(decoded(album, number), noise(1))


def test_the_same_pixels_are_kept_once() -> None:
    album = Album()
    numbers = [album.add(Use.PLACE, partial(noise, seed)) for seed in (1, 2, 1)]
    assert numbers == [0, 1, 0] and len(album) == 2


def test_what_comes_later_makes_all_poorer_where_the_room_is_short() -> None:
    exact = Album()
    room = 5 * len(base64.b64decode(exact.uri(exact.add(Use.PLACE, lambda: noise(1))).split(",")[1]))
    album = Album(room)
    for seed in range(12):
        album.add(Use.PLACE, partial(noise, seed))
    assert album.size <= room and len(album) == 12
    first = decoded(album, 0)
    assert first.shape == (64, 64, 3) and not np.array_equal(first, noise(0)), "full size, not every grey level"
    assert Image.open(BytesIO(base64.b64decode(album.uri(11).split(",")[1]))).format == "WEBP"


def test_the_last_rung_is_taken_even_if_the_room_is_not_enough() -> None:
    album = Album(room=10)
    album.add(Use.WHOLE, lambda: noise(1, 600))
    assert max(decoded(album, 0).shape) == Use.WHOLE.value[-1][0]


def test_a_place_larger_than_a_screen_is_kept_reduced() -> None:
    album = Album()
    number = album.add(Use.PLACE, lambda: np.full((LARGEST_PLACE + 500, 40, 3), 99, np.uint8))
    assert max(decoded(album, number).shape) == Use.WHOLE.value[0][0]


def test_what_is_transparent_stands_on_white() -> None:
    view = np.array([[[10, 20, 30, 0], [10, 20, 30, 255], [0, 0, 0, 51]]], dtype=np.uint8)
    assert on_white(view).tolist() == [[[255, 255, 255], [10, 20, 30], [204, 204, 204]]]
