"""Colours as people name them, in English and Chinese, as CSS names."""

from __future__ import annotations

import re

from PIL import ImageColor

_CHINESE = {
    "红": "red",
    "紅": "red",
    "朱红": "red",
    "大红": "red",
    "深红": "darkred",
    "暗红": "darkred",
    "橙": "orange",
    "橘": "orange",
    "橘黄": "orange",
    "黄": "yellow",
    "黃": "yellow",
    "金": "gold",
    "绿": "green",
    "綠": "green",
    "深绿": "darkgreen",
    "青": "cyan",
    "蓝": "blue",
    "藍": "blue",
    "深蓝": "darkblue",
    "天蓝": "skyblue",
    "紫": "purple",
    "粉": "pink",
    "粉红": "pink",
    "棕": "brown",
    "褐": "brown",
    "黑": "black",
    "白": "white",
    "灰": "gray",
    "银": "silver",
}
# Names of drawn frames are coarser than those of colours.
_FRAME = {"pink": "magenta", "darkred": "red", "darkblue": "blue", "skyblue": "blue", "darkgreen": "green"}

_HEX = r"#[0-9a-fA-F]{6}(?![0-9a-fA-F])|#[0-9a-fA-F]{3}(?![0-9a-fA-F])"
_ENGLISH = "|".join(sorted((name for name in ImageColor.colormap), key=len, reverse=True))
_NAMES = "|".join(sorted(_CHINESE, key=len, reverse=True))
COLOUR = rf"(?:{_HEX}|(?:(?:dark|light|deep|bright)\s*)?(?:{_ENGLISH})(?![a-z])|(?:{_NAMES})色?)"
"""Matches one colour, in lower case."""


def css_colour(words: str) -> str | None:
    """The CSS name or `#rrggbb` of a colour named in English or Chinese; None for anything else."""
    name = re.sub(r"\s+", "", words.strip().lower())
    if name in _CHINESE or name.removesuffix("色") in _CHINESE:
        return _CHINESE.get(name) or _CHINESE[name.removesuffix("色")]
    name = re.sub(r"^(deep|bright)", "", name)
    if re.fullmatch(_HEX, name):
        return name if len(name) == 7 else "#" + "".join(digit * 2 for digit in name[1:])
    return name if name in ImageColor.colormap else None


def frame_colour(words: str) -> str | None:
    """The name that `find_frames` gives to a frame of that colour."""
    name = css_colour(words)
    return _FRAME.get(name, name) if name else None
