"""Markup that is nested beyond all measure: the time that an HTML parser takes grows with the square of the depth.

100,000 nested divs, half a megabyte, cost selectolax a minute. So the depth is counted before it is asked.
"""

from __future__ import annotations

import re
from collections import Counter

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)[^<>]*>")
_ENDLESS = frozenset(
    "area base br col dd dt embed hr img input li link meta option p param source tbody td th tr track wbr".split()
)
"""Elements that need no end tag, so that they do not nest."""
_DEEPEST = 512
"""Elements within elements, as deep as browsers go."""


def too_deep(markup: str) -> bool:
    """Whether elements stand in elements deeper than any page has them. Takes time in proportion to the length."""
    if markup.count("<") <= _DEEPEST:
        return False
    open_elements: Counter[str] = Counter()
    depth = 0
    for end, name in _TAG.findall(markup.lower()):
        if end and open_elements[name]:  # an end without a beginning closes nothing
            open_elements[name] -= 1
            depth -= 1
        elif not end and name not in _ENDLESS:
            open_elements[name] += 1
            depth += 1
        if depth > _DEEPEST:
            return True
    return False


def without_tags(markup: str) -> str:
    """What is left when every tag is a new line, and every other `<` a space."""
    return _TAG.sub("\n", markup).replace("<", " ")
