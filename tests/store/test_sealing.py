"""Seals: whatever the values, a row that was sealed fits, and one with any other value does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, Row, Table, Text, create_engine, insert, select

from retouch.errors import DamagedError
from retouch.store.canonical import canonical, digest
from retouch.store.sealing import check, check_all, sealed

_TABLE = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("count", Integer),
    Column("score", Float),
    Column("data", LargeBinary),
    Column("seal", LargeBinary),
)
_ENGINE = create_engine("sqlite://")
_TABLE.create(_ENGINE)

rows = st.fixed_dictionaries(
    {
        "name": st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        "count": st.none() | st.integers(-(2**63), 2**63 - 1),
        "score": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "data": st.none() | st.binary(),
    }
)


def _stored(*given: Mapping[str, Any]) -> list[Row[Any]]:
    """The rows as a database gives them back, each with the seal that it came with."""
    with _ENGINE.connect() as connection:
        for values in given:
            connection.execute(insert(_TABLE), values)
        found = list(connection.execute(select(_TABLE).order_by(_TABLE.c.id)).all())
        connection.rollback()
    return found


@given(values=rows)
def test_a_sealed_row_fits(values: dict[str, Any]) -> None:
    (row,) = _stored(sealed(_TABLE, **values))
    assert {name: check(_TABLE, row, "thing")[name] for name in values} == values


@given(values=rows, other=rows)
def test_another_value_does_not_fit(values: dict[str, Any], other: dict[str, Any]) -> None:
    if values == other:
        return
    (row,) = _stored(other | {"seal": sealed(_TABLE, **values)["seal"]})
    with pytest.raises(DamagedError, match="thing 7"):
        check(_TABLE, row, "thing 7")


@pytest.mark.parametrize("name", ["plain", "写 觞", "é", "𠮷", "\x7f\x1f\n\"\\'", "\\u89de", "觞 é", "\u2028"])
def test_every_alphabet_fits_and_is_told_apart(name: str) -> None:
    values = {"name": name, "count": 1, "score": 1e-7, "data": b"\0\xff"}
    (row,) = _stored(sealed(_TABLE, **values))
    assert check(_TABLE, row, "thing")["name"] == name
    (row,) = _stored(sealed(_TABLE, **values) | {"name": name.encode("ascii", "backslashreplace").decode() + " "})
    with pytest.raises(DamagedError):
        check(_TABLE, row, "thing")


@pytest.mark.parametrize("name", ["plain", "写 觞", "é\x7f", "𠮷"])
def test_a_row_as_schema_1_sealed_it_is_still_read(name: str) -> None:
    text = canonical([name, 1, 0.5, b"\xff".hex()]).encode("ascii")
    values = {"name": name, "count": 1, "score": 0.5, "data": b"\xff", "seal": digest("row thing", text)}
    (row,) = _stored(values)
    assert check(_TABLE, row, "thing")["name"] == name
    assert list(check_all(_TABLE, [row], "thing", "count")) == [row]
    (row,) = _stored(values | {"count": 2})
    with pytest.raises(DamagedError):
        check(_TABLE, row, "thing")


def test_many_rows_are_checked_one_by_one_and_the_damaged_one_is_named() -> None:
    values = [sealed(_TABLE, name=f"n{number}", count=number, score=None, data=b"") for number in range(5)]
    found = list(check_all(_TABLE, _stored(*values), "thing", "count"))
    assert [row[1] for row in found] == ["n0", "n1", "n2", "n3", "n4"]
    values[3] |= {"data": b"x"}
    with pytest.raises(DamagedError, match="thing 3"):
        list(check_all(_TABLE, _stored(*values), "thing", "count"))
