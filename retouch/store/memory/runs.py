"""Runs of a history in memory: begun, claimed, kept alive and ended, with their plans, steps and events."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from retouch.attempt import AttemptState, StepStatus
from retouch.event import Event
from retouch.plan import Goal, Plan
from retouch.store.canonical import canonical
from retouch.store.clock import moment
from retouch.store.journal import Journal
from retouch.store.memory.content import KeptRun, locked, plain
from retouch.store.memory.versions import MemoryVersions
from retouch.store.runs import lease
from retouch.store.runs.run_record import RunRecord, RunState, Spent, StepRecord
from retouch.store.tree import refusals


class MemoryRuns(MemoryVersions, Journal):
    """The runs, seen by one owner of leases."""

    _owner: str

    @locked
    def begin_run(
        self,
        document_id: int,
        branch: str,
        *,
        goal: Goal,
        options: Mapping[str, Any],
        base: str,
        plan: Plan | None = None,
    ) -> str:
        run = secrets.token_hex(8)
        self._require(document_id, base)
        kept = goal.model_copy(deep=True)
        created = moment(self._clock())
        self._content.runs[run] = KeptRun(document_id, branch, base, kept, canonical(dict(options)), created)
        if plan is not None:
            self.save_plan(run, plan, 0)
        self._take(run)
        return run

    @locked
    def save_plan(self, run: str, plan: Plan, round: int) -> None:
        self._run(run).plans[round] = plan.model_copy(deep=True)

    @locked
    def heartbeat(self, run: str) -> None:
        self._run(run)
        # A lease that has lapsed is the owner's as long as nobody took it.
        if self._content.leases.get(run, ("", 0.0))[0] != self._owner:
            self._require_lease(run)
        self._take(run)

    @locked
    def claim(self, run: str) -> RunRecord:
        kept = self._run(run)
        if kept.state in ("ended", "failed"):
            raise refusals.over(run, kept.state)
        self._require_lease(run)
        self._take(run)
        kept.state = "running"
        return self.run(run)

    @locked
    def finish_run(self, run: str, state: RunState, summary: Mapping[str, Any]) -> None:
        kept = self._run(run)
        self._require_lease(run)
        kept.summary, kept.state = canonical(dict(summary)), state
        if self._content.leases.get(run, ("", 0.0))[0] == self._owner:
            del self._content.leases[run]

    @locked
    def run(self, run_id: str) -> RunRecord:
        kept = self._run(run_id)
        return RunRecord(
            id=run_id,
            document=self._content.documents[kept.document_id].name,
            document_id=kept.document_id,
            branch=kept.branch,
            base=kept.base,
            goal=kept.goal,
            plans=tuple(kept.plans[round] for round in sorted(kept.plans)),
            options=json.loads(kept.options),
            state=kept.state,
            alive=kept.state == "running" and self._worker(run_id) is not None,
            spent=self._spent(run_id),
            summary=json.loads(kept.summary),
            steps=dict(kept.steps),
            created=kept.created,
        )

    @locked
    def runs(self, document_id: int | None = None, state: RunState | None = None) -> tuple[RunRecord, ...]:
        return tuple(
            self.run(run)
            for run, kept in self._content.runs.items()
            if document_id in (None, kept.document_id) and state in (None, kept.state)
        )

    @locked
    def save_step(
        self, run: str, step_id: str, status: StepStatus, reason: str | None = None, version: str | None = None
    ) -> None:
        kept = self._run(run)
        if version is not None:
            self._require(kept.document_id, version)
        kept.steps[step_id] = StepRecord(step=step_id, status=status, reason=reason, version=version)

    @locked
    def steps(self, run: str) -> dict[str, StepRecord]:
        kept = self._content.runs.get(run)
        return {} if kept is None else dict(kept.steps)

    @locked
    def record_event(self, run: str, event: Event) -> None:
        kept = self._run(run)
        number = 1 + sum(len(other.events) for other in self._content.runs.values())
        kept.events.append((number, event.model_copy(update={"run": run, "data": plain(event.data)})))

    @locked
    def events(self, run: str, after: int = 0) -> tuple[tuple[int, Event], ...]:
        kept = self._content.runs.get(run)
        return () if kept is None else tuple((number, event) for number, event in kept.events if number > after)

    @locked
    def _release(self) -> None:
        """Give back all runs that are held."""
        held = [run for run, (owner, _) in self._content.leases.items() if owner == self._owner]
        for run in held:
            del self._content.leases[run]

    def _run(self, run: str) -> KeptRun:
        if run not in self._content.runs:
            raise refusals.unknown_run(run)
        return self._content.runs[run]

    def _worker(self, run: str) -> str | None:
        """The owner of a run that is believed alive."""
        owner, until = self._content.leases.get(run, ("", 0.0))
        return owner if owner and lease.believed(owner, until, self._clock().timestamp()) else None

    def _require_lease(self, run: str) -> None:
        other = self._worker(run)
        if other not in (None, self._owner):
            raise refusals.busy(run, str(other), lease.SECONDS)

    def _take(self, run: str) -> None:
        self._content.leases[run] = self._owner, self._clock().timestamp() + lease.SECONDS

    def _spent(self, run: str) -> Spent:
        """What the run's replies cost; a call that served several attempts counts once."""
        attempts = [kept.attempt for kept in self._content.attempts.values() if kept.attempt.run == run]
        replies = [attempt for attempt in attempts if attempt.state is not AttemptState.STARTED]
        costs = {attempt.call_id: attempt.cost for attempt in replies}.values()
        return Spent(
            attempts=len(replies),
            calls=sum(int(cost.get("calls", 1)) for cost in costs),
            seconds=sum(float(cost.get("seconds", 0)) for cost in costs),
            money=sum(float(cost.get("money", 0)) for cost in costs),
        )
