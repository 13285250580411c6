"""The example of own parts runs, and does what its words say."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

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
