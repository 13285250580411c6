"""Preparation: what the branch shows is at hand before anybody asks; what is damaged or ended stops nothing."""

from __future__ import annotations

import asyncio
import threading

import pytest

from retouch.errors import StoreError
from retouch.interfaces.web.projects import Projects
from retouch.interfaces.web.reading import shelf as shelves
from retouch.interfaces.web.reading.preparation import prepare, preparing
from retouch.interfaces.web.reading.shelf import Shelf
from retouch.orchestrator.document import Document


def refuse(*_: object) -> None:
    raise StoreError("damaged")


def test_the_head_is_at_hand_once_the_server_runs(
    projects: Projects, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()

    async def running() -> None:
        async with preparing(projects, shelf):
            pass

    prepare(projects, shelf, threading.Event())
    monkeypatch.setattr(shelves, "coarse", refuse)
    assert shelf.coarse(document.project.store, document.head().id).size == document.head().picture.size
    asyncio.run(running())


def test_nothing_is_read_once_the_server_ends(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, ending = Shelf(), threading.Event()
    monkeypatch.setattr(shelf, "coarse", lambda *_: pytest.fail("read after the end"))
    ending.set()
    prepare(projects, shelf, ending)


def test_what_cannot_be_read_is_left_to_who_asks(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    monkeypatch.setattr(shelf, "coarse", refuse)
    prepare(projects, shelf, threading.Event())
