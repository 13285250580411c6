"""The benchmark of the history: its edits are what it says, and each of its measures runs."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from benchmarks import history
from benchmarks.history_page import EDIT, edits
from benchmarks.history_peers import PngFiles
from benchmarks.timing import Times
from retouch.picture import Pixels


@pytest.fixture
def page() -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (400, 400, 3)).astype(np.uint8)


def test_edits_build_on_each_other_and_repeat_for_a_seed(page: Pixels) -> None:
    current = page.copy()
    for patch, again in zip(edits(page, 6), edits(page, 6), strict=True):
        assert EDIT[0] <= patch.box.width < EDIT[1] and EDIT[0] <= patch.box.height < EDIT[1]
        # The feather: the outermost pixels are those that were there.
        assert np.array_equal(patch.pixels[0], current[patch.box.slices][0])
        assert (patch.pixels != current[patch.box.slices]).mean() > 0.5
        assert patch.box == again.box and np.array_equal(patch.pixels, again.pixels)
        patch.apply_to(current)


def test_every_measure_of_the_history_runs(page: Pixels, tmp_path: Path) -> None:
    times, path = Times(), tmp_path / "a.retouch"
    line = history.measure_commits(path, page, 4, times)
    history.measure_checkouts(path, page, line, times)
    history.measure_list(path, 5, times)
    history.measure_attempts(tmp_path / "b.retouch", page, 2, times)
    assert set(history.ROWS) <= set(times.wall) | set(times.figures)
    assert 0 < times.figures["bytes"] < 400
    history.measure_in_turn({"one": path, "other": tmp_path / "b.retouch"}, page, times)
    assert times.ratio("one", "other")


def test_growth_and_tables(
    page: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(history, "textured_page", lambda side: page)
    monkeypatch.setattr(history, "MANY", 45)
    monkeypatch.setattr(history, "DEEP", 12)
    monkeypatch.setattr(history, "TURNS", 3)
    history.measure_commits(tmp_path / "2048.retouch", page, 2, Times())
    history.measure_growth(tmp_path, [2048], Namespace(quick=False))
    peer = history.measure_peer(PngFiles, page, 2, tmp_path / "peer")
    times = Times()
    history.measure_commits(tmp_path / "c.retouch", page, 3, times)
    history.print_size(times, {"PNG files": peer}, 1)
    printed = capsys.readouterr().out
    assert "| undo | 5 |" in printed and "depth 12 against depth 10" in printed and "best peer / Retouch" in printed
