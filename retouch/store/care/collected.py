"""Versions whose pixels were given back: told from damage, and able to come back when the very same one is written."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select, update

from retouch.store.pixels.manifest import Ids
from retouch.store.schema import CollectedRow, ManifestRow
from retouch.store.sealing import check, content_seal, sealed, table_of
from retouch.store.statement import Statement
from retouch.store.tree import refusals

_COLLECTED = table_of(CollectedRow)
_MANIFEST = table_of(ManifestRow)

_BY_NUMBER = Statement(select(_COLLECTED).where(_COLLECTED.c.version == bindparam("number")))


def require_kept(connection: Connection, number: int, version: str) -> None:
    """CollectedError if the pixels of the version with this number and id were given back."""
    row = _BY_NUMBER.first(connection, number=number)
    if row is not None:
        facts = check(_COLLECTED, row, f"the note that version {version} was collected")
        raise refusals.collected(f"version {version[:12]}", facts["created"])


def is_collected(connection: Connection, number: int) -> bool:
    return _BY_NUMBER.first(connection, number=number) is not None


def collected_row(number: int, created: str) -> dict[str, object]:
    return sealed(_COLLECTED, version=number, created=created)


def revive(connection: Connection, number: int, ids: Ids) -> bool:
    """Give a collected version its pixels back, whose tiles are stored again; False if it was not collected.

    The table is written whole: other versions may be stored against it. Those name every place themselves where its
    old tile was given back, so the new one there changes nothing for them.
    """
    if not is_collected(connection, number):
        return False
    values = {"version": number, "key": None, "since_key": 0, "data": ids.astype("<u4").tobytes()}
    row = values | {"seal": content_seal(_MANIFEST, values)}
    done = connection.execute(update(_MANIFEST).where(_MANIFEST.c.version == number).values(row))
    if done.rowcount == 0:
        connection.execute(_MANIFEST.insert(), row)
    connection.execute(delete(_COLLECTED).where(_COLLECTED.c.version == number))
    return True
