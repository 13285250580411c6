"""Bringing read and wanted text together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.writing.alignment import Pair, align, plain, similarity, span
from retouch.writing.corpus import works
from retouch.writing.variants import relation

FEW = st.text("之以山水ABl1為爲于於", max_size=30)
LANTING = next(work.text for work in works() if work.title == "蘭亭集序")
span(LANTING, LANTING)  # the tables of variants are built once, outside any example that is timed


@given(st.text())
def test_plain_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(FEW, FEW)
def test_every_character_stands_once_and_in_order(wanted: str, read: str) -> None:
    pairs = align(wanted, read)
    assert [p.wanted_index for p in pairs if p.wanted_index is not None] == list(range(len(wanted)))
    assert [p.read_index for p in pairs if p.read_index is not None] == list(range(len(read)))
    assert all(p.wanted_index is not None or p.read_index is not None for p in pairs)


@given(FEW, FEW)
def test_a_pair_is_called_what_its_characters_are(wanted: str, read: str) -> None:
    for pair in align(wanted, read):
        if pair.wanted_index is None or pair.read_index is None:
            assert pair.relation == "different"
        else:
            one, other = wanted[pair.wanted_index], read[pair.read_index]
            assert (pair.relation == "equal") == (relation(one, other) == "equal")


@given(FEW)
def test_a_text_aligns_with_itself(text: str) -> None:
    assert align(text, text) == tuple(Pair(i, i, "equal") for i in range(len(text)))
    assert similarity(text, text) == 1


@given(FEW, FEW)
def test_alignment_takes_as_few_edits_as_possible(wanted: str, read: str) -> None:
    edits = sum(p.wanted_index is None or p.read_index is None for p in align(wanted, read))
    assert edits <= len(wanted) + len(read)
    assert edits >= abs(len(wanted) - len(read))


@given(st.integers(0, 250), st.integers(20, 60))
def test_the_part_that_a_page_holds_is_found(start: int, length: int) -> None:
    stop = min(start + length, len(LANTING))
    found = span(LANTING, LANTING[start:stop])
    assert found == (0 if start < 4 else start, len(LANTING) if len(LANTING) - stop < 4 else stop)


def test_plain_keeps_letters_digits_kana_and_han() -> None:
    assert plain("永和，九 年①ﾊﾝ𠀀 é-\nA１。") == "永和九年1ハン𠀀éA1"


def test_a_missing_and_an_extra_character_shift_nothing_else() -> None:
    wanted, read = "永和九年歲在癸丑暮春之初", "永九年岁在癸丑暮春春之初"
    bad = [pair for pair in align(wanted, read) if pair.relation == "different"]
    assert bad == [Pair(1, None, "different"), Pair(None, 9, "different")]


def test_exchanged_neighbours_are_two_wrong_characters_each_in_its_place() -> None:
    assert align("山陰之", "陰山之") == (Pair(0, 0, "different"), Pair(1, 1, "different"), Pair(2, 2, "equal"))


def test_of_a_doubled_character_the_last_is_too_much() -> None:
    assert align("遊以目", "遊以以目")[2] == Pair(None, 2, "different")


def test_one_longer_gap_is_likelier_than_two_with_a_chance_match_between() -> None:
    wanted = "天地之玄黃之宇宙"
    gaps = [pair.wanted_index for pair in align(wanted, "天地之宇宙") if pair.read_index is None]
    assert gaps in ([2, 3, 4], [3, 4, 5])


@pytest.mark.parametrize(("drop", "expected"), [(1, (0, 324)), (3, (0, 324)), (10, (10, 324))])
def test_a_short_end_is_missing_and_a_long_one_is_outside(drop: int, expected: tuple[int, int]) -> None:
    assert span(LANTING, LANTING[drop:]) == expected


def test_a_noisy_page_keeps_its_span() -> None:
    read = LANTING[100:160].replace("之", "乏").replace("不", "")
    assert span(LANTING, read) == (100, 160)


def test_nothing_read_leaves_the_whole_reference() -> None:
    assert span("天地", "") == (0, 2)
    assert span("", "天") == (0, 0)
