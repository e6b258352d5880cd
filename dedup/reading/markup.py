"""Markup to plain text: what a reader would see, one paragraph a line. The only door to the HTML parser."""

from __future__ import annotations

import html
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

_UNSEEN = ["script", "style", "noscript", "template", "iframe", "object", "svg", "math", "form", "button", "select"]
"""Elements whose text no reader sees as part of the story."""
_BLOCKS = (
    "p,div,br,hr,li,ul,ol,dl,dt,dd,table,tr,td,th,blockquote,pre,section,article,header,footer,aside,nav,main,"
    "figure,figcaption,address,h1,h2,h3,h4,h5,h6"
)
"""Elements that begin and end a line."""
_TAG_OR_REFERENCE = re.compile(r"<[A-Za-z/!?][^<>]*>|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]+);")
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)


def plain(text: str) -> str:
    """The visible text of `text`, which may be HTML or plain: NFC, one paragraph a line, no empty lines.

    Scripts, styles and form controls vanish with their content. Never raises: broken markup is read as a browser
    reads it. Markup that was escaped once too often (`&lt;p&gt;`) is markup too: no tag survives.
    """
    for _ in range(2):
        if ("<" not in text and "&" not in text) or not _TAG_OR_REFERENCE.search(text):
            break
        text = _rendered(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    lines = map(_tidy, text.split("\n"))
    return "\n".join(line for line in lines if line)


def single_line(text: str) -> str:
    """`plain` on one line: for titles."""
    return plain(text).replace("\n", " ")


def _tidy(line: str) -> str:
    """A line in NFC, without signs that are not printed, with single spaces. Most lines are tidy: that is told fast."""
    if not line.isprintable():
        line = _UNPRINTABLE.sub("", line)
    elif line.isascii() and "  " not in line:
        return line.strip()
    return " ".join(unicodedata.normalize("NFC", line).split())


def _rendered(markup: str) -> str:
    if "<" not in markup:
        return html.unescape(markup)
    tree = LexborHTMLParser(markup.replace("\n", " ").replace("\r", " "))
    tree.strip_tags(_UNSEEN)
    for block in tree.css(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    return tree.root.text() if tree.root is not None else ""
