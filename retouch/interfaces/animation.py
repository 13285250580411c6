"""The chain of versions as an animated WebP: what was done, one version after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from retouch.edit import RGB
from retouch.errors import PictureError
from retouch.geometry import Box, Size
from retouch.orchestrator.history import Version
from retouch.orchestrator.thumbnail import on_white
from retouch.picture_file import write_bytes

LONGEST_SIDE = 1024
"""Pixels of the longer side of a frame, if nothing else is wished."""
FRAME_SECONDS = 0.8
QUALITY = 90
"""Of lossy frames: artefacts are not seen at this size, and files stay at a few hundred kB for a page."""
_LAST_HELD = 3
"""The result stays for so many frames before it begins anew."""
_METHOD = 3
_SIDE_LIMIT = 16383
"""WebP's largest side."""
_AROUND = 250
"""Grey level round a version of another shape."""


class _Frames(Image.Image):
    """Frames made when the encoder asks for them, so that a long chain needs the memory of one frame."""

    def __init__(self, size: tuple[int, int], frames: Sequence[Callable[[], RGB]]) -> None:
        super().__init__()
        self._size, self._mode = size, "RGB"
        self._frames = frames
        self.n_frames = len(frames)
        self.seek(0)

    def seek(self, frame: int) -> None:
        self._at = frame
        self.im = Image.fromarray(self._frames[frame]()).im

    def tell(self) -> int:
        return self._at


def chain(version: Version) -> tuple[Version, ...]:
    """The versions on the way to this one along first parents, the oldest first."""
    found = [version]
    while found[-1].parents:
        found.append(found[-1].parents[0])
    return tuple(reversed(found))


def write_animation(
    versions: Sequence[Version],
    output: Path,
    *,
    box: Box | None = None,
    longest: int = LONGEST_SIDE,
    seconds: float = FRAME_SECONDS,
    quality: int | None = QUALITY,
) -> int:
    """Write what `animated` makes; the file's size in bytes. PictureError if the file is not named `.webp` or cannot
    be written."""
    if output.suffix.lower() != ".webp":
        raise PictureError(
            f"{output}: an animation is written as WebP; name it like {output.with_suffix('.webp').name}"
        )
    data = animated(versions, box=box, longest=longest, seconds=seconds, quality=quality)
    write_bytes(data, output)
    return len(data)


def animated(
    versions: Sequence[Version],
    *,
    box: Box | None = None,
    longest: int = LONGEST_SIDE,
    seconds: float = FRAME_SECONDS,
    quality: int | None = QUALITY,
) -> bytes:
    """One frame a version (of its part in `box`) as sRGB, as the bytes of an animated WebP.

    `longest` is the most pixels of the longer side, pictures are never enlarged; `quality` is 1 to 100, None for
    lossless. PictureError if a version cannot be shown in it.
    """
    last = versions[-1].picture
    size = _scaled((last if box is None else last.crop(box)).size, min(longest, _SIDE_LIMIT))
    frames = [lambda version=version: _frame(version, box, size) for version in versions]
    each = round(1000 * seconds)
    out = BytesIO()
    _Frames((size.width, size.height), frames).save(
        out,
        "WebP",
        save_all=True,
        duration=[each] * (len(frames) - 1) + [_LAST_HELD * each],
        loop=0,
        lossless=quality is None,
        quality=100 if quality is None else quality,
        method=_METHOD,
        kmin=0,
        kmax=0,  # no key frames in between: a frame costs what changed
    )
    return out.getvalue()


def _scaled(size: Size, longest: int) -> Size:
    scale = min(1.0, longest / max(size.width, size.height))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def _frame(version: Version, box: Box | None, size: Size) -> RGB:
    """The version's picture in the frame; one of another shape is centred."""
    picture = version.picture
    rgb = on_white(picture if box is None else picture.crop(box.clamped(picture.size)))
    scale = min(size.width / rgb.shape[1], size.height / rgb.shape[0])
    width, height = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    frame = np.full((size.height, size.width, 3), _AROUND, np.uint8)
    left, top = (size.width - width) // 2, (size.height - height) // 2
    frame[top : top + height, left : left + width] = small
    return frame
