"""The shelf: the same levels however they came about, made once, never of damaged pixels."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from retouch.errors import UnknownNameError
from retouch.geometry import Box
from retouch.interfaces.web.reading import shelf as module
from retouch.interfaces.web.reading.pyramid import Coarse, coarse
from retouch.interfaces.web.reading.shelf import Shelf
from retouch.interfaces.web.reading.turns import Turns
from retouch.orchestrator.document import Document
from retouch.picture import Picture, Pixels


def same(a: Coarse, b: Coarse) -> bool:
    return all(np.abs(x.astype(int) - y).max() <= 2 for x, y in zip(a.levels, b.levels, strict=True))


def counting(monkeypatch: pytest.MonkeyPatch) -> list[Pixels]:
    """Whole pictures of which levels are made from now on."""
    calls: list[Pixels] = []

    def counted(pixels: Pixels) -> Coarse:
        calls.append(pixels)
        return coarse(pixels)

    monkeypatch.setattr(module, "coarse", counted)
    return calls


def test_a_neighbour_gives_the_same_as_the_picture(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, store, calls = Shelf(), document.project.store, counting(monkeypatch)
    for version in document.log():
        assert same(kept.coarse(store, version.id), coarse(version.picture.pixels))
    assert len(calls) == 1  # every other one was made from it


def test_another_size_is_made_anew(document: Document) -> None:
    kept, store = Shelf(), document.project.store
    kept.coarse(store, document.head().id)
    other = document.commit(Picture(np.full((40, 200, 3), 7, np.uint8)), "another size")
    assert same(kept.coarse(store, other.id), coarse(other.picture.pixels))


def test_a_full_shelf_forgets_the_oldest(document: Document) -> None:
    kept, store = Shelf(limit=1), document.project.store
    for version in [*document.log(), *document.log()]:
        assert same(kept.coarse(store, version.id), coarse(version.picture.pixels))


def test_an_unknown_version_is_unknown(document: Document) -> None:
    kept = Shelf()
    for _ in range(2):
        with pytest.raises(UnknownNameError):
            kept.coarse(document.project.store, "0" * 64)


def test_what_two_ask_for_is_made_once(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, version, calls = Shelf(), document.head(), counting(monkeypatch)
    begun = threading.Barrier(8)

    def ask(_: int) -> Coarse:
        begun.wait()
        return kept.coarse(document.project.store, version.id)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len(calls) == 1
    assert all(one is found[0] for one in found)


def test_turns_leave_no_trace() -> None:
    turns = Turns()
    with turns.alone("a"), turns.alone("b"):
        assert len(turns._turns) == 2
    with pytest.raises(ZeroDivisionError), turns.alone("a"):
        raise ZeroDivisionError
    assert turns._turns == {}


def test_little_differs_only_where_it_does(document: Document) -> None:
    head = document.head()
    assert module._differing(document.project.store, head.id, head.id) == Box(0, 0, 0, 0)
