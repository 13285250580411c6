from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from retouch.editors.track import find_track
from retouch.geometry import Box

BOX = Box(20, 100, 360, 60)


def letters(
    heights: list[int], size: tuple[int, int] = (260, 400)
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Frames in a row like square letters, on a common middle line."""
    ink = np.zeros(size, np.float32)
    x, middle = 30, size[0] // 2
    for height in heights:
        cv2.rectangle(ink, (x, middle - height // 2), (x + height - 6, middle + height // 2), 1.0, 5)
        x += height + 8
    return ink


def test_a_level_line() -> None:
    track = find_track(letters([50, 48, 50, 50, 49]), BOX, upright=False)
    assert track.angle == 0 and not track.recedes and track.slant == 0
    assert track.first == track.last == pytest.approx(55, abs=2)
    assert np.allclose(track.start, (27.5, 130), atol=1.5)
    assert track.at(track.length)[0] == pytest.approx(30 + 4 * 58 + 47 + 2, abs=8)


@pytest.mark.parametrize("angle", [-14.0, -6.0, 5.0, 20.0])
def test_a_tilted_line(angle: float) -> None:
    turn = cv2.getRotationMatrix2D((200, 130), -angle, 1)
    ink = cv2.warpAffine(letters([44, 44, 44, 44, 44, 44]), turn, (400, 260))
    track = find_track(np.asarray(ink, np.float32), BOX, upright=False)
    assert track.angle == pytest.approx(angle, abs=1.2)
    assert track.first == pytest.approx(49, abs=5)


def test_a_line_seen_from_the_side_gets_smaller() -> None:
    track = find_track(letters([70, 63, 56, 49, 42, 36]), BOX, upright=False)
    assert track.recedes
    assert track.first == pytest.approx(78, abs=5) and track.last == pytest.approx(42, abs=6)
    assert track.height(track.length / 2) == pytest.approx((track.first + track.last) / 2)


def test_letters_of_various_heights_are_no_perspective() -> None:
    assert not find_track(letters([50, 30, 48, 26, 50, 34]), BOX, upright=False).recedes


def test_an_upright_line_runs_down() -> None:
    ink = np.ascontiguousarray(letters([44, 44, 44, 44]).T)
    track = find_track(ink, Box(100, 20, 60, 360), upright=True)
    x, y = track.at(track.length)
    assert x == pytest.approx(130, abs=2) and y > 200
    assert track.at(10, 5)[0] - track.at(10)[0] == pytest.approx(5)


def test_slanted_letters_lean() -> None:
    ink = letters([60, 60, 60, 60])
    lean = np.array([[1, -np.tan(np.radians(12)), 130 * np.tan(np.radians(12))], [0, 1, 0]])
    track = find_track(cv2.warpAffine(ink, lean, (400, 260)).astype(np.float32), BOX, upright=False)
    assert track.slant == pytest.approx(12, abs=3)


def test_without_ink_the_box_tells() -> None:
    track = find_track(np.zeros((260, 400), np.float32), BOX, upright=False, angle=None)
    assert track.start == (20, 130) and track.length == 360 and track.first == 60
    down = find_track(np.zeros((260, 400), np.float32), Box(10, 20, 40, 200), upright=True)
    assert np.allclose(down.at(0), (30, 20)) and np.allclose(down.at(200), (30, 220))


def test_a_known_angle_is_taken() -> None:
    assert find_track(letters([44, 44, 44]), BOX, upright=False, angle=3.0).angle == pytest.approx(3.0, abs=1)


def word(text: str, turn: float = 0.0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """A word in a plain face, turned clockwise by so many degrees."""
    canvas = Image.new("L", (700, 320), 0)
    ImageDraw.Draw(canvas).text((150, 120), text, font=ImageFont.load_default(size=64), fill=255)
    turned = canvas.rotate(-turn, resample=Image.Resampling.BICUBIC, center=(350, 160))
    return np.asarray(turned, np.float32) / np.float32(255)


@pytest.mark.parametrize("text", ["Summer", "Sale", "Fair", "Paper", "Typography", "hello gypsy", "all", "LOUD"])
def test_a_capital_before_low_letters_does_not_tilt_a_line(text: str) -> None:
    assert find_track(word(text), Box(100, 100, 400, 100), upright=False).angle == 0


@pytest.mark.parametrize("turn", [2.0, 5.0, -8.0])
@pytest.mark.parametrize("text", ["Summer", "Sale", "LOUD"])
def test_a_tilted_word_is_tilted_all_the_same(text: str, turn: float) -> None:
    assert find_track(word(text, turn), Box(100, 100, 400, 100), upright=False).angle == pytest.approx(turn, abs=0.8)
