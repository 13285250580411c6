"""What the routes answer with: the words of the command line's JSON, and what the page needs beside."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from retouch.attempt import AttemptState, StepStatus
from retouch.event import Event
from retouch.orchestrator.disclosure import Sending
from retouch.plan import Expectation, Plan, Step
from retouch.record import BoxField, Record
from retouch.store.runs.run_record import RunState, Spent
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind


class DocumentLine(Record):
    """One document in the list of all."""

    key: str = Field(examples=["1-1"])
    name: str
    project: str
    """The project file's name without its folder."""
    width: int
    height: int
    created: str
    versions: int
    waiting: int
    """How many steps wait for a person."""
    running: bool
    head: str
    trouble: str = ""
    """Why it cannot be told how it stands, where it is damaged; numbers are 0 and `head` is empty then."""


class DocumentList(Record):
    """All documents of all projects that are served, in the order of the command line."""

    documents: list[DocumentLine]


class BranchFact(Record):
    """A branch; `etag` is what `If-Match` takes where the branch is to be moved."""

    name: str
    head: str
    etag: str


class TagFact(Record):
    """A fixed name for a version."""

    name: str
    version: str


class DocumentFacts(Record):
    """One document: its picture's form, its branches and tags, and what is going on."""

    key: str
    name: str
    project: str
    width: int
    height: int
    mode: Literal["L", "LA", "RGB", "RGBA"]
    depth: Literal[8, 16]
    branches: list[BranchFact]
    tags: list[TagFact]
    waiting: list[str]
    """Steps that wait for a person, as `RUN:STEP`."""
    running: list[str]
    """Ids of the runs that are alive."""
    revision: str
    """Changes whenever anything of the document does."""


class Relation(Record):
    """Which other version a version takes back, picks or merges."""

    kind: Literal["reverts", "picks", "merges"]
    version: str


class TreeVersion(Record):
    """A version as the tree shows it: its line in the log, and what stands beside it."""

    id: str
    parents: list[str]
    kind: VersionKind
    box: BoxField | None
    step: str | None
    message: str
    author: str
    created: str
    outcome: Outcome | None
    editor: str | None
    branches: list[str]
    """Branches whose head it is."""
    tags: list[str]
    opinion: Literal["accepted", "rejected"] | None
    comments: int
    run: str | None
    relation: Relation | None
    reads: str
    """What its step wanted the place to read; empty where it wanted no text."""


class TreeRowFact(Record):
    """One row of the tree, laid out in lanes; see `retouch.orchestrator.history_tree.TreeRow`."""

    version: TreeVersion
    folded: list[TreeVersion]
    """The tries of one step that share the row; empty where the row is one version's."""
    lane: int
    joins: list[int]
    forks: list[int]
    passing: list[int]
    above: bool
    below: bool
    sprouts: int | None


class TreeFacts(Record):
    """The whole tree, the oldest version first."""

    revision: str
    lanes: int
    rows: list[TreeRowFact]


class AttemptFact(Record):
    """One try of a step, with what was said of it."""

    id: str
    number: int
    rung: str
    editor: str
    seed: int
    state: AttemptState
    error: str | None
    notes: list[str]
    dropped: list[str]
    request: dict[str, Any]
    effective: dict[str, Any]
    cost: dict[str, Any]
    base: str
    """The version it was edited from."""
    repairs: str | None
    """The attempt whose result it started from."""
    box: BoxField | None
    version: str | None
    verdicts: list[Verdict]


class Evidence(Record):
    """What a version's step wanted, and every try of it with the reason why it failed."""

    run: str
    goal: str
    state: RunState
    step: Step | None
    """The step as it was planned."""
    status: StepStatus
    reason: str
    attempts: list[AttemptFact]
    sends: list[Sending]
    """What the run sent to which host."""


class VersionFacts(Record):
    """A version: its line in the log, its whole record, its place in the tree, and the evidence for it."""

    id: str
    parents: list[str]
    kind: VersionKind
    box: BoxField | None
    step: str | None
    message: str
    author: str
    created: str
    outcome: Outcome | None
    editor: str | None
    width: int | None
    height: int | None
    """None where the pixels were given back by `gc`, or are damaged."""
    record: dict[str, Any]
    """As `retouch show --json` has it: request, effective parameters, seed, cost, verdicts, comments, marks."""
    contained_in: list[str]
    """Branches on whose way it lies."""
    children: list[str]
    evidence: Evidence | None
    """None for a version that no attempt made."""


class Outside(Record):
    """What changed beyond the box of the second version's step; nothing where it has none."""

    box: BoxField | None
    changed_pixels: int
    max_difference: int


class Comparison(Record):
    """What changes from version `a` to version `b`; differences are of a channel, in the picture's own depth."""

    a: str
    b: str
    boxes: list[BoxField]
    changed_pixels: int
    max_difference: int
    outside: Outside


class RunHead(Record):
    """One run of a document."""

    id: str
    goal: str
    branch: str
    state: RunState
    alive: bool
    """False with the state `running`: its process is gone, and it can be resumed."""
    created: str
    round: int
    """How many plans it has made."""
    spent: Spent
    mine: bool
    """True if this server works on it."""


class RunLine(RunHead):
    """A run in the list of all."""

    steps: dict[StepStatus, int]
    """How many steps stand how."""


class RunList(Record):
    """All runs of a document, in the order in which they were begun."""

    runs: list[RunLine]


class RunStep(Record):
    """One step of a run: what it was to do, and how far it is."""

    id: str
    box: BoxField | None
    instruction: str
    expectation: Expectation | None
    status: StepStatus
    reason: str
    version: str | None
    attempts: int


class NumberedEvent(Event):
    """An event of a run with its number, which grows through the whole project."""

    number: int


class RunFacts(RunHead):
    """One run: its plans, its steps, what it told last, and what it sent where."""

    steps: list[RunStep]
    plans: list[Plan]
    events: list[NumberedEvent]
    sends: list[Sending]


class WaitingStep(Record):
    """A step that waits for a person; `released`: it was skipped, and could be done now."""

    name: str = Field(examples=["1019bb3e:s8"])
    run: str
    step: Step
    reason: str
    candidates: list[str]
    best: str | None
    released: bool


class WaitingList(Record):
    """Every step that waits, those of the newest run first."""

    steps: list[WaitingStep]


class PartFact(Record):
    """A part that can be asked for; `why` and `command` say what it lacks where it is not usable."""

    name: str
    usable: bool
    why: str
    command: str
    about: str


class PartList(Record):
    """The parts that this server takes from a page: built-in ones that stay on this machine, and those that
    `retouch serve` was started with."""

    planners: list[PartFact]
    editors: list[PartFact]
    verifiers: list[PartFact]
