"""From what was typed to what is wanted: the reference text, the boxes with their instructions, the goal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from retouch.errors import PictureError, UsageError

if TYPE_CHECKING:
    from retouch.picture import Picture
    from retouch.plan import BoxedWish, Goal, Mode
    from retouch.style import Direction

MAKE_IT_READ = "make the text read as given"
"""The goal of `fix`."""


def direction_of(name: str) -> Direction | None:
    """The reading direction, None for `auto`."""
    from retouch.style import Direction

    return None if name == "auto" else Direction(name)


def reference_of(text: str | None, page: Picture) -> tuple[str | None, str | None]:
    """The reference text and where it came from; both None where none was given."""
    if text is None:
        return None, None
    from retouch.orchestrator.reference import load_reference

    return load_reference(text, page)


def wish_of(text: str, mode: Mode = "crop") -> BoxedWish:
    """`x,y,width,height=INSTRUCTION`, to be done in that region mode."""
    from retouch.geometry import Box
    from retouch.plan import BoxedWish

    box, equals, instruction = text.partition("=")
    if not equals or not instruction.strip():
        raise UsageError(f"--box {text!r}: expected x,y,width,height=INSTRUCTION")
    return BoxedWish(box=Box.parse(box), instruction=instruction.strip(), mode=mode)


def mask_of(path: Path | None, picture: Picture) -> str | None:
    """A mask file of the picture's size as a data URI: white, or opaque where it has alpha, may change."""
    if path is None:
        return None
    from retouch.picture_file import read
    from retouch.region import Region

    mask = read(path)
    if mask.size != picture.size:
        raise PictureError(
            f"{path}: the mask is {mask.size.width}x{mask.size.height}, "
            f"the picture {picture.size.width}x{picture.size.height}; they must be equal"
        )
    white = mask.srgb().min(axis=2) > 127
    if not white.any():
        raise PictureError(f"{path}: the mask has no white pixel; expected white where the picture may change")
    return Region(picture.box, white).encode()


def goal_of(
    words: str,
    page: Picture,
    *,
    text: str | None,
    direction: str,
    boxes: Sequence[str] | None = None,
    mask: Path | None = None,
    mode: Mode = "crop",
) -> Goal:
    """The goal with everything that was given beside its words."""
    from retouch.plan import Goal

    reference, source = reference_of(text, page)
    return Goal(
        text=words,
        reference=reference,
        reference_source=source,
        boxes=tuple(wish_of(box, mode) for box in boxes or ()),
        mask=mask_of(mask, page),
        direction=direction_of(direction),
    )
