"""Coming in: the token is exchanged, the address stays clean, a place can be come back to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.interfaces.browser import projects
from tests.interfaces.browser.reviewer import Reviewer
from tests.interfaces.browser.service import Service

Review = Callable[..., Reviewer]
Serve = Callable[..., Service]


def test_the_token_becomes_a_cookie_and_leaves_the_address(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    reviewer = review(service)
    asked: list[str] = []
    reviewer.page.on("request", lambda request: asked.append(request.url))

    reviewer.page.goto(service.server.address)

    expect(reviewer.page.get_by_role("treeitem").first).to_be_visible()
    reviewer.drawn()
    assert service.token not in reviewer.page.url
    assert [url for url in asked[1:] if service.token in url] == []
    assert service.token not in str(reviewer.script("[document.cookie, document.referrer, {...localStorage}]"))
    [cookie] = reviewer.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["value"]) == (True, "Strict", service.token)


def test_nobody_without_the_token_sees_the_page(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    stranger = review(service)

    response = stranger.page.goto(f"{service.origin}/d/1-1")

    assert response is not None and response.status == 401
    assert stranger.page.locator("retouch-app").count() == 0
    stranger.complaints.clear()  # the browser says that it was refused


def test_a_lone_document_opens_at_its_head(serve: Serve, review: Review) -> None:
    service = serve(projects.small)
    reviewer = review(service)
    page = reviewer.open("/")

    reviewer.shows(service.document().head().id)
    expect(page.get_by_role("heading", level=1)).to_have_text("sheet")
    expect(page).to_have_title("sheet – Retouch")


def test_of_several_documents_one_is_chosen_and_left_again(serve: Serve, review: Review) -> None:
    service = serve(projects.plain, projects.small)
    reviewer = review(service)
    page = reviewer.open("/")

    page.get_by_role("link", name=re.compile("sheet-1")).click()
    reviewer.shows(service.document("sheet-1").head().id)
    page.get_by_role("link", name="All documents").click()

    expect(page.get_by_role("link", name=re.compile("sheet-"))).to_have_count(2)
    page.go_back()
    reviewer.shows(service.document("sheet-1").head().id)


def test_a_reload_in_the_middle_shows_the_same(serve: Serve, review: Review) -> None:
    service = serve(projects.small)
    log = [version.id for version in service.document().log()]
    reviewer = review(service)
    page = reviewer.document(version=log[2], cmp=log[0], mode="difference", q="teal%20verdict:pass", z="")
    before = page.url

    page.reload()

    expect(page.get_by_role("button", name="Difference", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("searchbox")).to_have_value("teal")
    expect(page.get_by_role("status").filter(has_text="differ")).to_be_visible()
    assert page.url == before


def test_a_place_that_is_not_there_is_told_and_left(serve: Serve, review: Review) -> None:
    service = serve(projects.plain)
    reviewer = review(service)
    page = reviewer.open("/d/1-99")

    expect(page.get_by_role("alert")).to_be_visible()
    reviewer.complaints.clear()  # the browser says that it found nothing

    page.get_by_role("link", name="All documents").click()
    expect(page.get_by_role("link", name=re.compile("sheet"))).to_be_visible()


def test_a_picture_is_taken_in_and_its_page_opens(serve: Serve, review: Review, tmp_path: Any) -> None:
    service = serve(projects.plain, projects.small)
    reviewer = review(service)
    page = reviewer.open("/")
    file = tmp_path / f"{projects.hostile('file').replace('/', '-')[:60]}.png"
    projects.sheet(5).save(file)

    with page.expect_file_chooser() as chooser:
        reviewer.button("Open a picture…").click()
    chooser.value.set_files(file)

    expect(page.get_by_role("heading", level=1)).to_contain_text("<img")
    assert len(service.project.documents()) == 3
    assert reviewer.script("window.hacked ?? null") is None


def test_markup_in_a_project_is_shown_as_text(serve: Serve, review: Review) -> None:
    service = serve(projects.booby_trapped)
    reviewer = review(service)
    page = reviewer.document()
    for place in ("goal", "instruction", "comment", "reason", "verdict", "read", "message", "asked"):
        shown = page.get_by_text(f"window.hacked='{place}'").first
        for version in service.document().log():
            if shown.count():
                break
            page.goto(f"{service.origin}/d/1-1/v/{version.id}")
            expect(page.locator("retouch-evidence h2")).to_be_attached()
            page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
        expect(shown, place).to_be_attached()
    reviewer.button("Accept this one").click()
    reviewer.told("問 <i> is accepted")
    assert page.locator("img[src=x]").count() == 0
    assert reviewer.script("window.hacked ?? null") is None
