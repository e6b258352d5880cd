"""WebSub against a real hub on loopback and a real server of ours."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.parse import parse
from dedup.following.websub import DAY_S, is_signed
from dedup.loops.hubs import Hubs
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.server import HttpServer, build_app
from dedup.loops.visit import Stages
from dedup.nouns.feed import Feed
from dedup.nouns.subscription import Subscription
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox
from tests.origin import Origin, running_origin
from tests.tiny import TinyStore, tiny_desk

NOW = 1_750_000_000


@dataclass
class Hub:
    """A hub that verifies intent at once and delivers on demand."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    lease_s: int = DAY_S

    def take(self, form: dict[str, str]) -> None:
        self.asked.append(form)
        self.answers.append(self.verify(form["hub.callback"], form["hub.topic"]))

    def verify(self, callback: str, topic: str, mode: str = "subscribe") -> tuple[int, str]:
        query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": "c-1", "hub.lease_seconds": str(self.lease_s)}
        answer = httpx.get(f"{callback}?{urlencode(query)}", timeout=5)
        return answer.status_code, answer.text

    def deliver(self, form: dict[str, str], body: bytes, secret: str | None = None) -> int:
        made = hmac.new((secret or form["hub.secret"]).encode(), body, sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={made}"}
        return httpx.post(form["hub.callback"], content=body, headers=headers, timeout=5).status_code


@dataclass
class Town:
    origin: Origin
    hub: Hub
    hubs: Hubs
    feeds: MemoryFeedBook
    poller: Poller
    address: str
    clock: list[int]
    feed: str = ""

    def due(self) -> bool:
        return bool(self.feeds.claim(self.clock[0], 10, 1))


def document(origin: Origin, hub: Hub, number: int) -> bytes:
    return (
        "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><title>T</title>"
        f"<a:link rel='hub' href='{hub.url}'/><a:link rel='self' href='{origin.url('/feed')}'/>"
        f"<item><guid>{number}</guid><title>The ferry was late again, for the {number}. time</title></item>"
        "</channel></rss>"
    ).encode()


@pytest.fixture
def town() -> Iterator[Town]:
    hub, clock, stop = Hub(), [NOW], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            hub.take({name: values[0] for name, values in form.items()})
            self.send_response(202)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    feeds = MemoryFeedBook()
    with (
        running_origin() as origin,
        ThreadingHTTPServer(("127.0.0.1", 0), Handler) as hub_server,
        Fetcher(FetchSettings(allow_networks=("127.0.0.1",))) as fetcher,
        ThreadPoolExecutor(2) as pool,
    ):
        hub.url = f"http://127.0.0.1:{hub_server.server_port}/"
        pool.submit(hub_server.serve_forever, 0.01)
        hubs = Hubs(feeds, fetcher.post_form, "http://127.0.0.1:1", lambda: clock[0])
        server = HttpServer(build_app(tiny_desk(TinyStore()), stop, 1_000_000, hubs), "127.0.0.1", 0)
        hubs.reach(server.url)
        pool.submit(server.run, stop)
        stages = Stages(
            fetcher.fetch, parse, partial(read, settings=ReadingSettings()), fingerprint, announce=hubs.announce
        )
        settings = PollerSettings(host_pause_s=0)
        poller = Poller(feeds, MemoryInbox(), stages, settings, lambda: clock[0], threading.Event())
        feed = origin.serve("/feed", document(origin, hub, 1), ETag='"1"')
        feeds.follow([Feed(feed)])
        try:
            yield Town(origin, hub, hubs, feeds, poller, server.url, clock, feed)
        finally:
            stop.set()
            hub_server.shutdown()


def test_a_hub_is_asked_confirms_and_its_deliveries_hasten_the_poll(town: Town) -> None:
    assert town.poller.run_once().sent == 1
    (form,) = town.hub.asked
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", town.feed)
    assert town.hub.answers == [(200, "c-1")]
    town.clock[0] += 120
    assert not town.due()
    assert town.hub.deliver(form, b"<rss/>") == 202
    town.origin.serve("/feed", document(town.origin, town.hub, 2), ETag='"2"')
    assert town.poller.run_once().sent == 1
    assert len(town.hub.asked) == 1  # the lease holds
    assert town.hub.deliver(form, b"<rss/>") == 202
    assert not town.due()  # not twice in a minute


def test_what_the_server_says_goes_before_what_the_document_says(town: Town) -> None:
    """www.w3.org/TR/websub/#discovery: HTTP headers first."""
    wrong = Hub(url="http://127.0.0.1:9/")
    links = f'<{town.hub.url}>; rel="hub", <{town.feed}#canonical>; rel="self"'
    town.origin.serve("/feed", document(town.origin, wrong, 1), Link=links)
    assert town.poller.run_once().sent == 1
    (form,) = town.hub.asked
    assert form["hub.topic"] == f"{town.feed}#canonical"
    assert town.hub.answers == [(200, "c-1")]


def test_a_delivery_must_be_signed_and_asked_for(town: Town) -> None:
    town.poller.run_once()
    (form,) = town.hub.asked
    town.clock[0] += 120
    assert town.hub.deliver(form, b"<rss/>", secret="guessed") == 202  # the protocol wants a polite answer
    assert httpx.post(form["hub.callback"], content=b"x").status_code == 202
    assert httpx.post(form["hub.callback"] + "x", content=b"x").status_code == 404
    assert not town.due()
    assert town.hub.verify(form["hub.callback"], "http://other.example/")[0] == 404
    assert town.hub.verify(form["hub.callback"], town.feed, "unsubscribe")[0] == 404
    assert town.hub.verify(form["hub.callback"] + "x", town.feed)[0] == 404


def test_what_a_stranger_sends_is_not_read(town: Town) -> None:
    """The answer comes before a byte of the body."""
    town.poller.run_once()
    (form,) = town.hub.asked
    place = urlsplit(form["hub.callback"])
    for path in (f"{place.path}x", "/websub/a/b"):
        connection = HTTPConnection(place.netloc, timeout=5)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", "900000")
        connection.endheaders()
        assert connection.getresponse().status == 404
        connection.close()


def test_a_lease_is_renewed_also_when_the_feed_does_not_change(town: Town) -> None:
    town.origin.pages["/feed"] = lambda exchange: (
        exchange.reply(status=304)
        if "If-None-Match" in exchange.headers
        else exchange.reply(document(town.origin, town.hub, 1), ETag='"1"')
    )
    for _ in range(60):
        town.poller.run_once()
        town.clock[0] = max(town.clock[0] + 1, *(state.next_poll for state in town.feeds.feeds()))
    days = (town.clock[0] - NOW) / DAY_S
    assert days / 2 <= len(town.hub.asked) <= 3 * days


def test_a_hub_that_is_away_changes_nothing(town: Town) -> None:
    town.hub.url = "http://127.0.0.1:9/"
    town.origin.serve("/feed", document(town.origin, town.hub, 1))
    assert town.poller.run_once().sent == 1
    assert not town.hub.asked


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(method: str) -> None:
    known = Subscription("f", "h", "t", "token", "secret")
    made = hmac.new(b"secret", b"body", method).hexdigest()
    assert is_signed(known, b"body", f"{method}={made}")
    assert is_signed(known, b"body", f"{method.upper()}={made.upper()}")
    for wrong in (f"md5={made}", made, "", f"{method}=", f"{method}={made[:-1]}", f"{method}=\xe9"):
        assert not is_signed(known, b"body", wrong)
    assert not is_signed(known, b"other", f"{method}={made}")
