"""The works of the corpus: their texts, and how a page is recognised."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from pathlib import Path

import pytest

from retouch.errors import TextError
from retouch.writing.alignment import plain
from retouch.writing.corpus import Work, recognise, works
from retouch.writing.variants import simplified

BUILT_IN = {work.title: work for work in works()}
LANTING, HEART, THOUSAND = (BUILT_IN[title] for title in ("蘭亭集序", "般若波羅蜜多心經", "千字文"))

# As another project recorded it for its import of the CBETA edition of Taisho no. 251.
TAISHO_251 = "02c4027a60b4bd1f30dae691962b6b3323c9d911f10712dcda99bdc317d172d1"


@pytest.mark.parametrize(("work", "count"), [(LANTING, 324), (HEART, 260), (THOUSAND, 1000)])
def test_each_work_has_the_count_that_tradition_gives(work: Work, count: int) -> None:
    assert work.count == len(work.text) == count
    assert plain(work.text) == work.text
    assert work.author and work.edition and work.checked


def test_the_thousand_characters_are_all_distinct() -> None:
    for edition in THOUSAND.editions:
        assert not [char for char, times in Counter(edition.text).items() if times > 1]


def test_the_taisho_edition_of_the_heart_sutra_has_the_digest_recorded_elsewhere() -> None:
    taisho = next(edition.text for edition in HEART.editions if "251" in edition.name)
    assert hashlib.sha256(taisho.encode()).hexdigest() == TAISHO_251


def test_counts_of_the_other_editions() -> None:
    assert [len(edition.text) for edition in HEART.editions] == [260, 260, 262]
    assert [len(edition.text) for edition in LANTING.editions] == [324, 324]


def test_a_simplified_page_is_recognised_in_its_own_orthography() -> None:
    read = "永和九年岁在癸丑暮春之初会于会稽阴之兰亭修纘事也群贤毕至少长成集此地有崇山峻岭茂林修竹"
    found = recognise(read, works())
    assert found is not None and found.work is LANTING
    assert found.text == "永和九年岁在癸丑暮春之初会于会稽山阴之兰亭修禊事也群贤毕至少长咸集此地有崇山峻岭茂林修竹"
    assert (found.start, found.stop) == (0, len(found.text))
    assert found.confidence > 0.9


def test_a_page_of_the_old_copy_keeps_its_wording() -> None:
    found = recognise("會于會稽山陰之蘭亭脩稧事也羣賢畢至少長咸集此地有崇山峻領茂林脩竹", works())
    assert found is not None
    assert found.text == "會于會稽山陰之蘭亭脩稧事也羣賢畢至少長咸集此地有崇山峻領茂林脩竹"


def test_single_readings_of_another_edition_are_taken_from_the_page() -> None:
    page = LANTING.text[:60].replace("領", "嶺")
    found = recognise(page, works())
    assert found is not None and found.text == page


def test_a_heading_on_the_page_belongs_to_its_text() -> None:
    found = recognise("般若波羅蜜多心經" + HEART.text[:100], works())
    assert found is not None and found.text == "般若波羅蜜多心經" + HEART.text[:100]


def test_a_signature_behind_the_text_does_not() -> None:
    found = recognise(THOUSAND.text[:80] + "癸卯年某人書", works())
    assert found is not None and found.text == THOUSAND.text[:80]


@pytest.mark.parametrize(
    "read",
    ["", "天朗氣清", "有評是是非非之士師也是非不得問之人要取之", "今天天气很好我们去公园玩吧这是一个测试", "HELLO"],
)
def test_what_is_unsure_is_not_recognised(read: str) -> None:
    assert recognise(read, works()) is None


def test_a_page_with_three_characters_in_ten_misread_is_recognised_and_never_taken_for_another() -> None:
    rng = random.Random(7)
    for _ in range(30):
        work = rng.choice(list(BUILT_IN.values()))
        start = rng.randrange(work.count - 60)
        read = [
            char if rng.random() > 0.3 else chr(rng.randrange(0x4E00, 0x9FA5)) for char in work.text[start : start + 60]
        ]
        found = recognise(simplified("".join(read)), works())
        assert found is not None and found.work is work


def test_a_persons_own_folder_is_searched_too(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_text("床前明月光，疑是地上霜。\n舉頭望明月，低頭思故鄉。", encoding="utf-8")
    (tmp_path / "poem.toml").write_text('title = "靜夜思"\nauthor = "李白"', encoding="utf-8")
    own = works(tmp_path)
    assert [work.title for work in own[-1:]] == ["靜夜思"]
    found = recognise("床前明月光疑是地上霜举头望明月", own)
    assert found is not None and found.work.title == "靜夜思"


def test_own_texts_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match="no such folder"):
        works(tmp_path / "missing")
    (tmp_path / "bad.txt").write_bytes("蘭亭".encode("gb18030"))
    with pytest.raises(TextError, match=r"bad\.txt: not UTF-8"):
        works(tmp_path)
    (tmp_path / "bad.txt").write_text("…", encoding="utf-8")
    with pytest.raises(TextError, match="holds no characters"):
        works(tmp_path)
