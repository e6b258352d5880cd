"""Markup to plain text: what a reader would see, one paragraph a line. The only door to the HTML parser."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter

from selectolax.lexbor import LexborHTMLParser

_UNSEEN = ["script", "style", "noscript", "template", "iframe", "object", "svg", "math", "form", "button", "select"]
"""Elements whose text no reader sees as part of the story."""
_BLOCKS = (
    "p,div,br,hr,li,ul,ol,dl,dt,dd,table,tr,td,th,blockquote,pre,section,article,header,footer,aside,nav,main,"
    "figure,figcaption,address,h1,h2,h3,h4,h5,h6"
)
"""Elements that begin and end a line."""
_TAG_OR_REFERENCE = re.compile(r"<[A-Za-z/!?][^<>]*>|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]+);")
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)[^<>]*>")
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "tbody",
        "option",
    ]
)
"""Elements that need no end tag, so that they do not nest."""
_DEEPEST = 512
"""Elements within elements, as deep as browsers go. Beyond, the time that an HTML parser takes grows with the square
of the depth: 100,000 nested divs cost a minute."""
_HEAD_BYTES = 262_144
"""Of a page that are looked at for links: its head is in there."""
_SPACES = re.compile(r"[^\S\n]+")
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)


def plain(text: str) -> str:
    """The visible text of `text`, which may be HTML or plain: NFC, one paragraph a line, no empty lines.

    Scripts, styles and form controls vanish with their content. Never raises: broken markup is read as a browser
    reads it. Markup that was escaped once too often (`&lt;p&gt;`) is markup too: no tag survives.
    """
    for _ in range(2):
        if not _TAG_OR_REFERENCE.search(text):
            break
        text = _rendered(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def single_line(text: str) -> str:
    """`plain` on one line: for titles."""
    return plain(text).replace("\n", " ")


def _rendered(markup: str) -> str:
    if "<" not in markup:
        return html.unescape(markup)
    if _too_deep(markup):
        return html.unescape(_TAG.sub("\n", markup)).replace("<", " ")
    tree = LexborHTMLParser(markup.replace("\n", " ").replace("\r", " "))
    tree.strip_tags(_UNSEEN)
    for block in tree.css(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    return tree.root.text() if tree.root is not None else ""


def _too_deep(markup: str) -> bool:
    """Whether elements stand in elements beyond all measure."""
    if markup.count("<") <= _DEEPEST:
        return False
    open_elements: Counter[str] = Counter()
    depth = 0
    for end, name in _TAG.findall(markup.lower()):
        if end and open_elements[name]:  # an end without a beginning closes nothing
            open_elements[name] -= 1
            depth -= 1
        elif not end and name not in _VOID:
            open_elements[name] += 1
            depth += 1
        if depth > _DEEPEST:
            return True
    return False


def head_links(document: bytes) -> tuple[list[dict[str, str]], str]:
    """The attributes of each `<link>` of a page, and the page's `<base>` (empty: none). Never raises."""
    head = document[:_HEAD_BYTES]
    tree = LexborHTMLParser(head[: (head.lower().find(b"</head>") + 1 or len(head) + 1) - 1])
    base = tree.css_first("base[href]")
    links = [{name: value or "" for name, value in link.attributes.items()} for link in tree.css("link[href]")]
    return links, (base.attributes.get("href") or "") if base else ""
