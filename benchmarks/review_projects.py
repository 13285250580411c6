"""The projects that the review page is measured on: large pages, a tree of many versions, a page to repair."""

from __future__ import annotations

from pathlib import Path

from benchmarks.history import RECORD, commit, import_page, small_edits
from benchmarks.history_page import edits, textured_page
from retouch.interfaces.demo.page import demo_page
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.store import Store
from retouch.verdict import Outcome
from retouch.version import VersionKind

LARGE = {"25": 5000, "50": 7072}
"""Side in pixels of the square pages, by their megapixels."""
EDITS = 6
_TREE_PAGE = 1024
_BRANCH_EVERY = 25
"""Versions between two that are made on branches of their own, as tries are."""
_SHORT = 4
"""Versions of such a branch."""


def large_project(path: Path, side: int, count: int = EDITS) -> list[str]:
    """A textured page with `count` edits upon each other; the ids of all versions, the import first."""
    page = textured_page(side)
    with Store.open(path, create=True) as store:
        line = [import_page(store, page)]
        for patch in edits(page, count):
            line.append(commit(store, line[-1], patch))
    return line


def tree_project(path: Path, count: int) -> str:
    """`count` versions, most of them on `main`, the others on side branches; the id of the newest on `main`."""
    page = textured_page(_TREE_PAGE)
    changes = small_edits(page, count - 1)
    with Store.open(path, create=True) as store:
        heads, left = {"main": import_page(store, page)}, count - 1
        for number, patch in enumerate(changes):
            branch = _branch(number)
            if branch not in heads:
                store.create_branch(1, branch, heads["main"], author="bench")
                heads[branch] = heads["main"]
            made = store.commit(
                1,
                branch,
                expected=heads[branch],
                change=patch,
                kind=VersionKind.EDIT,
                outcome=list(Outcome)[number % len(list(Outcome))],
                record=RECORD,
                step=f"s{number}",
                message=f"Write 觞 instead of 锡 ({number})",
                author="bench",
                editor="typeset",
            )
            heads[branch] = made.id
            left -= 1
    return heads["main"]


def _branch(number: int) -> str:
    return f"try-{number // _BRANCH_EVERY}" if number % _BRANCH_EVERY >= _BRANCH_EVERY - _SHORT else "main"


def flawed_project(path: Path) -> str:
    """The demonstration's page with its faults, not yet repaired; its version's id."""
    with Project.open(path, create=True) as project:
        return project.import_picture(Picture(demo_page().rgb), "page").head().id
