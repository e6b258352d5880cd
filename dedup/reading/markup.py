"""Markup to plain text: what a reader would see, one paragraph a line. The only door to the HTML parser."""

from __future__ import annotations

import html
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

from dedup.reading.nesting import flattened, too_costly, without_tags

_UNSEEN = ["script", "style", "noscript", "template", "iframe", "object", "svg", "math", "form", "button", "select"]
"""Elements whose text no reader sees as part of the story."""
_BLOCKS = (
    "p,div,br,hr,li,ul,ol,dl,dt,dd,table,tr,td,th,blockquote,pre,section,article,header,footer,aside,nav,main,"
    "figure,figcaption,address,h1,h2,h3,h4,h5,h6"
)
"""Elements that begin and end a line."""
_TAG_OR_REFERENCE = re.compile(r"<[A-Za-z/!?][^<>]*>|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]+);")
_HEAD_BYTES = 262_144
"""Of a page that are looked at for links: its head is in there."""
_ESCAPED_AGAIN = re.compile(r"&(?:amp;)+(?=#?\w+;)")
"""References escaped however often: `&amp;amp;lt;` is `&lt;`."""
_TAG_BEGINS = re.compile(r"<(?=[A-Za-z/!?])")
_ROUNDS = 3
"""Markup may be escaped inside markup: a feed's HTML in a page's HTML. Deeper nesting is somebody's joke."""
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, but for those that end lines
    r"\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff"  # invisible, or turning the writing round
    r"\ud800-\udfff]"  # halves of characters: JSON can spell them, nothing can store them
)


def plain(text: str) -> str:
    """The visible text of `text`, which may be HTML or plain: NFC, one paragraph a line, no empty lines.

    Scripts, styles and form controls vanish with their content. Never raises: broken markup is read as a browser
    reads it. Markup that was escaped too often (`&lt;p&gt;`) is markup too: no tag survives, and what looks like the
    beginning of one (`<b`) is pulled apart.
    """
    text = _printable(text)  # before anything else, or a tag could hide behind one
    for _ in range(_ROUNDS):
        if ("<" not in text and "&" not in text) or not _TAG_OR_REFERENCE.search(text):
            break
        text = _printable(_rendered(_ESCAPED_AGAIN.sub("&", text)))
    if "<" in text:
        text = _TAG_BEGINS.sub("< ", text)
    # Printable ASCII with single spaces needs no more than its ends trimmed, and most texts are that.
    is_tidy = text.isascii() and "  " not in text and "\t" not in text
    lines = map(str.strip if is_tidy else _tidy, text.splitlines())
    return "\n".join(line for line in lines if line)


def single_line(text: str) -> str:
    """`plain` on one line: for titles."""
    return plain(text).replace("\n", " ")


def _printable(text: str) -> str:
    """The text without signs that no reader can see. Most texts have none: that is told fast."""
    return text if text.replace("\n", "").isprintable() else _UNPRINTABLE.sub("", text)


def _tidy(line: str) -> str:
    """A line in NFC with single spaces. Most lines are tidy: that is told fast."""
    if line.isascii() and line.isprintable() and "  " not in line:
        return line.strip()
    return " ".join(unicodedata.normalize("NFC", line).split())


def _rendered(markup: str) -> str:
    if "<" not in markup:
        return html.unescape(markup)
    flat = flattened(" ".join(markup.splitlines()))
    if too_costly(flat):
        return html.unescape(without_tags(markup))
    tree = LexborHTMLParser("<body>" + flat)
    tree.strip_tags(_UNSEEN)
    for block in tree.css(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    return tree.root.text() if tree.root is not None else ""


def head_links(document: bytes) -> tuple[list[dict[str, str]], str]:
    """The attributes of each `<link>` of a page, and the page's `<base>` (empty: none). Never raises.

    A head that would cost too much to parse has none.
    """
    head = document[:_HEAD_BYTES]
    head = head[: (head.lower().find(b"</head>") + 1 or len(head) + 1) - 1]
    flat = flattened(head.decode("latin-1"))  # any bytes, and the same bytes again
    if too_costly(flat):
        return [], ""
    tree = LexborHTMLParser(flat.encode("latin-1"))
    base = tree.css_first("base[href]")
    links = [{name: value or "" for name, value in link.attributes.items()} for link in tree.css("link[href]")]
    return links, (base.attributes.get("href") or "") if base else ""
