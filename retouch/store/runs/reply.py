"""What came back from one editor call for one attempt, as the journal takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from retouch.patch import Patch


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """`effective` and `cost` are JSON values. With an `error` there is no patch: the attempt has failed."""

    attempt: str
    patch: Patch | None = None
    effective: Mapping[str, Any] = field(default_factory=dict)
    dropped: Sequence[str] = ()
    notes: Sequence[str] = ()
    cost: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """All but attempt and patch, as the journal's row has it."""
        return {
            "effective": dict(self.effective),
            "dropped": list(self.dropped),
            "notes": list(self.notes),
            "cost": dict(self.cost),
            "error": self.error,
        }
