"""Bundles: one document, or all, with the whole history in a file of its own. A bundle is a project file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from retouch.errors import DamagedError
from retouch.protocols import Watch
from retouch.store.care.backup import made_beside
from retouch.store.care.fsck import check_database
from retouch.store.care.transfer import transfer
from retouch.store.database import Database
from retouch.store.tree import references


def write_bundle(database: Database, target: Path, documents: list[int], created: str) -> None:
    """Write `documents` to the new file `target`. What is read is checked by its hashes on the way."""
    with made_beside(target) as made, closing(Database.open(made, create=True, readonly=False)) as bundle:
        _transfer_all(database, bundle, documents, created)
        bundle.truncate_log()


def read_bundle(database: Database, source: Path, created: str, watch: Watch | None) -> list[int]:
    """Take all documents of the file `source` into the project; their numbers there.

    DamagedError, with nothing changed, if anything in the bundle does not match its hash.
    """
    with closing(Database.open(source, create=False, readonly=True)) as bundle:
        report = check_database(bundle, watch)
        if not report.ok:
            raise DamagedError(f"{source} is damaged: {report.damaged[0].what}; nothing was taken from it")
        with bundle.read() as connection:
            documents = [document.id for document in references.documents(connection)]
        return _transfer_all(bundle, database, documents, created)


def _transfer_all(source: Database, target: Database, documents: list[int], created: str) -> list[int]:
    with source.read() as reading, target.write() as writing:
        return [transfer(reading, writing, document, created) for document in documents]
