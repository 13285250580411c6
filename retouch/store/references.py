"""Documents, branches and tags, and the log of every move of a branch."""

from __future__ import annotations

import re

from sqlalchemy import Connection, insert, select, update

from retouch.errors import ConflictError, UnknownNameError, UsageError
from retouch.store.schema import BranchRow, DocumentRow, MoveRow, TagRow
from retouch.store.sealing import check, sealed, table_of
from retouch.version import DocumentRecord, Move

_FORBIDDEN = re.compile(r"[\s~^:?*\[\\\x00-\x1f\x7f]|\.\.|^[-./]|[./]$|^HEAD$|^$")


def insert_document(connection: Connection, name: str, source: str | None, created: str) -> int:
    """The id of a new document; UsageError if the name is taken."""
    if not name.strip():
        raise UsageError("a document's name must not be empty")
    if connection.execute(select(DocumentRow.id).where(DocumentRow.name == name)).first():
        raise UsageError(f"there is a document {name!r} already", hint="import it under another name")
    row = sealed(DocumentRow, name=name, source=source, created=created)
    connection.execute(insert(DocumentRow).values(row))
    return int(connection.execute(select(DocumentRow.id).where(DocumentRow.name == name)).scalar_one())


def documents(connection: Connection) -> tuple[DocumentRecord, ...]:
    rows = connection.execute(select(table_of(DocumentRow)).order_by(DocumentRow.id))
    checked = [check(DocumentRow, row, f"document {row.name!r}") for row in rows]
    return tuple(DocumentRecord(**{n: row[n] for n in ("id", "name", "source", "created")}) for row in checked)


def document_name(connection: Connection, document_id: int) -> str:
    """UnknownNameError if there is no such document."""
    name = connection.execute(select(DocumentRow.name).where(DocumentRow.id == document_id)).scalar()
    if name is None:
        raise UnknownNameError(f"there is no document number {document_id}")
    return str(name)


def branches(connection: Connection, document_id: int) -> dict[str, str]:
    """Head of each branch, by name."""
    rows = connection.execute(
        select(table_of(BranchRow)).where(BranchRow.document_id == document_id).order_by(BranchRow.name)
    )
    checked = [check(BranchRow, row, f"branch {row.name!r}") for row in rows]
    return {row["name"]: row["version"] for row in checked}


def tags(connection: Connection, document_id: int) -> dict[str, str]:
    rows = connection.execute(select(table_of(TagRow)).where(TagRow.document_id == document_id).order_by(TagRow.name))
    checked = [check(TagRow, row, f"tag {row.name!r}") for row in rows]
    return {row["name"]: row["version"] for row in checked}


def head(connection: Connection, document_id: int, branch: str) -> str:
    """Where a branch stands; UnknownNameError if there is no such branch."""
    query = select(table_of(BranchRow)).where(BranchRow.document_id == document_id, BranchRow.name == branch)
    row = connection.execute(query).one_or_none()
    if row is None:
        known = ", ".join(branches(connection, document_id)) or "none"
        raise UnknownNameError(f"there is no branch {branch!r}; branches: {known}")
    return str(check(BranchRow, row, f"branch {branch!r}")["version"])


def create_branch(connection: Connection, document_id: int, move: Move) -> Move:
    """Make the branch of `move` at its target; UsageError if the name is taken or cannot be one."""
    _refuse(connection, document_id, move.branch)
    row = sealed(BranchRow, document_id=document_id, name=move.branch, version=move.target)
    connection.execute(insert(BranchRow).values(row))
    return _log(connection, document_id, move)


def create_tag(connection: Connection, document_id: int, name: str, target: str, author: str, created: str) -> None:
    _refuse(connection, document_id, name)
    row = sealed(TagRow, document_id=document_id, name=name, version=target, author=author, created=created)
    connection.execute(insert(TagRow).values(row))


def require_head(connection: Connection, document_id: int, branch: str, expected: str | None) -> None:
    """ConflictError if the branch does not stand at `expected`."""
    stands = head(connection, document_id, branch)
    if stands != expected:
        raise ConflictError(
            f"branch {branch!r} is at {stands[:12]}, not at {str(expected)[:12]} as expected; nothing was changed",
            hint="look at what was added meanwhile and repeat from there",
        )


def move_branch(connection: Connection, document_id: int, move: Move) -> Move:
    """Set the head from `move.origin` to `move.target`; ConflictError if it is not at the origin."""
    require_head(connection, document_id, move.branch, move.origin)
    row = sealed(BranchRow, document_id=document_id, name=move.branch, version=move.target)
    connection.execute(
        update(BranchRow)
        .where(BranchRow.document_id == document_id, BranchRow.name == move.branch, BranchRow.version == move.origin)
        .values(row)
    )
    return _log(connection, document_id, move)


def moves(connection: Connection, document_id: int) -> tuple[Move, ...]:
    """The reference log, oldest first."""
    rows = connection.execute(select(table_of(MoveRow)).where(MoveRow.document_id == document_id).order_by(MoveRow.id))
    checked = [check(MoveRow, row, f"move {row.id}") for row in rows]
    return tuple(Move(**{name: row[name] for name in Move.model_fields}) for row in checked)


def _log(connection: Connection, document_id: int, move: Move) -> Move:
    connection.execute(insert(MoveRow).values(sealed(MoveRow, document_id=document_id, **move.model_dump())))
    return move


def _refuse(connection: Connection, document_id: int, name: str) -> None:
    if _FORBIDDEN.search(name):
        raise UsageError(
            f"{name!r} cannot be the name of a branch or tag", hint="letters, digits, '-', '_' and '/' can"
        )
    for kind, known in (("branch", branches(connection, document_id)), ("tag", tags(connection, document_id))):
        if name in known:
            raise UsageError(f"there is a {kind} {name!r} already, at {known[name][:12]}")
