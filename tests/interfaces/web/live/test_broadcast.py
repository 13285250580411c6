"""The broadcast: one look for everybody, a place to come back to, and nobody waits for the slow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import UsageError
from retouch.event import Event
from retouch.interfaces.web.live.broadcast import Broadcast
from retouch.interfaces.web.live.cursor import Cursor
from retouch.interfaces.web.live.message import Marker, Message
from retouch.interfaces.web.live.onlooker import Onlooker
from retouch.interfaces.web.live.reader import Reader
from retouch.orchestrator.project import Project
from retouch.plan import Goal
from retouch.store import Store

PATIENCE = 30


@pytest.fixture
def store(project_file: Path) -> Iterator[Store]:
    with Store.open(project_file) as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> str:
    head = store.branches(1)["main"]
    return store.begin_run(1, "main", goal=Goal(text="x"), options={}, base=head)


def say(store: Store, run: str, *numbers: int) -> None:
    for number in numbers:
        store.record_event(run, Event(event="planned", data={"number": number}))


class Reading:
    """What one reader is told."""

    def __init__(self, broadcast: Broadcast, cursor: str = "", documents: frozenset[str] | None = None) -> None:
        self._told: list[str] = []
        reader = broadcast.admit(Cursor.parse(cursor), documents)
        assert reader is not None
        self.reader = reader
        self._broadcast = broadcast
        self._parts = broadcast.written(reader)
        self.id = cursor

    async def next(self, kind: str = "event") -> Any:
        """The data of the next message of that kind."""
        while True:
            if not self._told:
                part = (await asyncio.wait_for(anext(self._parts), PATIENCE)).decode()
                self._told = part.removesuffix("\n\n").split("\n\n")
            part = self._told.pop(0)
            fields = dict(line.split(": ", 1) for line in part.strip().split("\n") if not line.startswith(":"))
            self.id = fields.get("id", self.id)
            if fields.get("event") == kind:
                return json.loads(fields["data"])

    async def numbers(self, count: int) -> list[int]:
        return [(await self.next())["data"]["number"] for _ in range(count)]

    async def close(self) -> None:
        await self._parts.aclose()  # type: ignore[attr-defined]
        self._broadcast.dismiss(self.reader)


def test_who_was_away_hears_what_it_missed_and_then_what_happens(store: Store, run: str) -> None:
    async def scene() -> None:
        broadcast = Broadcast([store])
        first = Reading(broadcast)
        await first.next("changed")
        say(store, run, 1, 2, 3)
        assert await first.numbers(2) == [1, 2]
        cursor = first.id
        await first.close()
        say(store, run, 4, 5)
        again = Reading(Broadcast([store]), cursor)  # another server
        stays = Reading(broadcast, cursor)
        assert await again.numbers(3) == await stays.numbers(3) == [3, 4, 5]
        say(store, run, 6)
        assert await again.numbers(1) == await stays.numbers(1) == [6]
        await again.close()
        await stays.close()

    asyncio.run(scene())


def test_more_was_missed_than_one_page_holds(store: Store, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    news = store.news
    monkeypatch.setattr(store, "news", lambda after=0: news(after, 3))

    async def scene() -> None:
        say(store, run, *range(10))
        reading = Reading(Broadcast([store]), "1:0")
        assert await reading.numbers(10) == list(range(10))
        say(store, run, *range(10, 20))
        assert await reading.numbers(10) == list(range(10, 20))
        await reading.close()

    asyncio.run(scene())


def test_a_slow_reader_is_cut_off_and_comes_back(store: Store, run: str) -> None:
    async def scene() -> None:
        broadcast = Broadcast([store], waiting=250)
        quick, slow = Reading(broadcast), Reading(broadcast)
        await quick.next("changed")
        await slow.next("changed")
        cursor = slow.id
        for number in range(400):
            say(store, run, number)
            if number % 100 == 99:
                assert len(await quick.numbers(100)) == 100
        await asyncio.wait_for(slow.reader.gone.wait(), PATIENCE)
        assert slow.reader.slow and not quick.reader.gone.is_set()
        await slow.close()
        back = Reading(broadcast, cursor)
        assert await back.numbers(400) == list(range(400))
        await back.close()
        await quick.close()

    asyncio.run(scene())


def test_nobody_looks_when_nobody_reads(store: Store, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[None] = []
    pulse = store.pulse

    def counted() -> int:
        looks.append(None)
        return pulse()

    monkeypatch.setattr(store, "pulse", counted)

    async def scene() -> None:
        broadcast = Broadcast([store])
        readings = [Reading(broadcast) for _ in range(20)]
        for reading in readings:
            await reading.next("changed")
        say(store, run, 1)
        for reading in readings:
            assert await reading.numbers(1) == [1]
        for reading in readings:
            await reading.close()
        assert not any(onlooker._task for onlooker in broadcast._onlookers.values())
        seen = len(looks)
        say(store, run, 2)
        await asyncio.sleep(0)
        assert len(looks) == seen
        assert seen < 40  # one look for all twenty, not one each

    asyncio.run(scene())


def test_what_is_not_written_down_is_told_in_its_place(store: Store, run: str) -> None:
    async def scene() -> None:
        onlooker, reader = Onlooker(1, store), Reader(Cursor({1: 0}))
        await onlooker.add(reader)
        assert onlooker._task is not None
        onlooker._task.cancel()  # it looks when the test says so
        say(store, run, 2, 4, 5)
        for number, marked in ((1, True), (3, True), (6, False)):
            onlooker.tell(Message("event", 1, "1-1", {"data": {"number": number}}))
            if marked:
                onlooker.tell(Marker(1, run, "planned"))
        onlooker.tell(Marker(1, run, "unheard"))
        await onlooker._look()
        told = (await reader.next(PATIENCE)).decode().split("\n\n")
        fields = [dict(line.split(": ", 1) for line in one.split("\n")) for one in told if one]
        numbers = [json.loads(one["data"])["data"]["number"] for one in fields if one["event"] == "event"]
        assert numbers == [1, 2, 3, 4, 6, 5]
        onlooker.remove(reader)

    asyncio.run(scene())


def test_a_reader_hears_of_its_own_documents(store: Store, project_file: Path) -> None:
    async def scene() -> None:
        broadcast = Broadcast([store])
        reading = Reading(broadcast, documents=frozenset({"1-2"}))
        assert (await reading.next("changed"))["doc"] == "1-2"
        with Project.open(project_file) as other:
            other.document("page").comment("main", "unheard")
            other.document("other").comment("main", "heard")
        assert (await reading.next("changed"))["doc"] == "1-2"
        await reading.close()

    asyncio.run(scene())


def test_there_are_no_more_readers_than_may(store: Store) -> None:
    async def scene() -> None:
        broadcast = Broadcast([store], most=2)
        readers = [broadcast.admit(Cursor()) for _ in range(3)]
        assert [reader is not None for reader in readers] == [True, True, False]
        assert readers[0] is not None
        broadcast.dismiss(readers[0])
        assert broadcast.admit(Cursor()) is not None
        broadcast.stop()
        assert broadcast.admit(Cursor()) is None

    asyncio.run(scene())


def test_silence_is_broken_by_a_comment(store: Store) -> None:
    async def scene() -> None:
        broadcast = Broadcast([store], heartbeat=0.01)
        reader = broadcast.admit(Cursor())
        assert reader is not None
        parts = broadcast.written(reader)
        told = [await anext(parts) for _ in range(4)]
        assert told[0] == b"retry: 1000\n\n"
        assert told[-1] == b": still here\n\n"
        broadcast.dismiss(reader)

    asyncio.run(scene())


def test_no_text_can_begin_another_message() -> None:
    hostile = "a\n\nevent: changed\ndata: {}\r\rid: 9:9\u2028"
    body = Message("event", 1, "1-1", {"text": hostile}, 1).body
    assert body.count(b"\n") == 3 and b"\r" not in body
    assert json.loads(body.decode().split("data: ", 1)[1]) == {"text": hostile}


@given(st.dictionaries(st.integers(0, 999), st.integers(0, 10**18 - 1)))
def test_a_cursor_is_read_as_it_was_written(positions: dict[int, int]) -> None:
    assert str(Cursor.parse(str(Cursor(positions)))) == str(Cursor(positions))


@pytest.mark.parametrize("text", ["1", "1:", ":1", "a:1", "1:1.", "1:-1", "1:1\n", "٣:٣", "1:" + "9" * 19, "1:1,2:2"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no cursor"):
        Cursor.parse(text)


def test_a_cursor_never_goes_back() -> None:
    cursor = Cursor({1: 5})
    cursor.move(1, 3)
    cursor.move(2, 4)
    assert str(cursor) == "1:5.2:4"


def test_the_route_refuses_nonsense(served: Any, serve: Callable[..., Any]) -> None:
    for query in ("?after=x", "?documents=..", "?after=1:1%0a", "?documents=" + "1-1," * 2000):
        answer = served.client.get(f"/api/events{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    answer = served.client.get("/api/events", headers={"Last-Event-ID": "nonsense"})
    assert answer.status_code == 422


def test_too_many_pages_are_told_to_come_later(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.server._server._studio.broadcast, "_most", 1)
    with served.stream() as events:
        assert next(events).kind == "changed"
        answer = served.client.get("/api/events")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_reader_offers_nothing_it_does_not_want() -> None:
    async def scene() -> None:
        reader = Reader(Cursor(), frozenset({"1-1"}), waiting=1)
        for _ in range(5):
            reader.offer(Message("changed", 1, "1-2", {}))
        assert not reader.gone.is_set()
        assert await reader.next(0) == b""

    asyncio.run(scene())
