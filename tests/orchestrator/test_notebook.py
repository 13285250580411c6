"""What a notebook shows of documents and versions: plain HTML, small, with everything escaped."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from retouch.editors.scripted import ScriptedEditor
from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step
from retouch.store import Store
from retouch.verifiers.scripted import ScriptedVerifier

HOSTILE = "<img src=x onerror=alert(1)></style><script>alert('x')</script>"
VOID = {"img", "path", "rect", "circle"}


class Shown(HTMLParser):
    """The tags, the words and the pictures of a piece of HTML, which must be whole and do nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.pictures: list[str] = []
        self.words = ""
        self.feed(html)
        assert self.open == []
        assert not {"script", "iframe", "link", "object", "form"} & set(self.tags)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.tags.append(tag)
        assert not any(name.startswith("on") or name in ("href", "style") for name in facts)
        if tag == "img":
            self.pictures.append(str(facts["src"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data if "style" not in self.open else ""

    def sizes(self) -> list[tuple[int, int]]:
        assert all(picture.startswith("data:image/webp;base64,") for picture in self.pictures)
        return [Image.open(BytesIO(base64.b64decode(picture.split(",")[1]))).size for picture in self.pictures]


@pytest.fixture
def document(tmp_path: Path) -> Iterator[Document]:
    """A page of 900 × 600 with hostile words, one step that passed, one with three tries that did not."""
    noise = np.random.default_rng(1).integers(90, 200, (600, 900, 3), dtype=np.uint8)
    steps = (
        Step(
            id="s1",
            operation="other",
            box=Box(100, 60, 60, 60),
            instruction=HOSTILE,
            expectation=ColourIs(colour="red"),
        ),
        Step(id="s2", operation="other", box=Box(600, 300, 80, 40), expectation=ColourIs(colour="red")),
    )
    with Project.open(tmp_path / "page.retouch", create=True) as opened:
        found = opened.import_picture(Picture(noise), HOSTILE)
        found.run(
            plan=Plan(goal=HOSTILE, steps=steps),
            editors=[ScriptedEditor(colour="red", rungs=("a", "b", "c"))],
            verifiers=[ScriptedVerifier(steps={"s1": ["pass"], "s2": ["fail", "unsure", "fail"]})],
        )
        found.create_tag("first", "HEAD~1")
        found.comment("main", HOSTILE)
        yield found


def test_a_document_shows_its_tree_and_how_it_stands(document: Document) -> None:
    shown = Shown(document._repr_html_())
    assert HOSTILE in shown.words
    assert "5 versions" in shown.words and "main, as it stands" in shown.words
    for version in document.log()[:2]:
        assert version.id[:8] in shown.words
    assert "3 tries" in shown.words, "they share a row"
    assert {"svg", "path", "circle", "rect"} <= set(shown.tags)
    assert shown.sizes()[-1] == (480, 320)
    assert len(shown.sizes()) == 4 and max(map(max, shown.sizes()[:-1])) <= 52


def test_only_the_last_rows_of_a_long_history_are_shown(document: Document) -> None:
    picture = document.head().picture
    for number in range(40):
        pixels = picture.pixels.copy()
        pixels[number, number] = 0
        document.commit(Picture(pixels), f"number {number}")
    shown = Shown(document._repr_html_())
    assert "15 earlier versions not shown" in shown.words and "45 versions" in shown.words
    assert "number 39" in shown.words and "number 9 " not in shown.words
    assert len(document._repr_html_()) < 400_000


def test_a_version_shows_its_picture_its_place_and_its_words(document: Document) -> None:
    version = document.head()
    shown = Shown(version._repr_html_())
    assert shown.sizes() == [(480, 320), (96, 96), (96, 96)], "the whole, its place before and after"
    assert version.id[:12] in shown.words and "step s1" in shown.words
    assert "60 × 60 pixels at 100, 60" in shown.words
    assert HOSTILE in shown.words
    assert document.version("first").id[:12] in shown.words
    frame = re.search(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', version._repr_html_())
    assert frame is not None
    assert [float(part) for part in frame.groups()] == pytest.approx([100 / 900, 0.1, 60 / 900, 0.1])


def test_the_first_version_has_no_place(document: Document) -> None:
    shown = Shown(document.version("first")._repr_html_())
    assert shown.sizes() == [(480, 320)] and "first version" in shown.words


def test_a_notebook_gets_all_forms_at_once_and_small(document: Document) -> None:
    for bundle in (document._repr_mimebundle_(), document.head()._repr_mimebundle_()):
        assert set(bundle) == {"text/plain", "text/html", "image/png"}
        assert Image.open(BytesIO(bundle["image/png"])).size == (480, 320)
    assert bundle["text/plain"] == repr(document.head())


def test_pixels_that_are_gone_are_said_to_be_gone(document: Document) -> None:
    gone = document.head()
    document.rollback("first")
    assert isinstance(document.project.store, Store)
    document.project.store.gc(keep_days=0)
    shown = Shown(gone._repr_html_())
    assert "given back" in shown.words and gone.id[:12] in shown.words
    assert len(shown.pictures) == 1, "the place before"
    assert gone._repr_png_() is None and "image/png" not in gone._repr_mimebundle_()
    assert Shown(document._repr_html_()).sizes()[-1] == (480, 320)
