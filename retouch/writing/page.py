"""A page made ready for reading: its layout, its ink without frames and rules, and the usual size of its characters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.geometry import Size
from retouch.style import Direction
from retouch.writing.detector import Detector
from retouch.writing.frames import find_frames
from retouch.writing.ink import Coverage, coverage, dark_on_light, paper_colour
from retouch.writing.layout import Layout, Line, arranged, of_rects, read
from retouch.writing.line_ends import claims, lengthened
from retouch.writing.parallel import both
from retouch.writing.projection import project
from retouch.writing.registers import parted
from retouch.writing.rules import find_rules
from retouch.writing.scaling import scaled
from retouch.writing.seals import find_seals
from retouch.writing.segmentation import character_size
from retouch.writing.strip import ink_strip

_PAPER_AREA = 500_000
_UNEVEN, _EVEN = 0.35, 0.7
"""Lines within 35 % of the usual thickness are alike; a sheet of writing has at least 70 % of its length in them."""

_BLOTCHED = 0.25

_CLOUDED = 1.5
"""Half-covered pixels to covered ones: 0.3 to 0.8 on sheets of writing down to 28 px a character, 1.9 and 2.2 on two
photographs."""

_USUAL_SIZE = 64.0
"""Pixels a character where the detector found none to measure."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """`rgb` with drawn frames and rules painted over with paper, `ink` its coverage without them, `layout`, and
    `sizes`: for each line the usual length of a full character along it, in pixels.

    A `mixed` page is no sheet of writing but a poster, a sign or a photograph: its lines have ink, ground and size of
    their own, so its ink is measured in each line alone.
    """

    rgb: RGB
    ink: Coverage
    layout: Layout
    sizes: tuple[float, ...]
    mixed: bool = False

    def strip(self, line: Line) -> Coverage:
        """The line's ink, rows along the line."""
        return ink_strip(self.ink, line)


def prepare(rgb: RGB, direction: Direction | None = None) -> Page:
    """Lay out a page and clear it of what is no writing; a `direction` given wins."""
    (ink, frames), quads = both(lambda: (coverage(rgb), find_frames(rgb)), lambda: Detector.shared().lines(rgb))
    page = cleared(rgb, ink, arranged(rgb, quads, frames, direction))
    return localised(page) if _is_mixed(page) else completed(in_registers(page))


def in_registers(page: Page) -> Page:
    """The page with columns that run through two registers cut between them, and these read one after the other."""
    lines = page.layout.lines
    size = float(np.median(page.sizes)) if page.sizes else _USUAL_SIZE
    parts = parted(lines, page.ink, size)
    if len(parts) == len(lines):
        return page
    layout = replace(page.layout, lines=tuple(read(page.rgb, part) for part in parts))
    page = replace(page, layout=layout)
    return replace(page, sizes=_sizes(page))


def completed(page: Page) -> Page:
    """The page with its lines drawn over characters that the detector left out at their ends, and those read again."""
    lines = page.layout.lines
    claimed = claims(lines, Size(page.ink.shape[1], page.ink.shape[0]))
    longer = [lengthened(line, size, page.ink, claimed) for line, size in zip(lines, page.sizes, strict=True)]
    again = [new if new is old else read(page.rgb, new) for old, new in zip(lines, longer, strict=True)]
    return replace(page, layout=replace(page.layout, lines=tuple(again)))


def localised(page: Page) -> Page:
    """The page with its ink measured in each line alone, and none elsewhere."""
    ink = np.zeros_like(page.ink)
    for line in page.layout.lines:
        here = line.box.slices
        if not line.box.empty:
            ink[here] = np.maximum(ink[here], coverage(page.rgb[here]))
    page = replace(page, ink=ink, mixed=True)
    return replace(page, sizes=_sizes(page))


def _is_mixed(page: Page) -> bool:
    """True if its lines differ much in size, or much of its ink is broader or paler than strokes are."""
    lines = page.layout.lines
    if not lines:
        return False
    thick = np.array([line.thickness for line in lines], np.float64)
    length = np.array([line.length for line in lines], np.float64)
    order = np.argsort(thick)
    usual = thick[order][np.searchsorted(np.cumsum(length[order]), length.sum() / 2)]
    alike = float(length[np.abs(thick - usual) <= _UNEVEN * usual].sum() / length.sum())
    return alike < _EVEN or _blotches(page.ink, float(usual)) > _BLOTCHED or _cloudy(page.ink)


def _cloudy(ink: Coverage) -> bool:
    """True where more is half covered than covered: shades of a photograph, not the edges of strokes."""
    covered = int(np.count_nonzero(ink > 0.5))
    return int(np.count_nonzero(ink > 0.1)) - covered > _CLOUDED * covered


def _blotches(ink: Coverage, size: float) -> float:
    """Share of the ink that is broader than a third of a character, both ways."""
    scale = min(1.0, 16 / size)
    small = scaled(ink, scale) > 0.4
    broad = max(2, round(0.35 * size * scale))
    opened = cv2.morphologyEx(small.astype(np.uint8), cv2.MORPH_OPEN, np.ones((broad, broad), np.uint8))
    return float(opened.sum() / max(1, small.sum()))


def projected(page: Page, direction: Direction) -> Page:
    """The same page with its lines found from the ink alone; it is a poster only if it is one by these lines."""
    lines = page.layout.lines
    size = float(np.median([min(line.thickness, line.length) for line in lines])) if lines else _USUAL_SIZE
    tilt, rects = project(page.ink, size, direction)
    layout = of_rects(page.rgb, rects, tilt, page.layout.frames, direction)
    if page.mixed:
        page = cleared(page.rgb, coverage(page.rgb), layout)
        return localised(page) if _is_mixed(page) else page
    page = replace(page, layout=layout)
    return replace(page, sizes=_sizes(page))


def overlooked(page: Page) -> float:
    """Share of the page's ink, 0 to 1, that lies in none of its lines."""
    inside = np.zeros(page.ink.shape, np.uint8)
    for line in page.layout.lines:
        cv2.fillConvexPoly(inside, np.round(line.quad).astype(np.int32), 1)
    total = float(page.ink.sum(dtype=np.float64))
    return float(page.ink[inside == 0].sum(dtype=np.float64)) / total if total else 0.0


def cleared(rgb: RGB, ink: Coverage, layout: Layout) -> Page:
    """The page without the layout's frames, rules and the ink of seals; `rgb` and `ink` are left as they are."""
    thick = float(np.median([line.thickness for line in layout.lines])) if layout.lines else 0.0
    unwanted = np.zeros(ink.shape, np.bool_)
    for frame in layout.frames:
        unwanted[frame.box.slices] |= frame.mask
    if thick:
        unwanted |= find_rules(ink, thick, layout.tilt)
    if unwanted.any():
        rgb, ink = _painted_over(rgb, unwanted), np.where(unwanted, np.float32(0), ink)
    if thick:
        ink = np.where(find_seals(rgb, ink, thick), np.float32(0), ink)
    page = Page(rgb, ink, layout, ())
    return replace(page, sizes=_sizes(page))


def _painted_over(rgb: RGB, mask: NDArray[np.bool_]) -> RGB:
    """The picture with the masked pixels set to the paper round them."""
    scale = min(1.0, (_PAPER_AREA / mask.size) ** 0.5)
    small = scaled(rgb, scale)
    paper = paper_colour(small, dark_on_light(small))
    rows, columns = np.nonzero(mask)
    out = rgb.copy()
    out[rows, columns] = paper[
        np.minimum((rows * scale).astype(np.intp), small.shape[0] - 1),
        np.minimum((columns * scale).astype(np.intp), small.shape[1] - 1),
    ].astype(np.uint8)
    return out


def _sizes(page: Page) -> tuple[float, ...]:
    """Each line's character size; lines of nearly the same thickness share the median, so that a short or an odd line
    does not stand alone."""
    lines = page.layout.lines
    own = np.array([character_size(page.strip(line), line.text) for line in lines])
    thick = np.array([line.thickness for line in lines], np.float64)
    alike = [own[np.abs(thick - here) <= 0.2 * here] for here in thick]
    return tuple(float(np.median(sizes)) for sizes in alike)
