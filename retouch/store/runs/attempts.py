"""Attempts: three commits round every call, so that a reply that was received is never paid for twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retouch.attempt import Attempt, StepStatus
from retouch.patch import Patch
from retouch.store.clock import Clock, moment
from retouch.store.database import Database
from retouch.store.pixels.patch_packing import pack, patch_hash, unpack
from retouch.store.pixels.pixel_store import PixelStore
from retouch.store.runs import attempt_rows, run_rows
from retouch.store.runs.reply import Reply
from retouch.store.runs.run_record import StepRecord
from retouch.store.runs.runs import Runs
from retouch.store.tree import references, version_rows
from retouch.store.tree.draft import Draft
from retouch.store.tree.tree import Tree
from retouch.verdict import Verdict, combined
from retouch.version import VersionKind, VersionRecord


class Attempts:
    """The attempts of all runs of one project."""

    def __init__(self, database: Database, pixels: PixelStore, tree: Tree, runs: Runs, clock: Clock) -> None:
        self._database = database
        self._pixels = pixels
        self._tree = tree
        self._runs = runs
        self._clock = clock

    def started(self, attempt: Attempt) -> None:
        with self._database.write() as connection:
            version_rows.require(connection, run_rows.document_of(connection, attempt.run), attempt.base)
            self._runs.require_lease(connection, attempt.run)
            attempt_rows.insert_started(connection, attempt, self._moment())

    def returned(self, replies: Sequence[Reply]) -> tuple[Attempt, ...]:
        packed = [None if reply.patch is None else pack(reply.patch) for reply in replies]
        with self._database.write() as connection:
            moment_ = self._moment()
            return tuple(
                attempt_rows.insert_reply(connection, reply.attempt, patch, moment_, **reply.facts)
                for reply, patch in zip(replies, packed, strict=True)
            )

    def judged(
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
        with self._database.read() as connection:
            attempt = attempt_rows.load_request(connection, attempt_id)
            document = run_rows.document_of(connection, attempt.run)
            name = references.document_name(connection, document)
        draft = Draft(
            document,
            (expected if accepted else attempt.base,),
            VersionKind.EDIT if accepted else VersionKind.CANDIDATE,
            box=None if patch.empty else patch.box,
            step=attempt.step,
            message=message,
            author=author,
            outcome=combined(verdicts),
            editor=attempt.editor,
            record=record,
        )
        return self._pixels.steadily(lambda: self._judge(attempt, verdicts, accepted, branch, draft, patch, name))

    def patch(self, attempt: str) -> Patch | None:
        with self._database.read() as connection:
            found = attempt_rows.load_packed(connection, attempt)
        if found is None:
            return None
        packed, version = found
        if packed.pixels is not None or version is None:
            return unpack(packed)
        return unpack(packed, self._pixels.crop(self._pixels.table(version), packed.box))

    def of_run(self, run: str, step: str | None) -> tuple[Attempt, ...]:
        with self._database.read() as connection:
            return attempt_rows.of_run(connection, run, step)

    def attempt(self, attempt: str) -> Attempt:
        with self._database.read() as connection:
            return attempt_rows.load(connection, attempt)

    def of_version(self, version: str) -> Attempt | None:
        with self._database.read() as connection:
            return attempt_rows.of_version(connection, version)

    def _judge(
        self,
        attempt: Attempt,
        verdicts: Sequence[Verdict],
        accepted: bool,
        branch: str,
        draft: Draft,
        patch: Patch,
        document: str,
    ) -> VersionRecord:
        staged, hash_ = self._tree.stage(draft.parents[0], patch), patch_hash(patch)
        with self._database.write() as connection:
            self._runs.require_lease(connection, attempt.run)
            reply = attempt_rows.require_returned(connection, attempt.id)
            if accepted:
                written = self._tree.commit_staged(connection, draft, branch, draft.parents[0], staged)
                step = StepRecord(step=attempt.step, status=StepStatus.FIXED, version=written.facts["id"])
                run_rows.save_step(connection, attempt.run, step)
            else:
                written = self._tree.insert(connection, draft, staged)
            version = written.facts["id"]
            attempt_rows.insert_judgement(connection, attempt.id, verdicts, accepted, version, self._moment())
            if reply["patch"] == hash_:
                attempt_rows.drop_pixels(connection, attempt.id)
        return self._tree.finish(written, document)

    def _moment(self) -> str:
        return moment(self._clock())
