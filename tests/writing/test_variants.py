"""Which written forms stand for the same character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.writing.variants import Relation, Script, fold, fold_text, forms, relation, script_of, simplified

fold("一")  # the tables are built once, outside any example that is timed

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@given(st.characters())
def test_folding_twice_changes_nothing(char: str) -> None:
    assert fold(fold(char)) == fold(char)


@given(HAN, HAN)
def test_related_characters_fold_alike(one: str, other: str) -> None:
    for form in forms(one):
        assert fold(form) == fold(one)
    assert (relation(one, other) == "equal") == (
        unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)
    )


@given(st.text(HAN))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold_text(text)) == len(text) == len(simplified(text))


@pytest.mark.parametrize(
    "pair",
    [
        "為爲",
        "稧禊",
        "群羣",
        "間閒",
        "跡迹",
        "既旣",
        "敘叙",
        "叙敍",
        "發発",
        "眞真",
        "說説",
        "內内",
        "顏顔",
        "峯峰",
        "床牀",
    ],
)
def test_listed_and_regional_forms_are_variants_both_ways(pair: str) -> None:
    for script in (None, "traditional", "simplified"):
        assert relation(pair[0], pair[1], script) == relation(pair[1], pair[0], script) == "variant"


@pytest.mark.parametrize("pair", ["長长", "賢贤", "觴觞", "禮礼", "蘭兰", "龍龙", "體体"])
def test_traditional_and_simplified_are_variants_both_ways(pair: str) -> None:
    assert relation(pair[0], pair[1]) == relation(pair[1], pair[0]) == "variant"


@pytest.mark.parametrize(
    ("wanted", "read", "script", "expected"),
    [
        ("後", "后", "traditional", "variant"),
        ("后", "後", "traditional", "different"),
        ("后", "後", "simplified", "variant"),
        ("后", "後", None, "variant"),
        ("雲", "云", "traditional", "variant"),
        ("云", "雲", "traditional", "different"),
        ("於", "于", "traditional", "variant"),
        ("于", "於", "traditional", "different"),
        ("捨", "舍", None, "variant"),
        ("舍", "捨", "traditional", "different"),
        ("發", "髮", None, "different"),
        ("鐘", "鍾", None, "different"),
        ("藝", "芸", None, "different"),
        ("稽", "楷", None, "different"),
        ("干", "千", None, "different"),
    ],
)
def test_merged_characters_are_variants_only_where_orthography_allows(
    wanted: str, read: str, script: Script | None, expected: Relation
) -> None:
    assert relation(wanted, read, script) == expected


def test_full_width_and_compatibility_forms_are_equal() -> None:
    assert relation("A", "Ａ") == relation("一", "⼀") == "equal"


def test_letters_that_one_glyph_cannot_tell_apart_are_variants() -> None:
    assert {relation("l", "1"), relation("I", "l"), relation("0", "O")} == {"variant"}
    assert relation("8", "B") == "different"


def test_forms_begin_with_the_character_itself() -> None:
    assert forms("為")[0] == "為"
    assert set(forms("為")) == {"為", "爲", "为"}
    assert forms("A") == ("A",)


def test_the_script_of_a_text_is_told_by_what_only_one_orthography_writes() -> None:
    assert script_of("會于會稽山陰之蘭亭") == "traditional"
    assert script_of("会于会稽山阴之兰亭") == "simplified"
    assert script_of("天地人") is None
    assert script_of("皇后云") is None


def test_simplifying_leaves_simplified_text_as_it_is() -> None:
    assert simplified("羣賢畢至") == "群贤毕至"
    assert simplified("群贤毕至") == "群贤毕至"
