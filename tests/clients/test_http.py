"""The HTTP client against real servers on loopback that misbehave in every way we could think of."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Protocol

import pytest

from retouch.clients import patience
from retouch.clients.endpoint import Endpoint
from retouch.clients.exchange import Upload
from retouch.clients.http import HttpClient
from retouch.clients.keys import Key
from retouch.clients.patience import Limits
from retouch.errors import CancelledError, EditorError, RemoteError, UnavailableError, UnreachableError, VerifierError
from tests.servers.loopback import Answers, Asked, Loopback, Reply, says

SECRET = "sk-very-secret-1234567890"
KEY = Key(SECRET, "OPENAI_API_KEY")


class Serve(Protocol):
    def __call__(self, *replies: Reply | Answers) -> Loopback: ...


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that gives one reply after another; the last one again and again."""
    with ExitStack() as stack:

        def start(*replies: Reply | Answers) -> Loopback:
            left = list(replies)

            def answers(asked: Asked) -> Reply:
                reply = left.pop(0) if len(left) > 1 else left[0]
                return reply(asked) if callable(reply) else reply

            return stack.enter_context(Loopback(answers))

        yield start


@pytest.fixture
def client(clock: Any) -> Iterator[Callable[..., HttpClient]]:
    """Make a client on the test's clock; all are closed at the end."""
    made: list[HttpClient] = []

    def make(server: Loopback | str, **options: Any) -> HttpClient:
        url = server if isinstance(server, str) else server.url + "/v1"
        given = {"clock": clock, "key": KEY} | options
        made.append(HttpClient("tester", Endpoint.parse(url), **given))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_json_goes_and_comes(serve: Serve, client: Any) -> None:
    server = serve(says({"ok": "笔"}))
    assert client(server).post_json("things/new", {"text": "墨", "n": 1}) == {"ok": "笔"}
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v1/things/new")
    assert asked.json == {"text": "墨", "n": 1}
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"


def test_a_form_keeps_the_order_of_its_files_and_every_byte(serve: Serve, client: Any) -> None:
    server = serve(says({}))
    contents = [bytes(range(256)) * 3, b"\r\n--x\r\n", b"two"]
    uploads = [Upload("image", f"{n}.png", content) for n, content in enumerate(contents)]
    client(server).post_form("edits", {"prompt": '写"永"\r\nplease', "n": "1"}, uploads)
    assert server.asked[0].fields() == {"prompt": '写"永"\r\nplease', "n": "1"}
    assert server.asked[0].files("image") == contents


def test_an_empty_answer_is_none(serve: Serve, client: Any) -> None:
    assert client(serve(Reply(200, b""))).post_json("interrupt", {}) is None


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"{", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_garbage_is_said_to_be_no_json(serve: Serve, client: Any, body: bytes) -> None:
    with pytest.raises(RemoteError, match="no JSON") as caught:
        client(serve(Reply(200, body))).get_json("x")
    assert caught.value.status == 200
    assert caught.value.host.startswith("127.0.0.1")


# trying again


@pytest.mark.parametrize(
    "failure", [says({}, 429), says({}, 500), says({}, 503), Reply(drop=True), Reply(200, b"{}" * 9, cut=5)]
)
def test_passing_failures_are_tried_again(serve: Serve, client: Any, clock: Any, failure: Reply) -> None:
    server = serve(failure, failure, says({"ok": 1}))
    assert client(server).post_json("x", {}) == {"ok": 1}
    assert len(server.asked) == 3
    assert 1.5 <= clock.time - 1000 <= 3  # 0.5 to 1 s, then 1 to 2 s
    assert max(clock.waited) <= patience.SLICE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 422])
def test_refusals_are_not_tried_again(serve: Serve, client: Any, clock: Any, status: int) -> None:
    server = serve(says({"error": {"message": "no"}}, status))
    with pytest.raises(RemoteError, match=f"answered {status}: no") as caught:
        client(server).post_json("x", {})
    assert caught.value.status == status
    assert len(server.asked) == 1
    assert clock.waited == []
    assert isinstance(caught.value, EditorError)
    assert isinstance(caught.value, VerifierError)
    assert isinstance(caught.value, UnavailableError) == (status in (401, 403))


def test_tries_are_bounded(serve: Serve, client: Any) -> None:
    server = serve(says({"detail": "busy"}, 503))
    with pytest.raises(RemoteError, match="answered 503: busy"):
        client(server, limits=Limits(tries=3)).get_json("x")
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("Thu, 01 Jan 2026 00:00:12 GMT", 12), ("99999", 60), ("Wed, 01 Jan 2031 00:00:00 GMT", 60), ("0", 0)],
)
def test_retry_after_is_heeded_up_to_a_bound(
    serve: Serve, client: Any, clock: Any, header: str, seconds: float
) -> None:
    server = serve(says({}, 429, Retry_After=header), says({"ok": 1}))
    assert client(server).get_json("x") == {"ok": 1}
    assert clock.time - 1000 == pytest.approx(seconds)


@pytest.mark.parametrize("header", ["soon", "-5", "", "Thu, 99 Jan 2026", "１２"])
def test_a_strange_retry_after_is_passed_over(serve: Serve, client: Any, clock: Any, header: str) -> None:
    reply = Reply(429, b"{}", {"Retry-After": header.encode("utf-8").decode("latin-1")})
    assert client(serve(reply, says({"ok": 1}))).get_json("x") == {"ok": 1}
    assert 0.5 <= clock.time - 1000 <= 1


def test_no_wait_begins_that_would_outlast_the_time(serve: Serve, client: Any, clock: Any) -> None:
    server = serve(says({}, 503, Retry_After="30"))
    with pytest.raises(RemoteError, match="answered 503"):
        client(server, limits=Limits(total=20)).get_json("x")
    assert len(server.asked) == 1
    assert clock.waited == []


def test_a_port_on_which_nobody_listens_is_named(client: Any, clock: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        port = taken.getsockname()[1]
        with pytest.raises(UnreachableError, match=f"127.0.0.1:{port} cannot be reached") as caught:
            client(f"http://127.0.0.1:{port}").get_json("x")
    assert "running" in caught.value.hint
    assert clock.time > 1000  # it was tried again


def test_an_unknown_name_is_named(client: Any) -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(UnreachableError, match="nowhere.example cannot be reached: .*name"):
        client("https://nowhere.example", resolve=nobody, limits=Limits(tries=1)).get_json("x")


# time-outs and stops


def test_a_silent_host_is_given_up_and_not_asked_again(
    serve: Serve, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retouch.clients.network.SLICE", 0.01)
    over = threading.Event()
    server = serve(Reply(200, b"{}", hold=over))
    with pytest.raises(RemoteError, match="sent nothing for 0.03 s"):
        client(server, limits=Limits(read=0.03)).get_json("x")
    over.set()
    assert len(server.asked) == 1


@pytest.mark.parametrize("after", [0, 4])
def test_a_stop_is_felt_while_a_host_thinks(
    serve: Serve, client: Any, stop: Any, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Before the first byte, and in the middle of the body."""
    monkeypatch.setattr("retouch.clients.network.SLICE", 0.01)
    over = threading.Event()
    server = serve(Reply(200, b'{"a": 1}', hold=over, after=after))
    one = client(server)
    with pytest.raises(CancelledError):
        one.get_json("x", watch=stop(lambda looks: len(server.asked) > 0 and looks > 8))
    over.set()
    server.answers = lambda asked: says({"ok": 1})
    assert one.get_json("x") == {"ok": 1}  # the broken connection is not used again


def test_a_stop_is_felt_while_waiting_for_another_try(serve: Serve, client: Any, clock: Any, stop: Any) -> None:
    server = serve(says({}, 503, Retry_After="60"))
    with pytest.raises(CancelledError):
        client(server).get_json("x", watch=stop(lambda looks: clock.time > 1002))
    assert clock.time - 1000 <= 2 + 2 * patience.SLICE
    assert len(server.asked) == 1


def test_nothing_is_sent_after_a_stop(serve: Serve, client: Any, stop: Any) -> None:
    server = serve(says({}))
    with pytest.raises(CancelledError):
        client(server).get_json("x", watch=stop(lambda looks: True))
    assert server.asked == []


def test_the_whole_call_has_an_end(serve: Serve, client: Any, clock: Any) -> None:
    """Time passes while the answer comes."""

    def slow(asked: Asked) -> Reply:
        clock.time += 50
        return says({})

    with pytest.raises(RemoteError, match="no result within 40 s"):
        client(serve(slow), limits=Limits(total=40)).get_json("x")


# size


def test_an_answer_announced_too_long_is_not_read(serve: Serve, client: Any) -> None:
    server = serve(Reply(200, b"x" * 10, announced=10**15, cut=10))
    with pytest.raises(RemoteError, match="more than the 1000 bytes"):
        client(server, limits=Limits(max_bytes=1000)).get_json("x")
    assert len(server.asked) == 1


def test_an_answer_that_does_not_end_is_cut_off(serve: Serve, client: Any) -> None:
    with pytest.raises(RemoteError, match="more than the 1000 bytes"):
        client(serve(Reply(200, b"x" * 200_000, chunked=True)), limits=Limits(max_bytes=1000)).get_bytes("x")


def test_an_answer_as_long_as_allowed_is_taken(serve: Serve, client: Any) -> None:
    one = client(serve(Reply(200, b"x" * 1000, chunked=True)), limits=Limits(max_bytes=1000))
    assert one.get_bytes("x") == b"x" * 1000


def test_a_compressed_flood_is_cut_off(serve: Serve, client: Any) -> None:
    import gzip

    packed = gzip.compress(bytes(10_000_000))
    with pytest.raises(RemoteError, match="more than the 100000 bytes"):
        client(serve(Reply(200, packed, {"Content-Encoding": "gzip"})), limits=Limits(max_bytes=100_000)).get_bytes("x")


# what errors say


def test_neither_key_nor_picture_stands_in_an_error(serve: Serve, client: Any) -> None:
    blob = "iVBORw0KGgo" * 500
    detail = {"error": {"message": f"bad key {SECRET}\x1b[31m\nand \u202e{blob} at https://x/y?sig=abcdef"}}
    with pytest.raises(RemoteError) as caught:
        client(serve(says(detail, 400))).post_json("x", {"image": blob})
    told = repr(caught.value) + caught.value.message + caught.value.hint + repr(caught.value.__cause__)
    assert SECRET not in told
    assert "iVBORw0KGgo" not in told
    assert "sig" not in told
    assert "\x1b" not in told and "\n" not in told and "\u202e" not in told
    assert "bad key <key>" in caught.value.message
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "m", "code": "c", "type": "t"}}, "c: m"),
        ({"error": "plain"}, "plain"),
        ({"detail": "d"}, "d"),
        ({"detail": [{"loc": ["body", "image"], "msg": "Needed", "input": "xxxx"}]}, "body.image: Needed"),
        ({"code": "InvalidApiKey", "message": "No API-key", "request_id": "r"}, "InvalidApiKey: No API-key"),
        (
            {"error": {"message": "Prompt outputs failed validation"},
             "node_errors": {"3": {"class_type": "KSampler", "errors": [{"message": "Too big", "details": "steps"}]}}},
            "node 3 (KSampler): Too big steps",
        ),
    ],
)  # fmt: skip
def test_each_api_is_understood_in_its_own_words(serve: Serve, client: Any, body: Any, said: str) -> None:
    with pytest.raises(RemoteError) as caught:
        client(serve(says(body, 400))).get_json("x")
    assert caught.value.message.endswith(f"answered 400: {said}")


def test_a_key_is_shown_by_nothing() -> None:
    assert SECRET not in repr(KEY) + str(KEY) + f"{KEY}"
    with pytest.raises(TypeError):
        import pickle

        pickle.dumps(KEY)


# addresses in answers


def test_a_result_is_fetched_from_the_endpoint_with_its_key(serve: Serve, client: Any) -> None:
    server = serve(Reply(200, b"picture"))
    one = client(server)
    assert one.fetch(server.url + "/files/a.png?x=1") == b"picture"
    assert one.fetch("/v1/images/abc/content") == b"picture"
    assert [asked.path for asked in server.asked] == ["/files/a.png", "/v1/images/abc/content"]
    assert all(asked.headers["authorization"] == f"Bearer {SECRET}" for asked in server.asked)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://example.com/a.png",
        "http://127.0.0.1:1/a.png",
        "http://[::1]/a.png",
        "file:///etc/passwd",
        "gopher://127.0.0.1/x",
        "//example.com/a.png",
        "http://user:pass@127.0.0.1/x",
        "http://127.0.0.1@evil.example/x",
        "https://evil.example\\@127.0.0.1/x",
        "http://2130706433/x",
        "http://[fe80::1%25eth0]/x",
        "http://[",
        "https://ex ample.com/",
        "https://ﬁ.example/",
        "https://x.example/" + "a" * 10_000,
    ],
)
def test_a_result_elsewhere_is_not_fetched(serve: Serve, client: Any, url: str) -> None:
    server = serve(says({}))
    with pytest.raises(RemoteError, match="not allowed") as caught:
        client(server).fetch(url)
    assert server.asked == []
    assert "pass" not in caught.value.message


def test_another_host_must_be_allowed_and_never_sees_the_key(serve: Serve, client: Any) -> None:
    server, store = serve(says({})), serve(Reply(200, b"picture"))
    with pytest.raises(RemoteError, match=f"http://127.0.0.1:{store.port}, which is not allowed"):
        client(server).fetch(store.url + "/a.png")
    assert store.asked == []
    allowed = client(server, allowed=[f"127.0.0.1:{store.port}"], headers={"X-Account": SECRET})
    assert allowed.fetch(store.url + "/a.png?Signature=abc") == b"picture"
    assert "authorization" not in store.asked[0].headers
    assert SECRET not in str(store.asked[0].headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "to", ["http://10.0.0.1/x", "http://169.254.169.254/x", "http://[::ffff:10.0.0.1]/x", "file:///x"]
)
def test_a_redirect_is_looked_at_again(serve: Serve, client: Any, status: int, to: str) -> None:
    server = serve(Reply(status, b"", {"Location": to}))
    with pytest.raises(RemoteError, match="not allowed"):
        client(server).fetch("/a.png")
    assert len(server.asked) == 1


def test_a_redirect_to_another_host_goes_without_the_key(serve: Serve, client: Any) -> None:
    store = serve(Reply(200, b"picture"))
    server = serve(Reply(302, b"", {"Location": store.url + "/b.png"}))
    assert client(server, allowed=[f"127.0.0.1:{store.port}"]).fetch("/a.png") == b"picture"
    assert "authorization" in server.asked[0].headers
    assert "authorization" not in store.asked[0].headers


def test_redirects_end(serve: Serve, client: Any) -> None:
    server = serve(Reply(302, b"", {"Location": "/again"}))
    with pytest.raises(RemoteError, match="more than 3 times"):
        client(server).fetch("/a.png")
    assert len(server.asked) == 4


def test_pictures_are_not_posted_on(serve: Serve, client: Any) -> None:
    store = serve(says({}))
    server = serve(Reply(307, b"", {"Location": store.url + "/steal"}))
    with pytest.raises(RemoteError, match="redirects"):
        client(server, allowed=[f"127.0.0.1:{store.port}"]).post_json("x", {"image": "…"})
    assert store.asked == []


# side by side


def test_calls_run_side_by_side(serve: Serve, client: Any) -> None:
    meeting = threading.Barrier(8, timeout=30)

    def together(asked: Asked) -> Reply:
        meeting.wait()  # passes only when all eight are here
        return says(asked.json)

    server = serve(together)
    one = client(server)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: one.post_json("x", n), range(16))) == list(range(16))
    assert server.most_at_once == 8


def test_cookies_are_not_kept(serve: Serve, client: Any) -> None:
    server = serve(says({}, Set_Cookie="a=b"))
    one = client(server)
    one.get_json("x")
    one.get_json("x")
    assert "cookie" not in server.asked[1].headers


def test_proxies_of_the_environment_are_not_used(serve: Serve, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect for us, to addresses that nobody checked."""
    proxy = serve(says({"proxy": True}))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    assert client(serve(says({"ok": 1}))).get_json("x") == {"ok": 1}


def test_numbers_that_are_none_are_not_sent(client: Any) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        client("http://127.0.0.1:1").post_json("x", {"a": float("nan")})
