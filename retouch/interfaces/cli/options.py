"""Arguments and options that several commands share, each described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Direction = Literal["auto", "horizontal", "vertical-rl", "vertical-lr"]
Mode = Literal["crop", "marked"]

PictureArgument = Annotated[Path, typer.Argument(metavar="PICTURE", help="PNG, JPEG, WebP, TIFF or BMP file.")]
ProjectArgument = Annotated[Path, typer.Argument(metavar="PROJECT", help="Project file (.retouch).")]
VersionArgument = Annotated[
    str,
    typer.Argument(metavar="VERSION", help="Id or its first 4+ digits, branch, tag, HEAD, or one of these with ~N."),
]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="Print one event a line while working.")]
Text = Annotated[
    str | None,
    typer.Option(
        "--text", metavar="REF", help="What it should read: a file, - (standard input), literal:…, or auto (corpus)."
    ),
]
ReadingDirection = Annotated[Direction, typer.Option("--direction", help="Reading direction of the text.")]
Goal = Annotated[str | None, typer.Option("--goal", help="What is wanted, in your own words.")]
Boxes = Annotated[
    list[str] | None,
    typer.Option("--box", metavar="BOX=INSTRUCTION", help="What to do in one box x,y,width,height. Repeatable."),
]
BoxMode = Annotated[
    Mode,
    typer.Option(
        "--mode", help="What an editing model sees of each --box: its crop, or a coloured box drawn on a copy of it."
    ),
]
PlanFile = Annotated[Path | None, typer.Option("--plan", help="A plan file, as `retouch plan` writes it.")]
Planner = Annotated[str | None, typer.Option("--planner", metavar="SPEC", help="Who turns the goal into steps.")]
Editors = Annotated[
    list[str] | None, typer.Option("--editor", metavar="SPEC", help="Who edits; several are tried in this order.")
]
Verifiers = Annotated[
    list[str] | None, typer.Option("--verifier", metavar="SPEC", help="Who judges; several must all pass.")
]
Project = Annotated[
    Path | None,
    typer.Option("--project", envvar="RETOUCH_PROJECT", help="Project file; default: beside the picture."),
]
Document = Annotated[str | None, typer.Option("--document", help="Which document, where a project holds several.")]
Branch = Annotated[str | None, typer.Option("--branch", help="Which branch; default main.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the corrected picture here.")]
Mask = Annotated[Path | None, typer.Option("--mask", help="Picture of the same size, white where pixels may change.")]
MaxCalls = Annotated[int | None, typer.Option("--max-calls", min=0, help="Editor calls of the whole run.")]
MaxSeconds = Annotated[float | None, typer.Option("--max-seconds", min=0, help="Seconds of the whole run.")]
Attempts = Annotated[int | None, typer.Option("--attempts", min=1, help="Tries of each step.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Plan only; call no editor.")]
Review = Annotated[bool, typer.Option("--review", help="A person accepts each step.")]
Offline = Annotated[bool, typer.Option("--offline", help="Forbid parts that send to another machine, and downloads.")]
NoShapes = Annotated[
    bool, typer.Option("--identity-only", help="Judge which character it is, not its strokes: faster.")
]
