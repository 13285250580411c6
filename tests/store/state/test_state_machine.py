"""The store's promise, tried at random: any version comes back bit for bit, and every name stands where it was put.

`make test-full` tries many more and longer histories.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import rule

from retouch.picture import Picture
from retouch.store import MemoryStore, Store
from tests.store.state.machine import Machine
from tests.store.state.model import Model

FULL = os.environ.get("RETOUCH_TEST_FULL", "") not in ("", "0")
OLD = Path(__file__).parents[1] / "fixtures" / "schema-1.retouch"


class InAFile(Machine):
    """The store of project files: begun new, or with a file of the first schema that is upgraded."""

    def begin(self, old: bool, picture: Picture) -> None:
        if not old:
            super().begin(old, picture)
            return
        self.make_folder()
        shutil.copy(OLD, self.path)
        self.history, self.other = self.open(), self.open()
        self.document = self.history.documents()[0].id
        self.model = Model.of(self.history, self.document)

    def open(self) -> Store:
        return Store.open(self.path, create=True)

    def go_on_with(self, path: Path) -> None:
        self.history.close()
        self.other.close()
        self.path = path
        self.history, self.other = self.open(), self.open()

    @rule()
    def back_up(self) -> None:
        copy = self.path.with_name(f"copy-{len(list(self.path.parent.iterdir()))}.retouch")
        assert isinstance(self.history, Store)
        self.history.backup(copy)
        self.go_on_with(copy)

    @rule()
    def hand_over(self) -> None:
        """Another project takes the document over, and goes on with it."""
        number = len(list(self.path.parent.iterdir()))
        bundle, path = (self.path.with_name(f"{name}-{number}.retouch") for name in ("bundle", "project"))
        assert isinstance(self.history, Store)
        self.history.export_bundle(bundle, self.document)
        with Store.open(path, create=True) as project:
            (document,) = project.import_bundle(bundle)
        self.go_on_with(path)
        self.document = document.id


class InMemory(Machine):
    """The store in memory."""

    def begin(self, old: bool, picture: Picture) -> None:
        self.first = MemoryStore()
        super().begin(old, picture)

    def open(self) -> MemoryStore:
        return MemoryStore(beside=self.first)


def _rounds(reduced: tuple[int, int], full: tuple[int, int]) -> settings:
    """How many histories, and how many things are done to each."""
    examples, steps = full if FULL else reduced
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


TestInAFile = InAFile.TestCase
TestInAFile.settings = _rounds((12, 25), (300, 60))
TestInMemory = InMemory.TestCase
TestInMemory.settings = _rounds((60, 30), (1000, 80))
