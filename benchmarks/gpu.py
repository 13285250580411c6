"""What a region step costs on an accelerator, by the area of its canvas, against the whole picture.

    python -m benchmarks.gpu [--tiny] [--device cuda] [--steps 8] [--areas 512x512,…] [--picture 3000x2000] [--json]

The architecture of Qwen-Image-Edit-2509 in its full size (20 billion parameters, a text encoder of 7 billion), with
random weights made on the device: no files are needed, and time and memory do not depend on what the weights are. It
takes some 60 GB in bfloat16; `--offload model` takes less. `--tiny` tries the script anywhere. Its prompt is spelt in
bytes, so it has some three times as many tokens as with the real tokenizer; they are few beside those of the pictures.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

AREAS = ("512x512", "768x768", "1024x1024", "1328x1328")
TINY_AREAS = ("64x64", "96x96", "128x128")
PROMPT = "Replace the character in the red box with 永, complete and sharp; keep everything else as it is."
_BILLION = 1e9


@dataclass(frozen=True, slots=True)
class Row:
    """One canvas: `step` is the median seconds of a denoising step (two passes, for guidance), `rest` is what encoding
    and decoding take, `total` the call as measured, `peak` the most memory in GB."""

    what: str
    canvas: str
    step: float
    rest: float
    total: float
    peak: float


class Clock:
    """A watch that takes the time of each step."""

    def __init__(self, device: str) -> None:
        self._device = device
        self.times: list[float] = []

    def progress(self, fraction: float) -> None:
        wait_for(self._device)
        self.times.append(time.perf_counter())

    def raise_if_cancelled(self) -> None:
        return None

    @property
    def step(self) -> float:
        """Median seconds from one step to the next; the first, which warms up, is left out."""
        return statistics.median(np.diff(self.times))


def wait_for(device: str) -> None:
    """Until the device has done what it was given."""
    import torch

    kind = device.partition(":")[0]
    if kind != "cpu":
        getattr(torch, kind).synchronize()


def full_size(device: str) -> Any:
    """Qwen-Image-Edit-2509 with random weights in bfloat16, made on the device."""
    import torch
    from diffusers import AutoencoderKLQwenImage, QwenImageEditPlusPipeline, QwenImageTransformer2DModel

    from tests.models import tiny

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device(device):
            tokens = tiny.tokenizer()
            pipe = QwenImageEditPlusPipeline(
                transformer=QwenImageTransformer2DModel(),
                vae=AutoencoderKLQwenImage(),
                text_encoder=text_encoder(tokens),
                scheduler=tiny.scheduler(),
                tokenizer=tokens,
                processor=tiny.processor(tokens, largest=1024 * 1024),
            )
    finally:
        torch.set_default_dtype(before)
    return pipe


def text_encoder(tokens: Any) -> Any:
    """Qwen2.5-VL with the sizes of the one of 7 billion parameters."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    from tests.models import tiny

    text = {
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "vocab_size": 152064,
        "max_position_embeddings": 128000,
        "rope_scaling": {"mrope_section": [16, 24, 24], "rope_type": "default", "type": "default"},
        "rope_theta": 1e6,
    }
    vision = {
        "depth": 32,
        "hidden_size": 1280,
        "intermediate_size": 3420,
        "num_heads": 16,
        "out_hidden_size": 3584,
        "fullatt_block_indexes": [7, 15, 23, 31],
    }
    config = Qwen2_5_VLConfig(text_config=text, vision_config=vision, **tiny.markers(tokens))
    return Qwen2_5_VLForConditionalGeneration(config).eval()


def tiny_pipe(device: str) -> Any:
    """The pipeline that the tests use."""
    from diffusers import QwenImageEditPlusPipeline

    from tests.models import tiny

    return QwenImageEditPlusPipeline(**tiny.qwen_parts())


def parameters(pipe: Any) -> float:
    """How many there are, in billions."""
    models = [part for part in pipe.components.values() if hasattr(part, "parameters")]
    return float(sum(p.numel() for model in models for p in model.parameters())) / _BILLION


def request_for(width: int, height: int) -> Any:
    """A call on a canvas of that size."""
    from retouch.edit import EditRequest
    from retouch.geometry import Box

    canvas = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    box = Box(width // 4, height // 4, width // 2, height // 2)
    mask = np.zeros((height, width), np.bool_)
    mask[box.slices] = True
    return EditRequest(canvas, canvas, mask, box, operation="other", instruction=PROMPT)


def measure(pipe: Any, what: str, area: int, aspect: float, device: str, steps: int) -> Row:
    """One call with a canvas of about `area` pixels."""
    from retouch.edit import FixedCanvas
    from retouch.editors.diffusion.inputs import Knobs, inputs
    from retouch.editors.diffusion.profile import PROFILES
    from retouch.editors.diffusion.running import run
    from retouch.orchestrator.frame import canvas_size

    profile = PROFILES[type(pipe).__name__]
    size = canvas_size(aspect, FixedCanvas(area, profile.multiple))
    given = inputs(request_for(size.width, size.height), profile, Knobs(steps=steps), type(pipe).__call__)
    clock = Clock(device)
    reset_peak(device)
    began = time.perf_counter()
    run(pipe, given, clock)
    wait_for(device)
    total = time.perf_counter() - began
    return Row(what, f"{size.width}x{size.height}", clock.step, total - steps * clock.step, total, peak(device))


def reset_peak(device: str) -> None:
    """Begin to measure memory anew; of the whole process that cannot be done, so areas are measured upwards."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats()


def peak(device: str) -> float:
    """The most memory so far, in GB: of the device, or of this process where the device has none of its own."""
    import torch

    if device.startswith("cuda"):
        return float(torch.cuda.max_memory_allocated()) / _BILLION
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _BILLION


def pixels(size: str) -> tuple[int, int]:
    """Width and height of `1024x768`."""
    width, height = (int(side) for side in size.split("x"))
    return width, height


def rows(pipe: Any, areas: Sequence[str], picture: str, device: str, steps: int) -> Iterator[Row]:
    """The regions, each on a square canvas, then the picture as a whole in its own size."""
    measure(pipe, "warming up", math.prod(pixels(areas[0])), 1.0, device, 3)
    for area in areas:
        width, height = pixels(area)
        yield measure(pipe, "a region", width * height, width / height, device, steps)
    width, height = pixels(picture)
    yield measure(pipe, "the whole picture", width * height, width / height, device, steps)


def device_name(device: str) -> str:
    import torch

    return torch.cuda.get_device_name() if device.startswith("cuda") else device


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table in Markdown, a row as soon as it is known."""
    options = parsed(arguments)
    from retouch.clients.device import choose_device
    from retouch.editors.diffusion import memory

    device = choose_device(options.device)
    pipe = (tiny_pipe if options.tiny else full_size)(device)
    pipe.set_progress_bar_config(disable=True)
    memory.place(pipe, options.offload, device)
    areas = options.areas.split(",") if options.areas else TINY_AREAS if options.tiny else AREAS
    head = f"{device_name(device)}, {parameters(pipe):.3g} billion parameters, {options.steps} steps, {options.offload}"
    print(head, file=sys.stderr if options.json else sys.stdout)
    if not options.json:
        print("\n| | canvas | s a step | s besides | s in all | peak GB |\n| --- | --- | --- | --- | --- | --- |")
    for row in rows(
        pipe, areas, options.picture or ("192x128" if options.tiny else "3000x2000"), device, options.steps
    ):
        line = f"| {row.what} | {row.canvas} | {row.step:.3f} | {row.rest:.2f} | {row.total:.2f} | {row.peak:.1f} |"
        print(json.dumps(asdict(row)) if options.json else line, flush=True)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    from retouch.editors.diffusion.memory import RUNGS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="the pipeline of the tests, to try the script anywhere")
    parser.add_argument("--device", help="cuda, mps, xpu or cpu; the best there is, if left out")
    parser.add_argument("--steps", type=int, default=8, help="denoising steps, three or more")
    parser.add_argument("--areas", help="canvases of regions, with commas")
    parser.add_argument("--picture", help="the whole picture's size")
    parser.add_argument("--offload", default="none", choices=RUNGS[:-1], help="where the parts lie")
    parser.add_argument("--json", action="store_true", help="one object a line")
    options = parser.parse_args(arguments)
    if options.steps < 3:
        parser.error(f"--steps {options.steps}: expected 3 or more, as the first is not counted")
    return options


if __name__ == "__main__":
    main()
