"""Retouch: plans, edits, verifies and remembers corrections of pictures, one region at a time.

The public face: every name in `__all__` is loaded when it is first used, so importing this costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retouch.attempt import Attempt as Attempt
    from retouch.edit import Cost as Cost
    from retouch.edit import EditRequest as EditRequest
    from retouch.edit import EditResult as EditResult
    from retouch.edit import FixedCanvas as FixedCanvas
    from retouch.edit import NativeCanvas as NativeCanvas
    from retouch.edit import Reference as Reference
    from retouch.edit import Traits as Traits
    from retouch.errors import RetouchError as RetouchError
    from retouch.event import Event as Event
    from retouch.finding import Finding as Finding
    from retouch.geometry import Box as Box
    from retouch.orchestrator.budget import Budget as Budget
    from retouch.orchestrator.cancel import Cancel as Cancel
    from retouch.orchestrator.document import Document as Document
    from retouch.orchestrator.history import Version as Version
    from retouch.orchestrator.outcome import RunReport as RunReport
    from retouch.orchestrator.project import Project as Project
    from retouch.orchestrator.project import open_document as open
    from retouch.orchestrator.run import Run as Run
    from retouch.orchestrator.verification import verify_box as verify_box
    from retouch.patch import Patch as Patch
    from retouch.picture import Picture as Picture
    from retouch.plan import Answers as Answers
    from retouch.plan import ColourIs as ColourIs
    from retouch.plan import Goal as Goal
    from retouch.plan import Plan as Plan
    from retouch.plan import Step as Step
    from retouch.plan import TextGone as TextGone
    from retouch.plan import TextReads as TextReads
    from retouch.protocols import Editor as Editor
    from retouch.protocols import Planner as Planner
    from retouch.protocols import Verifier as Verifier
    from retouch.protocols import Watch as Watch
    from retouch.region import Region as Region
    from retouch.store.operations.blame import Blame as Blame
    from retouch.store.operations.diff import Diff as Diff
    from retouch.store.operations.merging import MergeReport as MergeReport
    from retouch.store.operations.merging import Settlement as Settlement
    from retouch.store.tree.mark import Mark as Mark
    from retouch.style import Direction as Direction
    from retouch.style import Style as Style
    from retouch.verdict import Outcome as Outcome
    from retouch.verdict import Verdict as Verdict

_HOMES = {
    "Answers": "plan",
    "Attempt": "attempt",
    "Blame": "store.operations.blame",
    "Box": "geometry",
    "Budget": "orchestrator.budget",
    "Cancel": "orchestrator.cancel",
    "ColourIs": "plan",
    "Cost": "edit",
    "Diff": "store.operations.diff",
    "Direction": "style",
    "Document": "orchestrator.document",
    "EditRequest": "edit",
    "EditResult": "edit",
    "Editor": "protocols",
    "Event": "event",
    "Finding": "finding",
    "FixedCanvas": "edit",
    "Goal": "plan",
    "Mark": "store.tree.mark",
    "MergeReport": "store.operations.merging",
    "NativeCanvas": "edit",
    "Outcome": "verdict",
    "Patch": "patch",
    "Picture": "picture",
    "Plan": "plan",
    "Planner": "protocols",
    "Project": "orchestrator.project",
    "Reference": "edit",
    "Region": "region",
    "RetouchError": "errors",
    "Run": "orchestrator.run",
    "RunReport": "orchestrator.outcome",
    "Settlement": "store.operations.merging",
    "Step": "plan",
    "Style": "style",
    "TextGone": "plan",
    "TextReads": "plan",
    "Traits": "edit",
    "Verdict": "verdict",
    "Verifier": "protocols",
    "Version": "orchestrator.history",
    "Watch": "protocols",
    "open": "orchestrator.project:open_document",
    "verify_box": "orchestrator.verification",
}
"""Public name to the module it lives in, with `:name` where it is called otherwise there."""

__all__ = [
    "Answers",
    "Attempt",
    "Blame",
    "Box",
    "Budget",
    "Cancel",
    "ColourIs",
    "Cost",
    "Diff",
    "Direction",
    "Document",
    "EditRequest",
    "EditResult",
    "Editor",
    "Event",
    "Finding",
    "FixedCanvas",
    "Goal",
    "Mark",
    "MergeReport",
    "NativeCanvas",
    "Outcome",
    "Patch",
    "Picture",
    "Plan",
    "Planner",
    "Project",
    "Reference",
    "Region",
    "RetouchError",
    "Run",
    "RunReport",
    "Settlement",
    "Step",
    "Style",
    "TextGone",
    "TextReads",
    "Traits",
    "Verdict",
    "Verifier",
    "Version",
    "Watch",
    "open",
    "verify_box",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'retouch' has no attribute {name!r}")
    module, _, attribute = home.partition(":")
    value = getattr(import_module(f"retouch.{module}"), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
