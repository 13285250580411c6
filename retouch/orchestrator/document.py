"""A document: one picture under correction, with its tree of versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from retouch.errors import UsageError
from retouch.event import Listener
from retouch.geometry import Box
from retouch.orchestrator import answer, notebook
from retouch.orchestrator.answer import Answer, Waiting
from retouch.orchestrator.budget import UNLIMITED, Budget
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.history import Version
from retouch.orchestrator.options import Options
from retouch.orchestrator.outcome import RunReport
from retouch.orchestrator.proofreading import Memory, Proofs
from retouch.orchestrator.provenance import run_base
from retouch.orchestrator.roster import DEFAULT
from retouch.orchestrator.run import Run
from retouch.picture import Picture
from retouch.plan import Goal, Plan
from retouch.protocols import Editor, Planner, Verifier
from retouch.settings import load as load_settings
from retouch.store import History
from retouch.store.operations.blame import Blame
from retouch.store.operations.diff import Diff
from retouch.store.operations.merging import MergeReport, Settlement
from retouch.store.tree.comment import Comment
from retouch.store.tree.mark import Mark, Opinion
from retouch.style import Direction
from retouch.version import DocumentRecord, Move, VersionKind

if TYPE_CHECKING:
    from retouch.orchestrator.project import Project
    from retouch.verifiers.proofreader import Proofreading

FIX_GOAL = "make the text read as given"


class Document:
    """One document of a project. Everything it is asked to change becomes a new version; nothing is lost."""

    def __init__(self, project: Project, record: DocumentRecord) -> None:
        self.project = project
        self.record = record
        self._memory = Memory()

    @property
    def name(self) -> str:
        return self.record.name

    # history

    @property
    def branches(self) -> Mapping[str, str]:
        """Head of each branch."""
        return self._store.branches(self.record.id)

    @property
    def tags(self) -> Mapping[str, str]:
        return self._store.tags(self.record.id)

    def head(self, branch: str = "main") -> Version:
        """The branch's newest version; UnknownNameError if there is no such branch."""
        return self.version(branch)

    def version(self, name: str, branch: str | None = None) -> Version:
        """The version of that id, prefix, branch, tag, or `HEAD`, each with `~N`."""
        return Version(self._store, self._store.resolve(self.record.id, name, branch))

    def log(self) -> tuple[Version, ...]:
        """All versions, candidates included, the oldest first."""
        return tuple(Version(self._store, record) for record in self._store.versions(self.record.id))

    def moves(self) -> tuple[Move, ...]:
        """Every move of every branch, the oldest first."""
        return self._store.moves(self.record.id)

    def commit(self, picture: Picture, message: str = "", branch: str = "main") -> Version:
        """A version made by hand elsewhere becomes the branch's head."""
        record = self._store.commit(
            self.record.id,
            branch,
            expected=self.head(branch).id,
            change=picture,
            kind=VersionKind.MANUAL,
            message=message,
            author=_author(),
        )
        return Version(self._store, record)

    def create_branch(self, name: str, at: str | Version | None = None) -> Move:
        """A new branch at a version, or at the head of `main`."""
        return self._store.create_branch(self.record.id, name, self._at(at), author=_author())

    def create_tag(self, name: str, at: str | Version | None = None) -> None:
        """A fixed name for a version, or for the head of `main`."""
        self._store.create_tag(self.record.id, name, self._at(at), author=_author())

    def delete_branch(self, name: str, *, expected: str | None = None) -> Move:
        """Take a branch away; its versions stay, and `undo(name)` brings it back. UsageError for the only one.

        Here and in what else moves a branch, ConflictError if it does not stand at version `expected`, where one is
        given: then somebody has moved it since the caller looked."""
        return self._store.delete_branch(
            self.record.id, name, expected=expected or self._head_of(name), author=_author()
        )

    def delete_tag(self, name: str) -> None:
        """Take a tag away; UnknownNameError if there is none."""
        self._store.delete_tag(self.record.id, name)

    def rollback(self, name: str | Version, branch: str = "main", *, expected: str | None = None) -> Move:
        """Set the branch to an earlier (or later) version; what stood after it is kept and can be come back to."""
        word = name.id[:12] if isinstance(name, Version) else name
        return self._move(branch, self._at(name, branch), f"rollback to {word}", expected)

    def undo(self, branch: str = "main", *, run: bool = False, expected: str | None = None) -> Move:
        """Take back the branch's last move that still stands, its deletion too, or with `run` everything its last run
        did. UsageError if there is nothing to take back."""
        if run:
            head = expected or self._head_of(branch)
            return self._move(branch, run_base(self._store, branch, head), "undo run", head)
        return self._store.undo(self.record.id, branch, author=_author(), expected=expected)

    def diff(self, a: str | Version, b: str | Version) -> Diff:
        """What changes from version `a` to `b`; PictureError if size, mode or depth differ."""
        return self._store.diff(self._at(a), self._at(b))

    def common_ancestor(self, a: str | Version, b: str | Version) -> Version | None:
        """The newest version from which both came, or one of both itself."""
        found = self._store.common_ancestor(self._at(a), self._at(b))
        return None if found is None else self.version(found)

    def blame(self, box: Box | None = None, at: str | Version | None = None) -> Blame:
        """Which version last touched each pixel (of `box`) of a version, or of the head of `main`."""
        return self._store.blame(self._at(at), box)

    def revert(
        self,
        name: str | Version,
        branch: str = "main",
        *,
        message: str = "",
        settle: Sequence[Settlement] = (),
        expected: str | None = None,
    ) -> MergeReport:
        """Take back what one version of the branch changed and keep what came later.

        Where a later one changed the same pixels the report has `conflicts` and nothing was changed; settle them and
        ask again: `ours` keeps the later change, `theirs` takes it back, too."""
        version = self._at(name, branch)
        facts: dict[str, Any] = {"author": _author(), "message": message, "settle": settle, "expected": expected}
        return self._store.revert(self.record.id, version, branch=branch, **facts)

    def pick(
        self,
        name: str | Version,
        branch: str = "main",
        *,
        message: str = "",
        settle: Sequence[Settlement] = (),
        expected: str | None = None,
    ) -> MergeReport:
        """Bring what one version (a candidate, or a step of another branch) changed to the branch; conflicts as for
        `revert`, `theirs` is the picked version."""
        version = self._at(name, branch)
        facts: dict[str, Any] = {"author": _author(), "message": message, "settle": settle, "expected": expected}
        return self._store.pick(self.record.id, version, branch=branch, **facts)

    def merge(
        self,
        other: str | Version,
        into: str = "main",
        *,
        message: str = "",
        settle: Sequence[Settlement] = (),
        expected: str | None = None,
    ) -> MergeReport:
        """Bring all that was done on another branch, since both were one, to the branch `into`; conflicts as for
        `revert`, `theirs` is the other branch."""
        version = self._at(other)
        facts: dict[str, Any] = {"author": _author(), "message": message, "settle": settle, "expected": expected}
        return self._store.merge(self.record.id, version, into=into, **facts)

    def mark(self, name: str | Version, opinion: Opinion, reason: str = "") -> Mark:
        """Say that a version is `accepted` or `rejected`; nothing is changed or deleted."""
        return self._store.mark(self._at(name), opinion, author=_author(), reason=reason)

    def reject(self, name: str | Version, reason: str = "") -> Mark:
        """Mark a version as rejected."""
        return self.mark(name, "rejected", reason)

    def comment(self, name: str | Version, text: str) -> Comment:
        """Leave a note on a version."""
        return self._store.comment(self._at(name), text, _author())

    # steps that wait for a person

    def waiting(self) -> tuple[Waiting, ...]:
        """The steps that ended `needs-review` and were not settled yet, those of the newest run first."""
        return answer.waiting(self)

    def accept_step(
        self, step: str, version: str | Version | None = None, *, settle: Sequence[Settlement] = ()
    ) -> Answer:
        """Settle a step (`s1`, or `RUN:s1`) by bringing one of its candidates, or the one the run thought most of, to
        the run's branch; conflicts as for `pick`. UsageError if the step does not wait."""
        return answer.accept(self, step, version.id if isinstance(version, Version) else version, settle=settle)

    def reject_step(self, step: str, reason: str = "") -> Answer:
        """Settle a step by marking all its candidates rejected; it is then `unfixed`."""
        return answer.reject(self, step, reason)

    def edit_step(self, step: str, instruction: str | None = None, **options: Any) -> Answer:
        """Settle a step by doing it again with another instruction, in a new run; `options` as of `run`. One that was
        skipped until now, because it comes after another step, can keep its own."""
        return answer.edit(self, step, instruction, **options)

    # work

    def check(self, text: str | None, direction: Direction | None = None, shapes: bool = True) -> Proofreading:
        """Proofread the head of `main` against `text` (`REF` of the command line); None: what is wrong in itself."""
        head = self.head()
        return Proofs(head.id, self._memory).read(head.picture, self._goal(FIX_GOAL, text, direction), shapes)

    def plan(
        self,
        goal: str | Goal,
        planner: str | Planner | None = None,
        text: str | None = None,
        *,
        editors: Sequence[str | Editor] = DEFAULT,
        listen: Listener | None = None,
        offline: bool = False,
    ) -> Plan:
        """The steps for a goal; nothing is changed. `editors` are those it is meant for: some follow free words in a
        box, the built-in ones do not. `listen` is told what the planner sends to which host."""
        options = Options(tuple(editors), planner=planner, offline=offline)
        return self._prepared(self._goal(goal, text), options, listen, None).planned()

    def run(
        self,
        goal: str | Goal | None = None,
        *,
        text: str | None = None,
        plan: Plan | None = None,
        planner: str | Planner | None = None,
        editors: Sequence[str | Editor] = DEFAULT,
        verifiers: Sequence[str | Verifier] = (),
        branch: str = "main",
        budget: Budget = UNLIMITED,
        listen: Listener | None = None,
        cancel: Cancel | None = None,
        dry_run: bool = False,
        review: bool = False,
        offline: bool = False,
    ) -> RunReport:
        """Plan (unless a plan is given), edit, verify and record; the report says how each step ended.

        `text` is the reference as on the command line. `offline` refuses parts that send to another machine
        (UnavailableError); what the others send to which host is told before the first call. Raises CancelledError if
        `cancel` was thrown: the run can then be resumed from the project.
        """
        parts = (tuple(editors), tuple(verifiers), planner)
        options = Options(*parts, branch, budget, review, dry_run, plan is not None, offline)
        if goal is None and plan is None:
            raise UsageError("run: neither a goal nor a plan was given")
        wanted = self._goal(goal if goal is not None else (plan.goal if plan else ""), text)
        run = self._prepared(wanted, options, listen, cancel)
        made = plan or run.planned()
        return run.rehearse(made) if dry_run else run.begin(made)

    def fix(
        self,
        text: str,
        *,
        editors: Sequence[str | Editor] = DEFAULT,
        verifiers: Sequence[str | Verifier] = (),
        branch: str = "main",
        budget: Budget = UNLIMITED,
        listen: Listener | None = None,
        cancel: Cancel | None = None,
        dry_run: bool = False,
        review: bool = False,
        offline: bool = False,
        direction: Direction | None = None,
    ) -> RunReport:
        """Make the text read as given; `text` as `REF` of the command line."""
        return self.run(
            self._goal(FIX_GOAL, text, direction),
            editors=editors,
            verifiers=verifiers,
            branch=branch,
            budget=budget,
            listen=listen,
            cancel=cancel,
            dry_run=dry_run,
            review=review,
            offline=offline,
        )

    def __repr__(self) -> str:
        return f"<Document {self.name!r} of {self.project.path}>"

    def _repr_png_(self) -> bytes | None:
        return notebook.small_png(self._store, notebook.shown_head(self))

    def _repr_html_(self) -> str:
        return notebook.document_html(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return notebook.bundle(self._repr_html_(), repr(self), self._repr_png_())

    @property
    def _store(self) -> History:
        return self.project.store

    def _at(self, at: str | Version | None, branch: str | None = None) -> str:
        """The id of the version meant; None is the head of `main`, and `branch` the one that HEAD stands for."""
        if at is None:
            return self.head().id
        return at.id if isinstance(at, Version) else self.version(at, branch).id

    def _goal(self, goal: str | Goal, text: str | None, direction: Direction | None = None) -> Goal:
        """The goal with its reference loaded."""
        wanted = goal if isinstance(goal, Goal) else Goal(text=goal)
        if direction is not None:
            wanted = wanted.model_copy(update={"direction": direction})
        if text is None:
            return wanted
        from retouch.orchestrator.reference import load_reference

        reference, source = load_reference(text, self.head().picture)
        return wanted.model_copy(update={"reference": reference, "reference_source": source})

    def _prepared(self, goal: Goal, options: Options, listen: Listener | None, cancel: Cancel | None) -> Run:
        """A run of `goal` from the branch's head, not begun yet."""
        head = self.head(options.branch)
        return Run(
            self._store,
            self.record,
            goal,
            options,
            head.id,
            head.picture,
            Proofs(head.id, self._memory),
            listen=listen,
            cancel=cancel or Cancel(),
        )

    def _head_of(self, branch: str) -> str:
        """The head of a branch by its very name, which may be a version's, too; UnknownNameError if there is none."""
        return self.branches.get(branch) or self.head(branch).id

    def _move(self, branch: str, target: str, why: str, expected: str | None = None) -> Move:
        expected = expected or self._head_of(branch)
        return self._store.move_branch(
            self.record.id, branch, expected=expected, target=target, reason=why, author=_author()
        )


def _author() -> str:
    return load_settings().author
