"""Documents, versions, branches and tags of a history in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture, Pixels
from retouch.store.clock import Clock, second
from retouch.store.memory.content import KeptPicture, MemoryContent, locked
from retouch.store.memory.pixels import changed, patched, pictured
from retouch.store.pixels.grid import Grid
from retouch.store.pixels.merkle import version_id
from retouch.store.pixels.metadata import decode, encode
from retouch.store.tree import naming, refusals
from retouch.store.tree.comment import Comment
from retouch.store.tree.draft import Draft, box_of
from retouch.store.tree.lineage import Ancestor
from retouch.store.tree.mark import Mark, Opinion
from retouch.store.tree.version_facts import facts_of, parents_of, record_of, step_record
from retouch.store.versions import Versions
from retouch.verdict import Outcome
from retouch.version import DocumentRecord, Move, VersionKind, VersionRecord


class MemoryVersions(Versions):
    """A tree of versions whose pictures are kept whole."""

    _content: MemoryContent
    _clock: Clock

    @locked
    def documents(self) -> tuple[DocumentRecord, ...]:
        return tuple(self._content.documents.values())

    def document(self, name: str | None = None) -> DocumentRecord:
        return naming.find_document(self.documents(), name, "the history in memory")

    @locked
    def import_picture(self, picture: Picture, *, name: str, source: str | None, author: str) -> VersionRecord:
        held = self._content
        naming.check_document_name(name, [document.name for document in held.documents.values()])
        number, created = len(held.documents) + 1, second(self._clock())
        # The name stands in the record: the same picture in two documents is two versions.
        record = {"document": name, "source": source}
        draft = Draft(number, (), VersionKind.IMPORT, message=f"import {name}", author=author, record=record)
        facts, kept = self._drafted(draft, picture)
        held.documents[number] = DocumentRecord(id=number, name=name, source=source, created=created)
        held.branches[number], held.tags[number], held.moves[number] = {}, {}, []
        written = self._keep(facts, kept)
        self._move(number, "main", None, written.id, "import", author)
        return written

    @locked
    def find_pixels(self, picture: Picture) -> VersionRecord | None:
        wanted = pictured(picture)
        imports = [facts for facts in self._content.versions.values() if facts["kind"] == VersionKind.IMPORT.value]
        profile = picture.metadata.icc_profile
        # The same values under another profile are other colours, so not the same picture.
        alike = [
            facts
            for facts in imports
            if facts["pixels"] == wanted.pixels and decode(facts["metadata"]).icc_profile == profile
        ]
        best = next((facts for facts in alike if facts["root"] == wanted.root), alike[0] if alike else None)
        return None if best is None else self._record(best)

    @locked
    def version(self, version_id: str) -> VersionRecord:
        return self._record(self._facts(version_id))

    @locked
    def resolve(self, document_id: int, name: str, branch: str | None = None) -> VersionRecord:
        ids = sorted(v.id for v in self._of(document_id))
        names = naming.Names(
            self.branches(document_id),
            self.tags(document_id),
            lambda prefix: [i for i in ids if i.startswith(prefix)][: naming.LISTED],
            lambda version: self._facts(version)["parent"],
        )
        return self.version(naming.resolve(names, name, branch))

    @locked
    def versions(self, document_id: int) -> tuple[VersionRecord, ...]:
        self._require_document(document_id)
        return tuple(self._of(document_id))

    @locked
    def checkout(self, version_id: str) -> Picture:
        return self._picture(version_id)

    @locked
    def branches(self, document_id: int) -> dict[str, str]:
        return dict(sorted(self._content.branches.get(document_id, {}).items()))

    @locked
    def tags(self, document_id: int) -> dict[str, str]:
        return dict(sorted(self._content.tags.get(document_id, {}).items()))

    @locked
    def create_branch(self, document_id: int, name: str, target: str, *, author: str, reason: str = "branch") -> Move:
        self._require(document_id, target)
        naming.check_free(name, self.branches(document_id), self.tags(document_id))
        return self._move(document_id, name, None, target, reason, author)

    @locked
    def create_tag(self, document_id: int, name: str, target: str, *, author: str) -> None:
        self._require(document_id, target)
        naming.check_free(name, self.branches(document_id), self.tags(document_id))
        self._content.tags[document_id][name] = target

    @locked
    def move_branch(
        self, document_id: int, branch: str, *, expected: str, target: str, reason: str, author: str
    ) -> Move:
        self._require(document_id, target)
        self._require_head(document_id, branch, expected)
        return self._move(document_id, branch, expected, target, reason, author)

    @locked
    def delete_branch(self, document_id: int, name: str, *, expected: str, author: str, reason: str = "delete") -> Move:
        self._require_head(document_id, name, expected)
        if len(self._content.branches[document_id]) == 1:
            raise refusals.only_branch(name)
        return self._move(document_id, name, expected, None, reason, author)

    @locked
    def delete_tag(self, document_id: int, name: str) -> None:
        known = self._content.tags.get(document_id, {})
        if name not in known:
            raise refusals.unknown_tag(name, sorted(known))
        del known[name]

    @locked
    def moves(self, document_id: int) -> tuple[Move, ...]:
        return tuple(self._content.moves.get(document_id, ()))

    def branch_moves(self, document_id: int, branch: str) -> Iterator[Move]:
        return iter([move for move in reversed(self.moves(document_id)) if move.branch == branch])

    @locked
    def lineage(self, *heads: str) -> Iterator[Ancestor]:
        self._require_together(heads)
        wanted, found = set(heads), list[Ancestor]()
        # A version is always kept after its parents.
        for version in reversed(self._content.versions.values()):
            if version["id"] in wanted:
                parents = parents_of(version)
                wanted.update(parents)
                found.append(Ancestor(version["id"], parents))
        return iter(found)

    @locked
    def commit(
        self,
        document_id: int,
        branch: str,
        *,
        expected: str,
        change: Patch | Picture,
        kind: VersionKind,
        box: Box | None = None,
        step: str | None = None,
        message: str = "",
        author: str = "agent",
        record: Mapping[str, Any] | None = None,
        parents: tuple[str, ...] | None = None,
        outcome: Outcome | None = None,
        editor: str | None = None,
    ) -> VersionRecord:
        draft = Draft(
            document_id,
            parents or (expected,),
            kind,
            box=box or box_of(change),
            step=step,
            message=message,
            author=author,
            outcome=outcome,
            editor=editor,
            record=record or {},
        )
        return self._commit(draft, branch, expected, change)

    @locked
    def candidate(
        self,
        document_id: int,
        *,
        parent: str,
        patch: Patch,
        step: str | None = None,
        message: str = "",
        record: Mapping[str, Any] | None = None,
        outcome: Outcome | None = None,
        editor: str | None = None,
        author: str = "agent",
    ) -> VersionRecord:
        draft = Draft(
            document_id,
            (parent,),
            VersionKind.CANDIDATE,
            box=box_of(patch),
            step=step,
            message=message,
            author=author,
            outcome=outcome,
            editor=editor,
            record=record or {},
        )
        return self._keep(*self._changed(draft, parent, patch))

    @locked
    def comment(self, version_id: str, text: str, author: str) -> Comment:
        self._facts(version_id)
        comment = Comment(version=version_id, text=text, author=author, created=second(self._clock()))
        self._content.comments.append(comment)
        return comment

    @locked
    def comments(self, version_id: str) -> tuple[Comment, ...]:
        return tuple(comment for comment in self._content.comments if comment.version == version_id)

    @locked
    def comment_counts(self, document_id: int) -> dict[str, int]:
        of_document = {version.id for version in self._of(document_id)}
        return dict(Counter(note.version for note in self._content.comments if note.version in of_document))

    @locked
    def mark(self, version_id: str, opinion: Opinion, *, author: str, reason: str = "") -> Mark:
        self._facts(version_id)
        created = second(self._clock())
        mark = Mark(version=version_id, opinion=opinion, author=author, created=created, reason=reason)
        self._content.marks.append(mark)
        return mark

    @locked
    def marks(self, version_id: str) -> tuple[Mark, ...]:
        return tuple(mark for mark in self._content.marks if mark.version == version_id)

    @locked
    def standing_marks(self, document_id: int) -> dict[str, Mark]:
        of_document = {version.id for version in self._of(document_id)}
        return {mark.version: mark for mark in self._content.marks if mark.version in of_document}

    @locked
    def crop(self, version_id: str, box: Box) -> Pixels:
        picture = self._picture(version_id)
        if not box.empty and not picture.box.contains(box):
            raise PictureError(f"{box} does not lie inside the picture of {picture.size.width}x{picture.size.height}")
        return np.array(picture.pixels[box.slices], order="C")

    @locked
    def grid(self, version_id: str) -> Grid:
        return Grid.of(self._picture(version_id))

    @locked
    def metadata(self, version_id: str) -> Metadata:
        return self._picture(version_id).metadata

    @locked
    def change(self, a: str, b: str, within: Box | None = None) -> Patch:
        return changed(self._picture(a), self._picture(b), within, (a[:12], b[:12]))

    # What follows also serves the journal, under the lock.

    def _commit(self, draft: Draft, branch: str, expected: str, change: Patch | Picture) -> VersionRecord:
        facts, kept = self._changed(draft, expected, change)
        self._require_head(draft.document_id, branch, expected)
        written = self._keep(facts, kept)
        self._move(draft.document_id, branch, expected, written.id, draft.kind.value, draft.author)
        return written

    def _changed(self, draft: Draft, base: str, change: Patch | Picture) -> tuple[Mapping[str, Any], KeptPicture]:
        picture = self._picture(base)
        version = self._drafted(draft, patched(picture, change) if isinstance(change, Patch) else change)
        for parent in draft.parents:
            self._require(draft.document_id, parent)
        return version

    def _drafted(self, draft: Draft, picture: Picture) -> tuple[Mapping[str, Any], KeptPicture]:
        """The version that would be kept; nothing is written yet."""
        kept = pictured(picture)
        facts = facts_of(draft) | {"pixels": kept.pixels, "root": kept.root, "created": second(self._clock())}
        facts["metadata"] = encode(kept.picture.metadata)
        facts["id"] = version_id(draft.parents, kept.root, step_record(facts))
        return facts, kept

    def _keep(self, facts: Mapping[str, Any], picture: KeptPicture) -> VersionRecord:
        """The version's record, after it is written; the very same one may be there already, without its picture."""
        held = self._content
        held.pictures.setdefault(facts["id"], picture)
        held.collected.pop(facts["id"], None)
        return self._record(held.versions.setdefault(facts["id"], facts))

    def _move(
        self, document_id: int, branch: str, origin: str | None, target: str | None, reason: str, author: str
    ) -> Move:
        """Let the branch stand at `target`, take it away where that is None, and log it."""
        heads = self._content.branches[document_id]
        if target is None:
            del heads[branch]
        else:
            heads[branch] = target
        created = second(self._clock())
        move = Move(branch=branch, origin=origin, target=target, reason=reason, author=author, created=created)
        self._content.moves[document_id].append(move)
        return move

    def _facts(self, version: str) -> Mapping[str, Any]:
        if version not in self._content.versions:
            raise refusals.unknown_version(version)
        return self._content.versions[version]

    def _picture(self, version: str) -> Picture:
        self._facts(version)
        if version in self._content.collected:
            raise refusals.collected(f"version {version[:12]}", self._content.collected[version])
        return self._content.pictures[version].picture

    def _of(self, document_id: int) -> list[VersionRecord]:
        kept = self._content.versions.values()
        return [self._record(facts) for facts in kept if facts["document_id"] == document_id]

    def _record(self, facts: Mapping[str, Any]) -> VersionRecord:
        return record_of(facts, self._content.documents[facts["document_id"]].name)

    def _require_document(self, document_id: int) -> None:
        if document_id not in self._content.documents:
            raise refusals.unknown_document(document_id)

    def _require(self, document_id: int, version: str) -> None:
        """Refuse a version that nothing of the document can be built on."""
        if self._facts(version)["document_id"] != document_id:
            raise refusals.foreign_version(version)
        self._picture(version)

    def _require_together(self, versions: tuple[str, ...]) -> None:
        if len({self._facts(version)["document_id"] for version in versions}) > 1:
            raise refusals.not_together(versions)

    def _require_head(self, document_id: int, branch: str, expected: str) -> None:
        heads = self.branches(document_id)
        if branch not in heads:
            raise refusals.unknown_branch(branch, heads)
        if heads[branch] != expected:
            raise refusals.moved(branch, heads[branch], expected)
