"""What is sent as a picture: pixels come in, whatever else a file may be stays outside."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from retouch.interfaces.web.acting import uploads
from retouch.picture import Picture

HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def encoded(kind: str, seed: int = 7) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (40, 30, 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(pixels).save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of `side` x `side` pixels in a few bytes: its header says so."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.fixture
def send(acting: Any) -> Callable[..., Any]:
    def send(data: bytes, status: int, name: str = "new", content: str = "image/png", **query: str) -> Any:
        answer = acting.client.post(
            "/api/documents", content=data, params={"name": name, **query}, headers={"Content-Type": content}
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_picture_becomes_a_document(acting: Any, send: Callable[..., Any], kind: str) -> None:
    told = send(encoded(kind), 201, content=f"image/{kind.lower()}")
    assert told["known"] is False
    document = acting.document.project.document("new")
    assert (told["key"], told["head"]) == (f"1-{document.record.id}", document.head().id)
    assert (document.head().picture.size.width, document.record.source) == (30, None)
    assert send(encoded(kind), 201, content=f"image/{kind.lower()}") == {**told, "known": True}


def test_another_picture_of_a_name_that_is_taken_has_a_name_of_its_own(send: Callable[..., Any]) -> None:
    send(encoded("PNG", 1), 201)
    assert send(encoded("PNG", 2), 201)["name"] == "new-2"


@pytest.mark.parametrize(
    "data", [SVG, HTML, b"", b"\x89PNG\r\n\x1a\n", b"BM" + b"\0" * 60, b"GIF89a" + b"\0" * 60, b"%PDF-1.7"]
)
@pytest.mark.parametrize("content", ["image/png", "image/jpeg"])
def test_what_is_no_picture_is_refused(acting: Any, send: Callable[..., Any], data: bytes, content: str) -> None:
    send(data, 422, content=content)
    assert len(acting.document.project.documents()) == 1


def test_the_bytes_and_not_their_label_say_what_it_is(send: Callable[..., Any]) -> None:
    assert "was sent as image/png" in send(encoded("JPEG"), 422)["detail"]


def test_of_a_picture_that_is_a_page_as_well_only_the_picture_stays(acting: Any, send: Callable[..., Any]) -> None:
    key = send(encoded("PNG") + HTML, 201)["key"]
    document = acting.document.project.document("new")
    answer = acting.client.get(f"/api/documents/{key}/versions/{document.head().id}/export", params={"format": "png"})
    assert answer.status_code == 200
    assert b"script" not in answer.content
    assert b"alert" not in acting.document.project.path.read_bytes()


@pytest.mark.parametrize("side", [10_001, 20_000, 65_000])
def test_a_bomb_is_refused_by_its_header(send: Callable[..., Any], side: int) -> None:
    assert send(bomb(side), 413)["code"] == "too-large"


def test_the_limit_is_one_of_pixels(send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_PIXELS", 40 * 30 - 1)
    send(encoded("PNG"), 413)
    monkeypatch.setattr(uploads, "MOST_PIXELS", 40 * 30)
    send(encoded("PNG"), 201)


@pytest.mark.parametrize(
    "name", ["../../etc/x", "a/b", "a\\b", "..", "a\x00b", "a\nb", "", " ", "\u202egnp.exe", "x" * 256]
)
def test_a_name_is_no_path(acting: Any, send: Callable[..., Any], name: str) -> None:
    send(encoded("PNG"), 422, name=name)
    assert [path.name for path in acting.document.project.path.parent.iterdir() if "retouch" not in path.name] == []


def test_a_name_may_hold_a_script_and_is_text(send: Callable[..., Any]) -> None:
    name = "<script>alert('x')<\N{DIVISION SLASH}script>"
    assert send(encoded("PNG"), 201, name=name)["name"] == name


def test_there_is_no_other_project(send: Callable[..., Any]) -> None:
    send(encoded("PNG"), 404, project="2")
    send(encoded("PNG"), 422, project="0")


def test_a_picture_is_kept_bit_for_bit(acting: Any, send: Callable[..., Any], picture: Callable[..., Picture]) -> None:
    out = BytesIO()
    Image.fromarray(picture(3).pixels).save(out, "PNG")
    send(out.getvalue(), 201)
    assert np.array_equal(acting.document.project.document("new").head().picture.pixels, picture(3).pixels)
