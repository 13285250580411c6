"""What is no picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from retouch.editors.diffusion.blankness import blankness, numbers, to_rgb
from retouch.editors.diffusion.inputs import reference_picture

NOISE = np.random.default_rng(0).random((8, 8, 3), np.float32)
SHOWN = to_rgb(NOISE)
GREY = np.full((8, 8, 3), 0.5, np.float32)


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (NOISE, ""),
        (np.where(NOISE > 0.9, np.nan, NOISE), "not finite"),
        (np.where(NOISE > 0.9, np.inf, NOISE), "not finite"),
        (NOISE * 0.005, "black"),
        (GREY, "one colour"),
        (np.zeros((0, 0, 3), np.float32), "no picture"),
    ],
)
def test_blank_replies_are_named(picture: np.ndarray, said: str) -> None:
    assert (said in blankness(picture, SHOWN)) if said else blankness(picture, SHOWN) == ""


def test_blank_paper_may_stay_blank() -> None:
    assert blankness(GREY, to_rgb(GREY)) == ""
    assert blankness(GREY * 0, to_rgb(GREY * 0)) == ""


def test_all_kinds_of_answers_become_rgb() -> None:
    for answer in ([Image.fromarray(SHOWN)], NOISE[None], [Image.fromarray(SHOWN).convert("RGBA")]):
        assert np.array_equal(to_rgb(numbers(answer)), SHOWN)
    four = np.concatenate([NOISE, NOISE[..., :1]], axis=2)
    assert numbers(four[None]).shape == (8, 8, 3)


@pytest.mark.parametrize("size", [(20, 30), (300, 10), (7, 900), (256, 256), (500, 1000)])
def test_references_are_large_enough_and_not_too_long(size: tuple[int, int]) -> None:
    seen = reference_picture(np.zeros((*size, 3), np.uint8))
    height, width = seen.shape[:2]
    assert min(height, width) >= 256
    assert max(height, width) / min(height, width) <= 4.1
