"""What parser processes are asked and what they answer, as frames of JSON and bytes on a line between the two.

A frame is its length in four bytes and then its content. A question is two frames: the order in JSON, and the
document's bytes. An answer is one frame of JSON. Nothing here can run code, whatever a frame holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import BinaryIO

from dedup.edges.document import Document
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Entry, Feed, Response, Skipped
from dedup.nouns.schedule import Pace

_LENGTH_BYTES = 4
MAX_FRAME_BYTES = 512 * 1024 * 1024
"""More than any document within the caps can become: a longer frame is a fault."""


def head_of(content: bytes) -> bytes:
    """What stands before this content in its frame."""
    return len(content).to_bytes(_LENGTH_BYTES)


def framed_size(received: bytes | bytearray) -> int | None:
    """How long the frame is that begins so; None if that cannot be told yet. Raises EOFError if it is nonsense."""
    if len(received) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(received[:_LENGTH_BYTES])
    if length > MAX_FRAME_BYTES:
        raise EOFError("not a frame")
    return _LENGTH_BYTES + length


def content_of(frame: bytes | bytearray) -> bytes:
    """The content of a whole frame."""
    return bytes(memoryview(frame)[_LENGTH_BYTES:])


def read_frame(pipe: BinaryIO) -> bytes:
    """The next frame. Raises EOFError when the other side is gone, or says nonsense."""
    size = framed_size(_exactly(pipe, _LENGTH_BYTES))
    assert size is not None
    return _exactly(pipe, size - _LENGTH_BYTES)


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


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    content = pipe.read(size)
    if len(content) != size:
        raise EOFError("the other side is gone")
    return content
