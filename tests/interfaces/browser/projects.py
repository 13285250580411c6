"""Projects that the page is looked at with: small ones with every kind of history, made without reading text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step
from retouch.verifiers.scripted import ScriptedVerifier

WIDTH, HEIGHT = 480, 360
SEAL, TITLE, COLUMN = Box(360, 250, 70, 70), Box(60, 40, 110, 60), Box(220, 80, 60, 160)
MANY = 300
"""Versions of the large tree."""
HOSTILE = "<img src=x onerror=\"window.hacked='{}'\"><script>window.hacked='{}'</script>"
"""Text that would run if it were ever taken for a page; each place where it is put has a name of its own."""


def hostile(place: str) -> str:
    return HOSTILE.replace("{}", place)


def sheet(seed: int = 0) -> Picture:
    """A sheet of paper with columns of brush strokes, a title and a seal."""
    rng = np.random.default_rng(seed)
    pixels = np.clip(rng.normal((238, 230, 212), 3, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
    ink = (38, 34, 32)
    for column in range(40, WIDTH - 80, 60):
        for row in range(50, HEIGHT - 60, 56):
            start = rng.integers((column, row), (column + 36, row + 40), (5, 2))
            cv2.polylines(pixels, [start.astype(np.int32)], False, ink, 4, cv2.LINE_AA)
    pixels[SEAL.slices] = (178, 44, 36)
    return Picture(pixels)


def step(name: str, box: Box, instruction: str = "", colour: str = "red") -> Step:
    expectation = ColourIs(colour=colour)
    return Step(id=name, operation="other", box=box, instruction=instruction or name, expectation=expectation)


def paint(document: Document, *steps: Step, colour: str = "red", branch: str = "main", **options: object) -> str:
    """A run that paints the places of the steps; its id."""
    wanted = {"editors": [f"scripted?colour={colour}"], "verifiers": ["scripted"], "branch": branch, **options}
    goal = str(wanted.pop("goal", f"paint {len(steps)} places {colour}"))
    return str(document.run(plan=Plan(goal=goal, steps=steps), **wanted).run)  # type: ignore[arg-type]


def small(document: Document) -> None:
    """Two steps on main, the first at its second try; a third waits with its candidate."""
    tries: dict[str, Sequence[str] | str] = {"title": ["fail", "pass"]}
    verifiers = [ScriptedVerifier(steps=tries)]
    editors = ["scripted?colour=teal&rungs=first,second"]
    paint(document, step("title", TITLE, "write the title anew"), editors=editors, verifiers=verifiers, goal="repair")
    paint(document, step("seal", SEAL, "make the seal red"), colour="crimson")
    paint(document, step("column", COLUMN, "ink the column again"), colour="navy", review=True, goal="darken")


def plain(document: Document) -> None:
    """Two steps on main, nothing that waits."""
    paint(document, step("title", TITLE, "write the title anew"), colour="teal")
    paint(document, step("seal", SEAL, "make the seal red"), colour="crimson")


def torn(document: Document) -> None:
    """Two branches that painted the same two places in different colours."""
    document.create_branch("other")
    places = (step("title", TITLE), step("seal", SEAL))
    paint(document, *places, colour="teal")
    paint(document, *places, colour="orange", branch="other")


def large(document: Document) -> None:
    """Three hundred versions: a long main line, side branches that come back to it and some that do not."""
    rng = np.random.default_rng(1)
    for number in range(1, MANY):
        place, side = number % 30, f"side-{number // 30}"
        if place == 10:
            document.create_branch(side)
        branch = side if 10 <= place < 18 else "main"
        if place == 20 and number % 60 < 30:
            document.merge(side, message=f"bring in {side}")
            continue
        document.commit(_dabbed(document, branch, place, rng), f"stroke {number}", branch)


def _dabbed(document: Document, branch: str, place: int, rng: np.random.Generator) -> Picture:
    """The branch's picture with one dab; side branches dab elsewhere than main, so that they can be brought in."""
    pixels = document.head(branch).picture.pixels.copy()
    left, top = 8 * place % WIDTH, HEIGHT - 16 if branch == "main" else 0
    pixels[top : top + 8, left : left + 8] = rng.integers(0, 255, 3)
    return Picture(pixels)


def booby_trapped(document: Document) -> None:
    """Markup wherever a project holds text: goal, instruction, wanted and read text, reasons, comments, names."""
    verdicts = ScriptedVerifier()
    trapped = step("一 <b>&?#%", TITLE, hostile("instruction"))
    paint(document, trapped, verifiers=[_Talker(verdicts)], goal=hostile("goal"))
    head = document.head()
    document.comment(head, hostile("comment"))
    document.mark(head, "accepted", hostile("reason"))
    document.commit(sheet(7), hostile("message"))
    document.create_branch("a&b'\"x")
    document.create_tag("t'\"&amp;")
    paint(document, step("問 <i>", SEAL, hostile("asked")), review=True, goal=hostile("waiting"))


class _Talker:
    """A verifier that read markup in the picture."""

    name = "text"
    version = "1"

    def __init__(self, inner: ScriptedVerifier) -> None:
        self._inner = inner

    def verify(self, before: Picture, after: Picture, step: Step) -> object:
        verdict = self._inner.verify(before, after, step)
        read = hostile("read")
        evidence = {"read": [{"text": read, "scores": [0.9]}], "answer": read, "note": {read: read}}
        return verdict.model_copy(update={"reason": hostile("verdict"), "evidence": evidence})


def made(file: Path, *fillings: object, name: str = "sheet") -> Path:
    """A project file with a document for each filling."""
    with Project.open(file, create=True) as project:
        for number, fill in enumerate(fillings):
            label = name if len(fillings) == 1 else f"{name}-{number}"
            fill(project.import_picture(sheet(number), label))  # type: ignore[operator]
    return file
