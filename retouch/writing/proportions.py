"""Where characters are cut into their components: measured shares of the width and of the height.

Measured on the 4,500 most frequent characters of modern Chinese and their traditional forms, drawn in AR PL UKai,
TW-Kai and Noto Sans CJK: the profiles of ink across all characters that share a component are averaged, which levels
what differs between them; the lasting dip is the cut. Only where it is clear; components near the median are left out.
"""

from __future__ import annotations

from functools import cache

# Percent of the width (⿰) or height (⿱) at which the cut lies → the components that stand before it.
_LEFT = {
    27: "冫氵",
    30: "十忄芻",
    33: "其口文日",
    36: "亻土工开弓彳扌木火王白目立米纟讠阝",
    45: "刍区章耳舌豸酉釆马骨鱼",
    48: "享令合堇束牙皮缶舟角赤車音飠馬魚齿𠦝",
    51: "區咢果臣黑齒",
    54: "亶余雚",
    57: "身",
}
_ABOVE = {
    24: "丿",
    27: "艹",
    30: "罒",
    36: "士",
    51: "羽",
    60: "辟",
}
# The same → the components that stand behind it.
_RIGHT = {
    51: "丩十即月虫足",
    54: "卜口",
    57: "八力山",
    60: "付几广止",
    63: "彡",
    66: "刂川户斤",
    75: "卩阝",
}
_BELOW = {
    57: "鳥鸟",
    63: "山",
    69: "言",
    75: "灬",
}

# The general median of each layout.
_MEDIAN = {"⿰": 0.41, "⿱": 0.41}


def cuts(operator: str, pieces: tuple[str, ...]) -> tuple[float, ...]:
    """Where a row (⿰, ⿲) or a stack (⿱, ⿳) of components is cut: ascending shares of the whole."""
    layout = "⿰" if operator in "⿰⿲" else "⿱"
    if len(pieces) == 3:
        return 1 / 3, 2 / 3
    known = [table[piece] for table, piece in zip(_tables()[layout], pieces, strict=True) if piece in table]
    return (sum(known) / len(known) if known else _MEDIAN[layout],)


@cache
def _tables() -> dict[str, tuple[dict[str, float], dict[str, float]]]:
    def spread(groups: dict[int, str]) -> dict[str, float]:
        return {char: percent / 100 for percent, chars in groups.items() for char in chars}

    return {"⿰": (spread(_LEFT), spread(_RIGHT)), "⿱": (spread(_ABOVE), spread(_BELOW))}
