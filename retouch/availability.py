"""Whether a part can be used on this machine, and what would make it so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Availability:
    """What a part's static `availability()` answers: `why` it cannot be used, and the one `command` that changes that.

    `why` may also say, of a usable part, what it was found to run on. No network is asked and nothing heavy is loaded.
    """

    usable: bool
    why: str = ""
    command: str = ""
