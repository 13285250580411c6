"""The pages that the benchmarks share: painted by seed in several hands, sizes and papers, each with its truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from retouch.interfaces.demo.brush import Brush
from retouch.interfaces.demo.faults import KINDS
from retouch.interfaces.demo.painter import paint, with_faults
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.style import Direction, Face
from retouch.writing.corpus import works
from retouch.writing.fonts import covers, installed

HANDS: dict[str, tuple[str, int]] = {
    "ukai": ("ukai.ttc", 2),
    "tw-kai": ("TW-Kai-98_1.ttf", 0),
    "wenkai": ("LXGWWenKai-Regular.ttf", 0),
    "klee": ("KleeOne-SemiBold.ttf", 0),
    "kouzan": ("kouzan-mouhitsu.ttf", 0),
    "gyosho": ("kouzan-mouhitsu-gyosho.ttf", 0),
    "aoyagi": ("AoyagiKouzanT.ttf", 0),
    "song": ("NotoSerifCJK-Regular.ttc", 3),
}
"""A page's hand: font file and face. Kai (2), pen Kai (2), brush Kai (2), running hand, print."""

TWINS = ({"AR PL UKai", "cwTeXKai"},)
"""Families whose outlines are the same under another name (correlation of normalised glyphs above .99)."""

_SIZES = (88, 64, 110, 48)
_TILTS = (0.0, 1.2, -2.0, 0.5, -0.8)
_SHEETS = ("cream", "aged", "white", "laid", "grey")


@dataclass(frozen=True, slots=True, eq=False)
class BenchPage:
    """A painted page and the name of its hand."""

    hand: str
    page: PaintedPage

    @property
    def name(self) -> str:
        recipe = self.page.recipe
        return f"{self.hand} {recipe.size}px {recipe.tilt:+.1f}° {recipe.sheet}"


def faces() -> dict[str, Face]:
    """The hands that are installed here, by name."""
    known = {(Path(face.path).name, face.index): face for face in installed()}
    return {hand: known[key] for hand, key in HANDS.items() if key in known}


def withheld(face: Face) -> tuple[Face, ...]:
    """All installed faces but those of this face's family, twins under other names included."""
    hidden = {face.family}.union(*(group for group in TWINS if face.family in group))
    return tuple(other for other in installed() if other.family not in hidden)


def text_for(face: Face, count: int, rng: np.random.Generator, work: str | None = None) -> str:
    """`count` characters in a row from the corpus, those left out that the face does not draw.

    A work is drawn by `rng`, unless part of a title is given in `work`; a short work begins again.
    """
    corpus = [each for each in works() if work is None or work in each.title]
    text = corpus[int(rng.integers(len(corpus)))].text
    start = int(rng.integers(len(text)))
    drawn = "".join(char for char in text[start:] + text[:start] if covers(face, char))
    return (drawn * (1 + count // len(drawn)))[:count]


def recipe(number: int, seed: int, characters: int = 144) -> tuple[str, Recipe]:
    """The hand and the recipe (without faults) of page `number`: hands take turns, the rest is drawn by seed."""
    hands = faces()
    hand = list(hands)[number % len(hands)]
    rng = np.random.default_rng([seed, number])
    text = text_for(hands[hand], characters, rng)
    turn = number // len(hands) + number
    return hand, Recipe(
        text=text,
        face=hands[hand],
        seed=seed * 1000 + number,
        size=_SIZES[turn % len(_SIZES)],
        direction=Direction.HORIZONTAL if number % 5 == 4 else Direction.VERTICAL_RL,
        per_line=12,
        free=bool(number % 3 == 1),
        tilt=_TILTS[turn % len(_TILTS)],
        gaps=int(rng.integers(0, 3)),
        sheet=_SHEETS[turn % len(_SHEETS)],
        brush=Brush(boldness=float(rng.uniform(-0.03, 0.06)), dry=float(rng.uniform(0, 0.2))),
        ornaments=((), ("seal",), (), ("rules",), ("border", "seal"))[turn % 5],
    )


def pages(
    count: int, seed: int = 0, each: int = 2, kinds: Sequence[str] = KINDS, hands: Sequence[str] = ()
) -> Iterator[BenchPage]:
    """Pages 0 to `count` - 1, of 144 characters with `each` faults of every kind; of `hands` only, where given."""
    for number in range(count):
        hand, plain = recipe(number, seed)
        if not hands or hand in hands:
            yield BenchPage(hand, paint(with_faults(plain, each, kinds, np.random.default_rng([seed, number, 1]))))


def gapped(count: int, seed: int = 0, hands: Sequence[str] = ()) -> Iterator[BenchPage]:
    """The same pages without faults, but each with two characters left out and two put in."""
    for number in range(count):
        hand, plain = recipe(number, seed)
        rng = np.random.default_rng([seed, number, 2])
        if hands and hand not in hands:
            continue
        # Spaced out, so that each can be told from the other.
        places = [int(i) for i in rng.permutation(np.arange(2, len(plain.reference) - 2, 5))[:4]]
        added = {i: plain.reference[(i + 40) % len(plain.reference)] for i in places[2:]}
        yield BenchPage(hand, paint(replace(plain, missing=frozenset(places[:2]), extra=added)))
