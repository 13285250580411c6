"""Which of several places is meant where a text stands more than once: said in words, chosen, or asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from retouch.errors import PersonNeededError, PlanError
from retouch.geometry import Box
from retouch.orchestrator.sighting import Sighting
from retouch.writing.alignment import plain

Place = tuple[Sighting, ...]
"""Where a text stands, in the parts into which line ends divide it."""
Choice = int | Literal["every", "one"] | tuple[str, ...] | None
"""A number counts from 1 in reading order, -1 is the last; names are sides or sizes; None: nothing was said."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_DIGITS = "一二三四五六七八九"
_SIDES: dict[str, str] = {
    "top": "top|upper|above|上|顶",
    "bottom": "bottom|lower|下|底",
    "left": "left|左",
    "right": "right|右",
}
_SIZES = {"largest": "largest|biggest|headline|heading|title|标题", "smallest": "smallest|print|footer"}
_SHOWN = 6
"""Places that a question lists at most."""


def choice(said: Mapping[str, str | None]) -> Choice:
    """What the named groups of a matched clause say of it: `which`, `last`, `every`, `one`, `where`, `where_too`."""
    which = (said.get("which") or "").lower()
    place = " ".join(filter(None, (which, said.get("where"), said.get("where_too")))).lower()
    if said.get("last") or which == "last":
        return -1
    if which in _ORDINALS:
        return _ORDINALS.index(which) + 1
    if number := re.match(r"\d+", which):
        return int(number[0])
    if which and which in _DIGITS:
        return _DIGITS.index(which) + 1
    for names in (_SIDES, _SIZES):
        found = tuple(name for name, words in names.items() if re.search(words, place))
        if found:
            return found
    if said.get("every"):
        return "every"
    return "one" if said.get("one") else None


def chosen(places: Sequence[Place], text: str, said: Choice) -> tuple[Place, ...]:
    """The places that are meant. Where nothing was said that is every one; but a single character, and what was spoken
    of as one (`the word …`), may be meant only once: PersonNeededError lists the places. PlanError if there is no such.
    """
    if isinstance(said, tuple):
        return (_extreme(places, said),)
    if isinstance(said, int) and said != 0:
        number = said - 1 if said > 0 else len(places) + said
        if not 0 <= number < len(places):
            raise PlanError(f"text {text!r} stands at {len(places)} places only: {_listed(places)}")
        return (places[number],)
    one = said == "one" or (said is None and len(plain(text)) == 1)
    if one and len(places) > 1:
        raise PersonNeededError(
            f"text {text!r} stands at {len(places)} places, and which is meant was not said: {_listed(places)}",
            hint=f'say e.g. the second "{text}", the last, or every; or --box BOX=INSTRUCTION',
        )
    return tuple(places)


def _extreme(places: Sequence[Place], said: Sequence[str]) -> Place:
    """The place that lies farthest to the sides that were said, or is largest or smallest."""

    def along(place: Place) -> float:
        box = Box.around(part.box for part in place)
        x, y = box.centre
        value = {"top": -y, "bottom": y, "left": -x, "right": x, "largest": box.height, "smallest": -box.height}
        return sum(value[name] for name in said)

    return max(places, key=along)


def _listed(places: Sequence[Place]) -> str:
    said = [f"{number}. at {place[0].box}" for number, place in enumerate(places[:_SHOWN], 1)]
    return ", ".join([*said, *(["…"] if len(places) > _SHOWN else [])])
