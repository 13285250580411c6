"""Places round a text: where one goes that is written beside it, and what it needs that is moved or made larger."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retouch.errors import PlanError
from retouch.geometry import Box, Size
from retouch.orchestrator.sighting import Sighting
from retouch.orchestrator.wish import Side

_LINE_GAP = 0.5
"""Blank between a line and the one added to it, in heights of the line."""
_ALIGNED = 0.5
"""Lines begin at the same place if they begin no farther apart than this share of their height."""
_COVERED = 0.2
"""A place is taken where a character lies in it with a larger share of its box."""
_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1), "左": (-1, 0), "右": (1, 0)}
_WAYS |= {"上": (0, -1), "下": (0, 1)}
_FACTORS = {"twice": 2.0, "double": 2.0, "three": 3.0, "一倍": 2.0, "两倍": 3.0}
_LARGER = 1.4
"""How much larger `larger` may become."""


def beside(anchor: Box, side: Side, share: float, upright: bool, lines: Sequence[Sequence[Sighting]]) -> Box:
    """The place for a text `share` times as long as the one in `anchor`, on that side. PlanError if it is taken."""
    along = round((anchor.height if upright else anchor.width) * share)
    if side in ("after", "before"):
        place = _in_line(anchor, side, along, upright)
    else:
        down = round(anchor.height * (1 + _LINE_GAP))
        width = anchor.width if upright else along
        x = anchor.x if _flush(anchor, lines) else anchor.x + (anchor.width - width) // 2
        place = Box(x, anchor.y + (down if side == "below" else -down), width, along if upright else anchor.height)
    taken = [seen for line in lines for seen in line if _share(seen.box, place) > _COVERED]
    if taken:
        raise PlanError(
            f"there is no room {side} the text at {anchor}: {''.join(seen.read for seen in taken)!r} stands there",
            hint="say where: --box BOX=INSTRUCTION",
        )
    return place


def moved(box: Box, how: str, size: Size) -> Box:
    """What a text at `box` needs to be moved as `how` says: where it stands, where it will, and what lies between.

    Without a number of pixels it has room to move by its own size.
    """
    way = next((vector for name, vector in _WAYS.items() if name in how.lower()), (0, 0))
    number = re.search(r"\d+", how)
    far = (int(number[0]), int(number[0])) if number else (box.width, box.height)
    return Box.around([box, box.moved(way[0] * far[0], way[1] * far[1])]).clamped(size)


def resized(box: Box, how: str, size: Size) -> Box:
    """What a text at `box` needs for its new size round the same middle; its own place if it becomes smaller."""
    if re.search("small|shrink|half|down|decrease|缩小|小", how, re.IGNORECASE):
        return box
    factor = next((factor for name, factor in _FACTORS.items() if name in how.lower()), _LARGER)
    wide, high = round(box.width * (factor - 1) / 2), round(box.height * (factor - 1) / 2)
    return Box.between(box.x - wide, box.y - high, box.right + wide, box.bottom + high).clamped(size)


def _in_line(anchor: Box, side: Side, along: int, upright: bool) -> Box:
    if upright:
        return Box(anchor.x, anchor.bottom if side == "after" else anchor.y - along, anchor.width, along)
    return Box(anchor.right if side == "after" else anchor.x - along, anchor.y, along, anchor.height)


def _flush(anchor: Box, lines: Sequence[Sequence[Sighting]]) -> bool:
    """True if another line begins where this text does."""
    others = [line[0].box for line in lines if line and not line[0].box.overlaps(anchor)]
    return any(abs(box.x - anchor.x) <= _ALIGNED * min(box.height, anchor.height) for box in others)


def _share(box: Box, place: Box) -> float:
    return box.intersection(place).area / max(1, box.area)
