"""A run whose process is gone can be claimed at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from retouch.store import Store
from retouch.version import VersionRecord

KILLED = """
import os, signal, sys
from pathlib import Path
from retouch.plan import Goal
from retouch.store import Store
store = Store.open(Path(sys.argv[1]))
print(store.begin_run(1, "main", goal=Goal(text="x"), options={}, base=sys.argv[2]), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_can_be_claimed_at_once(store: Store, path: Path, imported: VersionRecord) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), imported.id], capture_output=True, text=True, timeout=60
    )
    run = killed.stdout.strip()
    assert not store.run(run).alive
    assert store.claim(run).state == "running"
