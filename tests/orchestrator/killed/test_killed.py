"""A run that is killed between any two things that it writes goes on as if nothing had been.

No call is made again whose reply was kept, and the page ends as it would have.

`make test-full` kills before progress reports and heartbeats, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DRIVER = Path(__file__).with_name("driver.py")


def test_killed_between_any_two_writes_a_run_goes_on(tmp_path: Path, rounds: Callable[[int, int], int]) -> None:
    which = "all" if rounds(0, 1) else "stages"
    driven = subprocess.run(
        [sys.executable, str(DRIVER), str(tmp_path), which],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert driven.returncode == 0, driven.stderr
    calm, *killed = [json.loads(line) for line in driven.stdout.splitlines()]
    wanted = calm["after"]
    assert (wanted["calls"], wanted["tries"], wanted["waiting"]) == (6, 6, 0)
    assert wanted["steps"] == {"a": "fixed", "b": "fixed", "c": "unfixed"}
    names = [point["name"] for point in killed]
    assert names[0] == "begin_run" and names[-1] in ("finish_run", "record_event")
    assert {"attempt_started", "attempt_judged", "save_step"} <= set(names)
    assert sum(name.endswith("_returned") or name == "attempt_failed" for name in names) >= 5
    for point in killed:
        _check(point, wanted, driven.stderr)


def _check(point: dict[str, Any], wanted: dict[str, Any], errors: str) -> None:
    between, after = point["between"], point["after"]
    assert (point["killed"], point["resumed"]) == (9, 0), (point, errors)
    if point["name"] == "begin_run":
        # Nothing was written, so there is nothing to go on with.
        assert between == after and after["states"] == [], point
        return
    # Two steps may be in flight at once; only their replies can have been on the way.
    lost = between["calls"] - between["replies"]
    assert 0 <= lost <= 2, point
    assert after == wanted | {"calls": wanted["calls"] + lost}, point
