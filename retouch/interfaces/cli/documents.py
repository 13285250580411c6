"""Commands that bring pictures into a project, take them out, and leave notes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from retouch.interfaces.cli.options import Branch, Document, Json, PictureArgument, ProjectArgument, VersionArgument
from retouch.interfaces.cli.output import print_json, print_words, say, short_id
from retouch.interfaces.cli.selection import branch_of, chosen, opened, version_of

Message = Annotated[str, typer.Option("--message", "-m", help="Why this version was made.")]


def import_(
    project: ProjectArgument,
    picture: PictureArgument,
    name: Annotated[str | None, typer.Option("--name", help="The document's name; default: the file's.")] = None,
    as_json: Json = False,
) -> int:
    """Bring a picture into a project as a new document; the project is made where there is none."""
    with opened(project, create=True) as found:
        wanted = name or picture.stem
        document = found.import_picture(picture, name)
        head = document.head()
        if document.name != wanted:
            say(f"note: the picture is document {document.name!r}")
        return _told(as_json, project, document.name, "main", head.id)


def commit(
    project: ProjectArgument,
    picture: PictureArgument,
    message: Message = "",
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Add a version that was made by hand elsewhere to a branch."""
    from retouch.picture import Picture

    with chosen(project, document) as found:
        line = branch_of(found, branch)
        made = found.commit(Picture.open(picture), message or f"from {picture.name}", branch=line)
        return _told(as_json, project, found.name, line, made.id)


def _told(as_json: bool, project: Path, document: str, branch: str, version: str) -> int:
    if as_json:
        print_json({"project": str(project), "document": document, "branch": branch, "version": version})
    else:
        print_words(f"{document}: branch {branch} stands at {short_id(version)} in {project}")
    return 0


def export(
    project: ProjectArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Picture file; its ending names the format.")],
    version: Annotated[str | None, typer.Argument(metavar="VERSION", help="Default: the branch's head.")] = None,
    box: Annotated[str | None, typer.Option("--box", help="Only this part: x,y,width,height.")] = None,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Write the picture of a version to a file."""
    from retouch.geometry import Box

    part = Box.parse(box) if box else None
    with chosen(project, document) as found:
        chosen_version = version_of(found, version, branch)
        chosen_version.save(output, part)
    if as_json:
        print_json({"version": chosen_version.id, "output": str(output), "box": part.as_list() if part else None})
    else:
        print_words(f"{output}: version {short_id(chosen_version.id)}")
    return 0


def comment(
    project: ProjectArgument,
    version: VersionArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note.")],
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Leave a note on a version."""
    from retouch.settings import load

    with chosen(project, document) as found:
        target = version_of(found, version, branch)
        note = found.project.store.comment(target.id, text, load().author)
    if as_json:
        print_json({"version": target.id, "comment": note.model_dump(mode="json")})
    else:
        print_words(f"noted on {short_id(target.id)}")
    return 0
