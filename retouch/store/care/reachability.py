"""Which versions something still reaches, so that their pixels must stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, or_, select, union_all

from retouch.attempt import StepStatus
from retouch.store.schema import (
    AttemptRow,
    BranchRow,
    JudgementRow,
    MoveRow,
    PatchRow,
    ReplyRow,
    RunRow,
    StepRow,
    TagRow,
    VersionRow,
)

UNFINISHED = ("running", "interrupted")
"""States of runs that can go on."""


def reachable(connection: Connection, since: str | None) -> set[int]:
    """The numbers of the versions that a branch, a tag, an unfinished run or a step that waits for a person reaches,
    with all that they came from; with `since` (a stored time) also of what is younger, moves of branches included."""
    rows = connection.execute(select(VersionRow.id, VersionRow.number, VersionRow.parent, VersionRow.other_parent))
    known = {row.id: row for row in rows}
    found: set[int] = set()
    waiting = list(_roots(connection, since))
    while waiting:
        row = known.get(waiting.pop())
        if row is not None and row.number not in found:
            found.add(row.number)
            waiting += [parent for parent in (row.parent, row.other_parent) if parent is not None]
    return found


def unneeded_patches(since: str | None) -> Select[Any]:
    """The attempts whose own pixels nobody needs: their run has ended, their step waits for nobody, they are older than
    `since`."""
    query = (
        select(PatchRow.attempt_id)
        .join(AttemptRow, AttemptRow.id == PatchRow.attempt_id)
        .join(ReplyRow, ReplyRow.attempt_id == PatchRow.attempt_id)
        .where(PatchRow.pixels.is_not(None), PatchRow.attempt_id.not_in(_protected_attempts()))
    )
    return query if since is None else query.where(ReplyRow.created < since)


def _protected_attempts() -> Select[Any]:
    """Attempts of unfinished runs, and of steps that wait for a person."""
    waits = (StepRow.run_id == AttemptRow.run_id) & (StepRow.step == AttemptRow.step)
    return (
        select(AttemptRow.id)
        .join(RunRow, RunRow.id == AttemptRow.run_id)
        .outerjoin(StepRow, waits)
        .where(or_(RunRow.state.in_(UNFINISHED), StepRow.status == StepStatus.NEEDS_REVIEW.value))
    )


def _roots(connection: Connection, since: str | None) -> Iterable[str]:
    attempts = _protected_attempts()
    unfinished = select(RunRow.id).where(RunRow.state.in_(UNFINISHED))
    queries: list[Select[Any]] = [
        select(BranchRow.version),
        select(TagRow.version),
        select(RunRow.base).where(RunRow.state.in_(UNFINISHED)),
        select(StepRow.version).where(
            or_(StepRow.run_id.in_(unfinished), StepRow.status == StepStatus.NEEDS_REVIEW.value)
        ),
        select(AttemptRow.base).where(AttemptRow.id.in_(attempts)),
        select(JudgementRow.version).where(JudgementRow.attempt_id.in_(attempts)),
    ]
    if since is not None:
        queries += [
            select(VersionRow.id).where(VersionRow.created >= since),
            select(MoveRow.origin).where(MoveRow.created >= since),
            select(MoveRow.target).where(MoveRow.created >= since),
        ]
    found = connection.execute(union_all(*queries)).scalars()
    return (version for version in found if version is not None)
