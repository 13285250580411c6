"""What a history in memory holds: plain dicts and arrays behind one lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from threading import RLock
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import numpy as np

from retouch.attempt import Attempt
from retouch.event import Event
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.plan import Goal, Plan
from retouch.store.canonical import canonical
from retouch.store.runs.run_record import RunState, StepRecord
from retouch.store.tree.comment import Comment
from retouch.store.tree.mark import Mark
from retouch.version import DocumentRecord, Move

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class KeptPicture:
    """A picture that its giver can no longer change, with the hashes of its pixels, of all of it and of its tiles."""

    picture: Picture
    pixels: bytes
    root: bytes
    tiles: frozenset[bytes]


@dataclass(slots=True, eq=False)
class KeptRun:
    """A run with its plans by round, its steps by id and its numbered events; JSON texts as they were given."""

    document_id: int
    branch: str
    base: str
    goal: Goal
    options: str
    created: str
    state: RunState = "running"
    summary: str = "{}"
    plans: dict[int, Plan] = field(default_factory=dict)
    steps: dict[str, StepRecord] = field(default_factory=dict)
    events: list[tuple[int, Event]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class KeptAttempt:
    """An attempt as far as it is, and the patch that came back: when, whether its version holds the very same, and when
    its pixels were given back."""

    attempt: Attempt
    patch: Patch | None = None
    returned: str = ""
    in_version: bool = False
    collected: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MemoryContent:
    """Everything in the order in which it was written.

    `versions` are their facts (see `version_facts`, with id, time and root), each with its picture in `pictures` or the
    time in `collected` when that was given back; branches and tags by document and name, leases by run."""

    lock: RLock = field(default_factory=RLock)
    documents: dict[int, DocumentRecord] = field(default_factory=dict)
    versions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    pictures: dict[str, KeptPicture] = field(default_factory=dict)
    collected: dict[str, str] = field(default_factory=dict)
    branches: dict[int, dict[str, str]] = field(default_factory=dict)
    tags: dict[int, dict[str, str]] = field(default_factory=dict)
    moves: dict[int, list[Move]] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    runs: dict[str, KeptRun] = field(default_factory=dict)
    leases: dict[str, tuple[str, float]] = field(default_factory=dict)
    attempts: dict[str, KeptAttempt] = field(default_factory=dict)
    judged: list[str] = field(default_factory=list)


class Locked(Protocol):
    """What has its content behind the content's lock."""

    _content: MemoryContent


L = TypeVar("L", bound=Locked)


def locked(method: Callable[Concatenate[L, P], R]) -> Callable[Concatenate[L, P], R]:
    """`method` under the lock: seen from other threads it happens at once."""

    @wraps(method)
    def alone(self: L, /, *args: P.args, **options: P.kwargs) -> R:
        with self._content.lock:
            return method(self, *args, **options)

    return alone


def plain(value: Any) -> Any:
    """A copy of `value` as it comes back from JSON; UsageError if it is none."""
    return json.loads(canonical(value))


def copied(patch: Patch) -> Patch:
    """A patch that its giver can no longer change."""
    return Patch(patch.box, np.array(patch.pixels, order="C"), patch.mask.copy())
