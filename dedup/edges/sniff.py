"""What do these bytes look like? For people who wonder why their feed is no feed."""

from __future__ import annotations

import re

_LOOK_BYTES = 2_048

_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "gzip data"),
    (b"PK\x03\x04", "a ZIP archive"),
)
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]{0,60})")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def looks_like(body: bytes) -> str:
    """A few words for what a document that is no feed seems to be, such as "an HTML page"."""
    head = body[:_LOOK_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        return "an empty document"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if re.search(rb"<(!doctype\s+)?html\b", head, re.IGNORECASE):
        return "an HTML page"
    if head[:1] in (b"{", b"["):
        return "JSON that is no JSON Feed"
    if _BINARY.search(head):
        return "binary data"
    element = _ELEMENT.search(head)
    if head.startswith(b"<") and element:
        return f"XML with the root element <{element[1].decode('ascii', 'replace')}>"
    return "plain text"
