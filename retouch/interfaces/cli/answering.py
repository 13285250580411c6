"""The command that settles steps which wait for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from retouch.errors import PersonNeededError, UsageError
from retouch.interfaces.cli.merging import Settled, settlements
from retouch.interfaces.cli.options import (
    Attempts,
    Branch,
    Document,
    Editors,
    Json,
    JsonLines,
    MaxCalls,
    MaxSeconds,
    Offline,
    ProjectArgument,
    Verifiers,
)
from retouch.interfaces.cli.output import print_json, print_table, print_words, short_id
from retouch.interfaces.cli.running import Manners, describe
from retouch.interfaces.cli.selection import branch_of, chosen

if TYPE_CHECKING:
    from retouch.orchestrator.answer import Answer, Waiting
    from retouch.orchestrator.document import Document as OpenDocument

StepArgument = Annotated[
    str | None, typer.Argument(metavar="STEP", help="Step, or RUN:STEP; without one, those that wait are listed.")
]
Action = Annotated[Literal["accept", "reject", "edit"] | None, typer.Argument(help="What becomes of it.")]
Words = Annotated[
    str | None,
    typer.Argument(metavar="V|INSTRUCTION", help="The version to accept, the reason to reject, or the instruction."),
]


def answer(
    project: ProjectArgument,
    step: StepArgument = None,
    action: Action = None,
    words: Words = None,
    settle: Settled = None,
    document: Document = None,
    branch: Branch = None,
    editor: Editors = None,
    verifier: Verifiers = None,
    max_calls: MaxCalls = None,
    max_seconds: MaxSeconds = None,
    attempts: Attempts = None,
    offline: Offline = False,
    as_json: Json = False,
    jsonl: JsonLines = False,
) -> int:
    """Settle a step that waits for a person: accept a version, reject all, or edit with another instruction."""
    from retouch.orchestrator.answer import find

    limits = (max_calls, max_seconds, attempts, False, False, offline, as_json, jsonl)
    manners = Manners(editor, verifier, None, *limits)
    settled = settlements(settle)
    if settled and action != "accept":
        raise UsageError("--settle is for conflicts of `accept`")
    with chosen(project, document) as found:
        line = branch and branch_of(found, branch)
        if step is None:
            return _list(found, line, as_json)
        asked = find(found, step, line)  # a step that is unknown or does not wait is the first thing to say
        return _tell(_settled(found, asked.name, action, words, settled, manners), manners)


def _settled(
    document: OpenDocument, step: str, action: str | None, words: str | None, settled: Sequence[Any], manners: Manners
) -> Answer:
    from retouch.orchestrator.answer import accept, edit, reject

    if action == "accept":
        return accept(document, step, words, settle=settled)
    if action == "reject":
        return reject(document, step, words or "")
    if action == "edit":
        return _worked(lambda news: edit(document, step, words, **news, **manners.options()), manners)
    raise UsageError(f"step {step} waits; expected accept [V], reject [REASON] or edit INSTRUCTION")


def _worked(work: Callable[[dict[str, Any]], Answer], manners: Manners) -> Answer:
    """Do it with live news and a switch for Ctrl-C."""
    from retouch.interfaces.cli.interruption import stopping
    from retouch.interfaces.cli.progress import listening

    with stopping() as cancel, listening(manners.as_lines) as listen:
        return work({"listen": listen, "cancel": cancel})


def _tell(answer: Answer, manners: Manners) -> int:
    dumped = answer.model_dump(mode="json", exclude={"origin", "target"})
    dumped |= {"from": answer.origin, "to": answer.target}
    if manners.as_json:
        print_json(dumped)
    elif manners.as_lines:
        print_json({"event": "answer", "version": answer.version, "answer": dumped})
    else:
        _describe(answer)
    if answer.conflicts:
        return PersonNeededError.exit_code
    return answer.report.exit_code if answer.report else 0


def _describe(answer: Answer) -> None:
    if answer.conflicts:
        from retouch.interfaces.cli.merging import say_conflicts

        say_conflicts(answer.conflicts)
        return
    if answer.report:
        describe(answer.report)
    print_words(f"step {answer.step}: {answer.status.value}; {answer.reason}")
    if answer.origin != answer.target:
        print_words(f"branch {answer.branch} now stands at {short_id(answer.target)}")


def _list(document: OpenDocument, branch: str | None, as_json: bool) -> int:
    from retouch.orchestrator.answer import waiting

    found = [one for one in waiting(document) if branch in (None, one.branch)]
    if as_json:
        print_json({"document": document.name, "waiting": [_entry(one) for one in found]})
        return 0
    rows = [
        (one.name, one.step.box, one.step.instruction, one.reason, " ".join(short_id(v) for v in one.candidates))
        for one in found
    ]
    if rows:
        print_table(("step", "box", "instruction", "why it waits", "candidates"), rows)
    else:
        print_words(f"no step of {document.name} waits for a person")
    return 0


def _entry(one: Waiting) -> dict[str, Any]:
    return {
        "run": one.run.id,
        "branch": one.branch,
        "step": one.step.id,
        "box": one.step.box.as_list() if one.step.box else None,
        "instruction": one.step.instruction,
        "reason": one.reason,
        "candidates": list(one.candidates),
        "best": one.best,
    }
