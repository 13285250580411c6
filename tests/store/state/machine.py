"""Random work on a history, held against the model after every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from retouch.errors import CollectedError, ConflictError, PictureError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels
from retouch.store import History
from retouch.store.operations.merging import MergeReport, Settlement, Side
from retouch.version import VersionKind, VersionRecord
from tests.store.state.model import Mask, Model, Sides, equal, same_form

EDGES = st.sampled_from([1, 3, 127, 128, 129, 257])
"""Sides of pictures: the smallest, odd ones, and those round the border of a tile."""
BRANCHES = ["main", "side", "試", "try/two"]
SIDES: list[Side] = ["ours", "theirs", "base"]
METADATA: dict[str, st.SearchStrategy[Any]] = {
    "icc_profile": st.sampled_from([None, b"p"]),
    "dpi": st.sampled_from([None, (72.0, 72.0), (300.0, 299.5)]),
    "text": st.sampled_from([(), (("作者", "米芾"),)]),
}


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
        self.model = Model(version.id, picture)

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

    def patch(self, picture: Picture, data: st.DataObject) -> Patch:
        height, width, channels = picture.pixels.shape
        x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
        box = Box(x, y, data.draw(st.integers(0, min(90, width - x))), data.draw(st.integers(0, min(90, height - y))))
        cover = data.draw(st.sampled_from([0.02, 0.5, 1.0]))
        values = self.noise(box.height, box.width, channels).astype(picture.pixels.dtype)
        return Patch(box, values, self.random.random((box.height, box.width)) < cover)

    @rule(data=st.data(), repeated=st.booleans())
    def commit_patch(self, data: st.DataObject, repeated: bool) -> None:
        branch = self.branch(data)
        head = self.model.heads[branch]
        patch = self.patch(self.model.pictures[head], data)
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
        source = self.model.pictures[self.version(data)]
        pixels = source.pixels.copy() if same_size else self.noise(height, width, 3)
        pixels[-1, -1] = data.draw(st.integers(0, 255))
        change = {name: data.draw(values) for name, values in METADATA.items() if data.draw(st.integers(0, 4)) == 0}
        picture = Picture(pixels, replace(source.metadata, **change))
        made = self.history.commit(self.document, branch, expected=head, change=picture, kind=VersionKind.MANUAL)
        self.model.add(made.id, (head,), picture)
        self.model.move(branch, made.id)

    @rule(data=st.data())
    def candidate(self, data: st.DataObject) -> None:
        parent = self.version(data)
        patch = self.patch(self.model.pictures[parent], data)
        record = {"n": len(self.model.pictures)}
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
        pixels = self.model.pictures[base].pixels.copy()
        pixels[patch.box.slices][patch.mask] = patch.pixels[patch.mask]
        self.model.add(made.id, (base,), replace(self.model.pictures[base], pixels=pixels))

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
            patch = self.patch(self.model.pictures[stale], data)
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
        pictures = Sides(*(self.model.pictures[side] for side in sides))
        clash, report, chosen = pictures.clash(), operation(), dict[Box, Side]()
        assert bool(report.conflicts) == bool(clash.any())
        if report.conflicts:
            assert (report.origin, report.target) == (sides[1], sides[1])
            self.check_conflicts(report.conflicts, clash)
            chosen = {box: data.draw(st.sampled_from(SIDES)) for box in report.conflicts}
            report = operation(settle=[Settlement(box, side) for box, side in chosen.items()])
        wanted = pictures.joined(chosen)
        assert (report.branch, report.origin, report.conflicts) == (branch, sides[1], ())
        if not parents and equal(wanted, self.model.pictures[sides[1]]):
            assert report.target == report.origin
        else:
            self.model.add(report.target, parents or (sides[1],), wanted)
            self.model.move(branch, report.target)

    def check_conflicts(self, conflicts: tuple[Box, ...], clash: Mask) -> None:
        assert not any(a.overlaps(b) for a, b in combinations(conflicts, 2))
        left = clash.copy()
        for box in conflicts:
            assert clash[box.slices].any()
            left[box.slices] = False
        assert not left.any()

    @rule(keep_days=st.sampled_from([0.0, 0.0, 1e4]))
    def gc(self, keep_days: float) -> None:
        unreached = self.model.unreached() if keep_days == 0 else set()
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
        assert equal(self.history.checkout(version), self.model.pictures[version])

    @rule(data=st.data())
    def compare(self, data: st.DataObject) -> None:
        a, b = self.version(data), self.version(data)
        before, after = self.model.pictures[a], self.model.pictures[b]
        if not same_form(before, after):
            self.refused(PictureError, lambda: self.history.diff(a, b))
            return
        diff = self.history.diff(a, b)
        assert diff.changed_pixels == int((before.pixels != after.pixels).any(axis=2).sum())
        assert diff.change.apply(before).same_pixels(after)

    @rule(data=st.data())
    def blame(self, data: st.DataObject) -> None:
        version = self.version(data)
        blame = self.history.blame(version)
        places = {v: place for place, v in enumerate(self.model.pictures)}
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
        assert listed == self.model.parents and list(listed) == list(self.model.pictures)
        for version, picture in self.model.pictures.items():
            self.check_picture(history, version, picture)

    def check_picture(self, history: History, version: str, picture: Picture) -> None:
        """Live versions come back; of one that was given back, nothing or what it was."""
        try:
            assert equal(history.checkout(version), picture)
        except CollectedError:
            assert version in self.model.gone
