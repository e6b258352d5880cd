"""Whom the fetcher talks to, whatever names and redirects say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.guard import GuardedNetwork
from dedup.edges.resolve import Resolve
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
