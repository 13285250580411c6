"""Making the pipeline's own resize do nothing.

Some pipelines resize every picture to an area that is a constant of their module, and put out that size whatever
height and width they are given. The canvas is chosen so that this leaves it as it is; where it does not (another area
was asked for, or the pipeline rounds in another way), the rule itself is replaced for the duration of the call.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from retouch.editors.diffusion.profile import MEGAPIXEL
from retouch.geometry import Size

_RULE = "calculate_dimensions"
"""The function of diffusers' modules that gives width and height for an area and an aspect."""
_replacing = threading.RLock()
"""The rule belongs to the module, so calls of pipelines that have one go one after the other."""


@contextmanager
def canvas_of(pipe: Any, size: Size) -> Iterator[bool]:
    """Within it the pipeline resizes a picture of `size` to `size`; tells whether its rule had to be replaced."""
    module = sys.modules[type(pipe).__module__]
    if not hasattr(module, _RULE):
        yield False
        return
    with _replacing:
        rule = getattr(module, _RULE)
        if tuple(rule(MEGAPIXEL, size.width / size.height)[:2]) == (size.width, size.height):
            yield False
            return
        setattr(module, _RULE, _rule_for(size, rule))
        try:
            yield True
        finally:
            setattr(module, _RULE, rule)


def _rule_for(size: Size, rule: Callable[[float, float], Any]) -> Callable[[float, float], Any]:
    """The rule with `size.area` in place of larger areas, and exactly `size` for pictures of its aspect."""

    def sized(area: float, ratio: float) -> Any:
        wanted = rule(min(area, size.area), ratio)
        if area >= min(size.area, MEGAPIXEL) and ratio == size.width / size.height:
            return (size.width, size.height, *wanted[2:])
        return wanted

    return sized
