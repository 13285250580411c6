"""Commands that bring pictures into a project, take them out, and leave notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retouch.errors import UsageError
from retouch.interfaces.cli.options import Branch, Document, Json, PictureArgument, ProjectArgument, VersionArgument
from retouch.interfaces.cli.output import print_json, print_words, say, short_id
from retouch.interfaces.cli.selection import branch_of, chosen, opened, stored, version_of

if TYPE_CHECKING:
    from retouch.geometry import Box
    from retouch.orchestrator.history import Version

_MAGIC = b"SQLite format 3\0"

Message = Annotated[str, typer.Option("--message", "-m", help="Why this version was made.")]
Source = Annotated[Path, typer.Argument(metavar="PICTURE", help="PNG, JPEG, WebP, TIFF or BMP file, or a bundle.")]
PairWish = Annotated[bool, typer.Option("--before-after", help="The place of its step: before left, after right.")]
ChainWish = Annotated[bool, typer.Option("--animation", help="All versions on the way to it, as animated WebP.")]
BundleWish = Annotated[bool, typer.Option("--bundle", help="The document with its whole history, to import elsewhere.")]
FrameSeconds = Annotated[float, typer.Option("--frame-seconds", min=0.02, max=60, help="Of each frame; default 0.8.")]
Longest = Annotated[int, typer.Option("--longest", min=16, max=16383, help="Pixels of a frame's longer side at most.")]
Quality = Annotated[
    int | None, typer.Option("--quality", min=1, max=100, help="Of the animation; without it, it is lossless.")
]


def import_(
    project: ProjectArgument,
    picture: Source,
    name: Annotated[str | None, typer.Option("--name", help="The document's name; default: the file's.")] = None,
    as_json: Json = False,
) -> int:
    """Bring a picture, or a bundle, into a project as a new document; the project is made where there is none."""
    if _is_project(picture):
        return _taken_in(project, picture, name, as_json)
    from retouch.picture import Picture

    page = Picture.open(picture)  # before the project is touched: what cannot be read leaves no file behind
    with opened(project, create=True) as found:
        document = found.import_picture(page, name, source=picture)
        if document.name != (name or picture.stem):
            say(f"note: the picture is document {document.name!r}")
        return _told(as_json, project, document.name, "main", document.head().id)


def _is_project(path: Path) -> bool:
    """True for a bundle, which is a project file of its own, by its first bytes."""
    from retouch.store.first_bytes import first_bytes

    try:
        return first_bytes(path, len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _taken_in(project: Path, bundle: Path, name: str | None, as_json: bool) -> int:
    if name is not None:
        raise UsageError("a bundle's documents keep their names; leave --name out")
    if not project.exists():
        _require_sound(bundle)  # so that a damaged one leaves no empty project behind
    from retouch.orchestrator.project import Project

    with stored(project, create=True) as store:
        names = [document.name for document in store.import_bundle(bundle)]
        document = Project(store).document(names[0])
        line = "main" if "main" in document.branches else sorted(document.branches)[0]
        _told(as_json, project, document.name, line, document.branches[line], documents=names)
        if not as_json and len(names) > 1:
            print_words(f"documents: {', '.join(names)}")
    return 0


def _require_sound(bundle: Path) -> None:
    from retouch.errors import DamagedError
    from retouch.store.care.fsck import check_project

    report = check_project(bundle)
    if not report.ok:
        raise DamagedError(f"{bundle} is damaged: {report.damaged[0].what}; nothing was taken from it")


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


def _told(as_json: bool, project: Path, document: str, branch: str, version: str, **more: Any) -> int:
    if as_json:
        print_json({"project": str(project), "document": document, "branch": branch, "version": version, **more})
    else:
        print_words(f"{document}: branch {branch} stands at {short_id(version)} in {project}")
    return 0


def export(
    project: ProjectArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="File; its ending names the format of a picture.")],
    version: Annotated[str | None, typer.Argument(metavar="VERSION", help="Default: the branch's head.")] = None,
    box: Annotated[str | None, typer.Option("--box", help="Only this part: x,y,width,height.")] = None,
    before_after: PairWish = False,
    animation: ChainWish = False,
    bundle: BundleWish = False,
    frame_seconds: FrameSeconds = 0.8,
    longest: Longest = 1024,
    quality: Quality = None,
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Write the picture of a version, its step before and after, the way to it as an animation, or a bundle."""
    from retouch.geometry import Box

    if before_after + animation + bundle > 1:
        raise UsageError("--before-after, --animation and --bundle exclude each other; export once for each")
    if bundle:
        if version or box:
            raise UsageError("--bundle exports the whole history; leave the version and --box out")
        return _bundled(project, output, document, as_json)
    part = Box.parse(box) if box else None
    facts: dict[str, Any] = {}
    with chosen(project, document) as found:
        shown = version_of(found, version, branch)
        if animation:
            facts = _animated(shown, output, part, longest, frame_seconds, quality)
        elif before_after:
            part = _pair(shown, output, part)
        else:
            shown.save(output, part)
    if as_json:
        print_json({"version": shown.id, "output": str(output), "box": part.as_list() if part else None, **facts})
    else:
        print_words(f"{output}: version {short_id(shown.id)}" + (f", {facts['frames']} frames" if facts else ""))
    return 0


def _bundled(project: Path, output: Path, document: str | None, as_json: bool) -> int:
    with stored(project) as store:
        chosen_document = store.document(document)
        store.export_bundle(output, chosen_document.id)
    size = output.stat().st_size
    if as_json:
        print_json({"document": chosen_document.name, "output": str(output), "bytes": size})
    else:
        print_words(f"{output}: document {chosen_document.name} with its history, {size / 1e6:.1f} MB")
    return 0


def _animated(
    version: Version, output: Path, box: Box | None, longest: int, seconds: float, quality: int | None
) -> dict[str, Any]:
    from retouch.interfaces.animation import chain, write_animation

    versions = chain(version)
    size = write_animation(versions, output, box=box, longest=longest, seconds=seconds, quality=quality)
    return {"frames": len(versions), "bytes": size}


def _pair(version: Version, output: Path, box: Box | None) -> Box:
    """Write a step's place before and after; the box that is shown."""
    from retouch.interfaces.difference import before_after
    from retouch.orchestrator.thumbnail import surroundings

    if not version.parents:
        raise UsageError(f"version {short_id(version.id)} has no parent, so there is no picture before it")
    before, after = version.parents[0].picture, version.picture
    shown = box or (surroundings(version.record.box, after.size) if version.record.box else after.box)
    before_after(before, after, shown).save(output)
    return shown


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
