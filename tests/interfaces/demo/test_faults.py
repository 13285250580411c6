"""Planted faults: each changes enough of the ink, looks like its kind, and makes no real character by accident."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.errors import UsageError
from retouch.interfaces.demo.brush import MARGIN, outline
from retouch.interfaces.demo.faults import KINDS, LEAST_SHARE, Flaw, can_plant, changed_share, plant
from retouch.interfaces.demo.lookalikes import lookalikes
from retouch.interfaces.demo.page import demo_face
from retouch.interfaces.demo.structure import exists, siblings, tree, written
from retouch.style import Face

SIZE = 120


@pytest.fixture(scope="module")
def face() -> Face:
    return demo_face()


def planted(kind: str, char: str, face: Face, seed: int = 0) -> Flaw:
    return plant(kind, char, "永", face, SIZE, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_at_least_the_least_share(kind: str, face: Face) -> None:
    for seed, char in enumerate("清賢湍稽激領"):
        flaw = planted(kind, char, face, seed)
        assert flaw.kind == kind
        assert flaw.share >= LEAST_SHARE
        assert flaw.shows != char
        assert flaw.ink.shape == outline(face, char, SIZE).shape


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_the_same_for_the_same_seed(kind: str, face: Face) -> None:
    one, two = planted(kind, "清", face, 4), planted(kind, "清", face, 4)
    assert np.array_equal(one.ink, two.ink)
    assert one.share == two.share


def test_a_missing_stroke_only_takes_ink_away_and_leaves_no_crumbs(face: Face) -> None:
    for seed, char in enumerate("永大林有會"):
        right, flaw = outline(face, char, SIZE), planted("missing-stroke", char, face, seed)
        assert (flaw.ink <= right).all()
        assert 0.08 <= flaw.share <= 0.4
        assert smallest_piece(flaw.ink) >= min(0.015 * (right > 0.5).sum(), smallest_piece(right))


def smallest_piece(ink: NDArray[np.float32]) -> float:
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0.5).astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_AREA].min())


def test_erasing_takes_ink_away_in_one_place(face: Face) -> None:
    right, flaw = outline(face, "盛", SIZE), planted("erased", "盛", face)
    lost = right - flaw.ink
    assert (lost >= 0).all()
    assert lost.sum() == pytest.approx(flaw.share * right.sum(), rel=1e-4)
    rows, columns = np.nonzero(lost > 0.5)
    assert np.hypot(rows.std(), columns.std()) < 0.3 * SIZE


def test_blur_softens_every_edge_and_keeps_the_ink(face: Face) -> None:
    flaw = planted("blurred", "永", face)
    assert flaw.surface is not None
    soft = flaw.surface(flaw.ink, np.random.default_rng(0))
    assert soft.sum() == pytest.approx(flaw.ink.sum(), rel=0.01)
    assert np.abs(np.diff(soft)).max() < 0.4 * np.abs(np.diff(flaw.ink)).max()


def test_melting_changes_one_patch_and_keeps_edges_sharp(face: Face) -> None:
    flaw = planted("melted", "賢", face, 1)
    assert flaw.surface is not None
    melted = flaw.surface(flaw.ink, np.random.default_rng(0))
    moved = np.abs(melted - flaw.ink) > 0.3
    assert 0.01 < moved.mean() < 0.2
    assert np.abs(np.diff(melted)).max() > 0.5 * np.abs(np.diff(flaw.ink)).max()


def test_the_previous_character_is_doubled(face: Face) -> None:
    flaw = planted("doubled", "清", face)
    assert flaw.shows == "永"
    assert np.array_equal(flaw.ink, outline(face, "永", SIZE))


def test_the_wrong_component_of_the_story_is_drawn(face: Face) -> None:
    flaw = planted("wrong-component:旨>日", "稽", face)
    right = outline(face, "稽", SIZE)
    changed = np.abs(flaw.ink - right) > 0.5
    rows, columns = np.nonzero(changed)
    origin = MARGIN * SIZE
    # 旨 stands in the lower right; the left half 禾 stays as it was.
    assert (columns - origin).min() > 0.38 * SIZE
    assert (rows - origin).min() > 0.35 * SIZE
    assert flaw.shows is None


def test_an_exchanged_component_makes_no_real_character() -> None:
    node = tree("稽")
    assert written(node) == "⿰禾⿱尤旨"
    assert exists("⿰禾⿱尤旨")
    assert not exists("⿰禾⿱尤日")


def test_lookalikes_are_other_characters_that_share_a_part(face: Face) -> None:
    assert "晴" in siblings("清")
    near = lookalikes("清", face)
    assert near
    assert "清" not in near
    assert all(changed_share(outline(face, "清", 60), outline(face, other, 60)) > 0.05 for other in near)


def test_impossible_faults_are_refused_by_name(face: Face) -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(UsageError, match="unknown"):
        plant("smudged", "永", None, face, SIZE, rng)
    with pytest.raises(UsageError, match="cannot be planted"):
        plant("doubled", "永", None, face, SIZE, rng)
    assert not can_plant("foreign-component", "一", "永", face, SIZE, rng)
    assert can_plant("erased", "一", None, face, SIZE, rng)
