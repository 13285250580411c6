"""Commands that change a picture: run, fix, resume."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retouch.errors import UsageError
from retouch.interfaces.cli.options import (
    Attempts,
    Boxes,
    BoxMode,
    Branch,
    Document,
    DryRun,
    Editors,
    Goal,
    Json,
    JsonLines,
    Mask,
    MaxCalls,
    MaxSeconds,
    Offline,
    Output,
    PictureArgument,
    PlanFile,
    Planner,
    Project,
    ProjectArgument,
    ReadingDirection,
    Review,
    Text,
    Verifiers,
)
from retouch.interfaces.cli.output import print_json, print_table, print_words, say, short_id
from retouch.interfaces.cli.wishes import MAKE_IT_READ, goal_of

if TYPE_CHECKING:
    from retouch.orchestrator.document import Document as OpenDocument
    from retouch.orchestrator.outcome import RunReport
    from retouch.picture import Picture
    from retouch.plan import Goal as WantedGoal
    from retouch.plan import Plan

_LONGEST = 60
"""Characters of a branch's name that its file has: names of files end at 255 bytes."""
_GRAVEST_FIRST = (130, 5, 4, 6, 3)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a run shall work and speak, as given on the command line."""

    editors: Sequence[str] | None = None
    verifiers: Sequence[str] | None = None
    planner: str | None = None
    calls: int | None = None
    seconds: float | None = None
    attempts: int | None = None
    dry_run: bool = False
    review: bool = False
    offline: bool = False
    as_json: bool = False
    as_lines: bool = False

    def __post_init__(self) -> None:
        if self.as_json and self.as_lines:
            raise UsageError("--json and --jsonl exclude each other", hint="--jsonl ends with the report, too")

    def options(self) -> dict[str, Any]:
        """For `Document.run` and `Project.resume`; what was not given is left to their defaults."""
        from retouch.orchestrator.budget import Budget

        given: dict[str, Any] = {"dry_run": self.dry_run, "review": self.review, "planner": self.planner}
        given["offline"] = self.offline
        given["budget"] = Budget(self.calls, self.seconds, self.attempts)
        given["editors"] = tuple(self.editors) if self.editors else None
        given["verifiers"] = tuple(self.verifiers) if self.verifiers else None
        return {name: value for name, value in given.items() if value not in (None, False)}


def run(
    picture: PictureArgument,
    goal: Goal = None,
    plan: PlanFile = None,
    text: Text = None,
    box: Boxes = None,
    mode: BoxMode = "crop",
    mask: Mask = None,
    direction: ReadingDirection = "auto",
    planner: Planner = None,
    editor: Editors = None,
    verifier: Verifiers = None,
    branch: Branch = None,
    document: Document = None,
    project: Project = None,
    output: Output = None,
    max_calls: MaxCalls = None,
    max_seconds: MaxSeconds = None,
    attempts: Attempts = None,
    dry_run: DryRun = False,
    review: Review = False,
    offline: Offline = False,
    as_json: Json = False,
    jsonl: JsonLines = False,
) -> int:
    """Plan what the goal asks for, or take a plan; edit, verify, record."""
    limits = (max_calls, max_seconds, attempts, dry_run, review, offline, as_json, jsonl)
    manners = Manners(editor, verifier, planner, *limits)
    if (goal or box) and plan or not (goal or box or plan):
        raise UsageError("run needs one of --goal and --plan", hint='e.g. --goal "fix all calligraphy characters"')
    page = _opened(picture, output)
    wanted = goal_of(goal or "", page, text=text, direction=direction, boxes=box, mask=mask, mode=mode)
    return _carry_out(picture, page, wanted, _plan_in(plan), manners, branch, document, project, output)


def fix(
    picture: PictureArgument,
    text: Text = None,
    direction: ReadingDirection = "auto",
    editor: Editors = None,
    verifier: Verifiers = None,
    branch: Branch = None,
    document: Document = None,
    project: Project = None,
    output: Output = None,
    max_calls: MaxCalls = None,
    max_seconds: MaxSeconds = None,
    attempts: Attempts = None,
    dry_run: DryRun = False,
    review: Review = False,
    offline: Offline = False,
    as_json: Json = False,
    jsonl: JsonLines = False,
) -> int:
    """Make the text of a picture read as given."""
    limits = (max_calls, max_seconds, attempts, dry_run, review, offline, as_json, jsonl)
    manners = Manners(editor, verifier, None, *limits)
    if text is None:
        raise UsageError("fix needs --text: what the page should read", hint="--text auto recognises well-known works")
    page = _opened(picture, output)
    wanted = goal_of(MAKE_IT_READ, page, text=text, direction=direction)
    return _carry_out(picture, page, wanted, None, manners, branch, document, project, output)


def _opened(path: Path, output: Path | None) -> Picture:
    """The picture; PictureError before any work if the output could not be written from it."""
    from retouch.picture_file import check_output, read

    page = read(path)
    if output is not None:
        check_output(page, output)
    return page


def _plan_in(path: Path | None) -> Plan | None:
    from retouch.plan import Plan

    if path is None:
        return None
    try:
        return Plan.from_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: the plan cannot be read ({error.strerror})") from error


def _carry_out(
    path: Path,
    page: Picture,
    goal: WantedGoal,
    plan: Plan | None,
    manners: Manners,
    branch: str | None,
    name: str | None,
    project: Path | None,
    output: Path | None,
) -> int:
    from retouch.interfaces.cli.selection import nothing_left, warn
    from retouch.orchestrator.project import open_document, project_of

    made = not project_of(path, project).exists()
    document = open_document(path, project=project, name=name)
    if document.name not in (path.stem, name):
        say(f"note: other pixels are known under that name; this picture is document {document.name!r}")
    with document.project, nothing_left(document.project if made else None):
        warn(document.project)
        return _worked(
            lambda news: document.run(goal, plan=plan, branch=branch or "main", **news, **manners.options()),
            document,
            manners,
            output,
        )


def _worked(
    work: Callable[[dict[str, Any]], RunReport], document: OpenDocument, manners: Manners, output: Path | None
) -> int:
    """Do the work with live news and a switch for Ctrl-C, write the output, tell how it ended."""
    from retouch.interfaces.cli.interruption import stopping
    from retouch.interfaces.cli.progress import listening

    with stopping() as cancel, listening(manners.as_lines) as listen:
        report = work({"listen": listen, "cancel": cancel})
    if output is not None:
        report = _written(report, document, output)
    _tell([report], manners)
    return report.exit_code


def _written(report: RunReport, document: OpenDocument, output: Path) -> RunReport:
    """The report with the picture written, and of a series the pictures of its branches beside it: OUT-BRANCH.png."""
    document.version(report.head).save(output)
    branches, taken = [], {output}
    for branch in report.branches:
        place = output
        if branch.branch != report.branch and branch.head is not None:
            place = _beside(output, branch.branch, taken)
            document.version(branch.head).save(place)
            taken.add(place)
        branches.append(branch.model_copy(update={"output": str(place) if branch.head is not None else None}))
    return report.model_copy(update={"output": str(output), "branches": tuple(branches)})


def _beside(output: Path, branch: str, taken: Set[Path]) -> Path:
    """A file of its own for a branch, whose name may hold what no file's may."""
    name = f"{output.stem}-{branch[:_LONGEST].replace('/', '-')}"
    numbered = (output.with_name(f"{name}{f'-{n}' if n else ''}{output.suffix}") for n in count())
    return next(place for place in numbered if place not in taken)


def _tell(reports: Sequence[RunReport], manners: Manners) -> None:
    for report in reports:
        for note in report.notes:
            say(note)
        dumped = report.model_dump(mode="json")
        if manners.as_json:
            print_json(dumped)
        elif manners.as_lines:
            print_json({"event": "report", "version": report.head, "report": dumped})
        else:
            describe(report)


def describe(report: RunReport) -> None:
    """The outcome for a person."""
    rows = [
        (s.id, s.branch, s.box, s.instruction, s.status.value, s.attempts, s.editor, short_id(s.version), s.reason)
        for s in report.steps
    ]
    if rows:
        print_table(("step", "branch", "box", "instruction", "status", "tries", "editor", "version", "reason"), rows)
    fixed = sum(step.status == "fixed" for step in report.steps)
    head = short_id(report.head)
    print_words(f"{fixed} of {len(report.steps)} steps fixed in {report.seconds:.1f} s; {report.branch} is at {head}")
    for finding in report.findings:
        print_words(f"still found: {finding.kind.value} at {finding.box}: wanted {finding.wanted}, read {finding.read}")
    waiting = [step.id for step in report.steps if step.status == "needs-review"]
    if waiting:
        print_words(f"waiting for you: {', '.join(waiting)}; see retouch answer {report.project}")
    for branch in report.branches[1:]:
        stands = f"{branch.branch} is at {short_id(branch.head)}" if branch.head else f"{branch.branch} was not made"
        print_words(stands + (f": {branch.output}" if branch.output else ""))
    where = report.output or f"retouch export {report.project} -o OUT.png"
    print_words(f"picture: {where}", f"history: retouch log {report.project}")


def resume(
    project: ProjectArgument,
    document: Document = None,
    editor: Editors = None,
    verifier: Verifiers = None,
    output: Output = None,
    max_calls: MaxCalls = None,
    max_seconds: MaxSeconds = None,
    attempts: Attempts = None,
    offline: Offline = False,
    as_json: Json = False,
    jsonl: JsonLines = False,
) -> int:
    """Go on with interrupted runs; no reply that was received is paid for twice."""
    from retouch.interfaces.cli.interruption import stopping
    from retouch.interfaces.cli.progress import listening
    from retouch.interfaces.cli.selection import opened

    limits = (max_calls, max_seconds, attempts, False, False, offline, as_json, jsonl)
    manners = Manners(editor, verifier, None, *limits)
    with opened(project) as found:
        several = sorted({run.document for run in found.interrupted(document)})
        if len(several) > 1:
            raise UsageError(f"which document? Runs of {', '.join(several)} were interrupted", hint="add --document")
        with stopping() as cancel, listening(jsonl) as listen:
            reports = found.resume(listen=listen, cancel=cancel, document=document, **manners.options())
        if not reports:
            of = f" of document {document!r}" if document else ""
            raise UsageError(f"{project}: no run{of} was interrupted; there is nothing to resume")
        if output is not None:
            last = reports[-1]
            reports = (*reports[:-1], _written(last, found.document(last.document), output))
    _tell(reports[-1:] if as_json else reports, manners)
    codes = {report.exit_code for report in reports}
    return next((code for code in _GRAVEST_FIRST if code in codes), 0)
