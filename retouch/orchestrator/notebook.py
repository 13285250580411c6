"""How documents and versions show themselves in a notebook: plain HTML and SVG, small pictures, no script.

Text stands in the notebook's own colour on its own ground, so that it is read in light and dark alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from retouch.errors import CollectedError, DamagedError
from retouch.geometry import Box, Size
from retouch.orchestrator.history_tree import TreeRow, tree_rows
from retouch.orchestrator.thumbnail import data_uri, on_white, reduced, surroundings
from retouch.orchestrator.tree_drawing import ROW, DrawnRow, drawn_rows, width
from retouch.picture import Picture
from retouch.verdict import Verdict
from retouch.version import VersionRecord

if TYPE_CHECKING:
    from jinja2 import Environment

    from retouch.orchestrator.document import Document
    from retouch.orchestrator.history import Version
    from retouch.store import History

_ROWS = 30
"""The last ones of the tree; a notebook is no place for thousands."""
_SHOWN, _PLACE, _THUMBNAIL = 480, 160, 52
"""Pixels of the longer side of a whole picture, of a step's place, and of a row's picture (twice its size in CSS)."""
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Frame:
    """A box over a picture, in parts of its width and height."""

    x: float
    y: float
    width: float
    height: float


def document_html(document: Document) -> str:
    """The last rows of the tree with thumbnails, and the picture as it stands."""
    store, branches = document.project.store, document.branches
    rows = tree_rows(store.versions(document.record.id), branches, document.tags)
    name = _shown_branch(branches)
    shown = rows[-_ROWS:]
    drawn = drawn_rows(shown, store.standing_marks(document.record.id))
    return _rendered(
        "document",
        document=document,
        file=document.project.path.name,
        branch=name,
        picture=picture_uri(store, branches[name], _SHOWN),
        rows=[_row(store, *pair) for pair in zip(shown, drawn, strict=True)],
        earlier=sum(len(row.versions) for row in rows[:-_ROWS]),
        kept=sum(len(row.versions) for row in rows),
        waiting=len(document.waiting()),
        lanes=width(shown),
        height=ROW,
    )


def version_html(version: Version, store: History) -> str:
    """The version's picture with its box, what it did there, and where it stands in the history."""
    record = version.record
    document = store.document(record.document)
    shown = version.show()["record"]
    return _rendered(
        "version",
        version=record,
        relation=next((f"{kind} {record.record[kind][:8]}" for kind in _RELATIONS if record.record.get(kind)), ""),
        wanted=_wanted(shown),
        verdicts=[Verdict.model_validate(each) for each in shown["verdicts"]],
        picture=picture_uri(store, version.id, _SHOWN),
        frame=_frame(store, record),
        before=_place(store, record.parents[0], record.box) if record.parents else "",
        after=_place(store, record.id, record.box),
        branches=_names(store.branches(document.id), version.id),
        tags=_names(store.tags(document.id), version.id),
        comments=version.comments(),
    )


def shown_head(document: Document) -> str:
    """The version that stands for a document: the head of `main`, or of the first branch."""
    branches = document.branches
    return branches[_shown_branch(branches)]


def _shown_branch(branches: Mapping[str, str]) -> str:
    return "main" if "main" in branches else min(branches)


def bundle(html: str, words: str, png: bytes | None) -> dict[str, Any]:
    """What a notebook chooses from; without `png` where there is no picture any more."""
    return {"text/plain": words, "text/html": html} | ({} if png is None else {"image/png": png})


def small_png(store: History, version: str) -> bytes | None:
    """The version's picture at a size for a notebook; None where its pixels are gone or damaged."""
    from retouch.picture_file import encode_png

    try:
        return encode_png(Picture(reduced(on_white(store.checkout(version)), _SHOWN)))
    except _LOST:
        return None


def picture_uri(store: History, version: str, side: int, box: Box | None = None) -> str:
    """A version's picture, or a part of it, as a data URI; empty where its pixels are gone or damaged."""
    try:
        return data_uri(reduced(on_white(_part(store, version, box)), side), _QUALITY)
    except _LOST:
        return ""


def _part(store: History, version: str, box: Box | None) -> Picture:
    if box is None:
        return store.checkout(version)
    return Picture(store.crop(version, box), store.metadata(version))


_LOST = (CollectedError, DamagedError)
_RELATIONS = ("reverts", "picks", "merges")


def _row(store: History, row: TreeRow, drawn: DrawnRow) -> tuple[DrawnRow, str]:
    """A row with the place of its step, or where there is none the whole picture."""
    version = row.version
    if version.box is None:
        return drawn, picture_uri(store, version.id, _THUMBNAIL)
    return drawn, _place(store, version.id, version.box, _THUMBNAIL)


def _place(store: History, version: str, box: Box | None, side: int = _PLACE) -> str:
    """The box with what lies round it, in any version; empty where it does not lie in that one."""
    size = _size(store, version)
    if size is None or box is None or box.clamped(size).empty:
        return ""
    return picture_uri(store, version, side, surroundings(box.clamped(size), size))


def _size(store: History, version: str) -> Size | None:
    try:
        grid = store.grid(version)
    except _LOST:
        return None
    return Size(grid.width, grid.height)


def _frame(store: History, version: VersionRecord) -> Frame | None:
    size = _size(store, version.id)
    if size is None or version.box is None:
        return None
    box = version.box.clamped(size)
    return Frame(box.x / size.width, box.y / size.height, box.width / size.width, box.height / size.height)


def _names(places: Mapping[str, str], version: str) -> Sequence[str]:
    return sorted(name for name, place in places.items() if place == version)


def _wanted(record: Mapping[str, Any]) -> str:
    request = record.get("request") or {}
    wanted = request.get("target")
    return wanted if isinstance(wanted, str) else ""


def _rendered(name: str, **facts: Any) -> str:
    return _environment().get_template(f"{name}.html.j2").render(**facts).strip()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("retouch.orchestrator")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
