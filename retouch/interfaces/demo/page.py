"""The demonstration's page: the opening of the Lantingji Xu with ten faults of the kinds that image models make."""

from __future__ import annotations

from pathlib import Path

from retouch.errors import UnavailableError
from retouch.interfaces.demo.brush import Brush
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.style import Face
from retouch.writing.fonts import covers, installed

TEXT = "\n".join(
    (
        "永和九年歲在癸丑暮春之初",
        "會于會稽山陰之蘭亭脩禊事",
        "也羣賢畢至少長咸集此地有",
        "崇山峻領茂林脩竹又有清流",
        "激湍暎帶左右引以為流觴曲",
        "水列坐其次雖無絲竹管弦之",
        "盛一觴一詠亦足以暢敘幽情",
    )
)
"""The opening as the Shenlong copy writes it (its 稧 in the usual form 禊), 84 characters in columns of 12."""

FAULTS = (
    ("歲", 0, "missing-stroke"),
    ("春", 0, "melted"),
    ("稽", 0, "wrong-component:旨>日"),
    ("亭", 0, "similar:享"),
    ("賢", 0, "erased"),
    ("集", 0, "blurred"),
    ("領", 0, "foreign-component"),
    ("清", 0, "missing-stroke"),
    ("觴", 0, "foreign-component"),
    ("絲", 0, "doubled"),
)
"""Character, which of its occurrences, and the fault there."""

_FILES = ("ukai.ttc", "TW-Kai-98_1.ttf", "cwkai.ttf", "bkai00mp.ttf", "LXGWWenKai-Bold.ttf", "LXGWWenKai-Regular.ttf")
"""Faces that suit the page, in this order: full Kai first."""


def demo_page(seed: int = 0) -> PaintedPage:
    """The page, in the same words and with the same faults for every seed, no stroke the same.

    Raises UnavailableError where no installed face draws the whole text.
    """
    return paint(demo_recipe(seed))


def demo_recipe(seed: int = 0) -> Recipe:
    """What `demo_page` paints."""
    text = TEXT.replace("\n", "")
    return Recipe(
        text=TEXT,
        face=demo_face(),
        seed=seed,
        size=100,
        free=True,
        leading=1.35,
        sheet="aged",
        brush=Brush(boldness=0.2, warp=0.018),
        ornaments=("rules", "seal"),
        faults={_position(text, char, occurrence): fault for char, occurrence, fault in FAULTS},
    )


def demo_face() -> Face:
    """The first of the faces that suit the page which is installed and draws all of it, else any that does."""
    needed = set(TEXT) - {"\n"}
    able = [face for face in installed() if all(covers(face, char) for char in needed)]
    if not able:
        raise UnavailableError(
            "no installed font draws all 84 characters of the demonstration's text",
            hint="install a Kai font, e.g. `apt install fonts-arphic-ukai`",
        )
    rank = {name: number for number, name in enumerate(_FILES)}
    return min(able, key=lambda face: rank.get(Path(face.path).name, len(rank)))


def _position(text: str, char: str, occurrence: int) -> int:
    return [index for index, other in enumerate(text) if other == char][occurrence]
