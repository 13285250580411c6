"""What the rows of a project file tell those who look on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from blake3 import blake3
from sqlalchemy import Connection, Select, bindparam, func, select

from retouch.event import Event
from retouch.store.database import Database
from retouch.store.feed import PAGE, Feed
from retouch.store.runs.news import News
from retouch.store.schema import (
    AttemptRow,
    BranchRow,
    CommentRow,
    DocumentRow,
    EventRow,
    MarkRow,
    MoveRow,
    ReplyRow,
    RunRow,
    StepRow,
    TagRow,
    VersionRow,
)
from retouch.store.sealing import check, table_of
from retouch.store.statement import Statement

_DOCUMENT, _VERSION, _MOVE = table_of(DocumentRow), table_of(VersionRow), table_of(MoveRow)
_BRANCH, _TAG = table_of(BranchRow), table_of(TagRow)
_COMMENT, _MARK = table_of(CommentRow), table_of(MarkRow)
_RUN, _STEP, _EVENT = table_of(RunRow), table_of(StepRow), table_of(EventRow)
_ATTEMPT, _REPLY = table_of(AttemptRow), table_of(ReplyRow)


def _grown(table: Any, number: Any, *joins: tuple[Any, Any]) -> Select[Any]:
    """By document, the largest `number` of rows that are only ever added to; the last of the tables joined knows it."""
    owner, source = table, table
    for other, on in joins:
        owner, source = other, source.join(other, on)
    return select(owner.c.document_id, number).select_from(source).group_by(owner.c.document_id)


_OF_VERSION = {table: (_VERSION, _VERSION.c.id == table.c.version) for table in (_COMMENT, _MARK)}
_ATTEMPT_RUN = (_RUN, _RUN.c.id == _ATTEMPT.c.run_id)
_QUERIES = tuple(
    Statement(query)
    for query in (
        _grown(_VERSION, func.max(_VERSION.c.number).label("most")),
        _grown(_MOVE, func.max(_MOVE.c.id).label("most")),
        _grown(_COMMENT, func.max(_COMMENT.c.id).label("most"), _OF_VERSION[_COMMENT]),
        _grown(_MARK, func.max(_MARK.c.id).label("most"), _OF_VERSION[_MARK]),
        _grown(_ATTEMPT, func.count().label("most"), _ATTEMPT_RUN),
        _grown(_REPLY, func.count().label("most"), (_ATTEMPT, _ATTEMPT.c.id == _REPLY.c.attempt_id), _ATTEMPT_RUN),
        # These rows are changed in place or taken away: their seals are the hashes of what they say.
        select(_BRANCH.c.document_id, _BRANCH.c.seal).order_by(_BRANCH.c.document_id, _BRANCH.c.name),
        select(_TAG.c.document_id, _TAG.c.seal).order_by(_TAG.c.document_id, _TAG.c.name),
        select(_RUN.c.document_id, _RUN.c.seal).order_by(_RUN.c.id),
        select(_RUN.c.document_id, _STEP.c.seal)
        .join(_STEP, _STEP.c.run_id == _RUN.c.id)
        .order_by(_STEP.c.run_id, _STEP.c.step),
    )
)
_DOCUMENTS = Statement(select(_DOCUMENT.c.id))
_LAST = Statement(select(func.max(_EVENT.c.id)))
_NEWS = (
    select(_EVENT, _RUN.c.document_id)
    .join(_RUN, _RUN.c.id == _EVENT.c.run_id)
    .where(_EVENT.c.id > bindparam("after"))
    .order_by(_EVENT.c.id)
    .limit(bindparam("most"))
)


def revisions(connection: Connection) -> dict[int, str]:
    """One word for all that stands of each document."""
    told: dict[int, list[Any]] = defaultdict(list)
    for place, query in enumerate(_QUERIES):
        for document, value in query.tuples(connection):
            told[document].append((place, value))
    known = [int(document) for (document,) in _DOCUMENTS.tuples(connection)]
    return {document: revision(told[document]) for document in known}


def revision(facts: Iterable[Any]) -> str:
    """A word for what is told, 16 digits of its hash."""
    return str(blake3(repr(list(facts)).encode()).hexdigest(8))


def news(connection: Connection, after: int, limit: int) -> tuple[News, ...]:
    """Events with numbers larger than `after`, of every run."""
    return tuple(_news(row) for row in connection.execute(_NEWS, {"after": after, "most": limit}))


def _news(row: Any) -> News:
    *values, document = row
    kept = check(_EVENT, values, f"event {row.id}")
    data = json.loads(kept["data"])
    event = Event(event=kept["event"], run=kept["run_id"], step=kept["step"], version=kept["version"], data=data)
    return News(kept["id"], document, event)


class FileFeed(Feed):
    """The feed of a project file."""

    _database: Database

    def pulse(self) -> int:
        return self._database.pulse()

    def revisions(self) -> dict[int, str]:
        with self._database.read() as connection:
            return revisions(connection)

    def news(self, after: int = 0, limit: int = PAGE) -> tuple[News, ...]:
        with self._database.read() as connection:
            return news(connection, after, limit)

    def last_news(self) -> int:
        with self._database.read() as connection:
            return int(_LAST.scalar(connection) or 0)
