"""The sample's origin, over real HTTP."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import httpx
import pytest

from dedup.sample.origin import SampleOrigin

NOW = datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
REVISED = "tessera-wire.xml"
STEADY = "signal.json"


def test_every_listed_feed_is_served_with_its_type_and_its_dates_filled_in() -> None:
    types = {"xml": "application/rss+xml", "rdf": "application/rdf+xml", "atom": "application/atom+xml"}
    with SampleOrigin(now=NOW) as origin:
        assert len(origin.urls) == len(set(origin.urls)) == 18
        for url in origin.urls:
            answer = httpx.get(url)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == types.get(url.rpartition(".")[2], "application/feed+json")
            assert b"{{" not in answer.content


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("tessera-wire.xml", "published", "Tue, 06 May 2031 00:08:09 GMT"),
        ("northvale-herald.atom", "published", "2031-05-05T12:48:09Z"),
        ("daily-lantern.rdf", "updated", "2031-05-06T00:43:09Z"),
    ],
)
def test_dates_count_back_from_now_and_are_written_as_the_format_wants(name: str, field: str, expected: str) -> None:
    with SampleOrigin(now=NOW) as origin:
        entries: list[dict[str, Any]] = feedparser.parse(httpx.get(f"{origin.url}/feeds/{name}").content).entries
    assert expected in {entry[field] for entry in entries}


def test_json_feed_dates_are_rfc_3339() -> None:
    with SampleOrigin(now=NOW) as origin:
        items = httpx.get(f"{origin.url}/feeds/{STEADY}").json()["items"]
    assert all(item["date_published"].endswith("Z") for item in items)
    assert all(datetime.fromisoformat(item["date_published"]) < NOW for item in items)


@pytest.mark.parametrize("asks_with", ["If-None-Match", "If-Modified-Since"])
def test_an_unchanged_feed_is_answered_with_304_and_no_body(asks_with: str) -> None:
    sends_back = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}[asks_with]
    with SampleOrigin() as origin:
        url = f"{origin.url}/feeds/{STEADY}"
        first = httpx.get(url)
        again = httpx.get(url, headers={asks_with: first.headers[sends_back]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]


def test_a_date_that_is_none_is_no_reason_for_304() -> None:
    with SampleOrigin() as origin:
        answer = httpx.get(origin.urls[0], headers={"If-Modified-Since": "yesterday, I think"})
    assert answer.status_code == 200


def test_a_second_edition_is_served_from_the_second_get_on() -> None:
    with SampleOrigin() as origin:
        url = f"{origin.url}/feeds/{REVISED}"
        first = httpx.get(url)
        second = httpx.get(url, headers={"If-None-Match": first.headers["etag"]})
        third = httpx.get(url, headers={"If-None-Match": second.headers["etag"]})
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 304)
    assert "heavy oil from second tank" not in first.text
    assert "heavy oil from second tank" in second.text
    assert parsedate_to_datetime(first.headers["last-modified"]) < parsedate_to_datetime(
        second.headers["last-modified"]
    )


def test_head_tells_what_get_would_and_does_not_count() -> None:
    with SampleOrigin() as origin:
        url = f"{origin.url}/feeds/{REVISED}"
        heads = [httpx.head(url), httpx.head(url)]
        first = httpx.get(url)
    assert {head.headers["etag"] for head in heads} == {first.headers["etag"]}
    assert all(head.content == b"" for head in heads)


def test_the_page_and_the_opml_list_all_feeds() -> None:
    with SampleOrigin() as origin:
        page = httpx.get(origin.url)
        opml = httpx.get(f"{origin.url}/feeds.opml")
        missing = httpx.get(f"{origin.url}/feeds/no-such.xml")
        assert all(url in page.text and url in opml.text for url in origin.urls)
        assert all(feed.source and feed.source in opml.text for feed in origin.feeds)
    assert page.headers["content-type"].startswith("text/html")
    assert missing.status_code == 404


def test_a_new_origin_starts_with_the_first_editions_again_on_the_port_it_is_given() -> None:
    with SampleOrigin() as origin:
        url = f"{origin.url}/feeds/{REVISED}"
        first = httpx.get(url).headers["last-modified"]
        assert httpx.get(url).headers["last-modified"] != first
    with SampleOrigin(port=int(origin.url.rpartition(":")[2])) as again:
        assert again.url == origin.url
        assert "heavy oil from second tank" not in httpx.get(url).text
