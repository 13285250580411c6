"""A version's facts become its public record, whose step record is read when somebody looks at it."""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest
from pydantic import ValidationError

from retouch.geometry import Box
from retouch.store.tree.draft import Draft
from retouch.store.tree.version_facts import facts_of, record_of
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord

_STEP = {"request": {"box": [1, 2, 3, 4], "text": "觞"}, "seed": 3}


@pytest.fixture
def made() -> VersionRecord:
    draft = Draft(1, ("a" * 64,), VersionKind.EDIT, box=Box(1, 2, 3, 4), step="s1", outcome=Outcome.PASS, record=_STEP)
    return record_of(facts_of(draft) | {"id": "b" * 64, "created": "2026-01-01T00:00:00Z"}, "page")


def test_it_is_the_record_that_was_validated(made: VersionRecord) -> None:
    validated = VersionRecord(
        id="b" * 64,
        document="page",
        parents=("a" * 64,),
        kind=VersionKind.EDIT,
        box=Box(1, 2, 3, 4),
        step="s1",
        created="2026-01-01T00:00:00Z",
        outcome=Outcome.PASS,
        record=_STEP,
    )
    assert made == validated
    assert made.model_dump(mode="json") == validated.model_dump(mode="json")
    assert made.model_dump_json() == validated.model_dump_json()
    assert VersionRecord.model_validate_json(made.model_dump_json()) == made


def test_its_step_record_is_like_the_dict_that_was_given(made: VersionRecord) -> None:
    record = made.record
    assert record == _STEP and dict(record) == _STEP and repr(record) == repr(_STEP)
    assert record["seed"] == 3 and record.get("absent") is None and "request" in record and len(record) == 2


def test_it_is_frozen_and_can_be_copied(made: VersionRecord) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        made.step = "s2"  # type: ignore[misc]
    assert deepcopy(made) == made and pickle.loads(pickle.dumps(made)) == made
    assert made.model_copy(update={"step": "s2"}).step == "s2"
