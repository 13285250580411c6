"""What a proofreading could judge, and how surely, in plain words."""

from __future__ import annotations

from retouch.verifiers.reader import PageReading
from retouch.writing.hand import Hand

_POOR = 0.5


def confidence(reading: PageReading, hand: Hand | None, shapes: bool) -> str:
    """One or a few sentences for a person."""
    said = [_identity(reading), _strokes(hand, shapes), _passage(reading), _outside(reading)]
    return " ".join(sentence for sentence in said if sentence)


def _identity(reading: PageReading) -> str:
    count = len(reading.cells)
    if reading.wanted is None:
        return f"Without a reference text {count} characters were judged in themselves: whether they can be read."
    share = f"{round(100 * reading.agreement)} %"
    if reading.agreement < _POOR:
        return (
            f"Only {share} of what is read agrees with the reference: perhaps it is another text, another direction, "
            "or a hand that cannot be read."
        )
    return f"{count} characters were judged by what they read as; {share} of what is read agrees with the reference."


def _strokes(hand: Hand | None, shapes: bool) -> str:
    if not shapes:
        return "Strokes were not judged, as asked."
    if hand is None:
        return "Strokes could not be judged: without a reference there is no one hand here to measure them by."
    if not hand.faces:
        return "Strokes could not be judged: no installed typeface has these characters."
    nearest = hand.faces[0]
    name = f"{nearest.face.family} (median distance {nearest.distance:.3f})"
    if not hand.strokes_judged:
        return f"Strokes could not be judged: no installed typeface comes near this hand, the nearest is {name}."
    return f"Strokes were judged against {name}."


def _passage(reading: PageReading) -> str:
    if reading.wanted is None or reading.end - reading.begin >= len(reading.wanted):
        return ""
    return f"The page holds characters {reading.begin + 1} to {reading.end} of the reference's {len(reading.wanted)}."


def _outside(reading: PageReading) -> str:
    count = len(reading.outside)
    if not count:
        return ""
    return f"{count} line{'s' if count > 1 else ''} on the page {'are' if count > 1 else 'is'} not part of the text."
