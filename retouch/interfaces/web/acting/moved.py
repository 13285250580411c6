"""What acts on branches answer."""

from __future__ import annotations

from pydantic import Field

from retouch.record import BoxField, Record
from retouch.store.operations.merging import MergeReport
from retouch.version import Move


class Moved(Record):
    """A branch went from `origin` (null: it was made) to `target` (null: it is no more)."""

    branch: str
    origin: str | None
    target: str | None


class Done(Record):
    """An act; `move` is null where no branch moved, else what `undo` of that branch takes back."""

    move: Moved | None


class Compared(Record):
    """The versions that a merge compared."""

    base: str
    ours: str
    theirs: str


class Merged(Record):
    """How a revert, pick or merge ended. With `conflicts` nothing was changed: settle each and ask again."""

    branch: str
    origin: str
    target: str
    conflicts: list[BoxField]
    notes: list[str]
    sides: Compared | None = Field(description="Which versions a conflict is between.")
    move: Moved | None


def done(move: Move) -> Done:
    """A move as it is told."""
    return Done(move=moved(move.branch, move.origin, move.target))


def moved(branch: str, origin: str | None, target: str | None) -> Moved | None:
    """None if the branch stands where it stood."""
    return None if origin == target else Moved(branch=branch, origin=origin, target=target)


def merged(report: MergeReport) -> Merged:
    """A report of the store as it is told."""
    return Merged(
        branch=report.branch,
        origin=report.origin,
        target=report.target,
        conflicts=list(report.conflicts),
        notes=list(report.notes),
        sides=None if report.sides is None else Compared(**report.sides._asdict()),
        move=moved(report.branch, report.origin, report.target),
    )
