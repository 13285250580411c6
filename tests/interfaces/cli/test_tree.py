"""The tree as lines of a terminal."""

from __future__ import annotations

import io
import sys

import pytest
from rich.cells import cell_len

from retouch.interfaces.cli.output import print_words, printable
from retouch.interfaces.cli.tree import print_tree
from retouch.orchestrator.history_tree import tree_rows
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord


def version(name: str, *parents: str, kind: str = "edit", **facts: object) -> VersionRecord:
    given = {"message": f"made {name}", **facts}
    return VersionRecord(
        id=name * 8, document="page", parents=tuple(p * 8 for p in parents), kind=VersionKind(kind), created="", **given
    )


def merged() -> list[VersionRecord]:
    return [
        version("a", kind="import"),
        version("b", "a", outcome=Outcome.PASS, step="s1", box=(1, 2, 30, 40)),
        version("c", "a"),
        version("t", "b", kind="candidate", outcome=Outcome.UNSURE),
        version("m", "b", "c", kind="merge"),
    ]


def drawn(
    capsys: pytest.CaptureFixture[str], versions: list[VersionRecord], branches: dict[str, str], **opinions: str
) -> list[str]:
    print_tree(tree_rows(versions, branches, {"v1": "a" * 8}), {name * 8: what for name, what in opinions.items()})
    return capsys.readouterr().out.splitlines()


def test_forks_joins_and_tries_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    lines = drawn(capsys, merged(), {"main": "m" * 8}, t="rejected")
    assert [line[:6].rstrip() for line in lines] == ["◆─╮", "● │", "├─┼─○", "│ ●", "●─╯"]
    assert lines[0].endswith("made a  (tag v1)")
    assert "bbbbbbbb ✓ edit" in lines[1] and "s1 1,2,30,40" in lines[1]
    assert "tttttttt ? candidate" in lines[2] and lines[2].endswith("[rejected]")
    assert lines[-1].endswith("(main)")


def test_folded_tries_show_their_ids_and_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    tries = [version(n, "a", kind="candidate", outcome=Outcome.FAIL, step="s1") for n in "bcdefghij"]
    lines = drawn(capsys, [version("a", kind="import"), *tries], {"main": "a" * 8}, b="rejected", c="accepted")
    assert len(lines) == 2
    assert lines[1].startswith("╰─○")
    assert "9 candidates" in lines[1] and "✗bbbbbbbb ✗cccccccc" in lines[1] and "and 3 more" in lines[1]
    assert lines[1].endswith("[1 accepted]  [1 rejected]")


def test_a_message_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    lines = drawn(capsys, [version("a", kind="import", message="red \x1b[31m\nand\tmore")], {"main": "a" * 8})
    assert len(lines) == 1
    assert "red \\x1b[31m and more" in lines[0]


def test_a_terminal_gets_colours_and_lines_that_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    line = drawn(capsys, [version("a", kind="import", message="word " * 40)], {"main": "a" * 8})[0]
    assert "\x1b[" in line
    monkeypatch.setenv("NO_COLOR", "1")
    plain = drawn(capsys, [version("a", kind="import", message="word " * 40)], {"main": "a" * 8})[0]
    assert len(plain.replace("\x1b[1m", "").replace("\x1b[0m", "")) <= 60 and "…" in plain
    assert "(main, tag v1)" in plain
    wide = drawn(capsys, [version("a", kind="import", message="永和九年" * 20)], {"main": "a" * 8})[0]
    assert cell_len(wide.replace("\x1b[1m", "").replace("\x1b[0m", "")) <= 60, "a Han character takes two columns"


def test_where_the_tree_cannot_be_shown_it_is_drawn_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    print_words("├─○ ✓ 觞")
    out.flush()
    assert out.buffer.getvalue() == b"|-o v ?\n"


def test_what_can_be_printed_is_left_alone() -> None:
    assert printable("把“錫”改成“觴”") == "把“錫”改成“觴”"
