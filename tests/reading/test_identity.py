"""Canonical URLs and ids: one name for one thing, the same tomorrow."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.reading.identity import REF_BITS, article_id, canonical_url, digest, host_of, ref_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://paper.example/a/b", "https://paper.example/a/b"),
        ("http://paper.example/a", "https://paper.example/a"),
        ("HTTPS://WWW.Paper.Example/A", "https://paper.example/A"),
        ("  https://paper.example/a\n", "https://paper.example/a"),
        ("https://www.paper.example", "https://paper.example"),
        ("https://paper.example/", "https://paper.example"),
        ("https://paper.example/a/", "https://paper.example/a"),
        ("https://paper.example/a/index.html", "https://paper.example/a"),
        ("https://paper.example/index.php?id=3", "https://paper.example?id=3"),
        ("https://paper.example:443/a", "https://paper.example/a"),
        ("http://paper.example:80/a", "https://paper.example/a"),
        ("https://paper.example:8443/a", "https://paper.example:8443/a"),
        ("https://paper.example/a#comments", "https://paper.example/a"),
        ("https://paper.example/a?", "https://paper.example/a"),
        ("https://paper.example/a?b=2&a=1", "https://paper.example/a?a=1&b=2"),
        ("https://paper.example/a?utm_source=feed&id=7&fbclid=x&gclid=y", "https://paper.example/a?id=7"),
        ("https://paper.example/a?utm%5Fsource=feed", "https://paper.example/a"),
        ("https://paper.example/a?a=2&a=1&utm_medium=rss", "https://paper.example/a?a=1&a=2"),
        ("https://paper.example/a?a=2&a=1", "https://paper.example/a?a=1&a=2"),
        ("https://paper.example/a?id=", "https://paper.example/a?id="),
        ("https://user:secret@paper.example/a", "https://paper.example/a"),
        ("https://münchen.example/ä ö", "https://xn--mnchen-3ya.example/%C3%A4%20%C3%B6"),
        ("https://xn--mnchen-3ya.example/%c3%a4", "https://xn--mnchen-3ya.example/%C3%A4"),
        ("https://新聞.example/記事", "https://xn--efvv70d.example/%E8%A8%98%E4%BA%8B"),
        ("http://[2001:DB8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("http://192.0.2.1/a", "https://192.0.2.1/a"),
    ],
)
def test_one_spelling(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "name",
    [
        *("fbclid", "gclid", "dclid", "yclid", "twclid", "msclkid", "gbraid", "wbraid", "gad_campaignid", "igshid"),
        *("mc_cid", "mc_eid", "fb_comment_id", "at_medium", "at_campaign_id", "utm_id", "cmpid", "FBCLID"),
    ],
)
def test_trackers_go(name: str) -> None:
    assert canonical_url(f"https://paper.example/a?{name}=7&page=2") == "https://paper.example/a?page=2"


@pytest.mark.parametrize(
    "name", ["id", "guid", "gid", "groupid", "galleryid", "gameid", "fbid", "story_fbid", "dcid", "twid"]
)
def test_a_parameter_that_names_the_page_stays(name: str) -> None:
    """Else different articles have one address, and those without a guid one id."""
    assert canonical_url(f"https://paper.example/story.asp?{name}=1") == f"https://paper.example/story.asp?{name}=1"


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", " ", "paper.example/a", "/a", "//paper.example/a", "tag:paper.example,2025:1", "urn:uuid:1234"),
        *("javascript:alert(1)", "JavaScript://paper.example/%0aalert(1)", "data:text/html,x", "file:///etc/passwd"),
        *("mailto:a@paper.example", "ftp://paper.example/a", "http://", "https:///a", "http://[::1", "http://[x]/"),
        *("http://paper.example:port/", "http://paper.example:99999/", "https://paper.example/" + "a" * 2_048),
    ],
)
def test_what_is_no_address_of_a_page(url: str | None) -> None:
    assert canonical_url(url) is None


PIECES = [
    *("http://", "https://", "HTTP:", "//", "www.", "paper", ".example", ":80", ":8443", ":", "/", "/index.html", "?"),
    *("&", "=", "#", "utm_source", "ref", "a", "b", "%", "%2", "%2f", "%5F", "[", "]", "[::1]", "@", " ", "ü", "新"),
    *("\x00", "\n", "\u200b", "\ud800", ";", "+", "..", ".", "default.asp", "javascript:"),
]
addresses = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=2)), max_size=12).map("".join)


@example("HTTP://0/;/")
@example("HTTP://0/;[/")
@given(st.one_of(addresses, addresses.map("https://www.paper.example/".__add__), st.text(max_size=40)))
def test_spelling_it_again_changes_nothing(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical.startswith("https://")
        assert len(canonical) <= 2_048
        assert canonical_url(canonical) == canonical
    host_of(url)


TIDY_PIECES = [
    "www.",
    "paper",
    "news-",
    "a1",
    ".",
    "example",
    "/",
    "/a",
    "-",
    "~",
    "_",
    "index",
    ".html",
    "/index.php",
    "//",
]


@given(st.lists(st.sampled_from(TIDY_PIECES), max_size=8).map("".join))
def test_a_tidy_url_is_spelt_as_any_other(rest: str) -> None:
    """What needs no putting in order is told by a pattern. The fragment, which goes, keeps the pattern out of it."""
    assert canonical_url(f"https://{rest}") == canonical_url(f"https://{rest}#")


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://www.Paper.example/a", "paper.example"), (None, ""), ("no address", ""), ("http://[::1", "")],
)
def test_host(url: str | None, host: str) -> None:
    assert host_of(url) == host


def test_names_that_must_never_change() -> None:
    """An index that was written last month holds articles under these names."""
    assert article_id("https://paper.example/feed", "guid-1") == "737166a213af371e"
    assert ref_of("a") == 4009257441
    assert digest("paper.example") == 7894636886637683953


WITHOUT_NUL = st.text(st.characters(exclude_characters="\0"))
"""It stands between source and name where both are hashed."""


@given(WITHOUT_NUL, WITHOUT_NUL)
def test_ids_tell_apart(a: str, b: str) -> None:
    assert (article_id(a, b) == article_id(b, a)) == (a == b)
    assert 0 <= ref_of(a) < 1 << REF_BITS
    assert (digest(a) == 0) == (a == "")
    assert digest(a) < 1 << 64
