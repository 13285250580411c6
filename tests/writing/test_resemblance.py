from __future__ import annotations

import numpy as np
import pytest

from retouch.style import Face
from retouch.writing.fonts import covers, installed, render
from retouch.writing.recogniser import Recogniser
from retouch.writing.resemblance import strangeness


def _face(family: str) -> Face:
    found = [face for face in installed() if face.family == family and covers(face, "理")]
    if not found:
        pytest.skip(f"the font {family} is not installed")
    return found[0]


def test_answers_are_unit_vectors_and_the_same_picture_is_answered_alike() -> None:
    rng = np.random.default_rng(5)
    crops = [rng.integers(0, 256, (40, 30, 3), dtype=np.uint8) for _ in range(2)]
    answers = Recogniser.shared().answers([*crops, crops[0]])
    assert np.linalg.norm(answers, axis=1) == pytest.approx([1, 1, 1], abs=1e-4)
    assert float(answers[0] @ answers[2]) == pytest.approx(1, abs=1e-4)
    assert float(answers[0] @ answers[1]) < 0.99


@pytest.mark.parametrize(("wanted", "other"), [("理", "埋"), ("時", "詩"), ("清", "情")])
def test_a_character_of_another_design_is_less_strange_than_one_with_a_part_exchanged(wanted: str, other: str) -> None:
    page, near = _face("AR PL UKai"), _face("TW-Kai")
    right = strangeness(render(page, wanted, 64), wanted, [near])
    wrong = strangeness(render(page, other, 64), wanted, [near])
    assert right is not None and wrong is not None
    assert right < -2.5
    assert wrong > right + 0.8


def test_the_nearest_of_several_faces_counts() -> None:
    page, near = _face("AR PL UKai"), _face("TW-Kai")
    ink = render(page, "理", 64)
    alone, both = strangeness(ink, "理", [near]), strangeness(ink, "理", [near, page])
    assert alone is not None and both is not None
    assert both < alone
    assert both < -3.5


def test_nothing_is_said_of_blank_paper_or_without_a_face() -> None:
    face = _face("AR PL UKai")
    assert strangeness(np.zeros((40, 40), np.float32), "理", [face]) is None
    assert strangeness(render(face, "理", 40), "理", []) is None
    assert strangeness(render(face, "理", 40), "\U000e0001", [face]) is None
