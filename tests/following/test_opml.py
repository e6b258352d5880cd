from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.following.opml import MAX_BYTES, MAX_DEPTH, Subscriptions, read_opml, write_opml
from dedup.nouns.errors import InputError
from dedup.nouns.feed import Feed, Skipped

NESTED = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1"><head><title>Mine</title></head><body>
  <outline text="News"><outline text="North">
    <outline type="rss" text="Fjord &amp; Fell" title="Fjord" xmlUrl=" https://fjord.example/feed " htmlUrl="https://fjord.example/"/>
  </outline>
  <outline TEXT="Harbour" XMLURL="http://harbour.example/rss"/></outline>
  <outline text="Again" xmlUrl="https://fjord.example/feed"/>
  <outline text="Old" xmlUrl="feed://old.example/rss"/>
  <outline text="Odd" xmlUrl="feed:https://odd.example/rss"/>
  <outline text="File" xmlUrl="file:///etc/passwd"/>
  <outline text="Empty" xmlUrl=""/>
  <outline/>
</body></opml>"""


def test_feeds_are_found_however_deep() -> None:
    assert read_opml(NESTED) == Subscriptions(
        (
            Feed("https://fjord.example/feed", "Fjord"),
            Feed("http://harbour.example/rss", "Harbour"),
            Feed("http://old.example/rss", "Old"),
            Feed("https://odd.example/rss", "Odd"),
        ),
        (Skipped("not_http", "only http:// and https:// feeds can be followed", "file:///etc/passwd"),),
    )


def test_bytes_may_have_any_encoding() -> None:
    document = "<?xml version='1.0' encoding='windows-1251'?><opml><body><outline text='Новости' xmlUrl='http://h.example/'/></body></opml>"
    assert read_opml(document.encode("windows-1251")).feeds == (Feed("http://h.example/", "Новости"),)


feeds = st.lists(
    st.builds(
        Feed,
        url=st.from_regex(r"https?://[a-z]{1,9}\.example/[\w/?=&;%.-]{0,30}", fullmatch=True),
        title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])).map(str.strip),
    ),
    unique_by=lambda feed: feed.url,
)


@given(feeds)
def test_what_is_written_is_read(feeds: Sequence[Feed]) -> None:
    written = write_opml(feeds, "My feeds")
    assert read_opml(written).feeds == tuple(Feed(feed.url, feed.title or feed.url) for feed in feeds)
    assert read_opml(written.encode()) == read_opml(written)
    assert '<opml version="2.0">' in written


def test_characters_that_xml_forbids_are_left_out() -> None:
    assert read_opml(write_opml([Feed("http://h.example/", "a\x00b\ud800")])).feeds[0].title == "ab"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", "not readable as XML"),
        ("<opml><body>", "not readable as XML"),
        ("just text", "not readable as XML"),
        ("<rss version='2.0'/>", "root element is <rss>"),
        (b"<?xml version='1.0' encoding='nonsense'?><opml/>", "not readable as XML"),
        ("<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><opml>&b;</opml>", "not readable as XML"),
        ("<opml>" + "<outline>" * MAX_DEPTH + "</outline>" * MAX_DEPTH + "</opml>", None),
        ("<opml>" + "<outline>" * 100 + "</outline>" * 100 + "</opml>", "nested more than 32"),
        ("<opml>" + "<outline>" * 200_000 + "</outline>" * 200_000 + "</opml>", "nested more than 32"),
        ("<opml>" + " " * MAX_BYTES + "</opml>", "larger than"),
        (
            "<opml>" + "".join(f"<o xmlUrl='http://h.example/{n}'/>" for n in range(20_001)) + "</opml>",
            "more than 20,000",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_list_is_an_error(document: str | bytes, problem: str | None) -> None:
    if problem is None:
        assert read_opml(document) == Subscriptions(())
        return
    with pytest.raises(InputError, match=problem) as caught:
        read_opml(document, "feeds.opml")
    assert caught.value.where == "feeds.opml"
