"""Every act does what the command line does, says what moved, and refuses what does not hold."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from retouch.geometry import Box

UNKNOWN = "0" * 64
LEFT, RIGHT = Box(5, 5, 20, 20), Box(60, 5, 20, 20)


def red(acting: Any, branch: str, box: Box) -> bool:
    return bool((acting.document.head(branch).picture.pixels[box.slices] == [255, 0, 0]).all())


# names


def test_a_branch_is_made_and_taken_away_and_comes_back(acting: Any) -> None:
    at = acting.document.version("HEAD~1").id
    made = acting.post("/branches", {"name": "other/try", "at": at}, 201)
    assert made == {"move": {"branch": "other/try", "origin": None, "target": at}}
    gone = acting.post("/branches/delete", {"name": "other/try"}, seen=f'"{at}"')
    assert gone["move"] == {"branch": "other/try", "origin": at, "target": None}
    assert acting.post("/undo", {"branch": "other/try"})["move"]["target"] == at
    assert acting.document.branches["other/try"] == at


def test_tags_are_made_and_taken_away(acting: Any) -> None:
    assert acting.post("/tags", {"name": "good", "at": acting.head}, 201) == {"move": None}
    assert acting.document.tags == {"good": acting.head}
    assert acting.post("/tags", {"name": "good", "at": acting.head}, 409)["code"] == "conflict"
    assert acting.post("/branches", {"name": "good", "at": acting.head}, 409)["code"] == "conflict"
    acting.post("/tags/delete", {"name": "good"})
    assert acting.document.tags == {}
    assert acting.post("/tags/delete", {"name": "good"}, 404)["code"] == "unknown-name"


@pytest.mark.parametrize("name", ["a b", "..", "-x", "HEAD", "a\x00b", "/x", "x\n", "a" * 256, ""])
def test_names_that_are_unfit_are_refused(acting: Any, name: str) -> None:
    for what in ("branches", "tags"):
        acting.post(f"/{what}", {"name": name, "at": acting.head}, 422)
    assert set(acting.document.branches) == {"main"}


def test_a_name_may_hold_a_script_and_is_told_as_it_is(acting: Any) -> None:
    name = "<script>alert('x')</script>"
    told = acting.post("/branches", {"name": name, "at": acting.head}, 201)
    assert told["move"]["branch"] == name
    answer = acting.client.get("/api/documents/1-1")
    assert answer.headers["content-type"] == "application/json"
    assert name in [branch["name"] for branch in answer.json()["branches"]]


def test_the_only_branch_stays(acting: Any) -> None:
    acting.post("/branches/delete", {"name": "main"}, 422, seen=acting.etag())


# moves


def test_a_rollback_is_undone(acting: Any) -> None:
    head, before = acting.head, acting.document.version("HEAD~2").id
    moved = acting.post("/rollback", {"branch": "main", "to": before}, seen=f'"{head}"')
    assert moved == {"move": {"branch": "main", "origin": head, "target": before}}
    assert acting.post("/undo", {"branch": "main"}, seen=acting.etag())["move"]["target"] == head
    assert acting.post("/undo", {"branch": "main", "run": True}, seen=acting.etag())["move"]["target"] == before


MOVES = [
    ("/rollback", {"branch": "main", "to": "BEFORE"}),
    ("/undo", {"branch": "main"}),
    ("/revert", {"branch": "main", "version": "HEAD"}),
    ("/pick", {"branch": "main", "version": "HEAD"}),
    ("/merge", {"into": "main", "from": "side"}),
    ("/branches/delete", {"name": "main"}),
]


@pytest.mark.parametrize(("path", "body"), MOVES, ids=[path for path, _ in MOVES])
def test_what_moves_a_branch_needs_its_etag(acting: Any, path: str, body: dict[str, str]) -> None:
    head, before = acting.head, acting.document.version("HEAD~1").id
    acting.document.create_branch("side", before)
    body = {name: {"BEFORE": before, "HEAD": head}.get(value, value) for name, value in body.items()}
    assert acting.post(path, body, 428)["code"] == "precondition-required"
    for wrong in (f'"{before}"', '"nonsense"', "*", f'W/"{head}"', head, ""):
        assert acting.post(path, body, 412, seen=wrong)["code"] == "precondition-failed"
    assert acting.document.branches == {"main": head, "side": before}
    acting.post(path, body, seen=f'"{head}"')


def test_of_two_who_move_one_branch_at_once_one_is_told_to_look_again(acting: Any) -> None:
    seen, start = acting.etag(), threading.Barrier(2)
    statuses = []

    def move(steps: int) -> None:
        target = acting.document.version(f"HEAD~{steps}").id
        start.wait()
        body = {"branch": "main", "to": target}
        answer = acting.client.post("/api/documents/1-1/rollback", json=body, headers={"If-Match": seen})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=move, args=(steps,)) for steps in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412]
    assert len([move for move in acting.document.moves() if move.reason.startswith("rollback")]) == 1


# merges


def test_one_step_is_taken_back_and_brought_again(acting: Any) -> None:
    first = acting.document.version("HEAD~1").id
    told = acting.post("/revert", {"branch": "main", "version": first, "message": "no"}, seen=acting.etag())
    assert told["conflicts"] == [] and told["move"]["target"] == acting.head
    assert (red(acting, "main", LEFT), red(acting, "main", RIGHT)) == (False, True)
    acting.post("/pick", {"branch": "main", "version": first}, seen=acting.etag())
    assert red(acting, "main", LEFT)
    assert acting.document.head().record.kind.value == "pick"


def test_a_conflict_changes_nothing_until_it_is_settled(acting: Any) -> None:
    acting.document.create_branch("side", acting.document.version("HEAD~2"))
    picture = acting.document.head("side").picture
    pixels = picture.pixels.copy()
    pixels[LEFT.slices] = [0, 255, 0]
    acting.document.commit(type(picture)(pixels, picture.metadata), branch="side")
    body: dict[str, Any] = {"into": "main", "from": "side"}
    told = acting.post("/merge", body, seen=acting.etag())
    assert told["move"] is None and told["origin"] == told["target"] == acting.head
    assert [Box(*box) for box in told["conflicts"]] == [LEFT]
    assert set(told["sides"]) == {"base", "ours", "theirs"}
    body["settle"] = [{"box": told["conflicts"][0], "side": "theirs"}]
    assert acting.post("/merge", body, seen=acting.etag())["move"]["branch"] == "main"
    assert (acting.document.head().picture.pixels[LEFT.slices] == [0, 255, 0]).all()
    assert red(acting, "main", RIGHT)
    assert acting.document.head().record.message == "merge side into main"


def test_merges_name_what_is_unknown(acting: Any) -> None:
    acting.post("/merge", {"into": "main", "from": "nobody"}, 404, seen=acting.etag())
    acting.post("/merge", {"into": "nobody", "from": "main"}, 404, seen=acting.etag())
    acting.post("/revert", {"branch": "main", "version": UNKNOWN}, 404, seen=acting.etag())
    settle = [{"box": [0, 0, 5, 5], "side": "mine"}]
    acting.post("/pick", {"branch": "main", "version": acting.head, "settle": settle}, 422, seen=acting.etag())


# opinions


def test_notes_and_marks_stand_beside_a_version(acting: Any) -> None:
    place = f"/versions/{acting.head}"
    text = "<img src=x onerror=alert(1)> why?"
    assert acting.post(f"{place}/comments", {"text": text}, 201)["text"] == text
    assert [comment.text for comment in acting.document.head().comments()] == [text]
    acting.post(f"{place}/marks", {"opinion": "rejected", "reason": "blurred"}, 201)
    assert acting.post(f"{place}/marks", {"opinion": "accepted"}, 201)["author"] == "agent"
    assert [mark.opinion for mark in acting.document.head().marks()] == ["rejected", "accepted"]
    acting.post(f"{place}/comments", {"text": "  "}, 422)
    acting.post(f"{place}/marks", {"opinion": "nice"}, 422)
    acting.post(f"/versions/{UNKNOWN}/comments", {"text": "x"}, 404)


# answers


def test_a_step_that_waits_is_accepted(acting: Any, waiting: tuple[str, str]) -> None:
    place, run = waiting
    head = acting.head
    acting.post(f"{place}/accept", {}, 428)
    acting.post(f"{place}/accept", {}, 412, seen=f'"{UNKNOWN}"')
    acting.post(f"{place}/accept", {"version": head}, 422, seen=acting.etag())
    told = acting.post(f"{place}/accept", {}, seen=acting.etag())
    assert told["answer"]["status"] == "fixed"
    assert told["move"] == {"branch": "main", "origin": head, "target": acting.head}
    assert red(acting, "main", Box(90, 30, 10, 10))
    for act in ("accept", "reject"):
        assert acting.post(f"{place}/{act}", {}, 409, seen=acting.etag())["code"] == "conflict"
    acting.post(f"/steps/{run}/s9/reject", {}, 404)


def test_a_step_that_waits_is_rejected(acting: Any, waiting: tuple[str, str]) -> None:
    place, run = waiting
    told = acting.post(f"{place}/reject", {"reason": "too bright"})
    assert (told["answer"]["status"], told["move"]) == ("unfixed", None)
    assert acting.document.project.store.run(run).steps["w1"].reason == "rejected by agent: too bright"


def test_a_step_is_edited_in_the_worker(acting: Any, waiting: tuple[str, str]) -> None:
    place, run = waiting
    acting.post(f"{place}/edit", {}, 422)
    acting.post(f"{place}/edit", {"instruction": "x", "editors": ["openai:http://10.0.0.1/v1"]}, 422)
    task = acting.post(f"{place}/edit", {"instruction": "blue", "seed": 3}, 202)
    job = acting.client.get(f"/api/jobs/{task['job']}").json()
    assert (job["kind"], job["state"], job["doc"]) == ("edit", "waiting", "1-1")


# work


def test_a_step_is_asked_for_again(acting: Any) -> None:
    task = acting.post("/again", {"version": acting.head, "editor": "inpaint", "box": [1, 1, 9, 9]}, 202)
    assert acting.submitted[-1].id == task["job"]
    start = acting.document.version("HEAD~2").id
    for wrong, status in (
        ({"version": start}, 422),
        ({"version": UNKNOWN}, 404),
        ({"version": acting.head, "box": [100, 0, 90, 9]}, 422),
        ({"version": acting.head, "box": [0, 0, -1, 9]}, 422),
        ({"version": acting.head, "branch": "nobody"}, 404),
        ({"version": acting.head, "editor": "comfyui?graph=/etc/passwd"}, 422),
        ({"version": acting.head, "editor": "scripted:/etc/passwd"}, 422),
        ({"version": acting.head, "seed": -1}, 422),
    ):
        acting.post("/again", wrong, status)
    assert set(acting.document.branches) == {"main"}


def test_a_run_is_asked_for(acting: Any) -> None:
    boxes = [{"box": [1, 1, 9, 9], "instruction": "make it blue", "mode": "crop"}]
    wish = {"boxes": boxes, "editors": ["recolour", "diffusers:/models/allowed"], "verifiers": ["colour"]}
    task = acting.post("/runs", wish, 202)
    assert task == {"job": acting.submitted[-1].id, "run": None}
    for wrong, status in (
        ({}, 422),
        ({"goal": "  "}, 422),
        ({"goal": "x", "branch": "nobody"}, 404),
        ({"goal": "x", "branch": "main", "at": acting.head}, 409),
        ({"goal": "x", "branch": "a b", "at": acting.head}, 422),
        ({"goal": "x", "branch": "new", "at": UNKNOWN}, 404),
        ({"goal": "x", "planner": "vlm:http://169.254.169.254/"}, 422),
        ({"goal": "x", "editors": ["diffusers:/models/other"]}, 422),
        ({"goal": "x", "verifiers": ["all-of:vlm:http://evil"]}, 422),
        ({"goal": "x", "max_calls": -1}, 422),
        ({"goal": "x", "attempts": 0}, 422),
        ({"goal": "x", "unknown": 1}, 422),
        ({"boxes": [{"box": [120, 0, 50, 50], "instruction": "x"}]}, 422),
    ):
        acting.post("/runs", wrong, status)
    assert len(acting.studio.worker.jobs()) == 1


def test_a_run_that_is_over_is_not_stopped(acting: Any) -> None:
    run = acting.document.project.runs()[0].id
    for act in ("pause", "continue", "cancel"):
        assert acting.post(f"/runs/{run}/{act}", {}, 409)["code"] == "conflict"
        acting.post(f"/runs/{'0' * 16}/{act}", {}, 404)


def test_a_run_with_strange_parts_needs_leave_to_go_on(acting: Any) -> None:
    store, document = acting.document.project.store, acting.document.record.id
    goal = acting.document.project.runs()[0].goal
    options = {**acting.document.project.runs()[0].options, "editors": ["openai:http://evil.example/v1"]}
    run = store.begin_run(document, "main", goal=goal, options=options, base=acting.head)
    store.finish_run(run, "interrupted", {})
    assert acting.post(f"/runs/{run}/continue", {}, 422)["code"] == "spec"
    assert acting.post(f"/runs/{run}/cancel", {}, 202)["state"] == "failed"


# keys


def test_an_act_with_a_key_is_done_once(acting: Any) -> None:
    body, place = {"text": "once"}, f"/versions/{acting.head}/comments"
    first = acting.post(place, body, 201, Idempotency_Key="k1")
    assert acting.post(place, body, 201, Idempotency_Key="k1") == first
    assert len(acting.document.head().comments()) == 1
    assert acting.post(place, {"text": "other"}, 422, Idempotency_Key="k1")["code"] == "idempotency-key"
    assert acting.post("/tags", {"name": "t", "at": acting.head}, 422, Idempotency_Key="k1")["status"] == 422
    acting.post(place, body, 201, Idempotency_Key="k2")
    assert len(acting.document.head().comments()) == 2


def test_a_refusal_is_not_remembered(acting: Any) -> None:
    body, head = {"branch": "main", "to": acting.document.version("HEAD~1").id}, acting.head
    acting.post("/rollback", body, 412, seen=f'"{UNKNOWN}"', Idempotency_Key="k")
    moved = acting.post("/rollback", body, seen=f'"{head}"', Idempotency_Key="k")
    assert acting.post("/rollback", body, seen=f'"{head}"', Idempotency_Key="k") == moved
    assert len([move for move in acting.document.moves() if move.reason.startswith("rollback")]) == 1


@pytest.mark.parametrize("key", ["", "a" * 201, "a b", "a\tb"])
def test_keys_that_are_none_are_refused(acting: Any, key: str) -> None:
    acting.post(f"/versions/{acting.head}/comments", {"text": "x"}, 422, Idempotency_Key=key)
    assert acting.document.head().comments() == ()


def test_two_at_once_with_one_key_are_one(acting: Any) -> None:
    start, told = threading.Barrier(4), []

    def say() -> None:
        start.wait()
        place = f"/api/documents/1-1/versions/{acting.head}/comments"
        told.append(acting.client.post(place, json={"text": "x"}, headers={"Idempotency-Key": "k"}).json())

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer == told[0] for answer in told] == [True] * 4
    assert len(acting.document.head().comments()) == 1


# paths

TRAVERSALS = [
    "..",
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "1-1%00",
    "C:%5cx",
    "%252e%252e",
    "٣-٣",
    "0-0",
]


@pytest.mark.parametrize("part", TRAVERSALS)
def test_no_part_of_a_path_leads_anywhere_else(acting: Any, part: str) -> None:
    run, version = acting.document.project.runs()[0].id, acting.head
    places = [
        f"{part}/rollback",
        f"1-1/versions/{part}/comments",
        f"1-1/versions/{version}%2f{part}/marks",
        f"1-1/runs/{part}/cancel",
        f"1-1/steps/{part}/s1/reject",
        f"1-1/steps/{run}/{part}/reject",
    ]
    for place in places:
        answer = acting.client.post(f"/api/documents/{place}", json={})
        assert answer.status_code in (404, 405), (place, answer.text)
    assert acting.client.get(f"/api/jobs/{part}").status_code in (200, 404)
    assert np.array_equal(acting.document.head().picture.pixels, acting.document.version(version).picture.pixels)
