"""The HTTP header `Link` (RFC 8288), as far as it says where a feed's hub is, and what the hub calls the feed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dedup.edges.document import web_url

_MOST_CHARACTERS = 8_192
"""Of the header that are looked at: servers that preload fonts in it need one or two thousand."""
_NEXT = re.compile(r",\s*(?=<)")


def linked(headers: Sequence[str], relation: str, base: str) -> str:
    """The first http(s) link of that relation, resolved against `base`; empty if there is none."""
    value = ", ".join(headers)[:_MOST_CHARACTERS]
    targets = (target for target, relations in _links(value) if relation in relations)
    return next(filter(None, (web_url(target, base) for target in targets)), "")


def _links(value: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Target and relations of each link of the header."""
    for link in _NEXT.split(value):
        target, _, parameters = link.strip().removeprefix("<").partition(">")
        named = (parameter.partition("=") for parameter in parameters.split(";"))
        relations = next((text for name, _, text in named if name.strip().lower() == "rel"), "")
        yield target, relations.strip().strip('"').lower().split()
