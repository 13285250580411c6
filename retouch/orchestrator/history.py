"""Versions of a document as a person or a notebook sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retouch.attempt import Attempt
from retouch.geometry import Box
from retouch.orchestrator import notebook
from retouch.picture import Picture
from retouch.store import History
from retouch.store.operations.blame import Blame
from retouch.store.operations.diff import Diff
from retouch.store.tree.comment import Comment
from retouch.store.tree.mark import Mark
from retouch.version import VersionKind, VersionRecord

_MADE = ("request", "effective", "seed", "cost", "notes")
LOG_FIELDS = ("id", "parents", "kind", "box", "step", "message", "author", "created", "outcome", "editor")


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
        """Its line in the log, and as `record` the request, effective parameters, seed, patch box, cost and verdicts
        (null where no attempt made it; of a pick, those of the attempt behind it), what its kind tells beside, comments
        and marks."""
        attempt = self.attempt() or self._picked()
        dumped = {} if attempt is None else attempt.model_dump(mode="json")
        record: dict[str, Any] = {**dict.fromkeys(_MADE), **self.record.record}
        record |= {name: dumped[name] for name in _MADE if dumped}
        record |= {"patch_box": dumped.get("box"), "verdicts": dumped.get("verdicts", [])}
        record["comments"] = [comment.model_dump(mode="json") for comment in self.comments()]
        record["marks"] = [mark.model_dump(mode="json") for mark in self.marks()]
        return {**self.entry(), "record": record}

    def diff(self, other: Version) -> Diff:
        """What changes from this version to `other`; PictureError if their sizes differ."""
        return self._store.diff(self.id, other.id)

    def blame(self, box: Box | None = None) -> Blame:
        """Which version last touched each pixel (of `box`); PictureError if the box is not inside."""
        return self._store.blame(self.id, box)

    def comments(self) -> tuple[Comment, ...]:
        """The notes on it, oldest first."""
        return self._store.comments(self.id)

    def marks(self) -> tuple[Mark, ...]:
        """What people thought of it, oldest first; the last one counts."""
        return self._store.marks(self.id)

    def save(self, path: str | Path, box: Box | None = None) -> None:
        """Write its picture, or the part in `box`, to a file; the ending names the format."""
        (self.picture if box is None else self.picture.crop(box)).save(Path(path))

    def _picked(self) -> Attempt | None:
        """The attempt whose result was picked, so that its verdicts are seen on the branch, too."""
        named = self.record.record.get("attempt") if self.record.kind is VersionKind.PICK else None
        return self._store.attempt(named) if named else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<Version {self.id[:12]} {self.record.kind.value} {self.record.message!r}>"

    def _repr_png_(self) -> bytes | None:
        """Its picture at a size for a notebook; None where its pixels are gone."""
        return notebook.small_png(self._store, self.id)

    def _repr_html_(self) -> str:
        return notebook.version_html(self, self._store)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return notebook.bundle(self._repr_html_(), repr(self), self._repr_png_())
