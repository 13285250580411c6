"""The facts of a project compared with their seals, and with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table

from retouch.store.care.care import Damage
from retouch.store.care.facts import SEALED, named, problem, rows
from retouch.store.pixels.merkle import version_id
from retouch.store.schema import PatchRow
from retouch.store.sealing import table_of
from retouch.store.translation import UNREADABLE, told
from retouch.store.tree.version_facts import parents_of, step_record

Values = Mapping[str, Any]

_CHUNK = 200
_NUMBERED = {"document": "id", "version": "number", "move": "id", "comment": "id", "mark": "id", "event": "id"}
"""Tables of which nothing is ever deleted: their numbers are 1, 2, 3 …"""

_VERSION_COLUMNS = {
    "branch": ("version",),
    "tag": ("version",),
    "comment": ("version",),
    "mark": ("version",),
    "step": ("version",),
    "judgement": ("version",),
    "move": ("origin", "target"),
    "run": ("base",),
    "attempt": ("base",),
}
"""The columns that tell which versions a row is about."""


def readable_rows(connection: Connection, table: Table, damaged: Callable[[str], None]) -> Iterator[Values]:
    """The rows of a table one after the other; those that the database cannot read go to `damaged`."""
    try:
        ids = list(connection.exec_driver_sql(f'SELECT rowid FROM "{table.name}" NOT INDEXED').scalars())
    except UNREADABLE as error:
        damaged(f"table {table.name}: {told(error)}")
        return
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        try:
            yield from list(rows(connection, table, f" WHERE rowid IN ({','.join(map(str, some))})"))
        except UNREADABLE:
            yield from _one_by_one(connection, table, some, damaged)


def _one_by_one(
    connection: Connection, table: Table, ids: list[int], damaged: Callable[[str], None]
) -> Iterator[Values]:
    for rowid in ids:
        try:
            yield from list(rows(connection, table, f" WHERE rowid = {rowid}"))
        except UNREADABLE as error:
            damaged(f"row {rowid} of table {table.name}: {told(error)}")


class FactCheck:
    """Reads all facts; `versions` are then those that can be trusted, by number, `collected` the numbers without
    pixels."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._damaged: list[Damage] = []
        self._kept: dict[str, list[Values]] = defaultdict(list)
        self._unsure: set[str] = set()
        self.versions: dict[int, Values] = {}
        self.collected: set[int] = set()

    def run(self) -> list[Damage]:
        ordered = sorted(SEALED, key=lambda table: (table.name != "version", table.name))
        for table in (*ordered, table_of(PatchRow)):
            self._check(table)
        self._check_log()
        return self._damaged

    def _check(self, table: Table) -> None:
        numbers: list[int] = []
        for values in readable_rows(self._connection, table, lambda what: self._damaged.append(Damage(what=what))):
            numbers.append(values[_NUMBERED.get(table.name, "rowid")])
            reason = problem(table, values) or self._inconsistency(table, values)
            if reason is None:
                self._keep(table, values)
            else:
                self._unsure.add(table.name)
                self._damaged.append(Damage(what=reason, versions=self._touched(table, values)))
        if table.name in _NUMBERED and sorted(numbers) != list(range(1, len(numbers) + 1)):
            missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
            self._damaged.append(Damage(what=f"table {table.name}: the numbers {missing[:9]} are missing"))

    def _inconsistency(self, table: Table, values: Values) -> str | None:
        if table.name != "version":
            return None
        same = version_id(parents_of(values), values["root"], step_record(values)) == values["id"]
        return None if same else f"the facts of {named(table, values)} do not match its id"

    def _keep(self, table: Table, values: Values) -> None:
        if table.name == "version":
            self.versions[values["number"]] = values
        elif table.name == "collected":
            self.collected.add(values["version"])
        elif table.name in ("branch", "move", "judgement"):
            self._kept[table.name].append(values)

    def _touched(self, table: Table, values: Values) -> tuple[str, ...]:
        """The versions that a row is about, as far as its values can be trusted to name some."""
        if table.name == "version":
            return (str(values["id"]),)
        if table.name == "collected":
            found = [self.versions.get(values["version"], {}).get("id")]
        elif table.name == "document":
            found = [row["id"] for row in self.versions.values() if row["document_id"] == values["id"]]
        elif "attempt_id" in values and table.name != "judgement":
            found = [row["version"] for row in self._kept["judgement"] if row["attempt_id"] == values["attempt_id"]]
        else:
            found = [values[name] for name in _VERSION_COLUMNS.get(table.name, ())]
        known = {row["id"] for row in self.versions.values()}
        return tuple(str(version) for version in found if version in known)

    def _check_log(self) -> None:
        """Every branch stands where its last move took it."""
        if self._unsure & {"branch", "move"}:
            return
        last: dict[tuple[int, str], Values] = {}
        for move in sorted(self._kept["move"], key=lambda values: int(values["id"])):
            last[move["document_id"], move["branch"]] = move
        heads = {(row["document_id"], row["name"]): row["version"] for row in self._kept["branch"]}
        for place in sorted(set(last) | set(heads)):
            target = last[place]["target"] if place in last else None
            if target != heads.get(place):
                what = f"branch {place[1]!r} is not where its last move took it"
                versions = tuple(version for version in (target, heads.get(place)) if version is not None)
                self._damaged.append(Damage(what=what, versions=versions))
