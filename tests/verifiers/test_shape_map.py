"""The map of differing strokes as it is kept."""

import json

import numpy as np

from retouch.verifiers.shape_map import SIDE, shape_map


def test_a_map_is_small_and_keeps_the_place() -> None:
    residual = np.zeros((96, 48), np.float32)
    residual[48:, :24] = 1
    kept = json.loads(json.dumps(shape_map(residual)))
    assert (kept["width"], kept["height"], len(kept["rows"])) == (SIDE // 2, SIDE, SIDE)
    assert kept["rows"][0] == "00" * 12
    assert kept["rows"][-1] == "ff" * 6 + "00" * 6


def test_a_small_glyph_is_not_enlarged() -> None:
    kept = shape_map(np.full((3, 5), 0.5, np.float32))
    assert kept == {"width": 5, "height": 3, "rows": ["80" * 5] * 3}


def test_what_is_out_of_range_is_held() -> None:
    assert shape_map(np.array([[-1, 2]], np.float32))["rows"] == ["00ff"]
