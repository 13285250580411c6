"""The allowance: which parts a page may name. A SPEC can hold a path or a host, so most are for the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from retouch import parts
from retouch.errors import SpecError
from retouch.parts import PartKind
from retouch.spec import Spec
from retouch.store import RunRecord

HERE = MappingProxyType(
    {
        "editors": ("typeset", "inpaint", "recolour", "scripted"),
        "verifiers": ("character", "text", "colour", "blend", "removal", "scripted"),
        "planners": ("proofread", "boxes", "words"),
    }
)
"""Built-in parts that work on this machine, read no file and speak to no host; they need no leave, without a target."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The SPECs that the server was started with, for which the person at the command line answers."""

    editors: tuple[str, ...] = ()
    verifiers: tuple[str, ...] = ()
    planners: tuple[str, ...] = ()

    def specs(self, kind: PartKind) -> tuple[str, ...]:
        """What a page may name, those that the server was started with first; the built-in ones take options, too."""
        given: tuple[str, ...] = getattr(self, kind)
        return (*given, *(name for name in HERE[kind] if name not in given and name in parts.available(kind)))

    def require(self, kind: PartKind, specs: Iterable[str]) -> None:
        """SpecError for a part that is neither built in and local nor one the server was started with."""
        for text in specs:
            if text in getattr(self, kind):
                continue
            spec = Spec.parse(text)
            if spec.name not in HERE[kind] or spec.target is not None:
                raise SpecError(
                    f"{kind[:-1]} {text[:200]!r} may not be named by a page",
                    hint=f"start the server with it: retouch serve --{kind[:-1]} SPEC",
                )

    def require_run(self, run: RunRecord) -> None:
        """The parts that a run was begun with: a project file may come from someone else."""
        options: dict[str, Any] = run.options
        planner = options.get("planner")
        for kind, specs in (
            ("editors", options["editors"]),
            ("verifiers", options["verifiers"]),
            ("planners", () if planner is None else (planner,)),
        ):
            self.require(kind, specs)  # type: ignore[arg-type]
        for plan in run.plans:
            self.require("editors", (step.editor for step in plan.steps if step.editor))
