"""Events as a stream: real clients that read, come back, go away, or are still there when the server stops."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from dedup.loops.server import HttpServer, build_app
from dedup.loops.server.events import MAX_WAITING
from dedup.nouns.cluster import Emitted
from dedup.nouns.errors import StoreError
from tests.tiny import TinyStore, tiny_desk

STREAM = {"Accept": "text/event-stream"}


@contextmanager
def serving(store: TinyStore) -> Iterator[tuple[httpx.Client, threading.Event]]:
    """A client of a real server, and the event that stops it; in the end the server has stopped, and soon."""
    stop = threading.Event()
    server = HttpServer(build_app(tiny_desk(store), stop, 10_000), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    with httpx.Client(base_url=server.url, timeout=10) as client:
        try:
            yield client, stop
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def store() -> TinyStore:
    store = TinyStore()
    add(store, "a", "b", "c")
    return store


@pytest.fixture
def http(store: TinyStore) -> Iterator[httpx.Client]:
    with serving(store) as (client, _):
        yield client


def add(store: TinyStore, *names: str) -> None:
    tiny_desk(store).ingest({"id": name, "title": name, "text": "a storm"} for name in names)


def told(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The id and the data of each event in the lines of a stream, as the HTML standard has them read."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif fields:
            yield fields["id"], json.loads(fields["data"])
            fields = {}


def test_a_reader_comes_back_and_goes_on(http: httpx.Client, store: TinyStore) -> None:
    asked = http.get("/v1/events").json()["events"]
    with http.stream("GET", "/v1/events", headers=STREAM) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        events = told(answer.iter_lines())
        first, second = next(events), next(events)
    assert [first, second] == [(each["cursor"], each) for each in asked[:2]]
    back = {**STREAM, "Last-Event-ID": second[0]}
    with http.stream("GET", "/v1/events", params={"after": "0", "limit": 1}, headers=back) as answer:
        events = told(answer.iter_lines())
        assert next(events) == (asked[2]["cursor"], asked[2])
        threading.Timer(0.1, add, (store, "late")).start()
        assert next(events)[1]["cluster"] == "late"
    with http.stream("GET", "/v1/events", params={"after": second[0]}, headers=STREAM) as answer:
        assert next(told(answer.iter_lines()))[1] == asked[2]


def test_while_nothing_happens_a_comment_comes_now_and_then(http: httpx.Client) -> None:
    with http.stream("GET", "/v1/events", params={"after": "3"}, headers=STREAM) as answer:
        lines = answer.iter_lines()
        assert [next(lines) for _ in range(4)] == [":", "", ":", ""]


def test_a_reader_does_not_delay_the_end(store: TinyStore) -> None:
    with serving(store) as (http, stop), http.stream("GET", "/v1/events", headers=STREAM) as answer:
        lines = answer.iter_lines()
        next(told(lines))
        started = time.monotonic()
        stop.set()
        assert len(list(told(lines))) == 2  # and the stream ends in order
    assert time.monotonic() - started < 3


def test_seats_are_limited_and_given_back(http: httpx.Client) -> None:
    def ask() -> int:
        with http.stream("GET", "/v1/events", headers=STREAM) as answer:
            if answer.status_code == 503:
                assert json.loads(answer.read())["error"]["type"] == "service_unavailable"
                assert answer.headers["retry-after"] == "5"
            return answer.status_code

    with ExitStack() as readers:
        for _ in range(MAX_WAITING):
            assert readers.enter_context(http.stream("GET", "/v1/events", headers=STREAM)).status_code == 200
        assert ask() == 503
        assert http.get("/v1/events", params={"after": "3", "wait": 60}).json()["events"] == []
    deadline = time.monotonic() + 10
    while ask() == 503:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_is_wrong_is_told_before_a_stream_begins(http: httpx.Client, store: TinyStore) -> None:
    bogus = http.get("/v1/events", headers={**STREAM, "Last-Event-ID": "bogus"})
    assert (bogus.status_code, bogus.json()["error"]["type"]) == (422, "input")
    store.away = True
    away = http.get("/v1/events", headers=STREAM)
    assert (away.status_code, away.json()["error"]["type"]) == (503, "store")


def test_a_store_that_goes_away_ends_the_stream(
    http: httpx.Client, store: TinyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*asked: object, **more: object) -> list[Emitted]:
        raise StoreError("Redis is away")

    with http.stream("GET", "/v1/events", headers=STREAM) as answer:
        events = told(answer.iter_lines())
        next(events)
        monkeypatch.setattr(store, "events", gone)
        assert len(list(events)) == 2


def test_the_stream_is_described(http: httpx.Client) -> None:
    described = http.get("/openapi.json").json()["paths"]["/v1/events"]["get"]
    assert set(described["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert "Last-Event-ID" in described["description"]
