"""Care of a history in memory: what nothing reaches is given back, and what is there is compared with its hashes."""

from __future__ import annotations

from datetime import timedelta

from retouch.attempt import StepStatus
from retouch.protocols import Watch
from retouch.store.care.care import KEEP_DAYS, Damage, FsckReport, GcReport
from retouch.store.clock import second
from retouch.store.memory.attempts import MemoryAttempts
from retouch.store.memory.content import KeptAttempt, locked
from retouch.store.memory.pixels import pictured
from retouch.store.pixels.merkle import version_id
from retouch.store.tree import refusals
from retouch.store.tree.version_facts import parents_of, step_record

_UNFINISHED = ("running", "interrupted")


class MemoryCare(MemoryAttempts):
    """Collection and check, each under the lock from its beginning to its end."""

    @locked
    def gc(self, keep_days: float = KEEP_DAYS, watch: Watch | None = None) -> GcReport:
        if not keep_days >= 0:
            raise refusals.negative_days(keep_days)
        now, held = self._clock(), self._content
        since = second(now - timedelta(days=keep_days)) if keep_days else None
        kept = self._reached(since)
        doomed = [version for version in held.pictures if version not in kept]
        before = self._tiles()
        size = sum(held.pictures[version].picture.pixels.nbytes for version in doomed)
        for version in doomed:
            del held.pictures[version]
            held.collected[version] = second(now)
        patches = [attempt for attempt in held.attempts.values() if self._unneeded(attempt, since)]
        for attempt in patches:
            attempt.patch, attempt.collected = None, second(now)
        return GcReport(tiles=before - self._tiles(), bytes=size, versions=len(doomed), patches=len(patches))

    @locked
    def fsck(self, watch: Watch | None = None) -> FsckReport:
        held, damaged = self._content, list[Damage]()
        for version, facts in held.versions.items():
            if version_id(parents_of(facts), facts["root"], step_record(facts)) != version:
                damaged.append(Damage(what=f"the facts of version {version}", versions=(version,)))
        for version, kept in held.pictures.items():
            if pictured(kept.picture).root != held.versions[version]["root"]:
                damaged.append(Damage(what=f"the picture of version {version}", versions=(version,)))
        checked = {"tiles": self._tiles(), "versions": len(held.versions)}
        return FsckReport(ok=not damaged, checked=checked, damaged=tuple(damaged))

    def _tiles(self) -> int:
        """How many different tiles there are."""
        return len({tile for kept in self._content.pictures.values() for tile in kept.tiles})

    def _reached(self, since: str | None) -> set[str]:
        """The versions that something needs, with all that they came from."""
        found, waiting = set[str](), [version for version in self._roots(since) if version is not None]
        while waiting:
            version = waiting.pop()
            if version not in found:
                found.add(version)
                waiting += parents_of(self._content.versions[version])
        return found

    def _roots(self, since: str | None) -> list[str | None]:
        held = self._content
        roots: list[str | None] = [
            v for names in (held.branches, held.tags) for n in names.values() for v in n.values()
        ]
        for run in held.runs.values():
            unfinished = run.state in _UNFINISHED
            roots += [run.base] if unfinished else []
            steps = run.steps.values()
            roots += [s.version for s in steps if unfinished or s.status is StepStatus.NEEDS_REVIEW]
        attempts = [kept.attempt for kept in held.attempts.values() if self._protected(kept)]
        roots += [version for attempt in attempts for version in (attempt.base, attempt.version)]
        if since is not None:
            roots += [version for version, facts in held.versions.items() if facts["created"] >= since]
            moves = [move for log in held.moves.values() for move in log if move.created >= since]
            roots += [version for move in moves for version in (move.origin, move.target)]
        return roots

    def _protected(self, kept: KeptAttempt) -> bool:
        """Whether its run is unfinished, or its step waits for a person."""
        run = self._content.runs[kept.attempt.run]
        step = run.steps.get(kept.attempt.step)
        return run.state in _UNFINISHED or (step is not None and step.status is StepStatus.NEEDS_REVIEW)

    def _unneeded(self, kept: KeptAttempt, since: str | None) -> bool:
        own = kept.patch is not None and not kept.in_version
        return own and not self._protected(kept) and (since is None or kept.returned < since)
