"""The proofreadings of one run: the first, and what is found afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retouch.picture import Picture
from retouch.plan import Goal

if TYPE_CHECKING:
    from retouch.verifiers.proofreader import Proofreader, Proofreading


class Proofs:
    """Reads a page once, on demand; every later reading builds on the first. `first` is None until asked for."""

    def __init__(self, proofreader: Proofreader | None = None) -> None:
        self._proofreader = proofreader
        self.first: Proofreading | None = None

    def read(self, picture: Picture, goal: Goal) -> Proofreading:
        """The first proofreading."""
        if self.first is None:
            self.first = self._reader().proofread(picture, goal.reference, goal.direction)
        return self.first

    def again(self, picture: Picture) -> Proofreading:
        """The whole picture once more, with what is known of its writing."""
        assert self.first is not None
        return self._reader().recheck(self.first, picture, None)

    def _reader(self) -> Proofreader:
        if self._proofreader is None:
            from retouch.verifiers.proofreader import Proofreader

            self._proofreader = Proofreader()
        return self._proofreader
