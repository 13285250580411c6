"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes

import pytest

from retouch.writing import memory


def test_the_c_library_is_asked_to_trim(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(memory, "_trim", lambda: asked.append)
    memory.give_back()
    assert asked == [0]


def test_a_c_library_without_it_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_there(name: object) -> object:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", none_there)
    assert memory._trim.__wrapped__() is None
    monkeypatch.setattr(memory, "_trim", lambda: None)
    memory.give_back()
