"""Markup that costs an HTML parser time or memory beyond all measure: told before the parser is asked.

100,000 nested divs, half a megabyte, cost selectolax a minute; 500 open `<b>` are made anew in each of 1,000
paragraphs, which makes 500,000 elements of 8 kB; the attributes of one tag are compared with each other. No end tag is
believed: in a comment, in quotes or in a table it may close nothing, and only a parser knows. So beginnings
are counted.
"""

from __future__ import annotations

import re

_BEGINS = re.compile(r"<([A-Za-z][^\s/>]*+)")
"""Where tags may begin, also in comments and quotes. Needs no end of the tag, so it takes linear time."""
_WHOLE = re.compile(r"</?[A-Za-z][^<>]*+>")
_ENDLESS = frozenset(
    "area base br col embed hr img input li link meta option p param source tbody td th tr track wbr".split()
)
"""Elements that stand in one of their own kind only if another kind stands between. (Not so dd: `<li><dd><li><dd>`.)"""
_FOREIGN = re.compile(r"<(?:svg|math)", re.IGNORECASE | re.ASCII)
"""In there every element nests, whatever its name."""
_ATTRIBUTE = (
    r"[ \t\n\f\r/]*+(?:=[^ \t\n\f\r/>=]*+|[^ \t\n\f\r/>=]++)"  # a name, which may begin with =
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\"' \t\n\f\r>][^ \t\n\f\r>]*+)?+)?+"
)
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_BEGIN_AND_ATTRIBUTES = re.compile(rf"<[A-Za-z][^ \t\n\f\r/>]*+((?:{_ATTRIBUTE})*+)")
_REOPENED = re.compile(
    r"<(/?)(?:b|big|code|em|i|nobr|s|small|strike|strong|tt|u|span|(a|font|html|body))(?=[\s/>])",
    re.IGNORECASE | re.ASCII,
)
"""Elements that change no text: those that parsers open anew in the next paragraph, span, and the page's own two, to
which the attributes of all further ones are added."""
_TAGS_MOST = 100_000
"""Each takes up to about a kilobyte of memory."""
_STEPS_MOST = 200_000_000
"""Tags times elements that may be open: a parser looks through the open ones for most tags. Takes about .6 s."""
_ATTRIBUTES_MOST = 500
"""Of one tag: a parser compares each with all others."""
_LOOKS_MOST = 16
"""How often a character may be looked at for attributes: what may be tags may overlap, `<a <a <a`, but seldom does."""


def flattened(markup: str) -> str:
    """The same text in markup without formatting elements: each of their tags is one of an element that holds nothing.

    Nothing is left for the parser to open anew, so it makes no more than a few elements for each tag. Inside of an SVG
    `b` and `span` end it and `a` does not; the same is true of `img` and `wbr`.
    """
    return _REOPENED.sub(lambda tag: f"<{tag[1]}{'wbr' if tag[2] else 'img'}", markup)


def too_costly(markup: str) -> bool:
    """Whether a parser might take more than a second or 100 MB for flattened markup; told in linear time.

    Up to 10,000 elements that nest, such as div, are always read, however deep they stand.
    """
    tags = markup.count("<")
    if tags > _TAGS_MOST or _is_crowded(markup):
        return True
    names = _BEGINS.findall(markup) if tags * tags > _STEPS_MOST else []
    if _FOREIGN.search(markup):
        return tags * len(names) > _STEPS_MOST
    return tags * sum(name.lower() not in _ENDLESS for name in names) > _STEPS_MOST


def _is_crowded(markup: str) -> bool:
    """Whether a tag may have too many attributes. A tag is read as parsers read it, from wherever one may begin."""
    if len(markup) < _ATTRIBUTES_MOST:
        return False
    left = _LOOKS_MOST * len(markup)
    for begin in _BEGINS.finditer(markup):
        tag = _BEGIN_AND_ATTRIBUTES.match(markup, begin.start())
        attributes = tag[1] if tag else ""
        left -= len(begin[0]) + len(attributes)
        if left < 0 or (len(attributes) > _ATTRIBUTES_MOST and len(_ATTRIBUTES.findall(attributes)) > _ATTRIBUTES_MOST):
            return True
    return False


def without_tags(markup: str) -> str:
    """What is left when every tag is a new line, and every other `<` a space."""
    return _WHOLE.sub("\n", markup).replace("<", " ")
