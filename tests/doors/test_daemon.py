"""The daemon in one process: everything starts, works together, and stops."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from dedup.doors.daemon import OnceSummary, Role, follow_first_feeds, follow_only, once, running
from dedup.doors.settings import Settings
from dedup.doors.settings_toml import with_options
from dedup.nouns.cluster import Emitted
from dedup.nouns.feed import Feed
from dedup.spine import shapes
from dedup.spine.desk import Desk
from tests.doors.conftest import Dedup, TinyHouse, eventually
from tests.tiny import tiny_desk

FEEDS = [Feed("https://a.example/rss"), Feed("https://b.example/rss")]


@pytest.fixture
def settings() -> Settings:
    return with_options(Settings(), {"data.dir": "tiny", "http.port": 0})


def test_poller_worker_and_server_work_together(house: TinyHouse, settings: Settings) -> None:
    house.store.follow(FEEDS)
    told: list[str] = []
    connection = house.open(settings)
    with running(connection, Role.ALL, told.append) as address:
        assert eventually(lambda: len(house.store.articles) == 2)
        assert httpx.get(f"{address}/v1/articles/https://a.example/rss%231").json()["id"] == "https://a.example/rss#1"
        pushed = {"id": "x", "title": "https://a.example/rss#1", "text": "a copy", "source": "Paper"}
        assert httpx.post(f"{address}/v1/articles", json=pushed).json()["clustered"] == 1
        assert eventually(lambda: bool(told))
    assert told == ["   2 articles  https://a.example/rss#1  + Paper"]
    assert house.store.queue == []
    assert not [thread.name for thread in threading.enumerate() if thread.name in ("worker-0", "poller", "http")]


def test_a_role_alone_starts_nothing_else(house: TinyHouse, settings: Settings) -> None:
    house.store.follow(FEEDS)
    with running(house.open(settings), Role.POLL) as address:
        assert address is None
        assert eventually(lambda: len(house.store.queue) == 2)
    assert house.store.articles == {}


def test_once(house: TinyHouse, settings: Settings) -> None:
    house.store.follow(FEEDS)
    connection = house.open(settings)
    assert once(connection, threading.Event()) == OnceSummary(2, 0, accepted=2, clustered=2, skipped=0, failed=0)
    assert once(connection, threading.Event()).accepted == 0


def test_the_first_feeds_come_from_the_file_of_the_settings(
    house: TinyHouse, settings: Settings, tmp_path: Path
) -> None:
    opml = tmp_path / "feeds.opml"
    opml.write_text('<opml version="2.0"><body><outline xmlUrl="https://a.example/rss"/></body></opml>')
    here = with_options(settings, {"feeds.opml": str(opml)})
    assert follow_first_feeds(house.open(with_options(settings, {"feeds.opml": str(tmp_path / "absent")}))) == 0
    assert follow_first_feeds(house.open(here)) == 1
    house.store.unfollow("https://a.example/rss")
    house.store.follow([Feed("https://mine.example/rss")])
    assert follow_first_feeds(house.open(here)) == 0


def test_the_sample_follows_its_own_feeds_only(house: TinyHouse, settings: Settings) -> None:
    house.store.follow(FEEDS)
    follow_only(house.open(settings), [FEEDS[0], Feed("http://127.0.0.1:1/a")])
    assert list(house.store.book) == [FEEDS[0].url, "http://127.0.0.1:1/a"]


def test_run_once_prints_a_summary(dedup: Dedup, house: TinyHouse, tmp_path: Path) -> None:
    house.store.follow(FEEDS)
    result = dedup("run", "--once", "--json")
    assert json.loads(result.stdout) == {
        "polled": 2, "failing": 0, "accepted": 2, "clustered": 2, "skipped": 0, "failed": 0,
    }  # fmt: skip
    house.store.away = True
    assert dedup("run", "--once").exit_code == 1
    house.store.away = False
    house.store.book.clear()
    assert "0 feeds polled, 0 failing\n0 articles" in dedup("run", "--once").stdout
    assert house.store.closed


def test_run_greets_and_stops_on_a_signal(dedup: Dedup, house: TinyHouse) -> None:
    def interrupt_when_running() -> None:
        if eventually(lambda: any(thread.name == "http" for thread in threading.enumerate())):
            os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=interrupt_when_running)
    watcher.start()
    result = dedup("run", "--port", "0")
    watcher.join()
    assert result.exit_code == 0
    assert "dedup is running; Ctrl-C stops it." in result.stderr
    assert "http   http://127.0.0.1:" in result.stderr
    assert house.store.closed


def test_run_json_prints_events_and_nothing_else(
    dedup: Dedup, house: TinyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    events = house.store.events

    def listening(after: str | None = None, limit: int = 100, wait_s: float = 0) -> list[Emitted]:
        asked.append(after)
        return events(after, limit, wait_s)

    def hinting(desk: Desk, say: Callable[[str], None], stop: threading.Event) -> None:
        say("nothing can be fetched")
        tiny_desk(house.store).ingest([{"id": each, "title": "Storm", "text": "a storm"} for each in "ab"])
        stop.wait()

    monkeypatch.setattr(house.store, "events", listening)
    monkeypatch.setattr("dedup.doors.daemon.watch_first_round", hinting)

    def interrupt_when_told() -> None:
        eventually(lambda: "2" in asked)
        os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=interrupt_when_told)
    watcher.start()
    result = dedup("run", "--port", "0", "--json")
    watcher.join()
    assert [json.loads(line) for line in result.stdout.splitlines()] == [shapes.event(each) for each in events()]
    assert "nothing can be fetched" in result.stderr


def test_a_port_in_use_is_exit_2(dedup: Dedup, house: TinyHouse, settings: Settings) -> None:
    with running(house.open(settings), Role.SERVE) as address:
        result = dedup("serve", "--port", str(address).rpartition(":")[2])
    assert result.exit_code == 2
    assert "an address that is free" in result.stderr
