"""Cutting a line: laws that hold for any profile, and the cases that equal pitch gets wrong."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.writing.cut import Profile, Slot, cut


def profile(length: int, *bodies: tuple[int, int]) -> Profile:
    out = np.zeros(length, np.float32)
    for begin, end in bodies:
        out[begin:end] = 20
    return out


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(20, 60), min_size=1, max_size=8),
    gaps=st.lists(st.integers(4, 50), min_size=8, max_size=8),
)
def test_each_body_lies_in_its_own_interval(lengths: list[int], gaps: list[int]) -> None:
    bodies: list[tuple[int, int]] = []
    at = gaps[0]
    for length, gap in zip(lengths, gaps[1:] + gaps[:1], strict=False):
        bodies.append((at, at + length))
        at += length + gap
    spans = cut(profile(at, *bodies), [Slot((b + e) / 2) for b, e in bodies], 45.0)
    assert all(span is not None for span in spans)
    for span, (begin, end) in zip(spans, bodies, strict=True):
        assert span is not None and span[0] <= begin + 2 and span[1] >= end - 2
    edges = [edge for span in spans if span for edge in span]
    assert edges == sorted(edges), "intervals are in order and do not overlap"


def test_a_gap_of_two_characters_is_left_free() -> None:
    bodies = [(0, 50), (55, 105), (205, 255), (260, 310)]
    spans = cut(profile(310, *bodies), [Slot(None)] * 4, 50.0)
    for span, (begin, end) in zip(spans, bodies, strict=True):
        assert span is not None and abs(span[0] - begin) <= 4 and abs(span[1] - end) <= 4
    assert spans[1] is not None and spans[2] is not None and spans[2][0] - spans[1][1] > 80


def test_an_optional_slot_without_ink_stays_empty_and_shifts_nothing() -> None:
    bodies = [(0, 50), (55, 105), (110, 160)]
    slots = [Slot(25), Slot(80), Slot(None, optional=True), Slot(135)]
    spans = cut(profile(160, *bodies), slots, 52.0)
    assert spans[2] is None
    assert spans[3] is not None and spans[3][0] >= 104


def test_ink_for_a_whole_character_is_given_to_the_slot_that_was_not_read() -> None:
    bodies = [(0, 50), (55, 105), (110, 160)]
    spans = cut(profile(160, *bodies), [Slot(25), Slot(None, optional=True), Slot(135)], 52.0)
    assert spans[1] is not None and abs(spans[1][0] - 53) <= 5 and abs(spans[1][1] - 107) <= 5


def test_nothing_expected_nothing_cut() -> None:
    assert cut(profile(100, (0, 50)), [], 50.0) == ()
