"""A version that is about to be written: all its facts but its pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from retouch.errors import UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.verdict import Outcome
from retouch.version import VersionKind


@dataclass(frozen=True, slots=True)
class Draft:
    """`parents` has none (an import), one or two ids (a merge), the branch's own first."""

    document_id: int
    parents: tuple[str, ...]
    kind: VersionKind
    box: Box | None = None
    step: str | None = None
    message: str = ""
    author: str = "agent"
    outcome: Outcome | None = None
    editor: str | None = None
    record: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.parents) > 2:
            raise UsageError(f"a version has at most 2 parents, found {len(self.parents)}")


def box_of(change: Patch | Picture) -> Box | None:
    """The box that a version has where none is given: that of a patch which sets something."""
    return change.box if isinstance(change, Patch) and not change.empty else None
