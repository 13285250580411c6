"""Commands that look at a picture and change nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retouch.errors import UsageError
from retouch.interfaces.cli.options import Json, NoShapes, Offline, PictureArgument, ReadingDirection, Text, Verifiers
from retouch.interfaces.cli.output import print_json, print_table, print_words, say
from retouch.interfaces.cli.wishes import direction_of, reference_of

if TYPE_CHECKING:
    from retouch.picture import Picture
    from retouch.verifiers.proofreader import Proofreading

FAULTS_LEFT = 3
PERSON_NEEDED = 4

Overlay = Annotated[Path | None, typer.Option("--overlay", help="Write the picture with the findings drawn on it.")]


def check(
    picture: PictureArgument,
    text: Text = None,
    direction: ReadingDirection = "auto",
    overlay: Overlay = None,
    identity_only: NoShapes = False,
    as_json: Json = False,
) -> int:
    """Proofread a picture of text; changes nothing."""
    from retouch.geometry import Box
    from retouch.picture import Picture
    from retouch.picture_file import check_output
    from retouch.verifiers.proofreader import Proofreader

    since = time.monotonic()
    page = Picture.open(picture)
    if overlay is not None:
        if overlay.exists() and overlay.samefile(picture):
            raise UsageError(
                f"--overlay {overlay} is the picture itself", hint="name another file; check changes nothing"
            )
        check_output(Picture(page.srgb(Box(0, 0, 1, 1))), overlay)
    reference, origin = reference_of(text, page)
    source = origin if reference is not None else None  # `auto` may have recognised nothing
    read = Proofreader().proofread(page, reference, direction_of(direction), shapes=not identity_only)
    reading = replace(read, source=source)
    seconds = round(time.monotonic() - since, 2)
    if overlay is not None:
        from retouch.interfaces.overlay import draw_findings

        draw_findings(page, reading.findings).save(overlay)
    if as_json:
        print_json(_as_json(picture, page, reading, seconds))
    else:
        _describe(reading)
    return FAULTS_LEFT if any(finding.fault for finding in reading.findings) else 0


def _as_json(path: Path, page: Picture, reading: Proofreading, seconds: float) -> dict[str, Any]:
    return {
        "picture": {"path": str(path), "width": page.size.width, "height": page.size.height},
        "direction": reading.direction.value,
        "characters": reading.characters,
        "findings": [finding.model_dump(mode="json") for finding in reading.findings],
        "seconds": seconds,
        "reference": reading.source,
        "strokes_judged": reading.strokes_judged,
        "confidence": reading.confidence,
    }


def _describe(reading: Proofreading) -> None:
    rows = [(f.index, f.wanted, f.read, f.kind.value, f"{f.score:.2f}", f.box) for f in reading.findings]
    if rows:
        print_table(("index", "wanted", "read", "kind", "score", "box"), rows)
    faults = sum(finding.fault for finding in reading.findings)
    against = f" against {reading.source}" if reading.source else " without a reference text"
    print_words(f"{reading.characters} characters{against}: {faults} faults, {len(rows) - faults} variants")
    say(reading.confidence)


def verify(
    picture: PictureArgument,
    box: Annotated[str, typer.Option("--box", help="Where: x,y,width,height.")],
    reads: Annotated[str | None, typer.Option("--reads", metavar="TEXT", help="What it must read.")] = None,
    question: Annotated[str | None, typer.Option("--question", metavar="TEXT", help="A yes/no question.")] = None,
    answer: Annotated[str, typer.Option("--answer", metavar="yes|no", help="The answer that is right.")] = "yes",
    before: Annotated[Path | None, typer.Option("--before", help="The picture before the edit, to compare.")] = None,
    verifier: Verifiers = None,
    offline: Offline = False,
    as_json: Json = False,
) -> int:
    """Judge one place of a picture: exit code 0 pass, 3 fail, 4 unsure."""
    from retouch.geometry import Box
    from retouch.interfaces.cli.progress import Lines
    from retouch.orchestrator.verification import verify_box
    from retouch.picture import Picture

    if (reads is None) == (question is None):
        raise UsageError("verify needs one of --reads and --question", hint="e.g. --reads 觞")
    for option, words in (("--reads", reads), ("--question", question)):
        if words is not None and not words.strip():
            raise UsageError(f"{option} is empty; expected the text or the question", hint="e.g. --reads 觞")
    page = Picture.open(picture)
    found = verify_box(
        page,
        Box.parse(box),
        reads=reads,
        question=question,
        answer=answer,
        before=Picture.open(before) if before else None,
        verifiers=tuple(verifier or ()),
        listen=Lines(),
        offline=offline,
    )
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_table(
            ("verifier", "outcome", "score", "reason"),
            [(v.verifier, v.outcome.value, f"{v.score:.2f}", v.reason) for v in found.verdicts],
        )
    return {"pass": 0, "fail": FAULTS_LEFT, "unsure": PERSON_NEEDED}[found.outcome.value]
