"""What the tests of the store share: a project with one document, and pictures and patches of noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from retouch.attempt import Attempt
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.plan import Goal
from retouch.store import Store
from retouch.version import VersionRecord

MakePicture = Callable[..., Picture]
MakePatch = Callable[..., Patch]
StartAttempt = Callable[..., Attempt]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "page.retouch"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path, create=True) as opened:
        yield opened


@pytest.fixture
def noise() -> MakePicture:
    """Makes a picture of noise: width, height, channels, depth, seed."""

    def make(width: int = 300, height: int = 200, channels: int = 3, depth: int = 8, seed: int = 0) -> Picture:
        random = np.random.default_rng(seed)
        pixels = random.integers(0, 2**depth, (height, width, channels)).astype(f"u{depth // 8}")
        return Picture(pixels, Metadata(format="PNG", dpi=(300.0, 300.0)))

    return make


@pytest.fixture
def patch_of() -> MakePatch:
    """Makes a patch of noise for a picture: the box, a seed, and how much of it the mask covers."""

    def make(picture: Picture, box: Box, seed: int = 1, cover: float = 0.7) -> Patch:
        random = np.random.default_rng(seed)
        shape = (box.height, box.width, picture.pixels.shape[2])
        pixels = random.integers(0, 2**picture.depth, shape).astype(picture.pixels.dtype)
        return Patch(box, pixels, random.random(shape[:2]) < cover)

    return make


@pytest.fixture
def page(noise: MakePicture) -> Picture:
    return noise()


@pytest.fixture
def imported(store: Store, page: Picture) -> VersionRecord:
    return store.import_picture(page, name="page", source="page.png", author="someone")


@pytest.fixture
def document(store: Store, imported: VersionRecord) -> int:
    return store.document().id


@pytest.fixture
def run(store: Store, document: int, imported: VersionRecord) -> str:
    return store.begin_run(document, "main", goal=Goal(text="fix it"), options={"attempts": 3}, base=imported.id)


@pytest.fixture
def start(store: Store, run: str, imported: VersionRecord) -> StartAttempt:
    """Starts attempt `id` of a step on the imported version."""

    def begin(id: str = "a1", step: str = "s1", number: int = 1, call_id: str | None = None) -> Attempt:
        attempt = Attempt(
            id=id,
            run=run,
            step=step,
            number=number,
            rung="first",
            editor="typeset",
            seed=2**64 - 1,
            base=imported.id,
            call_id=call_id or id,
            request={"instruction": "写 觞"},
        )
        store.attempt_started(attempt)
        return attempt

    return begin
