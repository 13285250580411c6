"""What the tests of the commands share: running one, and projects in every state that a person can meet."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retouch.interfaces.cli.main import main
from retouch.orchestrator.project import Project
from retouch.picture import Picture

Told = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command with --json; its exit code and what it printed, which must be one JSON object."""

    def run(*arguments: object) -> tuple[int, dict[str, Any]]:
        code = main([*map(str, arguments), "--json"])
        out = capsys.readouterr().out
        assert out.count("\n") == 1
        return code, json.loads(out)

    return run


@pytest.fixture(scope="session")
def made_forked(made_project: Path) -> Path:
    """The file that `forked` gives copies of."""
    file = made_project.with_name("forked.retouch")
    painted = {"main": (250, ((8, 8, 16), (60, 8, 10))), "other": (5, ((16, 16, 16), (60, 40, 10)))}
    with Project.open(file, create=True) as project:
        document = project.import_picture(made_project.with_suffix(".png"))
        document.create_branch("other")
        for branch, (value, places) in painted.items():
            for x, y, side in places:
                pixels = document.head(branch).picture.pixels.copy()
                pixels[y : y + side, x : x + side] = value
                document.commit(Picture(pixels), f"{branch} at {x},{y}", branch)
    return file


@pytest.fixture
def forked(page: Path, made_forked: Path) -> Path:
    """`main` and `other`, both from the import: `main` painted 8,8,16,16 and then 60,8,10,10, `other` painted
    16,16,16,16 (over a corner of the first) and 60,40,10,10."""
    return Path(shutil.copy(made_forked, page.with_suffix(".retouch")))
