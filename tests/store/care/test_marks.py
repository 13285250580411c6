"""Marks: what a person thought of a version; the last one counts, and it is no part of the version."""

from __future__ import annotations

from pathlib import Path

import pytest

from retouch.errors import UnknownNameError
from retouch.store import Store


def test_the_last_mark_counts(copy: Path) -> None:
    with Store.open(copy) as store:
        first, second = store.versions(1)[0].id, store.versions(1)[1].id
        before = store.standing_marks(1)
        assert len(before) == 1
        store.mark(first, "rejected", author="me", reason="blurred")
        last = store.mark(first, "accepted", author="you")
        store.mark(second, "rejected", author="me")
    with Store.open(copy) as store:
        assert [(mark.opinion, mark.author, mark.reason) for mark in store.marks(first)] == [
            ("rejected", "me", "blurred"),
            ("accepted", "you", ""),
        ]
        assert store.standing_marks(1)[first] == last
        assert set(store.standing_marks(1)) == {first, second, *before}
        assert store.version(first).id == first
        with pytest.raises(UnknownNameError, match="no version"):
            store.mark("0" * 64, "accepted", author="me")
        assert store.marks("0" * 64) == ()


def test_what_is_counted(copy: Path) -> None:
    with Store.open(copy) as store:
        stats = store.stats()
        assert stats["bytes"] == sum(p.stat().st_size for p in copy.parent.iterdir() if not p.name.endswith("-shm"))
        assert stats["branches"] == len(store.branches(1)) and stats["tags"] == len(store.tags(1))
        assert stats["versions"] == len(store.versions(1)) and stats["documents"] == 1
        assert stats["runs"] == len(store.runs())
        assert stats["attempts"] == sum(len(store.attempts(run.id)) for run in store.runs())
        assert 0 < stats["partial"] < stats["tiles"]
        assert stats["collected"] == 1 and stats["free"] == 0
