"""How long steps take that are edited side by side by a remote editor, against a server on loopback.

    python benchmarks/remote.py [--steps 16] [--connections 8] [--seconds 1] [--repeat 3] [--json]

The server, a process of its own, answers each call after exactly so many seconds, as many at a time as there come; what
it answers was made in a first run, so that it costs no processor time, as a model elsewhere would cost none. The run is
whole: framing, PNG, HTTP, registration, compositing, guard, verdict, history. With 16 disjoint steps, 8 connections and
1 s two waves are needed, so 2 s is the least.

Pages of several sizes, canvases of several areas, and servers that keep what they were to keep, or do not.
`alone` is the editor without the loop: the same requests through as many threads. `seconds` is the whole run; of it
`before` until the first call began, `waves` each wave of calls, from its first beginning to its last end, without
the waiting they are for, `between` from the end of the first wave's calls to the second's beginning (less than
nothing where they overlap), `after` from the last reply to the end. `cpu` is processor time of this process.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

AREAS = (256 * 256, 512 * 512, 1024 * 1024)
"""Canvas areas: the usual one of editing models is the last."""
SIDES = (640, 1024, 2048)
"""Sides of the page in pixels."""
RINGS = ("kept", "softened", "shifted")
"""What the server does to what it was to keep: nothing, as services do that lay the old pixels over their own; a blur,
as an autoencoder's; a shift of 2 px, which must be found and undone."""
ROWS = (
    *((area, 1024, "kept") for area in AREAS),
    *((512 * 512, side, "kept") for side in SIDES if side != 1024),
    *((512 * 512, 1024, ring) for ring in RINGS[1:]),
)
"""What is measured: canvas area, side of the page, ring."""


def page(steps: int, side: int) -> Any:
    """A textured grey page with room for so many disjoint boxes, and the boxes."""
    from retouch.geometry import Box
    from retouch.picture import Picture

    columns = math.ceil(math.sqrt(steps))
    rows = math.ceil(steps / columns)
    pitch = side // max(rows, columns)
    y, x = np.mgrid[0 : rows * pitch, 0 : columns * pitch].astype(np.float64)
    grey = 150 + 40 * np.sin(x / 7) * np.cos(y / 9) + 15 * np.sin(x / 2.3 + y / 3.1)
    near, wide = pitch // 3, pitch * 3 // 8
    boxes = [Box(n % columns * pitch + near, n // columns * pitch + near, wide, wide) for n in range(steps)]
    return Picture(np.clip(np.stack([grey] * 3, axis=2), 0, 255).astype(np.uint8)), boxes


def plan_for(boxes: list[Any]) -> Any:
    """A step for each box."""
    from retouch.plan import ColourIs, Plan, Step

    red = ColourIs(colour="red")
    steps = [
        Step(id=f"s{n}", operation="other", box=box, instruction="red", expectation=red) for n, box in enumerate(boxes)
    ]
    return Plan(goal="measure", steps=tuple(steps))


def serve(ring: str) -> None:
    """The server: prints its port and ends with its input. The field `model` says how long a call takes."""
    from tests.servers.edits import Wanted, vllm_omni
    from tests.servers.loopback import Asked, Loopback, Reply

    made: dict[bytes, Reply] = {}
    never = threading.Event()

    def paint(wanted: Wanted) -> Any:
        out = wanted.pictures[0].copy()
        if ring == "softened":
            out = np.asarray(cv2.GaussianBlur(out, (0, 0), 0.8), np.uint8)
        elif ring == "shifted":
            out = np.roll(out, 2, axis=1)
        out[wanted.mask] = (200, 30, 30)
        return out

    speak = vllm_omni(paint)

    def answers(asked: Asked) -> Reply:
        began = time.perf_counter()
        pictures = b"".join(part.content for part in asked.form if part.filename)
        if pictures not in made:
            made[pictures] = speak(asked)
        never.wait(max(0.0, float(asked.fields()["model"]) - (time.perf_counter() - began)))
        return made[pictures]

    with Loopback(answers) as server:
        print(server.url, flush=True)
        sys.stdin.read()


@contextmanager
def served(ring: str = "kept") -> Iterator[str]:
    """The address of a server in a process of its own."""
    command = [sys.executable, __file__, "--serve", ring]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


class Timed:
    """The editor, with a note of when each call began and ended."""

    def __init__(self, editor: Any) -> None:
        self._editor = editor
        self.traits = editor.traits
        self.spans: list[tuple[float, float]] = []

    def edit(self, request: Any, watch: Any) -> Any:
        """As the editor."""
        began = time.perf_counter()
        try:
            return self._editor.edit(request, watch)
        finally:
            self.spans.append((began, time.perf_counter()))


def measure(url: str, steps: int, connections: int, seconds: float, area: int, side: int) -> dict[str, float]:
    """One run; durations in seconds as the module says."""
    from retouch import parts
    from retouch.orchestrator.project import Project
    from retouch.spec import Spec

    spec = f"openai:{url}/v1?dialect=vllm-omni&mask=white&area={area}&parallel={connections}&model={seconds}"
    editor = Timed(parts.create("editors", Spec.parse(spec)))
    picture, boxes = page(steps, side)
    with tempfile.TemporaryDirectory() as folder, Project.open(Path(folder) / "a.retouch", create=True) as project:
        document = project.import_picture(picture, "page")
        began, cpu = time.perf_counter(), time.process_time()
        report = document.run(plan=plan_for(boxes), editors=[editor], verifiers=["scripted"])
        ended, cpu = time.perf_counter(), time.process_time() - cpu
    assert all(step.status == "fixed" for step in report.steps), [step.reason for step in report.steps]
    return {"seconds": ended - began, "cpu": cpu} | shares(editor.spans, began, ended, connections, seconds)


def alone(url: str, steps: int, connections: int, seconds: float, area: int, side: int) -> float:
    """Seconds that the editor's calls take side by side, with nothing round them but PNG and HTTP."""
    from retouch import parts
    from retouch.clients.patience import Unwatched
    from retouch.edit import EditRequest, FixedCanvas
    from retouch.orchestrator.frame import choose
    from retouch.spec import Spec

    spec = f"openai:{url}/v1?dialect=vllm-omni&mask=white&area={area}&parallel={connections}&model={seconds}"
    editor = parts.create("editors", Spec.parse(spec))
    picture, boxes = page(steps, side)
    requests = []
    for box in boxes:
        frame = choose(box, picture.size, FixedCanvas(area, 32))
        canvas = frame.send(picture.srgb(frame.inside))
        mask = np.zeros(canvas.shape[:2], np.bool_)
        mask[frame.send_box(box).slices] = True
        requests.append(EditRequest(canvas, canvas, mask, frame.send_box(box), "other", "red"))
    with ThreadPoolExecutor(connections) as pool:
        began = time.perf_counter()
        list(pool.map(lambda request: editor.edit(request, Unwatched()), requests))
        return time.perf_counter() - began


def shares(
    spans: list[tuple[float, float]], began: float, ended: float, connections: int, seconds: float
) -> dict[str, float]:
    """Where the time of a run went."""
    spans = sorted(spans)
    waves = [spans[n : n + connections] for n in range(0, len(spans), connections)]
    calls = [max(end for _, end in wave) - wave[0][0] - seconds for wave in waves]
    gaps = [later[0][0] - max(end for _, end in wave) for wave, later in zip(waves, waves[1:], strict=False)]
    return {
        "before": spans[0][0] - began,
        "waves": sum(calls),
        "between": sum(gaps),
        "after": ended - max(end for _, end in spans),
    }


def repeated(wanted: argparse.Namespace, area: int, side: int, ring: str) -> dict[str, float]:
    """Medians of several runs, and the best."""
    shape = (wanted.steps, wanted.connections)
    with served(ring) as url:
        measure(url, *shape, 0.0, area, side)  # the server's answers, and what is loaded once
        alone(url, *shape, 0.0, area, side)
        runs = [
            {"alone": alone(url, *shape, wanted.seconds, area, side)} | measure(url, *shape, wanted.seconds, area, side)
            for _ in range(wanted.repeat)
        ]
    best = {"best": round(min(run["seconds"] for run in runs), 3)}
    return best | {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}


def main() -> None:
    """Print a row for each canvas area: the medians, and the best run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", choices=RINGS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.serve:
        return serve(wanted.serve)
    rows = []
    for area, side, ring in ROWS:
        rows.append({"canvas": area, "page": side, "ring": ring} | repeated(wanted, area, side, ring))
        if not wanted.json:
            print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    if wanted.json:
        print(json.dumps(rows))
    return None


if __name__ == "__main__":
    main()
