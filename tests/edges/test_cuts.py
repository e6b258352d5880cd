"""Entries that have not changed by a byte are cut out before a document is parsed, and nothing else is different."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.edges.cuts import items_of
from dedup.edges.document import Document
from dedup.edges.parse import parse
from dedup.loops.harvest import Harvest, harvest
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Feed, Response
from dedup.nouns.schedule import FeedState
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint

FEED = Feed("https://h.example/feed", source="Harbour")
_DATA = os.environ.get("DEDUP_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data"
_FILES = sorted(file for file in (Path(_DATA) / "feeds").glob("*.xml"))


def document(*items: str, head: str = "", root: str = "<rss version='2.0'>") -> Response:
    inside = "".join(f"<item>{item}</item>" for item in items)
    body = f"<?xml version='1.0' encoding='utf-8'?>{root}<channel><title>T</title>{head}{inside}</channel></rss>"
    return Response(FEED.url, body.encode(), "application/rss+xml")


def item(name: str, text: str = "The ferry left the harbour an hour late.") -> str:
    return f"<guid isPermaLink='false'>{name}</guid><title>{name}</title><description>{text}</description>"


def parsed(response: Response, state: FeedState | None = None) -> Document:
    return parse(response, FEED, 1, known=state.prints if state else {})


def taken(found: Document, state: FeedState | None = None) -> Harvest:
    return harvest(found, state or FeedState(FEED), partial(read, settings=ReadingSettings()), fingerprint)


def after(response: Response) -> FeedState:
    """What is known of a feed after it was read."""
    crop = taken(parsed(response))
    return FeedState(FEED, seen=crop.seen, prints=crop.prints)


def test_only_what_is_new_is_parsed() -> None:
    state = after(document(item("b"), item("c")))
    found = parsed(document(item("a"), item("b"), item("c")), state)
    assert [entry.guid for entry in found.entries] == ["a"]
    assert (found.held, len(found.cut), found.title) == (3, 2, "T")
    crop = taken(found, state)
    assert (crop.fresh, [one.article.title for one in crop.submissions]) == (1, ["a"])
    whole = taken(parsed(document(item("a"), item("b"), item("c"))))
    assert (dict(crop.seen), list(crop.seen), crop.prints) == (dict(whole.seen), list(whole.seen), whole.prints)


def test_a_touched_head_costs_no_entry() -> None:
    state = after(document(item("a"), item("b"), head="<lastBuildDate>Mon, 16 Jun 2025 10:00:00 GMT</lastBuildDate>"))
    found = parsed(document(item("a"), item("b"), head="<ttl>90</ttl><lastBuildDate>Tue</lastBuildDate>"), state)
    assert (found.entries, found.held, found.pace.every_s) == ((), 2, 5_400)
    assert taken(found, state).seen == state.seen


def test_a_changed_entry_is_read_again() -> None:
    state = after(document(item("a"), item("b")))
    found = parsed(document(item("a"), item("b", "It left on time, a corrected report says.")), state)
    assert [entry.guid for entry in found.entries] == ["b"]
    assert taken(found, state).fresh == 1


@pytest.mark.parametrize(
    "other",
    [
        document(item("a"), head="<language>de</language>"),
        document(item("a"), root="<rss version='2.0' xml:lang='de'>"),
        document(item("a"), root="<rss version='2.0' xml:base='https://other.example/'>"),
        document(item("a"), root="<rss version='2.0' xmlns='urn:other'>"),
        replace(document(item("a")), url="https://elsewhere.example/feed"),
        replace(document(item("a")), content_type="application/rss+xml; charset=koi8-r"),
    ],
    ids=["language", "lang", "base", "namespace", "address", "charset"],
)
def test_what_an_entry_takes_from_around_it_is_part_of_its_print(other: Response) -> None:
    mine, others = items_of(document(item("a")), FEED), items_of(other, FEED)
    assert mine is not None
    assert others is not None
    assert mine.prints != others.prints


@pytest.mark.parametrize(
    "text",
    ["<![CDATA[an </item><item> in code]]>", "<!-- </item> --> and more words", "<?php </item> ?> and more words"],
)
def test_tags_that_are_none_do_not_count(text: str) -> None:
    state = after(document(item("a", text), item("b")))
    assert len(state.prints) == 2
    found = parsed(document(item("new"), item("a", text), item("b")), state)
    assert [entry.guid for entry in found.entries] == ["new"]


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><title>a</title><item><title>b</title></item></item></channel></rss>",
        b"<rss><channel><item><title>a</title></channel></rss>",
        b"<rss><channel></item><item><title>a</title></item></channel></rss>",
        b"<rss><channel><item/><item><title>a</title></item></channel></rss>",
        b"<!DOCTYPE rss [<!ENTITY x 'y'>]><rss><channel><item><title>&x;</title></item></channel></rss>",
        b"<rss><channel><item><title>a</title></item><!-- <item></item></channel></rss>",
        b"<rss><channel><item><title>a\x1b$B</title></item></channel></rss>",
        b"<rss><channel></channel></rss>",
        "<rss><channel><item><title>a</title></item></channel></rss>".encode("utf-16"),
    ],
)
def test_strange_documents_have_no_prints(body: bytes) -> None:
    assert items_of(Response(FEED.url, body, ""), FEED) is None


def test_documents_that_are_not_sound_or_repeat_themselves_are_parsed_whole() -> None:
    assert not parsed(document(item("a & b"), item("c"))).prints
    assert not parsed(document(item("a"), item("a"))).prints
    state = after(document(item("a"), item("b")))
    broken = parsed(document(item("new & old"), item("a"), item("b")), state)
    assert (len(broken.entries), broken.cut) == (3, frozenset())
    again = parsed(document(item("a", "Quite another text has this name too."), item("a"), item("b")), state)
    assert (len(again.entries), again.cut) == (3, frozenset())


@pytest.mark.skipif(not _FILES, reason="no shared data beside the repository (DEDUP_SHARED_DATA)")
def test_real_feeds_say_the_same_whether_cut_or_whole() -> None:
    cut = 0
    for file in _FILES:
        response = Response("https://h.example/feed", file.read_bytes(), "text/xml")
        try:
            whole = parsed(response)
        except ParseError:
            continue
        crop = taken(whole)
        for share in (1, 2, 3):
            known = dict(list(crop.prints.items())[::share])
            state = FeedState(FEED, seen=crop.seen, prints=known)
            found = parsed(response, state)
            again = taken(found, state)
            assert (again.seen, again.prints, again.fresh) == (crop.seen, crop.prints, 0), file.name
            assert set(found.entries) <= set(whole.entries), file.name
            assert (found.pace, found.hub, found.title) == (whole.pace, whole.hub, whole.title), file.name
            cut += len(found.cut)
    assert cut > 1_000


names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6)


@given(names, names, st.sets(st.sampled_from("abcdefgh")))
def test_any_two_editions(first: list[str], second: list[str], revised: set[str]) -> None:
    def told(name: str) -> str:
        return item(name, "A revised text of many words." if name in revised else "A text of many words, it is.")

    state = after(document(*map(item, first)))
    response = document(*map(told, second))
    cut, whole = taken(parsed(response, state), state), taken(parsed(response), state)
    assert cut == whole
