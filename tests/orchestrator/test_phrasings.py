"""One table of the ways in which people say what they want, each with what it must be understood as."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from retouch.errors import PersonNeededError, PlanError
from retouch.geometry import Box, Size
from retouch.orchestrator.choice import chosen
from retouch.orchestrator.goal import choose, understand, understand_box, understood
from retouch.orchestrator.planners.words import WordPlanner
from retouch.orchestrator.sighting import Sight, Sighting
from retouch.orchestrator.vicinity import beside, moved, resized
from retouch.orchestrator.wish import Wish
from retouch.orchestrator.writing_room import room
from retouch.picture import Picture
from retouch.plan import Answers, Goal


def replaces(**more: Any) -> Wish:
    return Wish("replace", "A", "B", **more)


def deletes(**more: Any) -> Wish:
    return Wish("delete", "A", **more)


def reddens(**more: Any) -> Wish:
    return Wish("recolour", "A", "red", **more)


def inserts(side: Any) -> Wish:
    return Wish("insert", target="B", anchor=(side, "A"))


ENGLISH = {
    "replace “A” with “B”": replaces(),
    "Replace ‘A’ with ‘B’.": replaces(),
    "replace «A» by «B»": replaces(),
    'replace “A" with ”B”': replaces(),
    'Please could you replace "A" with "B"?': replaces(),
    'replace the word "A" with the word "B"': replaces(which="one"),
    'replace the text "A" in the picture by "B"': replaces(which="one"),
    'replace "A" with "B" in the headline': replaces(which=("largest",)),
    'replace "A" at the bottom with "B"': replaces(which=("bottom",)),
    'replace all occurrences of "A" with "B"': replaces(which="every"),
    'replace both "A" with "B"': replaces(which="every"),
    'replace the second "A" with "B"': replaces(which=2),
    'replace the first occurrence of "A" with "B"': replaces(which=1),
    'change the last "A" to "B"': replaces(which=-1),
    'change the 3rd "A" into "B"': replaces(which=3),
    'change "A" on the left to "B"': replaces(which=("left",)),
    'change the headline from "A" to "B"': replaces(),
    'edit the text "A" so that it says "B"': replaces(which="one"),
    'make "A" say "B"': replaces(),
    'make it say "B" instead of "A"': replaces(),
    'it should say "B" instead of "A"': replaces(),
    'write "B" instead of "A"': replaces(),
    'put "B" in place of "A"': replaces(),
    'rename "A" to "B"': replaces(),
    'substitute "B" for "A"': replaces(),
    '"A" -> "B"': replaces(),
    '"A" should be "B"': replaces(),
    'the word "A" is misspelled, it should be "B"': replaces(which="one"),
    'correct the spelling of "A" to "B"': replaces(),
    'fix the typo "A" → "B"': replaces(),
    'fix the typo: "A" should be "B"': replaces(),
    'I want "A" to say "B"': replaces(),
    'I\'d like "A" changed to "B"': replaces(),
    "delete ‘A’": deletes(),
    'get rid of "A"': deletes(),
    'remove the word "A" from the poster': deletes(which="one"),
    'remove the second "A"': deletes(which=2),
    'delete the word "A" at the bottom': deletes(which=("bottom",)),
    'remove "A" from the top left corner': deletes(which=("top", "left")),
    'take the word "A" out': deletes(which="one"),
    'make "A" red': reddens(),
    'change the color of "A" to red': reddens(),
    'set the colour of "A" to red': reddens(),
    'paint the word "A" in red': reddens(which="one"),
    '"A" should be red': reddens(),
    'make the letter "A" red': reddens(which="one"),
    "make the letter A red": reddens(which="one"),
    'make the "A" in "Alpha" red': reddens(which="one", within="Alpha"),
    'change the colour of the letter "A" in the word "Alpha" to red': reddens(which="one", within="Alpha"),
    'insert "B" after "A"': inserts("after"),
    'append "B" to "A"': inserts("after"),
    'add the text "B" to the right of "A"': inserts("after"),
    'put "B" to the left of "A"': inserts("before"),
    'add "B" below "A"': inserts("below"),
    'write "B" under "A"': inserts("below"),
    'put "B" above "A"': inserts("above"),
    'move "A" 20 pixels to the right': Wish("move", "A", how="20 pixels to the right"),
    'move "A" up by 10 px': Wish("move", "A", how="up by 10 px"),
    'make "A" bigger': Wish("resize", "A", how="bigger"),
    'make "A" twice as large': Wish("resize", "A", how="twice as large"),
    'shrink "A"': Wish("resize", "A", how="shrink"),
}
CHINESE = {
    "把“A”改成“B”": replaces(),
    "将“A”替换为“B”": replaces(),
    "把「A」换成「B」": replaces(),
    "將『A』改為『B』": replaces(),
    "把‘A’改成‘B’": replaces(),
    "A改成B": replaces(),
    "“A”改“B”": replaces(),
    "“A”应该是“B”": replaces(),
    "用“B”代替“A”": replaces(),
    "请把图中的“A”改成“B”": replaces(),
    "请将海报上的文字“A”修改为“B”": replaces(),
    "把标题“A”改成“B”": replaces(),
    "把海报标题“A”改成“B”": replaces(),
    "把文字从“A”改成“B”": replaces(),
    "把所有的“A”改成“B”": replaces(which="every"),
    "把两个“A”都改成“B”": replaces(which="every"),
    "把第二个“A”改成“B”": replaces(which=2),
    "把第一处“A”改为“B”": replaces(which=1),
    "把最后一个“A”改成“B”": replaces(which=-1),
    "把下方的“A”改成“B”": replaces(which=("bottom",)),
    "删除“A”": deletes(),
    "删掉图里的“A”": deletes(),
    "把“A”去掉": deletes(),
    "去掉“A”这几个字": deletes(),
    "去除第二个“A”": deletes(which=2),
    "请删除左上角的“A”。": deletes(which=("top", "left")),
    "把“A”改成红色": reddens(),
    "把“A”变红": reddens(),
    "“A”改成红色": reddens(),
    "给“A”染成红色": reddens(),
    "将“A”的颜色改成红色": reddens(),
    "将字母“A”改成红色": reddens(),
    "把字母A改成红色": reddens(),
    "把“Alpha”中的“A”改成红色": reddens(within="Alpha"),
    "把单词“Alpha”里的字母“A”变成红色": reddens(within="Alpha"),
    "在“A”后面加上“B”": inserts("after"),
    "在“A”左边写上“B”": inserts("before"),
    "在“A”下方添加“B”": inserts("below"),
    "在“A”上面加一行“B”": inserts("above"),
    "把“A”向右移动20像素": Wish("move", "A", how="向右移动20像素"),
    "把“A”上移10像素": Wish("move", "A", how="上移10像素"),
    "把“A”放大一倍": Wish("resize", "A", how="放大一倍"),
    "缩小“A”": Wish("resize", "A", how="缩小"),
}
SEVERAL = {
    "replace Summer with Spring": ["Summer→Spring"],
    "change the price from $10.50 to $12": ["$10.50→$12"],
    "update the year 2024 to 2025, then erase SALE": ["2024→2025", "SALE→None"],
    'replace "A" with "B", "C" with "D" and "E" with "F"': ["A→B", "C→D", "E→F"],
    'replace "A" with "B"; then delete "C", and make "D" blue.': ["A→B", "C→None", "D→blue"],
    'delete "A", "B" and "C"': ["A→None", "B→None", "C→None"],
    'make "A" and "B" red': ["A→red", "B→red"],
    'make the text "A" red and the text "B" blue': ["A→red", "B→blue"],
    'replace "A" and "B" with "C"': ["A→C", "B→C"],
    'replace "A" with "B" and make it red': ["A→B", "A→red"],
    "把“A”改成“B”，“C”改成“D”": ["A→B", "C→D"],
    "把“A”改成“B”，然后删除“C”，再把“D”改成蓝色": ["A→B", "C→None", "D→blue"],
    "把“A”和“B”都删掉": ["A→None", "B→None"],
    "把“A”、“B”改成红色": ["A→red", "B→red"],
    "把“A”改成“B”，并改成红色": ["A→B", "A→red"],
}
REFUSED = [
    "remove the text",
    "remove all text",
    "make the headline red",
    'make "A" bold',
    'insert "B" between "A" and "C"',
    'replace "A" with "B" and "C"',
    'translate "A" to "B"',
    "make it red",
    '把标题改成"B"和"C"',
]


@pytest.mark.parametrize(("words", "wish"), [*ENGLISH.items(), *CHINESE.items()])
def test_each_phrasing_is_one_wish(words: str, wish: Wish) -> None:
    assert understand(words) == (wish,)
    assert choose(Goal(text=words)) == "words"


@pytest.mark.parametrize(("words", "wishes"), SEVERAL.items())
def test_several_wishes_in_one_sentence(words: str, wishes: list[str]) -> None:
    assert [f"{wish.source}→{wish.target}" for wish in understand(words)] == wishes


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_half_understood_is_refused_in_its_own_words(words: str) -> None:
    with pytest.raises(PlanError, match="cannot be understood") as caught:
        understand(words)
    assert "\x1f" not in caught.value.message


@pytest.mark.parametrize("words", ["ask: turn him round by 180°", "Ask：turn him round by 180°"])
def test_words_for_an_editing_model_are_handed_on_as_they_are(words: str) -> None:
    step = understood(Goal(text=words)).steps[0]
    assert (step.operation, step.mode, step.box, step.instruction) == ("other", "whole", None, "turn him round by 180°")
    assert isinstance(step.expectation, Answers)
    assert understand_box(words).instruction == step.instruction


def seen(text: str, *boxes: Box) -> list[tuple[Sighting, ...]]:
    return [(Sighting(box, text),) for box in boxes]


SMALL, LARGE = Box(10, 200, 60, 10), Box(100, 20, 120, 30)


def test_which_of_two_places_is_meant() -> None:
    places = seen("Sale", LARGE, SMALL)
    assert chosen(places, "Sale", None) == chosen(places, "Sale", "every") == tuple(places)
    assert chosen(places, "Sale", 2) == chosen(places, "Sale", -1) == (places[1],)
    assert chosen(places, "Sale", ("bottom", "left")) == chosen(places, "Sale", ("smallest",)) == (places[1],)
    assert chosen(places, "Sale", ("largest",)) == (places[0],)
    with pytest.raises(PlanError, match="at 2 places only: 1. at 100,20,120,30, 2. at 10,200,60,10"):
        chosen(places, "Sale", 3)


@pytest.mark.parametrize(("text", "said"), [("Sale", "one"), ("n", None)])
def test_a_person_is_asked_which_of_several_is_meant(text: str, said: Any) -> None:
    with pytest.raises(PersonNeededError, match="which is meant was not said: 1. at") as caught:
        chosen(seen(text, LARGE, SMALL), text, said)
    assert f'the second "{text}"' in caught.value.hint
    assert len(chosen(seen(text, LARGE), text, said)) == 1


def test_places_beside_a_text() -> None:
    assert beside(LARGE, "after", 0.5, False, []) == Box(220, 20, 60, 30)
    assert beside(LARGE, "below", 0.5, False, []) == Box(130, 65, 60, 30), "centred"
    flush = seen("Fruit", Box(103, 120, 200, 20))
    assert beside(LARGE, "below", 0.5, False, flush) == Box(100, 65, 60, 30), "where lines begin at one place"
    with pytest.raises(PlanError, match="no room below .*'Now' stands there"):
        beside(LARGE, "below", 0.5, False, seen("Now", Box(120, 60, 80, 20)))


def test_what_a_text_needs_to_be_moved_or_made_larger() -> None:
    size = Size(400, 300)
    assert moved(LARGE, "20 pixels to the right", size) == Box(100, 20, 140, 30)
    assert moved(LARGE, "上移10像素", size) == Box(100, 10, 120, 40)
    assert moved(LARGE, "down", size) == Box(100, 20, 120, 60)
    assert resized(LARGE, "twice as large", size) == Box(40, 5, 240, 60)
    assert resized(LARGE, "smaller", size) == LARGE


def test_a_colour_for_what_was_just_written_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sight, "lines", property(lambda self: (tuple(Sighting(SMALL, c) for c in "A"),)))
    page = Picture(np.full((240, 300, 3), 250, np.uint8))
    write, colour = WordPlanner().plan(Goal(text='replace "A" with "B" and make it red'), page).steps
    assert (colour.source, colour.target, colour.after) == ("B", "red", (write.id,))
    assert colour.box == write.box and write.box is not None and write.box.contains(SMALL)


def test_a_part_of_a_word_is_found_in_that_word(monkeypatch: pytest.MonkeyPatch) -> None:
    line = tuple(Sighting(Box(10 * k, 20, 10, 10), char) for k, char in enumerate("OneQwenPen"))
    monkeypatch.setattr(Sight, "lines", property(lambda self: (line,)))
    page = Picture(np.full((240, 300, 3), 250, np.uint8))
    (step,) = WordPlanner().plan(Goal(text='make the "n" in "Qwen" blue'), page).steps
    assert step.box == Box(60, 20, 10, 10) and step.instruction == 'Make "n" in "Qwen" blue'
    with pytest.raises(PersonNeededError, match="3 places"):
        WordPlanner().plan(Goal(text='make the letter "n" blue'), page)


def test_a_text_may_use_its_own_strokes_and_blank_paper_but_no_other_ink() -> None:
    pixels = np.full((160, 300, 3), 240, np.uint8)
    cv2.rectangle(pixels, (60, 40), (150, 80), (30, 30, 30), 6)  # the text, which reaches 6 pixels above its box
    cv2.rectangle(pixels, (160, 44), (220, 80), (30, 30, 30), 6)  # its neighbour
    read, neighbour = Box(58, 45, 95, 38), Box(157, 45, 66, 38)
    tight = room(Picture(pixels), read, [neighbour], grow=False)
    own = (pixels[:, :155] < 200).any(axis=2)
    whole = tight.within(Box(0, 0, 300, 160))
    others = np.pad((pixels[:, 155:] < 200).any(axis=2), ((0, 0), (155, 0)))
    assert whole[:, :155][own].all() and not (whole & others).any()
    wide = room(Picture(pixels), read, [neighbour], grow=True)
    assert wide.box.bottom >= read.bottom + 10, "a descender has its place"
    assert not (
        wide.within(Box(0, 0, 300, 160)) & np.pad((pixels[:, 155:] < 200).any(axis=2), ((0, 0), (155, 0)))
    ).any()
    blank = room(Picture(np.full((160, 300, 3), 240, np.uint8)), read, [], True)
    assert blank.box == read and blank.mask.all()


@pytest.mark.parametrize(
    ("words", "wishes"),
    {
        "replace 'don't stop' with 'go on'": ["don't stop→go on"],
        "replace ‘don’t stop’ with ‘go on’": ["don’t stop→go on"],
        '把 "A" 改成 "B"': ["A→B"],
        "把 ＂A＂ 改成 ＂B＂ ，把「C」换成「D」": ["A→B", "C→D"],
        "替换“A”为“B”": ["A→B"],
        "把标题里的“A”改成“B”": ["A→B"],
        "删掉「A」这行字": ["A→None"],
        'Replace only the first "A" with "B"': ["A→B"],
        'Recolour the S in "Sale" to blue': ["S→blue"],
        'Replace "A" with "B" in the same font and colour': ["A→B"],
        'Replace "A" with "B". Keep everything else the same.': ["A→B"],
        'Replace "A" with "B" and keep the rest unchanged': ["A→B"],
        'Replace "A" with "B", keeping the style': ["A→B"],
        "把“A”改成“B”，其他不变": ["A→B"],
        "请把图中的“A”两个字换成“B”，字体和颜色保持不变。": ["A→B"],
        '- replace "A" with "B"\n- delete "C"': ["A→B", "C→None"],
        '1. replace "A" with "B"\n2) delete "C"': ["A→B", "C→None"],
    }.items(),
)
def test_as_people_type_it(words: str, wishes: list[str]) -> None:
    assert [f"{wish.source}→{wish.target}" for wish in understand(words)] == wishes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('replace "" with "x"', "are empty"),
        ('replace "Summer" with ""', "are empty"),
        ("replace 'Summer' with ' '", "are empty"),
        ("把“”改成“冬日”", "are empty"),
        ("把「夏日」改成「夏日」", "replaced by itself"),
        ('replace "Summer" with "Summer"', "replaced by itself"),
        ('replace "Summer" with "Sp"ring"', "cannot be understood"),
        ('replace "Summer" with "\x1b[31mX"', r"control character U\+001B"),
        ('replace "Summer" with "\u202eX"', r"control character U\+202E"),
        ("keep everything else", "cannot be understood"),
        ("其他不变", "cannot be understood"),
    ],
)
def test_what_would_change_nothing_or_cannot_be_drawn_is_refused(words: str, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        understand(words)
    with pytest.raises(PlanError, match=said):
        choose(Goal(text=words))


def test_signs_without_a_letter_stand_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (tuple(Sighting(Box(10 * n, 0, 10, 10), char) for n, char in enumerate("OPEN")),) * 2
    monkeypatch.setattr(Sight, "lines", lines)
    with pytest.raises(PlanError, match="holds no letter"):
        WordPlanner().plan(Goal(text='delete "."'), Picture(np.full((40, 60, 3), 255, np.uint8)))
