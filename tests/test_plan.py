"""Plans: the file format, its errors, and the order of steps."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import PlanError
from retouch.geometry import Box
from retouch.plan import Plan, Step, TextReads, order

WRITTEN = {
    "schema": 1,
    "goal": "replace 2024 with 2025",
    "steps": [
        {
            "id": "s1",
            "operation": "replace",
            "source": "2024",
            "target": "2025",
            "box": [10, 20, 200, 60],
            "mask": None,
            "mode": "crop",
            "instruction": "replace 2024 with 2025",
            "expectation": {"kind": "text-reads", "text": "2025"},
            "after": [],
            "supersedes": None,
            "editor": None,
            "branch": None,
        }
    ],
}


def steps(*pairs: tuple[str, tuple[str, ...]]) -> tuple[Step, ...]:
    return tuple(Step(id=name, operation="other", after=after) for name, after in pairs)


def test_a_plan_file_comes_back_field_by_field() -> None:
    plan = Plan.from_json(json.dumps(WRITTEN))
    assert plan.steps[0].box == Box(10, 20, 200, 60)
    assert plan.steps[0].expectation == TextReads(text="2025")
    assert json.loads(plan.to_json()) == WRITTEN


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "schema"),
        ({"steps": [{"id": "s1", "operation": "paint"}]}, "operation"),
        ({"steps": [{"id": "s1", "operation": "other", "colour": 1}]}, "colour"),
        ({"steps": [{"id": "s1", "operation": "other", "box": [0, 0, 0, 4]}]}, "positive"),
        ({"steps": [{"id": "s1", "operation": "other", "box": [0, 0, 4]}]}, "four integers"),
        ({"steps": [{"id": "s1", "operation": "other"}] * 2}, "stands twice"),
        ({"steps": [{"id": "s1", "operation": "other", "after": ["s9"]}]}, "unknown step 's9'"),
        ({"steps": [{"id": "s1", "operation": "other", "expectation": {"kind": "hope"}}]}, "expectation"),
    ],
)
def test_a_wrong_plan_file_is_named_with_its_field(change: dict[str, object], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        Plan.from_json(json.dumps({**WRITTEN, **change}))


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "{}"])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlanError, match="plan"):
        Plan.from_json(text)


def test_steps_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(PlanError, match="wait for each other"):
        order(steps(("a", ("b",)), ("b", ("a",))))


@given(st.permutations(["a", "b", "c", "d"]))
def test_order_puts_each_step_behind_those_it_comes_after(names: list[str]) -> None:
    after = {"a": (), "b": ("a",), "c": ("b",), "d": ("a", "c")}
    placed = [step.id for step in order(steps(*((name, after[name]) for name in names)))]
    assert sorted(placed) == ["a", "b", "c", "d"]
    assert all(placed.index(before) < placed.index(name) for name in placed for before in after[name])
