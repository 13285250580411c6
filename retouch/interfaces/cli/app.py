"""The list of commands; each module holds those of one subject."""

from __future__ import annotations

from typing import Annotated

import typer

from retouch.interfaces.cli import (
    answering,
    care,
    checking,
    documents,
    history,
    installed,
    merging,
    planning,
    presenting,
    references,
    running,
    serving,
)

app = typer.Typer(
    name="retouch",
    help="Plans, edits, verifies and remembers corrections of pictures, one region at a time.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; may stand anywhere.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed_version

        typer.echo(f"retouch {installed_version('retouch')}")
        raise typer.Exit


for _command in (
    presenting.demo,
    checking.check,
    planning.plan,
    running.run,
    running.fix,
    checking.verify,
    documents.import_,
    documents.commit,
    running.resume,
    answering.answer,
    history.log,
    history.show,
    history.diff,
    history.blame,
    history.reflog,
    documents.export,
    presenting.report,
    serving.serve,
    references.branch,
    references.tag,
    references.rollback,
    references.undo,
    merging.revert,
    merging.pick,
    merging.merge,
    merging.reject,
    documents.comment,
    care.fsck,
    care.gc,
    care.stats,
    care.backup,
    installed.editors,
    installed.verifiers,
    installed.planners,
    installed.doctor,
):
    app.command(name=_command.__name__.rstrip("_"))(_command)
