"""The journal of runs: goals, plans, steps and events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from retouch.attempt import StepStatus
from retouch.errors import UnknownNameError
from retouch.event import Event
from retouch.plan import Goal, Plan
from retouch.store import lease
from retouch.store.canonical import canonical
from retouch.store.run_record import RunRecord, RunState, Spent, StepRecord
from retouch.store.schema import AttemptRow, DocumentRow, EventRow, PlanRow, ReplyRow, RunRow, StepRow
from retouch.store.sealing import check, sealed, table_of


def insert_run(connection: Connection, **values: Any) -> None:
    """Write a run; `values` are the columns of `RunRow` but state and summary."""
    connection.execute(insert(RunRow).values(sealed(RunRow, **values, state="running", summary="{}")))


def set_state(connection: Connection, run: str, state: RunState, summary: Mapping[str, Any] | None = None) -> None:
    values = dict(_row(connection, run)) | {"state": state}
    values.pop("seal")
    if summary is not None:
        values["summary"] = canonical(summary)
    connection.execute(update(RunRow).where(RunRow.id == run).values(sealed(RunRow, **values)))


def state(connection: Connection, run: str) -> str:
    return str(_row(connection, run)["state"])


def document_of(connection: Connection, run: str) -> int:
    return int(_row(connection, run)["document_id"])


def save_plan(connection: Connection, run: str, plan: Plan, round_: int) -> None:
    """Write the plan of a round; a plan of that round that is there already is replaced."""
    connection.execute(delete(PlanRow).where(PlanRow.run_id == run, PlanRow.round == round_))
    text = canonical(plan.model_dump(mode="json"))
    connection.execute(insert(PlanRow).values(sealed(PlanRow, run_id=run, round=round_, plan=text)))


def save_step(connection: Connection, run: str, step: StepRecord) -> None:
    row = sealed(
        StepRow, run_id=run, step=step.step, status=step.status.value, reason=step.reason, version=step.version
    )
    done = connection.execute(update(StepRow).where(StepRow.run_id == run, StepRow.step == step.step).values(row))
    if done.rowcount == 0:
        connection.execute(insert(StepRow).values(row))


def steps(connection: Connection, run: str) -> dict[str, StepRecord]:
    """The steps of a run that were begun, by id."""
    rows = connection.execute(select(table_of(StepRow)).where(StepRow.run_id == run))
    checked = [check(StepRow, row, f"step {row.step} of run {run}") for row in rows]
    return {
        row["step"]: StepRecord(
            step=row["step"], status=StepStatus(row["status"]), reason=row["reason"], version=row["version"]
        )
        for row in checked
    }


def run_ids(connection: Connection, document_id: int | None, state: str | None) -> list[str]:
    """Runs in the order in which they were begun."""
    query = select(RunRow.id).order_by(RunRow.created, RunRow.id)
    if document_id is not None:
        query = query.where(RunRow.document_id == document_id)
    if state is not None:
        query = query.where(RunRow.state == state)
    return list(connection.execute(query).scalars())


def load_run(connection: Connection, run: str, now: float) -> RunRecord:
    """Everything that is known of a run but its attempts; UnknownNameError if there is none of that id."""
    row = _row(connection, run)
    name = connection.execute(select(DocumentRow.name).where(DocumentRow.id == row["document_id"])).scalar_one()
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
    query = (
        select(AttemptRow.call_id, ReplyRow.cost)
        .join(ReplyRow, ReplyRow.attempt_id == AttemptRow.id)
        .where(AttemptRow.run_id == run)
    )
    replies = connection.execute(query).all()
    costs = {row.call_id: json.loads(row.cost) for row in replies}.values()
    return Spent(
        attempts=len(replies),
        calls=sum(int(cost.get("calls", 1)) for cost in costs),
        seconds=sum(float(cost.get("seconds", 0)) for cost in costs),
        money=sum(float(cost.get("money", 0)) for cost in costs),
    )


def record_event(connection: Connection, run: str, event: Event, created: str) -> None:
    row = sealed(
        EventRow,
        run_id=run,
        event=event.event,
        step=event.step,
        version=event.version,
        data=canonical(event.data),
        created=created,
    )
    connection.execute(insert(EventRow).values(row))


def events(connection: Connection, run: str, after: int) -> tuple[tuple[int, Event], ...]:
    """The run's events with a number larger than `after`, oldest first."""
    query = select(table_of(EventRow)).where(EventRow.run_id == run, EventRow.id > after).order_by(EventRow.id)
    checked = [check(EventRow, row, f"event {row.id}") for row in connection.execute(query)]
    return tuple(
        (
            row["id"],
            Event(event=row["event"], run=run, step=row["step"], version=row["version"], data=json.loads(row["data"])),
        )
        for row in checked
    )


def _row(connection: Connection, run: str) -> Mapping[str, Any]:
    row = connection.execute(select(table_of(RunRow)).where(RunRow.id == run)).one_or_none()
    if row is None:
        raise UnknownNameError(f"there is no run {run!r}")
    return check(RunRow, row, f"run {run}")


def _plans(connection: Connection, run: str) -> tuple[Plan, ...]:
    rows = connection.execute(select(table_of(PlanRow)).where(PlanRow.run_id == run).order_by(PlanRow.round))
    checked = [check(PlanRow, row, f"plan {row.round} of run {run}") for row in rows]
    return tuple(Plan.model_validate_json(row["plan"]) for row in checked)
