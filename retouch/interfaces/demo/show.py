"""The demonstration: paint a page with faults, proofread it, repair it, leave everything in a folder to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from retouch.errors import UsageError
from retouch.event import Event, Listener
from retouch.geometry import Box
from retouch.interfaces.demo.page import demo_page
from retouch.interfaces.demo.recipe import PaintedCharacter, PaintedPage
from retouch.interfaces.overlay import draw_findings
from retouch.interfaces.report import write_report
from retouch.interfaces.strip import before_and_after, sheet
from retouch.orchestrator.outcome import RunReport, StepReport
from retouch.orchestrator.project import Project
from retouch.picture import Picture

if TYPE_CHECKING:
    from retouch.finding import Finding

PAGE, TEXT, FOUND = "page.png", "page.txt", "found.png"
RESULT, STRIPS, ALL_STRIPS = "result.png", "steps", "before-after.png"
REPORT, PROJECT = "report.html", "page.retouch"
_OWN = {PAGE, TEXT, FOUND, RESULT, STRIPS, ALL_STRIPS, REPORT, PROJECT, f"{PROJECT}-wal", f"{PROJECT}-shm"}
_SAME_PLACE = 0.3
"""Overlap (intersection over union) from which a step and a planted fault mean the same character."""
_STRIPS_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One planted fault, or one step that nobody planted, and what became of it."""

    wanted: str
    read: str
    kind: str
    """What was planted, and what proofreading called it."""
    attempts: int
    verdict: str
    how: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the demonstration did and where it left it."""

    folder: Path
    report: RunReport
    rows: tuple[Row, ...]
    files: dict[str, str]

    def summary(self) -> tuple[str, ...]:
        """The outcome in words."""
        fixed = sum(step.status == "fixed" for step in self.report.steps)
        faults = [finding for finding in self.report.findings if finding.fault]
        left = f"{len(faults)} faults are still found" if faults else "a last proofreading finds no fault"
        planted = [row for row in self.rows if not row.kind.startswith("not planted")]
        right = sum(row.verdict == "fixed" for row in planted)
        return (
            f"{right} of the {len(planted)} planted faults fixed",
            f"{fixed} of {len(self.report.steps)} steps fixed in {self.report.seconds:.1f} s; {left}",
        )

    def next_steps(self, program: str = "retouch") -> tuple[str, ...]:
        """Commands to go on with; `program` is how Retouch is called here."""
        page, text, project = (self.folder / name for name in (PAGE, TEXT, PROJECT))
        return (
            f"{program} check {page} --text {text}",
            f"{program} log {project}      # the tree of versions, tries that failed included",
            f"{program} undo {project}     # take the last repair back; nothing is deleted",
            f"{program} fix YOUR-PAGE.png --text YOUR-TEXT.txt -o fixed.png",
        )

    def review(self, program: str = "retouch") -> str:
        """The command that opens the review page on what was done."""
        return f"{program} serve {self.folder / PROJECT}"


def perform(folder: Path, seed: int = 0, listen: Listener | None = None) -> Demonstration:
    """Paint, proofread, repair, and leave all files in `folder`.

    Raises UnavailableError where no font can draw the page, UsageError where the folder holds something else.
    """
    _prepare(folder)
    page = demo_page(seed)
    picture = Picture(page.rgb)
    picture.save(folder / PAGE)
    (folder / TEXT).write_text(page.recipe.text + "\n", encoding="utf-8")
    _say(listen, f"painted {len(page.reference)} characters, {len(page.faults)} of them with faults; proofreading …")
    with Project.open(folder / PROJECT, create=True) as project:
        document = project.import_picture(folder / PAGE)
        findings = document.check(str(folder / TEXT)).findings
        _say(listen, f"found {sum(finding.fault for finding in findings)} faults; repairing …")
        report = document.fix(str(folder / TEXT), listen=listen)
        result = document.version(report.head).picture
        result.save(folder / RESULT)
        draw_findings(picture, findings).save(folder / FOUND)
        _leave_strips(folder, picture, result, report.steps)
        write_report(document, folder / REPORT)
    return Demonstration(folder, report, rows(page, findings, report.steps), _files(len(report.steps)))


def _say(listen: Listener | None, words: str) -> None:
    if listen is not None:
        listen(Event(event="note", data={"message": words}))


def _prepare(folder: Path) -> None:
    """An empty folder, or one that a demonstration left: what it left is made anew."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be a folder ({error.strerror})", hint="name another with --out") from error
    strange = sorted(path.name for path in folder.iterdir() if path.name not in _OWN)
    if strange:
        raise UsageError(
            f"{folder} holds {strange[0]!r}, which no demonstration left there; expected an empty or new folder",
            hint="name another with --out",
        )
    for path in [*folder.glob(f"{PROJECT}*"), *(folder / STRIPS).glob("*.png")]:
        path.unlink()


def _leave_strips(folder: Path, before: Picture, after: Picture, steps: Sequence[StepReport]) -> None:
    """A picture before/after for each step, and all of them on one sheet."""
    (folder / STRIPS).mkdir(exist_ok=True)
    strips = {step.id: before_and_after(before, after, step.box) for step in steps if step.box}
    for name, strip in strips.items():
        Image.fromarray(strip).save(folder / STRIPS / f"{name}.png")
    views = list(strips.values())
    if views:
        Image.fromarray(sheet(views, _STRIPS_A_ROW)).save(folder / ALL_STRIPS)


def rows(page: PaintedPage, findings: Sequence[Finding], steps: Sequence[StepReport]) -> tuple[Row, ...]:
    """One row for each planted fault, then one for each step that no planted fault explains."""
    explained = {step.id for fault in page.faults for step in _at(fault.box, steps)}
    planted = [_planted(fault, findings, _at(fault.box, steps)) for fault in page.faults]
    extra = [_unplanted(step, findings) for step in steps if step.id not in explained]
    return (*planted, *extra)


def _at(box: Box, steps: Sequence[StepReport]) -> list[StepReport]:
    return [step for step in steps if step.box and step.box.overlap_ratio(box) >= _SAME_PLACE]


def _planted(fault: PaintedCharacter, findings: Sequence[Finding], steps: Sequence[StepReport]) -> Row:
    found = _finding_at(fault.box, findings)
    kind = f"{fault.fault}: {found.kind.value}" if found else f"{fault.fault}: not found"
    if not steps:
        return Row(fault.wanted or "", (found.read if found else None) or "", kind, 0, "not repaired", "")
    return _row(fault.wanted or "", found, kind, steps[-1])


def _unplanted(step: StepReport, findings: Sequence[Finding]) -> Row:
    found = _finding_at(step.box, findings) if step.box else None
    kind = f"not planted: {found.kind.value}" if found else "not planted"
    wanted = getattr(step.expectation, "text", "")
    return _row((found.wanted if found else None) or wanted, found, kind, step)


def _row(wanted: str, found: Finding | None, kind: str, step: StepReport) -> Row:
    how = step.reason or step.editor or ""
    return Row(wanted, (found.read if found else None) or "", kind, step.attempts, step.status.value, how)


def _finding_at(box: Box, findings: Sequence[Finding]) -> Finding | None:
    near = [finding for finding in findings if finding.box.overlap_ratio(box) >= _SAME_PLACE]
    return max(near, key=lambda finding: finding.box.overlap_ratio(box), default=None)


def _files(steps: int) -> dict[str, str]:
    return {
        PAGE: "the page with its faults",
        TEXT: "what it should read",
        FOUND: "the page with the findings drawn on it",
        RESULT: "the repaired page",
        ALL_STRIPS: f"all {steps} steps, before and after",
        f"{STRIPS}/": "each step by itself",
        REPORT: "what was done, tried and judged; open it in a browser",
        PROJECT: "the history: every version and every try",
    }
