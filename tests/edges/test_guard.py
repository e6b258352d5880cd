"""Whom the fetcher talks to, whatever names and redirects say."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.guard import GuardedNetwork
from dedup.edges.resolve import Resolve, Resolver
from dedup.following.addresses import networks
from dedup.nouns.errors import FetchError
from dedup.nouns.feed import Response
from tests.origin import Origin, running_origin

BODY = b"<rss version='2.0'><channel/></rss>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


def names(**book: Sequence[str]) -> Resolve:
    """A resolver; of several answers of a name, each is given once, in turn, and the last for ever."""
    turns = {f"{name}.example": list(answers) for name, answers in book.items()}

    def resolve(host: str, port: int) -> Sequence[str]:
        if host not in turns:
            return [host]
        answers = turns[host]
        return (answers.pop(0) if len(answers) > 1 else answers[0]).split()

    return resolve


def fetcher(resolve: Resolve, *allowed: str) -> Fetcher:
    return Fetcher(FetchSettings(connect_timeout_s=1), GuardedNetwork(networks(allowed), resolve))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_in_all_its_spellings(origin: Origin, host: str) -> None:
    url = f"http://{host}:{origin.port}/feed"
    with Fetcher() as guarded, pytest.raises(FetchError, match=r"not public.*allow_networks|could not connect|URL"):
        guarded.fetch(url)
    assert not origin.requests


def test_a_feed_that_is_listed_on_this_machine_may_be_fetched_and_nothing_leads_here(origin: Origin) -> None:
    origin.serve("/feed", BODY)
    resolve = names(feed=["127.0.0.1"])
    with Fetcher(FetchSettings(connect_timeout_s=1, feeds_here=True)) as here:
        assert here.fetch(f"http://127.0.0.1:{origin.port}/feed")
        for other in ("127.0.0.2", "0x7f.1", "2130706433"):
            with pytest.raises(FetchError):
                here.fetch(f"http://{other}:{origin.port}/feed")
    with fetcher(resolve) as guarded, pytest.raises(FetchError, match="not public"):
        guarded.fetch(f"http://feed.example:{origin.port}/feed")


def test_a_feed_that_is_listed_on_this_machine_may_move_on_its_server_and_not_to_another(origin: Origin) -> None:
    origin.redirect("/old", origin.serve("/feed", BODY))
    with running_origin() as other, Fetcher(FetchSettings(connect_timeout_s=1, feeds_here=True)) as here:
        secret = other.serve("/secret", BODY)
        assert here.fetch(origin.url("/old"))
        for location in (secret, secret.replace("127.0.0.1", "localhost")):
            with pytest.raises(FetchError, match="not public"):
                here.fetch(origin.redirect("/away", location))
        assert not other.requests
        assert here.fetch(secret)  # it is listed itself


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "169.254.169.254", "fd00::1", "fe80::1", "64:ff9b::a00:1", "2002:a00:1::", "::ffff:10.0.0.1"],
)
def test_a_name_for_a_closed_address_is_refused(address: str) -> None:
    with fetcher(names(feed=[address])) as guarded, pytest.raises(FetchError, match="not public"):
        guarded.fetch("http://feed.example/")


def test_a_redirect_is_judged_like_a_url(origin: Origin) -> None:
    secret = origin.serve("/secret", BODY)
    origin.redirect("/feed", secret.replace("127.0.0.1", "127.0.0.2"))
    origin.redirect("/named", f"http://inside.example:{origin.port}/secret")
    with fetcher(names(inside=["127.0.0.3"]), "127.0.0.1") as guarded:
        for path in ("/feed", "/named"):
            with pytest.raises(FetchError, match="not public"):
                guarded.fetch(origin.url(path))
    assert not origin.asked("/secret")


def test_a_name_that_changes_its_answer_gains_nothing(origin: Origin) -> None:
    """The address that was judged is the one that is connected to: the name is not looked up in between."""
    origin.pages["/feed"] = lambda exchange: exchange.reply(BODY, Connection="close")
    with fetcher(names(feed=["127.0.0.1", "127.0.0.2"]), "127.0.0.1") as guarded:
        url = f"http://feed.example:{origin.port}/feed"
        answer = guarded.fetch(url)
        assert isinstance(answer, Response)
        assert origin.requests[0].headers["Host"] == f"feed.example:{origin.port}"
        with pytest.raises(FetchError, match=r"127\.0\.0\.2 is not public"):
            guarded.fetch(url)
    assert len(origin.requests) == 1


def test_of_several_addresses_the_open_ones_are_tried_in_turn(origin: Origin) -> None:
    url = f"http://feed.example:{origin.port}/feed"
    origin.serve("/feed", BODY)
    with fetcher(names(feed=["10.0.0.1 127.0.0.9 127.0.0.1"]), "127.0.0.0/8") as guarded:
        assert guarded.fetch(url)  # nobody listens on .9
    assert len(origin.requests) == 1


def test_names_without_an_address() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with fetcher(nowhere) as guarded, pytest.raises(FetchError, match="has no address"):
        guarded.fetch("http://feed.example/")


def test_a_look_up_that_hangs_is_left_behind_in_time(origin: Origin) -> None:
    origin.serve("/feed", BODY)
    hang = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        if host == "slow.example":
            hang.wait(30)
        return ["127.0.0.1"]

    network = GuardedNetwork(networks(["127.0.0.1"]), resolve)
    with Fetcher(FetchSettings(connect_timeout_s=5, total_timeout_s=0.3), network) as guarded:
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"not done after 0\.3 s|no answer"):
            guarded.fetch(f"http://slow.example:{origin.port}/feed")
        assert time.monotonic() - began < 2
        assert guarded.fetch(f"http://fast.example:{origin.port}/feed")
    hang.set()


def test_look_ups_that_hang_take_no_more_than_their_seats() -> None:
    hang, asked = threading.Event(), []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        hang.wait(30)
        return ["192.0.2.1"]

    look_up = Resolver(resolve, seats=3)
    with ThreadPoolExecutor(8) as pool:
        for found in [pool.submit(look_up, f"{n}.example", 80, 0.1) for n in range(8)]:
            with pytest.raises(TimeoutError):
                found.result(10)
    assert len(asked) == 3
    assert list(look_up("192.0.2.7", 80, 0)) == ["192.0.2.7"]  # nothing to look up
    hang.set()
    assert list(look_up("again.example", 80, 10)) == ["192.0.2.1"]


def test_errors_of_the_look_up_are_the_askers() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        Resolver(nowhere)("h.example", 80, 1)


def test_hubs_are_judged_like_feeds(origin: Origin) -> None:
    origin.redirect("/hub", "http://127.0.0.2/", 307)
    with fetcher(names(), "127.0.0.1") as guarded:
        for url in ("http://169.254.169.254/", origin.url("/hub")):
            with pytest.raises(FetchError, match="not public"):
                guarded.post_form(url, {"hub.mode": "subscribe"})
    with Fetcher(FetchSettings(feeds_here=True)) as here, pytest.raises(FetchError, match="not public"):
        here.post_form(origin.url("/hub"), {})
