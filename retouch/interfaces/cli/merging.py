"""Commands that make a version from others: revert, pick, merge; and the mark that refuses one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retouch.errors import PersonNeededError, UsageError
from retouch.interfaces.cli.options import Branch, Document, Json, ProjectArgument, VersionArgument
from retouch.interfaces.cli.output import print_json, print_words, say, short_id
from retouch.interfaces.cli.selection import branch_of, branches_with, chosen, version_of

if TYPE_CHECKING:
    from retouch.geometry import Box
    from retouch.orchestrator.document import Document as OpenDocument
    from retouch.store.operations.merging import MergeReport, Settlement, Side

SIDES: tuple[Side, ...] = ("ours", "theirs", "base")

Settled = Annotated[
    list[str] | None,
    typer.Option("--settle", metavar="BOX=ours|theirs|base", help="What a conflict inside BOX becomes. Repeatable."),
]
Message = Annotated[str, typer.Option("--message", "-m", help="Why this version was made.")]
ConflictsOut = Annotated[
    Path | None,
    typer.Option("--picture", metavar="OUT", help="Where there are conflicts, write base, ours and theirs of each."),
]
OtherArgument = Annotated[str, typer.Argument(metavar="BRANCH", help="The branch (or version) to bring in.")]
Into = Annotated[str | None, typer.Option("--into", "--branch", metavar="B", help="Which branch gets it.")]


def settlements(given: Sequence[str] | None) -> tuple[Settlement, ...]:
    """From `BOX=ours|theirs|base`; UsageError for anything else."""
    from retouch.geometry import Box
    from retouch.store.operations.merging import Settlement

    out = []
    for text in given or ():
        box, _, side = text.rpartition("=")
        meant = next((known for known in SIDES if known == side), None)
        if meant is None:
            raise UsageError(f"--settle {text!r}: expected x,y,width,height={'|'.join(SIDES)}")
        out.append(Settlement(Box.parse(box), meant))
    return tuple(out)


def revert(
    project: ProjectArgument,
    version: VersionArgument,
    settle: Settled = None,
    message: Message = "",
    picture: ConflictsOut = None,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Take back what one version changed and keep all that came later."""
    settled = settlements(settle)
    with chosen(project, document) as found:
        line = branch_of(found, branch)
        report = found.revert(version_of(found, version, line).id, branch=line, message=message, settle=settled)
        draw_conflicts(found, report, picture)
    return told(report, as_json)


def pick(
    project: ProjectArgument,
    version: VersionArgument,
    settle: Settled = None,
    message: Message = "",
    picture: ConflictsOut = None,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Bring a candidate, or one step of another branch, to a branch."""
    settled = settlements(settle)
    with chosen(project, document) as found:
        line = branch_of(found, branch)
        report = found.pick(version_of(found, version, line).id, branch=line, message=message, settle=settled)
        draw_conflicts(found, report, picture)
    return told(report, as_json)


def merge(
    project: ProjectArgument,
    other: OtherArgument,
    into: Into = None,
    settle: Settled = None,
    message: Message = "",
    picture: ConflictsOut = None,
    document: Document = None,
    as_json: Json = False,
) -> int:
    """Bring all that was done on another branch to a branch, region by region."""
    settled = settlements(settle)
    with chosen(project, document) as found:
        line = _line(found, other, into)
        report = found.merge(other, into=line, message=message, settle=settled)
        draw_conflicts(found, report, picture)
    return told(report, as_json)


def _line(document: OpenDocument, other: str, into: str | None) -> str:
    """The branch that gets the merge: the one named, else the only one beside `other`."""
    rest = sorted(set(document.branches) - {other})
    if into is None and len(rest) != 1:
        raise UsageError(f"into which branch? There are {', '.join(rest) or 'no others'}", hint="add --into")
    return branch_of(document, into or rest[0])


def told(report: MergeReport, as_json: bool) -> int:
    """How it ended; exit code 4 where a person must settle conflicts."""
    boxes = [box.as_list() for box in report.conflicts]
    for note in report.notes:
        say(f"note: {note}")
    if as_json:
        print_json({"branch": report.branch, "from": report.origin, "to": report.target, "conflicts": boxes})
    elif boxes:
        say_conflicts(report.conflicts)
    elif report.origin == report.target:
        print_words(f"branch {report.branch} has all of it already; it stays at {short_id(report.target)}")
    else:
        origin, target = short_id(report.origin), short_id(report.target)
        print_words(f"branch {report.branch} from {origin} now stands at {target}")
    return PersonNeededError.exit_code if boxes else 0


def draw_conflicts(document: OpenDocument, report: MergeReport, output: Path | None) -> None:
    """Write the conflicts, if there are any, as a picture."""
    if output is None or not report.conflicts or report.sides is None:
        return
    from retouch.interfaces.conflict_sheet import conflict_sheet

    pictures = {side: document.version(id).picture for side, id in report.sides._asdict().items()}
    conflict_sheet(pictures, report.conflicts).save(output)
    say(f"written: {output}")


def say_conflicts(conflicts: Sequence[Box]) -> None:
    """The boxes, and what to type."""
    places = "place" if len(conflicts) == 1 else "places"
    print_words(f"both sides changed the same pixels in {len(conflicts)} {places}; nothing was changed:")
    print_words(*(f"  {box}" for box in conflicts))
    say(f"hint: repeat with --settle {conflicts[0]}=ours (or theirs, or base), one for each place")


def reject(
    project: ProjectArgument,
    version: VersionArgument,
    message: Annotated[str, typer.Option("--message", "-m", help="Why it will not do.")] = "",
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Mark a version as rejected; nothing is changed or deleted."""
    from retouch.settings import load

    with chosen(project, document) as found:
        target = version_of(found, version, branch)
        mark = found.project.store.mark(target.id, "rejected", author=load().author, reason=message)
        lines = branches_with(found, target.id)
    if as_json:
        print_json({"version": target.id, "mark": mark.model_dump(mode="json"), "branches": lines})
    else:
        print_words(f"{short_id(target.id)} is marked as rejected")
    for line in lines:
        say(f"note: branch {line} contains it; `retouch revert {project} {short_id(target.id)}` takes it back there")
    return 0
