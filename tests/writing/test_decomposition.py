"""Components of characters and where they stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.geometry import Box
from retouch.writing.corpus import works
from retouch.writing.decomposition import component_box, parts, sequence, sequences, split
from retouch.writing.proportions import cuts

parts("一")  # the table is read once, outside any example that is timed


def _difference(left: int, top: int, right: int, bottom: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    out = np.zeros((100, 100), dtype=np.float32)
    out[top:bottom, left:right] = 1
    return out


@given(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))
def test_parts_stay_inside_what_they_are_part_of(char: str) -> None:
    built = parts(char)
    assert built is not None
    for node in built.walk():
        assert 0 <= node.square.left < node.square.right <= 1
        assert 0 <= node.square.top < node.square.bottom <= 1
        for part in node.parts:
            assert part.square.left >= node.square.left and part.square.right <= node.square.right
            assert part.square.top >= node.square.top and part.square.bottom <= node.square.bottom


def test_every_character_of_the_corpus_is_described() -> None:
    assert not [char for work in works() for char in work.text if parts(char) is None]


def test_the_layout_of_a_nested_character() -> None:
    built = parts("稽")
    assert built is not None and built.operator == "⿰"
    grain, rest = built.parts
    assert (grain.component, rest.component) == ("禾", "⿱尤旨")
    purpose = built.find("旨")
    assert purpose is not None and [part.component for part in purpose.parts] == ["匕", "日"]
    assert purpose.square.left > 0.3 and purpose.square.top > 0.3


def test_an_enclosing_part_keeps_its_hole() -> None:
    built = parts("國")
    assert built is not None
    outer, inner = built.parts
    assert outer.hole == inner.square and inner.component == "或"


def test_a_sequence_is_split_into_its_pieces() -> None:
    assert split("⿳亠⿰口口木") == ("⿳", ("亠", "⿰口口", "木"))
    assert sequence("稽") == "⿰禾⿱尤旨" and sequence("稽") in sequences()


@given(st.sampled_from(sorted(sequences())))
def test_every_sequence_is_whole(described: str) -> None:
    operator, pieces = split(described)
    assert len(pieces) == (3 if operator in "⿲⿳" else 2)
    assert not any(piece.isdigit() for piece in described)


def test_unknown_and_atomic_characters() -> None:
    assert parts("x") is None and parts("") is None and sequence("x") == ""
    whole = parts("為")
    assert whole is not None and whole.parts == ()


@pytest.mark.parametrize(("char", "share"), [("江", 0.28), ("他", 0.36), ("剛", 0.66), ("都", 0.75)])
def test_narrow_components_get_a_narrow_box(char: str, share: float) -> None:
    built = parts(char)
    assert built is not None
    assert built.parts[0].square.right == pytest.approx(share, abs=0.15)


def test_cuts_ascend() -> None:
    assert cuts("⿲", ("彳", "圭", "亍")) == (1 / 3, 2 / 3)
    assert cuts("⿰", ("氵", "工")) < cuts("⿰", ("身", "寸"))


@pytest.mark.parametrize(
    ("box", "component"),
    [((45, 45, 98, 98), "旨"), ((45, 70, 98, 98), "日"), ((2, 5, 38, 95), "禾"), ((50, 3, 98, 35), "尤")],
)
def test_the_component_that_differs_is_named(box: tuple[int, int, int, int], component: str) -> None:
    found = component_box("稽", _difference(*box))
    assert found is not None and found[0] == component
    assert found[1].overlap_ratio(Box.between(*box)) > 0.4


def test_a_difference_all_over_names_no_component() -> None:
    assert component_box("稽", _difference(0, 0, 100, 100)) is None
    assert component_box("一", _difference(0, 40, 100, 60)) is None
    assert component_box("稽", _difference(0, 0, 0, 0)) is None


def test_the_box_is_placed_on_the_ink_within_the_map() -> None:
    difference = np.zeros((200, 200), dtype=np.float32)
    difference[100:148, 100:148] = 1
    found = component_box("稽", difference, Box(50, 50, 100, 100))
    assert found is not None and found[0] == "旨"
    assert Box(50, 50, 100, 100).contains(found[1])
