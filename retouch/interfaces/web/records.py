"""What the routes answer with: the words of the command line's JSON, and what the page needs beside."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retouch.record import BoxField, Record
from retouch.verdict import Outcome
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
    reads: str | None
    """What its step wanted the place to read."""


class TreeRowFact(Record):
    """One row of the tree, laid out in lanes; see `retouch.interfaces.history_tree.TreeRow`."""

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
