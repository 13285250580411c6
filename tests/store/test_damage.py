"""Damage: a changed byte is noticed by hash when it is read, never served, and the rest stays readable."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retouch.attempt import Attempt, StepStatus
from retouch.errors import DamagedError
from retouch.event import Event
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.plan import Plan
from retouch.store import Store
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind, VersionRecord


def _flip(path: Path, table: str, column: str, where: str = "1=1") -> None:
    """Change one bit of a value of the file, as a bad disk would."""
    with closing(sqlite3.connect(path)) as connection:
        rowid, value = connection.execute(
            f"SELECT rowid, {column} FROM {table} WHERE {where} ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(f"UPDATE {table} SET {column}=? WHERE rowid=?", (_flipped(value), rowid))
        connection.commit()


def _flipped(value: int | str | bytes) -> int | str | bytes:
    if isinstance(value, int):
        return value ^ 1
    damaged = bytearray(value.encode() if isinstance(value, str) else value)
    damaged[len(damaged) // 2] ^= 1
    return damaged.decode() if isinstance(value, str) else bytes(damaged)


@pytest.fixture
def history(store: Store, imported: VersionRecord, document: int) -> tuple[str, str]:
    """The ids of an import and of an edit that touches only the tile at the top left."""
    patch = Patch(Box(5, 5, 9, 9), np.full((9, 9, 3), 77, np.uint8), np.ones((9, 9), np.bool_))
    edit = store.commit(document, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT, message="m")
    return imported.id, edit.id


def test_a_damaged_tile_names_the_versions_it_touches(
    store: Store, path: Path, history: tuple[str, str], page: Picture
) -> None:
    _flip(path, "tile", "data")  # the newest tile: the one that the edit wrote
    with Store.open(path) as fresh:
        with pytest.raises(DamagedError) as caught:
            fresh.checkout(history[1])
        assert history[1][:12] in caught.value.message
        assert history[0][:12] not in caught.value.message
        assert fresh.checkout(history[0]).same_pixels(page)


def test_a_shared_tile_touches_both(store: Store, path: Path, history: tuple[str, str]) -> None:
    _flip(path, "tile", "data", "id=3")
    with Store.open(path) as fresh:
        for version in history:
            with pytest.raises(DamagedError) as caught:
                fresh.checkout(version)
            assert all(v[:12] in caught.value.message for v in history)


def test_every_byte_of_a_tile_is_watched(store: Store, path: Path, history: tuple[str, str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (data,) = connection.execute("SELECT data FROM tile WHERE id=1").fetchone()
        for place in np.linspace(0, len(data) - 1, 25).astype(int):
            damaged = bytearray(data)
            damaged[place] ^= 4
            connection.execute("UPDATE tile SET data=? WHERE id=1", (bytes(damaged),))
            connection.commit()
            with Store.open(path) as fresh, pytest.raises(DamagedError):
                fresh.checkout(history[0])


def test_a_commit_does_not_build_on_a_damaged_tile(
    store: Store, path: Path, history: tuple[str, str], document: int
) -> None:
    _flip(path, "tile", "data", "id=6")
    patch = Patch(Box(290, 190, 5, 5), np.zeros((5, 5, 3), np.uint8), np.ones((5, 5), np.bool_))
    with Store.open(path) as fresh:
        with pytest.raises(DamagedError):
            fresh.commit(document, "main", expected=history[1], change=patch, kind=VersionKind.EDIT)
        assert fresh.branches(document) == {"main": history[1]}


def test_a_missing_tile_is_damage(store: Store, path: Path, history: tuple[str, str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM tile WHERE id=2")
        connection.commit()
    with Store.open(path) as fresh, pytest.raises(DamagedError, match="2 is missing"):
        fresh.checkout(history[0])


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("tile", "hash"),
        ("manifest", "data"),
        ("metadata", "data"),
        ("metadata", "hash"),
        ("version", "root"),
        ("version", "message"),
        ("version", "created"),
        ("version", "record"),
        ("version", "seal"),
    ],
)
def test_a_damaged_version_is_not_served(
    store: Store, path: Path, history: tuple[str, str], table: str, column: str
) -> None:
    _flip(path, table, column)
    with Store.open(path) as fresh, pytest.raises(DamagedError):
        fresh.checkout(history[1])


@pytest.mark.parametrize(
    ("table", "column", "ask"),
    [
        ("version", "author", lambda store, run: store.versions(1)),
        ("document", "source", lambda store, run: store.documents()),
        ("branch", "version", lambda store, run: store.branches(1)),
        ("tag", "version", lambda store, run: store.tags(1)),
        ("move", "reason", lambda store, run: store.moves(1)),
        ("comment", "text", lambda store, run: store.comments(store.resolve(1, "main~").id)),
        ("run", "goal", lambda store, run: store.run(run)),
        ("plan", "plan", lambda store, run: store.run(run)),
        ("step", "status", lambda store, run: store.steps(run)),
        ("event", "data", lambda store, run: store.events(run)),
        ("attempt", "request", lambda store, run: store.attempts(run)),
        ("reply", "cost", lambda store, run: store.attempts(run)),
        ("judgement", "accepted", lambda store, run: store.attempts(run)),
        ("verdict", "evidence", lambda store, run: store.attempts(run)),
        ("patch", "mask", lambda store, run: store.attempt_patch("a1")),
    ],
)
def test_a_damaged_fact_is_not_served(
    store: Store,
    path: Path,
    imported: VersionRecord,
    run: str,
    start: Callable[..., Attempt],
    patch_of: Callable[..., Patch],
    page: Picture,
    table: str,
    column: str,
    ask: Callable[[Store, str], object],
) -> None:
    _fill(store, imported, run, start(), patch_of(page, Box(0, 0, 40, 40)))
    _flip(path, table, column)
    with Store.open(path) as fresh, pytest.raises(DamagedError):
        ask(fresh, run)


def _fill(store: Store, imported: VersionRecord, run: str, attempt: Attempt, patch: Patch) -> None:
    """One row at least in every table."""
    store.save_plan(run, Plan(goal="fix it"), 0)
    store.save_step(run, "s1", StepStatus.RUNNING)
    store.record_event(run, Event(event="planned", data={"steps": 1}))
    store.comment(imported.id, "a note", "someone")
    store.create_tag(1, "first", imported.id, author="a")
    store.attempt_returned(attempt.id, patch, effective={}, dropped=(), notes=(), cost={"calls": 1})
    verdict = Verdict(verifier="v", outcome=Outcome.PASS, score=1.0, evidence={"read": "x"})
    store.attempt_judged(
        attempt.id,
        [verdict],
        accepted=True,
        branch="main",
        expected=imported.id,
        patch=patch,
        message="m",
        author="a",
        record={},
    )
