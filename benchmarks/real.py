"""Real pictures: a page that an image model wrote, and a woodblock print.

    python benchmarks/real.py [--data FOLDER] [--json]

The pictures lie outside the project (`../shared/data`); without them this benchmark says so and ends.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import retouch
from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.style import Direction
from retouch.verifiers.proofreader import Proofreader

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@dataclass(frozen=True)
class Outcome:
    """What one picture gave."""

    picture: str
    found: tuple[str, ...]
    missed: tuple[str, ...]
    others: tuple[str, ...]
    """Findings that the truth does not list."""
    repaired: tuple[str, ...] = ()


def findings(picture: Picture, text: str, direction: Direction) -> list[Finding]:
    seen = Proofreader().proofread(picture, text, direction)
    return [finding for finding in seen.findings if finding.kind is not FaultKind.VARIANT]


def on(finding: Finding, box: Box) -> bool:
    """True if the finding covers a third of the smaller of both boxes."""
    shared = finding.box.intersection(box).area
    return shared * 3 >= min(finding.box.area, box.area) > 0


def lanting(folder: Path, truth: dict[str, Any]) -> Outcome:
    """The page written by Qwen-Image: two certain faults, some that may be judged either way."""
    path, text = folder / "lanting.png", "".join(truth["columns"])
    seen = findings(Picture.open(path), text, Direction.VERTICAL_RL)
    certain = {fault["character"]: Box(*fault["box"]) for fault in truth["faults_certain"]}
    either = {fault["character"] for fault in truth["faults_likely"] + truth["doubtful"]}
    either |= {variant["reference"] for variant in truth["variants"]}
    found = tuple(char for char, box in certain.items() if any(on(finding, box) for finding in seen))
    others = [f for f in seen if f.wanted not in either and not any(on(f, box) for box in certain.values())]
    return Outcome(
        picture="lanting.png",
        found=found,
        missed=tuple(set(certain) - set(found)),
        others=tuple(f"{f.wanted}->{f.read} ({f.kind})" for f in others),
        repaired=repaired(path, text, certain),
    )


def repaired(path: Path, text: str, certain: dict[str, Box]) -> tuple[str, ...]:
    """Which of the certain faults end `fixed`."""
    with tempfile.TemporaryDirectory() as folder:
        document = retouch.open(path, project=Path(folder) / "real.retouch")
        report = document.fix(f"literal:{text}")
        document.project.close()
    fixed = [step.box for step in report.steps if step.status == "fixed" and step.box]
    boxes = [box if isinstance(box, Box) else Box(*box) for box in fixed]
    return tuple(char for char, box in certain.items() if any(box.overlaps(b) for b in boxes))


def woodblock(folder: Path, truth: dict[str, Any]) -> Outcome:
    """A print against its own text: everything found is a false alarm, but for the damaged last character."""
    text = "".join(truth["columns"])
    seen = findings(Picture.open(folder / "woodblock.png"), text, Direction.VERTICAL_RL)
    return Outcome("woodblock.png", (), (), tuple(f"{f.wanted}->{f.read} ({f.kind})" for f in seen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not (options.data / "truth.json").exists():
        print(f"skipped: no pictures in {options.data}; --data names another folder")
        return
    truth = json.loads((options.data / "truth.json").read_text(encoding="utf-8"))
    outcomes = [
        lanting(options.data, truth["lanting.png"]),
        woodblock(options.data, truth["woodblock.png"]),
    ]
    if options.json:
        print(json.dumps([vars(outcome) for outcome in outcomes], ensure_ascii=False))
        return
    for outcome in outcomes:
        print(outcome.picture)
        print(f"  certain faults found     {' '.join(outcome.found) or '-'}   missed {' '.join(outcome.missed) or '-'}")
        print(f"  certain faults repaired  {' '.join(outcome.repaired) or '-'}")
        print(f"  findings beyond the truth {len(outcome.others)}: {', '.join(outcome.others) or '-'}")


if __name__ == "__main__":
    main()
