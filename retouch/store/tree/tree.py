"""The tree of versions: documents, versions, candidates, branches and their moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store.care.collected import revive
from retouch.store.clock import Clock, second
from retouch.store.database import Database
from retouch.store.pixels import tables
from retouch.store.pixels.cache import LruCache
from retouch.store.pixels.metadata import decode as decode_metadata
from retouch.store.pixels.pixel_store import PixelStore, Placed, Staged
from retouch.store.schema import MetadataRow
from retouch.store.sealing import table_of
from retouch.store.tree import mark_rows, naming, references, version_rows
from retouch.store.tree.comment import Comment, comment_counts, comments, insert_comment
from retouch.store.tree.draft import Draft
from retouch.store.tree.mark import Mark, Opinion
from retouch.store.tree.version_facts import record_of
from retouch.store.tree.version_rows import VERSION
from retouch.version import DocumentRecord, Move, VersionKind, VersionRecord

_METADATA = table_of(MetadataRow)
_LISTED = 50_000
"""Versions whose records are kept at hand once they were listed, about 2 KB each."""
_IMPORTS = (
    select(VERSION.c.id, VERSION.c.root, _METADATA.c.data)
    .join(_METADATA, _METADATA.c.id == VERSION.c.metadata_id)
    .where(VERSION.c.pixels == bindparam("pixels"), VERSION.c.kind == VersionKind.IMPORT.value)
    .order_by(VERSION.c.number)
)


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A version in the database; `placed` is None if the very same one was there before."""

    facts: Mapping[str, Any]
    placed: Placed | None


class Tree:
    """Writes and reads the tree of one project; every method is one transaction."""

    def __init__(self, database: Database, pixels: PixelStore, clock: Clock) -> None:
        self._database = database
        self._pixels = pixels
        self._clock = clock
        # Versions never change or go, and their numbers only grow: what was read and checked once is read no more.
        self._listed: LruCache[int, tuple[int, tuple[VersionRecord, ...]]] = LruCache(_LISTED)

    def documents(self) -> tuple[DocumentRecord, ...]:
        with self._database.read() as connection:
            return references.documents(connection)

    def document(self, name: str | None) -> DocumentRecord:
        return naming.find_document(self.documents(), name, self._database.path)

    def import_picture(self, picture: Picture, name: str, source: str | None, author: str) -> VersionRecord:
        staged = self._pixels.stage_picture(picture)
        created = self._second()
        # The name stands in the record: the same picture in two documents is two versions.
        record = {"document": name, "source": source}
        with self._database.write() as connection:
            document = references.insert_document(connection, name, source, created)
            draft = Draft(document, (), VersionKind.IMPORT, message=f"import {name}", author=author, record=record)
            written = self.insert(connection, draft, staged)
            target = written.facts["id"]
            move = Move(branch="main", origin=None, target=target, reason="import", author=author, created=created)
            references.create_branch(connection, document, move)
        return self.finish(written, name)

    def find_pixels(self, picture: Picture) -> VersionRecord | None:
        hashed = self._pixels.hash_picture(picture)
        with self._database.read() as connection:
            found = connection.execute(_IMPORTS, {"pixels": hashed.pixels}).all()
        # The same values under another profile are other colours, so not the same picture.
        profile = picture.metadata.icc_profile
        alike = [row for row in found if decode_metadata(row.data).icc_profile == profile]
        best = next((row for row in alike if row.root == hashed.root), alike[0] if alike else None)
        return None if best is None else self.version(best.id)

    def version(self, version: str) -> VersionRecord:
        with self._database.read() as connection:
            facts = version_rows.load(connection, version)
            return record_of(facts, references.document_name(connection, facts["document_id"]))

    def versions(self, document_id: int) -> tuple[VersionRecord, ...]:
        last, known = self._listed.get(document_id) or (0, ())
        with self._database.read() as connection:
            name = references.document_name(connection, document_id)
            last, fresh = version_rows.of_document(connection, document_id, name, last)
        if fresh:
            known += tuple(fresh)
            self._listed.put(document_id, (last, known), len(known))
        return known

    def resolve(self, document_id: int, name: str, branch: str | None) -> VersionRecord:
        with self._database.read() as connection:
            version = naming.resolve(references.names(connection, document_id), name, branch)
        return self.version(version)

    def branches(self, document_id: int) -> dict[str, str]:
        with self._database.read() as connection:
            return references.branches(connection, document_id)

    def tags(self, document_id: int) -> dict[str, str]:
        with self._database.read() as connection:
            return references.tags(connection, document_id)

    def moves(self, document_id: int) -> tuple[Move, ...]:
        with self._database.read() as connection:
            return references.moves(connection, document_id)

    def create_branch(self, document_id: int, name: str, target: str, author: str, reason: str = "branch") -> Move:
        move = Move(branch=name, origin=None, target=target, reason=reason, author=author, created=self._second())
        with self._database.write() as connection:
            version_rows.require(connection, document_id, target)
            return references.create_branch(connection, document_id, move)

    def create_tag(self, document_id: int, name: str, target: str, author: str) -> None:
        with self._database.write() as connection:
            version_rows.require(connection, document_id, target)
            references.create_tag(connection, document_id, name, target, author, self._second())

    def delete_branch(self, document_id: int, name: str, expected: str, author: str, reason: str = "delete") -> Move:
        move = Move(branch=name, origin=expected, target=None, reason=reason, author=author, created=self._second())
        with self._database.write() as connection:
            return references.delete_branch(connection, document_id, move)

    def delete_tag(self, document_id: int, name: str) -> None:
        with self._database.write() as connection:
            references.delete_tag(connection, document_id, name)

    def move_branch(self, document_id: int, move: Move) -> Move:
        with self._database.write() as connection:
            version_rows.require(connection, document_id, str(move.target))
            return references.move_branch(connection, document_id, move)

    def commit(self, draft: Draft, branch: str, expected: str, change: Patch | Picture) -> VersionRecord:
        def write() -> VersionRecord:
            staged = self.stage(expected, change)
            with self._database.write() as connection:
                written = self.commit_staged(connection, draft, branch, expected, staged)
                name = references.document_name(connection, draft.document_id)
            return self.finish(written, name)

        return self._pixels.steadily(write)

    def candidate(self, draft: Draft, patch: Patch) -> VersionRecord:
        def write() -> VersionRecord:
            staged = self.stage(draft.parents[0], patch)
            with self._database.write() as connection:
                written = self.insert(connection, draft, staged)
                name = references.document_name(connection, draft.document_id)
            return self.finish(written, name)

        return self._pixels.steadily(write)

    def comment(self, version: str, text: str, author: str) -> Comment:
        comment = Comment(version=version, text=text, author=author, created=self._second())
        with self._database.write() as connection:
            version_rows.load(connection, version)
            insert_comment(connection, comment)
        return comment

    def comments(self, version: str) -> tuple[Comment, ...]:
        with self._database.read() as connection:
            return comments(connection, version)

    def comment_counts(self, document_id: int) -> dict[str, int]:
        with self._database.read() as connection:
            return comment_counts(connection, document_id)

    def mark(self, version: str, opinion: Opinion, author: str, reason: str) -> Mark:
        mark = Mark(version=version, opinion=opinion, author=author, reason=reason, created=self._second())
        with self._database.write() as connection:
            version_rows.load(connection, version)
            mark_rows.insert_mark(connection, mark)
        return mark

    def marks(self, version: str) -> tuple[Mark, ...]:
        with self._database.read() as connection:
            return mark_rows.marks(connection, version)

    def standing_marks(self, document_id: int) -> dict[str, Mark]:
        with self._database.read() as connection:
            return mark_rows.standing(connection, document_id)

    # What follows also serves the journal, inside its own transactions.

    def stage(self, base: str, change: Patch | Picture) -> Staged:
        """Cut, hash and pack what `change` makes of the version `base`."""
        table = self._pixels.table(base)
        if isinstance(change, Patch):
            return self._pixels.stage_patch(table, change)
        return self._pixels.stage_picture(change, table)

    def commit_staged(
        self, connection: Connection, draft: Draft, branch: str, expected: str, staged: Staged
    ) -> Written:
        """Write the version and move the branch to it; ConflictError if the head is not `expected`."""
        references.require_head(connection, draft.document_id, branch, expected)
        written = self.insert(connection, draft, staged, known=expected)
        target, reason = written.facts["id"], draft.kind.value
        created = self._second()
        move = Move(branch=branch, origin=expected, target=target, reason=reason, author=draft.author, created=created)
        references.move_branch(connection, draft.document_id, move)
        return written

    def insert(self, connection: Connection, draft: Draft, staged: Staged, known: str | None = None) -> Written:
        """Write the version, in no branch. The parent `known` is the head of a branch, so it is surely there."""
        for parent in draft.parents:
            if parent != known:
                version_rows.require(connection, draft.document_id, parent)
        placed = self._pixels.place(connection, staged)
        facts, new = version_rows.insert_version(connection, draft, placed.columns, self._second())
        if new:
            tables.insert_manifest(connection, facts["number"], placed.manifest)
        else:
            revive(connection, facts["number"], placed.ids)
        return Written(facts, placed if new else None)

    def finish(self, written: Written, document: str) -> VersionRecord:
        """After the transaction: keep what the next commit needs."""
        if written.placed is not None:
            self._pixels.remember(written.placed, written.facts)
        return record_of(written.facts, document)

    def _second(self) -> str:
        return second(self._clock())
