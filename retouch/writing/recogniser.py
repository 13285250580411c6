"""What a glyph or a line reads: the recogniser's network run directly, because only so are its probabilities seen."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.writing.parallel import in_parallel

MODEL = "PP-OCRv6_rec_small.onnx"

GLYPH_WIDTH = 48
"""Width in pixels to which one glyph is stretched: .974 of 576 glyphs in 8 hands read right, .965 at 64 px."""

SQUEEZE = 0.75
"""Factor on the length of a column, for speed: of 576 painted characters as many are read right at .55 as at 1, on a
brush page of 61 one or two fewer below .7."""

BATCH = 16
"""Glyphs in one inference: no gain in time above 4, and 16 keep the answer at 10 MB."""

TOP = 5
_LIKELY = 1e-4
_EVERY = 16  # of the symbols one in so many stands in an answer: 1,150 of 18,400

_HEIGHT = 48
_STEP = 8
_LONGEST = 3200

Probabilities = NDArray[np.float32]
"""float32 (steps, symbols): at each time step the probability of every symbol; symbol 0 is the blank."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one glyph reads. `wanted` is the probability of the wanted character (0 where none was asked for or the
    recogniser does not know it), `best` the likeliest character with its `probability`, `top` the five likeliest."""

    wanted: float
    best: str
    probability: float
    top: tuple[tuple[str, float], ...]

    def chance(self, char: str) -> float:
        """The probability of `char` if it is among the top ones, else 0."""
        return next((chance for known, chance in self.top if known == char), 0.0)


@dataclass(frozen=True, slots=True)
class ReadCharacter:
    """A character in a line: its probability and its centre, 0 (begin of the line) to 1 (end)."""

    char: str
    probability: float
    position: float


class Recogniser:
    """Reads glyphs and lines; threads may share it. Make one with `shared()`: the network is loaded on first use."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    @classmethod
    def shared(cls) -> Recogniser:
        """The recogniser of this process."""
        return _shared()

    def knows(self, char: str) -> bool:
        """True if the recogniser can answer `char` at all."""
        return char in self._index

    def characters(self, crops: Sequence[RGB], wanted: Sequence[str | None]) -> tuple[Reading, ...]:
        """One glyph a crop (any size, some paper round it helps), each stretched to 48 × 48; batched."""
        starts = range(0, len(crops), BATCH)
        batches = [(crops[start : start + BATCH], wanted[start : start + BATCH]) for start in starts]
        return tuple(reading for batch in in_parallel(lambda job: self._batch(*job), batches) for reading in batch)

    def _batch(self, crops: Sequence[RGB], wanted: Sequence[str | None]) -> list[Reading]:
        best = self._run(_normal(np.stack([_sized(crop, GLYPH_WIDTH) for crop in crops])))[:, :, 1:].max(axis=1)
        return [self._reading(row, char) for row, char in zip(best, wanted, strict=True)]

    def answers(self, crops: Sequence[RGB]) -> NDArray[np.float32]:
        """How the network answers one glyph a crop, float32 (crops, features): logarithms of the probabilities of every
        16th symbol at the step that sees most, made vectors of mean 0 and length 1, so that a product tells likeness.

        As many told faults from right glyphs as well as all symbols did (area under the curve .963 and .967).
        """
        chances = self._run(_normal(np.stack([_sized(crop, GLYPH_WIDTH) for crop in crops])))
        seen = chances[np.arange(len(chances)), chances[:, :, 0].argmin(axis=1), 1::_EVERY]
        logs = np.log(np.maximum(seen, np.float32(1e-30)))
        logs -= logs.mean(axis=1, keepdims=True)
        return np.asarray(logs / np.linalg.norm(logs, axis=1, keepdims=True), np.float32)

    def line(self, strip: RGB, upright: bool = False) -> tuple[ReadCharacter, ...]:
        """The characters of a straight line; an `upright` strip is a column, read from its top to its bottom."""
        if min(strip.shape[:2]) < 2:
            return ()
        lying = np.rot90(strip) if upright else strip
        out: list[ReadCharacter] = []
        length = lying.shape[1]
        for begin, end in _pieces(lying):
            for read in self._decoded(self.probabilities(lying[:, begin:end], SQUEEZE if upright else 1.0)):
                position = (begin + read.position * (end - begin)) / length
                out.append(ReadCharacter(read.char, read.probability, position))
        return tuple(out)

    def probabilities(self, strip: RGB, squeeze: float = 1.0) -> Probabilities:
        """The network's answer for one lying strip of at most 66 times its height, its length times `squeeze`."""
        height, width = strip.shape[:2]
        answer: Probabilities = self._run(_normal(_sized(strip, squeeze * width * _HEIGHT / height)[None]))[0]
        return answer

    def index(self, char: str) -> int | None:
        """The symbol of `char` in `Probabilities`, None if unknown."""
        return self._index.get(char)

    def _decoded(self, chances: Probabilities) -> Iterator[ReadCharacter]:
        best = chances.argmax(axis=1)
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        ends = np.append(starts[1:], len(best))
        for begin, end in zip(starts, ends, strict=True):
            symbol = int(best[begin])
            if symbol and self._symbols[symbol].strip():
                chance = float(chances[begin:end, symbol].max())
                yield ReadCharacter(self._symbols[symbol], chance, float(begin + end) / (2 * len(best)))

    def _reading(self, chances: NDArray[np.float32], wanted: str | None) -> Reading:
        # Most symbols have next to no probability; only where fewer than five have any are all of them ranked.
        likely = np.flatnonzero(chances > _LIKELY)
        likely = likely if len(likely) >= TOP else np.argpartition(chances, -TOP)[-TOP:]
        top = likely[np.argsort(-chances[likely])][:TOP]
        ranked = tuple((self._symbols[int(i) + 1], float(chances[i])) for i in top)
        symbol = self._index.get(wanted) if wanted else None
        share = float(chances[symbol - 1]) if symbol else 0.0
        return Reading(share, *ranked[0], ranked)

    def _run(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        answer: NDArray[np.float32] = self._session.run(None, {"x": images})[0]
        return answer

    @property
    def _session(self) -> Any:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Callers run two inferences side by side, which gains more than two threads in one.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # The arena would keep the memory of the longest line ever read.
        options.enable_cpu_mem_arena = False
        path = files("rapidocr").joinpath("models", MODEL)
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _symbols(self) -> tuple[str, ...]:
        listed = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        return ("", *listed, " ")

    @cached_property
    def _index(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self._symbols) if symbol}


@cache
def _shared() -> Recogniser:
    return Recogniser()


def _sized(image: RGB, width: float) -> RGB:
    """The image at 48 pixels height and `width`, rounded up to a multiple of 8."""
    columns = max(2, -(-round(width) // _STEP)) * _STEP
    how = cv2.INTER_AREA if image.shape[0] > _HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(image), (columns, _HEIGHT), interpolation=how), np.uint8)


def _normal(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """float32 (images, 3, 48, width), BGR, -1 to 1: the network's input."""
    planes = images[:, :, :, ::-1].transpose(0, 3, 1, 2)
    return np.ascontiguousarray(planes, np.float32) / np.float32(127.5) - np.float32(1)


def _pieces(strip: RGB) -> list[tuple[int, int]]:
    """Begin and end of the pieces in which a lying strip is read; cut at the calmest column near each equal share."""
    height, width = strip.shape[:2]
    count = -(-width * _HEIGHT // (height * _LONGEST))
    if count == 1:
        return [(0, width)]
    unrest = strip.astype(np.float32).std(axis=(0, 2))
    cuts = [0]
    for share in range(1, count):
        middle = share * width // count
        low = max(cuts[-1] + 1, middle - height)
        cuts.append(low + int(unrest[low : middle + height].argmin()))
    return list(zip(cuts, [*cuts[1:], width], strict=True))
