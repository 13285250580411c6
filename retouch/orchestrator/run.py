"""One execution of a plan on a branch: plan, work, proofread again, at most two rounds; durable and resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from retouch.attempt import StepStatus
from retouch.errors import CancelledError, RetouchError
from retouch.event import Listener
from retouch.finding import Finding
from retouch.orchestrator.budget import Meter
from retouch.orchestrator.call import NO_PROMISE
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.disclosure import (
    Sending,
    by_editors,
    by_planner,
    by_verifiers,
    disclosed,
    refuse,
    refuse_downloads,
)
from retouch.orchestrator.goal import handed_on
from retouch.orchestrator.judging import Panel
from retouch.orchestrator.narrator import Narrator
from retouch.orchestrator.options import Options
from retouch.orchestrator.outcome import BranchReport, Calls, Ending, RunReport, StepReport
from retouch.orchestrator.page import Page
from retouch.orchestrator.plan_work import tried_in_vain, works_of
from retouch.orchestrator.planning import concerns_findings, planner_for
from retouch.orchestrator.proofreading import Proofs
from retouch.orchestrator.reference import with_reference
from retouch.orchestrator.roster import Roster, own_name
from retouch.orchestrator.rounds import work_lines
from retouch.orchestrator.series import Line, lines_of, require_siblings, siblings
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work
from retouch.orchestrator.workbench import Workbench
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step, TextReads
from retouch.protocols import Planner
from retouch.settings import load as load_settings
from retouch.store import History
from retouch.version import DocumentRecord

if TYPE_CHECKING:
    from retouch.verifiers.proofreader import Proofreading


@dataclass(eq=False)
class Run:
    """A run of `goal` on a branch of a document; `picture` is that of version `base`, from which it begins."""

    store: History
    document: DocumentRecord
    goal: Goal
    options: Options
    base: str
    picture: Picture
    proofs: Proofs
    listen: Listener | None = None
    cancel: Cancel = field(default_factory=Cancel)
    id: str | None = None
    lines: list[Line] = field(default_factory=list)
    fork: str | None = None
    """Where the siblings of an interrupted series began; None: at the head of the run's own branch."""
    findings: tuple[Finding, ...] = ()
    ending: Ending = Ending.COMPLETE

    def __post_init__(self) -> None:
        self.meter = Meter(self.options.budget)
        self.sends: tuple[Sending, ...] = ()
        self.stay_offline((*self.options.editors, *self.options.verifiers, self.options.planner))

    @property
    def works(self) -> list[Work]:
        return [work for line in self.lines for work in line.works]

    # beginning

    @cached_property
    def proofreads(self) -> bool:
        """True if the run is about what proofreading finds: then it proofreads again at its end."""
        return concerns_findings(self.goal, self.options.planner, given=self.options.given)

    def planned(self) -> Plan:
        """The plan for the goal; PlanError or PersonNeededError where there is none.

        A goal about the whole text, but without one, is tried with the corpus first.
        """
        findings: Sequence[Finding] = ()
        if self.options.offline:
            self._refuse_to_send()
        if self.goal.boxes and self.options.planner in (None, "boxes"):
            self.goal = handed_on(self.goal, {hired.spec: hired.traits for hired in self._roster})
        self._tell_sends(by_planner(self._planner_name, self.planner()))
        if self.proofreads:
            self.cancel.raise_if_cancelled()
            if self.goal.reference_source is None:
                self.goal = with_reference(self.goal, self.picture)
            findings = self._read().findings
        return self.planner().plan(self.goal, self.picture, findings)

    def planner(self) -> Planner:
        """The planner named for the run, made once; or the built-in one that the goal asks for."""
        return self.named_planner or planner_for(self.goal)

    @cached_property
    def named_planner(self) -> Planner | None:
        return None if self.options.planner is None else planner_for(self.goal, self.options.planner)

    @property
    def _planner_name(self) -> str:
        named = self.options.planner
        return named if isinstance(named, str) else own_name(named) if named is not None else "planner"

    @cached_property
    def _roster(self) -> Roster:
        return Roster(self.options.editors)

    # disclosure

    def stay_offline(self, named: Iterable[object]) -> None:
        """UnavailableError for a part that would fetch something as soon as it is made, in a run without a network."""
        if self.options.offline:
            refuse_downloads(named)

    def _refuse_to_send(self) -> None:
        """UnavailableError if a part named for the run would send to another machine."""
        parts_ = by_editors(self._roster, ()) + by_verifiers(Panel(self.options.verifiers).named)
        if self.named_planner is not None:
            parts_ += by_planner(self._planner_name, self.named_planner)
        refuse(parts_)

    def _tell_sends(self, sends: tuple[Sending, ...]) -> None:
        """Say what was not said yet; once the run is written down, all of it is in its record."""
        new = tuple(each for each in sends if each not in self.sends)
        self.sends += new
        if new and self.listen is not None:
            self.listen(disclosed(new, self.id))

    def record_sends(self) -> None:
        """Make it part of the run's record, before its first call."""
        if self.sends and self.id is not None:
            self.store.record_event(self.id, disclosed(self.sends, self.id))

    def disclose(self, session: Session, steps: Sequence[Step]) -> None:
        """Before a run's first call: what its editors, verifiers and planner send to which host."""
        sends = by_editors(session.roster, steps) + by_verifiers(session.panel.named)
        if self.named_planner is not None:
            sends += by_planner(self._planner_name, self.named_planner)
        if self.options.offline:
            refuse(sends)
        self._tell_sends(sends)

    def read_page(self, plan: Plan) -> None:
        """Study the page's writing where a step of the plan is to write in it, or a built-in verifier to judge it."""
        writes = any(isinstance(step.expectation, TextReads) for step in plan.steps)
        if writes and (self.proofreads or "typeset" in self.options.editors or not self.options.verifiers):
            self._read()

    def _read(self) -> Proofreading:
        """The first proofreading; a run that is cancelled stops between its stages."""
        try:
            return self.proofs.read(self.picture, self.goal, pause=self.cancel.raise_if_cancelled)
        except CancelledError as stopped:
            if self.id is not None:
                raise
            raise CancelledError(stopped.message, hint="nothing was begun yet; give the command again") from stopped

    def rehearse(self, plan: Plan) -> RunReport:
        """The report of a dry run: what would be done; nothing is written."""
        self.read_page(plan)
        self._require_sound(plan)
        page = Page(self.picture, self.proofs.first)
        self.lines = lines_of([works_of(plan, page, self._roster)], self._branches(plan))
        for work in self.works:
            work.end(StepStatus.SKIPPED, "dry run")
        self.findings = self.proofs.first.findings if self.proofs.first and self.proofreads else ()
        return self.report(self.base)

    def begin(self, plan: Plan) -> RunReport:
        """Write the run down and work through it."""
        self.read_page(plan)
        # Parts are made and the plan is checked first: bad input leaves the project as it was.
        self._require_sound(plan)
        session = self.session(self.base, self.picture)
        lines = lines_of([works_of(plan, session.page, session.roster)], self._branches(plan))
        self.disclose(session, plan.steps)
        self.id = self.store.begin_run(
            self.document.id,
            self.options.branch,
            goal=self.goal,
            options=self.options.stored(),
            base=self.base,
            plan=plan,
        )
        session.run, session.narrator = self.id, Narrator(self.store, self.id, self.listen)
        self.record_sends()
        session.narrator.say("run-started", goal=self.goal.text, branch=self.options.branch)
        return self.work(session, lines)

    def _require_sound(self, plan: Plan) -> None:
        self.stay_offline(step.editor for step in plan.steps)
        names = self.store.branches(self.document.id), self.store.tags(self.document.id)
        require_siblings(plan, self.options.branch, *names)

    def _branches(self, plan: Plan) -> tuple[str, ...]:
        return (self.options.branch, *siblings(plan, self.options.branch))

    def session(self, head: str, picture: Picture) -> Session:
        """Parts and workbench for this run with the branch at `head`; SpecError for a part that cannot be made."""
        settings = load_settings()
        page = Page(self.picture, self.proofs.first)
        panel = Panel(self.options.verifiers, hand=page.hand)
        return Session(
            store=self.store,
            document=self.document.id,
            branch=self.options.branch,
            run=self.id or "",
            head=head,
            bench=Workbench(picture),
            page=page,
            roster=self._roster,
            panel=panel,
            meter=self.meter,
            cancel=self.cancel,
            narrator=Narrator(self.store, self.id, self.listen),
            author=settings.author,
            attempts=self.options.budget.attempts or settings.attempts,
            review=self.options.review,
            rewriters=self._rewriters(panel),
        )

    def _rewriters(self, panel: Panel) -> tuple[tuple[str, Callable[[], Any]], ...]:
        """The named planner, made only when it is asked, then the named verifiers."""
        planner = ((self._planner_name, lambda: self.named_planner),) if self.options.planner is not None else ()
        return (*planner, *((judge.name, lambda judge=judge: judge.verifier) for judge in panel.named))

    # working

    def work(self, session: Session, lines: Sequence[Line]) -> RunReport:
        """Work through the lines planned so far and what follows from them; the run is ended or interrupted after."""
        self.lines = list(lines)
        try:
            work_lines(self, session)
            for line in self.lines:
                self._require_outside_untouched(line)
        except BaseException as error:
            # Whatever it was, what was finished is kept, the lease is given back and the run can be resumed.
            self.store.finish_run(session.run, "interrupted", self._spent())
            if isinstance(error, KeyboardInterrupt):
                self.cancel.cancel()
                self.cancel.raise_if_cancelled()
            raise
        report = self.report(session.head)
        self.store.finish_run(session.run, "ended", {**self._spent(), "exit_code": report.exit_code})
        session.narrator.say("run-ended", exit_code=report.exit_code)
        return report

    def proofread(self, session: Session) -> None:
        """The last proofreading: what is still to be found on the branch."""
        if self.proofs.first is None or not self.proofreads:
            return
        self.cancel.raise_if_cancelled()
        reading = self.proofs.again(session.bench.head)
        self.findings = reading.findings
        left = [f.model_dump(mode="json", exclude={"evidence"}) for f in reading.findings if f.fault]
        session.narrator.say("proofread", findings=len(reading.findings), faults=left)

    def open_faults(self) -> list[Finding]:
        return [f for f in self.findings if f.fault and not tried_in_vain(self.works, f.box)]

    def _require_outside_untouched(self, line: Line) -> None:
        """The whole outside, once a branch: put the base's pixels back into every region and compare."""
        if line.session is None:
            return
        pixels = line.session.bench.head.pixels.copy()
        works = {id(work): work for work in (*self.lines[0].works, *line.works)}.values()
        regions = [work.region for work in works if work.status is StepStatus.FIXED]
        for box, mask in [(r.box, r.mask) for r in regions] + [(p.box, p.mask) for p in line.session.foreign]:
            pixels[box.slices][mask] = self.picture.pixels[box.slices][mask]
        if not np.array_equal(pixels, self.picture.pixels):
            raise RetouchError(
                f"run {self.id}: pixels of branch {line.branch!r} outside the steps' regions differ from version "
                f"{self.base}",
                hint=f"this is a defect of Retouch; `retouch rollback PROJECT {self.base[:12]}` takes the run back",
            )

    # reporting

    def report(self, head: str) -> RunReport:
        calls = Calls(editor=self.meter.editor, verifier=self.meter.verifier)
        return RunReport(
            project=self.store.place,
            document=self.document.name,
            branch=self.options.branch,
            base=self.base,
            head=head,
            steps=tuple(self._step_report(line, work) for line in self.lines for work in line.works),
            findings=self.findings,
            calls=calls,
            seconds=round(self.meter.seconds, 3),
            run=self.id,
            ending=self.ending,
            sends=self.sends,
            notes=self._notes(),
            branches=self._branch_reports(head),
        )

    def _step_report(self, line: Line, work: Work) -> StepReport:
        """How a step ended; of a series, on which branch."""
        return work.report().model_copy(update={"branch": line.branch} if len(self.lines) > 1 else {})

    def _branch_reports(self, head: str) -> tuple[BranchReport, ...]:
        """Each branch of a series; those that were not reached have no head."""
        own, *others = self.lines
        first = BranchReport(branch=own.branch, base=self.base, head=head)
        start = self.fork or head
        rest = [
            BranchReport(branch=line.branch, base=start, head=line.session.head if line.session else None)
            for line in others
        ]
        return (first, *rest) if rest else ()

    def _notes(self) -> tuple[str, ...]:
        sure = (self.proofs.first.confidence,) if self.proofs.first and self.proofreads else ()
        whole = (w.step.id for w in self.works if w.step.mode == "whole" and w.status is StepStatus.FIXED)
        return (*sure, *(f"step {step}: {NO_PROMISE}" for step in whole))

    def _spent(self) -> dict[str, Any]:
        return {"seconds": self.meter.seconds, "editor": self.meter.editor, "verifier": self.meter.verifier}
