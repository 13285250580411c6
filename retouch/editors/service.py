"""What all editors behind a service have in common: their traits, and the checks of their options."""

from __future__ import annotations

from typing import Any

from retouch.clients.patience import Limits
from retouch.edit import FixedCanvas, Traits
from retouch.errors import SpecError
from retouch.plan import Mode

RUNGS = ("first", "seed", "reworded", "context", "exemplar", "component")
"""What a model that follows instructions can try; `exemplar` only where it takes reference pictures."""
TOGETHER = 2
"""Marked boxes in one call, in two colours: as in the introduction of Qwen-Image-Edit."""


def traits(canvas: FixedCanvas, *, references: int, masked: bool, parallel: int, host: str) -> Traits:
    """A model behind a service keeps nothing exactly and repeats nothing exactly."""
    modes: tuple[Mode, ...] = ("crop", "marked", "mask", "whole") if masked else ("crop", "marked", "whole")
    return Traits(
        canvas=canvas,
        modes=modes,
        references=references,
        parallel=parallel,
        deterministic=False,
        exact=False,
        rungs=tuple(rung for rung in RUNGS if rung != "exemplar" or references),
        together=TOGETHER,
        sends_to=host,
    )


def whole(part: str, option: str, value: Any) -> int:
    """An option that counts; SpecError if it is no whole number above 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SpecError(f"{part}: {option}={value!r}: expected a whole number of at least 1")
    return value


def seconds(part: str, option: str, value: Any) -> float:
    """An option in seconds; SpecError if it is no number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise SpecError(f"{part}: {option}={value!r}: expected seconds, above 0")
    return float(value)


def patience(part: str, timeout: Any, tries: Any) -> Limits:
    """The limits for an editor that may take `timeout` seconds to answer: twice that for a call with all its tries."""
    read = seconds(part, "timeout", timeout)
    return Limits(read=read, total=2 * read, tries=whole(part, "tries", tries))
