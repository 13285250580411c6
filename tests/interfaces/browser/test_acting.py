"""What a person does to a history by the page: one gesture each, with what it did told, and the way back beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from retouch.orchestrator.document import Document
from tests.interfaces.browser import projects
from tests.interfaces.browser.projects import SEAL, TITLE
from tests.interfaces.browser.reviewer import Reviewer
from tests.interfaces.browser.service import Service

Review = Callable[..., Reviewer]
Serve = Callable[..., Service]


def versions(document: Document, step: str) -> list[str]:
    """The versions of a step, the newest first."""
    return [version.id for version in document.log() if version.record.step == step]


def colour(document: Document, place: Any, branch: str = "main") -> list[int]:
    """The colour in the middle of a place, as the branch shows it now."""
    x, y = place.centre
    return [int(value) for value in document.head(branch).picture.pixels[int(y), int(x)]]


TEAL, CRIMSON, ORANGE, NAVY = [0, 128, 128], [220, 20, 60], [255, 165, 0], [0, 0, 128]


def test_a_candidate_is_accepted_and_the_step_waits_no_more(serve: Serve, review: Review) -> None:
    service = serve(projects.small)
    document = service.document()
    [candidate] = versions(document, "column")
    reviewer = review(service)
    reviewer.document(version=candidate)
    expect(reviewer.page.get_by_role("region", name="One step waits for you")).to_be_visible()

    reviewer.act("accept").click()

    reviewer.told("column is accepted; main shows it")
    expect(reviewer.page.get_by_role("region", name="One step waits for you")).to_have_count(0)
    assert document.waiting() == ()
    assert colour(document, projects.COLUMN) == NAVY
    reviewer.shows(document.head().id)


def test_a_candidate_is_accepted_where_it_is_asked_about(serve: Serve, review: Review) -> None:
    service = serve(projects.small)
    reviewer = review(service)
    reviewer.document()

    reviewer.button("Accept this one").click()

    reviewer.told("column is accepted")
    assert colour(service.document(), projects.COLUMN) == NAVY


def test_a_candidate_is_rejected_and_nothing_is_lost(serve: Serve, review: Review) -> None:
    service = serve(projects.small)
    document = service.document()
    head = document.head().id
    [candidate] = versions(document, "column")
    reviewer = review(service)
    reviewer.document(version=candidate)

    reviewer.act("reject").click()

    reviewer.told("column is left as it was")
    expect(reviewer.line(candidate)).to_contain_text("rejected")
    assert document.waiting() == ()
    assert document.head().id == head


def test_a_branch_is_rolled_back_and_set_forward_again(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    document = service.document()
    head, first = document.head().id, document.log()[0].id
    reviewer = review(service)
    page = reviewer.document()
    reviewer.choose(first)

    reviewer.act("rollback").click()

    reviewer.told("main is back at")
    expect(page.get_by_text("What main shows now")).to_be_visible()
    assert document.head().id == first
    reviewer.notice.get_by_role("button", name="Undo").click()
    reviewer.told("The last move of main is taken back")
    assert document.head().id == head
    reviewer.shows(head)


def test_the_last_move_is_undone_from_the_head_of_the_page(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    document = service.document()
    [before] = document.head().parents
    reviewer = review(service)
    page = reviewer.document()

    page.locator('header [data-act="undo"]').click()

    reviewer.told("taken back")
    reviewer.shows(before.id)
    assert colour(document, SEAL) != CRIMSON


def test_one_step_is_taken_back_and_later_ones_stay(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    document = service.document()
    reviewer = review(service)
    page = reviewer.document()
    reviewer.choose(versions(document, "title")[0])

    reviewer.act("revert").click()

    reviewer.told("title is taken back; later steps stay")
    assert colour(document, TITLE) != TEAL
    assert colour(document, SEAL) == CRIMSON
    expect(reviewer.line(document.head().id)).to_contain_text("takes back")
    reviewer.notice.get_by_role("button", name="Undo").click()
    reviewer.told("The last move of main")
    expect(page.get_by_text("What main shows now")).to_be_visible()
    assert colour(document, TITLE) == TEAL


def test_a_branch_begins_at_an_old_version_and_is_looked_at(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    document = service.document()
    [title] = versions(document, "title")
    reviewer = review(service)
    page = reviewer.document()
    reviewer.choose(title)

    reviewer.act("branch").click()
    page.get_by_label("Name of the branch").fill("quiet")
    reviewer.button("Make branch").click()

    reviewer.told("Branch quiet begins here")
    assert document.branches["quiet"] == title
    expect(page.get_by_label("Branch", exact=True)).to_have_value("quiet")
    expect(reviewer.line(title)).to_contain_text("quiet")


def test_a_name_that_is_taken_is_refused_and_what_was_written_stays(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    reviewer = review(service)
    page = reviewer.document()
    reviewer.act("branch").click()
    page.get_by_label("Name of the branch").fill("main")

    reviewer.button("Make branch").click()

    expect(page.get_by_role("alert")).to_contain_text("main")
    expect(page.get_by_label("Name of the branch")).to_have_value("main")
    reviewer.complaints.clear()  # the browser says that it was refused


def test_what_two_branches_changed_is_settled_place_by_place(serve: Serve, review: Review) -> None:
    service = serve(projects.torn)
    document = service.document()
    reviewer = review(service)
    page = reviewer.document()

    page.locator('header [data-act="merge"]').click()
    page.get_by_label("Bring in").select_option("other")
    reviewer.button("Merge into main").click()

    window = page.get_by_role("dialog", name="Both sides changed the same places")
    expect(window).to_be_visible()
    head = document.head().id
    finish = window.get_by_role("button", name="Finish")
    places = window.get_by_role("group")
    expect(places).to_have_count(2)
    expect(finish).to_be_disabled()
    seals = [place for place in places.all() if str(SEAL.x) in (place.text_content() or "")]
    [seal] = seals
    for place in places.all():
        theirs = place.text_content() == seal.text_content()
        place.get_by_label("Take the other" if theirs else "Keep what is there").check()
        assert document.head().id == head  # nothing is changed before all is settled
    finish.click()

    reviewer.told("other is merged into main")
    assert (colour(document, TITLE), colour(document, SEAL)) == (TEAL, ORANGE)
    expect(reviewer.line(document.head().id)).to_contain_text("brings in")


def test_a_merge_that_is_given_up_changes_nothing(serve: Serve, review: Review) -> None:
    service = serve(projects.torn)
    document = service.document()
    before = dict(document.branches)
    reviewer = review(service)
    page = reviewer.document()
    page.locator('header [data-act="merge"]').click()
    reviewer.button("Merge into main").click()

    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert dict(document.branches) == before


def test_a_version_is_tagged_and_commented(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    document = service.document()
    [title] = versions(document, "title")
    reviewer = review(service)
    page = reviewer.document(version=title)

    reviewer.act("tag").click()
    page.get_by_label("Name of the tag").fill("first-proof")
    reviewer.button("Set tag").click()
    reviewer.told("Tagged first-proof")
    reviewer.act("comment").click()
    page.get_by_label("Comment", exact=True).fill("the hook is too short")
    reviewer.button("Keep comment").click()

    reviewer.told("Your comment is kept")
    expect(reviewer.line(title)).to_contain_text("first-proof")
    expect(reviewer.line(title)).to_contain_text("1 comment")
    expect(page.locator("retouch-evidence")).to_contain_text("the hook is too short")
    assert document.tags["first-proof"] == title


def test_a_version_is_taken_along_as_a_file(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    reviewer = review(service)
    page = reviewer.document()
    reviewer.act("export").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="PNG").click()

    with Image.open(io.BytesIO(download.value.path().read_bytes())) as saved:
        assert np.array_equal(np.asarray(saved.convert("RGB")), service.document().head().picture.pixels)
    assert re.fullmatch(r"[\w.-]+\.png", download.value.suggested_filename)


def test_a_branch_that_somebody_moved_is_not_moved_over(serve: Serve, review: Review) -> None:
    """The page holds what it saw: what another did a moment before is neither lost nor hidden."""
    service = serve(projects.plain)
    document = service.document()
    first = document.log()[0].id
    reviewer = review(service)
    page = reviewer.document(version=first)
    page.route("**/api/events*", lambda route: route.abort())
    page.reload()
    expect(reviewer.act("rollback")).to_be_visible()
    theirs = document.commit(projects.sheet(9), "theirs").id

    reviewer.act("rollback").click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert document.head().id == theirs
    expect(reviewer.line(theirs)).to_be_visible()
    reviewer.complaints.clear()  # the browser says that its stream was cut and its request was refused
