"""Commands that read a project's history and change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retouch.interfaces.cli.options import Branch, Document, Json, ProjectArgument, VersionArgument
from retouch.interfaces.cli.output import print_json, print_table, print_words, printable, say, short_id
from retouch.interfaces.cli.selection import branch_of, chosen, version_of

if TYPE_CHECKING:
    from retouch.geometry import Box
    from retouch.orchestrator.document import Document as OpenDocument
    from retouch.orchestrator.history import Version
    from retouch.picture import Picture
    from retouch.store.operations.blame import Blame

Unfolded = Annotated[bool, typer.Option("--all", help="Each try in a row of its own.")]
PictureOut = Annotated[Path | None, typer.Option("--picture", metavar="OUT", help="Write a picture of what differs.")]
BesideOut = Annotated[Path | None, typer.Option("--side-by-side", metavar="OUT", help="Write both, side by side.")]
MapOut = Annotated[Path | None, typer.Option("--map", metavar="OUT", help="Write the page, a colour for each version.")]
Part = Annotated[str | None, typer.Option("--box", metavar="BOX", help="Only this part: x,y,width,height.")]
AtVersion = Annotated[str | None, typer.Option("--at", metavar="VERSION", help="Which version; default: the head.")]


def log(
    project: ProjectArgument,
    document: Document = None,
    branch: Branch = None,
    unfolded: Unfolded = False,
    as_json: Json = False,
) -> int:
    """Draw the tree of versions, the oldest first; candidates are tries that were not accepted."""
    with chosen(project, document) as found:
        versions = _listed(found, branch)
        branches, tags, name = dict(found.branches), dict(found.tags), found.name
        marks = found.project.store.standing_marks(found.record.id)
    if as_json:
        listed = [version.entry() for version in versions]
        print_json({"document": name, "branches": branches, "tags": tags, "versions": listed})
        return 0
    from retouch.interfaces.cli.tree import print_tree
    from retouch.orchestrator.history_tree import tree_rows

    rows = tree_rows([version.record for version in versions], branches, tags, unfolded=unfolded)
    print_tree(rows, {version: mark.opinion for version, mark in marks.items()})
    return 0


def _listed(document: OpenDocument, branch: str | None) -> tuple[Version, ...]:
    """All versions, or those on the way of one branch with the tries made from them, the oldest first."""
    versions = document.log()
    if branch is None:
        return versions
    known = {version.id: version.record for version in versions}
    wanted, waiting = set[str](), [document.branches[branch_of(document, branch)]]
    while waiting:
        version = waiting.pop()
        if version not in wanted:
            wanted.add(version)
            waiting += known[version].parents
    return tuple(
        v for v in versions if v.id in wanted or v.record.kind == "candidate" and v.record.parents[0] in wanted
    )


def show(
    project: ProjectArgument,
    version: VersionArgument,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Show all that is recorded of one version."""
    with chosen(project, document) as found:
        shown = version_of(found, version, branch)
        facts, standing = shown.show(), _standing(found, shown)
    if as_json:
        print_json(facts)
        return 0
    from retouch.interfaces.cli.record import told

    print_words(*told(facts, standing))
    return 0


def _standing(document: OpenDocument, version: Version) -> dict[str, Any]:
    """What names the version, and what was made from it."""
    return {
        "document": document.name,
        "branches": [name for name, head in document.branches.items() if head == version.id],
        "tags": [name for name, target in document.tags.items() if target == version.id],
        "children": [short_id(child.id) for child in document.log() if version.id in child.record.parents],
    }


def diff(
    project: ProjectArgument,
    a: VersionArgument,
    b: VersionArgument,
    picture: PictureOut = None,
    side_by_side: BesideOut = None,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Compare two versions: the boxes that differ, how many pixels, by how much at most."""
    with chosen(project, document) as found:
        before, after = version_of(found, a, branch), version_of(found, b, branch)
        difference = before.diff(after)
        if picture or side_by_side:
            _draw(before.picture, after.picture, difference.boxes, picture, side_by_side)
    boxes = [box.as_list() for box in difference.boxes]
    if as_json:
        counts = {"changed_pixels": difference.changed_pixels, "max_difference": difference.max_difference}
        print_json({"a": before.id, "b": after.id, "boxes": boxes, **counts})
        return 0
    print_words(f"{difference.changed_pixels} pixels differ, by {difference.max_difference} at most")
    print_words(*(",".join(map(str, box)) for box in boxes))
    _announce(picture, side_by_side)
    return 0


def _draw(before: Picture, after: Picture, boxes: Sequence[Box], picture: Path | None, both: Path | None) -> None:
    from retouch.interfaces.difference import beside, difference_picture

    if picture is not None:
        difference_picture(before, after, boxes).save(picture)
    if both is not None:
        beside(before, after, boxes).save(both)


def blame(
    project: ProjectArgument,
    box: Part = None,
    at: AtVersion = None,
    map_: MapOut = None,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Tell which version last touched each place of the picture."""
    from retouch.geometry import Box

    part = Box.parse(box) if box else None
    with chosen(project, document) as found:
        version = version_of(found, at, branch)
        blamed = version.blame(part)
        words = _described(found, blamed)
        if map_ is not None:
            from retouch.interfaces.blame_map import blame_map

            blame_map(version.picture, blamed, words).save(map_)
    if as_json:
        regions = [{"box": r.box.as_list(), "version": r.version, "step": r.step} for r in blamed.regions]
        print_json({"regions": regions})
        return 0
    rows = [(r.box, short_id(r.version), r.step, words[r.version]) for r in blamed.regions]
    print_table(("box", "version", "step", "what was done"), rows)
    _announce(map_)
    return 0


def _described(document: OpenDocument, blamed: Blame) -> dict[str, str]:
    """What was done in each version, in words."""
    records = {version: document.version(version).record for version in blamed.versions}
    return {id: printable(record.message or record.kind.value) for id, record in records.items()}


def _announce(*outputs: Path | None) -> None:
    for output in outputs:
        if output is not None:
            say(f"written: {output}")


def reflog(project: ProjectArgument, document: Document = None, branch: Branch = None, as_json: Json = False) -> int:
    """List every move of every branch, the oldest first."""
    with chosen(project, document) as found:
        moves = [move for move in found.moves() if branch in (None, move.branch)]
    listed = [
        {
            "branch": move.branch,
            "from": move.origin,
            "to": move.target,
            "reason": move.reason,
            "author": move.author,
            "created": move.created,
        }
        for move in moves
    ]
    if as_json:
        print_json({"moves": listed})
        return 0
    rows = [
        (m["created"], m["branch"], short_id(m["from"]), short_id(m["to"]), m["reason"], m["author"]) for m in listed
    ]
    print_table(("when", "branch", "from", "to", "why", "who"), rows)
    return 0
