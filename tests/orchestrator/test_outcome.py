"""The exit code that follows from a report; budgets and their meter."""

from __future__ import annotations

import pytest

from retouch.attempt import StepStatus
from retouch.errors import BudgetError, UsageError
from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.orchestrator.budget import Budget, Meter
from retouch.orchestrator.outcome import Ending, RunReport, StepReport


def report(*statuses: StepStatus, **fields: object) -> RunReport:
    failed = bool(fields.pop("service_failed", False))
    steps = tuple(
        StepReport(
            id=f"s{i}",
            box=Box(0, 0, 1, 1),
            instruction="",
            expectation=None,
            status=status,
            attempts=1,
            editor=None,
            version=None,
            reason=None,
            service_failed=failed,
        )
        for i, status in enumerate(statuses)
    )
    return RunReport(project="p", document="d", branch="main", base="a", head="b", steps=steps).model_copy(
        update=fields
    )


def finding(kind: FaultKind) -> Finding:
    return Finding(index=0, box=Box(0, 0, 1, 1), wanted="a", read="b", kind=kind, score=0)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (report(), 0),
        (report(StepStatus.FIXED), 0),
        (report(StepStatus.FIXED, StepStatus.UNFIXED), 3),
        (report(StepStatus.FIXED, StepStatus.SKIPPED), 3),
        (report(StepStatus.FIXED, findings=(finding(FaultKind.WRONG),)), 3),
        (report(StepStatus.FIXED, findings=(finding(FaultKind.VARIANT),)), 0),
        (report(StepStatus.UNFIXED, service_failed=True), 6),
        (report(StepStatus.NEEDS_REVIEW, StepStatus.UNFIXED, service_failed=True), 4),
        (report(StepStatus.NEEDS_REVIEW, ending=Ending.BUDGET), 5),
        (report(StepStatus.UNFIXED, ending=Ending.CANCELLED), 130),
    ],
)
def test_exit_codes_in_the_promised_order(told: RunReport, code: int) -> None:
    assert told.exit_code == code


def test_the_meter_counts_and_says_which_limit_was_reached() -> None:
    now = [100.0]
    meter = Meter(Budget(calls=2, seconds=10), clock=lambda: now[0])
    meter.raise_if_spent()
    meter.editor += 2
    assert meter.calls_left() == 0
    with pytest.raises(BudgetError, match="2 editor calls"):
        meter.raise_if_spent()
    meter.editor, now[0] = 0, 111.0
    with pytest.raises(BudgetError, match="10 s is used up after 11.0 s"):
        meter.raise_if_spent()


def test_time_before_an_interruption_counts() -> None:
    meter = Meter(Budget(seconds=10), earlier=9.5, clock=lambda: 0.0)
    assert meter.seconds == 9.5 and meter.calls_left() is None
    meter.raise_if_spent()


@pytest.mark.parametrize("limits", [{"calls": -1}, {"seconds": -0.5}, {"attempts": 0}])
def test_impossible_budgets_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=next(iter(limits))):
        Budget(**limits)
