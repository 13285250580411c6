"""The benchmark of the review page: its projects are what it says, and each of its measures without a browser runs."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from benchmarks import review, review_projects
from benchmarks.review_readers import reading
from benchmarks.review_server import served
from retouch.geometry import Size
from retouch.picture import Pixels
from retouch.store import Store


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def page(_: int) -> Pixels:
        return np.random.default_rng(1).integers(0, 256, (300, 300, 3)).astype(np.uint8)

    monkeypatch.setattr(review_projects, "textured_page", page)


@pytest.fixture
def options(tmp_path: Path) -> Namespace:
    return Namespace(folder=tmp_path, quick=True, tiles=4, repeat=1)


def test_the_tree_has_as_many_versions_as_it_says_and_branches(tmp_path: Path) -> None:
    head = review_projects.tree_project(tmp_path / "tree.retouch", 60)
    with Store.open(tmp_path / "tree.retouch") as store:
        assert len(store.versions(1)) == 60
        assert store.branches(1)["main"] == head
        assert {"main", "try-0", "try-1"} == set(store.branches(1))


def test_tiles_are_spread_over_a_level_and_none_is_asked_for_twice() -> None:
    paths = review._tiles_of(Size(5000, 3000), "v", 1, 1000)
    assert len(set(paths)) == len(paths) == 10 * 6
    assert paths[0].startswith("/api/documents/1-1/versions/v/tiles/12/")
    assert len(review._tiles_of(Size(5000, 3000), "v", 0, 7)) == 7


def test_the_bundle_keeps_its_mark(options: Namespace) -> None:
    (_, _, told), _ = review.bundle(options)
    assert 20 < float(told.split()[0]) <= 150


def test_tiles_are_measured_on_a_real_server(
    options: Namespace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(review, "_sides", lambda _: {"0.1": 300})
    rows = list(review.tiles(options))
    assert [mark for _, mark, _ in rows] == ["", "15 ms", "15 ms", "15 ms", ""]
    assert "median" in rows[1][2]
    assert "Traceback" not in capfd.readouterr().err


def test_readers_count_what_a_run_tells(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.retouch"
    [version, *_] = review_projects.large_project(path, 300, 1)
    with served([path]) as server:
        before = server.processor_seconds()
        with reading(server, 2) as readers:
            boxes = [{"box": [20, 20, 60, 40], "instruction": "make it red", "mode": "crop"}]
            wish = {"boxes": boxes, "branch": "try", "at": version, "max_calls": 0}
            server.finished(server.post("/api/documents/1-1/runs", wish)["job"])
        assert server.processor_seconds() > before
    assert len(readers.events) == 2
    assert min(readers.events) > 0
    with reading(server, 0) as nobody:
        pass
    assert nobody.events == []
    assert "Traceback" not in capfd.readouterr().err
