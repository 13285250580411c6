"""The atlas of a report: how each version's picture is put together from few pictures.

A version that changed little is its parent's picture with the changed places over it, at full size; only the first one,
and versions that differ nearly everywhere, have a picture of their own, reduced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from retouch.errors import CollectedError, DamagedError, PictureError
from retouch.geometry import Box, Size
from retouch.interfaces.reporting.album import LARGEST_PLACE, Album, Use, View, on_white
from retouch.interfaces.web.reading.contrast import Contrast, coloured, relief
from retouch.interfaces.web.reading.contrasts import Contrasts
from retouch.interfaces.web.reading.rendering import part_of, size_of, thumbnail
from retouch.interfaces.web.reading.shelf import Shelf
from retouch.orchestrator.thumbnail import surroundings
from retouch.store import History
from retouch.version import VersionRecord

_MUCH = 0.5
"""Of the picture: a version whose places are larger has a picture of its own."""
_MANY = 40
"""Places of one version; more than that, and it has a picture of its own."""
_NEAR = 4
"""Pixels round a change that is none of a step."""
_THUMBNAIL = 640
"""Pixels: in the history a place up to this size stands for the version, else a thumbnail."""
_MAP = 1400
"""Pixels of the longer side of a map of differences."""
LOST = (CollectedError, DamagedError)
"""Why a version has no picture any more, which must not keep the rest unread."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a version at full size; `own` if the version differs there from the one it is drawn over."""

    box: Box
    picture: int
    own: bool


@dataclass(frozen=True, slots=True)
class Map:
    """Where a map of differences lies; nothing differs beyond the box."""

    box: Box
    picture: int


@dataclass(slots=True)
class Atlas:
    """Numbers of pictures in the album, by version; of maps, by `a/b`."""

    album: Album
    store: History
    shelf: Shelf = field(default_factory=Shelf)
    contrasts: Contrasts = field(default_factory=Contrasts)
    wholes: dict[str, int] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    """The version over which another one is drawn."""
    places: dict[str, list[Place]] = field(default_factory=dict)
    thumbnails: dict[str, int] = field(default_factory=dict)
    maps: dict[str, Map] = field(default_factory=dict)
    outside_maps: dict[str, Map] = field(default_factory=dict)

    def draw(self, version: VersionRecord) -> None:
        """Put a version in; its parents must be there. One whose pixels are gone, or damaged, stays without."""
        try:
            if not self._over_parent(version):
                use = Use.WHOLE if version.parents else Use.COVER
                self.wholes[version.id] = self.whole(version.id, use)
            if version.box is None or max(version.box.width, version.box.height) > _THUMBNAIL:
                self.thumbnails[version.id] = self.whole(version.id, Use.THUMBNAIL)
        except LOST:
            return

    def whole(self, version: str, use: Use) -> int:
        """The number of a version's picture, reduced."""
        return self.album.add(use, lambda: on_white(thumbnail(self.shelf, self.store, version, use.value[0][0])))

    def part(self, version: str, box: Box) -> int:
        """The number of a part of a version: at full size, or reduced where it is large."""
        return self.album.add(Use.PLACE, lambda: on_white(part_of(self.store, version, box)))

    def compare(self, a: str, b: str, box: Box | None) -> None:
        """Draw the maps of what differs from `a` to `b`, and of what of it lies beyond `box`."""
        self._map(self.maps, a, b, None)
        if box is not None:
            self._map(self.outside_maps, a, b, box)

    def _map(self, maps: dict[str, Map], a: str, b: str, hidden: Box | None) -> None:
        found = self._contrast(a, b, hidden)
        if found.changed_pixels:
            box = Box.around(found.boxes)
            number = self.album.add(Use.MAP, lambda: _mapped(self._contrast(a, b, hidden), box))
            maps[f"{a}/{b}"] = Map(box, number)

    def _contrast(self, a: str, b: str, hidden: Box | None) -> Contrast:
        found = self.contrasts.contrast(self.store, a, b)
        return found if hidden is None else found.beyond(hidden)

    def _over_parent(self, version: VersionRecord) -> bool:
        """Draw the places where the version differs from its parent; False if it needs a picture of its own."""
        if not version.parents:
            return False
        parent, size = version.parents[0], size_of(self.store, version.id)
        try:
            found = self.contrasts.contrast(self.store, parent, version.id)
        except PictureError:  # of another size, mode or depth
            return False
        except LOST:  # the parent has no picture, but the version may have
            return False
        frames = _frames(version.box, found.boxes, size)
        if parent not in (*self.wholes, *self.bases) or _too_much(frames, size):
            return False
        places = [Place(frame, self.part(version.id, frame), own=True) for frame in frames]
        self.bases[version.id] = parent
        self.places.setdefault(version.id, []).extend(places)
        if version.box is not None:
            before = Place(frames[0], self.part(parent, frames[0]), own=False)
            self.places.setdefault(parent, []).append(before)
        return True


def _frames(box: Box | None, changed: Sequence[Box], size: Size) -> list[Box]:
    """The surroundings of the step's box first, and what changed beyond them."""
    frames = [] if box is None else [surroundings(box.clamped(size), size)]
    beyond = [each for each in changed if not any(frame.contains(each) for frame in frames)]
    return frames + [each.grown(_NEAR).clamped(size) for each in beyond]


def _too_much(frames: Sequence[Box], size: Size) -> bool:
    largest = max((max(frame.width, frame.height) for frame in frames), default=0)
    much = sum(frame.area for frame in frames) > _MUCH * size.area and max(size.width, size.height) > LARGEST_PLACE
    return largest > LARGEST_PLACE or len(frames) > _MANY or much


def _mapped(found: Contrast, box: Box) -> View:
    part = Contrast(found.boxes, found.apart[box.slices], found.changed_pixels, found.max_difference)
    levels = relief(part).levels
    return coloured(next(level for level in levels if max(level.shape) <= _MAP))
