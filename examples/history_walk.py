"""A walk through a history: what each step changed, whose every pixel is, and the page without its first step.

python examples/history_walk.py page.retouch compared.png
"""

from __future__ import annotations

import sys

import retouch
from retouch.interfaces.difference import beside


def main(project: str, output: str) -> int:
    document = retouch.open(project)
    version, steps = document.head(), []
    while version.parents:
        change = version.parents[0].diff(version)
        places = " ".join(str(box) for box in change.boxes)
        print(version.id[:8], version.record.kind, f"{change.changed_pixels} pixels at {places}")
        steps.append(version)
        version = version.parents[0]

    blame = document.blame()
    for position, owner in enumerate(blame.versions):
        print(f"{(blame.map == position).mean():7.2%} of the page is as {owner[:8]} left it")
    if not steps:
        return 0

    first = steps[-1]
    document.create_branch("without-first")
    report = document.revert(first, branch="without-first")
    if report.conflicts:
        print("later steps changed the same places, which are kept:", *report.conflicts)
        keep = [retouch.Settlement(box, "ours") for box in report.conflicts]
        document.revert(first, branch="without-first", settle=keep)
    difference = document.diff("main", "without-first")
    print(f"without {first.id[:8]} {difference.changed_pixels} pixels are others")
    pages = document.head().picture, document.head("without-first").picture
    beside(*pages, difference.boxes).save(output)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
