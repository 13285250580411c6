"""Commands that read a project's history and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retouch.interfaces.cli.options import Branch, Document, Json, ProjectArgument, VersionArgument
from retouch.interfaces.cli.output import print_json, print_table, print_words, short_id
from retouch.interfaces.cli.selection import chosen, opened, version_of

if TYPE_CHECKING:
    from retouch.interfaces.history_tree import TreeLine


def log(project: ProjectArgument, document: Document = None, as_json: Json = False) -> int:
    """Draw the tree of versions, the oldest first; candidates are tries that were not accepted."""
    with chosen(project, document) as found:
        versions = found.log()
        branches, tags, name = dict(found.branches), dict(found.tags), found.name
    if as_json:
        listed = [version.entry() for version in versions]
        print_json({"document": name, "branches": branches, "tags": tags, "versions": listed})
        return 0
    from retouch.interfaces.history_tree import tree_lines

    print_words(*(_drawn(line) for line in tree_lines([version.record for version in versions], branches, tags)))
    return 0


def _drawn(line: TreeLine) -> str:
    version = line.version
    mark = {"candidate": "○", "import": "◆"}.get(version.kind, "●")
    stem = "│ " * (line.depth - 1) + "├─" if line.depth else ""
    outcome = f" {version.outcome}" if version.outcome else ""
    labels = f"  ({', '.join(line.labels)})" if line.labels else ""
    step = f" {version.step}" if version.step else ""
    return f"{stem}{mark} {short_id(version.id)} {version.kind}{step}{outcome}  {version.message}{labels}".rstrip()


def show(
    project: ProjectArgument,
    version: VersionArgument,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Show all that is recorded of one version."""
    with chosen(project, document) as found:
        facts = version_of(found, version, branch).show()
    if as_json:
        print_json(facts)
        return 0
    import json

    record = facts.get("record") or {}
    print_table(("field", "value"), [(key, facts[key]) for key in facts if key != "record"])
    print_words(json.dumps(record, ensure_ascii=False, indent=1, default=str))
    return 0


def diff(
    project: ProjectArgument,
    a: VersionArgument,
    b: VersionArgument,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Compare two versions: the boxes that differ, how many pixels, by how much at most."""
    with chosen(project, document) as found:
        before, after = version_of(found, a, branch), version_of(found, b, branch)
        difference = before.diff(after)
    boxes = [box.as_list() for box in difference.boxes]
    if as_json:
        counts = {"changed_pixels": difference.changed_pixels, "max_difference": difference.max_difference}
        print_json({"a": before.id, "b": after.id, "boxes": boxes, **counts})
        return 0
    print_words(f"{difference.changed_pixels} pixels differ, by {difference.max_difference} at most")
    print_words(*(",".join(map(str, box)) for box in boxes))
    return 0


def reflog(project: ProjectArgument, document: Document = None, as_json: Json = False) -> int:
    """List every move of every branch, the oldest first."""
    with chosen(project, document) as found:
        moves = found.moves()
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
    rows = [(m["created"], m["branch"], short_id(m["from"]), short_id(m["to"]), m["reason"]) for m in listed]
    print_table(("when", "branch", "from", "to", "why"), rows)
    return 0


def stats(project: ProjectArgument, as_json: Json = False) -> int:
    """Count versions, tiles and bytes of a project file."""
    with opened(project) as found:
        counts = dict(found.store.stats())
    if as_json:
        print_json(counts)
    else:
        print_table(("what", "count"), counts.items())
    return 0
