"""The benchmark for GPUs runs, on the tiny pipeline and a processor."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("diffusers", reason="diffusers is not installed; `pip install 'retouch[models]'`")

from benchmarks import gpu


def test_it_prints_a_row_for_each_canvas(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--tiny", "--device", "cpu", "--steps", "3", "--areas", "64x64,96x64", "--picture", "128x96", "--json"]
    gpu.main(arguments)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["canvas"] for row in rows] == ["64x64", "96x64", "128x96"]
    assert [row["what"] for row in rows] == ["a region", "a region", "the whole picture"]
    assert all(row["step"] > 0 and row["total"] > 2 * row["step"] and row["peak"] > 0 for row in rows)


def test_too_few_steps_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        gpu.main(["--tiny", "--steps", "2"])
    assert "3 or more" in capsys.readouterr().err
