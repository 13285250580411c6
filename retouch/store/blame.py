"""Blame: which version last touched each pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box


@dataclass(frozen=True, slots=True)
class BlamedRegion:
    """A box of pixels that `version` (made by `step`, if by one) touched last."""

    box: Box
    version: str
    step: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Blame:
    """`map` int32 (box.height, box.width) holds for each pixel the position in `versions` of the one that touched it
    last; `regions` are its connected pieces, those of the oldest version left out where others exist."""

    box: Box
    versions: tuple[str, ...]
    map: NDArray[np.int32]
    regions: tuple[BlamedRegion, ...]
