"""Fonts: which faces on this machine can write Chinese, and single characters drawn with them as ink."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from platformdirs import user_cache_path

from retouch.errors import PictureError
from retouch.style import Face

_ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}
_PROBES = "一人永文"  # a face that draws three of these four writes Chinese
_LETTERS = "ARmg"  # a face that draws three of these four writes Latin letters
_NOT_A_CHARACTER = "\U0010fffe"  # drawn as the font's own sign for "no such glyph"
_BASELINE = 0.88  # of the em square, from its top: the ideographic baseline of the OpenType specification
_PROBE_SIZE = 24
_LEAST_INK = 0.004  # of the em square; 一 in the lightest of 53 faces has .03, a blank glyph 0

# Regions, weights and widths that name a member of a family, not a design of its own.
_MEMBER = re.compile(r"\s(CN|HK|JP|KR|SC|TC|TW|MBE|MO|Mono|Thin|Light|Regular|Medium|SemiBold|Bold|Black|Big5)(?=\s|$)")
# One design under two names: their outlines differ by less than .02 in the elastic distance (see `templates`).
_TWINS = {"AR PL KaitiM": "AR PL UKai", "cwTeXKai": "AR PL UKai"}

_lock = threading.Lock()  # FreeType faces may not be used by two threads at a time


def installed(folders: Sequence[Path] = ()) -> tuple[Face, ...]:
    """Every face in the system's font folders and in `folders` that draws Han characters, sorted by path.

    `family` groups the faces of one design. Files are looked into once; what was found is kept in the user's cache
    folder under their names, sizes and times.
    """
    return _installed(tuple(Path(folder) for folder in folders), _PROBES)


def lettering(folders: Sequence[Path] = ()) -> tuple[Face, ...]:
    """Every face that draws Latin letters: those of `installed`, then the ones without Han characters."""
    chinese = installed(folders)
    known = {(face.path, face.index) for face in chinese}
    latin = _installed(tuple(Path(folder) for folder in folders), _LETTERS)
    return chinese + tuple(face for face in latin if (face.path, face.index) not in known)


@lru_cache(maxsize=8)
def _installed(folders: tuple[Path, ...], probes: str) -> tuple[Face, ...]:
    files = sorted({file for folder in (*_system_folders(), *folders) for file in _font_files(folder)})
    known, seen = _load_index(probes), dict[str, list[list[Any]]]()
    for file in files:
        status = file.stat()
        key = f"{file}|{status.st_size}|{status.st_mtime_ns}"
        seen[key] = known[key] if key in known else _faces(file, probes)
    if seen.keys() - known.keys():
        _save_index({**known, **seen}, probes)
    return tuple(
        Face(key.split("|")[0], index, family, style) for key, faces in seen.items() for index, family, style in faces
    )


def family_of(name: str) -> str:
    """The design's name: a face's family name without region, weight and width."""
    plain = " ".join(_MEMBER.sub(" ", name).split()) or name
    return _TWINS.get(plain, plain)


@lru_cache(maxsize=65536)
def covers(face: Face, char: str) -> bool:
    """True if the face draws `char` with real ink: a glyph that is blank, or the sign for a missing one, is none."""
    if len(char) != 1:
        return False
    drawn, missing = _draw(face, char, _PROBE_SIZE), _draw(face, _NOT_A_CHARACTER, _PROBE_SIZE)
    if float(drawn.sum()) < _LEAST_INK * _PROBE_SIZE**2:
        return False
    return not (drawn.shape == missing.shape and bool(np.array_equal(drawn, missing)))


def render(face: Face, char: str, size: int) -> NDArray[np.float32]:
    """`char` as ink, float32 0..1, in a square with the em square of `size` pixels at its centre.

    The canvas is larger than `size` by the same margin on all sides where the glyph reaches out of its em square, so
    nothing is clipped. Raises PictureError where the face does not draw the character.
    """
    if not covers(face, char):
        raise PictureError(f"font {face.family} ({face.path}) has no glyph for {char!r}; choose a face that covers it")
    return _draw(face, char, size)


def _draw(face: Face, char: str, size: int) -> NDArray[np.float32]:
    with _lock:
        font = _opened(face, size)
        left, top, right, bottom = (int(v) for v in font.getbbox(char, anchor="ls"))
        baseline, offset = round(_BASELINE * size), round((size - font.getlength(char)) / 2)
        edges = (left + offset, top + baseline, size - right - offset, size - bottom - baseline)
        margin = max(0, -min(edges)) + 1
        canvas = Image.new("L", (size + 2 * margin,) * 2, 0)
        ImageDraw.Draw(canvas).text((margin + offset, margin + baseline), char, fill=255, font=font, anchor="ls")
    return np.asarray(canvas, dtype=np.float32) / np.float32(255)


@lru_cache(maxsize=128)
def _opened(face: Face, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(face.path, size, index=face.index, layout_engine=ImageFont.Layout.BASIC)
    if face.variation:
        font.set_variation_by_axes([{**dict(_axes(face)), **dict(face.variation)}[tag] for tag, _ in _axes(face)])
    return font


@cache
def _axes(face: Face) -> tuple[tuple[str, float], ...]:
    """Tag and default of each axis of a variable font, in the font's own order."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as file:
        return tuple((axis.axisTag, float(axis.defaultValue)) for axis in file["fvar"].axes)


def _faces(file: Path, probes: str) -> list[list[Any]]:
    """`[index, family, style]` of each face in a file that draws the probes; none for a file that cannot be read."""
    faces: list[list[Any]] = []
    for index in range(64):
        try:
            family, style = ImageFont.truetype(str(file), _PROBE_SIZE, index=index).getname()
            name = family or file.stem
            face = Face(str(file), index, family_of(name) if probes == _PROBES else name, style or "")
            if sum(covers(face, probe) for probe in probes) >= 3:
                faces.append([index, face.family, face.style])
        except (OSError, ValueError):
            break  # past the last face of a collection, or no font that FreeType can read
        if file.suffix.lower() not in (".ttc", ".otc"):
            break
    return faces


def _font_files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names if Path(name).suffix.lower() in _ENDINGS)


def _system_folders() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
        return windows, home / "AppData/Local/Microsoft/Windows/Fonts"
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data / "fonts", home / ".fonts"


def _index_file(probes: str) -> Path:
    rules = json.dumps([probes, _MEMBER.pattern, _TWINS, _LEAST_INK], sort_keys=True)
    return user_cache_path("retouch") / f"faces-{hashlib.sha256(rules.encode()).hexdigest()[:12]}.json"


def _load_index(probes: str) -> dict[str, list[list[Any]]]:
    try:
        index = json.loads(_index_file(probes).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # no cache yet, or a damaged one: look into the files again
    return index if isinstance(index, dict) else {}


def _save_index(index: dict[str, list[list[Any]]], probes: str) -> None:
    file = _index_file(probes)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(index), encoding="utf-8")
        draft.replace(file)
    except OSError:
        return  # a read-only home only costs the time of looking again
