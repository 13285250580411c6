"""The conflicts of a revert, pick or merge as one picture: base, ours and theirs of each place, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.interfaces.difference import framed
from retouch.interfaces.overlay import label_font
from retouch.interfaces.strip import side_by_side
from retouch.orchestrator.thumbnail import on_white, surroundings
from retouch.picture import Picture

_LETTERS = 15
_TITLE = 24
"""Height of the line above a view."""
_GAP = 16
_SMALLEST = 150
"""A view is at least so many pixels of the page wide, so that a title fits and it can be seen where it is."""


def conflict_sheet(pictures: Mapping[str, Picture], conflicts: Sequence[Box]) -> Picture:
    """One row for each conflict; `pictures` are the sides by title, in the order in which they are shown. 8-bit sRGB.

    Sides of another size than the first one are shown as far as they reach.
    """
    rows = [_row(pictures, box) for box in conflicts]
    width = max(row.shape[1] for row in rows)
    return Picture(
        np.vstack([np.pad(row, ((0, _GAP), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows])
    )


def _row(pictures: Mapping[str, Picture], box: Box) -> RGB:
    size = next(iter(pictures.values())).size
    missing = max(0, _SMALLEST - max(box.width, box.height))
    frame = surroundings(box.grown(missing // 2), size)
    titles = list(pictures)
    titles[0] = f"{titles[0]}  {box}"
    views = [_view(picture, frame, box) for picture in pictures.values()]
    return side_by_side([_titled(view, title) for view, title in zip(views, titles, strict=True)], _GAP)


def _view(picture: Picture, frame: Box, box: Box) -> RGB:
    shown = frame.intersection(picture.box)
    view = np.full((frame.height, frame.width, 3), 255, np.uint8)
    if not shown.empty:
        view[shown.relative_to(frame).slices] = on_white(picture.crop(shown))
    return framed(view, [box.relative_to(frame)])


def _titled(view: RGB, title: str) -> RGB:
    image = Image.new("RGB", (view.shape[1], view.shape[0] + _TITLE), "white")
    image.paste(Image.fromarray(view), (0, _TITLE))
    ImageDraw.Draw(image).text((0, _TITLE // 2), title, font=label_font(_LETTERS)[0], fill="black", anchor="lm")
    return np.asarray(image)
