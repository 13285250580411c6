"""Merged versions: what three versions of one document make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store.operations.merging import Settlement, Sides
from retouch.store.operations.three_way import merged_metadata, settled, three_way
from retouch.store.versions import Versions


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """What `sides` make: `change` is what to commit on ours, None for nothing at all; `box` holds what it changes, None
    for everything."""

    sides: Sides
    change: Patch | Picture | None
    box: Box | None = None
    conflicts: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()


def merge_versions(versions: Versions, sides: Sides, settle: Sequence[Settlement] = ()) -> Merged:
    """Merge pixels where size, mode, depth and profile of all three are equal, so that equal values are equal colours.

    Else the pictures are merged as one thing: if only one side changed anything it is taken, otherwise the whole
    picture is the conflict. Other metadata is merged field by field; where both changed a field ours is kept and a note
    says so.
    """
    forms = {(versions.grid(side), versions.metadata(side).icc_profile) for side in sides}
    return _pixelwise(versions, sides, settle) if len(forms) == 1 else _whole(versions, sides, settle)


def _pixelwise(versions: Versions, sides: Sides, settle: Sequence[Settlement]) -> Merged:
    theirs = versions.change(sides.base, sides.theirs)
    ours = versions.change(sides.base, sides.ours)
    result = three_way(lambda box: versions.crop(sides.base, box), ours, theirs, settle)
    base, mine, yours = (versions.metadata(side) for side in sides)
    metadata, both = merged_metadata(base, mine, yours)
    notes = tuple(f"both sides changed the picture's {name}; ours was kept" for name in both)
    patch = result.patch
    if result.conflicts or (patch.empty and metadata == mine):
        return Merged(sides, None, conflicts=result.conflicts, notes=() if result.conflicts else notes)
    if metadata == mine:
        return Merged(sides, patch, patch.box, notes=notes)
    picture = replace(patch.apply(versions.checkout(sides.ours)), metadata=metadata)
    return Merged(sides, picture, None if patch.empty else patch.box, notes=notes)


def _whole(versions: Versions, sides: Sides, settle: Sequence[Settlement]) -> Merged:
    if same(versions, sides.base, sides.theirs) or same(versions, sides.ours, sides.theirs):
        return Merged(sides, None)
    if same(versions, sides.base, sides.ours):
        return Merged(sides, versions.checkout(sides.theirs))
    frame = versions.grid(sides.ours).frame
    side = settled([frame], settle).get(frame)
    if side is None:
        return Merged(sides, None, conflicts=(frame,))
    return Merged(sides, None if side == "ours" else versions.checkout(getattr(sides, side)))


def same(versions: Versions, a: str, b: str) -> bool:
    """True if two versions have the same picture: size, pixels and metadata."""
    if a == b:
        return True
    if versions.grid(a) != versions.grid(b) or versions.metadata(a) != versions.metadata(b):
        return False
    return versions.change(a, b).empty
