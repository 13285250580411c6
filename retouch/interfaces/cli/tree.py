"""The tree of versions as lines of a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from retouch.interfaces.cli.output import console, print_words, printable, short_id
from retouch.version import VersionKind, VersionRecord

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from retouch.orchestrator.history_tree import TreeRow

OUTCOMES = {"pass": "✓", "fail": "✗", "unsure": "?"}
"""How a version was judged; a blank stands where nobody judged it."""
OPINIONS = {"accepted": "[accepted]", "rejected": "[rejected]"}
_NODES = {VersionKind.CANDIDATE: "○", VersionKind.IMPORT: "◆"}
_STYLES = {"✓": "green", "✗": "red", "?": "yellow"}
_LANES = ("cyan", "magenta", "blue", "green", "yellow", "red")
_NAMED = 6
"""Ids in a row of folded tries; `--all` gives each its own row."""
_SHORTEST = 20
"""Characters of a message that are shown however narrow the terminal is."""


def print_tree(rows: Sequence[TreeRow], opinions: Mapping[str, str]) -> None:
    """One line a row: lanes, id, outcome, kind, step, box, message, names, opinions. On a terminal lines are cut to
    its width and coloured; elsewhere they are plain and whole. `opinions` are what people thought, by version id."""
    out = console()
    drawn = [_graph(row) for row in rows]
    width = max((len(graph) for graph in drawn), default=0)
    facts = [_facts(row) for row in rows]
    columns = [max((len(fact[i]) for fact in facts), default=0) for i in range(4)]
    limit = out.width if out.is_terminal else None
    for row, graph, fact in zip(rows, drawn, facts, strict=True):
        line = _line(row, graph.ljust(width), fact, columns, opinions, limit)
        print_words(line.plain if limit is None else _coloured(out, line))


def _coloured(out: Console, line: Text) -> str:
    """The line with the codes of its colours; printed by us, as Rich ends the process where a pipe was closed."""
    with out.capture() as captured:
        out.print(line)
    return captured.get().rstrip("\n")


def _graph(row: TreeRow) -> str:
    """The lanes of a row, two characters each."""
    ends = (row.lane, *row.joins, *row.forks, *(() if row.sprouts is None else (row.sprouts,)))
    first, last = min(ends), max(ends)
    cells = []
    for lane in range(max((*ends, *row.passing)) + 1):
        crossed = first <= lane <= last
        cells.append(_cell(row, lane, crossed, last) + ("─" if first <= lane < last else " "))
    return "".join(cells).rstrip()


def _cell(row: TreeRow, lane: int, crossed: bool, last: int) -> str:
    if lane == row.lane:
        return _NODES.get(row.version.kind, "●")
    if lane == row.sprouts:
        return "├" if row.below else "╰"
    if lane in row.joins:
        return "╰" if lane < row.lane else ("╯" if lane == last else "┴")
    if lane in row.forks:
        return "╮" if lane == last else "┬"
    if lane in row.passing:
        return "┼" if crossed else "│"
    return "─" if crossed else " "


def _facts(row: TreeRow) -> tuple[str, str, str, str]:
    """Kind, step, box and message; of several tries what they have in common."""
    version = row.version
    box = ",".join(map(str, version.box.as_list())) if version.box else ""
    if row.folded:
        ids = " ".join(f"{_outcome(one)}{short_id(one.id)}" for one in row.folded[:_NAMED])
        more = f" and {len(row.folded) - _NAMED} more" if len(row.folded) > _NAMED else ""
        return f"{len(row.folded)} candidates", version.step or "", box, ids + more
    return version.kind.value, version.step or "", box, printable(version.message)


def _line(
    row: TreeRow,
    graph: str,
    fact: tuple[str, str, str, str],
    columns: Sequence[int],
    opinions: Mapping[str, str],
    limit: int | None,
) -> Text:
    from rich.text import Text

    line = Text(no_wrap=True)
    for place, character in enumerate(graph):
        line.append(character, style=_LANES[place // 2 % len(_LANES)])
    mark = " " if row.folded else _outcome(row.version)
    line.append(f" {'' if row.folded else short_id(row.version.id):8} ", style="yellow")
    line.append(mark, style=_STYLES.get(mark))
    line.append("".join(f" {text.ljust(width)}" for text, width in zip(fact[:3], columns[:3], strict=True) if width))
    tail = _tail(row, opinions)
    message = Text(fact[3])
    if limit is not None:
        message.truncate(max(_SHORTEST, limit - line.cell_len - 2 - len(tail)), overflow="ellipsis")
    line.append("  ").append_text(message)
    line.append(tail, style="bold")
    line.rstrip()
    return line


def _outcome(version: VersionRecord) -> str:
    return OUTCOMES.get(version.outcome or "", " ")


def _tail(row: TreeRow, opinions: Mapping[str, str]) -> str:
    """Names that stand here, and what people thought."""
    names = f"  ({', '.join(row.labels)})" if row.labels else ""
    found = [opinions[v.id] for v in row.versions if v.id in opinions]
    if not row.folded:
        return names + "".join(f"  {OPINIONS[opinion]}" for opinion in found)
    counts = [(opinion, found.count(opinion)) for opinion in OPINIONS if opinion in found]
    return names + "".join(f"  [{number} {opinion}]" for opinion, number in counts)
