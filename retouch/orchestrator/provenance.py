"""Provenance: which run a version came from, and where that run began."""

from __future__ import annotations

from retouch.errors import UsageError
from retouch.store import History
from retouch.version import VersionRecord


def run_of(version: VersionRecord) -> str | None:
    """The run that made the version, or whose candidate a person picked; None if it was made by hand."""
    attempt = version.record.get("attempt")
    return str(attempt).partition("/")[0] if attempt else None


def run_base(store: History, branch: str, head: str) -> str:
    """Where the run began that the branch's head came from.

    UsageError if no run made the head, or something else was done between the run's steps: moving the branch would
    take that back, too.
    """
    version = store.version(head)
    run = run_of(version)
    if run is None:
        raise UsageError(
            f"the head of branch {branch!r} ({_named(version)}) was not made by a run",
            hint="`retouch undo` takes that back first; `retouch revert` takes back single steps and keeps it",
        )
    base = store.run(run).base
    while version.id != base:
        if run_of(version) != run:
            raise UsageError(
                f"between the steps of run {run} on branch {branch!r} stands {_named(version)}, which it did not make",
                hint="`retouch revert` takes back the run's steps one by one and keeps the rest",
            )
        version = store.version(version.parents[0])
    return base


def _named(version: VersionRecord) -> str:
    return f"{version.id[:12]}, {version.kind.value}"
