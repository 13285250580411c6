"""Notes that people leave on versions."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from retouch.record import Record
from retouch.store.schema import CommentRow, VersionRow
from retouch.store.sealing import check, sealed, table_of

_COMMENT = table_of(CommentRow)
_VERSION = table_of(VersionRow)


class Comment(Record):
    """One note; it stands beside the version and is not part of its id."""

    version: str
    text: str
    author: str
    created: str


def insert_comment(connection: Connection, comment: Comment) -> None:
    connection.execute(insert(_COMMENT), sealed(_COMMENT, **comment.model_dump()))


def comments(connection: Connection, version: str) -> tuple[Comment, ...]:
    """The notes on a version, oldest first."""
    query = select(_COMMENT).where(_COMMENT.c.version == version).order_by(_COMMENT.c.id)
    checked = [check(_COMMENT, row, f"comment {row.id}") for row in connection.execute(query)]
    return tuple(Comment(**{name: row[name] for name in Comment.model_fields}) for row in checked)


def comment_counts(connection: Connection, document_id: int) -> dict[str, int]:
    """How many notes there are, by version, of all versions of a document that have one."""
    query = (
        select(_COMMENT.c.version, func.count())
        .join(_VERSION, _VERSION.c.id == _COMMENT.c.version)
        .where(_VERSION.c.document_id == document_id)
        .group_by(_COMMENT.c.version)
    )
    return {version: count for version, count in connection.execute(query)}
