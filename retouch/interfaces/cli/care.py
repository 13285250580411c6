"""Commands that look after a project file."""

from __future__ import annotations

from retouch.interfaces.cli.options import Json, ProjectArgument
from retouch.interfaces.cli.output import print_json, print_table
from retouch.interfaces.cli.selection import opened


def stats(project: ProjectArgument, as_json: Json = False) -> int:
    """Count versions, tiles and bytes of a project file."""
    with opened(project) as found:
        counts = dict(found.store.stats())
    if as_json:
        print_json(counts)
    else:
        print_table(("what", "count"), counts.items())
    return 0
