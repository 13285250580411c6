"""Telling what happens: to the listener everything, to the journal what it does not know otherwise."""

from __future__ import annotations

from typing import Any

from retouch.event import Event, Listener
from retouch.store import History

KEPT = frozenset(
    {
        "run-started",
        "disclosure",
        "branch-started",
        "planned",
        "replanning",
        "proofread",
        "warning",
        "run-ended",
    }
)
"""Events that are written down. Steps and attempts have rows of their own, and a write for each of an attempt's
events took longer than everything else that the orchestrator does for it."""


class Narrator:
    """Speaks for one run."""

    def __init__(self, store: History, run: str | None, listener: Listener | None) -> None:
        self._store = store
        self._run = run
        self._listener = listener

    def say(self, event: str, *, step: str | None = None, version: str | None = None, **data: Any) -> None:
        told = Event(event=event, run=self._run, step=step, version=version, data=data)
        if self._run is not None and event in KEPT:
            self._store.record_event(self._run, told)
        if self._listener is not None:
            self._listener(told)
