"""News of a run: for a terminal, for a log, for a program."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from retouch.event import Event
from retouch.interfaces.cli.progress import Bar, Lines, listening, print_event

STORY = [
    Event(event="run-started", run="r1", data={"goal": "x"}),
    Event(event="planned", run="r1", data={"steps": ["s1", "s2"]}),
    Event(event="attempt-started", step="s1", data={"number": 1, "rung": "font", "editor": "typeset"}),
    Event(event="progress", step="s1", data={"fraction": 0.5}),
    Event(event="attempt-returned", step="s1", data={"notes": []}),
    Event(event="verdict", step="s1", data={"verifier": "character", "outcome": "fail", "reason": "[bold]no[/bold]"}),
    Event(event="attempt-returned", step="s1", data={"error": "out of ink"}),
    Event(event="step-ended", step="s1", version="ab12", data={"status": "fixed", "attempts": 2, "reason": None}),
    Event(event="warning", data={"message": "typeset is left out"}),
]


def test_lines_tell_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    for event in STORY:
        Lines()(event)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "planned 2 steps",
        "step s1: try 1 with typeset, font",
        "step s1: character says fail: [bold]no[/bold]",
        "step s1: failed: out of ink",
        "step s1: fixed after 2 tries",
        "warning: typeset is left out",
    ]


def test_a_bar_counts_steps_and_says_what_is_under_way() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, markup=False, highlight=False)
    progress = Progress(TextColumn("{task.description}", markup=False), console=console)
    bar = Bar(progress)
    for event in STORY[:4]:
        bar(event)
    (task,) = progress.tasks
    assert (task.total, task.completed, task.description) == (2, 0, "step s1: 50%")
    for event in STORY[4:]:
        bar(event)
    assert task.completed == 1
    assert "[bold]no[/bold]" in out.getvalue()


def test_events_are_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    for event in STORY:
        print_event(event)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == [event.event for event in STORY]
    assert lines[7]["version"] == "ab12" and lines[7]["status"] == "fixed"
    assert "version" not in lines[0]


def test_where_there_is_no_terminal_lines_are_printed() -> None:
    with listening(jsonl=False) as listen:
        assert isinstance(listen, Lines)
    with listening(jsonl=True) as listen:
        assert listen is print_event


def test_no_color_is_honoured_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with listening(jsonl=False) as listen:
        for event in STORY:
            listen(event)
    assert "\x1b[3" not in capsys.readouterr().err
