"""Commands that look after a project file: fsck, gc, stats, backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retouch.interfaces.cli.options import Json, ProjectArgument
from retouch.interfaces.cli.output import console, print_json, print_table, print_words, short_id
from retouch.interfaces.cli.selection import stored

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from retouch.protocols import Watch
    from retouch.store.care.care import FsckReport

DAMAGED = 1
"""Exit code of `fsck` where something is damaged, as of every command on a file that cannot be used."""
_NAMED = 8
"""Versions named in a row of the table of damage; `--json` names all."""

KeepDays = Annotated[
    float | None, typer.Option("--keep-days", min=0, help="Keep all that is younger; default 30 days.")
]


def fsck(project: ProjectArgument, as_json: Json = False) -> int:
    """Compare everything that is stored with its hash, and name the versions that damage touches."""
    from retouch.store.care.fsck import check_project

    with _watching("checking") as watch:
        report = check_project(project, watch)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        _describe(report)
    return 0 if report.ok else DAMAGED


def _describe(report: FsckReport) -> None:
    counted = ", ".join(f"{number} {name}" for name, number in report.checked.items())
    if report.ok:
        print_words(f"sound: {counted}")
        return
    rows = []
    for damage in report.damaged:
        more = f" and {len(damage.versions) - _NAMED} more" if len(damage.versions) > _NAMED else ""
        rows.append((damage.what, " ".join(short_id(version) for version in damage.versions[:_NAMED]) + more))
    print_table(("damaged", "versions it touches"), rows)
    print_words(f"{len(rows)} things are damaged of {counted}; all versions that are not named can be used")


def gc(project: ProjectArgument, keep_days: KeepDays = None, as_json: Json = False) -> int:
    """Give back the pixels that no branch, tag, waiting step or recent move reaches; the file shrinks."""
    with stored(project) as store, _watching("collecting") as watch:
        report = store.gc(watch=watch) if keep_days is None else store.gc(keep_days, watch)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        print_words(f"given back: {report.tiles} tiles, {report.bytes / 1e6:.1f} MB, of {report.versions} versions")
    return 0


def backup(
    project: ProjectArgument,
    output: Annotated[Path, typer.Argument(metavar="OUT", help="The copy; it must not be there yet.")],
    as_json: Json = False,
) -> int:
    """Copy a project as it is now, while others may go on working in it."""
    with stored(project) as store, _watching("copying") as watch:
        store.backup(output, watch=watch)
    size = output.stat().st_size
    if as_json:
        print_json({"output": str(output), "bytes": size})
    else:
        print_words(f"{output}: {size / 1e6:.1f} MB")
    return 0


def stats(project: ProjectArgument, as_json: Json = False) -> int:
    """Count versions, tiles and bytes of a project file."""
    with stored(project) as store:
        counts = dict(store.stats())
    if as_json:
        print_json(counts)
    else:
        print_table(("what", "count"), counts.items())
    return 0


class _Bar:
    """A bar on a terminal. Ctrl-C needs no switch here: what is not finished is rolled back."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def progress(self, fraction: float) -> None:
        self._progress.update(self._task, completed=fraction)

    def raise_if_cancelled(self) -> None:
        pass


@contextmanager
def _watching(what: str) -> Iterator[Watch | None]:
    """Show how far it is, where standard error is a terminal."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield None
        return
    from rich.progress import Progress

    with Progress(console=err, transient=True) as progress:
        yield _Bar(progress, progress.add_task(what, total=1.0))
