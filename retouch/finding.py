"""What proofreading finds: one place where the picture does not show what it should."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from retouch.record import BoxField, Record


class FaultKind(StrEnum):
    """The closed set of finding kinds; `variant` is no fault."""

    WRONG = "wrong"
    MALFORMED = "malformed"
    MISSING = "missing"
    EXTRA = "extra"
    UNREADABLE = "unreadable"
    VARIANT = "variant"


class Finding(Record):
    """One finding; `index` counts the characters of the reference from 0 (of the page where there is none)."""

    index: int
    box: BoxField
    wanted: str | None
    read: str | None
    kind: FaultKind
    score: float = Field(ge=0, le=1)
    """How well the place shows what is wanted: 1 is certain that it is right."""
    evidence: dict[str, Any] = Field(default_factory=dict)

    @property
    def fault(self) -> bool:
        """False for a variant."""
        return self.kind is not FaultKind.VARIANT
