"""The way to a version as an animated WebP."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.interfaces.animation import chain, write_animation
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Three versions: a red square wanders over noise."""
    first = np.random.default_rng(1).integers(60, 200, (60, 90, 3), dtype=np.uint8)
    project = Project.open(tmp_path / "page.retouch", create=True)
    document = project.import_picture(Picture(first), "page")
    for left in (10, 40):
        pixels = first.copy()
        pixels[20:40, left : left + 20] = (255, 0, 0)
        document.commit(Picture(pixels), f"at {left}")
    return document


def frames(file: Path) -> list[np.ndarray]:
    with Image.open(file) as image:
        found = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            found.append(np.asarray(image.convert("RGB")))
        return found


def test_lossless_frames_are_the_versions_bit_for_bit(document: Document, tmp_path: Path) -> None:
    versions, out = chain(document.head()), tmp_path / "way.webp"
    size = write_animation(versions, out, quality=None)
    assert size == out.stat().st_size
    shown = frames(out)
    assert len(shown) == 3
    assert all(np.array_equal(frame, v.picture.pixels) for frame, v in zip(shown, versions, strict=True))


def test_the_last_frame_stays_longer(document: Document, tmp_path: Path) -> None:
    out = tmp_path / "way.webp"
    write_animation(chain(document.head()), out, seconds=0.2)
    with Image.open(out) as image:
        durations = []
        for number in range(3):
            image.seek(number)
            image.load()
            durations.append(image.info["duration"])
    assert durations == [200, 200, 600]


def test_a_large_page_is_scaled_and_a_small_one_is_not(document: Document, tmp_path: Path) -> None:
    out = tmp_path / "way.webp"
    write_animation(chain(document.head()), out, longest=30)
    assert frames(out)[0].shape == (20, 30, 3)
    write_animation(chain(document.head()), out, longest=1000)
    assert frames(out)[0].shape == (60, 90, 3)


def test_a_part_can_be_shown(document: Document, tmp_path: Path) -> None:
    out, box = tmp_path / "way.webp", Box(30, 10, 40, 40)
    write_animation(chain(document.head()), out, box=box, quality=None)
    assert np.array_equal(frames(out)[-1], document.head().picture.crop(box).pixels)


def test_versions_of_another_size_are_fitted_in(document: Document, tmp_path: Path) -> None:
    document.commit(Picture(np.zeros((30, 30, 1), np.uint16)), "grey, 16 bit, square")
    out = tmp_path / "way.webp"
    write_animation(chain(document.head()), out, quality=None)
    shown = frames(out)
    assert {frame.shape for frame in shown} == {(30, 30, 3)} and (shown[-1] == 0).all()


def test_transparent_places_are_white(document: Document, tmp_path: Path) -> None:
    clear = np.zeros((60, 90, 4), np.uint8)
    document.commit(Picture(clear), "nothing to be seen")
    out = tmp_path / "way.webp"
    write_animation(chain(document.head()), out, quality=None)
    assert (frames(out)[-1] == 255).all()


def test_one_version_is_a_still_and_quality_makes_files_smaller(document: Document, tmp_path: Path) -> None:
    out = tmp_path / "way.webp"
    write_animation(chain(document.head())[:1], out, quality=None)
    assert len(frames(out)) == 1
    lossless = write_animation(chain(document.head()), out, quality=None)
    assert write_animation(chain(document.head()), out, quality=60) < lossless


@pytest.mark.parametrize("name", ["way.png", "way", "none/way.webp"])
def test_what_cannot_be_written_is_refused(document: Document, tmp_path: Path, name: str) -> None:
    with pytest.raises(PictureError):
        write_animation(chain(document.head()), tmp_path / name)
    assert not (tmp_path / name).exists()
