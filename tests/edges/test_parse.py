from __future__ import annotations

import io
import json
import time
from calendar import timegm

import feedparser
import pytest

from dedup.edges.document import Document
from dedup.edges.parse import parse
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Entry, Feed, Response, Skipped

FEED = Feed("https://www.harbour.example/news/feed.xml")
NOW = 1_750_000_000


def read(body: str | bytes, content_type: str = "", feed: Feed = FEED, max_entries: int = 5_000) -> Document:
    data = body.encode() if isinstance(body, str) else body
    return parse(Response(feed.url, data, content_type), feed, NOW, max_entries)


def rss(*items: str, top: str = "<title>Harbour News</title>") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{top}{inside}</channel></rss>'


def atom(*entries: str, top: str = "<title>Harbour News</title>") -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nb">{top}{inside}</feed>'


def only(document: Document) -> Entry:
    (entry,) = document.entries
    return entry


class TestFormats:
    def test_rss(self) -> None:
        document = read(
            rss(
                "<guid isPermaLink='false'> n-17 </guid><link>/2025/ferry</link><title>Ferry &amp; tide</title>"
                "<description>The &lt;b&gt;ferry&lt;/b&gt; is late.</description>"
                "<pubDate>Tue, 10 Jun 2025 08:00:00 +0200</pubDate>",
                top="<title>Harbour News</title><language>en-gb</language>",
            )
        )
        assert document.title == "Harbour News"
        assert only(document) == Entry(
            source="www.harbour.example",
            feed=FEED.url,
            guid="n-17",
            url="https://www.harbour.example/2025/ferry",
            title="Ferry & tide",
            summary="The <b>ferry</b> is late.",
            lang="en-gb",
            published=timegm((2025, 6, 10, 6, 0, 0)),
            seen=NOW,
        )

    def test_atom_with_full_content(self) -> None:
        entry = only(
            read(
                atom(
                    "<id>urn:1</id><link href='ferge'/><title>Ferga</title><summary>Kort.</summary>"
                    "<content type='html'>&lt;p&gt;Lang tekst.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</content>"
                    "<published>2025-06-10T06:00:00Z</published><updated>2025-06-10T07:00:00Z</updated>"
                )
            )
        )
        assert entry.content == "<p>Lang tekst.</p><script>x()</script>"  # nothing cleaned here
        assert entry.summary == "Kort."
        assert entry.url == "https://www.harbour.example/news/ferge"
        assert entry.lang == "nb"
        assert entry.updated is not None
        assert entry.published is not None
        assert entry.updated - entry.published == 3_600

    def test_rdf_has_one_date(self) -> None:
        entry = only(
            read(
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
                ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>H</title></channel>'
                '<item rdf:about="u"><title>Ferry</title><link>https://h.example/a</link>'
                "<dc:date>2025-06-10T06:00:00Z</dc:date></item></rdf:RDF>"
            )
        )
        assert entry.published == entry.updated == timegm((2025, 6, 10, 6, 0, 0))

    @pytest.mark.parametrize("content_type", ["application/feed+json", "text/html", ""])
    def test_json_feed(self, content_type: str) -> None:
        body = json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Harbour News",
                "language": "sv",
                "items": [
                    {
                        "id": 17,
                        "url": "../2025/farja",
                        "title": "Färjan",
                        "summary": "Kort.",
                        "content_html": "<p>Lång text.</p>",
                        "content_text": "Lång text.",
                        "date_published": "2025-06-10T08:00:00+02:00",
                        "date_modified": "2025-06-10T07:00:00Z",
                    },
                    {"id": "18", "external_url": "https://other.example/b", "content_text": "Rad 1\nRad 2", "title": 3},
                    "no item at all",
                ],
            }
        )
        document = read("\n " + body, content_type)
        first, second, third = document.entries
        assert document.title == "Harbour News"
        assert first == Entry(
            source="www.harbour.example",
            feed=FEED.url,
            guid="17",
            url="https://www.harbour.example/2025/farja",
            title="Färjan",
            summary="Kort.",
            content="<p>Lång text.</p>",
            lang="sv",
            published=timegm((2025, 6, 10, 6, 0, 0)),
            updated=timegm((2025, 6, 10, 7, 0, 0)),
            seen=NOW,
        )
        assert (second.url, second.content, second.title) == ("https://other.example/b", "Rad 1\nRad 2", "")
        assert (third.guid, third.url, third.content) == (None, None, "")

    def test_the_source_is_what_we_call_it(self) -> None:
        feed = Feed(FEED.url, source="Harbour Radio")
        assert only(read(rss("<title>a</title>"), feed=feed)).source == "Harbour Radio"


class TestTexts:
    def test_the_fuller_text_is_the_content(self) -> None:
        full = "The whole long text of the article, from beginning to end."
        item = "<description>{}</description><encoded xmlns='http://purl.org/rss/1.0/modules/content/'>{}</encoded>"
        usual, swapped = (
            only(read(rss(item.format(*texts)))) for texts in (("A stub.", full), (full, "<![CDATA[<p>A stub.</p>]]>"))
        )
        assert (usual.content, usual.summary) == (full, "A stub.")
        assert (swapped.content, swapped.summary) == (full, "<p>A stub.</p>")

    def test_content_is_not_repeated_as_summary(self) -> None:
        entry = only(read(atom("<id>1</id><title>t</title><content type='html'>Text.</content>")))
        assert (entry.content, entry.summary) == ("Text.", "")

    @pytest.mark.parametrize(
        "link", ["javascript:alert(1)", "data:text/plain,x", "ftp://h.example/x", "http://[x/", "h" * 9_000]
    )
    def test_only_web_links_are_links(self, link: str) -> None:
        assert only(read(rss(f"<guid>1</guid><link>{link}</link>"))).url is None
        body = json.dumps({"items": [{"id": "1", "url": link}]})
        assert only(read(body)).url is None

    def test_a_missing_everything(self) -> None:
        entry = only(read(rss("<description>Only this.</description>")))
        assert (entry.guid, entry.url, entry.title, entry.published, entry.updated) == (None, None, "", None, None)
        assert only(read(rss(""))).summary == ""

    def test_lone_surrogates_do_not_get_through(self) -> None:
        body = b'{"items": [{"id": "\\ud800", "title": "a\\udfffb", "content_text": "\\ud83d\\ude00"}]}'
        entry = only(read(body))
        assert (entry.guid, entry.title, entry.content) == ("?", "a?b", "\N{GRINNING FACE}")

    def test_an_emoji_in_two_halves_is_put_together(self) -> None:
        entry = only(read(rss("<title>a&#55357;&#56832;&#xD83D;b&#55000;</title>")))
        assert entry.title == "a\N{GRINNING FACE}\N{REPLACEMENT CHARACTER}b" + chr(55000)

    def test_a_guid_is_a_link_only_if_it_says_where_to(self) -> None:
        plain, link = read(rss("<guid>17</guid>", "<guid>https://h.example/17</guid>")).entries
        assert (plain.guid, plain.url) == ("17", None)
        assert (link.guid, link.url) == ("https://h.example/17", "https://h.example/17")

    def test_xml_base_counts(self) -> None:
        top = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/x/">'
        assert only(read(f"{top}<entry><id>1</id><link href='y'/></entry></feed>")).url == "https://base.example/x/y"


class TestDates:
    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("Mon, 01 Jan 0001 00:00:00 GMT", timegm((1, 1, 1, 0, 0, 0))),
            ("2099-01-01T00:00:00Z", timegm((2099, 1, 1, 0, 0, 0))),
            ("the other day", None),
            ("", None),
            ("0000-00-00T00:00:00Z", None),
        ],
    )
    def test_dates_are_read_and_not_judged(self, date: str, expected: int | None) -> None:
        assert only(read(rss(f"<title>a</title><pubDate>{date}</pubDate>"))).published == expected
        body = json.dumps(
            {
                "items": [
                    {"id": "1", "date_published": date.replace("Mon, 01 Jan 0001 00:00:00 GMT", "0001-01-01T00:00:00Z")}
                ]
            }
        )
        assert only(read(body)).published == expected


class TestEncodings:
    TEXT = "Паром опоздал на час"

    @pytest.mark.parametrize(
        ("declared", "actual", "content_type"),
        [
            ("utf-8", "utf-8", "text/xml"),
            ("windows-1251", "windows-1251", "text/xml"),
            ("windows-1251", "utf-8", "application/rss+xml"),
            ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
            ("utf-8", "utf-8", "text/xml; charset=klingon"),
            ("utf-16", "utf-16", "text/xml"),
            ("koi8-r", "koi8-r", ""),
            ("nonsense", "utf-8", ""),
            ("utf-8", "windows-1251", "text/xml; charset=windows-1251"),
        ],
    )
    def test_the_text_is_found(self, declared: str, actual: str, content_type: str) -> None:
        body = rss(f"<title>{self.TEXT}</title>").replace('"utf-8"', f'"{declared}"')
        assert only(read(body.encode(actual), content_type)).title == self.TEXT

    def test_a_lie_is_no_crash(self) -> None:
        body = rss(f"<title>{self.TEXT}</title>").encode("koi8-r")
        assert only(read(body)).title

    def test_white_space_before_the_declaration(self) -> None:
        assert only(read("\n\n  " + rss(f"<title>{self.TEXT}</title>"))).title == self.TEXT


class TestNames:
    def test_each_different_entry_of_one_guid_survives(self) -> None:
        items = [f"<guid>same</guid><title>Story {n}</title>" for n in (1, 2, 3, 1)]
        document = read(rss(*items))
        guids = [entry.guid for entry in document.entries]
        assert [entry.title for entry in document.entries] == ["Story 1", "Story 2", "Story 3"]
        assert guids[0] == "same"
        assert len(set(guids)) == 3
        assert all(guid is not None and guid.startswith("same#") for guid in guids[1:])
        assert [(left.reason, left.name) for left in document.skipped] == [("repeated_in_feed", "same")]
        assert read(rss(*items)) == document

    def test_each_different_entry_of_one_url_survives(self) -> None:
        items = [f"<link>https://h.example/</link><title>Story {n}</title>" for n in range(3)]
        first, *others = read(rss(*items)).entries
        assert first.guid is None
        assert len({entry.guid for entry in others}) == 2
        assert all(entry.url == "https://h.example/" for entry in (first, *others))

    def test_each_different_entry_of_one_page_survives(self) -> None:
        items = [f"<link>https://h.example/changes#v{n}</link><title>Version {n}</title>" for n in range(3)]
        first, *others = read(rss(*items)).entries
        assert first.guid is None
        assert len({entry.guid for entry in others}) == 2

    def test_nameless_entries_survive_unless_they_repeat(self) -> None:
        document = read(rss("<title>a</title>", "<title>b</title>", "<title>a</title>"))
        assert [entry.guid for entry in document.entries] == [None, None]
        assert len(document.skipped) == 1

    def test_absurd_guids_are_digested(self) -> None:
        guid = only(read(rss(f"<guid>{'g' * 100_000}</guid>"))).guid
        assert guid is not None
        assert len(guid) < 50


class TestBounds:
    def test_entries_beyond_the_cap_are_told(self) -> None:
        document = read(rss(*(f"<guid>{n}</guid><title>Story {n}</title>" for n in range(12))), max_entries=10)
        assert [entry.guid for entry in document.entries] == [str(n) for n in range(10)]
        assert document.skipped == (
            Skipped("too_many_entries", "only the first 10 are read", "10"),
            Skipped("too_many_entries", "only the first 10 are read", "11"),
        )

    def test_absurdly_many_entries_are_refused(self) -> None:
        with pytest.raises(ParseError, match="more than 100 entries"):
            read(rss(*["<title>a</title>"] * 101), max_entries=10)

    def test_five_thousand_entries(self) -> None:
        text = "Many words about the harbour and its ferries. " * 10
        began = time.process_time()
        document = read(rss(*(f"<guid>{n}</guid><description>{n} {text}</description>" for n in range(5_000))))
        assert (len(document.entries), len(document.skipped)) == (5_000, 0)
        assert time.process_time() - began < 15

    def test_a_ten_megabyte_item(self) -> None:
        body = rss("<title>a</title><description>" + "words and &lt;p&gt; words " * 400_000 + "</description>")
        assert len(only(read(body)).summary) > 7_000_000

    @pytest.mark.parametrize(
        "inside",
        [
            "<author>" + "a" * 60_000 + "</author>",
            "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>" + "a." * 30_000 + "</dc:creator>",
            "<x>" * 20_000 + "</x>" * 20_000,
            "<description><![CDATA[" + "<div>" * 20_000 + "]]></description>",
            "&lol;" * 1_000,
            "&#55296;&#0;&#xffffffff;",
        ],
        ids=["author", "creator", "deep", "deep html", "entities", "references"],
    )
    @pytest.mark.parametrize("end", ["", "<broken>"])
    def test_hostile_items_cost_little(self, inside: str, end: str) -> None:
        began = time.process_time()
        document = read(rss(f"<guid>1</guid><title>a</title>{inside}{end}"))
        assert document.entries[0].guid == "1"
        assert time.process_time() - began < 3


class TestNoFeed:
    @pytest.mark.parametrize(
        ("body", "looks"),
        [
            (b"", "an empty document"),
            (b" \n\t ", "an empty document"),
            (b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Hello</body></html>", "an HTML page"),
            (b"<html><body><p>Not found<p></body>", "an HTML page"),
            (b"%PDF-1.7 \x00\x01", "a PDF document"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG image"),
            (bytes(range(256)) * 10, "binary data"),
            (b"Service temporarily unavailable", "plain text"),
            (b"<?xml version='1.0'?><urlset><url/></urlset>", "root element <urlset>"),
            (b'{"error": "not found"}', "JSON that is no JSON Feed"),
            (b'{"items": {"a": 1}}', "JSON that is no JSON Feed"),
            (b'{"items": [', "broken JSON"),
            (b"{" + b'"a":[' * 100_000, "broken JSON"),
            (b'{"items": [' + b"9" * 10_000 + b"]}", "broken JSON"),
            (b"<rss r:version=2.0><r:item><r:title>a</r:title></r:item>", "none of its 1 entries"),
        ],
    )
    def test_the_error_says_what_it_is(self, body: bytes, looks: str) -> None:
        with pytest.raises(ParseError, match=looks) as caught:
            read(body)
        assert caught.value.feed == FEED.url

    def test_a_string_that_is_a_path_or_url_opens_nothing(self) -> None:
        for body in (b"/etc/passwd", b"http://127.0.0.1:9/feed", b"file:///etc/passwd"):
            with pytest.raises(ParseError, match="plain text"):
                read(body)

    def test_an_empty_feed_is_a_feed(self) -> None:
        assert read(rss()) == Document("Harbour News", ())

    def test_a_feed_that_breaks_off_before_its_first_entry_is_not_an_empty_one(self) -> None:
        with pytest.raises(ParseError, match="no entries, and not well-formed"):
            read("<rss version='2.0'><channel><title>Harbour News</title>" + "<a>" * 1_000)

    def test_broken_xml_gives_what_can_be_read(self) -> None:
        document = read(
            "<rss version='2.0'><channel><item><title>A & B</title><guid>1</guid></item><item><title>C</title>"
        )
        assert [entry.title for entry in document.entries] == ["A & B", "C"]


def test_feedparser_is_left_as_it_is_for_others() -> None:
    body = rss("<author>ann@harbour.org (Ann)</author>").encode()
    assert feedparser.parse(io.BytesIO(body)).entries[0].author_detail.email == "ann@harbour.org"
