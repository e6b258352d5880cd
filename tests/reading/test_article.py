"""From an entry to an article: what is believed of it, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.nouns.article import Article, Clock
from dedup.nouns.feed import Entry, Skipped
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import article_id

NOON = 1_767_355_200  # 2026-01-02T12:00:00Z
DAY, HOUR = 86_400, 3_600
FEED = "https://paper.example/feed"
TEXT = "Police said that the bridge was closed on Monday after a cable had snapped."
SETTINGS = ReadingSettings()
ENTRY = Entry(source="paper.example", feed=FEED, guid="g1", title="Bridge closed", content=TEXT, seen=NOON)


def article(entry: Entry, settings: ReadingSettings = SETTINGS) -> Article:
    found = read(entry, settings)
    assert isinstance(found, Article)
    return found


def skipped(entry: Entry) -> Skipped:
    found = read(entry, SETTINGS)
    assert isinstance(found, Skipped)
    return found


def test_all_that_an_entry_says() -> None:
    url = "http://www.paper.example/bridge/?utm_source=feed"
    whole = replace(ENTRY, url=url, lang="en", published=NOON - DAY, updated=NOON - HOUR)
    assert article(whole) == Article(
        id=article_id(FEED, "g1"),
        source="paper.example",
        title="Bridge closed",
        text=TEXT,
        published=NOON - DAY,
        clock=Clock.FEED,
        seen=NOON,
        updated=NOON - HOUR,
        url="https://paper.example/bridge",
        guid="g1",
        lang="en",
        feed=FEED,
    )


@pytest.mark.parametrize(
    ("published", "believed"),
    [
        (None, False),
        (0, False),
        (-62_135_596_800, False),  # year 1
        (4_070_908_800, False),  # 2099
        (10**30, False),
        (-(10**30), False),
        (NOON, True),
        (NOON - DAY, True),
        (NOON - 29 * DAY, True),
        (NOON - 31 * DAY, False),
        (NOON + HOUR, True),
        (NOON + HOUR + 1, False),
    ],
)
def test_dates_of_feeds(published: int | None, believed: bool) -> None:
    found = article(replace(ENTRY, published=published))
    assert (found.published, found.clock) == ((published, Clock.FEED) if believed else (NOON, Clock.SEEN))
    assert found.updated == found.published


@pytest.mark.parametrize(
    ("published", "believed"),
    [
        (NOON - 3_650 * DAY, True),
        (0, True),  # 1970
        (-2_208_988_800, True),  # 1900
        (-11_676_096_000, True),  # 1600
        (-11_676_096_001, False),
        (-62_135_596_800, False),
        (NOON + DAY, False),
        (None, False),
    ],
)
def test_dates_of_archives(published: int | None, believed: bool) -> None:
    found = article(replace(ENTRY, feed="", published=published))
    assert (found.published, found.clock) == ((published, Clock.FEED) if believed else (NOON, Clock.SEEN))


def test_an_update_dates_what_has_no_other_date() -> None:
    found = article(replace(ENTRY, updated=NOON - HOUR))
    assert (found.published, found.updated, found.clock) == (NOON - HOUR, NOON - HOUR, Clock.FEED)


def test_the_first_moment_of_1970_is_a_date() -> None:
    found = article(replace(ENTRY, feed="", published=0, updated=NOON - HOUR))
    assert (found.published, found.updated, found.clock) == (0, NOON - HOUR, Clock.FEED)


@pytest.mark.parametrize(
    ("updated", "kept"),
    [
        (NOON - HOUR, NOON - HOUR),
        (NOON - 3 * DAY, NOON - 2 * DAY),  # updated before it was published
        (NOON + 10 * DAY, NOON),
        (10**30, NOON),
        (-(10**30), NOON - 2 * DAY),
        (0, NOON - 2 * DAY),
    ],
)
def test_dates_of_versions(updated: int, kept: int) -> None:
    assert article(replace(ENTRY, published=NOON - 2 * DAY, updated=updated)).updated == kept


def test_ids() -> None:
    page, other_page = "https://paper.example/1", "https://paper.example/2"
    by_guid = article(replace(ENTRY, url=page))
    assert by_guid.id == article(replace(ENTRY, url=other_page, title="Bridge still closed")).id
    assert by_guid.id != article(replace(ENTRY, guid="g2", url=page)).id
    assert by_guid.id != article(replace(ENTRY, feed="https://other.example/feed", url=page)).id
    by_url = article(replace(ENTRY, guid=None, url=page))
    assert by_url.id == article(replace(ENTRY, guid=None, url=page + "?utm_source=x#top", title="Other")).id
    assert by_url.id != article(replace(ENTRY, guid=None, url=other_page)).id
    by_text = article(replace(ENTRY, guid=None))
    assert by_text.id == article(replace(ENTRY, guid=None, seen=NOON + DAY)).id
    assert by_text.id != article(replace(ENTRY, guid=None, title="Another headline")).id
    assert article(replace(ENTRY, id="mine", url=page)).id == "mine"
    assert article(replace(ENTRY, feed="", source="s", guid=None, url=page)).id == article_id("s", page)


def test_a_guid_that_is_an_address_is_the_address() -> None:
    found = article(replace(ENTRY, guid="https://paper.example/1", url=None))
    assert (found.url, found.guid) == ("https://paper.example/1", "https://paper.example/1")
    assert article(replace(ENTRY, url="javascript:alert(1)")).url is None


def test_without_a_source_the_host_speaks() -> None:
    assert article(replace(ENTRY, source="", url="https://www.paper.example/1")).source == "paper.example"
    assert article(replace(ENTRY, source="")).source == ""


@pytest.mark.parametrize(
    ("title", "content", "summary", "reason"),
    [
        ("", "", "", "empty"),
        ("  ", "<p></p>", "<img src='x.png'>", "empty"),
        ("", "<script>var a = 'five words are in here'</script>", "", "empty"),
        ("Photos", "", "", "too_short"),
        ("Four words, no more", "", "", "too_short"),
        ("照片", "新聞", "", "too_short"),
    ],
)
def test_what_is_refused(title: str, content: str, summary: str, reason: str) -> None:
    found = skipped(replace(ENTRY, title=title, content=content, summary=summary))
    assert (found.reason, found.name) == (reason, "g1")


@pytest.mark.parametrize(
    ("title", "content"),
    [
        ("Just five words in here", ""),
        ("", "Just five words in here"),
        ("Two words", "and three more"),
        ("", "警方表示大橋已經關閉"),
    ],
)
def test_what_is_just_long_enough(title: str, content: str) -> None:
    article(replace(ENTRY, title=title, content=content))


def test_names_of_what_is_refused() -> None:
    empty = replace(ENTRY, title="", content="")
    assert skipped(replace(empty, id="mine")).name == "mine"
    assert skipped(replace(empty, guid=None, url="https://paper.example/1")).name == "https://paper.example/1"
    assert skipped(replace(empty, guid=None)).name == ""


def test_the_fuller_text_is_taken() -> None:
    assert article(replace(ENTRY, summary="Stub.")).text == TEXT
    assert article(replace(ENTRY, content="Stub.", summary=TEXT)).text == TEXT


def test_caps() -> None:
    small = ReadingSettings(max_text_bytes=1_000)
    assert len(article(replace(ENTRY, title="word " * 1_000)).title) <= 1_000
    assert len(article(replace(ENTRY, content="word " * 10_000), small).text.encode()) <= 1_000
    assert len(article(replace(ENTRY, content="語" * 10_000), small).text.encode()) <= 1_000
    assert article(replace(ENTRY, content="<b>word</b> " * 1_000_000), small).text.startswith("word word")


def test_halves_of_characters_go_nowhere() -> None:
    broken = "x\ud83d"
    found = article(Entry(broken, broken, broken, broken, broken, broken + TEXT, "", broken + TEXT, broken, seen=NOON))
    for text in (found.id, found.source, found.title, found.text, found.guid, found.lang, found.feed):
        assert text is not None
        text.encode()


anything = st.text(st.characters(), max_size=60)
maybe = st.none() | anything
times = st.none() | st.integers()


@given(st.builds(Entry, anything, anything, maybe, maybe, maybe, anything, anything, anything, maybe, times, times))
def test_never_raises_and_never_half_believes(entry: Entry) -> None:
    found = read(replace(entry, seen=NOON), SETTINGS)
    if isinstance(found, Article):
        assert NOON - 1_000 * 366 * DAY < found.published <= NOON + HOUR
        assert found.published <= found.updated <= NOON + HOUR
        for text in (found.id, found.source, found.title, found.text, found.url or "", found.guid or "", found.feed):
            text.encode()


def test_a_giant_title_is_cut_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def as_it_is(title: str) -> str:
        asked.append(len(title))
        return title

    monkeypatch.setattr("dedup.reading.article.single_line", as_it_is)
    assert len(article(replace(ENTRY, title="<b>word</b> " * 1_000_000)).title) == 1_000
    assert asked == [4_000]
