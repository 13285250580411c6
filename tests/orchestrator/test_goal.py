"""Understanding a person's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.edit import Traits
from retouch.errors import PlanError
from retouch.geometry import Box
from retouch.orchestrator.goal import choose, handed_on, understand, understand_box, understood, wants_proofreading
from retouch.orchestrator.quotation import set_aside
from retouch.orchestrator.wish import ANY, Wish
from retouch.plan import BoxedWish, ColourIs, Goal, TextGone, TextReads

PROOFREAD = [
    "fix all calligraphy characters",
    "Please fix all the calligraphy characters.",
    "correct the wrong characters in this picture",
    "make the text read as given",
    "proofread the page",
    "fix all typos and spelling errors",
    "把写错的字都改正",
    "修正所有书法错字",
    "请把图中所有写错的书法字都改正过来",
    "修复所有书法错误",
    "改正錯字",
    "校对全文",
    "请检查并修正这幅书法作品中的错字",
]
WRITE = [
    ("write 觞 in the red box", "觞", "red"),
    ('Write "觞" inside the Red Rectangle.', "觞", "red"),
    ("In the blue frame, write “亭”", "亭", "blue"),
    ("replace the character in the red box with 觞", "觞", "red"),
    ("the character in the red box should be 觞", "觞", "red"),
    ("please write 'Grand Opening' correctly in the box", "Grand Opening", ANY),
    ("在红框里写觞", "觞", "red"),
    ("在紅框裡寫觴", "觴", "red"),
    ("在红色方框中写上「觞」", "觞", "red"),
    ("把红框里的字改成觞", "觞", "red"),
    ("将“亭”写在蓝框里", "亭", "blue"),
    ("红框里的字应该是觞", "觞", "red"),
]
REPLACE = [
    ('Replace "A" with "B"', "A", "B"),
    ("replace '2024' with '2025'", "2024", "2025"),
    ("replace 2024 with 2025", "2024", "2025"),
    ('"Exibition" should read "Exhibition"', "Exibition", "Exhibition"),
    ('把"A"改成"B"', "A", "B"),
    ("把“瓦罐煨汤”改成“鲜香馄饨”", "瓦罐煨汤", "鲜香馄饨"),
    ("將『瓦罐』替換為『砂鍋』", "瓦罐", "砂鍋"),
    ('用"B"替换图中的"A"', "A", "B"),
    ('"觴"應為"觞"', "觴", "觞"),
    ('change "A" to "red"', "A", "red"),
    ('replace "replace X with Y, and delete Z" with "b"', "replace X with Y, and delete Z", "b"),
]
DELETE = [
    ('delete "SALE"', "SALE"),
    ("删除「打折」", "打折"),
    ("把“打折”两个字去掉", "打折"),
]
RECOLOUR = [
    ('recolour "A" to red', "A", "red"),
    ('change "A" to dark blue', "A", "darkblue"),
    ("make 'Hello World' #f00", "Hello World", "#ff0000"),
    ('把"A"改成红色', "A", "red"),
    ("将「大减价」的颜色改为深蓝色", "大减价", "darkblue"),
]
NOT_UNDERSTOOD = [
    "make it prettier",
    "hello",
    "",
    "remove the dog",
    "remove it",
    "replace the dog with a cat",
    "make background red",
    "把背景改成红色",
    "把墙上的字改成红色",
    "fix the red characters",
    "write 觞",
    'replace "A"',
    'replace "A" with "B" and make it prettier',
    "删除",
]


@pytest.mark.parametrize("words", PROOFREAD)
def test_wishes_to_proofread(words: str) -> None:
    assert understand(words) == (Wish("proofread"),)
    assert choose(Goal(text=words)) == "proofread" and wants_proofreading(Goal(text=words))


@pytest.mark.parametrize(("words", "target", "frame"), WRITE)
def test_wishes_to_write_in_a_drawn_frame(words: str, target: str, frame: str) -> None:
    assert understand(words) == (Wish("write", target=target, frame=frame),)
    assert choose(Goal(text=words)) == "words"


@pytest.mark.parametrize(("words", "source", "target"), REPLACE)
def test_wishes_to_replace(words: str, source: str, target: str) -> None:
    assert understand(words) == (Wish("replace", source, target),)


@pytest.mark.parametrize(("words", "source"), DELETE)
def test_wishes_to_delete(words: str, source: str) -> None:
    assert understand(words) == (Wish("delete", source),)


@pytest.mark.parametrize(("words", "source", "colour"), RECOLOUR)
def test_wishes_to_recolour(words: str, source: str, colour: str) -> None:
    assert understand(words) == (Wish("recolour", source, colour),)


@pytest.mark.parametrize("words", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_never_guessed(words: str) -> None:
    with pytest.raises(PlanError) as caught:
        understand(words)
    assert "write 觞 in the red box" in caught.value.hint


def test_the_clause_that_is_not_understood_is_named() -> None:
    with pytest.raises(PlanError, match="make it prettier"):
        understand('replace "A" with "B", then make it prettier')


@pytest.mark.parametrize(
    "words",
    [
        "write 觞 in the red box and remove the box",
        "write 觞 in the red box, then remove the red frame.",
        "write 觞 in the red box and then remove it",
        "在红框里写觞，并去掉红框",
        "在红框里写“觞”，写完后把框去掉",
    ],
)
def test_the_frame_is_removed_when_asked(words: str) -> None:
    assert understand(words) == (Wish("write", target="觞", frame="red"), Wish("remove-frame", frame="red"))


@pytest.mark.parametrize("words", ["write 觞 in the red box and keep the box", "在红框里写觞，保留红框"])
def test_keeping_the_frame_is_no_step(words: str) -> None:
    assert understand(words) == (Wish("write", target="觞", frame="red"),)


def test_several_wishes_in_one_goal() -> None:
    words = 'write 稽 in the red box and 亭 in the blue box, remove both boxes; replace "A" with "B" and delete "C"'
    assert [(wish.kind, wish.target or wish.source, wish.frame) for wish in understand(words)] == [
        ("write", "稽", "red"),
        ("write", "亭", "blue"),
        ("remove-frame", None, "red"),
        ("remove-frame", None, "blue"),
        ("replace", "B", None),
        ("delete", "C", None),
    ]


def test_correcting_what_a_frame_holds() -> None:
    for words in ("fix the character in the red box", "把红框里的字改正"):
        assert understand(words) == (Wish("proofread", frame="red"),)


def test_an_insertion_names_its_neighbour() -> None:
    assert understand('insert "X" after "Y"') == (Wish("insert", target="X", anchor=("after", "Y")),)
    assert understand('在"Y"前面加上"X"') == (Wish("insert", target="X", anchor=("before", "Y")),)


@pytest.mark.parametrize(
    ("instruction", "wish"),
    [
        ("write 觞", Wish("write", target="觞")),
        ("写觞", Wish("write", target="觞")),
        ('write "Grand Opening"', Wish("write", target="Grand Opening")),
        ("觞", Wish("write", target="觞")),
        ('replace "A" with "B"', Wish("replace", "A", "B")),
        ('把"A"改成"B"', Wish("replace", "A", "B")),
        ("remove", Wish("remove")),
        ("去掉", Wish("remove")),
        ('delete "A"', Wish("delete", "A")),
        ("colour red", Wish("recolour", target="red")),
        ("改成红色", Wish("recolour", target="red")),
        ("改为「红色」", Wish("write", target="红色")),
        ("fix", Wish("proofread")),
    ],
)
def test_instructions_of_a_box(instruction: str, wish: Wish) -> None:
    assert understand_box(instruction) == wish


def test_a_box_instruction_that_is_not_understood() -> None:
    with pytest.raises(PlanError, match="dance") as caught:
        understand_box("dance")
    assert "write X" in caught.value.hint


def test_operations_without_a_picture_have_no_box() -> None:
    plan = understood(Goal(text='replace "A" with "B", delete "C" and recolour "D" to red'))
    assert [(s.operation, s.source, s.target, s.box) for s in plan.steps] == [
        ("replace", "A", "B", None),
        ("delete", "C", None, None),
        ("recolour", "D", "red", None),
    ]
    assert [s.expectation for s in plan.steps] == [TextReads(text="B"), TextGone(text="C"), ColourIs(colour="red")]


def test_operations_of_boxes_keep_their_boxes() -> None:
    goal = Goal(text="", boxes=(BoxedWish(box=Box(1, 2, 3, 4), instruction="write 觞"),))
    assert choose(goal) == "boxes"
    assert [(s.operation, s.target, s.box) for s in understood(goal).steps] == [("replace", "觞", Box(1, 2, 3, 4))]


def test_with_a_mask_words_need_no_place() -> None:
    assert understand("write 觞", placed=True) == (Wish("write", target="觞"),)


@pytest.mark.parametrize("quoted", ['"{}"', "“{}”", "”{}”", "‘{}’", "「{}」", "『{}』", "'{}'", "«{}»"])
@given(text=st.text("Abc 1觞,;:，。", min_size=1).filter(lambda text: text.strip() != ""))
def test_nothing_inside_quotes_is_an_instruction(quoted: str, text: str) -> None:
    wish = understand(f"delete {quoted.format(text)}")[0]
    assert wish == Wish("delete", text.strip())


def test_an_apostrophe_is_no_quotation() -> None:
    assert set_aside("don't touch Anna's text").texts == ()
    assert set_aside("""replace "don't" with 'do not'""").texts == ("don't", "do not")


@pytest.mark.parametrize("words", ["make the lamp red", "把灯变成红的", "ask: make the lamp red"])
def test_free_words_of_a_box_are_for_an_editor_that_follows_them(words: str) -> None:
    goal = Goal(text="", boxes=(BoxedWish(box=Box(1, 2, 3, 4), instruction=words),))
    editors = {"typeset": Traits(operations=("replace",)), "diffusers:/m": Traits()}
    step = understood(handed_on(goal, editors)).steps[0]
    assert (step.operation, step.instruction) == ("other", words.removeprefix("ask: "))


def test_words_with_a_form_keep_their_meaning_whoever_edits() -> None:
    goal = Goal(text="", boxes=(BoxedWish(box=Box(1, 2, 3, 4), instruction="write 觞"),))
    assert handed_on(goal, {"diffusers:/m": Traits()}) == goal


def test_free_words_where_nobody_follows_them_say_what_is_missing() -> None:
    goal = Goal(text="", boxes=(BoxedWish(box=Box(1, 2, 3, 4), instruction="make the lamp red"),))
    with pytest.raises(PlanError, match=r"lamp red.*editors of this run \(typeset\)") as error:
        handed_on(goal, {"typeset": Traits(operations=("replace",))})
    assert "--editor diffusers:" in error.value.hint and "ask:" in error.value.hint
