"""Versions of a document as a person or a notebook sees them."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from retouch.attempt import Attempt
from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.store import History
from retouch.version import VersionRecord

_NEAR = 16
"""Changed pixels closer than this belong to one box of a diff: about the gap between two strokes."""
LOG_FIELDS = ("id", "parents", "kind", "box", "step", "message", "author", "created", "outcome", "editor")


@dataclass(frozen=True, slots=True)
class Diff:
    """Where two pictures of one size differ, in how many pixels, and by how much at most (in their own depth)."""

    a: str
    b: str
    boxes: tuple[Box, ...]
    changed_pixels: int
    max_difference: int


class Version:
    """An immutable state of a document. It shows itself in a notebook."""

    def __init__(self, store: History, record: VersionRecord) -> None:
        self._store = store
        self.record = record

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def picture(self) -> Picture:
        """Its picture, bit for bit; read when asked for."""
        return self._store.checkout(self.id)

    @property
    def parents(self) -> tuple[Version, ...]:
        return tuple(Version(self._store, self._store.version(parent)) for parent in self.record.parents)

    def attempt(self) -> Attempt | None:
        """The attempt it came from; None if it was made by hand."""
        return self._store.attempt_of(self.id)

    def entry(self) -> dict[str, Any]:
        """Its line in the log, as JSON."""
        dumped = self.record.model_dump(mode="json")
        return {name: dumped[name] for name in LOG_FIELDS}

    def show(self) -> dict[str, Any]:
        """Its line in the log, and as `record` the request, effective parameters, cost, verdicts and comments."""
        attempt = self.attempt()
        record = dict(self.record.record)
        if attempt is not None:
            dumped = attempt.model_dump(mode="json")
            record |= {name: dumped[name] for name in ("request", "effective", "seed", "cost", "verdicts", "notes")}
            record["patch_box"] = dumped["box"]
        record["comments"] = [comment.model_dump(mode="json") for comment in self._store.comments(self.id)]
        return {**self.entry(), "record": record}

    def diff(self, other: Version) -> Diff:
        """What changes from this version to `other`; PictureError if their sizes differ."""
        return difference(self.id, self.picture, other.id, other.picture)

    def save(self, path: str | Path, box: Box | None = None) -> None:
        """Write its picture, or the part in `box`, to a file; the ending names the format."""
        (self.picture if box is None else self.picture.crop(box)).save(Path(path))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<Version {self.id[:12]} {self.record.kind.value} {self.record.message!r}>"

    def _repr_png_(self) -> bytes:
        return self.picture._repr_png_()

    def _repr_html_(self) -> str:
        shown = base64.b64encode(self._repr_png_()).decode("ascii")
        words = html.escape(f"{self.id[:12]} · {self.record.kind.value} · {self.record.message}")
        return f'<figure><img src="data:image/png;base64,{shown}"><figcaption>{words}</figcaption></figure>'


def difference(a: str, before: Picture, b: str, after: Picture) -> Diff:
    """The diff of two pictures under the names `a` and `b`."""
    if before.pixels.shape != after.pixels.shape or before.pixels.dtype != after.pixels.dtype:
        raise PictureError(f"cannot compare {a[:12]} ({before!r}) with {b[:12]} ({after!r}): size, mode, depth differ")
    if before.same_pixels(after):
        return Diff(a, b, (), 0, 0)
    gap = np.abs(before.pixels.astype(np.int32) - after.pixels).max(axis=2)
    changed = (gap > 0).astype(np.uint8)
    return Diff(a, b, _boxes(changed), int(changed.sum()), int(gap.max()))


def _boxes(changed: np.ndarray[Any, np.dtype[np.uint8]]) -> tuple[Box, ...]:
    """Boxes of the changed pixels, those near each other together, from the top left on."""
    joined = cv2.dilate(changed, np.ones((_NEAR + 1, _NEAR + 1), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    labels = labels * changed
    boxes = []
    for label in range(1, count):
        rows, columns = np.nonzero(labels == label)
        boxes.append(Box.between(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    return tuple(sorted((Box(*(int(v) for v in b.as_list())) for b in boxes), key=lambda b: (b.y, b.x)))
