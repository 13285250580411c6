"""Rows of the journal of runs: runs, plans, steps and events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from retouch.attempt import StepStatus
from retouch.event import Event
from retouch.plan import Goal, Plan
from retouch.store.canonical import canonical
from retouch.store.runs import lease
from retouch.store.runs.run_record import RunRecord, RunState, Spent, StepRecord
from retouch.store.schema import AttemptRow, DocumentRow, EventRow, PlanRow, ReplyRow, RunRow, StepRow
from retouch.store.sealing import check, sealed, table_of
from retouch.store.statement import Statement, insert_row
from retouch.store.tree import refusals

_RUN = table_of(RunRow)
_PLAN = table_of(PlanRow)
_STEP = table_of(StepRow)
_EVENT = table_of(EventRow)
_ATTEMPT = table_of(AttemptRow)
_REPLY = table_of(ReplyRow)
_DOCUMENT = table_of(DocumentRow)

_BY_ID = select(_RUN).where(_RUN.c.id == bindparam("run"))
_DOCUMENT_OF = Statement(select(_RUN.c.document_id).where(_RUN.c.id == bindparam("run")))
_SET_STEP = Statement(
    update(_STEP)
    .where(_STEP.c.run_id == bindparam("run"), _STEP.c.step == bindparam("which"))
    .values({name: bindparam(f"new_{name}") for name in ("status", "reason", "version", "seal")})
)
_COSTS = (
    select(_ATTEMPT.c.call_id, _REPLY.c.cost)
    .join(_REPLY, _REPLY.c.attempt_id == _ATTEMPT.c.id)
    .where(_ATTEMPT.c.run_id == bindparam("run"))
)


def insert_run(connection: Connection, **values: Any) -> None:
    """Write a run; `values` are the columns of `RunRow` but state and summary."""
    connection.execute(insert(_RUN), sealed(_RUN, **values, state="running", summary="{}"))


def set_state(connection: Connection, run: str, state: RunState, summary: Mapping[str, Any] | None = None) -> None:
    values = dict(_row(connection, run)) | {"state": state}
    values.pop("seal")
    if summary is not None:
        values["summary"] = canonical(summary)
    connection.execute(update(_RUN).where(_RUN.c.id == run).values(sealed(_RUN, **values)))


def state(connection: Connection, run: str) -> str:
    return str(_row(connection, run)["state"])


def document_of(connection: Connection, run: str) -> int:
    found = _DOCUMENT_OF.scalar(connection, run=run)
    if found is None:
        raise refusals.unknown_run(run)
    return int(found)


def save_plan(connection: Connection, run: str, plan: Plan, round_: int) -> None:
    """Write the plan of a round; a plan of that round that is there already is replaced."""
    connection.execute(delete(_PLAN).where(_PLAN.c.run_id == run, _PLAN.c.round == round_))
    text = canonical(plan.model_dump(mode="json"))
    connection.execute(insert(_PLAN), sealed(_PLAN, run_id=run, round=round_, plan=text))


def save_step(connection: Connection, run: str, step: StepRecord) -> None:
    facts = {"status": step.status.value, "reason": step.reason, "version": step.version}
    row = sealed(_STEP, run_id=run, step=step.step, **facts)
    new = {f"new_{name}": row[name] for name in (*facts, "seal")}
    if not _SET_STEP.run(connection, run=run, which=step.step, **new):
        insert_row(connection, _STEP, row)


def steps(connection: Connection, run: str) -> dict[str, StepRecord]:
    """The steps of a run that were begun, by id."""
    rows = connection.execute(select(_STEP).where(_STEP.c.run_id == run))
    checked = [check(_STEP, row, f"step {row.step} of run {run}") for row in rows]
    return {
        row["step"]: StepRecord(
            step=row["step"], status=StepStatus(row["status"]), reason=row["reason"], version=row["version"]
        )
        for row in checked
    }


def run_ids(connection: Connection, document_id: int | None, state: str | None) -> list[str]:
    """Runs in the order in which they were begun."""
    query = select(_RUN.c.id).order_by(_RUN.c.created, _RUN.c.id)
    if document_id is not None:
        query = query.where(_RUN.c.document_id == document_id)
    if state is not None:
        query = query.where(_RUN.c.state == state)
    return list(connection.execute(query).scalars())


def load_run(connection: Connection, run: str, now: float) -> RunRecord:
    """Everything that is known of a run but its attempts; UnknownNameError if there is none of that id."""
    row = _row(connection, run)
    name = connection.execute(select(_DOCUMENT.c.name).where(_DOCUMENT.c.id == row["document_id"])).scalar_one()
    return RunRecord(
        id=run,
        document=name,
        document_id=row["document_id"],
        branch=row["branch"],
        base=row["base"],
        goal=Goal.model_validate_json(row["goal"]),
        plans=_plans(connection, run),
        options=json.loads(row["options"]),
        state=row["state"],
        alive=row["state"] == "running" and lease.alive(connection, run, now) is not None,
        spent=spent(connection, run),
        summary=json.loads(row["summary"]),
        steps=steps(connection, run),
        created=row["created"],
    )


def spent(connection: Connection, run: str) -> Spent:
    """What the run's replies cost; a call that served several attempts counts once."""
    replies = connection.execute(_COSTS, {"run": run}).all()
    costs = {row.call_id: json.loads(row.cost) for row in replies}.values()
    return Spent(
        attempts=len(replies),
        calls=sum(int(cost.get("calls", 1)) for cost in costs),
        seconds=sum(float(cost.get("seconds", 0)) for cost in costs),
        money=sum(float(cost.get("money", 0)) for cost in costs),
    )


def record_event(connection: Connection, run: str, event: Event, created: str) -> None:
    row = sealed(
        _EVENT,
        run_id=run,
        event=event.event,
        step=event.step,
        version=event.version,
        data=canonical(event.data),
        created=created,
    )
    insert_row(connection, _EVENT, row)


def events(connection: Connection, run: str, after: int) -> tuple[tuple[int, Event], ...]:
    """The run's events with a number larger than `after`, oldest first."""
    query = select(_EVENT).where(_EVENT.c.run_id == run, _EVENT.c.id > after).order_by(_EVENT.c.id)
    checked = [check(_EVENT, row, f"event {row.id}") for row in connection.execute(query)]
    return tuple(
        (
            row["id"],
            Event(event=row["event"], run=run, step=row["step"], version=row["version"], data=json.loads(row["data"])),
        )
        for row in checked
    )


def _row(connection: Connection, run: str) -> Mapping[str, Any]:
    row = connection.execute(_BY_ID, {"run": run}).one_or_none()
    if row is None:
        raise refusals.unknown_run(run)
    return check(_RUN, row, f"run {run}")


def _plans(connection: Connection, run: str) -> tuple[Plan, ...]:
    rows = connection.execute(select(_PLAN).where(_PLAN.c.run_id == run).order_by(_PLAN.c.round))
    checked = [check(_PLAN, row, f"plan {row.round} of run {run}") for row in rows]
    return tuple(Plan.model_validate_json(row["plan"]) for row in checked)
