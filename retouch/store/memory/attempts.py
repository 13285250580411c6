"""Attempts of a history in memory: the three stages round every call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retouch.attempt import Attempt, AttemptState, StepStatus
from retouch.patch import Patch
from retouch.store.clock import second
from retouch.store.memory.content import KeptAttempt, copied, locked, plain
from retouch.store.memory.runs import MemoryRuns
from retouch.store.pixels.patch_packing import patch_hash
from retouch.store.runs.reply import Reply
from retouch.store.runs.run_record import StepRecord
from retouch.store.tree import refusals
from retouch.store.tree.draft import Draft
from retouch.verdict import Verdict, combined
from retouch.version import VersionKind, VersionRecord

_STARTED = ("step", "number", "rung", "editor", "base", "call_id", "repairs", "run", "seed", "request")
"""What is known of an attempt before its call."""


class MemoryAttempts(MemoryRuns):
    """The attempts of all runs."""

    @locked
    def attempt_started(self, attempt: Attempt) -> None:
        self._require(self._run(attempt.run).document_id, attempt.base)
        self._require_lease(attempt.run)
        facts = {name: getattr(attempt, name) for name in _STARTED} | {"request": plain(attempt.request)}
        there = self._content.attempts.get(attempt.id)
        if there is None:
            self._content.attempts[attempt.id] = KeptAttempt(Attempt(id=attempt.id, **facts))
            return
        changed = next((name for name, value in facts.items() if getattr(there.attempt, name) != value), None)
        if changed is not None:
            raise refusals.another_attempt(attempt.id, changed)
        self._require_no_reply(there.attempt)

    @locked
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
        self._require_no_reply(self.attempt(attempt_id))
        facts = {
            "state": AttemptState.RETURNED,
            "effective": plain(dict(effective)),
            "dropped": tuple(dropped),
            "notes": tuple(notes),
            "cost": plain(dict(cost)),
            "box": None if patch is None or patch.empty else patch.box,
        }
        kept = self._content.attempts[attempt_id]
        kept.patch, kept.returned = None if patch is None else copied(patch), second(self._clock())
        return self._set(attempt_id, **facts)

    @locked
    def attempts_returned(self, replies: Sequence[Reply]) -> tuple[Attempt, ...]:
        for reply in replies:
            self._require_no_reply(self.attempt(reply.attempt))
            # What cannot be written is refused before any of them is.
            plain({"effective": dict(reply.effective), "cost": dict(reply.cost)})
        return tuple(self._answered(reply) for reply in replies)

    def _answered(self, reply: Reply) -> Attempt:
        if reply.error is not None:
            return self.attempt_failed(reply.attempt, reply.error, cost=reply.cost)
        return self.attempt_returned(
            reply.attempt,
            reply.patch,
            effective=reply.effective,
            dropped=reply.dropped,
            notes=reply.notes,
            cost=reply.cost,
        )

    @locked
    def attempt_failed(self, attempt_id: str, error: str, *, cost: Mapping[str, Any] | None = None) -> Attempt:
        self._require_no_reply(self.attempt(attempt_id))
        return self._set(attempt_id, state=AttemptState.FAILED, error=error, cost=plain(dict(cost or {})))

    @locked
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
        attempt = self.attempt(attempt_id)
        draft = Draft(
            self._run(attempt.run).document_id,
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
        given = tuple(v.model_copy(update={"evidence": plain(v.evidence)}) for v in verdicts)
        version = self._judge(attempt, draft, branch if accepted else None, patch)
        kept = self._content.attempts[attempt_id]
        kept.in_version = kept.patch is not None and patch_hash(kept.patch) == patch_hash(patch)
        self._set(attempt_id, state=AttemptState.JUDGED, verdicts=given, version=version.id)
        self._content.judged.append(attempt_id)
        return version

    @locked
    def attempt_patch(self, attempt_id: str) -> Patch | None:
        kept = self._attempt(attempt_id)
        if kept.in_version:
            self._picture(str(kept.attempt.version))
        if kept.collected is not None:
            raise refusals.collected(f"attempt {attempt_id}", kept.collected)
        return None if kept.patch is None else copied(kept.patch)

    @locked
    def attempts(self, run: str, step: str | None = None) -> tuple[Attempt, ...]:
        known = [kept.attempt for kept in self._content.attempts.values()]
        return tuple(attempt for attempt in known if attempt.run == run and step in (None, attempt.step))

    @locked
    def attempt(self, attempt_id: str) -> Attempt:
        return self._attempt(attempt_id).attempt

    @locked
    def attempt_of(self, version_id: str) -> Attempt | None:
        judged = [self.attempt(attempt) for attempt in reversed(self._content.judged)]
        return next((attempt for attempt in judged if attempt.version == version_id), None)

    def _judge(self, attempt: Attempt, draft: Draft, branch: str | None, patch: Patch) -> VersionRecord:
        """The version that the judgement makes, on `branch` or as a candidate."""
        base = draft.parents[0]
        facts, picture = self._changed(draft, base, patch)
        self._require_lease(attempt.run)
        if attempt.state is AttemptState.JUDGED:
            raise refusals.judged_already(attempt.id)
        if attempt.state is not AttemptState.RETURNED:
            raise refusals.not_returned(attempt.id)
        if branch is None:
            return self._keep(facts, picture)
        written = self._commit(draft, branch, base, patch)
        fixed = StepRecord(step=attempt.step, status=StepStatus.FIXED, version=written.id)
        self._run(attempt.run).steps[attempt.step] = fixed
        return written

    def _attempt(self, attempt: str) -> KeptAttempt:
        if attempt not in self._content.attempts:
            raise refusals.unknown_attempt(attempt)
        return self._content.attempts[attempt]

    def _set(self, attempt: str, **facts: Any) -> Attempt:
        kept = self._content.attempts[attempt]
        kept.attempt = kept.attempt.model_copy(update=facts)
        return kept.attempt

    def _require_no_reply(self, attempt: Attempt) -> None:
        if attempt.state is not AttemptState.STARTED:
            raise refusals.returned_already(attempt.id)
