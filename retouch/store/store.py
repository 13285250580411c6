"""The store: the history of one project, as the rest of Retouch sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from retouch.attempt import Attempt, StepStatus
from retouch.event import Event
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.plan import Goal, Plan
from retouch.store.attempts import Attempts
from retouch.store.clock import Clock, second, utc_now
from retouch.store.comment import Comment
from retouch.store.database import Database
from retouch.store.draft import Draft
from retouch.store.pixel_store import PixelStore
from retouch.store.run_record import RunRecord, RunState, StepRecord
from retouch.store.runs import Runs
from retouch.store.statistics import statistics
from retouch.store.tree import Tree
from retouch.verdict import Outcome, Verdict
from retouch.version import DocumentRecord, Move, VersionKind, VersionRecord


class Store:
    """One project file, open. Safe to use from several threads; other processes may use the same file meanwhile.

    What a method has returned is on disk. Errors of the file itself are StoreError and its kinds; a method that raises
    has changed nothing.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._pixels = PixelStore(database)
        self._tree = Tree(database, self._pixels, clock)
        self._runs = Runs(database, clock)
        self._attempts = Attempts(database, self._pixels, self._tree, self._runs, clock)

    @classmethod
    def open(cls, path: Path, *, create: bool = False, readonly: bool = False, clock: Clock = utc_now) -> Store:
        """Open the project file at `path`; `create` makes one where there is none.

        A file or folder that may not be written is opened for reading. UsageError if it is no project file,
        NewerSchemaError if a newer Retouch wrote it; neither is touched.
        """
        return cls(Database.open(Path(path), create=create, readonly=readonly), clock)

    @property
    def path(self) -> Path:
        return self._database.path

    @property
    def readonly(self) -> bool:
        return self._database.readonly

    def close(self) -> None:
        """Give back the runs that are held and close the file; the store can't be used afterwards."""
        try:
            self._runs.release()
        finally:
            self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # documents and versions

    def documents(self) -> tuple[DocumentRecord, ...]:
        """All documents, in the order in which they were imported."""
        return self._tree.documents()

    def document(self, name: str | None = None) -> DocumentRecord:
        """The document of that name, without a name the only one; else UnknownNameError naming those there are."""
        return self._tree.document(name)

    def import_picture(self, picture: Picture, *, name: str, source: str | None, author: str) -> VersionRecord:
        """A new document with the branch `main` at the picture; UsageError if the name is taken."""
        return self._tree.import_picture(picture, name, source, author)

    def find_pixels(self, picture: Picture) -> VersionRecord | None:
        """An import with exactly these pixels and this profile; one whose other metadata is equal, too, comes first."""
        return self._tree.find_pixels(picture)

    def version(self, version_id: str) -> VersionRecord:
        """The facts of the version with this full id; UnknownNameError if there is none."""
        return self._tree.version(version_id)

    def resolve(self, document_id: int, name: str, branch: str | None = None) -> VersionRecord:
        """The version that `name` means: branch, tag, id or its prefix (4 digits or more), `HEAD` (of `branch`, or of
        the only one), each with `~N`. UnknownNameError lists what there is, or what an ambiguous name could be."""
        return self._tree.resolve(document_id, name, branch)

    def versions(self, document_id: int) -> tuple[VersionRecord, ...]:
        """All versions of a document, candidates included, oldest first."""
        return self._tree.versions(document_id)

    def checkout(self, version_id: str) -> Picture:
        """The picture of a version, bit for bit; every tile is checked, DamagedError names the versions touched."""
        return self._pixels.checkout(version_id)

    def branches(self, document_id: int) -> dict[str, str]:
        """Head of each branch by name."""
        return self._tree.branches(document_id)

    def tags(self, document_id: int) -> dict[str, str]:
        """Version of each tag by name."""
        return self._tree.tags(document_id)

    def create_branch(self, document_id: int, name: str, target: str, *, author: str) -> Move:
        """A new branch at version `target`; UsageError if the name is taken or unfit."""
        return self._tree.create_branch(document_id, name, target, author)

    def create_tag(self, document_id: int, name: str, target: str, *, author: str) -> None:
        """A fixed name for version `target`; UsageError if the name is taken or unfit."""
        self._tree.create_tag(document_id, name, target, author)

    def move_branch(
        self, document_id: int, branch: str, *, expected: str, target: str, reason: str, author: str
    ) -> Move:
        """Set a branch from `expected` to `target` and log it; ConflictError if it stands elsewhere."""
        created = second(self._clock())
        move = Move(branch=branch, origin=expected, target=target, reason=reason, author=author, created=created)
        return self._tree.move_branch(document_id, move)

    def moves(self, document_id: int) -> tuple[Move, ...]:
        """The reference log: every move of every branch, oldest first."""
        return self._tree.moves(document_id)

    def commit(
        self,
        document_id: int,
        branch: str,
        *,
        expected: str,
        change: Patch | Picture,
        kind: VersionKind,
        box: Box | None = None,
        step: str | None = None,
        message: str = "",
        author: str = "agent",
        record: Mapping[str, Any] | None = None,
        parents: tuple[str, ...] | None = None,
        outcome: Outcome | None = None,
        editor: str | None = None,
    ) -> VersionRecord:
        """A version on `branch`, whose head must be `expected` (ConflictError if not); the head moves to it.

        A patch is applied to `expected`, and its cost does not depend on the picture's size; a picture replaces all.
        `box` is the patch's where none is given, `parents` is `expected` alone.
        """
        draft = Draft(
            document_id,
            parents or (expected,),
            kind,
            box=box or _box(change),
            step=step,
            message=message,
            author=author,
            outcome=outcome,
            editor=editor,
            record=record or {},
        )
        return self._tree.commit(draft, branch, expected, change)

    def candidate(
        self,
        document_id: int,
        *,
        parent: str,
        patch: Patch,
        step: str | None = None,
        message: str = "",
        record: Mapping[str, Any] | None = None,
        outcome: Outcome | None = None,
        editor: str | None = None,
        author: str = "agent",
    ) -> VersionRecord:
        """A version that no branch contains: `parent` with the patch."""
        draft = Draft(
            document_id,
            (parent,),
            VersionKind.CANDIDATE,
            box=_box(patch),
            step=step,
            message=message,
            author=author,
            outcome=outcome,
            editor=editor,
            record=record or {},
        )
        return self._tree.candidate(draft, patch)

    def comment(self, version_id: str, text: str, author: str) -> Comment:
        """Leave a note on a version."""
        return self._tree.comment(version_id, text, author)

    def comments(self, version_id: str) -> tuple[Comment, ...]:
        """The notes on a version, oldest first."""
        return self._tree.comments(version_id)

    def stats(self) -> dict[str, int]:
        """Counts of documents, versions, tiles, runs and attempts, and the bytes of the file with its log."""
        with self._database.read() as connection:
            return statistics(connection, self.path)

    # the journal of runs

    def begin_run(self, document_id: int, branch: str, *, goal: Goal, options: Mapping[str, Any], base: str) -> str:
        """The id of a new run that this store works on."""
        return self._runs.begin(document_id, branch, goal, options, base)

    def save_plan(self, run: str, plan: Plan, round: int) -> None:
        """Keep the plan of a round (0 is the first); one that was kept for that round is replaced."""
        self._runs.save_plan(run, plan, round)

    def heartbeat(self, run: str) -> None:
        """Show that this store is still at work; LeaseError if another one has taken the run over."""
        self._runs.heartbeat(run)

    def claim(self, run: str) -> RunRecord:
        """Take over a run that was interrupted; LeaseError if it is alive elsewhere, UsageError if it has ended."""
        return self._runs.claim(run)

    def finish_run(self, run: str, state: RunState, summary: Mapping[str, Any]) -> None:
        """End or interrupt a run and give it back; LeaseError if another store is at work on it."""
        self._runs.finish(run, state, summary)

    def run(self, run_id: str) -> RunRecord:
        """What is known of a run; UnknownNameError if there is none of that id."""
        return self._runs.run(run_id)

    def runs(self, document_id: int | None = None, state: RunState | None = None) -> tuple[RunRecord, ...]:
        """Runs in the order in which they were begun; `running` ones that are not `alive`, and `interrupted` ones, can
        be claimed."""
        return self._runs.runs(document_id, state)

    def save_step(
        self, run: str, step_id: str, status: StepStatus, reason: str | None = None, version: str | None = None
    ) -> None:
        """Say how far a step is."""
        self._runs.save_step(run, StepRecord(step=step_id, status=status, reason=reason, version=version))

    def steps(self, run: str) -> dict[str, StepRecord]:
        """The steps of a run of which something was said, by id."""
        return self._runs.steps(run)

    def record_event(self, run: str, event: Event) -> None:
        """Keep an event. It survives a kill at once, a power cut from the next commit on."""
        self._runs.record_event(run, event)

    def events(self, run: str, after: int = 0) -> tuple[tuple[int, Event], ...]:
        """Numbered events of a run, oldest first, with numbers larger than `after`."""
        return self._runs.events(run, after)

    # attempts: three commits round every call

    def attempt_started(self, attempt: Attempt) -> None:
        """Before the call. The same attempt may be started again as long as nothing has come back."""
        self._attempts.started(attempt)

    def attempt_returned(
        self,
        attempt_id: str,
        patch: Patch | None,
        *,
        effective: Mapping[str, Any],
        dropped: Sequence[str],
        notes: Sequence[str],
        cost: Mapping[str, Any],
    ) -> Attempt:
        """After the call and before anyone judges it; from here on the call is never paid for again."""
        facts = {"effective": dict(effective), "dropped": list(dropped), "notes": list(notes), "cost": dict(cost)}
        return self._attempts.returned(attempt_id, patch, None, facts)

    def attempt_failed(self, attempt_id: str, error: str, *, cost: Mapping[str, Any] | None = None) -> Attempt:
        """The call raised an error, or nothing usable came back."""
        facts: dict[str, Any] = {"effective": {}, "dropped": [], "notes": [], "cost": dict(cost or {})}
        return self._attempts.returned(attempt_id, None, error, facts)

    def attempt_judged(
        self,
        attempt_id: str,
        verdicts: Sequence[Verdict],
        *,
        accepted: bool,
        branch: str,
        expected: str,
        patch: Patch,
        message: str,
        author: str,
        record: Mapping[str, Any],
    ) -> VersionRecord:
        """Verdicts, version, branch head and step in one transaction.

        Accepted: an edit on `branch`, whose head must be `expected` (else ConflictError; the attempt stays `returned`),
        and the step is `fixed`. Not accepted: a candidate on the attempt's own base; branch and step are left alone.
        """
        return self._attempts.judged(
            attempt_id,
            verdicts,
            accepted=accepted,
            branch=branch,
            expected=expected,
            patch=patch,
            message=message,
            author=author,
            record=record,
        )

    def attempt_patch(self, attempt_id: str) -> Patch | None:
        """What came back, None if nothing has; also after the judgement (pixels outside its mask may differ then)."""
        return self._attempts.patch(attempt_id)

    def attempts(self, run: str, step: str | None = None) -> tuple[Attempt, ...]:
        """The attempts of a run, or of one of its steps, in the order in which they were started."""
        return self._attempts.of_run(run, step)

    def attempt(self, attempt_id: str) -> Attempt:
        """UnknownNameError if there is none of that id."""
        return self._attempts.attempt(attempt_id)

    def attempt_of(self, version_id: str) -> Attempt | None:
        """The attempt that a version came from, None if it was made by hand."""
        return self._attempts.of_version(version_id)


def _box(change: Patch | Picture) -> Box | None:
    return change.box if isinstance(change, Patch) and not change.empty else None
