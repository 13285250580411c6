"""What is asked of an editor and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.plan import Mode, Operation
from retouch.style import Style

RGB = NDArray[np.uint8]
"""sRGB, 8 bit, (height, width, 3)."""


@dataclass(frozen=True, slots=True)
class NativeCanvas:
    """The editor takes any size: the crop is handed over unscaled."""


@dataclass(frozen=True, slots=True)
class FixedCanvas:
    """The editor works at about `area` pixels with both sides a multiple of `multiple`."""

    area: int
    multiple: int


@dataclass(frozen=True, slots=True)
class Traits:
    """What an editor can do; the orchestrator frames each request by it."""

    canvas: NativeCanvas | FixedCanvas = NativeCanvas()
    modes: tuple[Mode, ...] = ("crop", "mask")
    operations: tuple[Operation, ...] = ()
    """Operations it understands by their fields; empty if it follows free instructions."""
    references: int = 0
    """How many reference pictures it takes; built-in editors take any number: use a large one."""
    parallel: int = 1
    """How many calls may run at the same time."""
    deterministic: bool = True
    exact: bool = True
    """True if it keeps unmasked pixels itself, so that registration and colour matching are skipped."""
    rungs: tuple[str, ...] = ("first",)
    """Its own strategies in the order in which the ladder tries them."""
    together: int = 1
    """How many marked boxes, each in a colour of its own, one call may hold."""
    sends_to: str = ""
    """The host, with its port if need be, to which pictures and text go; empty where they stay in this process."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A coloured frame drawn on the shown copy; `box` in canvas pixels."""

    box: Box
    colour: tuple[int, int, int]
    name: str
    """The colour's English name, for the instruction."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A picture given beside the canvas: a good copy of the same character, or the wanted glyph rendered.

    `ink` (height, width) float32 0..1 is its ink coverage where that is known.
    """

    kind: Literal["exemplar", "glyph"]
    text: str
    pixels: RGB
    ink: NDArray[np.float32] | None = None
    box: Box | None = None
    """Where on the page an exemplar stands."""


@dataclass(frozen=True, slots=True, eq=False)
class EditRequest:
    """One call of an editor. All boxes and masks are in canvas pixels; `scale` is canvas pixels per picture pixel.

    `operation` is `other` and `source` and `target` are None where one call makes several steps' changes, each inside
    its own mark; `box` and `mask` then hold all of them. `instruction` tells the references apart by their
    looks, so that they may be sent before the canvas or after it.

    `canvas` is clean, `shown` is the copy with marks drawn (the same array where there are none), `mask` bool
    (height, width) tells which pixels may change, `box` is the step's box. `keep` (bool) are pixels inside the mask's
    surroundings that belong to neighbours' ink. `rung` is the strategy wanted, one of the editor's `traits.rungs`.
    """

    canvas: RGB
    shown: RGB
    mask: NDArray[np.bool_]
    box: Box
    operation: Operation
    instruction: str
    source: str | None = None
    target: str | None = None
    rung: str = "first"
    options: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    references: tuple[Reference, ...] = ()
    style: Style | None = None
    scale: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call took; it counts once where several attempts share a call."""

    calls: int = 1
    seconds: float = 0.0
    money: float = 0.0
    currency: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class EditResult:
    """`pixels` sRGB 8 bit; `effective` and `dropped` parameters are recorded; `notes` name every fallback taken."""

    pixels: RGB
    effective: Mapping[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    cost: Cost = Cost()
    notes: tuple[str, ...] = ()
