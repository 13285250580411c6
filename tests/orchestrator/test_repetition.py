"""A step done again in another way: from the version before it, elsewhere, with what was asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from retouch.errors import PlanError, UnavailableError, UsageError
from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.orchestrator.repetition import Otherwise, again
from retouch.plan import ColourIs, Plan, Step

FIRST, SECOND = (10, 10, 30, 20), (100, 60, 30, 20)


@pytest.fixture
def edited(document: Document, step: Callable[..., Step], plan: Callable[..., Plan]) -> Document:
    """Two steps, painted red."""
    steps = [
        step("s1", FIRST, expectation=ColourIs(colour="red"), instruction="paint it"),
        step("s2", SECOND, expectation=ColourIs(colour="red"), after=("s1",)),
    ]
    document.run(plan=plan(*steps), editors=["scripted?colour=red"], verifiers=["scripted"])
    return document


def colour(document: Document, branch: str, box: tuple[int, int, int, int]) -> list[int]:
    pixels = document.head(branch).picture.pixels[Box(*box).slices].reshape(-1, 3)
    assert (pixels == pixels[0]).all()
    return [int(value) for value in pixels[0]]


def test_on_a_new_branch_from_the_version_before_it(edited: Document) -> None:
    before = edited.version("HEAD~2", "main")
    report = again(edited, edited.version("HEAD~1", "main"), Otherwise(editor="scripted?colour=lime"))
    assert (report.branch, report.base) == ("again-1", before.id)
    assert colour(edited, "again-1", FIRST) == [0, 255, 0]
    assert colour(edited, "main", FIRST) == [255, 0, 0]
    outside = edited.head("again-1").picture.pixels.copy()
    outside[Box(*FIRST).slices] = before.picture.pixels[Box(*FIRST).slices]
    assert np.array_equal(outside, before.picture.pixels)
    assert report.steps[0].instruction == "paint it"


def test_names_of_branches_are_never_used_twice(edited: Document) -> None:
    version = edited.head()
    names = [again(edited, version, Otherwise()).branch for _ in range(2)]
    edited.delete_branch("again-2")
    assert [*names, again(edited, version, Otherwise()).branch] == ["again-1", "again-2", "again-3"]


def test_on_a_branch_that_stands(edited: Document) -> None:
    head = edited.head().id
    report = again(edited, edited.version("HEAD~1"), Otherwise(branch="main", editor="scripted?colour=blue"))
    assert (report.branch, report.base) == ("main", head)
    assert colour(edited, "main", FIRST) == [0, 0, 255]
    assert colour(edited, "main", SECOND) == [255, 0, 0]
    assert set(edited.branches) == {"main"}


def test_in_another_box_with_another_seed(edited: Document) -> None:
    report = again(edited, edited.head(), Otherwise(box=Box(150, 100, 20, 20), seed=11))
    attempt = edited.head(report.branch).attempt()
    assert attempt is not None
    assert (attempt.seed, attempt.request["seed"]) == (11, 11)
    assert edited.head(report.branch).diff(edited.head()).boxes
    assert colour(edited, report.branch, (150, 100, 20, 20)) == [255, 0, 0]
    assert report.steps[0].box == Box(150, 100, 20, 20)


def test_with_another_instruction_the_step_is_understood_anew(edited: Document) -> None:
    report = again(edited, edited.head(), Otherwise(instruction="make it blue"))
    planned = edited.project.store.run(str(report.run)).plans[0].steps[0]
    assert (planned.operation, planned.target) == ("recolour", "blue")
    assert (planned.after, planned.supersedes) == ((), None)


def test_a_version_made_by_hand_has_no_step(edited: Document) -> None:
    with pytest.raises(UsageError, match="was made by no step"):
        again(edited, edited.version("HEAD~2"), Otherwise())
    assert set(edited.branches) == {"main"}


def test_what_cannot_be_begun_leaves_no_branch(edited: Document) -> None:
    for otherwise in (Otherwise(editor="nothing-like-it"), Otherwise(box=Box(5000, 0, 10, 10))):
        with pytest.raises((UsageError, PlanError, UnavailableError)):
            again(edited, edited.head(), otherwise)
        assert set(edited.branches) == {"main"}
