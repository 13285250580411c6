"""Telling what happens: every event goes to the listener and into the journal."""

from __future__ import annotations

from typing import Any

from retouch.event import Event, Listener
from retouch.store import Store


class Narrator:
    """Speaks for one run. Progress is passed on but not kept."""

    def __init__(self, store: Store, run: str | None, listener: Listener | None) -> None:
        self._store = store
        self._run = run
        self._listener = listener

    def say(self, event: str, *, step: str | None = None, version: str | None = None, **data: Any) -> None:
        told = Event(event=event, run=self._run, step=step, version=version, data=data)
        if self._run is not None and event != "progress":
            self._store.record_event(self._run, told)
        if self._listener is not None:
            self._listener(told)
