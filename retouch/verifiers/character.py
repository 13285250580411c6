"""The rule for one character: does this place show what it should? Proofreading and the gate of a repair share it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.errors import VerifierError
from retouch.finding import FaultKind
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.plan import Step, TextReads
from retouch.style import Direction
from retouch.verdict import Outcome, Verdict
from retouch.verifiers.calibration import rates
from retouch.verifiers.identity import Identity, identify, misread_when_clean
from retouch.verifiers.reader import read_page
from retouch.verifiers.shape import Shape, judge_shape
from retouch.verifiers.shape_map import shape_map
from retouch.verifiers.suspicion import FAULT, MISREAD, Signs
from retouch.writing.alignment import plain
from retouch.writing.cells import Cell
from retouch.writing.hand import CLOSE, Hand, in_parallel, own_ink, study
from retouch.writing.ink import Coverage, coverage
from retouch.writing.layout import arranged
from retouch.writing.page import cleared, prepare
from retouch.writing.recogniser import Reading, Recogniser

_SURE = 0.9  # probability from which a glyph surely reads as wanted
_FAILED = 0.45  # score of a glyph that fails, at most
_LEGIBLE = 0.4  # probability below which a glyph reads as nothing
_ANOTHER = 0.7  # probability from which a glyph is taken for another character
_UNKNOWN = 0.5  # probability of a character that the recogniser cannot know: no sign either way

_SISTER = 0.75
"""90th percentile, over glyphs that surely read as wanted, of the logarithm of the distance over the page's median,
from which the nearest face is not the page's own but a sister: 40 of 41 painted pages have .26 to .73 with their own
font; ten, judged by a font whose design theirs was drawn after, or the other way round, .75 to 1.8."""
_SISTERLY = 0.95  # probability from which a glyph surely reads as wanted here
_MANY = 40  # glyphs from which that says something

_CONTEXT = 1.0  # in sizes of a character: how much round the box the verifier looks at where it knows the hand
_SURROUNDINGS = 4.0  # and where it has to study it
_ENOUGH = 8  # characters from which a hand is studied


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What is to be said of one cell. `score` 0..1, 1 is certain that it is right; `shape` the elastic distance, None
    where strokes could not be judged; `residual` the map of where strokes differ, in the frame of the cell's ink;
    `signs` is what the suspicion was weighed from, None where identity alone was judged."""

    outcome: Outcome
    kind: FaultKind | None
    score: float
    reading: Reading
    shape: float | None
    sharpness: float
    residual: NDArray[np.float32] | None
    reason: str
    signs: Signs | None = None

    def evidence(self) -> dict[str, Any]:
        """What the judgement rests on, as JSON."""
        return {
            "read": self.reading.best,
            "probability": round(self.reading.probability, 4),
            "wanted": round(self.reading.wanted, 4),
            "top": [[char, round(p, 4)] for char, p in self.reading.top[:3]],
            "shape": None if self.shape is None else round(self.shape, 4),
            "sharpness": round(self.sharpness, 3),
            "reason": self.reason,
        }


class CharacterJudge:
    """Judges cells of one page by its `hand`; without a hand identity alone is judged."""

    def __init__(self, hand: Hand | None = None, recogniser: Recogniser | None = None) -> None:
        self._hand = hand
        self._recogniser = recogniser or Recogniser.shared()

    def judge(
        self,
        rgb: RGB,
        ink: Coverage,
        cells: Sequence[Cell],
        shapes: bool = True,
        identities: Sequence[Identity] | None = None,
        origin: tuple[int, int] = (0, 0),
        inks: Sequence[Coverage] | None = None,
        maps: bool = False,
    ) -> tuple[Judgement, ...]:
        """One judgement a cell of the page `rgb` with coverage `ink`; `identities` of an earlier look are not read
        again, and the cells' own `inks` are not cut again. `shapes` False judges identity alone. Where `rgb` is a part
        of the page, `origin` is its left top. `maps` True keeps the residual of glyphs that are right, too."""
        inks = in_parallel(lambda cell: own_ink(ink, cell), cells) if inks is None else inks
        read = self.identities(rgb, inks, cells) if identities is None else identities
        hand = self._hand if shapes else None
        if hand is not None:
            read = [_weighed(hand, cell, identity) for cell, identity in zip(cells, read, strict=True)]
        jobs = list(zip(cells, inks, read, strict=True))
        found = in_parallel(lambda job: None if hand is None else _shape(hand, *job, origin), jobs)
        return tuple(
            _judgement(cell, own, identity, shape, maps)
            for cell, own, identity, shape in zip(cells, inks, read, found, strict=True)
        )

    def identities(self, rgb: RGB, inks: Sequence[Coverage], cells: Sequence[Cell]) -> tuple[Identity, ...]:
        """What each cell reads as."""
        return identify(rgb, inks, cells, self._recogniser)


def _weighed(hand: Hand, cell: Cell, identity: Identity) -> Identity:
    """The identity, taken for unknown where the hand's faces show that the recogniser misreads the character anyway."""
    if not identity.known or identity.rival is None or cell.wanted is None:
        return identity
    faces = [fitted.face for fitted in hand.templates(cell.wanted)]
    return replace(identity, known=not misread_when_clean(cell.wanted, identity.rival, faces))


def by_sister(hand: Hand, judgements: Sequence[Judgement]) -> bool:
    """True if the face taken for the page's own is another design that draws most characters alike: then a few right
    glyphs lie far from it, and no page's own font has such."""
    median = hand.yardstick.closeness.median
    sure = [j.shape for j in judgements if j.shape is not None and j.reading.wanted >= _SISTERLY]
    if not hand.own or len(sure) < _MANY:
        return False
    return float(np.quantile(np.log(np.array(sure) + CLOSE), 0.9)) - median > _SISTER


def _shape(hand: Hand, cell: Cell, ink: Coverage, identity: Identity, origin: tuple[int, int]) -> Shape:
    char = cell.wanted or identity.reading.best
    probability = identity.wanted if identity.known else _UNKNOWN
    return judge_shape(hand, char, ink, probability, identity.rival, cell.box.moved(*origin))


def _judgement(cell: Cell, ink: Coverage, identity: Identity, shape: Shape | None, maps: bool) -> Judgement:
    outcome, kind, reason = _by_reading(identity) if shape is None else _by_shape(identity, shape)
    mapped = maps or kind is FaultKind.MALFORMED
    return Judgement(
        outcome=outcome,
        kind=kind,
        score=round(_score(identity, shape, outcome), 4),
        reading=identity.reading,
        shape=shape.distance if shape else None,
        sharpness=shape.sharpness if shape else 0.0,
        residual=shape.residual(ink) if shape and mapped else None,
        reason=reason,
        signs=shape.signs if shape else None,
    )


def _score(identity: Identity, shape: Shape | None, outcome: Outcome) -> float:
    """How surely the glyph is right: by all signs, and for one that fails by its reading at most."""
    read = min(1.0, identity.wanted) if identity.known else 0.5
    if shape is None:
        return read
    right = 1 / (1 + math.exp(min(shape.suspicion, 50.0)))
    return min(right, read, _FAILED) if outcome is Outcome.FAIL else right


def _by_reading(identity: Identity) -> tuple[Outcome, FaultKind | None, str]:
    """Identity alone."""
    if not identity.known:
        return Outcome.UNSURE, None, "the recogniser does not know this character"
    if not identity.certain:
        return Outcome.FAIL, *_misread(identity)
    return _passed(identity, "reads as wanted")


def _by_shape(identity: Identity, shape: Shape) -> tuple[Outcome, FaultKind | None, str]:
    """Identity and strokes together: what reads as another character may still be right by its strokes."""
    wrong = identity.known and not identity.certain
    doubted = shape.distance is None or shape.suspicion >= MISREAD
    limit = shape.surely_read if identity.wanted >= _SURE else FAULT
    if shape.suspicion >= limit or (wrong and doubted):
        return Outcome.FAIL, *(_misread(identity) if wrong else (FaultKind.MALFORMED, shape.cause))
    if shape.suspicion >= shape.doubt:
        return Outcome.UNSURE, None, f"perhaps {shape.cause}"
    if not identity.known and shape.distance is None:
        return Outcome.UNSURE, None, "the recogniser does not know this character, and no font fits"
    if wrong and not shape.own:
        return Outcome.UNSURE, None, f"reads as {identity.reading.best}, though its strokes fit"
    if wrong:
        return Outcome.PASS, None, f"its strokes are right, though it reads as {identity.reading.best}"
    if not identity.known:
        return Outcome.PASS, None, "its strokes fit, though the recogniser does not know this character"
    return _passed(identity, "reads as wanted" + (" and its strokes fit" if shape.distance is not None else ""))


def _passed(identity: Identity, reason: str) -> tuple[Outcome, FaultKind | None, str]:
    if identity.variant:
        return Outcome.PASS, FaultKind.VARIANT, f"written as its variant {identity.variant}"
    return Outcome.PASS, None, reason


def _misread(identity: Identity) -> tuple[FaultKind, str]:
    read = identity.reading
    if read.probability < _LEGIBLE:
        return FaultKind.UNREADABLE, f"reads as nothing for certain ({read.best} at most)"
    if read.probability < _ANOTHER or identity.wanted > 0.1:
        return FaultKind.MALFORMED, f"reads as neither one nor another ({read.best} at most)"
    return FaultKind.WRONG, f"reads as {read.best}"


class CharacterVerifier:
    """The gate of a repaired character: `text-reads` of one character, or of a line of them, in the step's box.

    `hand` is the page's. Without one it is studied from the characters round the box, where there are enough of them;
    else identity alone is judged, and the evidence says so.
    """

    name = "character"
    version = "1"

    def __init__(self, hand: Hand | None = None) -> None:
        self.hand = hand

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Judge the step's box in `after`; only the box and its context are read."""
        if not isinstance(step.expectation, TextReads) or step.box is None:
            raise VerifierError(f"step {step.id}: the character verifier needs a box and a text-reads expectation")
        wanted, longest = plain(step.expectation.text), max(step.box.width, step.box.height)
        if not wanted:
            raise VerifierError(f"step {step.id}: {step.expectation.text!r} has no character that could be judged")
        reach = _CONTEXT if self.hand else _SURROUNDINGS
        context = step.box.grown(round(reach * longest / len(wanted))).clamped(after.size)
        rgb, box = after.srgb(context), step.box.clamped(after.size).relative_to(context)
        ink = coverage(rgb)
        hand = self.hand or _studied(rgb, box)
        origin = (context.x, context.y) if self.hand else (0, 0)
        cells = [Cell(0, 0, box, 0.0, wanted)] if len(wanted) == 1 else _cut(rgb, ink, box, wanted)
        judgements = CharacterJudge(hand).judge(rgb, ink, cells, origin=origin, maps=True)
        return self._verdict(judgements, _moved(cells, context), wanted, hand)

    def _verdict(self, found: Sequence[Judgement], cells: Sequence[Cell], wanted: str, hand: Hand | None) -> Verdict:
        order = (Outcome.FAIL, Outcome.UNSURE, Outcome.PASS)
        worst = min(found, key=lambda j: (order.index(j.outcome), j.score), default=None)
        complete = worst is not None and [cell.wanted for cell in cells] == list(wanted)
        return Verdict(
            verifier=self.name,
            version=self.version,
            outcome=worst.outcome if worst and complete else Outcome.FAIL,
            score=min(j.score for j in found) if complete else 0.0,
            reason=worst.reason if worst and complete else f"{len(cells)} of {len(wanted)} characters stand in the box",
            evidence={
                "characters": [_told(c, j) for c, j in zip(cells, found, strict=True)],
                "strokes_judged": hand is not None and hand.strokes_judged,
                "gate": rates(hand).evidence(),
            },
        )


def _told(cell: Cell, judgement: Judgement) -> dict[str, Any]:
    """A character's evidence with its place and, where strokes were judged, the map of where they differ."""
    told = {"character": cell.wanted, "box": cell.box.as_list(), **judgement.evidence()}
    return told if judgement.residual is None else told | {"map": shape_map(judgement.residual)}


def _moved(cells: Sequence[Cell], context: Box) -> list[Cell]:
    """The cells of a part of the page where they stand on the page."""
    return [replace(cell, box=cell.box.moved(context.x, context.y)) for cell in cells]


def _cut(rgb: RGB, ink: Coverage, box: Box, wanted: str) -> list[Cell]:
    """The cells of a line of characters in the box, cut by what is wanted there."""
    corners = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
    way = Direction.VERTICAL_RL if box.height > box.width else Direction.HORIZONTAL
    layout = arranged(rgb, [np.array(corners, np.float32)], (), way)
    return [cell for cell in read_page(cleared(rgb, ink, layout), wanted).cells if cell.wanted]


def _studied(rgb: RGB, box: Box) -> Hand | None:
    """The hand of the characters round the box; None where fewer than `_ENOUGH` of them can be read."""
    page = prepare(rgb)
    cells = [cell for cell in read_page(page, None).cells if not cell.box.overlaps(box)]
    found = CharacterJudge().identities(page.rgb, [own_ink(page.ink, cell) for cell in cells], cells)
    sure = [(replace(c, wanted=i.reading.best), i.reading) for c, i in zip(cells, found, strict=True) if i.certain]
    if len(sure) < _ENOUGH:
        return None
    around, readings = zip(*sure, strict=True)
    return study(
        page.rgb, page.ink, around, [replace(r, wanted=r.probability) for r in readings], page.layout.direction
    )
