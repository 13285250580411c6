"""Pixels over the wire: exactly those of the version, kept for ever, never those of damaged tiles."""

from __future__ import annotations

import sqlite3
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms
from starlette.testclient import TestClient

from retouch.interfaces.web.application import create_api
from retouch.interfaces.web.projects import Projects
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Metadata, Picture, Pixels


def decoded(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(content)))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("depth", [8, 16])
def test_tiles_of_full_size_are_the_picture(tmp_path: Path, channels: int, depth: int) -> None:
    rng = np.random.default_rng(1)
    pixels: Pixels = rng.integers(0, 256, (300, 520, channels)).astype(np.uint8)
    if depth == 16:
        pixels = pixels.astype(np.uint16) * 257
    rgb = (pixels / (257 if depth == 16 else 1)).astype(np.uint8)
    wanted = rgb[:, :, {1: [0, 0, 0], 2: [0, 0, 0, 1], 3: [0, 1, 2], 4: [0, 1, 2, 3]}[channels]]
    with Project.open(tmp_path / "p.retouch", create=True) as project:
        head = project.import_picture(Picture(pixels), "p").head().id
        with TestClient(create_api(Projects([project]))) as client:
            for x, y, width, height in ((0, 0, 256, 256), (2, 0, 8, 256), (1, 1, 256, 44)):
                answer = client.get(f"/api/documents/1-1/versions/{head}/tiles/10/{x}/{y}")
                assert answer.headers["content-type"] == "image/webp"
                part = wanted[y * 256 : y * 256 + height, x * 256 : x * 256 + width]
                assert np.array_equal(decoded(answer.content), part)
            for level, size in ((9, (256, 150)), (8, (130, 75)), (5, (17, 10)), (0, (1, 1))):
                answer = client.get(f"/api/documents/1-1/versions/{head}/tiles/{level}/0/0")
                assert Image.open(BytesIO(answer.content)).size == size


def test_every_level_shows_the_same_page(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 1200).astype(np.uint8)
    pixels = np.stack([np.tile(ramp, (900, 1)), np.full((900, 1200), 90, np.uint8), np.tile(ramp[::-1], (900, 1))], 2)
    with Project.open(tmp_path / "p.retouch", create=True) as project:
        head = project.import_picture(Picture(pixels), "p").head().id
        with TestClient(create_api(Projects([project]))) as client:
            for level in range(6, 12):  # below that, the last column stands for much that is not there
                answer = client.get(f"/api/documents/1-1/versions/{head}/tiles/{level}/0/0")
                tile = decoded(answer.content).astype(int)
                factor = 1 << (11 - level)
                part = pixels[: tile.shape[0] * factor, : tile.shape[1] * factor]
                assert abs(tile[:, :, 0].mean() - part[:, :, 0].mean()) < 3
                assert abs(tile[:, :, 1].mean() - 90) < 2


def swap(data: bytearray, first: bytes, second: bytes) -> None:
    """Exchange two names of the same length in the table at the beginning of a profile."""
    one, other = data.index(first), data.index(second)
    data[one : one + len(first)], data[other : other + len(second)] = second, first


def test_a_profile_is_applied(tmp_path: Path) -> None:
    icc = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    swap(icc, b"rXYZ", b"gXYZ")  # what is red for it is green for us
    picture = Picture(np.full((10, 10, 3), (200, 60, 60), np.uint8), Metadata(icc_profile=bytes(icc)))
    shown = picture.srgb()
    assert shown[0, 0, 1] > shown[0, 0, 0]
    with Project.open(tmp_path / "p.retouch", create=True) as project:
        head = project.import_picture(picture, "p").head().id
        with TestClient(create_api(Projects([project]))) as client:
            for path in ("tiles/4/0/0", "crop?box=0,0,10,10"):
                answer = client.get(f"/api/documents/1-1/versions/{head}/{path}")
                assert np.array_equal(decoded(answer.content), shown)


@pytest.mark.parametrize(
    "place", ["8/0/0", "7/1/0", "7/0/1", "31/0/0", "7/-1/0", "-1/0/0", "7/0/99999999999", "7/0/a", "7/0/0x"]
)
def test_there_is_nothing_outside(open_api: TestClient, document: Document, place: str) -> None:
    answer = open_api.get(f"/api/documents/1-1/versions/{document.head().id}/tiles/{place}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_pixels_are_kept_for_ever(open_api: TestClient, document: Document) -> None:
    base = f"/api/documents/1-1/versions/{document.head().id}"
    tags = set()
    for path in ("/tiles/7/0/0", "/tiles/6/0/0", "/thumbnail?side=64", "/thumbnail?side=128", "/crop?box=1,1,9,9"):
        answer = open_api.get(base + path)
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        tags.add(answer.headers["etag"])
        again = open_api.get(base + path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert len(tags) == 5


def test_thumbnails_fit_their_square(open_api: TestClient, document: Document) -> None:
    base = f"/api/documents/1-1/versions/{document.head().id}/thumbnail"
    sizes = {side: Image.open(BytesIO(open_api.get(f"{base}?side={side}").content)).size for side in (64, 128, 256)}
    assert sizes == {64: (64, 43), 128: (96, 64), 256: (96, 64)}  # never enlarged
    for side in ("0", "63", "100000", "-1", "64.0", "x", ""):
        assert open_api.get(f"{base}?side={side}").status_code == 422


def test_a_part_is_held_to_the_picture(open_api: TestClient, document: Document) -> None:
    base = f"/api/documents/1-1/versions/{document.head().id}/crop"
    pixels = document.head().picture.pixels
    assert np.array_equal(decoded(open_api.get(f"{base}?box=8,8,16,16").content), pixels[8:24, 8:24])
    assert np.array_equal(decoded(open_api.get(f"{base}?box=8,8,16,16&margin=20").content), pixels[:44, :44])
    assert np.array_equal(decoded(open_api.get(f"{base}?box=90,60,999,999").content), pixels[60:, 90:])
    for box in ("96,0,5,5", "0,0,0,5", "1,2,3", "a,b,c,d", "-1,0,5,5", "0,0,1e9,1", "٣,1,1,1", ""):
        answer = open_api.get(base, params={"box": box})
        assert answer.status_code == 422, box
    assert np.array_equal(decoded(open_api.get(f"{base}?box=8,8,9,9&margin=99999").content), pixels)
    assert open_api.get(f"{base}?box=0,0,9,9&margin=-1").status_code == 422
    assert open_api.get(base).status_code == 422


def test_a_huge_part_is_halved_until_it_fits(tmp_path: Path) -> None:
    with Project.open(tmp_path / "p.retouch", create=True) as project:
        head = project.import_picture(Picture(np.full((8, 5000, 1), 90, np.uint8)), "p").head().id
        with TestClient(create_api(Projects([project]))) as client:
            sizes = {}
            for width in (2048, 2049, 4097, 5000):
                answer = client.get(f"/api/documents/1-1/versions/{head}/crop?box=0,0,{width},8&margin=0")
                sizes[width] = Image.open(BytesIO(answer.content)).size
            assert sizes == {2048: (2048, 8), 2049: (1025, 4), 4097: (1025, 2), 5000: (1250, 2)}


def test_damaged_pixels_are_never_served(project: Path) -> None:
    with Project.open(project) as opened:
        before, after = opened.document().log()[0].id, opened.document().head().id
    with sqlite3.connect(project) as connection:
        newest = connection.execute("SELECT max(id) FROM tile").fetchone()[0]
        connection.execute("UPDATE tile SET data = zeroblob(length(data)) WHERE id = ?", (newest,))
    connection.close()
    projects = Projects.open([project])
    try:
        with TestClient(create_api(projects), raise_server_exceptions=False) as client:
            versions = [row["version"]["id"] for row in client.get("/api/documents/1-1/tree").json()["rows"]]
            answers = {one: client.get(f"/api/documents/1-1/versions/{one}/tiles/7/0/0") for one in versions}
            damaged = [one for one, answer in answers.items() if answer.status_code == 500]
            assert damaged
            assert {answers[one].json()["code"] for one in damaged} == {"damaged"}
            assert answers[before].status_code == 200  # the rest stays readable
            assert client.get(f"/api/documents/1-1/versions/{damaged[0]}").status_code == 200
            for path in ("thumbnail", "crop?box=0,0,96,64", "export"):
                assert client.get(f"/api/documents/1-1/versions/{damaged[0]}/{path}").status_code == 500
            assert after in versions
    finally:
        projects.close()


def test_pixels_that_were_given_back_are_gone(open_api: TestClient, document: Document) -> None:
    candidate = next(version for version in document.log() if version.record.kind == "candidate")
    path = f"/api/documents/1-1/versions/{candidate.id}"
    assert open_api.get(f"{path}/tiles/7/0/0").status_code == 200
    document.project.store.gc(keep_days=0)
    gone = open_api.get(f"{path}/tiles/7/0/0")
    assert (gone.status_code, gone.json()["code"]) == (410, "collected")
    assert open_api.get(path).status_code == 200
    assert open_api.get(f"/api/documents/1-1/versions/{document.head().id}/tiles/7/0/0").status_code == 200
