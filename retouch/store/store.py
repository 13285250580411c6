"""The store: the history of one project, as the rest of Retouch sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from retouch.attempt import Attempt, StepStatus
from retouch.event import Event
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture, Pixels
from retouch.plan import Goal, Plan
from retouch.protocols import Watch
from retouch.store.care.backup import copy_project, refuse_existing
from retouch.store.care.bundle import read_bundle, write_bundle
from retouch.store.care.care import KEEP_DAYS, FsckReport, GcReport
from retouch.store.care.collection import Collection
from retouch.store.care.fsck import check_database
from retouch.store.care.statistics import statistics
from retouch.store.clock import Clock, second, utc_now
from retouch.store.database import Database
from retouch.store.feed_rows import FileFeed
from retouch.store.history import History
from retouch.store.pixels.grid import Grid
from retouch.store.pixels.metadata import decode
from retouch.store.pixels.pixel_store import PixelStore
from retouch.store.runs.attempts import Attempts
from retouch.store.runs.reply import Reply
from retouch.store.runs.run_record import RunRecord, RunState, StepRecord
from retouch.store.runs.runs import Runs
from retouch.store.tree import lineage_rows, reflog, refusals
from retouch.store.tree.comment import Comment
from retouch.store.tree.draft import Draft, box_of
from retouch.store.tree.lineage import Ancestor
from retouch.store.tree.mark import Mark, Opinion
from retouch.store.tree.tree import Tree
from retouch.verdict import Outcome, Verdict
from retouch.version import DocumentRecord, Move, VersionKind, VersionRecord


class Store(FileFeed, History):
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
    def place(self) -> str:
        return str(self.path)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about how the file was opened that a person should see: an upgrade, a network file system."""
        return self._database.warnings

    @property
    def readonly(self) -> bool:
        return self._database.readonly

    def close(self) -> None:
        """Give back the runs that are held and close the file; the store can't be used afterwards."""
        try:
            self._runs.release()
        finally:
            self._database.close()

    # versions

    def documents(self) -> tuple[DocumentRecord, ...]:
        return self._tree.documents()

    def document(self, name: str | None = None) -> DocumentRecord:
        return self._tree.document(name)

    def import_picture(self, picture: Picture, *, name: str, source: str | None, author: str) -> VersionRecord:
        return self._tree.import_picture(picture, name, source, author)

    def find_pixels(self, picture: Picture) -> VersionRecord | None:
        return self._tree.find_pixels(picture)

    def version(self, version_id: str) -> VersionRecord:
        return self._tree.version(version_id)

    def resolve(self, document_id: int, name: str, branch: str | None = None) -> VersionRecord:
        return self._tree.resolve(document_id, name, branch)

    def versions(self, document_id: int) -> tuple[VersionRecord, ...]:
        return self._tree.versions(document_id)

    def checkout(self, version_id: str) -> Picture:
        return self._pixels.checkout(version_id)

    def branches(self, document_id: int) -> dict[str, str]:
        return self._tree.branches(document_id)

    def tags(self, document_id: int) -> dict[str, str]:
        return self._tree.tags(document_id)

    def create_branch(self, document_id: int, name: str, target: str, *, author: str, reason: str = "branch") -> Move:
        return self._tree.create_branch(document_id, name, target, author, reason)

    def create_tag(self, document_id: int, name: str, target: str, *, author: str) -> None:
        self._tree.create_tag(document_id, name, target, author)

    def move_branch(
        self, document_id: int, branch: str, *, expected: str, target: str, reason: str, author: str
    ) -> Move:
        created = second(self._clock())
        move = Move(branch=branch, origin=expected, target=target, reason=reason, author=author, created=created)
        return self._tree.move_branch(document_id, move)

    def moves(self, document_id: int) -> tuple[Move, ...]:
        return self._tree.moves(document_id)

    def branch_moves(self, document_id: int, branch: str) -> Iterator[Move]:
        return reflog.newest_first(self._database, document_id, branch)

    def lineage(self, *heads: str) -> Iterator[Ancestor]:
        return lineage_rows.walk(self._database, heads)

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
        draft = Draft(
            document_id,
            parents or (expected,),
            kind,
            box=box or box_of(change),
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
        draft = Draft(
            document_id,
            (parent,),
            VersionKind.CANDIDATE,
            box=box_of(patch),
            step=step,
            message=message,
            author=author,
            outcome=outcome,
            editor=editor,
            record=record or {},
        )
        return self._tree.candidate(draft, patch)

    def comment(self, version_id: str, text: str, author: str) -> Comment:
        return self._tree.comment(version_id, text, author)

    def comments(self, version_id: str) -> tuple[Comment, ...]:
        return self._tree.comments(version_id)

    def comment_counts(self, document_id: int) -> dict[str, int]:
        return self._tree.comment_counts(document_id)

    def mark(self, version_id: str, opinion: Opinion, *, author: str, reason: str = "") -> Mark:
        return self._tree.mark(version_id, opinion, author, reason)

    def marks(self, version_id: str) -> tuple[Mark, ...]:
        return self._tree.marks(version_id)

    def standing_marks(self, document_id: int) -> dict[str, Mark]:
        return self._tree.standing_marks(document_id)

    def crop(self, version_id: str, box: Box) -> Pixels:
        return self._pixels.steadily(lambda: self._pixels.crop(self._pixels.table(version_id), box))

    def grid(self, version_id: str) -> Grid:
        return self._pixels.table(version_id).grid

    def metadata(self, version_id: str) -> Metadata:
        return decode(self._pixels.table(version_id).metadata.text)

    def change(self, a: str, b: str, within: Box | None = None) -> Patch:
        return self._pixels.steadily(lambda: self._pixels.change(self._pixels.table(a), self._pixels.table(b), within))

    def delete_branch(self, document_id: int, name: str, *, expected: str, author: str, reason: str = "delete") -> Move:
        return self._tree.delete_branch(document_id, name, expected, author, reason)

    def delete_tag(self, document_id: int, name: str) -> None:
        self._tree.delete_tag(document_id, name)

    def stats(self) -> dict[str, int]:
        """Counts of documents, versions, tiles, runs and attempts, and the bytes of the file with its log."""
        with self._database.read() as connection:
            return statistics(connection, self.path)

    # care

    def fsck(self, watch: Watch | None = None) -> FsckReport:
        """Compare every stored byte that matters with its hash; `check_project` does so for a file not to be opened."""
        return check_database(self._database, watch)

    def gc(self, keep_days: float = KEEP_DAYS, watch: Watch | None = None) -> GcReport:
        """Give back the pixels that nothing reaches any more; facts stay, and the file shrinks.

        Kept is what a branch, a tag, an unfinished run or a step that waits for a person reaches, and all that is
        younger than `keep_days`. Others may read and write meanwhile. DamagedError, with nothing given back, if the
        facts that decide are damaged.
        """
        try:
            return Collection(self._database, self._clock, keep_days, watch).run()
        finally:
            self._pixels.forget()

    def backup(self, target: Path, *, replace: bool = False, watch: Watch | None = None) -> None:
        """Copy the whole project to `target` as it is now, while others go on; it is there complete or not at all.

        UsageError if it is there already and may not be replaced.
        """
        refuse_existing(target, self.path, replace=replace)
        copy_project(self._database.uri, target, watch)

    def export_bundle(self, target: Path, document_id: int | None = None, *, replace: bool = False) -> None:
        """Write one document (default: all) with its whole history to a project file of its own."""
        refuse_existing(target, self.path, replace=replace)
        chosen = [document.id for document in self.documents() if document_id in (None, document.id)]
        if document_id is not None and not chosen:
            raise refusals.unknown_document(document_id)
        write_bundle(self._database, target, chosen, second(self._clock()))

    def import_bundle(self, source: Path, watch: Watch | None = None) -> tuple[DocumentRecord, ...]:
        """Take all documents of another project file, with their histories, in one transaction.

        A document that has a version in common with one that is here is the same and is added to; names that are
        taken get `-2`. DamagedError, with nothing changed, if anything in it does not match its hash.
        """
        numbers = read_bundle(self._database, source, second(self._clock()), watch)
        return tuple(document for document in self.documents() if document.id in numbers)

    # the journal

    def begin_run(
        self,
        document_id: int,
        branch: str,
        *,
        goal: Goal,
        options: Mapping[str, Any],
        base: str,
        plan: Plan | None = None,
    ) -> str:
        return self._runs.begin(document_id, branch, goal, options, base, plan)

    def save_plan(self, run: str, plan: Plan, round: int) -> None:
        self._runs.save_plan(run, plan, round)

    def heartbeat(self, run: str) -> None:
        self._runs.heartbeat(run)

    def claim(self, run: str) -> RunRecord:
        return self._runs.claim(run)

    def finish_run(self, run: str, state: RunState, summary: Mapping[str, Any]) -> None:
        self._runs.finish(run, state, summary)

    def run(self, run_id: str) -> RunRecord:
        return self._runs.run(run_id)

    def runs(self, document_id: int | None = None, state: RunState | None = None) -> tuple[RunRecord, ...]:
        return self._runs.runs(document_id, state)

    def save_step(
        self, run: str, step_id: str, status: StepStatus, reason: str | None = None, version: str | None = None
    ) -> None:
        self._runs.save_step(run, StepRecord(step=step_id, status=status, reason=reason, version=version))

    def steps(self, run: str) -> dict[str, StepRecord]:
        return self._runs.steps(run)

    def record_event(self, run: str, event: Event) -> None:
        self._runs.record_event(run, event)

    def events(self, run: str, after: int = 0) -> tuple[tuple[int, Event], ...]:
        return self._runs.events(run, after)

    # attempts: three commits round every call

    def attempt_started(self, attempt: Attempt) -> None:
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
        return self._attempts.returned([Reply(attempt_id, patch, effective, dropped, notes, cost)])[0]

    def attempts_returned(self, replies: Sequence[Reply]) -> tuple[Attempt, ...]:
        return self._attempts.returned(replies)

    def attempt_failed(self, attempt_id: str, error: str, *, cost: Mapping[str, Any] | None = None) -> Attempt:
        return self._attempts.returned([Reply(attempt_id, cost=cost or {}, error=error)])[0]

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
        return self._attempts.patch(attempt_id)

    def attempts(self, run: str, step: str | None = None) -> tuple[Attempt, ...]:
        return self._attempts.of_run(run, step)

    def attempt(self, attempt_id: str) -> Attempt:
        return self._attempts.attempt(attempt_id)

    def attempt_of(self, version_id: str) -> Attempt | None:
        return self._attempts.of_version(version_id)
