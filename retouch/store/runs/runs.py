"""Runs: begun, claimed, kept alive and ended; their plans, steps and events."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from retouch.event import Event
from retouch.plan import Goal, Plan
from retouch.store.canonical import canonical
from retouch.store.clock import Clock, moment
from retouch.store.database import Database
from retouch.store.runs import lease, run_rows
from retouch.store.runs.run_record import RunRecord, RunState, StepRecord
from retouch.store.tree import refusals, version_rows


class Runs:
    """The runs of one project, seen by one owner of leases; every method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._owner = lease.new_owner()
        self._held: set[str] = set()

    def begin(
        self, document_id: int, branch: str, goal: Goal, options: Mapping[str, Any], base: str, plan: Plan | None
    ) -> str:
        run = secrets.token_hex(8)
        with self._database.write() as connection:
            version_rows.require(connection, document_id, base)
            run_rows.insert_run(
                connection,
                id=run,
                document_id=document_id,
                branch=branch,
                base=base,
                goal=canonical(goal.model_dump(mode="json")),
                options=canonical(dict(options)),
                created=moment(self._clock()),
            )
            if plan is not None:
                run_rows.save_plan(connection, run, plan, 0)
            lease.take(connection, run, self._owner, self._now())
        self._held.add(run)
        return run

    def heartbeat(self, run: str) -> None:
        with self._database.relaxed() as connection:
            run_rows.document_of(connection, run)
            lease.beat(connection, run, self._owner, self._now())

    def claim(self, run: str) -> RunRecord:
        with self._database.write() as connection:
            state = run_rows.state(connection, run)
            if state in ("ended", "failed"):
                raise refusals.over(run, state)
            lease.take(connection, run, self._owner, self._now())
            run_rows.set_state(connection, run, "running")
        self._held.add(run)
        return self.run(run)

    def finish(self, run: str, state: RunState, summary: Mapping[str, Any]) -> None:
        with self._database.write() as connection:
            self.require_lease(connection, run)
            run_rows.set_state(connection, run, state, dict(summary))
            lease.release(connection, self._owner, run)
        self._held.discard(run)

    def release(self) -> None:
        """Give back all runs that are held, so that others need not wait until their leases lapse."""
        if self._held:
            with self._database.relaxed() as connection:
                lease.release(connection, self._owner)
            self._held.clear()

    def require_lease(self, connection: Connection, run: str) -> None:
        """LeaseError if somebody else is at work on the run."""
        lease.require(connection, run, self._owner, self._now())

    def run(self, run: str) -> RunRecord:
        with self._database.read() as connection:
            return run_rows.load_run(connection, run, self._now())

    def runs(self, document_id: int | None, state: RunState | None) -> tuple[RunRecord, ...]:
        with self._database.read() as connection:
            found = run_rows.run_ids(connection, document_id, state)
            return tuple(run_rows.load_run(connection, run, self._now()) for run in found)

    def save_plan(self, run: str, plan: Plan, round_: int) -> None:
        with self._database.write() as connection:
            run_rows.document_of(connection, run)
            run_rows.save_plan(connection, run, plan, round_)

    def save_step(self, run: str, step: StepRecord) -> None:
        with self._database.write() as connection:
            document = run_rows.document_of(connection, run)
            if step.version is not None:
                version_rows.require(connection, document, step.version)
            run_rows.save_step(connection, run, step)

    def steps(self, run: str) -> dict[str, StepRecord]:
        with self._database.read() as connection:
            return run_rows.steps(connection, run)

    def record_event(self, run: str, event: Event) -> None:
        with self._database.relaxed() as connection:
            run_rows.document_of(connection, run)
            run_rows.record_event(connection, run, event, moment(self._clock()))

    def events(self, run: str, after: int) -> tuple[tuple[int, Event], ...]:
        with self._database.read() as connection:
            return run_rows.events(connection, run, after)

    def _now(self) -> float:
        return self._clock().timestamp()
