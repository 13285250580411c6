"""Commands that move or make branches and tags; no version is ever lost by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from retouch.errors import UsageError
from retouch.interfaces.cli.options import Branch, Document, Json, ProjectArgument, VersionArgument
from retouch.interfaces.cli.output import print_json, print_table, print_words, short_id
from retouch.interfaces.cli.selection import branch_of, chosen, version_of

if TYPE_CHECKING:
    from retouch.version import Move

Name = Annotated[str | None, typer.Argument(metavar="NAME", help="Its name; without one, all are listed.")]
Delete = Annotated[bool, typer.Option("--delete", help="Take it away; the versions stay.")]
At = Annotated[str | None, typer.Argument(metavar="VERSION", help="Where it stands; default: the head.")]


def branch(
    project: ProjectArgument,
    name: Name = None,
    version: At = None,
    document: Document = None,
    from_branch: Branch = None,
    delete: Delete = False,
    as_json: Json = False,
) -> int:
    """List the branches, make one, or take one away."""
    with chosen(project, document) as found:
        if delete:
            return _moved(found.delete_branch(_named(name, version)), as_json)
        if name is None:
            return _list({"branches": dict(found.branches)}, as_json)
        target = version_of(found, version, from_branch).id
        found.create_branch(name, target)
    return _tell({"branch": name, "from": None, "to": target, "conflicts": []}, as_json)


def tag(
    project: ProjectArgument,
    name: Name = None,
    version: At = None,
    document: Document = None,
    branch: Branch = None,
    delete: Delete = False,
    as_json: Json = False,
) -> int:
    """List the tags, make one (a name that never moves), or take one away."""
    with chosen(project, document) as found:
        if delete:
            gone = _named(name, version)
            stood = found.tags.get(gone)
            found.delete_tag(gone)
            return _tell({"tag": gone, "from": stood, "to": None, "conflicts": []}, as_json)
        if name is None:
            return _list({"tags": dict(found.tags)}, as_json)
        target = version_of(found, version, branch).id
        found.create_tag(name, target)
    return _tell({"tag": name, "from": None, "to": target, "conflicts": []}, as_json)


def rollback(
    project: ProjectArgument,
    version: VersionArgument,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Set a branch back (or forth) to a version; everything after it is kept."""
    with chosen(project, document) as found:
        move = found.rollback(version, branch_of(found, branch))
    return _moved(move, as_json)


def undo(
    project: ProjectArgument,
    document: Document = None,
    branch: Branch = None,
    run: Annotated[bool, typer.Option("--run", help="Take back the whole last run, not only its last move.")] = False,
    as_json: Json = False,
) -> int:
    """Take back the last move of a branch, or a whole run."""
    with chosen(project, document) as found:
        # A branch that was deleted is not there any more, and can be brought back all the same.
        line = branch or branch_of(found, branch)
        move = found.undo(line, run=True) if run else found.undo(line)
    return _moved(move, as_json)


def _named(name: str | None, version: str | None) -> str:
    """The name to take away."""
    if name is None or version is not None:
        raise UsageError("--delete takes one name and no version", hint="retouch branch PROJECT NAME --delete")
    return name


def _moved(move: Move, as_json: bool) -> int:
    return _tell({"branch": move.branch, "from": move.origin, "to": move.target, "conflicts": []}, as_json)


def _tell(fact: dict[str, object], as_json: bool) -> int:
    if as_json:
        print_json(fact)
        return 0
    kind = "branch" if "branch" in fact else "tag"
    if fact["to"] is None:
        print_words(f"{kind} {fact[kind]} is gone; it stood at {short_id(str(fact['from']))}")
        return 0
    origin = f" from {short_id(str(fact['from']))}" if fact["from"] else ""
    print_words(f"{kind} {fact[kind]}{origin} now stands at {short_id(str(fact['to']))}")
    return 0


def _list(names: dict[str, dict[str, str]], as_json: bool) -> int:
    if as_json:
        print_json(names)
        return 0
    for kind, found in names.items():
        print_table((kind, "version"), [(name, short_id(version)) for name, version in found.items()])
    return 0
