"""The report of a document: one self-contained page with its history, each step before and after, what is left.

It is a plain page that any browser shows. Where scripts run, the elements of the review page take its place, with what
the server would have told them standing in the page.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from retouch.errors import PictureError, UsageError
from retouch.interfaces.reporting.album import Album, Use, on_white
from retouch.interfaces.reporting.embedding import as_text, embedded
from retouch.interfaces.reporting.summary import ran
from retouch.interfaces.web.reading.rendering import size_of, thumbnail
from retouch.interfaces.web.reading.shelf import Shelf
from retouch.orchestrator.document import Document
from retouch.orchestrator.history_tree import tree_rows
from retouch.orchestrator.tree_drawing import ROW, drawn_rows, width
from retouch.picture_file import write_bytes


def write_report(document: Document, output: Path, branch: str | None = None) -> int:
    """Write the page of a document, whole or not at all; its size in bytes. UsageError if it cannot be written."""
    page = render(document, branch).encode("utf-8")
    try:
        write_bytes(page, output)
    except PictureError as error:
        raise UsageError(f"{output}: the report cannot be written ({error.__cause__})") from error
    return len(page)


def render(document: Document, branch: str | None = None, made: datetime | None = None) -> str:
    """The page as HTML, with the head of `branch` (default: `main`, or the first one) as it stands now.

    `made` is the date that it bears (default: the present one).
    The same project gives the same page, but for the line with the date. Everything that comes from a picture, a plan
    or a model is escaped: it is data.
    """
    store, album = document.project.store, Album()
    versions = [version.record for version in document.log()]
    branch = branch or _branch(document)
    head = document.head(branch)
    covers = [_cover(document, album, version) for version in (versions[0].id, head.id)]
    runs = [ran(document, run, album) for run in store.runs(document.record.id)]
    shown = len(album)
    data = embedded(document, branch, album)
    tree = tree_rows(versions, document.branches, document.tags)
    style, script = bundled("app.css") + "\n" + _style(), bundled("report.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            size=size_of(store, versions[0].id),
            made=(made or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC"),
            head=head.record,
            covers=covers,
            runs=runs,
            tree=drawn_rows(tree, store.standing_marks(document.record.id)),
            lanes=width(tree),
            row=ROW,
            kept=len(versions),
            fixed=sum(len(run.steps) - len(run.left) for run in runs),
            left=[(run, step) for run in runs for step in run.left],
            uri=album.uri,
            once=set(),
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
            data=Markup(as_text({**data, "pictures": {n: album.uri(n) for n in range(shown, len(album))}})),
        )
    )


def bundled(name: str) -> str:
    """A file of the built review page as it can stand in a page; UsageError if it is not built."""
    try:
        text = (files("retouch.interfaces.web") / "bundle" / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"the report's {name} is not built", hint="npm --prefix web run build") from None
    return text.strip().replace("\r", "")


def _style() -> str:
    return (files("retouch.interfaces") / "templates" / "report.css").read_text(encoding="utf-8").strip()


def _policy(style: str, script: str) -> str:
    """Only this style and this script, and only pictures that stand in the page."""
    return (
        f"default-src 'none'; script-src {_named(script)}; style-src {_named(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _named(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("retouch.interfaces"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def _branch(document: Document) -> str:
    return "main" if "main" in document.branches else min(document.branches)


def _cover(document: Document, album: Album, version: str) -> int:
    side = Use.COVER.value[0][0]
    store = document.project.store
    return album.add(Use.COVER, lambda: on_white(thumbnail(Shelf(), store, version, side)))
