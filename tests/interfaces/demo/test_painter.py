"""Painted pages: the truth says where the ink is, faults change only their own place, seeds decide everything."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import PictureError, UsageError
from retouch.geometry import Size
from retouch.interfaces.demo.faults import KINDS, LEAST_SHARE
from retouch.interfaces.demo.page import FAULTS, TEXT, demo_face, demo_page
from retouch.interfaces.demo.painter import paint, with_faults
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.style import Direction, Face

WORDS = "天朗氣清惠風和暢仰觀宇宙之大俯察品類之盛"


@pytest.fixture(scope="module")
def face() -> Face:
    return demo_face()


def darkness(page: PaintedPage) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """How much darker each pixel is than the page's median."""
    grey = page.rgb.mean(axis=2)
    return np.asarray(np.median(grey) - grey)


def test_equal_recipes_give_equal_pixels_and_another_seed_does_not(face: Face) -> None:
    one, same, other = (
        paint(Recipe(WORDS[:6], face, seed=seed, size=40, per_line=3, canvas=Size(200, 230))) for seed in (3, 3, 4)
    )
    assert np.array_equal(one.rgb, same.rgb)
    assert not np.array_equal(one.rgb, other.rgb)


def test_every_box_holds_its_ink_and_there_is_none_outside(face: Face) -> None:
    page = paint(Recipe(WORDS, face, seed=1, size=48, per_line=7, tilt=2.0, free=True, sheet="white"))
    assert "".join(c.shows or "" for c in page.characters) == WORDS
    dark, inside = darkness(page), np.zeros(page.rgb.shape[:2], dtype=bool)
    for character in page.characters:
        part = dark[character.box.slices]
        assert character.ink.shape == part.shape
        assert part[character.ink > 0.9].mean() > 120
        # The box is tight: ink touches all four of its edges.
        assert all(edge.max() > 0.1 for edge in (*character.ink[[0, -1]], *character.ink.T[[0, -1]]))
        inside[character.box.grown(2).slices] = True
    assert dark[~inside].max() < 60


def test_two_copies_of_a_character_differ(face: Face) -> None:
    page = paint(Recipe("之" * 4, face, seed=5, size=64, per_line=2))
    inks = [c.ink for c in page.characters]
    for first in range(4):
        for second in range(first):
            height, width = np.minimum(inks[first].shape, inks[second].shape)
            apart = np.abs(inks[first][:height, :width] - inks[second][:height, :width]).mean()
            assert apart > 0.02


@pytest.mark.parametrize(
    ("direction", "first_to_second", "line_to_line"),
    [
        (Direction.VERTICAL_RL, (0, 1), (-1, 0)),
        (Direction.VERTICAL_LR, (0, 1), (1, 0)),
        (Direction.HORIZONTAL, (1, 0), (0, 1)),
    ],
)
def test_characters_follow_the_reading_direction(
    face: Face, direction: Direction, first_to_second: tuple[int, int], line_to_line: tuple[int, int]
) -> None:
    page = paint(Recipe("天地\n人和", face, seed=1, size=60, direction=direction, jitter=0.0))
    centres = [np.array(c.box.centre) for c in page.characters]
    assert tuple(np.round((centres[1] - centres[0]) / 67).astype(int)) == first_to_second
    assert tuple(np.round((centres[2] - centres[0]) / 77).astype(int)) == line_to_line


def test_tilt_turns_the_columns(face: Face) -> None:
    page = paint(Recipe("國" * 8, face, seed=1, size=50, per_line=8, tilt=3.0, jitter=0.0))
    top, bottom = (np.array(page.characters[i].box.centre) for i in (0, -1))
    lean = np.degrees(np.arctan2(top[0] - bottom[0], bottom[1] - top[1]))
    assert lean == pytest.approx(3.0, abs=0.7)


def test_a_fault_changes_pixels_at_its_own_place_only(face: Face) -> None:
    plain = Recipe(WORDS, face, seed=9, size=56, per_line=7)
    right = paint(plain)
    flawed = paint(Recipe(WORDS, face, seed=9, size=56, per_line=7, faults={5: "blurred", 12: "similar:人"}))
    changed = (right.rgb.astype(int) - flawed.rgb.astype(int) != 0).any(axis=2)
    assert changed.any()
    for index in (5, 12):
        near = right.characters[index].box.grown(20).clamped(Size(changed.shape[1], changed.shape[0]))
        assert changed[near.slices].any()
        changed[near.slices] = False
    # The ink shows a little of the sheet's mean tone, so nothing else may move.
    assert not changed.any()


def test_missing_and_extra_characters_are_told(face: Face) -> None:
    page = paint(Recipe(WORDS[:8], face, seed=2, size=48, per_line=8, missing=frozenset({3}), extra={6: "山"}))
    assert page.reference == WORDS[:8]
    assert "".join(c.shows or "" for c in page.characters) == "天朗氣惠風山和暢"
    lost, added = (next(c for c in page.characters if c.fault == kind) for kind in ("missing", "extra"))
    assert (lost.index, lost.wanted, lost.shows) == (3, "清", None)
    assert (added.index, added.wanted, added.shows) == (6, None, "山")
    neighbours = [c.box for c in page.characters if c.index in (2, 4) and c.fault is None]
    assert neighbours[0].centre[1] < lost.box.centre[1] < neighbours[1].centre[1]


def test_with_faults_plants_equal_counts_never_side_by_side(face: Face) -> None:
    plain = Recipe(WORDS * 4, face, seed=1, size=30)
    recipe = with_faults(plain, 2, KINDS, np.random.default_rng(1))
    assert sorted(recipe.faults.values()) == sorted(KINDS * 2)
    places = sorted(recipe.faults)
    assert min(b - a for a, b in zip(places, places[1:], strict=False)) > 1
    page = paint(recipe)
    assert all(c.share >= LEAST_SHARE for c in page.faults)
    assert all(c.shows != c.wanted for c in page.faults)


def test_a_text_too_short_for_the_faults_is_an_error(face: Face) -> None:
    with pytest.raises(UsageError, match="bears no further fault"):
        with_faults(Recipe("一一", face), 1, KINDS, np.random.default_rng(0))


def test_a_character_without_a_glyph_is_an_error(face: Face) -> None:
    with pytest.raises(PictureError, match="no glyph"):
        paint(Recipe("天\U00030edd", face))


def test_an_empty_text_and_a_page_too_small_are_errors(face: Face) -> None:
    with pytest.raises(UsageError, match="at least one character"):
        paint(Recipe("", face))
    with pytest.raises(UsageError, match="the writing needs"):
        paint(Recipe(WORDS, face, canvas=Size(100, 100)))


def test_a_given_canvas_is_kept(face: Face) -> None:
    page = paint(Recipe("天地", face, size=40, canvas=Size(320, 480)))
    assert page.rgb.shape == (480, 320, 3)


def test_the_seal_is_red_and_no_part_of_the_truth(face: Face) -> None:
    bare, sealed = (paint(Recipe("天地人和", face, size=50, per_line=4, ornaments=o)) for o in ((), ("seal",)))
    red = (sealed.rgb[..., 0].astype(int) - sealed.rgb[..., 2]) > 80
    assert red.sum() > 500
    assert not ((bare.rgb[..., 0].astype(int) - bare.rgb[..., 2]) > 80).any()
    assert [c.box for c in sealed.characters] == [c.box for c in bare.characters]


def test_the_demonstration_page_holds_its_ten_faults() -> None:
    page = demo_page(1)
    assert page.reference == TEXT.replace("\n", "")
    assert len(page.characters) == 84
    assert [(c.wanted, c.fault) for c in sorted(page.faults, key=lambda c: c.index)] == [
        (char, kind.partition(":")[0]) for char, _, kind in sorted(FAULTS, key=lambda f: page.reference.index(f[0]))
    ]
