"""A page made ready for reading: its layout, its ink without frames and rules, and the usual size of its characters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.style import Direction
from retouch.writing.ink import Coverage, coverage, dark_on_light, paper_colour
from retouch.writing.layout import Layout, Line, find_layout
from retouch.writing.rules import find_rules
from retouch.writing.segmentation import character_size
from retouch.writing.strip import ink_strip

_PAPER_AREA = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """`rgb` with drawn frames and rules painted over with paper, `ink` its coverage without them, `layout`, and
    `sizes`: for each line the usual length of a full character along it, in pixels."""

    rgb: RGB
    ink: Coverage
    layout: Layout
    sizes: tuple[float, ...]

    def strip(self, line: Line) -> Coverage:
        """The line's ink, rows along the line."""
        return ink_strip(self.ink, line)


def prepare(rgb: RGB, direction: Direction | None = None) -> Page:
    """Lay out a page and clear it of what is no writing; a `direction` given wins."""
    return cleared(rgb, coverage(rgb), find_layout(rgb, direction))


def cleared(rgb: RGB, ink: Coverage, layout: Layout) -> Page:
    """The page without the layout's frames and without rules; `rgb` and `ink` are left as they are."""
    thick = float(np.median([line.thickness for line in layout.lines])) if layout.lines else 0.0
    unwanted = np.zeros(ink.shape, np.bool_)
    for frame in layout.frames:
        unwanted[frame.box.slices] |= frame.mask
    if thick:
        unwanted |= find_rules(ink, thick, layout.tilt)
    if unwanted.any():
        rgb, ink = _painted_over(rgb, unwanted), np.where(unwanted, np.float32(0), ink)
    page = Page(rgb, ink, layout, ())
    return replace(page, sizes=_sizes(page))


def _painted_over(rgb: RGB, mask: NDArray[np.bool_]) -> RGB:
    """The picture with the masked pixels set to the paper round them."""
    scale = min(1.0, (_PAPER_AREA / mask.size) ** 0.5)
    small = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
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
