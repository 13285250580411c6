"""What checking and repairing costs: seconds, milliseconds an attempt, memory, and how they grow with the page.

    python benchmarks/cost.py [--quick] [--json]

Every page is measured in a process of its own, models loaded and fonts looked up before the clock starts. An attempt
runs from its start to its commit; the orchestrator's own share is what the editor and the verifiers did not take.
Each row is printed as soon as it is measured; `cpu` columns are processor time, which a busy machine hides less.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

GROWTH = ((50, 1), (324, 1), (324, 4), (324, 25), (2000, 25))
"""Characters and megapixels of each page."""
QUICK = ((50, 1), (324, 4))
PITCH, LEADING = 1.12, 1.28
"""Ems from character to character and from line to line."""
_RIM = 2.2  # ems kept free at the edges, both together
_WORDS = 7  # how often a start is timed
_EACH = 2  # faults of each kind on a page
_PAINTED = 8  # megapixels up to which a page is painted as it is; a larger one is painted at half size and enlarged
_REPEATED = 1500  # characters times megapixels up to which a page is checked three times, beyond it once


def paint_page(characters: int, megapixels: int, folder: Path) -> Path:
    """A page of so many characters and pixels, with faults, as PNG; its text lies beside it.

    Beyond 8 MP it is painted at half size and enlarged, as scans of such a size are no sharper.
    """
    from benchmarks.pages import faces, text_for
    from retouch.geometry import Size
    from retouch.interfaces.demo.faults import KINDS
    from retouch.interfaces.demo.painter import paint, with_faults
    from retouch.interfaces.demo.recipe import Recipe

    face = faces()["ukai"]
    enlarged = 2 if megapixels > _PAINTED else 1
    area = megapixels * 1e6 / enlarged**2
    width = round(math.sqrt(area * 1.07))
    canvas = Size(width, round(area / width))
    text = text_for(face, characters, np.random.default_rng(0), work="蘭亭")
    rows = round(math.sqrt(characters * canvas.height / canvas.width * LEADING / PITCH))
    lines = math.ceil(characters / rows)
    wide, high = (lines - 1) * LEADING + _RIM, (rows - 1) * PITCH + _RIM
    size = min(200, int(canvas.width / wide), int(canvas.height / high))
    plain = Recipe(text, face, size=size, per_line=rows, pitch=PITCH, leading=LEADING, margin=0.3, canvas=canvas)
    page = paint(with_faults(plain, _EACH, KINDS, np.random.default_rng(1)))
    path = folder / f"page-{characters}-{megapixels}.png"
    large = cv2.resize(page.rgb, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(path), large[..., ::-1])
    path.with_suffix(".txt").write_text(page.reference, encoding="utf-8")
    return path


class Stopwatch:
    """Adds up the time spent inside the functions it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wrap(self, owner: type, name: str) -> None:
        inner: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return inner(*args, **named)
            finally:
                self.seconds += time.perf_counter() - start

        setattr(owner, name, timed)


def timed(work: Callable[[], Any], times: int) -> float:
    """Median seconds of `work`."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def spent(work: Callable[[], Any], times: int) -> tuple[float, float]:
    """Median seconds of `work` by the clock, and of the processor, all threads together."""
    wall, busy = [], []
    for _ in range(times):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(busy)


def peak_rss() -> float:
    """Most memory this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure(page: Path) -> dict[str, float]:
    """All figures of one page; runs in a process of its own."""
    from retouch.picture import Picture
    from retouch.verifiers.proofreader import Proofreader

    text = page.with_suffix(".txt").read_text(encoding="utf-8")
    picture = Picture.open(page)
    proofreader = Proofreader()
    warm_up(proofreader)
    out = {"characters": float(len(text)), "megapixels": picture.size.area / 1e6}
    times = 3 if len(text) * out["megapixels"] <= _REPEATED else 1
    out["check_s"], out["check_cpu_s"] = spent(lambda: proofreader.proofread(picture, text), times)
    out["identity_s"], out["identity_cpu_s"] = spent(lambda: proofreader.proofread(picture, text, shapes=False), times)
    out["check_cpu_ms_each"] = 1e3 * out["check_cpu_s"] / len(text)
    out["check_gb"] = peak_rss()
    out.update(repair(page, text))
    out["peak_gb"] = peak_rss()
    return out


def warm_up(proofreader: Any) -> None:
    """Load models and fonts on a small page."""
    from retouch.interfaces.demo.page import demo_page
    from retouch.picture import Picture

    small = demo_page()
    proofreader.proofread(Picture(small.rgb), small.reference)


def repair(page: Path, text: str) -> dict[str, float]:
    """Repair the page and time its attempts."""
    import retouch
    from retouch.editors.typeset import TypesetEditor
    from retouch.event import Event
    from retouch.verifiers.blend import BlendVerifier
    from retouch.verifiers.character import CharacterVerifier

    parts = Stopwatch()
    parts.wrap(TypesetEditor, "edit")
    parts.wrap(BlendVerifier, "verify")
    parts.wrap(CharacterVerifier, "verify")
    marks: list[tuple[str, float, float]] = []

    def listen(event: Event) -> None:
        marks.append((event.event, time.perf_counter(), parts.seconds))

    with tempfile.TemporaryDirectory() as folder:
        document = retouch.open(page, project=Path(folder) / "cost.retouch")
        document.fix(f"literal:{text}", listen=listen)
        document.project.close()
    return attempts(marks)


def attempts(marks: list[tuple[str, float, float]]) -> dict[str, float]:
    """Median milliseconds from an attempt's start to the next one's start or the step's end, and the own share."""
    spans = []
    for number, (event, start, inside) in enumerate(marks):
        if event != "attempt-started":
            continue
        later = (m for m in marks[number + 1 :] if m[0] in ("attempt-started", "step-ended", "run-ended"))
        _, stop, done = next(later)
        spans.append((stop - start, stop - start - (done - inside)))
    if not spans:
        return {"attempts": 0.0}
    return {
        "attempts": float(len(spans)),
        "attempt_ms": statistics.median(span for span, _ in spans) * 1e3,
        "own_ms": statistics.median(own for _, own in spans) * 1e3,
    }


def child(page: Path) -> dict[str, Any]:
    """Measure one page in a fresh process."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), "--measure", str(page)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"measuring {page.name} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def start_seconds(command: list[str]) -> float:
    """Median wall time of a command in a fresh process."""
    return timed(lambda: subprocess.run(command, capture_output=True, check=True, cwd=ROOT), _WORDS)


def import_seconds() -> float:
    """Median time of `import retouch` itself, the interpreter's own start left out."""
    code = "import time; t = time.perf_counter(); import retouch; print(time.perf_counter() - t)"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(_WORDS)
    ]
    return statistics.median(float(run.stdout) for run in runs)


COLUMNS = (
    *("characters", "megapixels", "check_s", "check_cpu_s", "check_cpu_ms_each", "identity_s", "identity_cpu_s"),
    *("attempts", "attempt_ms", "own_ms", "check_gb", "peak_gb"),
)


def show(row: dict[str, Any]) -> None:
    """One line of the table."""
    print("  ".join(f"{row.get(name, math.nan):>{len(name)}.4g}" for name in COLUMNS), flush=True)


def measured(quick: bool, said: bool) -> list[dict[str, Any]]:
    """The table's rows, each printed as it comes where `said`."""
    if said:
        print("  ".join(COLUMNS))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for characters, pixels in QUICK if quick else GROWTH:
            rows.append(child(paint_page(characters, pixels, Path(folder))))
            if said:
                show(rows[-1])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="two pages only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    rows = measured(options.quick, said=not options.json)
    retouch = str(Path(sys.executable).with_name("retouch"))
    starts = {"import retouch": import_seconds(), "retouch --help": start_seconds([retouch, "--help"])}
    if options.json:
        print(json.dumps({"pages": rows, "starts": starts}))
        return
    for name, seconds in starts.items():
        print(f"{name:20} {seconds:.3f} s")


if __name__ == "__main__":
    main()
