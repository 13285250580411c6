"""Progress, and stopping within a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.editors.diffusion.running import StepBar
from retouch.errors import CancelledError
from tests.models.conftest import Watched


def test_loading_and_steps_are_told_one_after_the_other(
    qwen: Path, editor: Any, request_of: Any, watch: Watched
) -> None:
    # An attention of its own, so that no other test has loaded this one.
    editor(qwen, attention="native", steps=4, dtype="fp32").edit(request_of(), watch)
    loading = [number / 12 for number in range(6)]
    assert watch.told == pytest.approx([*loading, 0.625, 0.75, 0.875, 1.0])


def test_it_stops_while_loading(qwen: Path, editor: Any, request_of: Any) -> None:
    made = editor(qwen, dtype="bf16", attention="_native_math")
    stopping = Watched(after=2)
    with pytest.raises(CancelledError):
        made.edit(request_of(), stopping)
    assert stopping.told == pytest.approx([0, 1 / 12])


def test_it_stops_within_a_step_and_works_as_before_afterwards(
    qwen: Path, editor: Any, request_of: Any, watch: Watched
) -> None:
    made = editor(qwen, cache=0.2, steps=4)
    whole = made.edit(request_of(), watch)
    counting = Watched()
    made.edit(request_of(), counting)
    assert counting.asked > 4 * 4, "asked before every block of every pass, not only once a step"
    for after in (counting.asked // 2, counting.asked // 2 + 1, counting.asked - 1):
        stopping = Watched(after)
        with pytest.raises(CancelledError):
            made.edit(request_of(), stopping)
        assert len(stopping.told) < 4
    assert np.array_equal(made.edit(request_of(), watch).pixels, whole.pixels)


def test_it_stops_before_it_begins(qwen: Path, editor: Any, request_of: Any, watch: Watched) -> None:
    made = editor(qwen)
    made.edit(request_of(), watch)
    stopping = Watched(after=0)
    with pytest.raises(CancelledError):
        made.edit(request_of(), stopping)
    assert stopping.told == []


def test_a_bar_is_moved_by_hand_or_goes_over_things(watch: Watched) -> None:
    bar = StepBar(watch, 9)
    with bar(total=2) as moved:
        moved.update()
        moved.update()
    assert watch.told == [0.5, 1.0]
    assert list(StepBar(watch, 9)("abcd")) == list("abcd")
    assert watch.told[2:] == [0.25, 0.5, 0.75, 1.0]
