"""Comparing two versions over the wire."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from retouch.orchestrator.document import Document
from retouch.picture import Picture


def test_a_comparison_tells_what_diff_tells(open_api: TestClient, document: Document) -> None:
    first, head = document.log()[0], document.head()
    diff = document.diff(first, head)
    told = open_api.get(f"/api/documents/1-1/compare/{first.id}/{head.id}").json()
    box = head.record.box
    assert box is not None
    assert told == {
        "a": first.id,
        "b": head.id,
        "boxes": [one.as_list() for one in diff.boxes],
        "changed_pixels": diff.changed_pixels,
        "max_difference": diff.max_difference,
        "outside": {"box": box.as_list(), "changed_pixels": 0, "max_difference": 0},
    }


def test_what_changed_beyond_the_box_is_told(open_api: TestClient, document: Document) -> None:
    head = document.head()
    pixels = head.picture.pixels.copy()
    pixels[50, 90] ^= 3
    document.commit(Picture(pixels), "by hand")
    told = open_api.get(f"/api/documents/1-1/compare/{document.head().id}/{head.id}").json()
    assert told["outside"]["changed_pixels"] == told["changed_pixels"] == 1
    made = open_api.get(f"/api/documents/1-1/compare/{head.id}/{document.log()[0].id}").json()
    assert made["outside"] == {"box": None, "changed_pixels": 0, "max_difference": 0}  # an import has no box


def test_the_map_shows_what_differs(open_api: TestClient, document: Document) -> None:
    head = document.head()
    pixels = head.picture.pixels.copy()
    pixels[50, 90] = 255 - pixels[50, 90]
    document.commit(Picture(pixels), "by hand")
    base = f"/api/documents/1-1/compare/{document.head().id}/{head.id}/tiles"

    def places(path: str) -> list[list[int]]:
        answer = open_api.get(base + path)
        assert answer.headers["content-type"] == "image/png"
        opacity = np.asarray(Image.open(BytesIO(answer.content)).convert("RGBA"))[:, :, 3]
        return [list(map(int, place)) for place in np.argwhere(opacity)]

    assert places("/7/0/0") == [[50, 90]]
    assert places("/6/0/0") == [[25, 45]]
    assert places("/0/0/0") == [[0, 0]]
    assert places("/7/0/0?outside=1") == [[50, 90]]
    nothing = f"/api/documents/1-1/compare/{head.id}/{document.log()[0].id}/tiles/7/0/0?outside=1"
    assert not np.asarray(Image.open(BytesIO(open_api.get(nothing).content)).convert("RGBA"))[:, :, 3].any()


def test_comparisons_are_kept_for_ever(open_api: TestClient, document: Document) -> None:
    a, b = document.log()[0].id, document.head().id
    for path in ("", "/tiles/7/0/0", "/tiles/7/0/0?outside=1"):
        answer = open_api.get(f"/api/documents/1-1/compare/{a}/{b}{path}")
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        headers = {"If-None-Match": answer.headers["etag"]}
        assert open_api.get(f"/api/documents/1-1/compare/{a}/{b}{path}", headers=headers).status_code == 304


def test_what_cannot_be_compared_is_a_problem(open_api: TestClient, document: Document) -> None:
    head = document.head().id
    other = document.commit(Picture(np.zeros((9, 9, 3), np.uint8)), "another size").id
    for path in ("", "/tiles/7/0/0"):
        answer = open_api.get(f"/api/documents/1-1/compare/{head}/{other}{path}")
        assert (answer.status_code, answer.json()["code"]) == (422, "picture")
        assert open_api.get(f"/api/documents/1-1/compare/{head}/{'0' * 64}{path}").status_code == 404
        assert open_api.get(f"/api/documents/1-1/compare/main/{head}{path}").status_code == 404
    assert open_api.get(f"/api/documents/1-1/compare/{head}/{head}/tiles/7/0/0?outside=2").status_code == 422
