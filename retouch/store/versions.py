"""Versions: what every store of histories can do with documents, versions, branches and tags."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture, Pixels
from retouch.store.pixels.grid import Grid
from retouch.store.tree.comment import Comment
from retouch.store.tree.lineage import Ancestor
from retouch.store.tree.mark import Mark, Opinion
from retouch.verdict import Outcome
from retouch.version import DocumentRecord, Move, VersionKind, VersionRecord


class Versions(ABC):
    """A tree of immutable versions per document, with branches that move over it and a log of their moves.

    What a method has returned is kept; a method that raises has changed nothing.
    """

    @abstractmethod
    def documents(self) -> tuple[DocumentRecord, ...]:
        """All documents, in the order in which they were imported."""

    @abstractmethod
    def document(self, name: str | None = None) -> DocumentRecord:
        """The document of that name, without a name the only one; else UnknownNameError naming those there are."""

    @abstractmethod
    def import_picture(self, picture: Picture, *, name: str, source: str | None, author: str) -> VersionRecord:
        """A new document with the branch `main` at the picture; UsageError if the name is taken."""

    @abstractmethod
    def find_pixels(self, picture: Picture) -> VersionRecord | None:
        """An import with exactly these pixels and this profile; one whose other metadata is equal, too, comes first."""

    @abstractmethod
    def version(self, version_id: str) -> VersionRecord:
        """The facts of the version with this full id; UnknownNameError if there is none."""

    @abstractmethod
    def resolve(self, document_id: int, name: str, branch: str | None = None) -> VersionRecord:
        """The version that `name` means: branch, tag, id or its prefix (4 digits or more), `HEAD` (of `branch`, or of
        the only one), each with `~N`. UnknownNameError lists what there is, or what an ambiguous name could be."""

    @abstractmethod
    def versions(self, document_id: int) -> tuple[VersionRecord, ...]:
        """All versions of a document, candidates included, oldest first."""

    @abstractmethod
    def checkout(self, version_id: str) -> Picture:
        """The picture of a version, bit for bit; every tile is checked, DamagedError names the versions touched."""

    @abstractmethod
    def branches(self, document_id: int) -> dict[str, str]:
        """Head of each branch by name."""

    @abstractmethod
    def tags(self, document_id: int) -> dict[str, str]:
        """Version of each tag by name."""

    @abstractmethod
    def create_branch(self, document_id: int, name: str, target: str, *, author: str, reason: str = "branch") -> Move:
        """A new branch at version `target`; UsageError if the name is taken or unfit."""

    @abstractmethod
    def create_tag(self, document_id: int, name: str, target: str, *, author: str) -> None:
        """A fixed name for version `target`; UsageError if the name is taken or unfit."""

    @abstractmethod
    def move_branch(
        self, document_id: int, branch: str, *, expected: str, target: str, reason: str, author: str
    ) -> Move:
        """Set a branch from `expected` to `target` and log it; ConflictError if it stands elsewhere.

        A `reason` (of any move) whose first word is `undo` says that this takes back what came before; see `undo`."""

    @abstractmethod
    def moves(self, document_id: int) -> tuple[Move, ...]:
        """The reference log: every move of every branch, oldest first."""

    @abstractmethod
    def branch_moves(self, document_id: int, branch: str) -> Iterator[Move]:
        """The moves of one branch, the newest first, read in pages; of one that is no more or never was, too."""

    @abstractmethod
    def lineage(self, *heads: str) -> Iterator[Ancestor]:
        """`heads`, of one document, and all that they came from: each once, the newest first, so children before
        their parents; read in pages, so that a walk that ends early is cheap. UnknownNameError for an unknown head."""

    @abstractmethod
    def commit(
        self,
        document_id: int,
        branch: str,
        *,
        expected: str,
        change: Patch | Picture,
        kind: VersionKind,
        box: Box | None = None,
        step: str | None = None,
        message: str = "",
        author: str = "agent",
        record: Mapping[str, Any] | None = None,
        parents: tuple[str, ...] | None = None,
        outcome: Outcome | None = None,
        editor: str | None = None,
    ) -> VersionRecord:
        """A version on `branch`, whose head must be `expected` (ConflictError if not); the head moves to it.

        A patch is applied to `expected`, and its cost does not depend on the picture's size; a picture replaces all.
        `box` is the patch's where none is given, `parents` is `expected` alone.
        """

    @abstractmethod
    def candidate(
        self,
        document_id: int,
        *,
        parent: str,
        patch: Patch,
        step: str | None = None,
        message: str = "",
        record: Mapping[str, Any] | None = None,
        outcome: Outcome | None = None,
        editor: str | None = None,
        author: str = "agent",
    ) -> VersionRecord:
        """A version that no branch contains: `parent` with the patch."""

    @abstractmethod
    def comment(self, version_id: str, text: str, author: str) -> Comment:
        """Leave a note on a version."""

    @abstractmethod
    def comments(self, version_id: str) -> tuple[Comment, ...]:
        """The notes on a version, oldest first."""

    @abstractmethod
    def comment_counts(self, document_id: int) -> dict[str, int]:
        """How many notes there are, by version, of all versions of a document that have one."""

    @abstractmethod
    def mark(self, version_id: str, opinion: Opinion, *, author: str, reason: str = "") -> Mark:
        """Say what a person thinks of a version; it stands beside the version, and the last one counts."""

    @abstractmethod
    def marks(self, version_id: str) -> tuple[Mark, ...]:
        """All marks of a version, oldest first."""

    @abstractmethod
    def standing_marks(self, document_id: int) -> dict[str, Mark]:
        """The mark that counts, by version, of all versions of a document that have one."""

    @abstractmethod
    def crop(self, version_id: str, box: Box) -> Pixels:
        """A writable copy of the pixels in `box`, which must lie inside the picture (else PictureError)."""

    @abstractmethod
    def grid(self, version_id: str) -> Grid:
        """Size, channels and depth of a version's picture."""

    @abstractmethod
    def metadata(self, version_id: str) -> Metadata:
        """What travels with a version's pixels."""

    @abstractmethod
    def change(self, a: str, b: str, within: Box | None = None) -> Patch:
        """The tightest exact patch that turns version `a` into `b`, or does so inside `within`.

        PictureError if size, mode or depth differ, or `within` is not inside the picture."""

    @abstractmethod
    def delete_branch(self, document_id: int, name: str, *, expected: str, author: str, reason: str = "delete") -> Move:
        """Take a branch away; its versions stay, the log keeps the move (target None), `undo` brings it back.

        ConflictError if it does not stand at `expected`, UsageError if it is the only one."""

    @abstractmethod
    def delete_tag(self, document_id: int, name: str) -> None:
        """Take a tag away; UnknownNameError if there is none."""
