"""From goals, frames, boxes and findings to steps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from retouch.errors import PersonNeededError, PlanError
from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.orchestrator.planners.boxes import BoxPlanner
from retouch.orchestrator.planners.proofread import ProofreadPlanner
from retouch.orchestrator.planners.words import WordPlanner
from retouch.orchestrator.sighting import Sight, Sighting
from retouch.picture import Picture
from retouch.plan import BoxedWish, ColourIs, Goal, TextGone, TextReads
from retouch.protocols import Planner
from retouch.region import Region

REFERENCE = "永和九年歲在癸丑暮春之初"


def _framed(*frames: tuple[tuple[int, int, int, int], tuple[int, int, int]]) -> Picture:
    """A cream page with coloured frames (x, y, width, height of the line's middle), four pixels thick."""
    pixels = np.full((240, 320, 3), (235, 225, 200), dtype=np.uint8)
    for (x, y, width, height), colour in frames:
        cv2.rectangle(pixels, (x, y), (x + width, y + height), colour, 4)
    return Picture(pixels)


RED = ((40, 60, 80, 90), (220, 20, 30))
BLUE = ((200, 60, 80, 90), (20, 40, 220))


@dataclass(frozen=True)
class _Seen:
    """What a stand-in for the reader sees: texts with their boxes, one line each."""

    texts: dict[str, Box]

    @property
    def lines(self) -> tuple[tuple[Sighting, ...], ...]:
        return tuple(tuple(_cut(text, box)) for text, box in self.texts.items())


def _cut(text: str, box: Box) -> list[Sighting]:
    width = box.width // len(text)
    return [Sighting(Box(box.x + k * width, box.y, width, box.height), char) for k, char in enumerate(text)]


@pytest.fixture
def sees(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _Seen({"GrandSale2024": Box(10, 10, 130, 20), "春天到了春天": Box(10, 100, 120, 20)})
    monkeypatch.setattr(Sight, "lines", property(lambda self: seen.lines))


def _finding(kind: FaultKind, wanted: str | None, read: str | None, x: int = 0) -> Finding:
    return Finding(index=x, box=Box(50 + x, 80, 40, 50), wanted=wanted, read=read, kind=kind, score=0.1)


def test_the_built_in_planners_are_planners() -> None:
    assert all(isinstance(planner(), Planner) for planner in (ProofreadPlanner, WordPlanner, BoxPlanner))


def test_each_kind_of_fault_has_its_operation() -> None:
    findings = [
        _finding(FaultKind.WRONG, "永", "水"),
        _finding(FaultKind.MALFORMED, "和", "和"),
        _finding(FaultKind.UNREADABLE, "九", None),
        _finding(FaultKind.MISSING, "年", None),
        _finding(FaultKind.EXTRA, None, "丑"),
        _finding(FaultKind.VARIANT, "歲", "岁"),
    ]
    goal = Goal(text="fix all calligraphy characters", reference=REFERENCE)
    steps = ProofreadPlanner().plan(goal, _framed(), findings).steps
    assert [(s.id, s.operation, s.source, s.target) for s in steps] == [
        ("s1", "replace", "水", "永"),
        ("s2", "replace", "和", "和"),
        ("s3", "replace", None, "九"),
        ("s4", "insert", None, "年"),
        ("s5", "delete", "丑", None),
    ]
    assert [s.expectation for s in steps[3:]] == [TextReads(text="年"), TextGone(text="丑")]
    assert steps[0].instruction == "Write 永 correctly"
    assert all(s.box == Box(50, 80, 40, 50) and s.mask is None for s in steps)


def test_without_a_reference_a_person_is_asked_with_proposals() -> None:
    fault = _finding(FaultKind.MALFORMED, None, "觞").model_copy(update={"evidence": {"proposal": "觴"}})
    with pytest.raises(PersonNeededError, match="malformed at 50,80,40,50, perhaps 觴") as caught:
        ProofreadPlanner().plan(Goal(text="fix all characters"), _framed(), [fault])
    assert "--text" in caught.value.hint
    with pytest.raises(PersonNeededError, match="nothing is malformed"):
        ProofreadPlanner().plan(Goal(text="fix all characters"), _framed())


def test_a_frame_limits_proofreading_to_what_it_holds() -> None:
    goal = Goal(text="fix the character in the red box", reference=REFERENCE)
    findings = [_finding(FaultKind.WRONG, "永", "水"), _finding(FaultKind.WRONG, "和", "私", 170)]
    assert [s.target for s in ProofreadPlanner().plan(goal, _framed(RED, BLUE), findings).steps] == ["永"]


def test_a_drawn_frame_is_the_box_and_stays() -> None:
    step = WordPlanner().plan(Goal(text="write 觞 in the red box"), _framed(RED, BLUE)).steps[0]
    assert (step.operation, step.target, step.expectation) == ("replace", "觞", TextReads(text="觞"))
    assert step.box is not None and Box(38, 58, 85, 95).contains(step.box)
    region = Region.decode(step.box, step.mask).within(Box(0, 0, 320, 240))
    pixels = _framed(RED, BLUE).pixels
    assert region.sum() > 70 * 80
    assert (pixels[region] == (235, 225, 200)).all()


def test_old_ink_that_reaches_into_the_soft_edge_of_a_frame_may_go_too() -> None:
    pixels = _framed(RED).pixels.copy()
    pixels[100:104, 43:80] = (20, 18, 15)
    step = WordPlanner().plan(Goal(text="write 觞 in the red box"), Picture(pixels)).steps[0]
    assert step.box is not None
    region = Region.decode(step.box, step.mask).within(Box(0, 0, 320, 240))
    assert region[100:104, 43:80].all() and not region[90:96, 38:43].any()


def test_a_frame_that_shall_go_is_a_step_before_the_writing() -> None:
    picture = _framed(RED)
    remove, write = WordPlanner().plan(Goal(text="在红框里写觞，并去掉红框"), picture).steps
    assert (remove.operation, remove.after, remove.editor) == ("remove-object", (), "inpaint")
    assert write.after == (remove.id,) and write.mask is None
    assert remove.box is not None
    region = Region.decode(remove.box, remove.mask).within(picture.box)
    coloured = (picture.pixels != (235, 225, 200)).any(axis=2)
    assert region[coloured].all() and region.sum() < 2 * coloured.sum()


def test_a_frame_of_no_colour_is_the_only_one() -> None:
    assert WordPlanner().plan(Goal(text="write 觞 in the box"), _framed(BLUE)).steps[0].box is not None
    with pytest.raises(PlanError, match="several frames fit"):
        WordPlanner().plan(Goal(text="write 觞 in the box"), _framed(RED, BLUE))


def test_a_frame_that_is_not_there_is_an_error_that_lists_those_that_are() -> None:
    with pytest.raises(PlanError, match="no blue frame; found: red at"):
        WordPlanner().plan(Goal(text="write 觞 in the blue box"), _framed(RED))


@pytest.mark.usefixtures("sees")
def test_a_text_is_found_in_the_picture() -> None:
    goal = Goal(text='Replace "2024" with "2025", recolour "Grand" to red and delete "sale"')
    replace, recolour, delete = WordPlanner().plan(goal, _framed()).steps
    assert (replace.box, replace.expectation) == (Box(100, 10, 40, 20), TextReads(text="2025"))
    assert (recolour.box, recolour.expectation) == (Box(10, 10, 50, 20), ColourIs(colour="red"))
    assert delete.box == Box(60, 10, 40, 20)


@pytest.mark.usefixtures("sees")
def test_every_place_where_a_text_stands_is_a_step() -> None:
    steps = WordPlanner().plan(Goal(text="把“春天”改成“秋天”"), _framed()).steps
    assert [step.box for step in steps] == [Box(10, 100, 40, 20), Box(90, 100, 40, 20)]


@pytest.mark.parametrize("upright", [False, True])
def test_a_text_that_goes_over_a_lines_end_is_a_step_for_each_part(
    upright: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def line(text: str, place: int) -> tuple[Sighting, ...]:
        at = [(10 + 20 * k, place) for k in range(len(text))]
        return tuple(Sighting(Box(*(xy[::-1] if upright else xy), 20, 20), c) for xy, c in zip(at, text, strict=True))

    lines = (line("又有清流", 200), line("激湍映带", 100))
    monkeypatch.setattr(Sight, "lines", property(lambda self: lines))
    first, second = WordPlanner().plan(Goal(text="把“清流激湍”改成“青山绿水”"), _framed()).steps
    ends = [Box(50, 200, 40, 20), Box(10, 100, 40, 20)]
    assert [first.box, second.box] == ([Box(b.y, b.x, b.height, b.width) for b in ends] if upright else ends)
    assert (first.source, first.expectation) == ("清流", TextReads(text="青山"))
    assert (second.source, second.expectation) == ("激湍", TextReads(text="绿水"))
    recolour = WordPlanner().plan(Goal(text='recolour "流激" to red'), _framed()).steps
    assert [(step.source, step.target) for step in recolour] == [("流", "red"), ("激", "red")]
    with pytest.raises(PlanError, match="stands on two lines, '流' at .* cannot be divided"):
        WordPlanner().plan(Goal(text="把“流激”改成“水”"), _framed())


@pytest.mark.usefixtures("sees")
def test_a_text_that_is_not_there_is_an_error_that_tells_what_was_read() -> None:
    with pytest.raises(PlanError, match="no text '秋天'; likest of what was read: .*春天到了春天"):
        WordPlanner().plan(Goal(text="删除“秋天”"), _framed())


@pytest.mark.usefixtures("sees")
def test_an_insertion_stands_beside_its_neighbour() -> None:
    step = WordPlanner().plan(Goal(text='insert "25" after "2024"'), _framed()).steps[0]
    assert (step.operation, step.box) == ("insert", Box(140, 10, 20, 20))
    with pytest.raises(PlanError, match="leaves the picture"):
        WordPlanner().plan(Goal(text='insert "25" before "Grand"'), _framed())


def test_a_mask_is_the_place() -> None:
    mask = np.zeros((240, 320), dtype=np.bool_)
    mask[100:150, 60:200] = True
    goal = Goal(text='replace "A" with "B"', mask=Region(Box(0, 0, 320, 240), mask).encode())
    step = WordPlanner().plan(goal, _framed()).steps[0]
    assert step.box == Box(60, 100, 140, 50) and step.mask is None


@pytest.mark.usefixtures("sees")
def test_boxes_with_their_instructions() -> None:
    instructions = ["write 觞", "remove", "colour blue", 'replace "天到" with "天来"']
    boxes = [Box(0, 0, 30, 30), Box(5, 5, 100, 30), Box(10, 100, 120, 20), Box(5, 95, 130, 30)]
    wishes = tuple(BoxedWish(box=box, instruction=text) for box, text in zip(boxes, instructions, strict=True))
    write, remove, colour, replace = BoxPlanner().plan(Goal(text="the marked places", boxes=wishes), _framed()).steps
    assert (write.operation, write.target, write.box) == ("replace", "觞", boxes[0])
    assert (remove.operation, remove.expectation) == ("remove-object", TextGone(text="GrandSale"))
    assert (colour.operation, colour.expectation) == ("recolour", ColourIs(colour="blue"))
    assert (replace.source, replace.box) == ("天到", Box(30, 100, 40, 20))


def test_a_box_outside_the_picture_is_an_error() -> None:
    goal = Goal(text="", boxes=(BoxedWish(box=Box(300, 0, 50, 50), instruction="write 觞"),))
    with pytest.raises(PlanError, match="300,0,50,50 .* does not lie inside the picture of 320x240"):
        BoxPlanner().plan(goal, _framed())


def test_what_boxes_do_not_cover_is_proofread_where_the_words_ask_for_it() -> None:
    findings = [_finding(FaultKind.WRONG, "永", "水"), _finding(FaultKind.WRONG, "和", "私", 170)]
    boxes = (BoxedWish(box=Box(40, 60, 80, 90), instruction="write 永"),)
    goal = Goal(text="fix all characters", reference=REFERENCE, boxes=boxes)
    assert [s.target for s in BoxPlanner().plan(goal, _framed(), findings).steps] == ["永", "和"]
    title = goal.model_copy(update={"text": "the marked place"})
    assert [s.target for s in BoxPlanner().plan(title, _framed(), findings).steps] == ["永"]
