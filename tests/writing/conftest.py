"""Faces and a painted page that several tests look at; painted once."""

from __future__ import annotations

from pathlib import Path

import pytest

from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import PaintedPage, Recipe
from retouch.style import Face
from retouch.writing.fonts import installed

TEXT = "永和九年歲在癸丑暮春之初會于會稽山陰之蘭亭脩禊事也羣賢畢至少長咸集此地有崇山峻領茂林"


def face_named(name: str) -> Face:
    """The first face of that font file; skips where it is not installed."""
    found = [face for face in installed() if Path(face.path).name == name]
    if not found:
        pytest.skip(f"font {name} is not installed")
    return found[0]


@pytest.fixture(scope="session")
def kai() -> Face:
    return face_named("ukai.ttc")


@pytest.fixture(scope="session")
def brush() -> Face:
    return face_named("kouzan-mouhitsu.ttf")


@pytest.fixture(scope="session")
def page(kai: Face) -> PaintedPage:
    """A page without faults, three columns of fourteen characters."""
    return paint(Recipe(text=TEXT, face=kai, seed=21, size=64, per_line=14))
