from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.link_header import linked
from dedup.nouns.errors import FetchError
from dedup.nouns.feed import NotModified, Response, Validators
from tests.origin import Exchange, Origin, running_origin

BODY = b"<rss version='2.0'><channel/></rss>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    settings = FetchSettings(
        contact="https://dedup.example/bot",
        max_bytes=100_000,
        read_timeout_s=0.5,
        total_timeout_s=1.0,
        allow_networks=("127.0.0.0/8",),
    )
    with Fetcher(settings) as running:
        yield running


def response(answer: Response | NotModified) -> Response:
    assert isinstance(answer, Response)
    return answer


def test_bytes_headers_and_an_honest_name(origin: Origin, fetcher: Fetcher) -> None:
    url = origin.serve(
        "/feed", BODY, Content_Type="application/rss+xml; charset=utf-8", Cache_Control="public, max-age=600"
    )
    got = response(fetcher.fetch(url))
    assert (got.url, got.body, got.max_age_s) == (url, BODY, 600)
    assert got.content_type == "application/rss+xml; charset=utf-8"
    assert got.permanent_url is None
    sent = origin.asked("/feed")[0].headers
    assert sent["User-Agent"] == "dedup/0.1 (+https://dedup.example/bot)"
    assert "gzip" in sent["Accept-Encoding"]
    assert not {"Cookie", "Referer", "If-None-Match", "If-Modified-Since"} & sent.keys()


def test_nothing_else_is_sent(origin: Origin, fetcher: Fetcher) -> None:
    """The whole request, as a server sees it: no cookie, no referrer, nothing that tells people apart."""
    fetcher.fetch(origin.serve("/feed?a=b", BODY), Validators('"1"', "Mon, 16 Jun 2025 10:00:00 GMT"))
    (sent,) = origin.asked("/feed?a=b")
    assert list(sent.headers.items()) == [
        ("Host", f"127.0.0.1:{origin.port}"),
        ("User-Agent", "dedup/0.1 (+https://dedup.example/bot)"),
        ("Accept", sent.headers["Accept"]),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("If-None-Match", '"1"'),
        ("If-Modified-Since", "Mon, 16 Jun 2025 10:00:00 GMT"),
    ]


def test_the_tag_wins_over_the_date(origin: Origin, fetcher: Fetcher) -> None:
    """RFC 9110, 13.1.3: a server that knows the tag does not look at the date; both must be of one answer."""
    origin.serve("/feed", BODY, ETag='"2"')
    old = response(fetcher.fetch(origin.serve("/old", BODY, ETag='"1"', Last_Modified="yesterday"))).validators
    assert response(fetcher.fetch(origin.url("/feed"), old)).validators == Validators('"2"', None)


def test_a_304_that_nobody_asked_for_is_an_error(origin: Origin, fetcher: Fetcher) -> None:
    origin.pages["/feed"] = lambda exchange: exchange.reply(status=304, ETag='"1"')
    with pytest.raises(FetchError, match="304"):
        fetcher.fetch(origin.url("/feed"))


def test_a_304_leaves_the_connection_to_the_next_feed(origin: Origin, fetcher: Fetcher) -> None:
    ports = []

    def page(exchange: Exchange) -> None:
        ports.append(exchange.handler.client_address[1])
        exchange.reply(status=304, Content_Encoding="gzip")

    origin.pages |= {"/a": page, "/b": page}
    for path in ("/a", "/b"):
        fetcher.fetch(origin.url(path), Validators('"1"'))
    assert len(set(ports)) == 1


@pytest.mark.parametrize("etag", ['"abc"', 'W/"weak-1"', "bare-word", '"with ""quotes"""', '"\xe9\xff"'])
def test_validators_return_byte_for_byte(origin: Origin, fetcher: Fetcher, etag: str) -> None:
    modified = "Tuesday, the 3rd, or so"

    def page(exchange: Exchange) -> None:
        if exchange.headers.get("If-None-Match") == etag and exchange.headers["If-Modified-Since"] == modified:
            exchange.reply(status=304, Cache_Control="max-age=60")
        else:
            exchange.reply(BODY, ETag=etag, Last_Modified=modified)

    origin.pages["/feed"] = page
    validators = response(fetcher.fetch(origin.url("/feed"))).validators
    assert validators == Validators(etag, modified)
    assert fetcher.fetch(origin.url("/feed"), validators) == NotModified(validators, max_age_s=60)


def test_a_304_may_bring_new_validators(origin: Origin, fetcher: Fetcher) -> None:
    origin.pages["/feed"] = lambda exchange: exchange.reply(status=304, ETag='"2"')
    answer = fetcher.fetch(origin.url("/feed"), Validators('"1"', "yesterday"))
    assert answer == NotModified(Validators('"2"', "yesterday"))


@pytest.mark.parametrize(
    ("hops", "moved"),
    [([301], True), ([308, 301], True), ([302], False), ([307], False), ([301, 302], False), ([303, 301], False)],
)
def test_only_permanent_redirects_move_a_feed(origin: Origin, fetcher: Fetcher, hops: list[int], moved: bool) -> None:
    target = origin.serve("/end", BODY)
    for number, status in enumerate(hops):
        origin.redirect(f"/hop{number}", target if number == len(hops) - 1 else f"/hop{number + 1}", status)
    got = response(fetcher.fetch(origin.url("/hop0")))
    assert (got.url, got.body) == (target, BODY)
    assert got.permanent_url == (target if moved else None)


@pytest.mark.parametrize(
    ("headers", "hub", "topic"),
    [
        (['<https://hub.example/>; rel="hub", <https://h.example/f>; rel="self"'], "https://hub.example/", "https://h.example/f"),
        (["</hub>; REL=Hub", "<t,opic>; rel='self'; title=\"a, b\", <x>; rel=next"], "/hub", ""),
        (["<javascript:x>; rel=hub, <https://second.example/>; rel=hub"], "https://second.example/", ""),
        (["<https://hub.example/>; rel=\"hub other\""], "https://hub.example/", ""),
        (["<style.css>; rel=preload; as=style", "nonsense", "<", ">", ";;;", ",<,<"], "", ""),
        ([f"<https://h.example/{'x' * 9_000}>; rel=hub"], "", ""),
    ],
)  # fmt: skip
def test_links_of_hubs(origin: Origin, fetcher: Fetcher, headers: list[str], hub: str, topic: str) -> None:
    def page(exchange: Exchange) -> None:
        lines = "".join(f"Link: {header}\r\n" for header in headers)
        exchange.raw(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)

    origin.pages["/feed"] = page
    got = response(fetcher.fetch(origin.url("/feed")))
    assert (got.hub, got.topic) == (origin.url(hub) if hub.startswith("/") else hub, topic)


def test_links_take_no_time() -> None:
    began = time.process_time()
    for junk in ("<" * 100_000, "," * 100_000, ", " * 50_000, " " * 100_000, "<>;" * 30_000, '<a>; rel="' * 9_000):
        assert linked([junk], "hub", "https://h.example/") == ""
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(("status", "followed"), [(307, True), (308, True), (301, False), (302, False), (303, False)])
def test_forms_follow_redirects_that_ask_for_them_again(
    origin: Origin, fetcher: Fetcher, status: int, followed: bool
) -> None:
    origin.pages["/there"] = lambda exchange: exchange.reply(status=202)
    answered = fetcher.post_form(origin.redirect("/hub", "/there", status), {"hub.topic": "a b&c"})
    assert answered == (202 if followed else status)
    assert [exchange.body for exchange in origin.asked("/there")] == [b"hub.topic=a+b%26c"] * followed
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.post_form(origin.redirect("/loop", "/loop", 307), {})


def test_no_cookies_are_kept(origin: Origin, fetcher: Fetcher) -> None:
    url = origin.serve("/feed", BODY, Set_Cookie="id=1")
    fetcher.fetch(url)
    fetcher.fetch(url)
    assert all("Cookie" not in exchange.headers for exchange in origin.asked("/feed"))


def test_a_redirect_loop_ends(origin: Origin, fetcher: Fetcher) -> None:
    origin.pages["/loop"] = lambda exchange: exchange.reply(status=301, Location="/loop")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.fetch(origin.url("/loop"))
    assert len(origin.asked("/loop")) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/feed", "http://[broken/", "gopher:x"])
def test_a_redirect_leads_nowhere_else_than_http(origin: Origin, fetcher: Fetcher, location: str) -> None:
    origin.pages["/feed"] = lambda exchange: exchange.reply(status=302, Location=location)
    with pytest.raises(FetchError):
        fetcher.fetch(origin.url("/feed"))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://h.example/", "//h.example/x", "nonsense", "", "http://", "http://a b/"]
)
def test_unusable_urls_are_errors(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url)
    assert caught.value.feed == url


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 500, 503])
def test_statuses_are_errors(origin: Origin, fetcher: Fetcher, status: int) -> None:
    origin.pages["/feed"] = lambda exchange: exchange.reply(b"sorry", status)
    with pytest.raises(FetchError, match=str(status)) as caught:
        fetcher.fetch(origin.url("/feed"))
    assert caught.value.status == status
    assert caught.value.retry_after_s is None


def test_retry_after_in_seconds_and_as_a_date(origin: Origin, fetcher: Fetcher) -> None:
    origin.pages["/s"] = lambda exchange: exchange.reply(status=429, Retry_After="120")
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    origin.pages["/d"] = lambda exchange: exchange.reply(status=503, Retry_After=date)
    with pytest.raises(FetchError) as seconds:
        fetcher.fetch(origin.url("/s"))
    with pytest.raises(FetchError) as moment:
        fetcher.fetch(origin.url("/d"))
    assert (seconds.value.status, seconds.value.retry_after_s) == (429, 120)
    assert moment.value.retry_after_s is not None
    assert 3_500 < moment.value.retry_after_s <= 3_600


@pytest.mark.parametrize(("name", "packed"), [("gzip", gzip.compress(BODY)), ("deflate", zlib.compress(BODY))])
def test_compressed_bodies_are_unpacked(origin: Origin, fetcher: Fetcher, name: str, packed: bytes) -> None:
    assert response(fetcher.fetch(origin.serve("/feed", packed, Content_Encoding=name))).body == BODY


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("identity", b"x" * 100_001),
        ("gzip", gzip.compress(b"\0" * 200_000_000, 1)),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x"))),
        ("gzip", b"this is not gzip"),
    ],
    ids=["large", "bomb", "twice", "damaged"],
)
def test_bodies_beyond_bounds_are_errors(origin: Origin, fetcher: Fetcher, encoding: str, body: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"larger than 100,000|more than once|damaged"):
        fetcher.fetch(origin.serve("/feed", body, Content_Encoding=encoding))
    assert time.monotonic() - began < 1


def test_a_body_of_just_the_limit_is_fine(origin: Origin, fetcher: Fetcher) -> None:
    assert len(response(fetcher.fetch(origin.serve("/feed", b"x" * 100_000))).body) == 100_000


def test_silence_is_an_error(origin: Origin, fetcher: Fetcher) -> None:
    origin.pages["/feed"] = origin.silent
    with pytest.raises(FetchError, match="no answer"):
        fetcher.fetch(origin.url("/feed"))


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_dripping_servers_do_not_hold_us(origin: Origin, fetcher: Fetcher, head: bytes) -> None:
    def page(exchange: Exchange) -> None:
        exchange.raw(head)
        while not origin.closing.wait(0.1):
            exchange.raw(b"x")

    origin.pages["/feed"] = page
    began = time.monotonic()
    with pytest.raises(FetchError, match="not done after 1 s"):
        fetcher.fetch(origin.url("/feed"))
    assert time.monotonic() - began < 3


def test_nobody_listens(fetcher: Fetcher) -> None:
    with running_origin() as origin:
        url = origin.url("/feed")
    with pytest.raises(FetchError, match="could not connect") as caught:
        fetcher.fetch(url)
    assert caught.value.__cause__ is not None
    assert caught.value.status is None


@pytest.mark.parametrize(
    "raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut", b"HTTP/1.1 999 \xff\r\n\r\n"]
)
def test_broken_http_is_an_error(origin: Origin, fetcher: Fetcher, raw: bytes) -> None:
    def page(exchange: Exchange) -> None:
        exchange.raw(raw)
        exchange.handler.close_connection = True

    origin.pages["/feed"] = page
    with pytest.raises(FetchError):
        fetcher.fetch(origin.url("/feed"))


def test_an_expired_exchange_leaves_the_fetcher_usable(origin: Origin, fetcher: Fetcher) -> None:
    origin.pages["/slow"] = origin.silent
    with pytest.raises(FetchError):
        fetcher.fetch(origin.url("/slow"))
    assert response(fetcher.fetch(origin.serve("/feed", BODY))).body == BODY
