"""The tree of versions: documents, versions, candidates, branches and their moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from retouch.errors import UnknownNameError, UsageError
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import naming, references, version_rows
from retouch.store.clock import Clock, second
from retouch.store.comment import Comment, comments, insert_comment
from retouch.store.database import Database
from retouch.store.draft import Draft
from retouch.store.metadata import decode as decode_metadata
from retouch.store.pixel_store import PixelStore, Placed, Staged
from retouch.store.schema import MetadataRow, VersionRow
from retouch.version import DocumentRecord, Move, VersionKind, VersionRecord


class Tree:
    """Writes and reads the tree of one project; every method is one transaction."""

    def __init__(self, database: Database, pixels: PixelStore, clock: Clock) -> None:
        self._database = database
        self._pixels = pixels
        self._clock = clock

    def documents(self) -> tuple[DocumentRecord, ...]:
        with self._database.read() as connection:
            return references.documents(connection)

    def document(self, name: str | None) -> DocumentRecord:
        known = self.documents()
        found = [d for d in known if name is None or d.name == name]
        if len(found) == 1:
            return found[0]
        names = ", ".join(d.name for d in known) or "none"
        if name is None and known:
            raise UnknownNameError(f"{self._database.path} has several documents: {names}", hint="add --document")
        wanted = "a document" if name is None else f"document {name!r}"
        raise UnknownNameError(f"{self._database.path} does not have {wanted}; documents: {names}")

    def import_picture(self, picture: Picture, name: str, source: str | None, author: str) -> VersionRecord:
        staged = self._pixels.stage_picture(picture)
        created = second(self._clock())
        with self._database.write() as connection:
            document = references.insert_document(connection, name, source, created)
            # The name stands in the record: the same picture in two documents is two versions.
            facts = {"document": name, "source": source}
            draft = Draft(document, (), VersionKind.IMPORT, message=f"import {name}", author=author, record=facts)
            placed, version = self.insert(connection, draft, staged)
            move = Move(
                branch="main", origin=None, target=version["id"], reason="import", author=author, created=created
            )
            references.create_branch(connection, document, move)
        return self.finish(placed, version, name)

    def find_pixels(self, picture: Picture) -> VersionRecord | None:
        staged = self._pixels.hash_picture(picture)
        query = (
            select(VersionRow.id, VersionRow.root, VersionRow.document_id, MetadataRow.data)
            .join(MetadataRow, MetadataRow.id == VersionRow.metadata_id)
            .where(VersionRow.pixels == staged.pixels, VersionRow.kind == VersionKind.IMPORT.value)
        )
        with self._database.read() as connection:
            found = connection.execute(query.order_by(VersionRow.number)).all()
        # The same values under another profile are other colours, so not the same picture.
        alike = [r for r in found if decode_metadata(r.data).icc_profile == picture.metadata.icc_profile]
        best = next((r for r in alike if r.root == staged.root), alike[0] if alike else None)
        return None if best is None else self.version(best.id)

    def version(self, version: str) -> VersionRecord:
        with self._database.read() as connection:
            facts = version_rows.load(connection, version)
            return version_rows.record(facts, self._name(connection, facts["document_id"]))

    def versions(self, document_id: int) -> tuple[VersionRecord, ...]:
        query = select(*version_rows.FACTS).where(VersionRow.document_id == document_id)
        with self._database.read() as connection:
            name = self._name(connection, document_id)
            rows = connection.execute(query.order_by(VersionRow.number)).all()
        return tuple(version_rows.record(version_rows.checked(row), name) for row in rows)

    def resolve(self, document_id: int, name: str, branch: str | None) -> VersionRecord:
        with self._database.read() as connection:
            version = naming.resolve(connection, document_id, name, branch)
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

    def create_branch(self, document_id: int, name: str, target: str, author: str) -> Move:
        move = Move(branch=name, origin=None, target=target, reason="branch", author=author, created=self._second())
        with self._database.write() as connection:
            self._require(connection, document_id, target)
            return references.create_branch(connection, document_id, move)

    def create_tag(self, document_id: int, name: str, target: str, author: str) -> None:
        with self._database.write() as connection:
            self._require(connection, document_id, target)
            references.create_tag(connection, document_id, name, target, author, self._second())

    def move_branch(self, document_id: int, move: Move) -> Move:
        with self._database.write() as connection:
            self._require(connection, document_id, str(move.target))
            return references.move_branch(connection, document_id, move)

    def commit(self, draft: Draft, branch: str, expected: str, change: Patch | Picture) -> VersionRecord:
        staged = self.stage(expected, change)
        with self._database.write() as connection:
            placed, version = self.commit_staged(connection, draft, branch, expected, staged)
            name = self._name(connection, draft.document_id)
        return self.finish(placed, version, name)

    def candidate(self, draft: Draft, patch: Patch) -> VersionRecord:
        staged = self.stage(draft.parents[0], patch)
        with self._database.write() as connection:
            placed, version = self.insert(connection, draft, staged)
            name = self._name(connection, draft.document_id)
        return self.finish(placed, version, name)

    def comment(self, version: str, text: str, author: str) -> Comment:
        comment = Comment(version=version, text=text, author=author, created=self._second())
        with self._database.write() as connection:
            version_rows.load(connection, version)
            insert_comment(connection, comment)
        return comment

    def comments(self, version: str) -> tuple[Comment, ...]:
        with self._database.read() as connection:
            return comments(connection, version)

    # What follows is also used by the journal, inside its own transactions.

    def stage(self, base: str, change: Patch | Picture) -> Staged:
        table = self._pixels.table(base)
        if isinstance(change, Patch):
            return self._pixels.stage_patch(table, change)
        return self._pixels.stage_picture(change, table)

    def commit_staged(
        self, connection: Connection, draft: Draft, branch: str, expected: str, staged: Staged
    ) -> tuple[Placed, Mapping[str, Any]]:
        """Write the version and move the branch to it; ConflictError if the head is not `expected`."""
        references.require_head(connection, draft.document_id, branch, expected)
        placed, version = self.insert(connection, draft, staged)
        move = Move(
            branch=branch,
            origin=expected,
            target=version["id"],
            reason=draft.kind.value,
            author=draft.author,
            created=self._second(),
        )
        references.move_branch(connection, draft.document_id, move)
        return placed, version

    def insert(self, connection: Connection, draft: Draft, staged: Staged) -> tuple[Placed, Mapping[str, Any]]:
        for parent in draft.parents:
            self._require(connection, draft.document_id, parent)
        placed = self._pixels.place(connection, staged)
        created = self._second()
        return placed, version_rows.insert_version(connection, draft, placed.manifest, placed.columns, created)

    def finish(self, placed: Placed, version: Mapping[str, Any], document: str) -> VersionRecord:
        """After the transaction: keep what the next commit needs."""
        self._pixels.remember(placed, version)
        return version_rows.record(version, document)

    def _require(self, connection: Connection, document_id: int, version: str) -> None:
        found = connection.execute(select(VersionRow.document_id).where(VersionRow.id == version)).scalar()
        if found is None:
            raise UnknownNameError(f"there is no version {version}", hint="`retouch log` lists them")
        if found != document_id:
            raise UsageError(f"version {version[:12]} belongs to another document")

    def _name(self, connection: Connection, document_id: int) -> str:
        return references.document_name(connection, document_id)

    def _second(self) -> str:
        return second(self._clock())
