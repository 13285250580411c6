"""The hand in which a page is written: which faces come near it, and how its own good glyphs measure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.style import Direction, Face, Style
from retouch.writing.cells import Cell, straight
from retouch.writing.comparison import Comparison, compare
from retouch.writing.fonts import covers, installed
from retouch.writing.ink import Coverage, ink_box, paper_colour, strokes
from retouch.writing.metrics import GlyphMetrics, full_bodied, measure, spread
from retouch.writing.parallel import in_parallel as in_parallel
from retouch.writing.recogniser import Reading
from retouch.writing.registration import register
from retouch.writing.resemblance import strangeness
from retouch.writing.sharpness import sharpness
from retouch.writing.templates import framed, template
from retouch.writing.typeface import FittedFace as FittedFace
from retouch.writing.typeface import fit_faces
from retouch.writing.variants import forms

SAMPLE = 40
"""Glyphs from which a hand is studied: of ten fonts, as many picked the page's own (or its twin) every time."""
OWN = 0.02
"""Median elastic distance up to which a face is the page's own: .004 to .015 on painted pages of eight hands, 30 to
110 px an em; the nearest font of another design .022 to .08."""
FITTING = 0.095
"""Median elastic distance up to which strokes can be judged: another font of the same script reaches .03 to .091. A
generated brush page that no font fits has .101."""
TEMPLATES = 3
"""Faces of different families that a glyph is compared with where none is the page's own."""

COPIES = 3
"""Other copies of the same character on the page that a glyph is compared with."""
Values = TypeVar("Values", bound=NDArray[np.generic])

_FAR = 0.7  # above the page's median closeness: about its 95th percentile, where other templates are tried
_PROBES = 20  # glyphs from which the usual strangeness is taken
_STRANGE = -3.2  # that of a right glyph in another Kai
CLOSE = 0.003
"""Added to a distance before its logarithm is taken: distances below it are noise of the registration."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of the page; `good` if it reads as what is wanted. `ink` is its own ink in the frame of
    `templates.framed`, uint8 0..255."""

    char: str
    cell: Cell
    good: bool
    ink: NDArray[np.uint8] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Norm:
    """Median and robust standard deviation (1.4826 MAD) of one statistic over the page's own glyphs."""

    median: float
    deviation: float

    @classmethod
    def of(cls, values: Iterable[float], least: float, usual: float = 0.0) -> Norm:
        """The norm of `values`, deviation at least `least`; fewer than five values are filled up with `usual`."""
        array = np.fromiter(values, np.float64)
        array = np.append(array, np.full(max(0, 5 - array.size), usual))
        middle = float(np.median(array))
        return cls(middle, max(least, 1.4826 * float(np.median(np.abs(array - middle)))))

    def z(self, value: float) -> float:
        """How many deviations `value` lies above the median."""
        return (value - self.median) / self.deviation


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How the page's own glyphs measure: what a fault must stand out from. `closeness` and `likeness` are logarithms of
    distances, to templates and to other copies on the page; `strangeness` is that of `writing.resemblance`."""

    closeness: Norm
    discord: Norm
    missed: Norm
    added: Norm
    sharpness: Norm
    likeness: Norm
    strangeness: Norm = Norm(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Hand:
    """What is known of a page's writing. `faces` best first, empty where none covers the page; `strokes_judged` is
    False where no face comes near enough for its strokes to be trusted; `glyphs` are all characters of the page.
    `sister` is True where the nearest face is another design that draws most characters as the page's own does."""

    style: Style
    faces: tuple[FittedFace, ...]
    strokes_judged: bool
    glyphs: tuple[Glyph, ...]
    yardstick: Yardstick
    sister: bool = False

    @property
    def own(self) -> bool:
        """True where the nearest face is the page's own."""
        return bool(self.faces) and self.faces[0].distance <= OWN and not self.sister

    @property
    def em(self) -> float | None:
        """Page pixels to the em of the nearest face; None where there is none."""
        return self.faces[0].em if self.faces else None

    def exemplars(self, char: str, excluding: Box | None = None) -> tuple[Glyph, ...]:
        """The page's good copies of `char`, those that touch `excluding` left out."""
        return tuple(
            g for g in self.glyphs if g.char == char and g.good and not (excluding and g.cell.box.overlaps(excluding))
        )

    def doubting(self, places: Collection[Box]) -> Hand:
        """The same hand with the glyphs in these places (boxes of cells) no longer good: they serve as no copy."""
        return replace(self, glyphs=tuple(replace(g, good=g.good and g.cell.box not in places) for g in self.glyphs))

    def templates(self, char: str) -> tuple[FittedFace, ...]:
        """The faces with which `char` is compared: the page's own alone, else the nearest of up to three families."""
        chosen: dict[str, FittedFace] = {}
        for fitted in self.faces:
            if covers(fitted.face, char):
                chosen.setdefault(fitted.face.family, fitted)
        if not chosen:
            return ()
        ranked = list(chosen.values())
        alone = ranked[0].distance <= OWN and not self.sister
        return tuple(ranked[:1] if alone else ranked[:TEMPLATES])

    def as_sister(self) -> Hand:
        """The same hand, judged by a design that is not its own."""
        hand = replace(self, sister=True)
        return replace(hand, yardstick=replace(self.yardstick, strangeness=_usual_strangeness(hand)))


def study(
    rgb: RGB,
    ink: Coverage,
    cells: Sequence[Cell],
    readings: Sequence[Reading],
    direction: Direction,
    faces: Sequence[Face] | None = None,
    inks: Sequence[Coverage] | None = None,
) -> Hand:
    """Study the writing in `cells` (with one reading each) of a page `rgb` with coverage `ink`.

    `faces` None means all that are installed; `inks` are the cells' own, cut from `ink` where None. Cells without a
    wanted character, or that read as another, do not count.
    """
    glyphs = tuple(
        Glyph(cell.wanted, cell, reading.wanted >= 0.5)
        for cell, reading in zip(cells, readings, strict=True)
        if cell.wanted
    )
    drawn = in_parallel(lambda cell: own_ink(ink, cell), cells) if inks is None else inks
    own = dict(zip(cells, drawn, strict=True))
    sample = _sample([g for g in glyphs if g.good] or list(glyphs))
    inks = [own[g.cell] for g in sample]
    fitted = fit_faces([g.char for g in sample], inks, installed() if faces is None else faces)
    judged = bool(fitted) and fitted[0].distance <= FITTING
    em = fitted[0].em if fitted else None
    framed_glyphs = in_parallel(lambda g: _with_ink(g, own[g.cell], em), glyphs)
    hand = Hand(_style(rgb, ink, inks, sample, fitted, direction), fitted, judged, tuple(framed_glyphs), _blank())
    return _with_yardstick(hand, sample, inks)


def own_ink(ink: Coverage, cell: Cell, margin: float = 0.12) -> Coverage:
    """The cell's own ink upright, float32, with a margin: strokes that reach in from neighbours are left out, and where
    neighbours touch, the cell's edge cuts them apart."""
    grow = 4 + round(margin * max(cell.box.width, cell.box.height))
    crop = straight(ink, cell.box.grown(2 * grow), cell.angle)
    count, labels = cv2.connectedComponents(strokes(crop).astype(np.uint8), connectivity=8)
    total = np.bincount(labels.ravel(), minlength=count)
    own = np.bincount(_inner(labels, 2 * grow).ravel(), minlength=count) >= 0.5 * total
    own[0] = False
    # what is mostly inside and yet goes on past the margin is joined to a neighbour
    joined = own & (np.bincount(_inner(labels, grow).ravel(), minlength=count) < total)
    mine, theirs = _widened(own[labels]), _widened(~own[labels] & (labels > 0))
    outside = np.ones(crop.shape, dtype=np.bool_)
    _inner(outside, 2 * grow)[:] = False
    kept = np.where((theirs & ~mine) | (outside & (~mine | _widened(joined[labels]))), np.float32(0), crop)
    return np.asarray(_inner(kept, grow), dtype=np.float32)


def _inner(values: Values, rim: int) -> Values:
    """A view without `rim` pixels on each side."""
    return values[rim:-rim, rim:-rim]  # type: ignore[return-value]


def _widened(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the soft edge of the strokes: two pixels more on each side."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0, dtype=np.bool_)


def compared(hand: Hand, char: str, ink: Coverage) -> Comparison | None:
    """`ink` (one glyph, from `own_ink`) against the hand's templates of `char`; None where no face covers it."""
    faces, em = hand.templates(char), hand.em
    if not faces or em is None:
        return None
    glyph = framed(ink, em)
    found = compare(glyph, [(template(f.face, char), em / f.em) for f in faces])
    if math.log(found.distance + CLOSE) < hand.yardstick.closeness.median + _FAR:
        return found
    others = [compare(glyph, [(template(f.face, form), em / f.em)]) for f, form in _alternatives(hand, char)]
    return min([found, *others], key=lambda comparison: comparison.distance)


def _alternatives(hand: Hand, char: str) -> list[tuple[FittedFace, str]]:
    """Other ways to draw `char`: as a variant, or with another face that comes about as near to the page. The faces of
    a collection draw most characters alike; each drawing is tried once."""
    usual = hand.templates(char)
    best = usual[0]
    near = max(OWN, 1.5 * best.distance)
    others = [f for f in hand.faces if f not in usual and f.distance <= near and covers(f.face, char)]
    ways = [(best, form) for form in forms(char)[1:4] if covers(best.face, form)] + [(other, char) for other in others]
    drawn = {template(fitted.face, form).tobytes(): (fitted, form) for fitted, form in reversed(ways)}
    known = {template(fitted.face, char).tobytes() for fitted in usual}
    return [way for drawing, way in drawn.items() if drawing not in known]


def rivalled(hand: Hand, char: str, ink: Coverage, found: Comparison) -> float:
    """Natural logarithm of the distance of `ink` to what it `found` as its own character over that to `char`: above 0
    the glyph is nearer to `char`. 0 where no face covers that."""
    other = compared(hand, char, ink)
    return 0.0 if other is None else math.log((found.distance + CLOSE) / (other.distance + CLOSE))


def likened(hand: Hand, char: str, ink: Coverage, excluding: Box | None) -> tuple[float, ...]:
    """Elastic distances of `ink` to up to three good copies of `char` on the page, that at `excluding` left out. One
    that is as near as copies here are is enough."""
    copies = [g.ink for g in hand.exemplars(char, excluding) if g.ink is not None][:COPIES]
    glyph = framed(ink, hand.em) if copies else ink
    found: list[float] = []
    for copy in copies:
        found.append(register(glyph, copy.astype(np.float32) / np.float32(255)).distance)
        if hand.yardstick.likeness.z(math.log(found[-1] + CLOSE)) < 0:
            break
    return tuple(found)


def strange(hand: Hand, char: str, ink: Coverage) -> float:
    """The strangeness of `ink` as `char` above the page's median; 0 where no face draws it."""
    found = strangeness(ink, char, [f.face for f in hand.templates(char)])
    return 0.0 if found is None else found - hand.yardstick.strangeness.median


def _usual_strangeness(hand: Hand) -> Norm:
    sample = [g for g in _sample([g for g in hand.glyphs if g.good], _PROBES) if g.ink is not None]
    inks = [np.asarray(g.ink, np.float32) / np.float32(255) for g in sample]
    faces = [[f.face for f in hand.templates(g.char)] for g in sample]
    found = in_parallel(
        lambda job: strangeness(job[1], job[0].char, job[2]), list(zip(sample, inks, faces, strict=True))
    )
    return Norm.of((value for value in found if value is not None), 0.1, _STRANGE)


def _sample(glyphs: Sequence[Glyph], most: int = SAMPLE) -> list[Glyph]:
    """Up to `most`, spread evenly over the page."""
    if len(glyphs) <= most:
        return list(glyphs)
    return [glyphs[round(i)] for i in np.linspace(0, len(glyphs) - 1, most)]


def _with_ink(glyph: Glyph, own: Coverage, em: float | None) -> Glyph:
    return replace(glyph, ink=np.asarray(framed(own, em) * 255, dtype=np.uint8))


def _blank() -> Yardstick:
    usual = Norm(0.0, 1.0)
    return Yardstick(Norm(100.0, 1.0), usual, usual, usual, usual, Norm(-100.0, 1.0))


def _with_yardstick(hand: Hand, sample: Sequence[Glyph], inks: Sequence[Coverage]) -> Hand:
    chars = [g.char for g in sample]
    found = in_parallel(lambda pair: compared(hand, *pair), list(zip(chars, inks, strict=True)))
    comparisons = [c for c in found if c is not None]
    pairs = in_parallel(lambda p: likened(hand, p[0].char, p[1], p[0].cell.box), list(zip(sample, inks, strict=True)))
    yardstick = Yardstick(
        closeness=Norm.of((math.log(c.distance + CLOSE) for c in comparisons), 0.2, math.log(FITTING)),
        discord=Norm.of((c.discord for c in comparisons), 0.02, 0.3),
        missed=Norm.of((math.sqrt(c.missed) for c in comparisons), 0.02, 0.1),
        added=Norm.of((math.sqrt(c.added) for c in comparisons), 0.02, 0.1),
        sharpness=Norm.of((sharpness(ink) for ink in inks), 0.012, 0.4),
        likeness=Norm.of((math.log(min(d) + CLOSE) for d in pairs if d), 0.2, math.log(0.03)),
    )
    if hand.strokes_judged and not hand.own:
        yardstick = replace(yardstick, strangeness=_usual_strangeness(hand))
    return replace(hand, yardstick=yardstick)


def _style(
    rgb: RGB,
    page: Coverage,
    inks: Sequence[Coverage],
    sample: Sequence[Glyph],
    faces: Sequence[FittedFace],
    direction: Direction,
) -> Style:
    seen = [(g.cell, ink) for g, ink in zip(sample, inks, strict=True) if ink_box(ink) is not None]
    metrics = [_measured(page, cell, ink) for cell, ink in seen]
    colours = [_colours(rgb, g.cell, ink) for g, ink in zip(sample, inks, strict=True)]
    ink_colour, paper = (
        np.median([c[i] for c in colours], axis=0) if colours else np.array([i * 255] * 3) for i in (0, 1)
    )
    blank = [0.0]
    return Style(
        direction=direction,
        faces=tuple(f.face for f in faces),
        ink=(int(ink_colour[0]), int(ink_colour[1]), int(ink_colour[2])),
        paper=(int(paper[0]), int(paper[1]), int(paper[2])),
        stroke=spread([m.stroke for m in metrics] or blank),
        softness=spread([m.softness for m in metrics] or blank),
        darkness=spread([m.darkness for m in metrics] or blank),
        width=spread(full_bodied([m.width for m in metrics]) or blank),
        height=spread(full_bodied([m.height for m in metrics]) or blank),
        noise=float(np.median([m.grain for m in metrics] or blank)),
    )


def _measured(page: Coverage, cell: Cell, upright: Coverage) -> GlyphMetrics:
    """The size of the glyph upright, its strokes as they stand on the page: turning softens them (by .4 px, the spread
    of linear interpolation: a repaired glyph on a tilted page was seen to be that much too soft)."""
    metrics = measure(upright)
    if not cell.turned:
        return metrics
    standing = own_ink(page, replace(cell, angle=0.0))
    if ink_box(standing) is None:
        return metrics
    return replace(measure(standing), width=metrics.width, height=metrics.height)


def _colours(rgb: RGB, cell: Cell, ink: Coverage) -> tuple[np.ndarray, np.ndarray]:
    """Median colour of full ink and of bare paper in a cell."""
    grow = (ink.shape[0] - cell.box.height) // 2
    crop = straight(rgb, cell.box.grown(grow), cell.angle)
    full, bare = crop[ink > 0.85], crop[ink < 0.05]
    if not len(full) or not len(bare):
        return crop.reshape(-1, 3).min(axis=0), paper_colour(crop).reshape(-1, 3).mean(axis=0)
    return np.median(full, axis=0), np.median(bare, axis=0)
