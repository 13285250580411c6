"""A project with a repaired step, a failed try and a side branch; no text recognition is needed to make it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step

HOSTILE = "<script>alert('x')</script>"
"""Text that stands in a picture is data, wherever it is shown."""


def plain_picture(seed: int = 0) -> Picture:
    """Grey noise, 96×64 RGB."""
    return Picture(np.random.default_rng(seed).integers(90, 200, (64, 96, 3), dtype=np.uint8))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A picture file."""
    file = tmp_path / "page.png"
    plain_picture().save(file)
    return file


@pytest.fixture
def plan() -> Plan:
    """What `project` was made with."""
    return two_steps()


def two_steps() -> Plan:
    """One step that passes at its second try, one that never does."""
    steps = (
        Step(
            id="s1", operation="other", box=Box(8, 8, 16, 16), instruction=HOSTILE, expectation=ColourIs(colour="red")
        ),
        Step(id="s2", operation="other", box=Box(60, 30, 12, 20), expectation=ColourIs(colour="blue")),
    )
    return Plan(goal=f"paint {HOSTILE}", steps=steps)


@pytest.fixture(scope="session")
def made_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project file that tests get copies of."""
    from retouch.editors.scripted import ScriptedEditor
    from retouch.verifiers.scripted import ScriptedVerifier

    page = tmp_path_factory.mktemp("made") / "page.png"
    plain_picture().save(page)
    with Project.open(page.with_suffix(".retouch"), create=True) as opened:
        document = opened.import_picture(page)
        document.run(
            plan=two_steps(),
            editors=[ScriptedEditor(colour="red", rungs=("first", "second"))],
            verifiers=[ScriptedVerifier(steps={"s1": ["fail", "pass"], "s2": ["fail"]})],
        )
    return page.with_suffix(".retouch")


@pytest.fixture
def project(page: Path, made_project: Path) -> Path:
    """The project file of `page` after a run of `two_steps`: s1 fixed at the second try, s2 unfixed."""
    return Path(shutil.copy(made_project, page.with_suffix(".retouch")))
