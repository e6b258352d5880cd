"""Response -> entries: read RSS, Atom, RDF and JSON Feed documents. The only door to feedparser.

`parse` is a plain function of bytes, so that it can run in a process that may be killed. feedparser gets a BytesIO and
never a string, which it would take for a URL or a file name. What it can do for HTML is turned off: cleaning is
the next stage's work, done on what the feed really said.
"""

from __future__ import annotations

import calendar
import importlib.util
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType, ModuleType
from typing import Any

from dedup.edges.cuts import Items, items_of
from dedup.edges.document import MAX_ENTRIES, Document, assemble, publisher, web_url
from dedup.edges.json_feed import is_json, parse_json_feed
from dedup.edges.mend import media_type, mend
from dedup.edges.pace import pace_of
from dedup.edges.sniff import looks_like
from dedup.following.freshness import identity
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Entry, Feed, Response

_ITEM = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry)[\s/>]")
_ABSURD = 10
"""Times the cap on entries: a document with more is not even parsed, it would cost gigabytes."""
_TAG = re.compile(r"<[^>]*>")


def parse(
    response: Response,
    feed: Feed,
    now: int,
    max_entries: int = MAX_ENTRIES,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Document:
    """The entries of a feed document, in its order; `now` becomes their `seen`. Raises ParseError, and nothing else.

    `known` maps the prints of the last document's entries to their identities: those that are still there are cut.
    """
    if not response.body.strip():
        raise ParseError(feed.url, "not a feed: an empty document")
    if is_json(response):
        return parse_json_feed(response, feed, now, max_entries)
    items = items_of(response, feed)
    if items and known and (document := _without_known(response, feed, now, max_entries, items, known)):
        return document
    document, sound = _parse(response, feed, now, max_entries)
    return replace(document, prints=items.prints) if items and sound and _is_all_of(document, items) else document


def _without_known(
    response: Response, feed: Feed, now: int, max_entries: int, items: Items, known: Mapping[str, str]
) -> Document | None:
    """The document without the entries that are known; None if it has none, or if that might say something else."""
    cut = frozenset(items.prints) & known.keys()
    if not cut:
        return None
    try:
        less = replace(response, body=items.without(response.body, cut))
        document, sound = _parse(less, feed, now, max_entries)
    except ParseError:  # the whole document has its turn
        return None
    names = {identity(entry) for entry in document.entries}
    if not sound or not _is_all_of(document, items, len(cut)) or any(known[each] in names for each in cut):
        return None
    return replace(document, pace=pace_of(response.body), prints=items.prints, cut=cut)


def _is_all_of(document: Document, items: Items, cut: int = 0) -> bool:
    """Whether there is an entry for each item, but for those that were cut, and nothing was left out."""
    return not document.skipped and len(document.entries) + cut == len(items.prints)


def _parse(response: Response, feed: Feed, now: int, max_entries: int) -> tuple[Document, bool]:
    """The document, and whether it is sound XML."""
    items = len(_ITEM.findall(response.body))
    if items > _ABSURD * max_entries:
        raise ParseError(feed.url, f"more than {_ABSURD * max_entries:,} entries in one document")
    parsed = _feedparser(response, feed)
    if not parsed["version"] and not parsed["entries"]:
        raise ParseError(feed.url, f"not a feed: {looks_like(response.body)}{_complaint(parsed)}")
    if items and not parsed["entries"]:
        raise ParseError(feed.url, f"none of its {items:,} entries can be read{_complaint(parsed)}")
    sound = type(parsed.get("bozo_exception")).__name__ in ("NoneType", "CharacterEncodingOverride")
    if not sound and not parsed["entries"]:  # cut off before its first entry: the next answer may be whole
        raise ParseError(feed.url, f"no entries, and not well-formed{_complaint(parsed)}")
    title = parsed["feed"].get("title") or ""
    document = assemble(title, _entries(parsed, response.url, feed, now), max_entries)
    hub, topic = (_link(parsed, rel, response.url) for rel in ("hub", "self"))
    return replace(document, pace=pace_of(response.body), hub=hub, topic=topic), sound


def _load_parser() -> ModuleType:
    """A copy of feedparser's parser of our own, with an XML reader of our own, in which authors are not picked apart.

    feedparser looks for an e-mail address in every author with an expression that takes quadratic time: 16 kB of author
    cost 4 seconds (kurtmckee/feedparser#562). We have no use for authors. A copy, because the module belongs to
    whoever else uses feedparser in this process.
    """
    spec = importlib.util.find_spec("feedparser.api")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["PREFERRED_XML_PARSERS"] = ["dedup.edges.sax"]
    for parser in (module.StrictFeedParser, module.LooseFeedParser):
        parser._sync_author_detail = lambda self, key="author": None
    return module


_PARSER = _load_parser()


def _feedparser(response: Response, feed: Feed) -> Mapping[str, Any]:
    """What feedparser makes of it: a mapping with `version`, `feed`, `entries` and more."""
    try:
        parsed: Mapping[str, Any] = _PARSER.parse(
            io.BytesIO(mend(response.body)),
            response_headers={"content-type": media_type(response)},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError as error:
        raise ParseError(feed.url, "the document takes more memory than a feed may (MemoryError)") from error
    except Exception as error:  # hostile bytes get every kind of exception out of a parser, RecursionError included
        raise ParseError(feed.url, f"the parser gave up: {type(error).__name__}: {error}") from error
    return parsed


def _entries(parsed: Mapping[str, Any], base: str, feed: Feed, now: int) -> Iterator[Entry]:
    source = publisher(feed)
    feed_lang = parsed["feed"].get("language") or None
    for item in map(dict, parsed["entries"]):  # plain dicts: feedparser's own stand in other dates for `updated`
        summary, content = _texts(item)
        yield Entry(
            source=source,
            feed=feed.url,
            guid=item.get("id"),
            url=_url(item, base),
            title=item.get("title") or "",
            summary=summary,
            content=content,
            lang=_lang(item) or feed_lang,
            # RSS 1.0 has one date and Atom demands only `updated`: for such an item it is the date of publication.
            published=_seconds(item, "published_parsed", "created_parsed", "updated_parsed"),
            updated=_seconds(item, "updated_parsed"),
            seen=now,
        )


def _link(parsed: Mapping[str, Any], rel: str, base: str) -> str:
    """The first link of the whole feed with that relation; empty if there is none."""
    links = (link.get("href") for link in parsed["feed"].get("links") or () if link.get("rel") == rel)
    return next(filter(None, (web_url(href, base) for href in links)), "")


def _url(item: Mapping[str, Any], base: str) -> str | None:
    """The article's page; before FeedBurner rewrote the link, if it did. A guid is a link only if it says where to."""
    if not any(link.get("rel") == "alternate" for link in item.get("links") or ()):  # then `link` is the guid
        return web_url(item.get("link"), base="")
    return web_url(item.get("feedburner_origlink"), base) or web_url(item.get("link"), base)


def _texts(item: Mapping[str, Any]) -> tuple[str, str]:
    """Summary and content; the fuller of the two is the content, wherever the feed has put it."""
    bodies = [part.get("value") or "" for part in item.get("content") or ()]
    content: str = max(bodies, key=_fullness, default="")
    summary: str = item.get("summary") or ""
    if summary == content:
        return "", content
    if content and _fullness(summary) > _fullness(content):
        return content, summary
    return summary, content


def _fullness(text: str) -> int:
    return len(_TAG.sub("", text))


def _lang(item: Mapping[str, Any]) -> str | None:
    details = [item, *(item.get("content") or ()), item.get("summary_detail") or {}, item.get("title_detail") or {}]
    return next((detail["language"] for detail in details if detail.get("language")), None)


def _seconds(item: Mapping[str, Any], *fields: str) -> int | None:
    """The first readable date of these as seconds since 1970 in UTC; None if there is none."""
    for field in fields:
        date = item.get(field)
        if date:
            with suppress(ValueError, OverflowError):
                return calendar.timegm(date)
    return None


def _complaint(parsed: Mapping[str, Any]) -> str:
    error = parsed.get("bozo_exception")
    return f" ({error})" if error else ""
