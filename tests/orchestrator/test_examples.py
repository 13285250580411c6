"""The example of own parts runs, and does what its words say."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.picture import Picture

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_parts.py"


def test_own_parts_work_together(tmp_path: Path, page: Picture, capsys: pytest.CaptureFixture[str]) -> None:
    page.save(tmp_path / "page.png")
    main = runpy.run_path(str(EXAMPLE))["main"]
    assert main(str(tmp_path / "page.png"), str(tmp_path / "out.png")) == 0
    kinds = [line.split()[2] for line in capsys.readouterr().out.splitlines()]
    assert kinds == ["import", "candidate", "edit"], "the grey try is kept as a candidate"
    pixels = Picture.open(tmp_path / "out.png").pixels
    assert (pixels[:20, :20] == 0).all()
    assert np.array_equal(pixels[20:], page.pixels[20:]) and np.array_equal(pixels[:, 20:], page.pixels[:, 20:])


def test_the_history_is_walked(tmp_path: Path, document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    project, compared = document.project.path, tmp_path / "compared.png"
    boxes = [Box(10, 10, 30, 30), Box(100, 100, 20, 20), Box(15, 15, 30, 30)]
    for number, box in enumerate(boxes):
        pixels = document.head().picture.pixels.copy()
        pixels[box.slices] = 10 * number
        document.commit(Picture(pixels), f"step {number}")
    document.project.close()
    main = runpy.run_path(str(Path(EXAMPLE).with_name("history_walk.py")))["main"]
    assert main(str(project), str(compared)) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split(" ", 1)[1] for line in told[:3]] == [
        "manual 900 pixels at 15,15,30,30",
        "manual 400 pixels at 100,100,20,20",
        "manual 900 pixels at 10,10,30,30",
    ]
    shares = [float(line.split("%")[0]) for line in told[3:7]]
    assert shares == pytest.approx([2.81, 1.25, 0.86, 95.08], abs=0.01)
    assert told[7] == "later steps changed the same places, which are kept: 10,10,35,35"
    assert told[8].endswith(" 0 pixels are others")
    assert Picture.open(compared).size.width == 2 * 200 + 12
