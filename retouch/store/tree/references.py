"""Documents, branches and tags, and the log of every move of a branch."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select, update

from retouch.store.schema import BranchRow, DocumentRow, MoveRow, TagRow, VersionRow
from retouch.store.sealing import check, sealed, table_of
from retouch.store.statement import Statement, insert_row
from retouch.store.tree import refusals
from retouch.store.tree.naming import LISTED, Names, check_document_name, check_free
from retouch.version import DocumentRecord, Move

_BRANCH = table_of(BranchRow)
_TAG = table_of(TagRow)
_MOVE = table_of(MoveRow)
_DOCUMENT = table_of(DocumentRow)

_HEAD = Statement(
    select(_BRANCH).where(_BRANCH.c.document_id == bindparam("document"), _BRANCH.c.name == bindparam("branch"))
)
_SET_HEAD = Statement(
    update(_BRANCH)
    .where(
        _BRANCH.c.document_id == bindparam("document"),
        _BRANCH.c.name == bindparam("branch"),
        _BRANCH.c.version == bindparam("expected"),
    )
    .values(version=bindparam("target"), seal=bindparam("sealed"))
)
_NAME = Statement(select(_DOCUMENT.c.name).where(_DOCUMENT.c.id == bindparam("document")))
_BRANCHES = Statement(select(_BRANCH).where(_BRANCH.c.document_id == bindparam("document")).order_by(_BRANCH.c.name))
_TAGS = Statement(select(_TAG).where(_TAG.c.document_id == bindparam("document")).order_by(_TAG.c.name))


def insert_document(connection: Connection, name: str, source: str | None, created: str) -> int:
    """The id of a new document; UsageError if the name is taken."""
    query = select(_DOCUMENT.c.id).where(_DOCUMENT.c.name == name)
    check_document_name(name, [name] if connection.execute(query).first() else [])
    insert_row(connection, _DOCUMENT, sealed(_DOCUMENT, name=name, source=source, created=created))
    return int(connection.execute(query).scalar_one())


def documents(connection: Connection) -> tuple[DocumentRecord, ...]:
    rows = connection.execute(select(_DOCUMENT).order_by(_DOCUMENT.c.id))
    checked = [check(_DOCUMENT, row, f"document {row.name!r}") for row in rows]
    return tuple(DocumentRecord(**{n: row[n] for n in DocumentRecord.model_fields}) for row in checked)


def document_name(connection: Connection, document_id: int) -> str:
    """UnknownNameError if there is no such document."""
    name = _NAME.scalar(connection, document=document_id)
    if name is None:
        raise refusals.unknown_document(document_id)
    return str(name)


def branches(connection: Connection, document_id: int) -> dict[str, str]:
    """Head of each branch, by name."""
    checked = [check(_BRANCH, r, f"branch {r.name!r}") for r in _BRANCHES.all(connection, document=document_id)]
    return {row["name"]: row["version"] for row in checked}


def tags(connection: Connection, document_id: int) -> dict[str, str]:
    checked = [check(_TAG, row, f"tag {row.name!r}") for row in _TAGS.all(connection, document=document_id)]
    return {row["name"]: row["version"] for row in checked}


def names(connection: Connection, document_id: int) -> Names:
    """What can be named in a document; to be used within the transaction."""
    of_document = select(VersionRow.id).where(VersionRow.document_id == document_id)

    def starting(prefix: str) -> list[str]:
        # A range instead of LIKE: every database answers it from the index.
        query = of_document.where(VersionRow.id >= prefix, VersionRow.id <= prefix + "g")
        return list(connection.execute(query.order_by(VersionRow.id).limit(LISTED)).scalars())

    def parent(version: str) -> str | None:
        return connection.execute(select(VersionRow.parent).where(VersionRow.id == version)).scalar_one()

    return Names(branches(connection, document_id), tags(connection, document_id), starting, parent)


def head(connection: Connection, document_id: int, branch: str) -> str:
    """Where a branch stands; UnknownNameError if there is no such branch."""
    row = _HEAD.first(connection, document=document_id, branch=branch)
    if row is None:
        raise refusals.unknown_branch(branch, branches(connection, document_id))
    return str(check(_BRANCH, row, f"branch {branch!r}")["version"])


def create_branch(connection: Connection, document_id: int, move: Move) -> Move:
    """Make the branch of `move` at its target; UsageError if the name is taken or cannot be one."""
    check_free(move.branch, branches(connection, document_id), tags(connection, document_id))
    row = sealed(_BRANCH, document_id=document_id, name=move.branch, version=move.target)
    insert_row(connection, _BRANCH, row)
    return _log(connection, document_id, move)


def create_tag(connection: Connection, document_id: int, name: str, target: str, author: str, created: str) -> None:
    """UsageError if the name is taken or cannot be one."""
    check_free(name, branches(connection, document_id), tags(connection, document_id))
    row = sealed(_TAG, document_id=document_id, name=name, version=target, author=author, created=created)
    insert_row(connection, _TAG, row)


def require_head(connection: Connection, document_id: int, branch: str, expected: str | None) -> None:
    """ConflictError if the branch does not stand at `expected`."""
    stands = head(connection, document_id, branch)
    if stands != expected:
        raise refusals.moved(branch, stands, expected)


def move_branch(connection: Connection, document_id: int, move: Move) -> Move:
    """Set the head from `move.origin` to `move.target` and log it; ConflictError if it is not at the origin."""
    keys = {"document": document_id, "branch": move.branch, "expected": move.origin}
    row = sealed(_BRANCH, document_id=document_id, name=move.branch, version=move.target)
    if not _SET_HEAD.run(connection, **keys, target=row["version"], sealed=row["seal"]):
        require_head(connection, document_id, move.branch, move.origin)
    return _log(connection, document_id, move)


def delete_branch(connection: Connection, document_id: int, move: Move) -> Move:
    """Take the branch of `move` away and log it; ConflictError if it is not at the origin, UsageError if it is the
    document's only one."""
    require_head(connection, document_id, move.branch, move.origin)
    if len(branches(connection, document_id)) == 1:
        raise refusals.only_branch(move.branch)
    here = (_BRANCH.c.document_id == document_id, _BRANCH.c.name == move.branch)
    connection.execute(delete(_BRANCH).where(*here))
    return _log(connection, document_id, move)


def delete_tag(connection: Connection, document_id: int, name: str) -> None:
    """UnknownNameError if there is no such tag."""
    known = tags(connection, document_id)
    if name not in known:
        raise refusals.unknown_tag(name, known)
    connection.execute(delete(_TAG).where(_TAG.c.document_id == document_id, _TAG.c.name == name))


def moves(connection: Connection, document_id: int) -> tuple[Move, ...]:
    """The reference log, oldest first."""
    rows = connection.execute(select(_MOVE).where(_MOVE.c.document_id == document_id).order_by(_MOVE.c.id))
    checked = [check(_MOVE, row, f"move {row.id}") for row in rows]
    return tuple(Move(**{name: row[name] for name in Move.model_fields}) for row in checked)


def _log(connection: Connection, document_id: int, move: Move) -> Move:
    insert_row(connection, _MOVE, sealed(_MOVE, document_id=document_id, **move.model_dump()))
    return move
