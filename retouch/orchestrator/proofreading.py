"""The proofreadings of a document: the first of a run, and what is found afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retouch.picture import Picture
from retouch.plan import Goal
from retouch.style import Direction

if TYPE_CHECKING:
    from retouch.verifiers.proofreader import Proofreader, Proofreading

Asked = tuple[str, str | None, Direction | None, bool]
"""Version, reference, direction, and whether shapes were judged."""


class Memory:
    """The last proofreading of a document: a check and the run that follows it read the page once."""

    def __init__(self) -> None:
        self._asked: Asked | None = None
        self._reading: Proofreading | None = None

    def recall(self, asked: Asked) -> Proofreading | None:
        return self._reading if asked == self._asked else None

    def keep(self, asked: Asked, reading: Proofreading) -> None:
        self._asked, self._reading = asked, reading


class Proofs:
    """Reads version `version` once, on demand; every later reading builds on the first. `first` is None until then."""

    def __init__(self, version: str, memory: Memory | None = None) -> None:
        self._version = version
        self._memory = memory or Memory()
        self._proofreader: Proofreader | None = None
        self.first: Proofreading | None = None

    def read(self, picture: Picture, goal: Goal, shapes: bool = True) -> Proofreading:
        """The first proofreading."""
        if self.first is None:
            asked = (self._version, goal.reference, goal.direction, shapes)
            self.first = self._memory.recall(asked)
            if self.first is None:
                self.first = self._reader().proofread(picture, goal.reference, goal.direction, shapes=shapes)
                self._memory.keep(asked, self.first)
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
