"""A document: one picture under correction, with its tree of versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from retouch.errors import UsageError
from retouch.event import Listener
from retouch.orchestrator.budget import UNLIMITED, Budget
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.history import Version
from retouch.orchestrator.options import Options
from retouch.orchestrator.outcome import RunReport
from retouch.orchestrator.proofreading import Memory, Proofs
from retouch.orchestrator.roster import DEFAULT
from retouch.orchestrator.run import Run
from retouch.picture import Picture
from retouch.plan import Goal, Plan
from retouch.protocols import Editor, Planner, Verifier
from retouch.settings import load as load_settings
from retouch.store import History
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

    def rollback(self, name: str, branch: str = "main") -> Move:
        """Set the branch to an earlier (or later) version; what stood after it is kept and can be come back to."""
        target = self.version(name, branch)
        return self._move(branch, target.id, f"rollback to {name}")

    def undo(self, branch: str = "main", *, run: bool = False) -> Move:
        """Take back the branch's last move, or with `run` everything its last run did. UsageError if there is none."""
        return self._move(branch, self._run_base(branch), "undo run") if run else self._undo_last(branch)

    # work

    def check(self, text: str | None, direction: Direction | None = None, shapes: bool = True) -> Proofreading:
        """Proofread the head of `main` against `text` (`REF` of the command line); None: what is wrong in itself."""
        head = self.head()
        return Proofs(head.id, self._memory).read(head.picture, self._goal(FIX_GOAL, text, direction), shapes)

    def plan(self, goal: str | Goal, planner: str | Planner | None = None, text: str | None = None) -> Plan:
        """The steps for a goal; nothing is changed."""
        return self._prepared(self._goal(goal, text), Options(planner=planner), None, None).planned()

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
    ) -> RunReport:
        """Plan (unless a plan is given), edit, verify and record; the report says how each step ended.

        `text` is the reference as on the command line. Raises CancelledError if `cancel` was thrown: the run can then
        be resumed from the project.
        """
        options = Options(tuple(editors), tuple(verifiers), planner, branch, budget, review, dry_run, plan is not None)
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
        )

    def __repr__(self) -> str:
        return f"<Document {self.name!r} of {self.project.path}>"

    def _repr_png_(self) -> bytes:
        return self.head()._repr_png_()

    @property
    def _store(self) -> History:
        return self.project.store

    def _at(self, at: str | Version | None) -> str:
        if at is None:
            return self.head().id
        return at.id if isinstance(at, Version) else self.version(at).id

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

    def _move(self, branch: str, target: str, why: str) -> Move:
        expected = self.head(branch).id
        return self._store.move_branch(
            self.record.id, branch, expected=expected, target=target, reason=why, author=_author()
        )

    def _undo_last(self, branch: str) -> Move:
        last = standing([move for move in self.moves() if move.branch == branch])
        if last is None or last.origin is None:
            raise UsageError(f"branch {branch!r} has no move that could be undone")
        return self._move(branch, last.origin, f"undo {last.reason}")

    def _run_base(self, branch: str) -> str:
        """Where the run began that the branch's head came from."""
        head = self.head(branch)
        attempt = head.attempt()
        if attempt is None:
            raise UsageError(f"the head of branch {branch!r} ({head.id[:12]}) was not made by a run")
        return self._store.run(attempt.run).base


def standing(moves: Sequence[Move]) -> Move | None:
    """The newest move of one branch that no later undo has taken back."""
    stack: list[Move] = []
    for move in moves:
        if not move.reason.startswith("undo"):
            stack.append(move)
            continue
        while stack and stack.pop().origin != move.target:
            pass
    return stack[-1] if stack else None


def _author() -> str:
    return load_settings().author
