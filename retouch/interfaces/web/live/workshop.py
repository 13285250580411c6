"""The workshop: the process in which the orchestrator works for a server. It hears and tells JSON, nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

from retouch.errors import CancelledError, RetouchError
from retouch.event import Event
from retouch.interfaces.web.live.deed import carry_out
from retouch.interfaces.web.live.order import LETTER, Leave, Order, Stop
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.project import Project

_PATIENCE = 30.0
"""Seconds that a call under way has to come back when the server is gone; its reply is kept if it does."""
_OUTBOX = 1000
"""Things to tell that may wait for the server."""
_PROGRESS = 0.2
"""Seconds between two tellings of one step's progress."""


class Switches:
    """What can stop a job, thrown as letters come, be it before the job is begun."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancels: dict[str, Cancel] = {}
        self._given_up: set[str] = set()

    def of(self, job: str) -> Cancel:
        with self._lock:
            return self._cancels.setdefault(job, Cancel())

    def throw(self, stop: Stop) -> None:
        """Stop what is, or will be, under way for a job."""
        if stop.how == "cancel":
            self._given_up.add(stop.job)
        cancel = self.of(stop.job)
        if stop.how == "pause":
            cancel.pause()
        else:
            cancel.cancel()

    def given_up(self, job: str) -> bool:
        return job in self._given_up

    def all(self) -> list[Cancel]:
        with self._lock:
            return list(self._cancels.values())

    def forget(self, job: str) -> None:
        with self._lock:
            self._cancels.pop(job, None)
            self._given_up.discard(job)


class Workshop:
    """Works on one order after the other; letters are read beside that, so that a stop is heard at once."""

    def __init__(self, channel: Connection) -> None:
        self._channel = channel
        self._outbox: queue.Queue[dict[str, Any]] = queue.Queue(_OUTBOX)
        self._switches = Switches()
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()

    def work(self) -> None:
        """Until there is no more to do, or the server is gone."""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._post, daemon=True).start()
        while (order := self._orders.get()) is not None:
            self._tell({"job": order.job, **self._done(order)})
            self._switches.forget(order.job)
        self._outbox.join()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                letter = LETTER.validate_json(self._channel.recv_bytes())
                if isinstance(letter, Leave):
                    break
                if isinstance(letter, Stop):
                    self._switches.throw(letter)
                else:
                    self._switches.of(letter.job)
                    self._orders.put(letter)
        self._orders.put(None)
        self._close_down()

    def _close_down(self) -> None:
        """Nobody asks for anything any more: what is under way is paused, and ended if it takes too long."""
        for cancel in self._switches.all():
            cancel.pause()
        time.sleep(_PATIENCE)
        for cancel in self._switches.all():
            cancel.cancel()
        time.sleep(_PATIENCE)
        os._exit(1)

    def _done(self, order: Order) -> dict[str, Any]:
        """How an order ended, as it is told."""
        listener = _Listener(self, order.job)
        try:
            with Project.open(order.project) as project:
                try:
                    return {"result": carry_out(project, order, listener.hear, self._switches.of(order.job))}
                except CancelledError:
                    return {"result": self._stopped(project, order.job, listener.run or order.run)}
        except RetouchError as error:
            return {"error": _error(error)}
        except Exception as error:  # whatever a stranger's part raises, the next order is worked on
            traceback.print_exc()
            return {"error": _error(RetouchError(f"unexpected {type(error).__name__}: {error}"))}

    def _stopped(self, project: Project, job: str, run: str | None) -> dict[str, Any]:
        if run is None:
            return {"run": None, "state": "not-begun"}
        if self._switches.given_up(job):
            return {"run": run, "state": project.give_up(run).state, "cancelled": True}
        return {"run": run, "state": project.store.run(run).state}

    def tell(self, job: str, event: Event) -> None:
        """Tell the server of an event; left out where the server does not keep up, for the
        run waits for no page."""
        with contextlib.suppress(queue.Full):
            self._outbox.put_nowait({"job": job, "event": event.model_dump(mode="json")})

    def begun(self, job: str, run: str) -> None:
        self._tell({"job": job, "run": run})

    def _tell(self, told: dict[str, Any]) -> None:
        self._outbox.put(told)

    def _post(self) -> None:
        while True:
            data = json.dumps(self._outbox.get(), ensure_ascii=False).encode()
            with contextlib.suppress(OSError):  # the server may be gone; what matters is in the project
                self._channel.send_bytes(data)
            self._outbox.task_done()


class _Listener:
    """Hears what a run tells."""

    def __init__(self, workshop: Workshop, job: str) -> None:
        self._workshop = workshop
        self._job = job
        self._told: dict[str | None, float] = {}
        self.run: str | None = None

    def hear(self, event: Event) -> None:
        """May be called from several threads."""
        if self.run is None and event.run is not None and event.event == "run-started":
            self.run = event.run
            self._workshop.begun(self._job, event.run)
        if not self._too_often(event):
            self._workshop.tell(self._job, event)

    def _too_often(self, event: Event) -> bool:
        now = time.monotonic()
        if event.event != "progress" or now - self._told.get(event.step, 0.0) >= _PROGRESS:
            self._told[event.step] = now
            return False
        return True


def _error(error: RetouchError) -> dict[str, str]:
    return {"kind": type(error).__name__, "message": error.message, "hint": error.hint}


def main(channel: Connection) -> None:
    """The process's life. Ctrl-C and a closed terminal are the server's to answer; it tells what to do."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    Workshop(channel).work()
