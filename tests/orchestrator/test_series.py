"""Sixteen versions of one picture are sixteen branches that know nothing of each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from retouch.errors import PlanError
from retouch.orchestrator.document import Document
from retouch.orchestrator.series import part, run_series, siblings
from retouch.picture import Picture
from retouch.plan import Plan, Step

COLOURS = ("red", "green", "blue")


@pytest.fixture
def plan(step: Callable[..., Step]) -> Plan:
    """A shared step, and one of each colour at the same place."""
    shared = step("s0", (10, 10, 20, 20))
    own = [step(f"s{n}", (60, 60, 30, 30), branch=colour) for n, colour in enumerate(COLOURS, 1)]
    return Plan(goal="a series", steps=(shared, *own))


def test_the_siblings_of_a_plan_and_their_parts(plan: Plan) -> None:
    assert siblings(plan) == COLOURS
    assert [s.id for s in part(plan, "green").steps] == ["s2"]
    assert [s.id for s in part(plan, None).steps] == ["s0"]


def test_every_sibling_starts_from_the_shared_steps_and_keeps_to_itself(
    document: Document, plan: Plan, page: Picture
) -> None:
    reports = run_series(document, plan, editors=["scripted?colour=black"], verifiers=["scripted"])
    assert list(reports) == ["main", *COLOURS]
    assert all(report.steps[0].status == "fixed" for report in reports.values())
    main = document.head("main").picture.pixels
    assert not np.array_equal(main[10:30, 10:30], page.pixels[10:30, 10:30])
    assert np.array_equal(main[60:90, 60:90], page.pixels[60:90, 60:90])
    for colour in COLOURS:
        head = document.head(colour)
        assert document.version(head.id).record.parents == (document.head("main").id,)
        assert np.array_equal(head.picture.pixels[10:30, 10:30], main[10:30, 10:30])


def test_a_series_that_cannot_be_done_changes_nothing(
    document: Document, plan: Plan, step: Callable[..., Step]
) -> None:
    crossing = plan.model_copy(update={"steps": (*plan.steps, step("s9", (5, 5, 20, 20), branch="red", after=("s2",)))})
    with pytest.raises(PlanError, match="comes after 's2' of another branch"):
        run_series(document, crossing)
    document.create_branch("blue")
    with pytest.raises(PlanError, match="branch 'blue' stands already"):
        run_series(document, plan)
    assert set(document.branches) == {"main", "blue"}
    assert len(document.log()) == 1
