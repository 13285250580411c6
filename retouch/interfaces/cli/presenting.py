"""Commands that show what Retouch does: the demonstration and the report."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from retouch.interfaces.cli.options import Branch, Document, Json, ProjectArgument
from retouch.interfaces.cli.output import print_json, print_table, print_words, say


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for page, result, report and project.")] = Path("demo-out"),
    seed: Annotated[int, typer.Option("--seed", help="Another seed paints another page.")] = 0,
    as_json: Json = False,
) -> int:
    """Paint a flawed page of calligraphy, repair it, show what was done."""
    from retouch.interfaces.cli.progress import listening
    from retouch.interfaces.demo.show import perform

    say("painting a page of calligraphy with faults …")
    with listening(jsonl=False) as listen:
        shown = perform(out, seed, listen)
    if as_json:
        print_json({**shown.report.model_dump(mode="json"), "folder": str(out), "planted": len(shown.rows)})
        return shown.report.exit_code
    print_table(
        ("wanted", "read", "kind", "tries", "verdict", "how"),
        [(row.wanted, row.read, row.kind, row.attempts, row.verdict, row.how) for row in shown.rows],
    )
    print_words(*shown.summary(), "", *(f"  {name:24} {what}" for name, what in shown.files.items()), "")
    program = _program()
    print_words("Try next:", *(f"  {line}" for line in shown.next_steps(program)), "")
    print_words(f"See it in the browser, take back what you like, try another way: {shown.review(program)}")
    return shown.report.exit_code


def _program() -> str:
    """How this program is called here: by its name where that is on the path, else by its place."""
    if shutil.which("retouch"):
        return "retouch"
    return os.path.relpath(sys.argv[0])


def report(
    project: ProjectArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT.html", help="The page to write.")],
    document: Document = None,
    branch: Branch = None,
    as_json: Json = False,
) -> int:
    """Write a self-contained page: history, pictures, comparisons, evidence, and what was not fixed."""
    from retouch.interfaces.cli.selection import branch_of, chosen
    from retouch.interfaces.report import write_report

    with chosen(project, document) as found:
        size = write_report(found, output, branch and branch_of(found, branch))
    if as_json:
        print_json({"output": str(output), "bytes": size})
    else:
        print_words(f"{output}: {size / 1e6:.1f} MB, opens without a network")
    return 0
