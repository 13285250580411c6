"""The ink that an edit is about: its colour, its coverage, which strokes are the old glyph's and which are not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.editors import rules as ruled
from retouch.editors.background import Field, Mask, continue_background, smooth_fill
from retouch.editors.rules import Rule
from retouch.geometry import Box
from retouch.patch import mask_box
from retouch.style import Style
from retouch.writing.metrics import edge_softness

_SOLID = 0.4
"""Coverage from which a pixel belongs to a stroke."""
_TRACE = 0.07
"""Coverage down to which a stroke's soft edge is removed with it."""
_OFF_COLOUR = (0.1, 0.34)
"""Range of the threshold of another colour: distance from the line between paper and ink over the distance along it.
Measured: black ink .02, a red frame beside it .34."""
_COLOURED = 20.0
"""Chroma of ink from which it is told from shadows by its colour (red letters 26 up, black ink below 5)."""
_HUE = (0.35, 0.65)
"""Way to the ink in a*b* over the way in RGB: of a shadow up to the first, of ink from the second."""
_LEAST_OFF = 0.1
"""Distance from the line, in lengths of the line, below which it is noise."""
_LEAST_CONTRAST = 16.0
"""RGB distance below which two colours are not ink and paper (JPEG noise on flat paper stays below 10)."""
_RIM = 3
"""Width in pixels of what lies right round a hole."""
_LINE = 7
"""Width in pixels up to which something long is a line."""
_SHADE = 0.15
"""Difference from the background at which a letter's shadow shows."""
_EVEN = 5.0
"""Sigma in pixels over which paper is evened out: wider than its specks, narrower than shading."""
_FOREIGN = 0.3
"""Coverage over difference up to which a pixel has another colour than ink on paper."""
_STRONG, _FRINGE = 0.75, 4
"""On a photograph, what is farther than so many pixels from such coverage has the ink's colour by chance."""
_LETTER = 0.2
"""Area of a letter over the largest one's, from which it tells how soft edges are."""
_LETTERS, _SOFT = 3, 2.0
"""How many such letters must be there, and from which softness in pixels they are asked one by one."""
_OWN = 0.5
"""Share of a blot that must lie inside the mask for it to be the old glyph's."""


@dataclass(frozen=True, eq=False)
class Foreground:
    """`coverage` float32 (height, width) 0..1; `difference` the same whatever the pixel's colour; `paper` float32
    (height, width, 3) the background without ink; `ink` float32 (3,) its colour in sRGB; `own` and `others` bool:
    strokes of the old glyph and of its neighbours; `rules` the ruled lines that run past, which are neither."""

    coverage: NDArray[np.float32]
    difference: NDArray[np.float32]
    paper: Field
    ink: NDArray[np.float32]
    own: Mask
    others: Mask
    rules: tuple[Rule, ...] = ()

    @cached_property
    def softness(self) -> float:
        """The blur in pixels of the old strokes' edges; of the neighbours' where there are none."""
        return self._softness_of(self.own if self.own.any() else self.others)

    @cached_property
    def _reach(self) -> int:
        """How far the old strokes' soft edges reach beyond them, in pixels."""
        return math.ceil(1.5 + 3 * self.softness)

    @cached_property
    def _others_reach(self) -> int:
        """The same of the neighbours' strokes: they may be sharp round a blurred glyph."""
        return math.ceil(1.5 + 3 * min(self.softness, self._softness_of(self.others)))

    def _softness_of(self, strokes: Mask) -> float:
        whole = self._edges_of(strokes)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes.astype(np.uint8), connectivity=8)
        area = stats[1:, cv2.CC_STAT_AREA]
        large = 1 + np.flatnonzero(area >= _LETTER * area.max(initial=1))
        if whole < _SOFT or len(large) < _LETTERS:
            return whole
        # A photograph behind the letters has slopes of the ink's colour; most letters stand clear of them.
        apart = float(np.median([self._edges_of(labels == number) for number in large]))
        return apart if apart < whole / 2 else whole

    def _edges_of(self, strokes: Mask) -> float:
        near = cv2.dilate(strokes.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        return edge_softness(np.where(near, self.coverage, 0).astype(np.float32))

    def old_ink(self, mask: Mask, relief: bool = False) -> Mask:
        """What must go: the old strokes grown over their soft edges and the halo round them, inside `mask` only; with
        `relief` also the shadows, outlines and sides that letters of a sign or a poster have."""
        reach = self._reach
        zone = _grown(self.own, reach)
        hole = zone | _touching((self.coverage > _TRACE) & _grown(self.own, 5 * reach), zone)
        # The paper between close strokes carries their halo, too: it is filled with what lies round the glyph.
        body = mask_box(self.own)
        bridge = min(2 * reach + 1, max(1, min(body.width, body.height) // 12))
        hole = cv2.morphologyEx(hole.astype(np.uint8), cv2.MORPH_CLOSE, _disc(bridge)) > 0
        if relief:
            hole = self._with_relief(hole, reach, min(body.width, body.height))
        # A stain that the hole would cut in two goes whole.
        cut = _small((self.difference > 1.5 * _TRACE) & ~hole, 4 * reach)
        hole = hole | _touching(cut, _grown(hole, 1))
        shape = (mask.shape[0], mask.shape[1])
        return np.asarray(hole & mask & ~self._kept(self._others_reach) & ~ruled.standing(self.rules, shape))

    def _with_relief(self, hole: Mask, reach: int, body: int) -> Mask:
        """The hole and what is not background within a fifth of the letters' height round it."""
        near = _grown(self.own, max(reach, body // 5))
        # The tail of a soft shadow is fainter than noise; it goes with the shadow that it belongs to.
        deep = (self.difference > _SHADE) & near & ~self.others
        tail = (cv2.GaussianBlur(self.difference, (0, 0), 1.0) > _TRACE) & near & ~self.others
        shaded = deep | (tail & _grown(deep, reach + 2))
        return np.asarray(cv2.morphologyEx((hole | shaded).astype(np.uint8), cv2.MORPH_CLOSE, _disc(reach)) > 0)

    def _kept(self, reach: int) -> Mask:
        """The neighbours' strokes with their soft edges, as far as these are nearer to them than to the old strokes."""
        if not self.others.any():
            return self.others
        to_others = cv2.distanceTransform((~self.others).astype(np.uint8), cv2.DIST_L2, 3)
        to_own = cv2.distanceTransform((~self.own).astype(np.uint8), cv2.DIST_L2, 3) if self.own.any() else np.inf
        return np.asarray((to_others <= reach) & (to_others < to_own))

    def bare(self) -> Mask:
        """Pixels that show nothing but background."""
        specks = self.others | (self.difference > 2 * _TRACE)
        return ~(_grown(self.own, self._reach) | _grown(specks, self._others_reach))

    def emptied(self, canvas: RGB, hole: Mask, page: bool, seed: int) -> RGB:
        """`canvas` with `hole` filled by background, and the ruled lines carried on through it."""
        clean = continue_background(canvas, hole, self.background(hole, page), seed)
        return ruled.restore(clean, canvas, hole, self.rules)

    def background(self, hole: Mask, page: bool) -> Mask:
        """Pixels from which the hole can be filled: bare paper anywhere. Where it is no page, but a sign or a
        photograph, also whatever lies right round the hole and is no writing: the filling must meet it. (On a page
        that may be a frame or a ruled line.)"""
        bare = self.bare() & ~hole
        if page:
            return bare
        rim = _grown(hole, _RIM) & ~hole
        writing = _grown(self.others, self._others_reach)
        return bare | (rim & ~writing & ~self._thin())

    def _thin(self) -> Mask:
        """Lines, such as a frame that someone drew: what a median over more than their width takes away."""
        level = np.clip(self.difference * 255, 0, 255).astype(np.uint8)
        return np.asarray(cv2.absdiff(level, cv2.medianBlur(level, 2 * _LINE + 1)) > _SHADE * 255)


def separate(
    canvas: RGB, mask: Mask, style: Style | None = None, box: Box | None = None, angle: float = 0.0
) -> Foreground:
    """Ink and paper of `canvas` as they are inside `mask`: dark on light, light on dark, in any two colours.

    With a style its ink colour is taken; else the ink is what differs most from the paper inside the mask. The paper
    is taken locally, so that light may fall off and backgrounds may run from one colour to another. On a page, where
    there is a style and the glyph's `box` is given, lines ruled beside it, turned by `angle` degrees clockwise, are
    told from its strokes.
    """
    values = canvas.astype(np.float32)
    bare = _shrunk(_paper_side(values, mask, style), 2)
    paper = _membrane(values, bare if bare.any() else ~mask)
    ink = np.array(style.ink, np.float32) if style else _ink_colour(values, paper, mask)
    bare = ~_grown(_coverage(values, paper, ink, mask) > 0.15, 3)
    if bare.any():
        paper = _membrane(values, bare & (_difference(values, paper, ink) < 0.5))
    if style is None:
        # Shadows no longer count among the strongest pixels.
        ink = _ink_colour(values, paper, mask & (_coverage(values, paper, ink, mask) > _SOLID))
    coverage = _coverage(values, paper, ink, mask)
    difference = _difference(values, paper, ink)
    rules = _rules(difference, coverage, style, box, angle) if style and box else ()
    own, others = _owners(coverage, mask, rules)
    if style is None:
        own &= _grown(own & (coverage >= _STRONG), _FRINGE)
    return Foreground(coverage, difference, paper, ink, own, others, rules)


def _rules(
    difference: NDArray[np.float32], coverage: NDArray[np.float32], style: Style, box: Box, angle: float
) -> tuple[Rule, ...]:
    body = max(float(box.width), float(box.height), style.width.median, style.height.median)
    return ruled.find_rules(difference, coverage < _FOREIGN * difference, box, body, angle)


def _paper_side(values: Field, mask: Mask, style: Style | None) -> Mask:
    """The pixels on the paper's side of the threshold that parts the colours in the mask into two classes."""
    if style:
        ink, paper = np.array(style.ink, np.float32), np.array(style.paper, np.float32)
        away, near = values - paper, values - ink
        return np.asarray(_dot(away, away) < _dot(near, near))
    inside = values[mask]
    middle = inside.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((inside - middle).T))
    along = cv2.transform(values - middle, axes[:, -1:].T.astype(np.float32))
    low, high = np.percentile(along[mask], (1, 99))
    scaled = np.clip((along - low) / max(float(high - low), 1e-3) * 255, 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(scaled[mask], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    upper = np.asarray(scaled > level)
    # Writing is rarer than what it stands on, and what it stands on goes on round the mask.
    band = _grown(mask, 3) & ~_shrunk(mask, 2)
    around = upper[band] if band.any() else upper[mask]
    is_paper = 2 * upper[mask].mean() + around.mean() > 1.5
    return upper if is_paper else ~upper


def _membrane(values: Field, bare: Mask) -> Field:
    """What the bare pixels show, smoothly carried on under the others; specks and grain are evened out."""
    filled = smooth_fill(np.where(bare[..., None], values, 0).astype(np.float32), bare)
    return np.asarray(cv2.GaussianBlur(filled, (0, 0), _EVEN), np.float32)


def _difference(values: Field, paper: Field, ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance of each pixel from the paper over the ink's."""
    line, away = ink - paper, values - paper
    return np.asarray(np.sqrt(_dot(away, away) / np.maximum(_dot(line, line), _LEAST_CONTRAST**2)), np.float32)


def _dot(first: Field, second: Field) -> NDArray[np.float32]:
    """The sum over channels of the products (cv2's, which is several times as fast as numpy's over a short axis)."""
    product = np.multiply(first, second, dtype=np.float32)
    return np.asarray(cv2.transform(product, np.ones((1, product.shape[2]), np.float32)), np.float32)


def _ink_colour(values: Field, paper: Field, mask: Mask) -> NDArray[np.float32]:
    """The colour of the pixels that differ from the paper by more than Otsu's threshold, at full strength."""
    if not mask.any():
        mask = np.ones_like(mask)
    away = np.linalg.norm(values[mask] - paper[mask], axis=1)
    scaled = np.clip(away / max(float(away.max()), 1.0) * 255, 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    over = scaled > level
    if not over.any():
        return np.asarray(np.median(values[mask], axis=0), np.float32)
    strong = over & (scaled >= np.percentile(scaled[over], 30))
    colour, ground = (np.median(field[mask][strong], axis=0) for field in (values, paper))
    # In thin strokes only the strongest pixels have no paper mixed in: they tell how far, all tell in which direction.
    full = np.median(away[over & (scaled >= np.percentile(scaled[over], 60))])
    far = full / max(float(np.linalg.norm(colour - ground)), 1.0)
    return np.asarray(np.clip(ground + (colour - ground) * max(1.0, float(far)), 0, 255), np.float32)


def _coverage(values: Field, paper: Field, ink: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """Position of each pixel between paper (0) and ink (1), 0 where it has another colour than mixtures of the two."""
    line = ink - paper
    length = np.maximum(_dot(line, line), np.float32(_LEAST_CONTRAST**2)).astype(np.float32)
    share = np.asarray(_dot(values - paper, line) / length, np.float32)
    alike = _same_hue(values, paper, ink, share)
    if alike is None:
        alike = _on_line(values, paper, share, length, mask)
    return np.asarray(np.clip(share, 0, 1) * alike, np.float32)


def _same_hue(
    values: Field, paper: Field, ink: NDArray[np.float32], share: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """1 for mixtures of ink and paper, 0 for pixels whose colour, lightness aside, is the paper's though they are
    `share` of the way to the ink: shadows. None where the ink is black, grey or white, or coloured as the paper is."""
    own = chroma(ink.reshape(1, 1, 3))
    if float((own**2).sum()) < _COLOURED**2:
        return None
    ground = chroma(paper)
    way = own - ground
    length = _dot(way, way)
    if np.median(length) < (_COLOURED / 2) ** 2:
        return None
    along = _dot(chroma(values) - ground, way) / np.maximum(length, 1)
    low, high = _HUE
    alike = np.clip((along / np.maximum(share, 1e-3) - low) / (high - low), 0, 1)
    return np.asarray(np.where(share < _LEAST_OFF, 1, alike), np.float32)


def _on_line(
    values: Field, paper: Field, share: NDArray[np.float32], length: NDArray[np.float32], mask: Mask
) -> NDArray[np.float32]:
    """1 for mixtures of paper and ink, falling to 0 where a pixel lies off their line by far more than the strongest
    colours in the mask do."""
    away = values - paper
    off = np.sqrt(np.maximum(_dot(away, away) / length - share**2, 0))
    ratio = off / np.maximum(share, 1e-3)
    strong = mask & (share > 0.75)
    usual = float(np.percentile(ratio[strong], 75)) if strong.any() else 0.0
    high = float(np.clip(1.5 * usual, *_OFF_COLOUR))
    alike = np.clip((high - ratio) / (0.25 * high), 0, 1)
    return np.asarray(np.where(off < _LEAST_OFF, 1, alike), np.float32)


def chroma(rgb: Field) -> Field:
    """The a* and b* of sRGB values 0..255."""
    return np.asarray(cv2.cvtColor(rgb / np.float32(255), cv2.COLOR_RGB2LAB)[..., 1:], np.float32)


def _owners(coverage: NDArray[np.float32], mask: Mask, rules: tuple[Rule, ...] = ()) -> tuple[Mask, Mask]:
    """Strokes of the old glyph and of its neighbours: a blot belongs where most of it lies; rules join none."""
    shape = (mask.shape[0], mask.shape[1])
    crossed = ruled.touched(rules, shape)
    solid = ((coverage >= _SOLID) & ~crossed & ~ruled.standing(rules, shape)).astype(np.uint8)
    count, labels = cv2.connectedComponents(solid, connectivity=8)
    area = np.bincount(labels.ravel(), minlength=count)
    inside = np.bincount(labels[mask], minlength=count)
    mine = inside >= _OWN * np.maximum(area, 1)
    mine[0] = False
    own = mine[labels] & mask
    others = (solid > 0) & ~own
    own |= crossed & (coverage >= _SOLID) & mask & _grown(own, 2) & ~_grown(others, 2)
    return own, others


def _touching(blots: Mask, zone: Mask) -> Mask:
    """The blots that reach into the zone, whole and with a pixel round them."""
    count, labels = cv2.connectedComponents(blots.astype(np.uint8), connectivity=8)
    touched = np.zeros(count, np.bool_)
    touched[labels[zone]] = True
    touched[0] = False
    return _grown(touched[labels], 1)


def _small(blots: Mask, extent: int) -> Mask:
    """The blots no longer than `extent` pixels: specks, not frames or neighbours."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(blots.astype(np.uint8), connectivity=8)
    small = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= extent
    small[0] = False
    return np.asarray(small[labels])


def _grown(mask: Mask, reach: int) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(reach)) > 0)


def _shrunk(mask: Mask, reach: int = 1) -> Mask:
    return np.asarray(cv2.erode(mask.astype(np.uint8), _disc(reach)) > 0)


def _disc(reach: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)), np.uint8)
