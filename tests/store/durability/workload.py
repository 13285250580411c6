"""Workloads: what a recorded process does to a project, telling the whole state after every call that has returned."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from retouch.attempt import Attempt
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.plan import Goal
from retouch.store import Store
from retouch.store.clock import utc_now
from retouch.store.database import Database
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind

FILE = "page.retouch"


def state(store: Store) -> str:
    """All that a person sees of the project, but for times: equal states give equal text."""
    documents = []
    for document in store.documents():
        runs = store.runs(document.id)
        attempts = {a.step + str(a.number): a.state.value for run in runs for a in store.attempts(run.id)}
        versions = [v.id for v in store.versions(document.id)]
        moves = [(move.branch, move.origin, move.target) for move in store.moves(document.id)]
        facts = [store.branches(document.id), store.tags(document.id), versions, moves, attempts]
        documents.append([document.name, *facts])
    return json.dumps(documents)


def tell(store: Store) -> None:
    os.write(1, (state(store) + "\n").encode())


def noise(box: Box, seed: int, channels: int = 3) -> Patch:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (box.height, box.width, channels), np.uint8)
    return Patch(box, pixels, np.ones((box.height, box.width), np.bool_))


def page(seed: int = 0) -> Picture:
    return Picture(noise(Box(0, 0, 200, 150), seed).pixels)


def commit(store: Store, seed: int, branch: str = "main") -> str:
    """One edit of a small box."""
    document = store.document().id
    head = store.branches(document)[branch]
    change = noise(Box(5 * seed % 120, 7 * seed % 90, 40, 30), seed)
    made = store.commit(document, branch, expected=head, change=change, kind=VersionKind.EDIT, step=f"s{seed}")
    return made.id


def commits(store: Store) -> None:
    """Documents, edits, branches, tags, roll back, and an attempt with its three commits."""
    base = store.import_picture(page(), name="page", source=None, author="someone")
    tell(store)
    document = store.document().id
    for seed in range(1, 4):
        commit(store, seed)
        tell(store)
    store.create_branch(document, "side", base.id, author="someone")
    tell(store)
    head = store.branches(document)["main"]
    store.move_branch(document, "main", expected=head, target=base.id, reason="rollback", author="someone")
    tell(store)
    attempt(store, document, base.id)
    commit(store, 9, "side")
    tell(store)


def attempt(store: Store, document: int, base: str) -> None:
    """A run with one attempt that is accepted."""
    run = store.begin_run(document, "main", goal=Goal(text="fix it"), options={}, base=base)
    facts = {"step": "s1", "rung": "first", "editor": "typeset", "call_id": "a1", "request": {}}
    started = Attempt(id="a1", run=run, number=1, seed=0, base=base, **facts)
    store.attempt_started(started)
    tell(store)
    patch = noise(Box(10, 10, 60, 60), 77)
    store.attempt_returned("a1", patch, effective={}, dropped=(), notes=(), cost={})
    tell(store)
    verdict = Verdict(verifier="scripted", version="1", outcome=Outcome.PASS, score=1.0)
    words = {"branch": "main", "expected": base, "message": "fixed", "author": "agent"}
    store.attempt_judged("a1", (verdict,), accepted=True, patch=patch, record={}, **words)
    tell(store)
    store.finish_run(run, "ended", {})


def collect(store: Store) -> None:
    """A branch goes, and then the pixels that only it reached."""
    document = store.document().id
    head = store.branches(document)["side"]
    store.delete_branch(document, "side", expected=head, author="someone")
    tell(store)
    given = store.gc(keep_days=0)
    assert given.tiles > 0
    commit(store, 20)
    tell(store)


def back_up(store: Store) -> None:
    """A copy beside the file, then one more commit."""
    store.backup(store.path.with_name("copy.retouch"))
    tell(store)
    commit(store, 21)
    tell(store)


def look(store: Store) -> None:
    """Opening alone, which upgrades an older file."""


WORKLOADS: dict[str, Callable[[Store], None]] = {
    "commits": commits,
    "gc": collect,
    "backup": back_up,
    "upgrade": look,
    "network": commits,
}


def main() -> None:
    folder, name = Path(sys.argv[1]), sys.argv[2]
    mounts = folder.with_suffix(".mounts")
    kind = "nfs4" if name == "network" else "ext4"
    mounts.write_text(f"36 35 98:0 / {folder} rw,noatime - {kind} device rw\n", encoding="utf-8")
    with Store(Database.open(folder / FILE, create=True, readonly=False, mounts=mounts), utc_now) as store:
        if store.documents():
            tell(store)
        WORKLOADS[name](store)


if __name__ == "__main__":
    main()
