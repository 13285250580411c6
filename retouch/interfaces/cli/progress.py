"""Live news of a run on standard error: step, rung, verdict, time left; or events as lines of JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from retouch.event import Event
from retouch.interfaces.cli.output import console, say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Lines:
    """Plain lines, for a log file or a pipe."""

    def __call__(self, event: Event) -> None:
        line = _words(event)
        if line:
            say(line)


class Bar:
    """A bar with what is under way, and a line above it for everything that ended."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID = progress.add_task("reading the page", total=None)
        self._total = 0

    def __call__(self, event: Event) -> None:
        if event.event == "planned":
            self._total += len(event.data.get("steps", ()))
            self._progress.update(self._task, total=self._total, description="planned")
        elif event.event == "step-ended":
            self._progress.advance(self._task)
        under_way = _under_way(event)
        if under_way:
            self._progress.update(self._task, description=under_way)
        elif line := _words(event):
            self._progress.console.print(line)


def _under_way(event: Event) -> str:
    """What is being done now; empty for an event that is worth a line of its own."""
    data = event.data
    match event.event:
        case "step-started":
            return f"step {event.step}"
        case "attempt-started":
            return f"step {event.step}: try {data.get('number')}, {data.get('editor')}, {data.get('rung')}"
        case "progress":
            return f"step {event.step}: {float(data.get('fraction', 0)):.0%}"
        case "attempt-returned" if not data.get("error"):
            return f"step {event.step}: judging"
        case "verdict" if data.get("outcome") == "pass":
            return f"step {event.step}: {data.get('verifier')} passed"
    return ""


def _words(event: Event) -> str:
    """An event in a line of words; empty for those that a reader of lines can do without."""
    data = event.data
    match event.event:
        case "disclosure":
            return "\n".join(_sent(sending) for sending in data.get("sends", ()))
        case "replanning":
            return f"looking again at {', '.join(data.get('steps', ()))}"
        case "planned":
            return f"planned {len(data.get('steps', ()))} steps" + _on(data)
        case "proofread":
            return f"proofread: {len(data.get('faults', ()))} faults left"
        case "attempt-started":
            return f"step {event.step}: try {data.get('number')} with {data.get('editor')}, {data.get('rung')}"
        case "attempt-returned" if data.get("error"):
            return f"step {event.step}: failed: {data['error']}"
        case "verdict" if data.get("outcome") != "pass":
            return f"step {event.step}: {data.get('verifier')} says {data.get('outcome')}: {data.get('reason')}"
        case "step-ended":
            return _ended(event)
        case "note" | "warning":
            return ("warning: " if event.event == "warning" else "") + str(data.get("message"))
    return ""


def _on(data: dict[str, Any]) -> str:
    return f" on branch {data['branch']}" if data.get("branch") else ""


def _sent(sending: dict[str, Any]) -> str:
    """What goes to which host."""
    where = f"{sending['host']} (this machine)" if sending["here"] else sending["host"]
    return f"{sending['part']} sends to {where}: {sending['sends']}"


def _ended(event: Event) -> str:
    attempts = event.data.get("attempts", 0)
    reason = f": {event.data['reason']}" if event.data.get("reason") else ""
    return f"step {event.step}: {event.data.get('status')} after {attempts} {_tries(attempts)}{reason}"


def _tries(number: int) -> str:
    return "try" if number == 1 else "tries"


def print_event(event: Event) -> None:
    """`--jsonl`: one event a line on standard output."""
    dumped: dict[str, Any] = event.model_dump(mode="json", exclude_none=True)
    data = dumped.pop("data")
    sys.stdout.write(json.dumps({**dumped, **data, "time": round(time.time(), 3)}, default=str) + "\n")
    sys.stdout.flush()


@contextmanager
def listening(jsonl: bool, quiet: bool = False) -> Iterator[Callable[[Event], None]]:
    """The listener that fits: events as JSON, a live bar on a terminal, else plain lines."""
    if jsonl:
        yield print_event
        return
    err = console(stderr=True)
    if quiet or not err.is_terminal:
        yield Lines()
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        yield Bar(progress)
