"""Commands that tell what is installed and usable on this machine, and what is missing for the rest."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from retouch.interfaces.cli.options import Json
from retouch.interfaces.cli.output import print_json, print_table

if TYPE_CHECKING:
    from retouch.parts import PartKind


def editors(as_json: Json = False) -> int:
    """List the editors and whether they can be used here."""
    return _list("editors", as_json)


def verifiers(as_json: Json = False) -> int:
    """List the verifiers and whether they can be used here."""
    return _list("verifiers", as_json)


def planners(as_json: Json = False) -> int:
    """List the planners and whether they can be used here."""
    return _list("planners", as_json)


def doctor(as_json: Json = False) -> int:
    """Say what this machine has and what it lacks; exit code 1 if a core part cannot work."""
    from retouch.interfaces.health import examined

    checks = examined()
    well = all(check.ok or not check.needed for check in checks)
    if as_json:
        print_json({"ok": well, "checks": [asdict(check) for check in checks]})
    else:
        rows = [("ok" if check.ok else "MISSING", check.name, check.found, check.remedy) for check in checks]
        print_table(("", "what", "found", "what to do"), rows)
    return 0 if well else 1


def _list(kind: PartKind, as_json: bool) -> int:
    from retouch.interfaces.health import parts_of

    parts = parts_of(kind)
    if as_json:
        print_json({kind: [asdict(part) for part in parts]})
    else:
        rows = [(p.name, "yes" if p.usable else "no", p.about, p.missing, p.command) for p in parts]
        print_table(("name", "usable", "what it does", "missing", "what to do"), rows)
    return 0
