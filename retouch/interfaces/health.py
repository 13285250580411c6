"""What is installed on this machine: parts, fonts, models, corpus; and what would make the rest work."""

from __future__ import annotations

import inspect
import os
import platform
import sqlite3
from dataclasses import dataclass
from importlib.metadata import version

from retouch import parts
from retouch.availability import Availability
from retouch.errors import RetouchError
from retouch.parts import PartKind

FONTS_REMEDY = "make fonts, or: apt install fonts-arphic-ukai fonts-lxgw-wenkai"


@dataclass(frozen=True, slots=True)
class PartReport:
    """One part by name; `missing` says what it lacks where it cannot be used, `command` the one that would help."""

    name: str
    usable: bool
    about: str
    missing: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for. Without a `needed` one the core cannot do its work."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True


def parts_of(kind: PartKind) -> tuple[PartReport, ...]:
    """Every registered part of a kind, with the first line of its documentation."""
    return tuple(part_of(kind, name) for name in parts.available(kind))


def part_of(kind: PartKind, name: str) -> PartReport:
    """One part by name; of one that is not installed it says so."""
    try:
        made = parts.factory(kind, name)
    except RetouchError as error:
        return PartReport(name, False, "", str(error), error.hint)
    about = (inspect.getdoc(made) or "").partition("\n")[0]
    found = _availability(made)
    if found.usable:
        return PartReport(name, True, about, "")
    return PartReport(name, False, about, found.why, found.command)


def _availability(made: object) -> Availability:
    """What the part says of itself; one that says nothing needs nothing beside what is installed."""
    asked = getattr(made, "availability", None)
    if asked is None:
        return Availability(True)
    try:
        said = asked()
    except Exception as error:  # a stranger's part may raise anything; the list must name the others all the same
        return Availability(False, f"cannot say whether it is usable: {type(error).__name__}: {error}")
    return said if isinstance(said, Availability) else Availability(False, f"answered {said!r} for its availability")


def examined() -> tuple[Check, ...]:
    """Everything that `retouch doctor` tells."""
    return (_python(), _database(), _fonts(), _reader(), _corpus(), *(_parts(kind) for kind in _KINDS))


_KINDS: tuple[PartKind, ...] = ("planners", "editors", "verifiers")


def _python() -> Check:
    found = f"Python {platform.python_version()}, Retouch {version('retouch')}, {os.cpu_count()} cores"
    return Check("program", True, found)


def _database() -> Check:
    return Check("SQLite", True, sqlite3.sqlite_version)


def _fonts() -> Check:
    from retouch.writing.fonts import installed

    families = sorted({face.family for face in installed()})
    found = f"{len(families)} families: {', '.join(families)}" if families else "no font with Han characters"
    return Check("fonts", bool(families), found, "" if families else FONTS_REMEDY)


def _reader() -> Check:
    from retouch.writing.recogniser import Recogniser

    try:
        known = Recogniser.shared().knows("永")
    except (RetouchError, OSError, ImportError) as error:
        return Check("text recognition", False, str(error), "install the package `rapidocr` again")
    return Check("text recognition", known, "models load" if known else "the model does not know 永")


def _corpus() -> Check:
    from retouch.settings import load
    from retouch.writing.corpus import works

    titles = [work.title for work in works(load().corpus)]
    return Check("corpus", bool(titles), ", ".join(titles), needed=False)


def _parts(kind: PartKind) -> Check:
    found = parts_of(kind)
    lacking = [part for part in found if not part.usable]
    return Check(
        kind,
        any(part.usable for part in found),
        ", ".join(part.name for part in found if part.usable),
        "; ".join(f"{part.name}: {part.missing}" + (f" ({part.command})" if part.command else "") for part in lacking),
    )
