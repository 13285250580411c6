"""The report: self-contained, honest, and nothing in it is executed."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from retouch.editors.scripted import ScriptedEditor
from retouch.errors import UsageError
from retouch.event import Event
from retouch.interfaces.cli.main import main
from retouch.interfaces.report import render, write_report
from retouch.orchestrator.project import Project
from retouch.plan import Plan
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
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]
        self.alternatives += [value or "" for name, value in attrs if name == "alt"]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def page_of_report(project: Path) -> Page:
    with Project.open(project) as opened:
        return Page(render(opened.document()))


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_executed(page_of_report: Page) -> None:
    assert "script" not in page_of_report.tags
    assert page_of_report.sources
    assert all(source.startswith(("data:image/webp;base64,", "#")) for source in page_of_report.sources)


def test_text_from_plans_and_pictures_is_data(page_of_report: Page) -> None:
    assert "<script>alert('x')</script>" in page_of_report.text


def test_a_policy_forbids_everything_else(project: Path) -> None:
    with Project.open(project) as opened:
        page = render(opened.document())
    assert "Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"" in page
    assert "http://" not in page and "https://" not in page


def test_what_was_not_fixed_is_listed_with_its_reason(page_of_report: Page) -> None:
    honest = page_of_report.text.split("What was not fixed", 1)[1].split("Before and after", 1)[0]
    assert "s2" in honest and "unfixed" in honest and "60,30,12,20" in honest
    assert "s1" not in honest


def test_steps_show_before_after_and_every_try(project: Path, page_of_report: Page) -> None:
    pictures = [source for source in page_of_report.sources if source.startswith("data:")]
    # two whole pages, two steps before, one after, four tries
    assert len(pictures) == 9
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
    assert len([source for source in shown.sources if source.startswith("data:")]) == 4, "two pages, two places before"
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
