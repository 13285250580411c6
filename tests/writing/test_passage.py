"""Which passage a page holds, and which line a character belongs to."""

from __future__ import annotations

from retouch.writing.passage import Passage, by_lines, find_passage

TEXT = "永和九年歲在癸丑暮春之初會于會稽山陰之蘭亭"


def wanted(passage: Passage) -> list[list[int | None]]:
    return [[place.wanted for place in line] for line in passage.lines]


def test_a_clean_page_is_matched_one_for_one() -> None:
    passage = find_passage([TEXT[:12], TEXT[12:]], TEXT)
    assert wanted(passage) == [list(range(12)), list(range(12, 21))]
    assert passage.agreement == 1.0 and (passage.begin, passage.end) == (0, 21)


def test_a_part_of_a_longer_work_is_found_where_it_is() -> None:
    work = "甲乙丙丁戊己庚辛壬癸" * 3 + TEXT + "子丑寅卯辰巳午未申酉" * 3
    passage = find_passage([TEXT[:10], TEXT[10:]], work)
    assert (passage.begin, passage.end) == (30, 51)
    assert wanted(passage)[0][0] == 30


def test_a_missing_and_a_superfluous_character_shift_nothing_else() -> None:
    passage = find_passage(["永和年歲在", "癸丑丑暮春"], TEXT[:10])
    assert wanted(passage)[0] == [0, 1, 2, 3, 4, 5]
    assert [place.read for place in passage.lines[0]] == [0, 1, None, 2, 3, 4]
    assert sorted(w for w in wanted(passage)[1] if w is not None) == [6, 7, 8, 9]
    assert wanted(passage)[1].count(None) == 1


def test_simplified_and_traditional_agree() -> None:
    passage = find_passage(["会于会稽山阴之兰亭"], "會于會稽山陰之蘭亭")
    assert passage.agreement == 1.0
    assert {place.relation for place in passage.lines[0]} == {"equal", "variant"}


def test_an_unread_character_goes_where_its_ink_is() -> None:
    reads = ["永和九", "歲在癸丑"]
    behind = find_passage(reads, TEXT[:8], room=[(0, 1.0), (0, 0)])
    ahead = find_passage(reads, TEXT[:8], room=[(0, 0), (1.1, 0)])
    assert wanted(behind) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert wanted(ahead) == [[0, 1, 2], [3, 4, 5, 6, 7]]


def test_without_such_ink_it_goes_to_the_shorter_line() -> None:
    assert wanted(find_passage(["永和九", "歲在癸丑"], TEXT[:8])) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert wanted(find_passage(["永和九年", "在癸丑"], TEXT[:8])) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_posters_lines_may_come_in_any_order() -> None:
    passage = by_lines(["W", "315", "愚园路", "YuyuanRd", "E", "Taxi"], "愚园路YuyuanRd西315W东309E")
    assert wanted(passage)[2][:3] == [0, 1, 2]
    assert [w for w in wanted(passage)[1]][:3] == [12, 13, 14]
    assert wanted(passage)[5] == [None] * 4
    assert {w for line in wanted(passage) for w in line if w is not None} == set(range(21))
