"""Where lines of text stand on a page: the text detector of RapidOCR, one engine a process."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.writing.scaling import scaled

Quad = NDArray[np.float32]
"""float32 (4, 2): corners of a rectangle that may be tilted, in picture pixels: top left, top right, bottom right,
bottom left."""

THREADS = 1
"""Threads inside one inference: ink and frames are looked for beside it, and a second thread would spin between the
network's layers (.70 s of processor time for .50 s of work)."""

SIDE = 960
"""Longer side in pixels at which a page is looked at: the same columns as at full size in a third of the time."""

LARGEST_SIDE = 1600
"""Longer side for pages of many small characters; a character of 20 px is still found."""

_DENSE_AREA = 6_000_000
_MOST_ENLARGED = 2.5
_MARGIN = 16


class Detector:
    """Finds lines. Make one with `shared()`: the engine is loaded on first use and takes about 100 MB."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._lock = threading.Lock()

    @classmethod
    def shared(cls) -> Detector:
        """The detector of this process."""
        return _shared()

    def lines(self, rgb: RGB) -> tuple[Quad, ...]:
        """Quads of the lines in `rgb`, in the engine's order, which is not the reading order.

        The page is looked at with its longer side at 960 px (1600 px above 6 MP); small ones are enlarged, but no more
        than 2.5 times.
        """
        height, width = rgb.shape[:2]
        side = SIDE if height * width <= _DENSE_AREA else LARGEST_SIDE
        scale = min(side / max(height, width), _MOST_ENLARGED)
        bgr = cv2.cvtColor(scaled(rgb, scale), cv2.COLOR_RGB2BGR)
        # The engine clips boxes to the picture and misses strokes that touch the edge, so it gets a margin.
        bgr = cv2.copyMakeBorder(bgr, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_REPLICATE)
        with self._lock:
            found = self._loaded()(bgr, use_det=True, use_cls=False, use_rec=False).boxes
        if found is None:
            return ()
        limit = np.array([width, height], np.float32)
        quads = (np.asarray(found, np.float32) - _MARGIN) / np.float32(scale)
        return tuple(corners(np.clip(quad, 0, limit)) for quad in quads)

    def _loaded(self) -> Any:
        if self._engine is None:
            from rapidocr import RapidOCR

            self._engine = RapidOCR(
                params={
                    "Global.log_level": "error",
                    "Global.text_score": 0.0,
                    "Global.max_side_len": 4 * LARGEST_SIDE,
                    "Det.limit_type": "max",
                    "Det.limit_side_len": 4 * LARGEST_SIDE,
                    "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
                }
            )
        return self._engine


@cache
def _shared() -> Detector:
    return Detector()


def corners(points: Quad) -> Quad:
    """The four points clockwise from the top left one, so that the first edge runs nearest to the right."""
    around = points - points.mean(axis=0)
    clockwise = points[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
    edges = np.roll(clockwise, -1, axis=0) - clockwise
    rightward = edges[:, 0] / np.maximum(np.linalg.norm(edges, axis=1), 1e-6)
    return np.roll(clockwise, -int(rightward.argmax()), axis=0).astype(np.float32)
