"""Statements that are compiled once: what they give, and whose errors they raise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, Text, bindparam, create_engine, select

from retouch.errors import StoreError
from retouch.store import Store
from retouch.store.schema import DocumentRow
from retouch.store.sealing import table_of
from retouch.store.statement import Statement, insert_row, insertion

_THING = Table(
    "thing", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text), Column("data", LargeBinary)
)
_NAMED = Statement(select(_THING).where(_THING.c.name == bindparam("name")).order_by(_THING.c.id))
_SOME = Statement(select(_THING.c.name).where(_THING.c.id.in_(bindparam("ids", expanding=True))).order_by(_THING.c.id))
_RENAME = Statement(_THING.update().where(_THING.c.name == bindparam("old")).values(name=bindparam("new")))


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    _THING.create(engine)
    with engine.begin() as connection:
        insertion(_THING).run_many(connection, [{"name": "觞", "data": b"\0"}, {"name": "b", "data": None}])
        insert_row(connection, _THING, {"name": "b", "data": b"2"})
        yield connection
    engine.dispose()


def test_rows_have_the_names_of_their_columns(connection: Connection) -> None:
    row = _NAMED.first(connection, name="觞")
    assert row is not None
    assert (row.id, row.name, row.data) == (1, "觞", b"\0")
    assert [(r.id, r.data) for r in _NAMED.all(connection, name="b")] == [(2, None), (3, b"2")]
    assert list(_NAMED.tuples(connection, name="b")) == [(2, "b", None), (3, "b", b"2")]
    assert _NAMED.scalar(connection, name="b") == 2


def test_where_nothing_is_found_there_is_none(connection: Connection) -> None:
    assert _NAMED.first(connection, name="c") is None
    assert _NAMED.scalar(connection, name="c") is None
    assert _NAMED.all(connection, name="c") == []


@pytest.mark.parametrize("ids", [[1], [3, 1], [1, 2, 3], [9]])
def test_an_in_takes_a_list_of_any_length(connection: Connection, ids: list[int]) -> None:
    names = {1: "觞", 2: "b", 3: "b"}
    assert [r.name for r in _SOME.all(connection, ids=ids)] == [names[i] for i in sorted(ids) if i in names]


def test_an_in_beside_another_value_is_refused(connection: Connection) -> None:
    both = select(_THING).where(_THING.c.id.in_(bindparam("ids", expanding=True)), _THING.c.name == bindparam("name"))
    with pytest.raises(TypeError, match="only value"):
        Statement(both).all(connection, ids=[1], name="b")


def test_changed_rows_are_counted(connection: Connection) -> None:
    assert _RENAME.run(connection, old="b", new="c") == 2
    assert _RENAME.run(connection, old="b", new="c") == 0


def test_errors_of_the_driver_are_told_as_ours_and_nothing_is_changed(store: Store) -> None:
    table = table_of(DocumentRow)
    row = {"name": "once", "source": None, "created": "2026-01-01T00:00:00Z", "seal": b""}
    with pytest.raises(StoreError, match="nothing was changed"), store._database.write() as connection:
        insert_row(connection, table, row)
        insert_row(connection, table, row)
    with store._database.read() as connection:
        assert Statement(select(table.c.id).where(table.c.name == bindparam("name"))).all(connection, name="once") == []
