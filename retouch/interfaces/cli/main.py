"""The door: runs one command and turns every outcome into an exit code, an error into words or JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from retouch.errors import CancelledError, RetouchError, UsageError
from retouch.interfaces.cli.app import app
from retouch.interfaces.cli.output import print_error


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: the process's own) and return its exit code, which never is a traceback.

    `--debug` may stand anywhere: it shows the traceback of an error before the error itself.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = [argument for argument in given if argument != "--debug"]
    try:
        return _invoke(arguments)
    except typer.Exit as done:
        return done.exit_code
    except BrokenPipeError:
        return _pipe_closed()
    except Exception as error:
        if "--debug" in given:
            _show_traceback()
        found = _as_ours(error)
        print_error(found, as_json="--json" in given or "--jsonl" in given)
        return found.exit_code
    except KeyboardInterrupt:
        stopped = CancelledError("stopped by the user")
        print_error(stopped, as_json="--json" in given or "--jsonl" in given)
        return stopped.exit_code


def _invoke(arguments: list[str]) -> int:
    """Parse and run. Not through Typer's own `main`, which swallows Ctrl-C before it can be told as JSON."""
    command = typer.main.get_command(app)
    with command.make_context("retouch", arguments) as context:
        code = int(command.invoke(context) or 0)
    sys.stdout.flush()  # a closed pipe shall be noticed here, not when the interpreter ends
    return code


def _as_ours(error: Exception) -> RetouchError:
    """Errors of the parser are wrong usage; what nobody foresaw is named with its type."""
    if isinstance(error, RetouchError):
        return error
    if isinstance(error, typer.TyperException):
        return UsageError(error.format_message(), hint="`retouch --help`, or --help after the command")
    if isinstance(error, typer.Abort):
        return CancelledError("stopped by the user")
    return RetouchError(f"unexpected {type(error).__name__}: {error}", hint="--debug shows where; please report it")


def _show_traceback() -> None:
    import traceback

    traceback.print_exc(file=sys.stderr)


def _pipe_closed() -> int:
    """The reader went away (`retouch log | head`): nobody is left to be told."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
