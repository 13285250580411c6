"""Files handed out: exact pixels, safe names, never a page that runs here."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from retouch.interfaces.web.reading.downloads import _attached
from retouch.orchestrator.document import Document
from retouch.picture_file import decode_bytes


def test_an_exported_picture_is_the_version(open_api: TestClient, document: Document) -> None:
    head = document.head()
    for kind in ("png", "webp", "tiff"):
        answer = open_api.get(f"/api/documents/1-1/versions/{head.id}/export?format={kind}")
        assert answer.headers["content-type"] == f"image/{kind}"
        assert f'filename="page-{head.id[:8]}.{kind}"' in answer.headers["content-disposition"]
        assert decode_bytes(answer.content).same_pixels(head.picture)
    lossy = open_api.get(f"/api/documents/1-1/versions/{head.id}/export?format=jpeg")
    assert Image.open(BytesIO(lossy.content)).format == "JPEG"
    for kind in ("svg", "html", "../x", ""):
        assert open_api.get(f"/api/documents/1-1/versions/{head.id}/export?format={kind}").status_code == 422


def test_the_report_is_a_download(open_api: TestClient) -> None:
    answer = open_api.get("/api/documents/1-1/report")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "<script>alert" not in answer.text


def test_the_animation_shows_the_way_to_a_head(open_api: TestClient, document: Document) -> None:
    answer = open_api.get("/api/documents/1-1/animation")
    with Image.open(BytesIO(answer.content)) as shown:
        assert getattr(shown, "n_frames", 1) == 2
    document.create_branch("first", document.log()[0])
    still = open_api.get("/api/documents/1-1/animation?branch=first")
    assert np.asarray(Image.open(BytesIO(still.content))).shape == (64, 96, 3)


@pytest.mark.parametrize("name", ["none", "HEAD", "main~1", "../main", "x" * 199])
def test_only_a_branch_is_taken_for_one(open_api: TestClient, document: Document, name: str) -> None:
    for path in ("report", "animation"):
        answer = open_api.get(f"/api/documents/1-1/{path}", params={"branch": name})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-name")
    assert open_api.get("/api/documents/1-1/report", params={"branch": "x" * 201}).status_code == 422


@pytest.mark.parametrize(
    "name",
    ['a"; filename="b.exe', "../../etc/passwd", "a\r\nSet-Cookie: x=y", "蘭亭序.png", "a\x00b", "/", "." * 9, "𠮷"],
)
def test_a_name_can_do_nothing(name: str) -> None:
    (header,) = _attached(name).values()
    header.encode("latin-1")
    assert not set(header) & set("\r\n\x00/\\")
    assert header.count('"') == 2
    plain = header.split('"')[1]
    assert plain[0] not in "._-"
