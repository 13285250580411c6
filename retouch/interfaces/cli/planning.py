"""The command that prints a plan and carries nothing out."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from retouch.errors import UsageError
from retouch.interfaces.cli.options import (
    Boxes,
    BoxMode,
    Editors,
    Goal,
    Json,
    Mask,
    Mode,
    Offline,
    Planner,
    ReadingDirection,
    Text,
)
from retouch.interfaces.cli.output import print_json, print_table, say
from retouch.interfaces.cli.wishes import goal_of, wish_of

if TYPE_CHECKING:
    from retouch.plan import Goal as WantedGoal
    from retouch.plan import Plan

PictureOrNone = Annotated[
    Path | None, typer.Argument(metavar="PICTURE", help="Without one: the operations understood.")
]
PlanOut = Annotated[Path | None, typer.Option("--output", "-o", metavar="PLAN", help="Write the plan here.")]


def plan(
    picture: PictureOrNone = None,
    goal: Goal = None,
    text: Text = None,
    box: Boxes = None,
    mode: BoxMode = "crop",
    mask: Mask = None,
    direction: ReadingDirection = "auto",
    planner: Planner = None,
    editor: Editors = None,
    offline: Offline = False,
    output: PlanOut = None,
    as_json: Json = False,
) -> int:
    """Print the steps that a goal asks for; without a picture, the operations that were understood."""
    if goal is None and not box:
        raise UsageError("plan needs --goal", hint='e.g. --goal "replace 2024 with 2025"')
    if picture is None and (planner or text or mask):
        raise UsageError("--planner, --text and --mask need a picture", hint="retouch plan PICTURE --goal …")
    if picture is None:
        made = _understood(goal or "", box, mode, editor)
    else:
        from retouch.picture_file import read

        wanted = goal_of(goal or "", read(picture), text=text, direction=direction, boxes=box, mask=mask, mode=mode)
        made = _planned(picture, wanted, planner, editor, offline)
    if output is not None:
        _write(made, output)
    if as_json:
        print_json(made.model_dump(mode="json", by_alias=True))
    else:
        whole = "whole picture" if picture else ""
        rows = [(s.id, s.branch, s.operation, s.source, s.target, s.box or whole, s.instruction) for s in made.steps]
        print_table(("step", "branch", "operation", "source", "target", "box", "instruction"), rows)
    return 0


def _planned(picture: Path, goal: WantedGoal, planner: str | None, editors: list[str] | None, offline: bool) -> Plan:
    """The plan, made in a project that is gone afterwards: planning leaves nothing behind."""
    import retouch
    from retouch.interfaces.cli.progress import Lines
    from retouch.orchestrator.roster import DEFAULT

    with TemporaryDirectory(prefix="retouch-") as folder:
        document = retouch.open(picture, project=Path(folder) / "plan.retouch")
        with document.project:
            return document.plan(goal, planner, editors=editors or DEFAULT, listen=Lines(), offline=offline)


def _understood(words: str, boxes: list[str] | None, mode: Mode, editors: list[str] | None) -> Plan:
    """The operations in a goal's words; their places are not known without a picture."""
    from retouch.orchestrator.goal import handed_on, understood
    from retouch.orchestrator.roster import DEFAULT, Roster
    from retouch.plan import Goal

    goal = Goal(text=words, boxes=tuple(wish_of(box, mode) for box in boxes or ()))
    return understood(handed_on(goal, {one.spec: one.traits for one in Roster(editors or DEFAULT)}))


def _write(plan: Plan, output: Path) -> None:
    try:
        output.write_text(plan.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output}: the plan cannot be written ({error.strerror})") from error
    say(f"plan: {output}")
