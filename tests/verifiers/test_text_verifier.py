"""Lines of text in boxes: read character by character, latin look-alikes equal, gone means gone."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from retouch.errors import VerifierError
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.plan import Answers, Expectation, Step, TextGone, TextReads
from retouch.style import Face
from retouch.verdict import Outcome, Verdict
from retouch.verifiers.text import TextVerifier, matched
from retouch.writing.fonts import covers, installed

LINES = {"大桶裝更划算": (60, 40, 48), "Opening hours 10:30": (60, 140, 36), "愚園路": (330, 240, 60)}


@cache
def face() -> Face:
    able = [face for face in installed() if all(covers(face, char) for char in "".join(LINES).replace(" ", ""))]
    if not able:
        pytest.skip("no installed font draws the poster's text")
    return next((face for face in able if "Noto" in face.family), able[0])


@cache
def poster(without: str = "") -> Picture:
    image = Image.new("RGB", (640, 360), (250, 240, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((300, 220, 620, 330), fill=(20, 60, 140))
    for text, (x, y, size) in LINES.items():
        if text != without:
            font = ImageFont.truetype(face().path, size, index=face().index)
            draw.text((x, y), text, fill=(255, 255, 255) if y > 200 else (180, 20, 30), font=font)
    return Picture(np.asarray(image, np.uint8))


def verdict(box: Box | None, wish: Expectation, after: Picture | None = None) -> Verdict:
    step = Step(id="s1", operation="replace", box=box, expectation=wish)
    return TextVerifier().verify(poster(), after or poster(), step)


CHINESE, LATIN, SIGN = Box(50, 30, 320, 70), Box(50, 130, 370, 60), Box(310, 230, 220, 90)


@pytest.mark.parametrize(
    ("box", "text", "outcome"),
    [
        (CHINESE, "大桶裝更划算", Outcome.PASS),
        (CHINESE, "大桶装 更划算", Outcome.PASS),
        (CHINESE, "大桶裝更划標", Outcome.FAIL),
        (CHINESE, "大桶裝更划", Outcome.FAIL),
        (LATIN, "Opening hours 10:30", Outcome.PASS),
        (LATIN, "Opening hours 18:30", Outcome.FAIL),
        (LATIN, "Openlng hours 10:30", Outcome.FAIL),
        (SIGN, "愚園路", Outcome.PASS),
        (SIGN, "愚公路", Outcome.FAIL),
        (Box(420, 20, 200, 100), "愚園路", Outcome.UNSURE),
    ],
)
def test_a_box_reads_what_stands_in_it(box: Box, text: str, outcome: Outcome) -> None:
    found = verdict(box, TextReads(text=text))
    assert found.outcome is outcome, found
    assert found.evidence["wanted"] == text and found.reason


def test_a_picture_without_a_box_is_searched() -> None:
    assert verdict(None, TextReads(text="愚園路")).passed
    assert verdict(None, TextReads(text="蘭亭序")).outcome is Outcome.FAIL


def test_text_is_gone_when_it_is() -> None:
    after = poster(without="愚園路")
    assert verdict(SIGN, TextGone(text="愚園路")).outcome is Outcome.FAIL
    assert verdict(SIGN, TextGone(text="愚園路"), after).passed
    assert verdict(None, TextGone(text="愚園路"), after).passed
    assert verdict(LATIN, TextGone(text="愚園路"), after).passed


def test_letters_and_digits_that_look_alike_are_equal() -> None:
    assert matched("Hello World 10", "He11o Wor1d lO") == 1.0
    assert matched("Hello", "Hallo") < 1
    assert matched("蘭亭", "兰亭") == 1.0
    assert matched("正在", "正") < 1
    assert matched("", "") == 1.0 and matched("正", "") == 0.0


def test_a_box_outside_and_a_question_are_refused() -> None:
    with pytest.raises(VerifierError, match="outside the picture"):
        verdict(Box(900, 900, 10, 10), TextReads(text="字"))
    with pytest.raises(VerifierError, match="text-reads or text-gone"):
        verdict(SIGN, Answers(question="Is it blue?"))
