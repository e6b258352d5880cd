"""OPML: lists of feeds in and out, as every feed reader writes and reads them. (The format: opml.org/spec2.opml.)"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree as Tree

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from dedup.nouns.errors import InputError
from dedup.nouns.feed import Feed, Skipped

MAX_BYTES = 5 * 1024 * 1024
"""A list of 20,000 feeds is about 4 MB."""
MAX_DEPTH = 32
"""Folders in folders; readers offer two or three levels."""
MAX_FEEDS = 20_000
"""More than any list that people keep by hand."""

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The feeds of a list, each once, in its order; `skipped` are the outlines whose URL we cannot follow."""

    feeds: tuple[Feed, ...]
    skipped: tuple[Skipped, ...] = ()


def read_opml(document: str | bytes, where: str = "OPML") -> Subscriptions:
    """The feeds of an OPML document, however deep in folders. `where` names the document in errors.

    Raises InputError when it is not OPML, or larger or deeper than any honest list.
    """
    if len(document) > MAX_BYTES:
        raise InputError(where, f"larger than {MAX_BYTES:,} bytes: split the list")
    try:
        root: Tree.Element = SafeTree.fromstring(document)
    except (Tree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InputError(where, f"not readable as XML: {error}") from error
    if root.tag.lower() != "opml":
        raise InputError(where, f"not OPML: the root element is <{root.tag}>")
    feeds: dict[str, Feed] = {}
    skipped: list[Skipped] = []
    for url, title in _outlines(root, where):
        if not is_web(url):
            skipped.append(Skipped("not_http", "only http:// and https:// feeds can be followed", url))
        else:
            feeds.setdefault(url, Feed(url, title))
        if len(feeds) > MAX_FEEDS:
            raise InputError(where, f"more than {MAX_FEEDS:,} feeds: split the list")
    return Subscriptions(tuple(feeds.values()), tuple(skipped))


def write_opml(feeds: Iterable[Feed], title: str = "Feeds") -> str:
    """A flat OPML 2.0 document."""
    opml = Tree.Element("opml", version="2.0")
    Tree.SubElement(Tree.SubElement(opml, "head"), "title").text = _xml(title)
    body = Tree.SubElement(opml, "body")
    for feed in feeds:
        name = _xml(feed.title or feed.url)
        Tree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=_xml(feed.url))
    Tree.indent(opml)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Tree.tostring(opml, encoding="unicode")}\n'


def _outlines(root: Tree.Element, where: str) -> Iterator[tuple[str, str]]:
    """URL and title of each outline that is a feed, in document order."""
    stack = [(root, 0)]
    while stack:
        element, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise InputError(where, f"outlines nested more than {MAX_DEPTH} deep")
        attributes = {name.lower(): value.strip() for name, value in element.attrib.items()}
        if attributes.get("xmlurl"):
            yield _plain(attributes["xmlurl"]), attributes.get("title") or attributes.get("text") or ""
        stack.extend((child, depth + 1) for child in reversed(element))


def _plain(url: str) -> str:
    """The URL without the scheme that some readers once invented: feed://host is http://host."""
    lowered = url.lower()
    if lowered.startswith(("feed:http://", "feed:https://")):
        return url[len("feed:") :]
    return f"http{url[len('feed') :]}" if lowered.startswith("feed://") else url


def is_web(url: str) -> bool:
    """Whether this is an http or https URL with a host: what can be followed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
