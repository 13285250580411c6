"""A process that commits without end and tells each version it has committed, until it is killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from retouch.store import Store
from tests.store.durability.workload import commit


def main() -> None:
    with Store.open(Path(sys.argv[1])) as store:
        seed = len(store.versions(store.document().id))
        while True:
            os.write(1, (commit(store, seed) + "\n").encode())
            seed += 1


if __name__ == "__main__":
    main()
