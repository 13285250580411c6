"""fsck: single flipped bits in every table and column, in the file's bytes, in its structure; none is ever served."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from retouch.errors import CancelledError, DamagedError, NewerSchemaError, RetouchError, UnknownNameError, UsageError
from retouch.store import Store
from retouch.store.care.care import FsckReport
from retouch.store.care.fsck import check_project
from retouch.store.schema import SCHEMA_VERSION, Base

Rounds = Callable[[int, int], int]
Everything = Callable[[Store], dict[str, Any]]
COLUMNS = [(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns]


def test_a_sound_project_is_said_to_be_sound(small: Path) -> None:
    before = small.read_bytes()
    report = check_project(small)
    assert report == FsckReport(ok=True, checked=report.checked, damaged=())
    with closing(sqlite3.connect(small)) as connection:
        for name in ("tiles", "versions"):
            assert report.checked[name] == connection.execute(f"SELECT count(*) FROM {name[:-1]}").fetchone()[0]
        # The flips below are worth something only if there is something to flip.
        for table in Base.metadata.sorted_tables:
            assert connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0] > 0, table.name
        assert connection.execute("SELECT count(*) FROM tile WHERE key_id IS NOT NULL").fetchone()[0] > 0
        assert connection.execute("SELECT count(*) FROM manifest WHERE key IS NOT NULL").fetchone()[0] > 0
    assert small.read_bytes() == before


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[".".join(pair) for pair in COLUMNS])
def test_a_flipped_bit_in_any_column_is_found(copy: Path, small: Path, table: str, column: str, rounds: Rounds) -> None:
    """Reduced: one bit of one row; full: 8 bits of each row."""
    rows = _values(copy, table, column)
    choose = random.Random(f"{table}.{column}")
    for rowid in choose.sample(sorted(rows), min(len(rows), rounds(1, len(rows)))):
        for _ in range(rounds(1, 8)):
            shutil.copy(small, copy)
            if _write(copy, table, column, rowid, _flipped(rows[rowid], choose)):
                assert not check_project(copy).ok, f"row {rowid}"


def _values(path: Path, table: str, column: str) -> dict[int, Any]:
    with closing(sqlite3.connect(path)) as connection:
        query = f'SELECT rowid, "{column}", typeof("{column}") FROM "{table}" WHERE "{column}" IS NOT NULL'
        found = connection.execute(query).fetchall()
    return {
        rowid: value.encode() if kind == "text" else value for rowid, value, kind in found if value not in ("", b"")
    }


def _flipped(value: Any, choose: random.Random) -> Any:
    """The value with one bit changed; text is given, and comes back, as bytes."""
    if isinstance(value, int):
        return value ^ (1 << choose.randrange(8))
    if isinstance(value, float):
        return value * (1 + 2.0 ** -choose.randrange(20, 50)) or 1.0
    damaged = bytearray(value)
    if damaged:
        damaged[choose.randrange(len(damaged))] ^= 1 << choose.randrange(8)
    return bytes(damaged)


def _write(path: Path, table: str, column: str, rowid: int, value: Any) -> bool:
    """Put the value there as a bad disk would; False if the table itself does not take it (two rows of one key)."""
    with closing(sqlite3.connect(path)) as connection:
        kind = connection.execute(f'SELECT typeof("{column}") FROM "{table}" WHERE rowid=?', (rowid,)).fetchone()[0]
        put = "CAST(? AS TEXT)" if kind == "text" else "?"
        try:
            connection.execute(f'UPDATE "{table}" SET "{column}"={put} WHERE rowid=?', (value, rowid))
        except sqlite3.IntegrityError:
            return False
        connection.commit()
    return True


def test_a_flipped_bit_of_stored_content_is_found_in_the_file_itself(copy: Path, rounds: Rounds) -> None:
    """Reduced: 60 bits; full: 6,000. The places are those of the values of all rows."""
    sound = copy.read_bytes()
    places = sorted(set(_content_places(copy, sound)))
    assert len(places) > 10_000
    choose = random.Random(7)
    for _ in range(rounds(60, 6_000)):
        place, bit = choose.choice(places), choose.randrange(8)
        _with_flip(copy, sound, place, bit)
        assert not check_project(copy).ok, f"bit {bit} of byte {place}"


def _content_places(path: Path, data: bytes) -> Iterator[int]:
    """Where in the file the bytes of values stand; long ones are looked for in pieces, as pages break them up."""
    with closing(sqlite3.connect(path)) as connection:
        for table, column in COLUMNS:
            for (value,) in connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}"').fetchall():
                for start in range(0, len(value or b""), 48):
                    piece = value[start : start + 48]
                    found = data.find(piece) if len(piece) >= 12 else -1
                    yield from range(found, found + len(piece)) if found >= 0 else ()


def _with_flip(path: Path, sound: bytes, place: int, bit: int) -> None:
    data = bytearray(sound)
    data[place] ^= 1 << bit
    for suffix in ("-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(data)


def test_any_flipped_bit_of_the_file_is_found_or_harmless(
    copy: Path, small: Path, everything: Everything, rounds: Rounds
) -> None:
    """Reduced: 40 bits; full: 5,000. Whatever is read of a damaged file is what was written, or an error."""
    with Store.open(small, readonly=True) as store:
        right = everything(store)
    sound, choose = copy.read_bytes(), random.Random(11)
    for _ in range(rounds(40, 5_000)):
        place, bit = choose.randrange(len(sound)), choose.randrange(8)
        _with_flip(copy, sound, place, bit)
        found = _found(copy)
        told = _read(copy, everything)
        wrong = {name for name, value in told.items() if value != right[name] and not _is_error(value)}
        assert not wrong, f"bit {bit} of byte {place} is served: {wrong}"
        assert found or told == right, f"bit {bit} of byte {place} is not found"


def _found(path: Path) -> bool:
    try:
        return not check_project(path).ok
    except (UsageError, NewerSchemaError):
        return True


def _read(path: Path, everything: Everything) -> dict[str, Any]:
    try:
        with Store.open(path, readonly=True) as store:
            return everything(store)
    except RetouchError:
        return {}


def _is_error(value: object) -> bool:
    return isinstance(value, str) and value.endswith("Error")


# what is named


def _damage_blob(path: Path, table: str, where: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        rowid, data = connection.execute(f"SELECT rowid, data FROM {table} WHERE {where}").fetchone()
        damaged = bytearray(data)
        damaged[len(damaged) // 2] ^= 1
        connection.execute(f"UPDATE {table} SET data=? WHERE rowid=?", (bytes(damaged), rowid))
        connection.commit()


def test_a_damaged_tile_names_its_versions_and_the_rest_stays_readable(copy: Path, everything: Everything) -> None:
    with Store.open(copy) as store:
        right = everything(store)
    _damage_blob(copy, "tile", "key_id IS NOT NULL ORDER BY id DESC LIMIT 1")
    (damage,) = check_project(copy).damaged
    assert damage.what.startswith("tile ")
    told = _read(copy, everything)
    broken = {name for name in right if told[name] != right[name]}
    assert {name: told[name] for name in broken} == dict.fromkeys(broken, "DamagedError")
    versions = {version.id for version in right["versions"]}
    assert broken & versions == set(damage.versions) != set()
    assert versions - broken


def test_a_damaged_key_touches_all_that_is_stored_against_it(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        (key,) = connection.execute("SELECT key_id FROM tile WHERE key_id IS NOT NULL").fetchone()
    _damage_blob(copy, "tile", f"id={key}")
    (damage,) = check_project(copy).damaged
    assert damage.what.startswith(f"tile {key}:")
    with Store.open(copy) as store:
        assert len(damage.versions) == len(store.versions(1)) - store.stats()["collected"]


def test_a_missing_tile_and_a_missing_table_are_damage(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM tile WHERE id=2")
        (last,) = connection.execute("SELECT max(version) FROM manifest WHERE key IS NOT NULL").fetchone()
        connection.execute("DELETE FROM manifest WHERE version=?", (last,))
        (version,) = connection.execute("SELECT id FROM version WHERE number=?", (last,)).fetchone()
        connection.commit()
    damaged = {damage.what: damage.versions for damage in check_project(copy).damaged}
    assert damaged.pop(f"the tile table of version number {last} is missing") == (version,)
    (tile,) = damaged
    assert tile == "tile 2: it is missing" and damaged[tile]


def test_lost_rows_are_noticed(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM move WHERE id=2")
        connection.execute("DELETE FROM branch WHERE name='trial'")
        connection.commit()
    said = [damage.what for damage in check_project(copy).damaged]
    assert any("table move: the numbers [2] are missing" in what for what in said)
    assert any("branch 'trial' is not where its last move took it" in what for what in said)


def test_damage_that_only_the_structure_shows_is_found(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM sqlite_sequence WHERE name='tile'")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("UPDATE version SET metadata_id=9")
        connection.commit()
    said = " ".join(damage.what for damage in check_project(copy).damaged)
    assert "the last number of table tile" in said
    assert "of table version refers to a row of table metadata that is not there" in said


# files that do not open


def _overwrite(path: Path, place: int, content: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[place : place + len(content)] = content
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("place", "content"), [(0, b"X"), (68, b"\0"), (100, bytes(200)), (18, b"\7"), (60, bytes(4)), (16, bytes(2))]
)
def test_a_file_that_does_not_open_is_reported(copy: Path, place: int, content: bytes) -> None:
    _overwrite(copy, place, content)
    report = check_project(copy)
    assert not report.ok and report.damaged[0].what
    with pytest.raises(RetouchError):
        Store.open(copy)


def test_damage_that_the_database_cannot_put_into_words_is_reported(copy: Path) -> None:
    """A bit of a name in the schema: the error quotes it, and is no text then."""
    sound = copy.read_bytes()
    _with_flip(copy, sound, sound.index(b"FOREIGN KEY(attempt_id)") + len("FOREIGN KEY(attem"), 7)
    report = check_project(copy)
    assert not report.ok and "malformed" in report.damaged[0].what
    with pytest.raises(DamagedError, match="malformed"):
        Store.open(copy)


def test_a_cut_file_is_reported(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:20_000])
    assert not check_project(copy).ok


def test_what_is_no_project_is_refused(tmp_path: Path, copy: Path) -> None:
    other = tmp_path / "other.retouch"
    with pytest.raises(UnknownNameError):
        check_project(other)
    other.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    with pytest.raises(UsageError, match="is not a Retouch project file"):
        check_project(other)
    with pytest.raises(UsageError, match="is a folder"):
        check_project(tmp_path)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(NewerSchemaError):
        check_project(copy)


def test_a_file_is_checked_while_it_is_written_and_where_it_may_not_be_written(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(copy) as store:
        with pytest.raises(ZeroDivisionError), store._database.write() as connection:
            connection.exec_driver_sql("UPDATE branch SET name='half' WHERE name='trial'")
            assert check_project(copy).ok
            raise ZeroDivisionError
        assert store.fsck().ok
    monkeypatch.setattr(os, "access", lambda place, mode: mode != os.W_OK)
    before = {p.name: p.read_bytes() for p in copy.parent.iterdir()}
    assert check_project(copy).ok
    assert {p.name: p.read_bytes() for p in copy.parent.iterdir()} == before


class Stopping:
    """A watch that hears of progress and stops after some reports."""

    def __init__(self, after: int) -> None:
        self.heard: list[float] = []
        self._after = after

    def progress(self, fraction: float) -> None:
        self.heard.append(fraction)

    def raise_if_cancelled(self) -> None:
        if len(self.heard) >= self._after:
            raise CancelledError("stopped")


def test_a_check_reports_and_can_be_stopped(small: Path) -> None:
    watch = Stopping(99)
    assert check_project(small, watch).ok
    assert watch.heard and all(0 <= fraction <= 1 for fraction in watch.heard)
    with pytest.raises(CancelledError):
        check_project(small, Stopping(0))
