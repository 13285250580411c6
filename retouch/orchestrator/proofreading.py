"""The proofreadings of a document: the first of a run, and what is found afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from retouch.picture import Picture
from retouch.plan import Goal
from retouch.style import Direction

if TYPE_CHECKING:
    from retouch.verifiers.proofreader import Proofreader, Proofreading

Asked = tuple[str, str | None, Direction | None, bool]
"""Version, reference, direction, and whether shapes were judged."""


Pause = Callable[[], None]


def _never() -> None:
    """The pause of what nobody stops."""


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

    def read(self, picture: Picture, goal: Goal, shapes: bool = True, pause: Pause = _never) -> Proofreading:
        """The first proofreading; `pause` is called before it and between its stages and may stop it by an error."""
        if self.first is None:
            asked = (self._version, goal.reference, goal.direction, shapes)
            reading = self._memory.recall(asked)
            if reading is None:
                pause()
                reading = self._reader().proofread(
                    picture, goal.reference, goal.direction, shapes=shapes, progress=lambda share: pause()
                )
                self._memory.keep(asked, reading)
            self.first = _sourced(reading, goal.reference_source)
        return self.first

    def again(self, picture: Picture) -> Proofreading:
        """The whole picture once more, with what is known of its writing."""
        assert self.first is not None
        return _sourced(self._reader().recheck(self.first, picture, None), self.first.source)

    def _reader(self) -> Proofreader:
        if self._proofreader is None:
            from retouch.verifiers.proofreader import Proofreader

            self._proofreader = Proofreader()
        return self._proofreader


def _sourced(reading: Proofreading, source: str | None) -> Proofreading:
    """The proofreading with where its reference came from; without a reference it came from nowhere."""
    return replace(reading, source=source if reading.reference is not None else None)
