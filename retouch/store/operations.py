"""Operations: what is worked out from versions alone, the same for every store."""

from __future__ import annotations

from collections.abc import Sequence

from retouch.geometry import Box
from retouch.store.blame import Blame
from retouch.store.diff import Diff
from retouch.store.merging import MergeReport, Settlement
from retouch.store.versions import Versions
from retouch.version import Move


class Operations(Versions):
    """Differences, common ancestors, revert, pick, merge and blame; all are decided on pixels and boxes."""

    def diff(self, a: str, b: str) -> Diff:
        """What changes from version `a` to version `b`; PictureError if size, mode or depth differ."""
        raise NotImplementedError

    def common_ancestor(self, a: str, b: str) -> str | None:
        """The newest version from which both came (or one of both itself); None if they have none."""
        raise NotImplementedError

    def undo(self, document_id: int, branch: str, *, author: str) -> Move:
        """Take back the branch's last move that still stands, its deletion too; UsageError if there is none."""
        raise NotImplementedError

    def revert(
        self,
        document_id: int,
        version_id: str,
        *,
        branch: str,
        author: str,
        message: str = "",
        settle: Sequence[Settlement] = (),
    ) -> MergeReport:
        """Take back what one version on the branch changed and keep all that came later.

        A conflict is where a later version changed the same pixels; `ours` keeps that, `theirs` takes it back too.
        UsageError if the version is not on the branch or has no parent.
        """
        raise NotImplementedError

    def pick(
        self,
        document_id: int,
        version_id: str,
        *,
        branch: str,
        author: str,
        message: str = "",
        settle: Sequence[Settlement] = (),
    ) -> MergeReport:
        """Bring what one version (a candidate, or a step of another branch) changed to the branch."""
        raise NotImplementedError

    def merge(
        self,
        document_id: int,
        other: str,
        *,
        into: str,
        author: str,
        message: str = "",
        settle: Sequence[Settlement] = (),
    ) -> MergeReport:
        """Bring all that happened on the way to version `other` since the common ancestor to branch `into`."""
        raise NotImplementedError

    def blame(self, version_id: str, box: Box | None = None) -> Blame:
        """Which version last touched each pixel of `box` (default: all); PictureError if it is not inside."""
        raise NotImplementedError
