"""What parser processes are asked and what they answer, as frames of JSON and bytes on a line between the two.

A question is two frames: the order in JSON, and the document's bytes. An answer is one frame of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from dedup.edges.document import Document
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Entry, Feed, Response, Skipped
from dedup.nouns.schedule import Pace


def question(
    response: Response, feed: Feed, now: int, max_entries: int, known: Mapping[str, str]
) -> tuple[bytes, bytes]:
    """The two frames that ask for a document to be parsed."""
    order = {
        "url": response.url,
        "content_type": response.content_type,
        "feed": feed.url,
        "source": feed.source,
        "now": now,
        "max_entries": max_entries,
        "known": dict(known),
    }
    return json.dumps(order).encode("ascii"), response.body


def asked(order: bytes, body: bytes) -> tuple[Response, Feed, int, int, Mapping[str, str]]:
    """What `question` asked."""
    read = json.loads(order)
    response = Response(url=read["url"], body=body, content_type=read["content_type"])
    return response, Feed(read["feed"], source=read["source"]), read["now"], read["max_entries"], read["known"]


def page_question(response: Response) -> tuple[bytes, bytes]:
    """The two frames that ask for the text of a page."""
    return json.dumps({"page": response.url}).encode("ascii"), response.body


def page_asked(order: bytes) -> str | None:
    """The URL of the page whose text is asked for; None if it is a feed that is to be parsed."""
    page = json.loads(order).get("page")
    return str(page) if page is not None else None


def page_answer(text: str) -> bytes:
    """The frame that holds a page's text."""
    return json.dumps({"text": text}).encode("ascii")


def page_answered(frame: bytes, url: str) -> str:
    """The text in an answer; raises ParseError if it is a complaint."""
    read = json.loads(frame)
    if "error" in read:
        raise ParseError(url, str(read["error"]))
    return str(read["text"])


def answer(document: Document) -> bytes:
    """The frame that holds a parsed document."""
    pace = document.pace
    return json.dumps(
        {
            "title": document.title,
            "entries": [asdict(entry) for entry in document.entries],
            "skipped": [asdict(skipped) for skipped in document.skipped],
            "pace": [pace.every_s, sorted(pace.skip_hours), sorted(pace.skip_days)],
            "hub": document.hub,
            "topic": document.topic,
            "prints": document.prints,
            "cut": sorted(document.cut),
        }
    ).encode("ascii")


def complaint(reason: str, *, spent: bool = False) -> bytes:
    """The frame that says why there is no document; `spent`: and that the process is to be replaced."""
    return json.dumps({"spent": spent, "error": reason}).encode("ascii")


def is_spent(frame: bytes) -> bool:
    """Whether the process that answered so takes no other document."""
    return frame.startswith(b'{"spent": true')


def answered(frame: bytes, feed: Feed) -> Document:
    """The document in an answer; raises ParseError if it is a complaint, or no answer."""
    try:
        read = json.loads(frame)
        if "error" in read:
            raise ParseError(feed.url, str(read["error"]))
        every_s, hours, days = read["pace"]
        return Document(
            title=read["title"],
            entries=tuple(Entry(**entry) for entry in read["entries"]),
            skipped=tuple(Skipped(**skipped) for skipped in read["skipped"]),
            pace=Pace(every_s, frozenset(hours), frozenset(days)),
            hub=read["hub"],
            topic=read["topic"],
            prints=tuple(read["prints"]),
            cut=frozenset(read["cut"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ParseError(feed.url, f"the parser process answered with nonsense ({error!r})") from error
