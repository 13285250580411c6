"""The store's promise, tried at random: any version comes back bit for bit, and every name stands where it was put.

Beside the history runs a model made of plain arrays, dicts and lists, with rules of its own for what a merge, a revert,
a pick, an undo and a blame must give. `make test-full` tries many more and longer histories.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from numpy.typing import NDArray

from retouch.errors import CollectedError, ConflictError, PictureError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels
from retouch.store import History, MemoryStore, Store
from retouch.store.merging import MergeReport, Settlement, Side
from retouch.version import VersionKind, VersionRecord

FULL = os.environ.get("RETOUCH_TEST_FULL", "") not in ("", "0")

OLD = Path(__file__).parent / "fixtures" / "schema-1.retouch"

EDGES = st.sampled_from([1, 3, 127, 128, 129, 257])
"""Sides of pictures: the smallest, odd ones, and those round the border of a tile."""
BRANCHES = ["main", "side", "試", "try/two"]
SIDES: list[Side] = ["ours", "theirs", "base"]
_Mask = NDArray[np.bool_]


class Model:
    """What a history must hold: pixels and parents by version in the order of making, names, and standing moves."""

    def __init__(self, first: str, pixels: Pixels) -> None:
        self.pixels: dict[str, Pixels] = {first: pixels}
        self.parents: dict[str, tuple[str, ...]] = {first: ()}
        self.heads: dict[str, str] = {"main": first}
        self.tags: dict[str, str] = {}
        self.log: list[tuple[str, str | None, str | None]] = [("main", None, first)]
        self.standing: dict[str, list[tuple[str | None, str | None]]] = {"main": []}
        self.gone: set[str] = set()
        self.held: set[str] = set()

    @classmethod
    def of(cls, history: History, document: int) -> Model:
        """What a history holds that was not begun here; only its facts are believed."""
        pictures = {version.id: history.checkout(version.id).pixels for version in history.versions(document)}
        first, *others = history.moves(document)
        model = cls(str(first.target), pictures[str(first.target)])
        for version in history.versions(document):
            model.add(version.id, version.parents, pictures[version.id])
        for move in others:
            if move.reason.startswith("undo"):
                model.standing[move.branch].pop()
                model.put(move.branch, move.target)
            else:
                model.move(move.branch, move.target)
        model.tags = history.tags(document)
        for run in history.runs(document):
            attempts = [] if run.state in ("ended", "failed") else history.attempts(run.id)
            held = [run.base, *(version for a in attempts for version in (a.base, a.version) if version)]
            model.held.update(held if run.state not in ("ended", "failed") else ())
        return model

    @property
    def live(self) -> list[str]:
        """The versions that have their pixels."""
        return [version for version in self.pixels if version not in self.gone]

    def add(self, version: str, parents: tuple[str, ...], pixels: Pixels) -> None:
        """A version; the very same one may be there already."""
        assert version not in self.pixels or equal(self.pixels[version], pixels)
        self.pixels.setdefault(version, pixels)
        self.parents.setdefault(version, parents)
        self.gone.discard(version)

    def move(self, branch: str, target: str | None) -> None:
        origin = self.heads.get(branch)
        self.standing.setdefault(branch, []).append((origin, target))
        self.put(branch, target)

    def put(self, branch: str, target: str | None) -> None:
        self.log.append((branch, self.heads.pop(branch, None), target))
        if target is not None:
            self.heads[branch] = target

    def ancestors(self, *versions: str) -> set[str]:
        """The versions themselves and all that they came from."""
        found, ahead = set[str](), list(versions)
        while ahead:
            version = ahead.pop()
            if version not in found:
                found.add(version)
                ahead.extend(self.parents[version])
        return found

    def newest_shared(self, a: str, b: str) -> str:
        shared = self.ancestors(a) & self.ancestors(b)
        return next(version for version in reversed(self.pixels) if version in shared)

    def owners(self, version: str) -> NDArray[np.int64]:
        """For every pixel the place of its owner among all versions: whose value it is that no parent had."""
        pixels = self.pixels[version]
        owner = np.full(pixels.shape[:2], list(self.pixels).index(version))
        for parent in reversed(self.parents[version]):
            if alike(self.pixels[parent], pixels):
                owner = np.where((self.pixels[parent] == pixels).all(axis=2), self.owners(parent), owner)
        return owner


def alike(a: Pixels, b: Pixels) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype


def equal(a: Pixels, b: Pixels) -> bool:
    return alike(a, b) and np.array_equal(a, b)


def clashes(base: Pixels, ours: Pixels, theirs: Pixels) -> _Mask:
    """Pixels that both sides changed to different values; everything where pictures are of different kinds."""
    if not (alike(base, ours) and alike(base, theirs)):
        whole = not (equal(base, ours) or equal(base, theirs) or equal(ours, theirs))
        return np.full(ours.shape[:2], whole)
    clash: _Mask = (base != ours).any(axis=2) & (base != theirs).any(axis=2) & (ours != theirs).any(axis=2)
    return clash


def joint(base: Pixels, ours: Pixels, theirs: Pixels) -> Pixels:
    """What both sides make together where they do not clash; ours where they do."""
    if not (alike(base, ours) and alike(base, theirs)):
        return theirs if equal(base, ours) else ours
    taken = (base == ours).all(axis=2)
    return np.where(taken[:, :, None], theirs, ours)


class Machine(RuleBasedStateMachine):
    """Two openings of one history, as two processes would have it; either may do the next thing."""

    history: History
    model: Model

    def open(self) -> History:
        raise NotImplementedError

    def begin(self, old: bool, picture: Picture) -> None:
        self.make_folder()
        self.history, self.other = self.open(), self.open()
        version = self.history.import_picture(picture, name="h", source=None, author="test")
        self.document = self.history.document(version.document).id
        self.model = Model(version.id, picture.pixels)

    def make_folder(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "h.retouch"

    @initialize(
        width=EDGES,
        height=EDGES,
        channels=st.integers(1, 4),
        depth=st.sampled_from([8, 16]),
        seed=st.integers(0, 99),
        old=st.booleans(),
    )
    def start(self, width: int, height: int, channels: int, depth: int, seed: int, old: bool) -> None:
        self.random = np.random.default_rng(seed)
        self.dtype: type[np.uint8 | np.uint16] = np.uint8 if depth == 8 else np.uint16
        self.tried: dict[str, tuple[str, Patch, dict[str, int]]] = {}
        self.begin(old, Picture(self.noise(height, width, channels)))

    def noise(self, *shape: int) -> Pixels:
        # Few values, so that tiles repeat and merges meet equal pixels.
        return self.random.integers(0, 3, shape).astype(self.dtype)

    def version(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.model.live))

    def branch(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.model.heads)))

    def patch(self, pixels: Pixels, data: st.DataObject) -> Patch:
        height, width, channels = pixels.shape
        x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
        box = Box(x, y, data.draw(st.integers(0, min(90, width - x))), data.draw(st.integers(0, min(90, height - y))))
        cover = data.draw(st.sampled_from([0.02, 0.5, 1.0]))
        values = self.noise(box.height, box.width, channels).astype(pixels.dtype)
        return Patch(box, values, self.random.random((box.height, box.width)) < cover)

    @rule(data=st.data(), repeated=st.booleans())
    def commit_patch(self, data: st.DataObject, repeated: bool) -> None:
        branch = self.branch(data)
        head = self.model.heads[branch]
        patch = self.patch(self.model.pixels[head], data)
        record = {} if repeated else {"n": len(self.model.log)}
        made = self.history.commit(
            self.document, branch, expected=head, change=patch, kind=VersionKind.EDIT, record=record
        )
        self.expect(made, head, patch)
        self.model.move(branch, made.id)

    @rule(data=st.data(), width=EDGES, height=EDGES, same_size=st.integers(0, 3))
    def commit_picture(self, data: st.DataObject, width: int, height: int, same_size: int) -> None:
        branch = self.branch(data)
        head = self.model.heads[branch]
        pixels = self.model.pixels[self.version(data)].copy() if same_size else self.noise(height, width, 3)
        pixels[-1, -1] = data.draw(st.integers(0, 255))
        made = self.history.commit(
            self.document, branch, expected=head, change=Picture(pixels), kind=VersionKind.MANUAL
        )
        self.model.add(made.id, (head,), pixels)
        self.model.move(branch, made.id)

    @rule(data=st.data())
    def candidate(self, data: st.DataObject) -> None:
        parent = self.version(data)
        patch = self.patch(self.model.pixels[parent], data)
        record = {"n": len(self.model.pixels)}
        made = self.history.candidate(self.document, parent=parent, patch=patch, record=record)
        self.expect(made, parent, patch)
        self.tried[made.id] = parent, patch, record

    @precondition(lambda self: self.model.gone & self.tried.keys())
    @rule(data=st.data())
    def make_again(self, data: st.DataObject) -> None:
        """The very same candidate has its pixels back."""
        version = data.draw(st.sampled_from(sorted(self.model.gone & self.tried.keys())))
        parent, patch, record = self.tried[version]
        if parent in self.model.gone:
            self.refused(CollectedError, lambda: self.history.candidate(self.document, parent=parent, patch=patch))
        else:
            made = self.history.candidate(self.document, parent=parent, patch=patch, record=record)
            assert made.id == version
            self.model.gone.remove(version)

    def expect(self, made: VersionRecord, base: str, patch: Patch) -> None:
        pixels = self.model.pixels[base].copy()
        pixels[patch.box.slices][patch.mask] = patch.pixels[patch.mask]
        self.model.add(made.id, (base,), pixels)

    @rule(data=st.data(), name=st.sampled_from(BRANCHES))
    def create_branch(self, data: st.DataObject, name: str) -> None:
        target = self.version(data)
        if name in self.model.heads or name in self.model.tags:
            self.refused(UsageError, lambda: self.history.create_branch(self.document, name, target, author="t"))
        else:
            self.history.create_branch(self.document, name, target, author="t")
            self.model.move(name, target)

    @rule(name=st.sampled_from(BRANCHES))
    def delete_branch(self, name: str) -> None:
        at = self.model.heads.get(name, "0" * 64)
        alone = len(self.model.heads) == 1
        if name not in self.model.heads or alone:
            error = UsageError if name in self.model.heads else UnknownNameError
            self.refused(error, lambda: self.history.delete_branch(self.document, name, expected=at, author="t"))
        else:
            self.history.delete_branch(self.document, name, expected=at, author="t")
            self.model.move(name, None)

    @rule(data=st.data(), name=st.sampled_from(["first", "side"]))
    def tag(self, data: st.DataObject, name: str) -> None:
        if name in self.model.tags:
            self.history.delete_tag(self.document, name)
            del self.model.tags[name]
        elif name not in self.model.heads:
            target = self.version(data)
            self.history.create_tag(self.document, name, target, author="t")
            self.model.tags[name] = target

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        branch, to = self.branch(data), self.version(data)
        self.history.move_branch(
            self.document, branch, expected=self.model.heads[branch], target=to, reason="rollback", author="t"
        )
        self.model.move(branch, to)

    @rule(name=st.sampled_from(BRANCHES))
    def undo(self, name: str) -> None:
        standing = self.model.standing.get(name)
        origin, target = standing[-1] if standing else (None, None)
        impossible = not standing or (origin is None and len(self.model.heads) == 1)
        if impossible or (target is None and name in self.model.tags):
            error = UnknownNameError if standing is None else UsageError
            self.refused(error, lambda: self.history.undo(self.document, name, author="t"))
        elif origin in self.model.gone:
            self.refused(CollectedError, lambda: self.history.undo(self.document, name, author="t"))
        elif standing:
            assert self.history.undo(self.document, name, author="t").target == origin
            standing.pop()
            self.model.put(name, origin)

    @rule(data=st.data())
    def conflict(self, data: st.DataObject) -> None:
        branch, stale = self.branch(data), self.version(data)
        if self.model.heads[branch] != stale:
            patch = self.patch(self.model.pixels[stale], data)
            self.refused(
                ConflictError,
                lambda: self.history.commit(self.document, branch, expected=stale, change=patch, kind=VersionKind.EDIT),
            )

    def refused(self, error: type[Exception], ask: Callable[[], object]) -> None:
        """What is refused changes nothing; the invariants see that."""
        try:
            ask()
        except error:
            return
        raise AssertionError(f"expected {error.__name__}")

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        into, other = self.branch(data), self.version(data)
        ours = self.model.heads[into]
        base = self.model.newest_shared(ours, other)
        merge: Callable[..., MergeReport] = lambda settle=(): self.history.merge(  # noqa: E731
            self.document, other, into=into, author="t", settle=settle
        )
        assert self.history.common_ancestor(ours, other) == base
        if base in (ours, other):
            assert merge().target == (ours if base == other else other)
            if base != other:
                self.model.move(into, other)
        else:
            self.bring(data, into, (base, ours, other), merge, (ours, other))

    @precondition(lambda self: len(self.model.live) > 1)
    @rule(data=st.data())
    def pick(self, data: st.DataObject) -> None:
        branch = self.branch(data)
        picked = data.draw(st.sampled_from([v for v in self.model.live if self.model.parents[v]]))
        sides = (self.model.parents[picked][0], self.model.heads[branch], picked)
        self.bring(
            data,
            branch,
            sides,
            lambda settle=(): self.history.pick(
                self.document, picked, branch=branch, author="t", settle=settle, message=str(len(self.model.log))
            ),
        )

    @rule(data=st.data())
    def revert(self, data: st.DataObject) -> None:
        branch = self.branch(data)
        head = self.model.heads[branch]
        line = self.model.ancestors(head)
        reverted = self.version(data)
        revert: Callable[..., MergeReport] = lambda settle=(): self.history.revert(  # noqa: E731
            self.document, reverted, branch=branch, author="t", settle=settle, message=str(len(self.model.log))
        )
        if reverted not in line or not self.model.parents[reverted]:
            self.refused(UsageError, revert)
        else:
            self.bring(data, branch, (reverted, head, self.model.parents[reverted][0]), revert)

    def bring(
        self,
        data: st.DataObject,
        branch: str,
        sides: tuple[str, str, str],
        operation: Callable[..., MergeReport],
        parents: tuple[str, ...] = (),
    ) -> None:
        """Merge, revert or pick: `sides` are base, ours and theirs; `parents` those of a merge."""
        base, ours, theirs = (self.model.pixels[side] for side in sides)
        clash = clashes(base, ours, theirs)
        report, wanted = operation(), joint(base, ours, theirs)
        assert bool(report.conflicts) == bool(clash.any())
        if report.conflicts:
            assert (report.origin, report.target) == (sides[1], sides[1])
            self.check_conflicts(report.conflicts, clash)
            chosen = {box: data.draw(st.sampled_from(SIDES)) for box in report.conflicts}
            report = operation(settle=[Settlement(box, side) for box, side in chosen.items()])
            for box, side in chosen.items():
                wanted = put(wanted, box, dict(zip(SIDES, (ours, theirs, base), strict=True))[side])
        assert (report.branch, report.origin, report.conflicts) == (branch, sides[1], ())
        if not parents and equal(wanted, ours):
            assert report.target == report.origin
        else:
            self.model.add(report.target, parents or (sides[1],), wanted)
            self.model.move(branch, report.target)

    def check_conflicts(self, conflicts: tuple[Box, ...], clash: _Mask) -> None:
        assert not any(a.overlaps(b) for a, b in combinations(conflicts, 2))
        left = clash.copy()
        for box in conflicts:
            assert clash[box.slices].any()
            left[box.slices] = False
        assert not left.any()

    @rule(keep_days=st.sampled_from([0.0, 0.0, 1e4]))
    def gc(self, keep_days: float) -> None:
        reached = self.model.ancestors(*self.model.heads.values(), *self.model.tags.values(), *self.model.held)
        unreached = set(self.model.live) - reached if keep_days == 0 else set()
        assert self.history.gc(keep_days).versions == len(unreached)
        self.model.gone |= unreached

    @rule()
    def fsck(self) -> None:
        report = self.history.fsck()
        assert report.ok, report

    @rule()
    def reopen(self) -> None:
        self.history.close()
        self.history = self.open()

    @rule()
    def let_the_other_go_on(self) -> None:
        self.history, self.other = self.other, self.history

    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        version = self.version(data)
        assert equal(self.history.checkout(version).pixels, self.model.pixels[version])

    @rule(data=st.data())
    def compare(self, data: st.DataObject) -> None:
        a, b = self.version(data), self.version(data)
        before, after = self.model.pixels[a], self.model.pixels[b]
        if not alike(before, after):
            self.refused(PictureError, lambda: self.history.diff(a, b))
            return
        diff = self.history.diff(a, b)
        assert diff.changed_pixels == int((before != after).any(axis=2).sum())
        assert equal(diff.change.apply(Picture(before)).pixels, after)

    @rule(data=st.data())
    def blame(self, data: st.DataObject) -> None:
        version = self.version(data)
        blame = self.history.blame(version)
        places = {v: place for place, v in enumerate(self.model.pixels)}
        owners = np.array([places[v] for v in blame.versions])[blame.map]
        assert np.array_equal(owners, self.model.owners(version))

    @invariant()
    def names_stand_where_they_were_put(self) -> None:
        if hasattr(self, "model"):
            for history in (self.history, self.other):
                assert history.branches(self.document) == self.model.heads
                assert history.tags(self.document) == self.model.tags

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        with self.folder, self.history, self.other:
            self.fsck()
            moves = self.history.moves(self.document)
            assert [(move.branch, move.origin, move.target) for move in moves] == self.model.log
            self.check_versions(self.history)
            self.check_versions(self.other)

    def check_versions(self, history: History) -> None:
        listed = {version.id: version.parents for version in history.versions(self.document)}
        assert listed == self.model.parents and list(listed) == list(self.model.pixels)
        for version, pixels in self.model.pixels.items():
            self.check_pixels(history, version, pixels)

    def check_pixels(self, history: History, version: str, pixels: Pixels) -> None:
        """Live versions come back; of one that was given back, nothing or what it was."""
        try:
            assert equal(history.checkout(version).pixels, pixels)
        except CollectedError:
            assert version in self.model.gone


def put(pixels: Pixels, box: Box, source: Pixels) -> Pixels:
    """`pixels` with a rectangle from another picture; all of that where it is of another kind."""
    if not alike(pixels, source):
        return source
    changed = pixels.copy()
    changed[box.slices] = source[box.slices]
    return changed


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


ROUNDS = settings(
    max_examples=400 if FULL else 12,
    stateful_step_count=60 if FULL else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

TestInAFile = InAFile.TestCase
TestInAFile.settings = ROUNDS
TestInMemory = InMemory.TestCase
TestInMemory.settings = ROUNDS
