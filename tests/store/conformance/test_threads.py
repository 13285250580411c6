"""Several threads may use one history."""

from __future__ import annotations

import threading

import numpy as np

from retouch.errors import ConflictError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import History
from retouch.version import VersionKind, VersionRecord


def test_threads_share_a_history(history: History, imported: VersionRecord, document: int, page: Picture) -> None:
    errors: list[BaseException] = []
    made: list[str] = []

    def work(seed: int) -> None:
        patch = Patch(Box(seed, 0, 9, 9), np.full((9, 9, 3), seed, np.uint8), np.ones((9, 9), np.bool_))
        try:
            for _ in range(5):
                candidate = history.candidate(document, parent=imported.id, patch=patch, author=f"thread {seed}")
                assert history.checkout(candidate.id).same_pixels(patch.apply(page))
                made.append(_commit_until_it_fits(history, document, patch, f"thread {seed}"))
        except BaseException as error:  # a thread's assertion must reach the test
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(made)) == 20
    assert history.resolve(document, "main~20").id == imported.id


def _commit_until_it_fits(history: History, document: int, patch: Patch, author: str) -> str:
    while True:
        head = history.branches(document)["main"]
        try:
            change = history.commit(document, "main", expected=head, change=patch, kind=VersionKind.EDIT, author=author)
        except ConflictError:
            continue
        return change.id
