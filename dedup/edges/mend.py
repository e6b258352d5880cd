"""What is put right in a document before the parser sees it: common faults that would cost us all of it."""

from __future__ import annotations

import re

from dedup.nouns.feed import Response

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_REFERENCES = re.compile(rb"(?:&#(?:\d+|x[0-9a-f]+);)+", re.IGNORECASE)
_REPLACEMENT = 0xFFFD
_LAST = 0x10FFFF


def mend(body: bytes) -> bytes:
    """The document without white space in front, where an XML declaration must be, and with sound references.

    Some publishing systems write an emoji as two references to the halves of its UTF-16 code: they are joined. A half
    alone, or a number that is no character of XML, becomes U+FFFD. Each of these would make the parser give up.
    """
    if b"\x00" in body[:4]:  # UTF-16 or UTF-32
        return body
    body = body.lstrip()
    return _REFERENCES.sub(_mend_references, body) if b"&#" in body else body


def media_type(response: Response) -> str:
    """The content type for the parser, with the encoding that we know better than the server.

    Bytes that are valid UTF-8 and not ASCII are UTF-8, whatever the headers say. And `text/xml` without a charset does
    not mean ASCII any more (RFC 7303): the XML declaration counts.
    """
    if not response.body.isascii() and _is_utf8(response.body):
        return "application/xml; charset=utf-8"
    charset = _CHARSET.search(response.content_type)
    return f"application/xml; charset={charset[1]}" if charset else "application/xml"


def _mend_references(found: re.Match[bytes]) -> bytes:
    codes = [_code(reference) for reference in found[0].split(b";") if reference]
    text = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return b"".join(b"&#%d;" % ord(character) for character in text)


def _code(reference: bytes) -> int:
    """The number of a reference such as &#8217 or &#x2019."""
    digits, base = (reference[3:], 16) if reference[2:3] in b"xX" else (reference[2:], 10)
    code = int(digits.lstrip(b"0")[:9] or b"0", base)  # nine digits are beyond every character already
    sound = code in (0x9, 0xA, 0xD) or (0x20 <= code <= _LAST and code not in (0xFFFE, 0xFFFF))
    return code if sound else _REPLACEMENT


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
