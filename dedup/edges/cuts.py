"""What need not be parsed again: the entries of an XML document that stood in the last one, byte for byte.

A feed that changes has one or two new entries of thirty; parsing the others costs ten times what the new ones do. So
each entry gets a print: a digest of its bytes, and of all that stands outside of it and matters to it. What has a print
that we know is cut out before the parser sees the document.

Only well-formed documents have prints, so that what looks like the begin and end of an entry is just that, and only
where nothing is strange: no entities of its own, no entry in an entry, no encoding that hides a `<` in a letter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from dedup.nouns.feed import Feed, Response

_MARK = re.compile(rb"<!\[CDATA\[|<!--|<\?|<!DOCTYPE|<(/?)(?:item|entry)(?=[\s/>])")
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>", b"<!DOCTYPE": b">"}
_START_TAG = re.compile(rb"<[A-Za-z_][^<>]*>")
_LANGUAGE = re.compile(rb"<(?:\w{1,20}:)?language[^<>]{0,200}>[^<]{0,200}<", re.IGNORECASE)
_DECLARATION = re.compile(rb"^\s*<\?xml[^<>]{0,200}>")
_SHIFTS = b"\x1b"
"""Encodings that switch alphabets (ISO-2022) write letters as the bytes of `<`."""


@dataclass(frozen=True, slots=True)
class Items:
    """Where the entries of a document stand, in its order, and their prints."""

    spans: tuple[tuple[int, int], ...]
    prints: tuple[str, ...]

    def without(self, body: bytes, known: Collection[str]) -> bytes:
        """The document without the entries whose prints are known."""
        kept: list[bytes] = []
        at = 0
        for (start, end), each in zip(self.spans, self.prints, strict=True):
            if each in known:
                kept.append(body[at:start])
                at = end
        return b"".join([*kept, body[at:]])


def items_of(response: Response, feed: Feed) -> Items | None:
    """The entries of a document; None where they cannot be told by looking for their tags."""
    body = response.body
    if _SHIFTS in body[:65_536] or b"\x00" in body[:4]:
        return None
    spans = _spans(body)
    if not spans:
        return None
    frame = _frame(response, feed, spans)
    prints = tuple(blake2b(body[start:end], digest_size=8, key=frame).hexdigest() for start, end in spans)
    return Items(spans, prints) if len(set(prints)) == len(prints) else None


def _spans(body: bytes) -> tuple[tuple[int, int], ...]:
    """Begin and end of each entry; nothing if one stands in another, or the document is no sound XML."""
    found: list[tuple[int, int]] = []
    begun = -1
    at = 0
    while mark := _MARK.search(body, at):
        ending = _ENDS.get(mark[0], b">")
        end = body.find(ending, mark.end())
        if end < 0 or (mark[0] == b"<!DOCTYPE" and b"[" in body[mark.start() : end]):
            return ()
        at = end + len(ending)
        if mark[0] in _ENDS:
            continue
        closes = mark[1] == b"/"
        if closes == (begun < 0) or body[end - 1 : end] == b"/":
            return ()
        if closes:
            found.append((begun, at))
        begun = -1 if closes else mark.start()
    return () if begun >= 0 else tuple(found)


def _frame(response: Response, feed: Feed, spans: Sequence[tuple[int, int]]) -> bytes:
    """A digest of what an entry takes from the rest of the document: encoding, namespaces, base, language, address."""
    text = blake2b(digest_size=16)
    for part in (response.url.encode(), response.content_type.encode(), feed.url.encode(), feed.source.encode()):
        text.update(b"%d:" % len(part) + part)
    for outside in _outside(response.body, spans):
        for tag in _START_TAG.findall(outside):
            if b"xml" in tag or b"version" in tag or b"base" in tag or b"lang" in tag:
                text.update(tag)
        for said in (*_LANGUAGE.findall(outside), *_DECLARATION.findall(outside)):
            text.update(said)
    return text.digest()


def _outside(body: bytes, spans: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    """What stands before, between and after the entries."""
    at = 0
    for start, end in spans:
        yield body[at:start]
        at = end
    yield body[at:]
