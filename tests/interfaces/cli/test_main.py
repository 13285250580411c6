"""Errors, exit codes and what goes to which stream."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from retouch.errors import CancelledError
from retouch.interfaces.cli import care
from retouch.interfaces.cli.main import main


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, object], str]:
    """The one JSON object on standard output, and standard error."""
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    return json.loads(out), err


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (["nonsense"], "UsageError", "No such command"),
        (["log"], "UsageError", "Missing argument"),
        (["check", "none.png"], "PictureError", "no such file"),
        (["log", "none.retouch"], "UnknownNameError", "none.retouch"),
        (["check", "page.png", "--direction", "sideways"], "UsageError", "sideways"),
        (["check", "page.png", "--text", "none.txt"], "TextError", "none.txt"),
        (["check", "page.png", "--text", "literal:"], "TextError", "literal"),
        (["run", "page.png"], "UsageError", "--goal"),
        (["run", "page.png", "--goal", "x", "--plan", "y"], "UsageError", "--goal"),
        (["run", "page.png", "--plan", "none.json"], "UsageError", "none.json"),
        (["run", "page.png", "--plan", "page.png"], "PlanError", "plan"),
        (["fix", "page.png"], "UsageError", "--text"),
        (["fix", "page.png", "--text", "literal:永", "-o", "out.gif"], "PictureError", "names no format"),
        (["fix", "page.png", "--text", "literal:永", "-o", "none/out.png"], "PictureError", "no folder"),
        (["run", "page.png", "--goal", "x", "--box", "1,2,3=do"], "UsageError", "four integers"),
        (["run", "page.png", "--goal", "x", "--box", "1,2,3,4"], "UsageError", "INSTRUCTION"),
        (["run", "page.png", "--goal", "x", "--mask", "small.png"], "PictureError", "must be equal"),
        (["run", "page.png", "--goal", "x", "--mask", "black.png"], "PictureError", "no white pixel"),
        (["run", "page.png", "--goal", "x", "--max-calls", "-1"], "UsageError", "max-calls"),
        (["verify", "page.png", "--box", "0,0,9,9"], "UsageError", "--reads"),
        (["verify", "page.png", "--box", "500,500,9,9", "--reads", "永"], "UsageError", "outside"),
        (["plan", "page.png"], "UsageError", "--goal"),
    ],
)
def test_bad_input_exits_2_and_says_what_would_be_right(
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    kind: str,
    said: str,
) -> None:
    import numpy as np

    from retouch.picture import Picture

    monkeypatch.chdir(page.parent)
    Picture(np.zeros((4, 4, 1), np.uint8)).save("small.png")
    Picture(np.zeros((64, 96, 1), np.uint8)).save("black.png")
    before = sorted(page.parent.iterdir())
    assert main([*arguments, "--json"]) == 2
    told, err = printed(capsys)
    error = told["error"]
    assert isinstance(error, dict)
    assert error.keys() == {"type", "message", "hint"}
    assert error["type"] == kind
    assert said in str(error["message"])
    assert str(error["message"]) in err
    assert sorted(page.parent.iterdir()) == before, "bad input leaves nothing behind"


def test_errors_without_json_leave_standard_output_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "none.retouch"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert "Traceback" not in err


def test_debug_shows_the_traceback_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "none.retouch", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_an_unforeseen_error_is_named_and_exits_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(care, "stored", broken)
    assert main(["stats", "x.retouch", "--json"]) == 1
    told, err = printed(capsys)
    assert told["error"]["message"] == "unexpected ZeroDivisionError: by nothing"  # type: ignore[index]
    assert "Traceback" not in err


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), CancelledError("stopped")])
def test_being_stopped_exits_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stop: BaseException
) -> None:
    def stopped(*_: object) -> None:
        raise stop

    monkeypatch.setattr(care, "stored", stopped)
    assert main(["stats", "x.retouch", "--json"]) == 130
    assert printed(capsys)[0]["error"]["type"] == "CancelledError"  # type: ignore[index]


def test_help_and_version_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert main(["run", "--help"]) == 0
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("retouch 0.")


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from retouch.interfaces.cli.main import main; main(['--help']); print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(out.splitlines()[-1].split())
    assert not loaded & {"numpy", "cv2", "onnxruntime", "PIL", "sqlalchemy", "rapidocr", "jinja2"}
