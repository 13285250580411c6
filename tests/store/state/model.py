"""What a history must hold, as plain arrays, dicts and lists, with rules of its own for merging, undo and blame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.picture import Metadata, Picture
from retouch.store import History
from retouch.store.operations.merging import Side

Mask = NDArray[np.bool_]
FIELDS = ("dpi", "exif", "xmp", "text", "format")
"""Of the metadata all but the profile, which says what the pixels mean."""


class Model:
    """Pictures and parents by version in the order of making, names, the log, and the moves that an undo could take
    back; `gone` are versions without pixels, `held` those that unfinished runs need."""

    def __init__(self, first: str, picture: Picture) -> None:
        self.pictures: dict[str, Picture] = {first: picture}
        self.parents: dict[str, tuple[str, ...]] = {first: ()}
        self.heads: dict[str, str] = {"main": first}
        self.tags: dict[str, str] = {}
        self.log: list[tuple[str, str | None, str | None]] = [("main", None, first)]
        self.standing: dict[str, list[tuple[str | None, str | None]]] = {"main": []}
        self.gone: set[str] = set()
        self.held: set[str] = set()

    @classmethod
    def of(cls, history: History, document: int) -> Model:
        """What a history holds that was not begun here; only its facts are believed."""
        first, *others = history.moves(document)
        model = cls(str(first.target), history.checkout(str(first.target)))
        for version in history.versions(document):
            model.add(version.id, version.parents, history.checkout(version.id))
        for move in others:
            if move.reason.startswith("undo"):
                model.standing[move.branch].pop()
                model.put(move.branch, move.target)
            else:
                model.move(move.branch, move.target)
        model.tags = history.tags(document)
        for run in history.runs(document):
            if run.state not in ("ended", "failed"):
                attempts = history.attempts(run.id)
                held = [run.base, *(version for a in attempts for version in (a.base, a.version) if version)]
                model.held.update(held)
        return model

    @property
    def live(self) -> list[str]:
        """The versions that have their pixels."""
        return [version for version in self.pictures if version not in self.gone]

    def add(self, version: str, parents: tuple[str, ...], picture: Picture) -> None:
        """A version; the very same one may be there already."""
        assert version not in self.pictures or equal(self.pictures[version], picture)
        self.pictures.setdefault(version, picture)
        self.parents.setdefault(version, parents)
        self.gone.discard(version)

    def move(self, branch: str, target: str | None) -> None:
        self.standing.setdefault(branch, []).append((self.heads.get(branch), target))
        self.put(branch, target)

    def put(self, branch: str, target: str | None) -> None:
        self.log.append((branch, self.heads.pop(branch, None), target))
        if target is not None:
            self.heads[branch] = target

    def ancestors(self, *versions: str) -> set[str]:
        """The versions themselves and all that they came from."""
        found, ahead = set[str](), list(versions)
        while ahead:
            version = ahead.pop()
            if version not in found:
                found.add(version)
                ahead.extend(self.parents[version])
        return found

    def newest_shared(self, a: str, b: str) -> str:
        shared = self.ancestors(a) & self.ancestors(b)
        return next(version for version in reversed(self.pictures) if version in shared)

    def unreached(self) -> set[str]:
        """Live versions that nothing needs."""
        return set(self.live) - self.ancestors(*self.heads.values(), *self.tags.values(), *self.held)

    def owners(self, version: str) -> NDArray[np.int64]:
        """For every pixel the place of its owner among all versions: whose value it is that no parent had."""
        picture = self.pictures[version]
        owner = np.full(picture.pixels.shape[:2], list(self.pictures).index(version))
        for parent in reversed(self.parents[version]):
            before = self.pictures[parent]
            if same_form(before, picture):
                kept = (before.pixels == picture.pixels).all(axis=2)
                owner = np.where(kept, self.owners(parent), owner)
        return owner


def same_form(a: Picture, b: Picture) -> bool:
    return a.pixels.shape == b.pixels.shape and a.pixels.dtype == b.pixels.dtype


def equal(a: Picture, b: Picture) -> bool:
    return a.same_pixels(b) and a.metadata == b.metadata


class Sides:
    """Three pictures that become one. Where their pixels do not mean the same, each counts as a whole."""

    def __init__(self, base: Picture, ours: Picture, theirs: Picture) -> None:
        self.pictures: dict[Side, Picture] = {"base": base, "ours": ours, "theirs": theirs}
        profiles = {picture.metadata.icc_profile for picture in (base, ours, theirs)}
        self.whole = not (same_form(base, ours) and same_form(base, theirs) and len(profiles) == 1)

    def clash(self) -> Mask:
        """Pixels that both sides changed to different values."""
        base, ours, theirs = self.pictures.values()
        if self.whole:
            clear = equal(base, ours) or equal(base, theirs) or equal(ours, theirs)
            return np.full(ours.pixels.shape[:2], not clear)
        a, b, c = base.pixels, ours.pixels, theirs.pixels
        clash: Mask = (a != b).any(axis=2) & (a != c).any(axis=2) & (b != c).any(axis=2)
        return clash

    def joined(self, settled: dict[Box, Side]) -> Picture:
        """What both sides make together, each box from one side."""
        base, ours, theirs = self.pictures.values()
        if self.whole:
            sides = list(settled.values()) or (["theirs"] if equal(base, ours) else ["ours"])
            return self.pictures[sides[0]]
        untouched = (base.pixels == ours.pixels).all(axis=2)
        pixels = np.where(untouched[:, :, None], theirs.pixels, ours.pixels)
        for box, side in settled.items():
            pixels[box.slices] = self.pictures[side].pixels[box.slices]
        return Picture(pixels, self._metadata())

    def _metadata(self) -> Metadata:
        base, ours, theirs = (picture.metadata for picture in self.pictures.values())
        untouched = [name for name in FIELDS if getattr(base, name) == getattr(ours, name)]
        return replace(ours, **{name: getattr(theirs, name) for name in untouched})
