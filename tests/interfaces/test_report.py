"""The report: self-contained, honest, and nothing in it is executed but its own script."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from retouch.editors.scripted import ScriptedEditor
from retouch.errors import UsageError
from retouch.event import Event
from retouch.geometry import Box
from retouch.interfaces.cli.main import main
from retouch.interfaces.report import render, write_report
from retouch.interfaces.web.facts.tree import tree_facts
from retouch.interfaces.web.facts.versions import version_facts
from retouch.orchestrator.project import Project
from retouch.picture import Picture, Pixels
from retouch.plan import ColourIs, Plan, Step
from retouch.store import Store
from retouch.verifiers.scripted import ScriptedVerifier

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Collects tags, sources and text, and checks that tags are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.alternatives: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]
        self.alternatives += [value or "" for name, value in attrs if name == "alt"]
        self.scripts += [dict(attrs).get("type") or "" for _ in range(tag == "script")]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text += data


def data_of(page: str) -> dict[str, Any]:
    """What the page's elements read."""
    found: dict[str, Any] = json.loads(page.split('id="retouch-data">', 1)[1].split("</script>", 1)[0])
    return found


@pytest.fixture
def page_of_report(project: Path) -> Page:
    with Project.open(project) as opened:
        return Page(render(opened.document()))


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_executed_but_its_own_script(page_of_report: Page) -> None:
    assert page_of_report.scripts == ["application/json", ""]
    assert page_of_report.sources
    assert all(source.startswith(("data:image/webp;base64,", "#")) for source in page_of_report.sources)


def test_text_from_plans_and_pictures_is_data(page_of_report: Page) -> None:
    assert "<script>alert('x')</script>" in page_of_report.text


def test_a_policy_forbids_everything_but_this_script_and_this_style(project: Path) -> None:
    with Project.open(project) as opened:
        page = render(opened.document())
    policy = html.unescape(page.split('Content-Security-Policy" content="', 1)[1].split('"', 1)[0])
    style = page.split("<style>", 1)[1].split("</style>", 1)[0]
    script = page.rsplit("<script>", 1)[1].split("</script>", 1)[0]
    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src 'sha256-{hashed(script)}'",
        f"style-src 'sha256-{hashed(style)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert "http://" not in page.replace(script, "") and "https://" not in page.replace(script, "")
    assert "<!--" not in page


def hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_text_cannot_end_the_data_that_it_stands_in(page: Path) -> None:
    """Prompts, names, what was read and what was said of it: all as they are, and nothing of it is markup."""
    hostile = "</script><script>alert(1)</script><!-- <script> -->\u2028 &lt; ]]>"
    step = Step(
        id="s1", operation="other", box=Box(8, 8, 16, 16), instruction=hostile, expectation=ColourIs(colour="red")
    )
    with Project.open(page.with_suffix(".retouch"), create=True) as opened:
        document = opened.import_picture(page, name="<img src=x onerror=alert(1)>")
        verifier = ScriptedVerifier(outcomes="fail")
        document.run(
            plan=Plan(goal=hostile, steps=(step,)), editors=[ScriptedEditor(colour="red")], verifiers=[verifier]
        )
        document.comment("main", hostile)
        document.create_branch("a-<b>&", "main")
        written = render(document)
    assert Page(written).scripts == ["application/json", ""]
    data = data_of(written)
    assert data["runs"][0]["goal"] == hostile
    assert next(iter(data["evidence"].values()))["step"]["instruction"] == hostile
    root = data["tree"]["rows"][0]["version"]
    assert data["versions"][root["id"]]["record"]["comments"][0]["text"] == hostile
    assert root["branches"] == ["a-<b>&", "main"] and data["document"]["name"].startswith("<img")


def test_the_same_project_gives_the_same_page_but_for_the_date(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = []
    for year in (2001, 2002):
        with Project.open(project) as opened:
            pages.append(render(opened.document(), made=datetime(year, 2, 3, 4, 5, tzinfo=UTC)).splitlines())
    differing = [(one, other) for one, other in zip(*pages, strict=True) if one != other]
    assert differing == [
        tuple(f'<p class="faint">report made <time>{y}-02-03 04:05 UTC</time></p>' for y in (2001, 2002))
    ]


def test_the_elements_get_what_a_server_would_tell(project: Path) -> None:
    with Project.open(project) as opened:
        document = opened.document()
        written = render(document)
        versions = document.log()
        facts = version_facts(document, versions[-1]).model_dump(mode="json")
        tree = tree_facts(document, opened.store.revisions()[document.record.id]).model_dump(mode="json")
    data = data_of(written)
    assert data["tree"] == tree and set(data["versions"]) == {version.id for version in versions}
    shown = dict(data["versions"][versions[-1].id])
    assert {**shown, "evidence": data["evidence"][shown["evidence"]]} == facts


def test_every_picture_stands_in_the_page_once(project: Path) -> None:
    with Project.open(project) as opened:
        written = render(opened.document())
    pictures = re.findall(r"data:image/webp;base64,[A-Za-z0-9+/=]+", written)
    assert len(pictures) == len(set(pictures))
    data = data_of(written)
    shown = {int(number) for number in re.findall(r'<img id="picture-(\d+)"', written)}
    told = {int(number) for number in data["pictures"]}
    assert not shown & told and shown | told == set(range(len(pictures)))
    places = [place["picture"] for places in data["places"].values() for place in places]
    assert {*places, *data["attempts"].values(), *data["wholes"].values()} <= shown | told


def test_a_failed_write_leaves_the_report_as_it_was(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = project.with_name("report.html")
    out.write_text("the old one")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with Project.open(project) as opened, pytest.raises(UsageError, match="cannot be written.*No space left"):
        write_report(opened.document(), out)
    assert out.read_text() == "the old one"
    assert not list(project.parent.glob(".report*"))


def test_what_was_not_fixed_is_listed_with_its_reason(page_of_report: Page) -> None:
    honest = page_of_report.text.split("What was not fixed", 1)[1].split("Before and after", 1)[0]
    assert "s2" in honest and "unfixed" in honest and "60,30,12,20" in honest
    assert "s1" not in honest


def test_steps_show_before_after_and_every_try(project: Path, page_of_report: Page) -> None:
    pictures = [source for source in page_of_report.sources if source.startswith("data:")]
    # Two whole pages, two steps before, and as both editors' rungs paint the same, one picture of the tries of each.
    assert len(pictures) == 6
    assert [page_of_report.alternatives.count(name) for name in ("before", "after", "try 1")] == [2, 1, 1]
    assert page_of_report.text.count("the same picture as above") == 3
    for picture in pictures:
        data = base64.b64decode(picture.split(",", 1)[1])
        with Image.open(BytesIO(data)) as image:
            image.load()
            assert image.format == "WEBP"


def test_the_tree_names_every_version(project: Path, page_of_report: Page) -> None:
    with Project.open(project) as opened:
        ids = {version.id[:8] for version in opened.document().log()}
    history = page_of_report.text.split("History", 1)[1]
    assert ids == set(re.findall(r"\b[0-9a-f]{8}\b", history))


def test_the_command_writes_one_file(project: Path) -> None:
    out = project.with_name("report.html")
    assert main(["report", str(project), "-o", str(out)]) == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_place_that_cannot_be_written_is_named(project: Path) -> None:
    with Project.open(project) as opened, pytest.raises(UsageError, match="cannot be written"):
        write_report(opened.document(), project.with_name("none") / "report.html")


def test_what_a_last_proofreading_still_finds_is_listed(project: Path) -> None:
    left = {"index": 3, "box": [8, 8, 16, 16], "wanted": "觞", "read": "<b>", "kind": "wrong", "score": 0.1}
    with Project.open(project) as opened:
        run = opened.runs()[0]
        opened.store.record_event(run.id, Event(event="proofread", run=run.id, data={"findings": 2, "faults": [left]}))
        text = Page(render(opened.document())).text
    assert "still found 1 fault" in text
    assert "wrong at 8,8,16,16, wanted 觞, read <b>" in text


def test_reverts_picks_merges_tags_and_marks_are_shown(project: Path) -> None:
    with Project.open(project) as opened:
        document = opened.document()
        candidate = next(v for v in document.log() if v.record.kind == "candidate" and v.record.step == "s2")
        document.create_branch("other", "HEAD~1")
        document.pick(candidate, "other")
        document.mark(candidate, "accepted", "it will do")
        document.merge("other")
        document.revert("HEAD~1")
        document.create_tag("done")
        shown = Page(render(document))
    history = shown.text.split("History", 1)[1]
    for words in ("revert", "pick", "merge", "takes back", "picks", "brings in", "accepted", "other", "done"):
        assert words in history, words
    assert "svg" in shown.tags and "path" in shown.tags


def test_pictures_that_gc_gave_back_are_said_to_be_gone(project: Path) -> None:
    with Project.open(project) as opened:
        document = opened.document()
        document.rollback("HEAD~1")
        assert isinstance(opened.store, Store)
        opened.store.gc(keep_days=0)
        shown = Page(render(document))
    assert len([source for source in shown.sources if source.startswith("data:")]) == 3, "the page, two places before"
    assert "as it stands now: the same picture as above" in shown.text
    assert "5 versions kept" in " ".join(shown.text.split())


def test_a_step_that_waits_shows_its_candidate_and_one_that_was_accepted_what_it_became(page: Path, plan: Plan) -> None:
    with Project.open(page.with_suffix(".retouch"), create=True) as opened:
        document = opened.import_picture(page)
        verifier = ScriptedVerifier(outcomes="unsure")
        document.run(plan=plan, editors=[ScriptedEditor(colour="red")], verifiers=[verifier])
        document.accept_step("s1")
        document.reject_step("s2", "too red")
        settled = Page(render(document))
        document.run(plan=plan, editors=[ScriptedEditor(colour="blue")], verifiers=[verifier])
        waiting = Page(render(document))
    assert settled.alternatives.count("after") == 1 and "candidate" not in settled.alternatives
    assert waiting.alternatives.count("after") == 1 and waiting.alternatives.count("candidate") == 2
    assert "retouch answer PROJECT" in waiting.text and "rejected by agent: too red" in settled.text


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((1400, 2, 2), np.uint8),
        np.full((40, 60, 4), 40_000, np.uint16),
        np.full((30, 1300, 1), 99, np.uint8),
    ],
    ids=["one-pixel", "slim", "deep", "grey"],
)
def test_pictures_of_every_form_are_reported(tmp_path: Path, pixels: Pixels) -> None:
    with Project.open(tmp_path / "odd.retouch", create=True) as opened:
        document = opened.import_picture(Picture(pixels), "odd")
        other = pixels.copy()
        other[0, 0, 0] ^= 1
        document.commit(Picture(other), "a dot")
        larger = document.commit(Picture(np.concatenate([pixels, pixels])), "twice as high")
        data = data_of(render(document))
    assert set(data["wholes"]) == {data["tree"]["rows"][0]["version"]["id"], larger.id}
    assert [each["changed_pixels"] for each in data["comparisons"].values()] == [1], "another size cannot be compared"
