"""Operations: what is worked out from versions alone, the same for every store."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from retouch.errors import UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store.journal import Journal
from retouch.store.operations.blame import Blame, blame_version
from retouch.store.operations.diff import Diff, diff_versions
from retouch.store.operations.merged import Merged, merge_versions
from retouch.store.operations.merging import MergeReport, Settlement, Sides
from retouch.store.operations.undo import UNDO, standing
from retouch.store.tree import refusals
from retouch.store.tree.lineage import newest_shared
from retouch.store.versions import Versions
from retouch.version import Move, VersionKind, VersionRecord


class Operations(Versions, Journal):
    """Differences, common ancestors, undo, revert, pick, merge and blame; all are decided on pixels and boxes.

    Revert, pick and merge are one three-way merge (see `three_way`) of different versions: a revert goes from the
    version to its parent, a pick from its parent to the version, a merge from the common ancestor to the other version.
    Settlements are looked at where pictures are compared. ConflictError if the branch moved meanwhile, or does not
    stand at `expected`, where a caller has seen it, from the start.
    """

    def diff(self, a: str, b: str) -> Diff:
        """What changes from version `a` to version `b`; PictureError if size, mode or depth differ."""
        return diff_versions(self, a, b)

    def common_ancestor(self, a: str, b: str) -> str | None:
        """The newest version from which both came (or one of both itself); None if they have none.

        UsageError if they are not of one document."""
        return newest_shared(self.lineage(a, b), a, b)

    def undo(self, document_id: int, branch: str, *, author: str, expected: str | None = None) -> Move:
        """Take back the branch's last move that still stands; UsageError if there is none.

        A deleted branch comes back where it was; a branch that has done nothing since it was made is deleted (its name
        can be given again, nothing else is lost). An import is no move that can be undone.
        """
        moves = self.branch_moves(document_id, branch)
        last = next(moves, None)
        if last is None:
            raise refusals.unknown_branch(branch, self.branches(document_id))
        if expected not in (None, last.target):
            raise refusals.moved(branch, str(last.target), expected)
        move = standing(chain([last], moves))
        if move is None or move.reason == VersionKind.IMPORT:
            raise UsageError(f"branch {branch!r} has no move that could be undone")
        reason = f"{UNDO} {move.reason}"
        if last.target is None:
            return self.create_branch(document_id, branch, str(move.origin), author=author, reason=reason)
        if move.origin is None:
            return self.delete_branch(document_id, branch, expected=last.target, author=author, reason=reason)
        return self.move_branch(
            document_id, branch, expected=last.target, target=move.origin, reason=reason, author=author
        )

    def revert(
        self,
        document_id: int,
        version_id: str,
        *,
        branch: str,
        author: str,
        message: str = "",
        settle: Sequence[Settlement] = (),
        expected: str | None = None,
    ) -> MergeReport:
        """Take back what one version on the branch changed and keep all that came later.

        A conflict is where a later version changed the same pixels; `ours` keeps that, `theirs` takes it back too.
        What a merge brought is taken back as a whole. UsageError if the version is not on the branch or has no parent.
        """
        version, origin = self.version(version_id), self._head(document_id, branch, expected)
        if self.common_ancestor(origin, version_id) != version_id:
            raise UsageError(f"version {version_id[:12]} is not on branch {branch!r}, so it cannot be taken back there")
        merged = merge_versions(self, Sides(version_id, origin, _parent(version, "reverted")), settle)
        return self._finish(
            document_id,
            branch,
            origin,
            merged,
            kind=VersionKind.REVERT,
            step=version.step,
            message=message or _about("revert", version),
            author=author,
            record={"reverts": version_id} | _choices(settle, merged),
        )

    def pick(
        self,
        document_id: int,
        version_id: str,
        *,
        branch: str,
        author: str,
        message: str = "",
        settle: Sequence[Settlement] = (),
        expected: str | None = None,
    ) -> MergeReport:
        """Bring what one version (a candidate, or a step of another branch) changed to the branch.

        The new version bears the step, editor and outcome of the picked one; its record names it and its attempt.
        UsageError if it has no parent or is of another document.
        """
        version, origin = self.version(version_id), self._head(document_id, branch, expected)
        self.common_ancestor(origin, version_id)
        merged = merge_versions(self, Sides(_parent(version, "picked"), origin, version_id), settle)
        attempt = self.attempt_of(version_id)
        # What was picked may be a pick itself, and its record then names the attempt.
        behind = attempt.id if attempt else version.record.get("attempt")
        return self._finish(
            document_id,
            branch,
            origin,
            merged,
            kind=VersionKind.PICK,
            step=version.step,
            outcome=version.outcome,
            editor=version.editor,
            message=message or _about("pick", version),
            author=author,
            record={"picks": version_id} | ({"attempt": behind} if behind else {}) | _choices(settle, merged),
        )

    def merge(
        self,
        document_id: int,
        other: str,
        *,
        into: str,
        author: str,
        message: str = "",
        settle: Sequence[Settlement] = (),
        expected: str | None = None,
    ) -> MergeReport:
        """Bring all that happened on the way to version `other` since the common ancestor to branch `into`.

        A branch that `other` came from simply moves there; one that came from `other` stays. Else a version with two
        parents is made, even if it changes nothing, so that what was settled once need not be settled again.
        """
        origin = self._head(document_id, into, expected)
        base = self.common_ancestor(origin, other)
        if base is None:
            raise UsageError(f"{origin[:12]} and {other[:12]} have no common ancestor, so they cannot be merged")
        if base == other:
            return MergeReport(into, origin, origin)
        if base == origin:
            reason = f"merge {other[:12]}"
            self.move_branch(document_id, into, expected=origin, target=other, reason=reason, author=author)
            return MergeReport(into, origin, other)
        merged = merge_versions(self, Sides(base, origin, other), settle)
        return self._finish(
            document_id,
            into,
            origin,
            merged,
            kind=VersionKind.MERGE,
            message=message or _about("merge", self.version(other)),
            author=author,
            record={"merges": other, "base": base} | _choices(settle, merged),
            parents=(origin, other),
        )

    def blame(self, version_id: str, box: Box | None = None) -> Blame:
        """Which version last touched each pixel of `box` (default: all); PictureError if it is not inside.

        A pixel is the newest version's whose value there differs from its parents'; at a merge it goes on to the parent
        that has its value, the branch's own first. Before a change of size, mode or depth nothing is followed.
        """
        return blame_version(self, version_id, box)

    def _head(self, document_id: int, branch: str, expected: str | None) -> str:
        branches = self.branches(document_id)
        if branch not in branches:
            raise refusals.unknown_branch(branch, branches)
        if expected not in (None, branches[branch]):
            raise refusals.moved(branch, branches[branch], expected)
        return branches[branch]

    def _finish(self, document_id: int, branch: str, origin: str, merged: Merged, **facts: Any) -> MergeReport:
        """Commit what was merged, unless there are conflicts, or nothing to commit and no other parent to remember."""
        change = merged.change
        if merged.conflicts or (change is None and "parents" not in facts):
            return MergeReport(branch, origin, origin, merged.conflicts, merged.notes, merged.sides)
        version = self.commit(
            document_id,
            branch,
            expected=origin,
            change=self._nothing(origin) if change is None else change,
            box=merged.box,
            **facts,
        )
        return MergeReport(branch, origin, version.id, (), merged.notes, merged.sides)

    def _nothing(self, version: str) -> Patch:
        nowhere = Box(0, 0, 0, 0)
        return Patch(nowhere, self.grid(version).empty_block(nowhere), np.zeros((0, 0), np.bool_))


def _parent(version: VersionRecord, done: str) -> str:
    """The parent on its own line; UsageError for an import."""
    if not version.parents:
        raise UsageError(f"version {version.id[:12]} is an import: nothing came before it, so it cannot be {done}")
    return version.parents[0]


def _about(what: str, version: VersionRecord) -> str:
    return f"{what} {version.id[:12]}" + (f": {version.message}" if version.message else "")


def _choices(settle: Sequence[Settlement], merged: Merged) -> dict[str, Any]:
    """What was decided, for the record."""
    choices: list[Any] = [{"box": settlement.box.as_list(), "side": settlement.side} for settlement in settle]
    decided = {"settled": choices, "notes": list(merged.notes)}
    return {name: value for name, value in decided.items() if value}
