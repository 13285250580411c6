"""Abandonment: a run that a person gave up stays as far as it came, and is never gone on with."""

from __future__ import annotations

from retouch.attempt import StepStatus
from retouch.event import Event
from retouch.store import History, RunRecord

_OPEN = (StepStatus.PENDING, StepStatus.RUNNING)


def give_up(store: History, run: str, *, author: str) -> RunRecord:
    """End the run as `failed`, with a summary that says who gave it up. Its versions stay where they are.

    Steps that it had not ended are `unfixed` if they were tried, else `skipped`, with the reason. UsageError if the run
    is over, LeaseError if it is alive elsewhere.
    """
    record = store.claim(run)
    said = f"the run was cancelled by {author}"
    tried = {attempt.step for attempt in store.attempts(run)}
    for step in (step.id for plan in record.plans for step in plan.steps):
        if step in record.steps and record.steps[step].status not in _OPEN:
            continue
        if step in tried:
            store.save_step(run, step, StepStatus.UNFIXED, f"{said} while it was tried")
        else:
            store.save_step(run, step, StepStatus.SKIPPED, f"{said} before it was tried")
    store.finish_run(run, "failed", {**record.summary, "cancelled": True, "reason": said})
    store.record_event(run, Event(event="run-ended", run=run, data={"cancelled": True, "reason": said}))
    return store.run(run)
