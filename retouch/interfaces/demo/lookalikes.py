"""Characters that look like another one: those that share a part of it and those that schoolbooks warn of."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from retouch.interfaces.demo.brush import Ink, outline
from retouch.interfaces.demo.structure import siblings
from retouch.patch import mask_box
from retouch.style import Face
from retouch.writing.fonts import covers
from retouch.writing.variants import relation

_CONFUSED = (
    "人入八", "大太犬天夫", "土士工王主玉", "未末木本禾", "干千于", "日目白自", "田由甲申", "力刀刃九", "又叉文",
    "水永氷冰", "小少", "山出", "中申由", "万方", "己巳巴", "午牛年", "毛手", "夕歹", "古右石", "左在右", "有友布",
    "今令", "之乏", "也他地", "以似", "至致到", "生主牛", "足是", "死列", "事争", "其具基", "雨兩", "丑五", "初切",
    "亭享亨", "林材村", "竹行", "流疏", "曲典", "清情", "和知私", "長辰", "此比北", "亦赤", "斯期", "曰白目", "一二三",
    "一丁十", "不下木", "心必", "無舞", "色邑", "空究", "即卽郎", "受愛", "想相", "行仃", "得待", "波坡", "多夕",
)  # fmt: skip
_FAMILIAR: dict[str, str] = {}
for _group in _CONFUSED:
    for _char in _group:
        _FAMILIAR[_char] = _FAMILIAR.get(_char, "") + _group.replace(_char, "")

_PROBE = 40  # px an em at which likeness is measured
_SIDE = 40


@lru_cache(maxsize=8192)
def lookalikes(char: str, face: Face, most: int = 8) -> tuple[str, ...]:
    """Up to `most` characters that `face` draws much like `char`, the likest first; variants of it are none."""
    found = set(siblings(char)) | set(_FAMILIAR.get(char, ""))
    others = sorted(other for other in found if relation(char, other) == "different")
    return nearest(char, tuple(others), face, most)


@lru_cache(maxsize=8192)
def nearest(char: str, others: tuple[str, ...], face: Face, most: int = 8) -> tuple[str, ...]:
    """The up to `most` of `others` that `face` draws most like `char`, the likest first."""
    mine = _normal(outline(face, char, _PROBE))
    drawn = [other for other in others if other != char and covers(face, other)]
    return tuple(sorted(drawn, key=lambda other: (_unlike(mine, face, other), other))[:most])


def _unlike(mine: Ink, face: Face, other: str) -> float:
    return float(np.abs(mine - _normal(outline(face, other, _PROBE))).mean())


def _normal(ink: Ink) -> Ink:
    """The ink box, stretched to a fixed square and softened, so that a shift by a stroke's width counts little."""
    part = ink[mask_box(ink > 0.3).slices]
    return np.asarray(cv2.GaussianBlur(cv2.resize(part, (_SIDE, _SIDE)), (0, 0), 1.5), dtype=np.float32)
