"""A small page written in an installed font, and requests about its characters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.edit import RGB, EditRequest
from retouch.geometry import Box
from retouch.style import Direction, Face, Style
from retouch.writing import fonts
from retouch.writing.metrics import full_bodied, measure, spread

PITCH, EM = 110, 90
TEXT = "永和九年春初會事也"


class Idle:
    """A watch that nobody looks at."""

    def progress(self, fraction: float) -> None: ...

    def raise_if_cancelled(self) -> None: ...


@dataclass(frozen=True)
class Page:
    """Three columns of three characters, read downwards from the left; `ink` is their coverage."""

    rgb: RGB
    ink: NDArray[np.float32]
    style: Style
    face: Face

    def box(self, position: int) -> Box:
        column, row = divmod(position, 3)
        return Box(column * PITCH + 10, row * PITCH + 10, EM, EM)

    def request(self, position: int, target: str | None, **more: Any) -> EditRequest:
        """The request to replace one character, its mask the box and five pixels more."""
        box = self.box(position)
        mask = np.zeros(self.rgb.shape[:2], np.bool_)
        mask[box.grown(5).slices] = True
        values: dict[str, Any] = {
            "canvas": self.rgb,
            "shown": self.rgb,
            "mask": mask,
            "box": box,
            "operation": "replace",
            "instruction": "",
            "target": target,
            "rung": "font",
            "style": self.style,
        }
        return EditRequest(**(values | more))


def kai() -> Face:
    faces = [face for face in fonts.installed() if "ukai" in face.path]
    if not faces:
        pytest.skip("AR PL UKai is not installed (Debian: fonts-arphic-ukai)")
    return faces[0]


def written(text: str, face: Face, softness: float = 0.9) -> NDArray[np.float32]:
    """Coverage of the page: each character in its cell, with soft edges."""
    ink = np.zeros((3 * PITCH, 3 * PITCH), np.float32)
    for position, char in enumerate(text):
        if char.isspace():
            continue
        column, row = divmod(position, 3)
        glyph = fonts.render(face, char, EM)
        rim = (glyph.shape[0] - EM) // 2
        y, x = row * PITCH + 10 - rim, column * PITCH + 10 - rim
        ink[y : y + glyph.shape[0], x : x + glyph.shape[1]] += glyph
    return np.asarray(cv2.GaussianBlur(np.clip(ink, 0, 1), (0, 0), softness), np.float32)


def coloured(
    ink: NDArray[np.float32], colour: tuple[int, int, int], paper: tuple[int, int, int], noise: float = 2.0
) -> RGB:
    """`ink` of that colour on paper with Gaussian grain."""
    grain = np.random.default_rng(5).normal(0, noise, (*ink.shape, 1))
    sheet = np.array(paper, np.float32) + grain
    mixed = sheet * (1 - ink[..., None]) + np.array(colour, np.float32) * ink[..., None]
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def style_of(ink: NDArray[np.float32], face: Face, colour: tuple[int, int, int], paper: tuple[int, int, int]) -> Style:
    cells = [ink[r * PITCH : (r + 1) * PITCH, c * PITCH : (c + 1) * PITCH] for c in range(3) for r in range(3)]
    found = [measure(cell) for cell in cells if cell.max() > 0.5]
    return Style(
        direction=Direction.VERTICAL_LR,
        faces=(face,),
        ink=colour,
        paper=paper,
        stroke=spread(m.stroke for m in found),
        softness=spread(m.softness for m in found),
        darkness=spread(m.darkness for m in found),
        width=spread(full_bodied([m.width for m in found])),
        height=spread(full_bodied([m.height for m in found])),
    )


@pytest.fixture(scope="session")
def make_page() -> Callable[..., Page]:
    """Writes a page: `make_page(text, colour=…, paper=…)`; a space leaves a cell empty."""

    def make(
        text: str = TEXT,
        colour: tuple[int, int, int] = (20, 14, 10),
        paper: tuple[int, int, int] = (216, 190, 140),
        noise: float = 2.0,
    ) -> Page:
        face = kai()
        ink = written(text, face)
        return Page(coloured(ink, colour, paper, noise), ink, style_of(ink, face, colour, paper), face)

    return make


@pytest.fixture(scope="session")
def page(make_page: Callable[..., Page]) -> Page:
    return make_page()


@pytest.fixture
def watch() -> Idle:
    return Idle()
