"""Asking a chat endpoint: every way in which servers take a schema, and everything that goes wrong."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import BaseModel, ConfigDict

from retouch.clients.asking import Message, VisionModel
from retouch.clients.chat import ChatModel
from retouch.clients.view import View
from retouch.errors import CancelledError, RemoteError, ServiceError, SpecError, UnreachableError
from retouch.picture import Picture
from tests.servers.chat import Chat, Turn, completion
from tests.servers.loopback import Loopback, Reply, says


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    answer: Literal["yes", "no"]
    why: str | None


YES = {"answer": "yes", "why": None}
PICTURE = Picture(np.dstack([np.tile(np.arange(120, dtype=np.uint8), (90, 1))] * 3))
VIEW = View.of(PICTURE)
ASKED = (Message("system", ("Judge.",)), Message("user", ("Is it dark?", VIEW, "Look well.")))


class Clock:
    """Time in which waiting takes none."""

    def __init__(self) -> None:
        self.time = 0.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def wait(self, seconds: float) -> None:
        self.time += seconds


def model(server: Loopback, **options: Any) -> ChatModel:
    return ChatModel(f"{server.url}/v1", "qwen3-vl", clock=Clock(), **options)


def test_the_schema_is_sent_and_the_answer_is_an_object() -> None:
    chat = Chat([YES])
    with Loopback(chat) as server:
        asked: VisionModel = model(server)
        assert asked.ask(ASKED, Answer) == Answer(answer="yes", why=None)
    body = chat.turns[0].body
    form = body["response_format"]["json_schema"]
    assert (body["model"], body["temperature"], body["stream"]) == ("qwen3-vl", 0.0, False)
    assert form["strict"] is True
    assert form["schema"]["required"] == ["answer", "why"]
    assert form["schema"]["additionalProperties"] is False


def test_what_is_sent_is_the_view_pixel_by_pixel_at_its_place() -> None:
    chat = Chat([YES])
    with Loopback(chat) as server:
        model(server).ask(ASKED, Answer)
    assert np.array_equal(chat.turns[0].pictures[0], VIEW.pixels)
    system, user = chat.turns[0].body["messages"]
    assert system == {"role": "system", "content": "Judge."}
    assert [part["type"] for part in user["content"]] == ["text", "image_url", "text", "text"]
    assert "JSON schema" in user["content"][-1]["text"]


@pytest.mark.parametrize(
    ("takes", "refused"), [(("json_object", "text"), 1), (("text",), 2), (("json_schema",), 0)], ids=str
)
def test_what_an_endpoint_refuses_is_left_out_and_remembered(takes: tuple[str, ...], refused: int) -> None:
    chat = Chat([YES], takes)
    with Loopback(chat) as server:
        asked = model(server)
        for _ in range(3):
            assert asked.ask(ASKED, Answer).answer == "yes"
        assert len(server.asked) == refused + 3
    assert {turn.form for turn in chat.turns} == {takes[0]}


def test_a_fixed_form_is_not_given_up() -> None:
    with Loopback(Chat([YES], ("text",))) as server:
        with pytest.raises(RemoteError, match="json_schema is not supported"):
            model(server, structured="json_schema").ask(ASKED, Answer)
        assert len(server.asked) == 1
        assert model(server, structured="text").ask(ASKED, Answer).answer == "yes"


def test_the_newer_name_of_the_token_limit_and_a_fixed_temperature() -> None:
    def picky(asked: Any) -> Reply:
        for name, said in (
            ("max_tokens", "'max_tokens' is not supported, use 'max_completion_tokens' instead"),
            ("temperature", "'temperature' does not support 0"),
        ):
            if name in asked.json:
                return says({"error": {"message": said}}, 400)
        return completion(YES)

    with Loopback(picky) as server:
        asked = model(server, tokens=77)
        assert asked.ask(ASKED, Answer).answer == "yes"
        asked.ask(ASKED, Answer)
        assert len(server.asked) == 4
        last = server.asked[-1].json
    assert last["max_completion_tokens"] == 77
    assert last["response_format"]["type"] == "json_schema"


def test_a_refusal_for_another_reason_is_reported_as_it_was_and_not_remembered() -> None:
    refusing = says({"error": {"message": "the model is asleep"}}, 400)
    replies = [refusing, refusing, refusing, completion(YES)]
    with Loopback(lambda asked: replies.pop(0)) as server:
        asked = model(server)
        with pytest.raises(RemoteError, match="400: the model is asleep"):
            asked.ask(ASKED, Answer)
        asked.ask(ASKED, Answer)
        assert server.asked[-1].json["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    "written",
    [
        'Surely! {"answer": "yes", "why": null} I hope this helps {you}.',
        '```json\n{"answer": "yes", "why": null}\n```',
        '<think>perhaps {"answer": "no", "why": null}</think>{"answer": "yes", "why": null}',
        '{"answer": "yes", "why": null}\n{"answer": "yes", "why": null}',
        'In braces {like this}: {"answer": "yes", "why": null}',
    ],
)
def test_prose_round_the_object_does_no_harm(written: str) -> None:
    with Loopback(Chat([written])) as server:
        assert model(server).ask(ASKED, Answer).answer == "yes"
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("I cannot say.", "no JSON object"),
        ('{"answer": "yes", "why": null', "no JSON object"),
        ('{"answer": "perhaps", "why": null}', "answer: Input should be 'yes' or 'no'"),
        ('{"answer": "yes", "why": null, "run": "rm"}', "run: Extra inputs"),
        ('{"answer": "yes", "answer": "no", "why": null}', "no JSON object"),
        ('It says {"answer": "yes", "why": null}, but {"answer": "no", "why": null}', "2 different answers"),
    ],
)
def test_a_bad_answer_gets_one_round_of_repair(written: str, complaint: str) -> None:
    chat = Chat([written, YES])
    with Loopback(chat) as server:
        assert model(server).ask(ASKED, Answer).answer == "yes"
    repair = chat.turns[1].body["messages"]
    assert [message["role"] for message in repair] == ["system", "user", "assistant", "user"]
    assert repair[2]["content"] == written
    assert complaint in repair[3]["content"]


def test_two_bad_answers_are_a_failure_of_the_service() -> None:
    with Loopback(Chat(["no", "{}", YES])) as server:
        with pytest.raises(ServiceError, match="twice: answer: Field required"):
            model(server).ask(ASKED, Answer)
        assert len(server.asked) == 2


def test_a_check_of_ones_own_is_repaired_like_a_wrong_form() -> None:
    def check(answer: Answer) -> None:
        if answer.why is None:
            raise ValueError("say why")

    chat = Chat([YES, {"answer": "yes", "why": "it is"}])
    with Loopback(chat) as server:
        assert model(server).ask(ASKED, Answer, check).why == "it is"
    assert "say why" in chat.turns[1].words


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (completion("{", finish="length"), "cut off after 4096 tokens"),
        (completion("  "), "empty message"),
        (says({"choices": []}), "without choices"),
        (says([1]), "without choices"),
        (says({"choices": [{"message": {"content": None, "refusal": "I must not"}}]}), "refuses to answer: I must not"),
        (Reply(200, b"<html>"), "no JSON"),
        (says({"error": {"message": "wrong key"}}, 401), "401: wrong key"),
    ],
)
def test_answers_that_are_none_name_what_came(reply: Reply, complaint: str) -> None:
    with Loopback(lambda asked: reply) as server, pytest.raises(RemoteError, match=complaint):
        model(server).ask(ASKED, Answer)


def test_content_in_parts_is_joined() -> None:
    parts = [{"type": "text", "text": '{"answer": "yes",'}, {"type": "text", "text": ' "why": null}'}]
    with Loopback(lambda asked: says({"choices": [{"message": {"content": parts}}]})) as server:
        assert model(server).ask(ASKED, Answer).answer == "yes"


def test_a_busy_server_is_asked_again_after_the_time_it_names() -> None:
    replies = [says({}, 429, Retry_After="7"), says({}, 503), completion(YES)]
    clock = Clock()
    with Loopback(lambda asked: replies.pop(0)) as server:
        made = ChatModel(f"{server.url}/v1", "m", clock=clock)
        assert made.ask(ASKED, Answer).answer == "yes"
        assert len(server.asked) == 3
    assert 7 <= clock.time < 12


def test_a_slow_server_is_left_when_the_user_stops() -> None:
    class Stopping:
        def __init__(self, server: Loopback) -> None:
            self._server = server

        def progress(self, fraction: float) -> None: ...

        def raise_if_cancelled(self) -> None:
            if self._server.arrived.acquire(blocking=False):
                raise CancelledError("stopped")

    never = threading.Event()
    with Loopback(lambda asked: Reply(hold=never)) as server:
        made = ChatModel(f"{server.url}/v1", "m")
        with pytest.raises(CancelledError):
            made.ask(ASKED, Answer, watch=Stopping(server))
        never.set()


def test_nobody_there() -> None:
    with Loopback(Chat([YES])) as server:
        url = server.url
    with pytest.raises(UnreachableError, match="cannot be reached"):
        ChatModel(f"{url}/v1", "m", clock=Clock(), tries=1).ask(ASKED, Answer)


def test_where_it_sends_to_and_how_it_counts() -> None:
    made = ChatModel("https://api.example.com/v1", "Qwen2.5-VL-7B-Instruct")
    assert (made.sends_to, made.name, made.box_convention) == ("api.example.com", "Qwen2.5-VL-7B-Instruct", "absolute")
    assert ChatModel("http://127.0.0.1:1/v1", "qwen3-vl").box_convention == "1000"
    assert ChatModel("http://127.0.0.1:1/v1", "x", box_convention=1).box_convention == "1"
    assert ChatModel("http://127.0.0.1:1/v1").name == "127.0.0.1:1"


@pytest.mark.parametrize("options", [{"structured": "xml"}, {"box_convention": "inches"}])
def test_unknown_words_in_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="is unknown; expected"):
        ChatModel("http://127.0.0.1:1/v1", "m", **options)


def test_the_key_goes_into_the_header_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETOUCH_OPENAI_API_KEY", "sk-very-secret")
    with Loopback(lambda asked: says({"error": {"message": "bad sk-very-secret"}}, 403)) as server:
        made = model(server)
        with pytest.raises(RemoteError) as failed:
            made.ask(ASKED, Answer)
        assert server.asked[0].headers["authorization"] == "Bearer sk-very-secret"
    assert "sk-very-secret" not in str(failed.value) + repr(vars(made))


def test_the_official_client_and_ours_agree_about_the_server() -> None:
    openai = pytest.importorskip("openai")
    chat = Chat([YES])
    with Loopback(chat) as server:
        model(server).ask(ASKED, Answer)
        ours: Turn = chat.turns[0]
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
            theirs = client.chat.completions.create(**ours.body)
        assert theirs.choices[0].message.content == '{"answer": "yes", "why": null}'
    assert chat.turns[1].body == ours.body
