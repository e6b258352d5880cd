"""Identity: canonical URLs, article ids, and their short names inside the index. The only door to w3lib."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url

_TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|d|tw|y)clid|msclkid|[gw]braid|gad_campaignid|fb_\w*id|igshid|mc_[ce]id|"
    r"ref(?:errer|_src|_url)?|src|cmp(?:id)?|ns_\w+|at_\w+|ito|xtor|smid|smtyp|partner|rss|output|guccounter|guce_\w+|__twitter_impression|amp|spm|share|shared?_from|_ga|wt_\w+|ocid"
)
"""Query parameters that tell where a reader came from, not what the page is. Collected from the documentation of the
analytics products and the URLs of the feeds that this was tried on. Each by its name: `gid` and `guid` are pages."""
_INDEX_PAGE = re.compile(r"(?:;|/(?:(?:index|default)\.(?:html?|php|aspx?))?)+$")
"""At the end of a path, with empty parameters, which nobody means either."""
_WWW = re.compile(r"^(?:www\.)+(?=.)")
_LONGEST = 2048
_TIDY_URL = re.compile(
    r"https?://(?:www\.)*((?!www\.)[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*\.[a-z]{2,})((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+)"
)
"""Most URLs of articles have nothing to put in order; that is told in a thirtieth of the time. No pattern of what may
stand in URLs, but of what is the same in each of their spellings."""
REF_BITS = 32
"""A ref is this many bits: of a million live articles 120 are given another because theirs is taken, of ten million
12,000 (`names`). Each byte of it stands in sixty postings of an article (docs/design.md, decision 4)."""
NAMES_LOOKED_AT = 3
"""Names under which an article is looked for. Of ten million one in eighty million has a fourth."""


def canonical_url(url: str | None) -> str | None:
    """One spelling for a page: http(s) only, lower-case host without `www.`, no fragment, no tracking parameters,
    parameters sorted. None for anything that is not an http(s) URL of at most 2,048 characters."""
    if not url or len(url) > _LONGEST:
        return None
    if tidy := _TIDY_URL.fullmatch(url):
        return f"https://{tidy[1]}{_INDEX_PAGE.sub('', tidy[2])}"
    try:
        parts = urlsplit(url.strip())
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
        parts = parts._replace(path=_INDEX_PAGE.sub("", parts.path))
        parts = urlsplit(canonicalize_url(parts.geturl()))
        host = _WWW.sub("", parts.hostname or "")
        port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    except ValueError:
        return None
    if ":" in host:
        host = f"[{host}]"
    kept = [pair for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.split("=", 1)[0].lower())]
    spelt = f"https://{host}{port}{_INDEX_PAGE.sub('', parts.path)}" + (f"?{'&'.join(kept)}" if kept else "")
    return spelt if host and len(spelt) <= _LONGEST else None


def host_of(url: str | None) -> str:
    """The host of a URL without `www.`, or the empty string."""
    try:
        return _WWW.sub("", urlsplit(url or "").hostname or "")
    except ValueError:
        return ""


def article_id(*parts: str) -> str:
    """A stable id of 16 hexadecimal digits, made of what names an article: its source or feed, and guid or URL."""
    return _hashed("\0".join(parts), 8).hex()


def digest(text: str) -> int:
    """A 64-bit digest of a text; 0 only for the empty text."""
    return int.from_bytes(_hashed(text, 8), "little") | 1 if text else 0


def short_digest(text: str) -> int:
    """A 32-bit digest of a text, for the two of a pair to be compared; 0 only for the empty text."""
    return digest(text) & 0xFFFFFFFF


def ref_of(article_id: str) -> int:
    """The name of an article inside the index; never 0.

    The upper bits of what were 40: among equals the lower ref comes first, and so it is the same one as it was.
    """
    return int.from_bytes(_hashed(article_id, 5), "little") >> 40 - REF_BITS or 1


def namesake(article_id: str) -> str:
    """The id that an article is kept under whose ref is another article's."""
    return f"{article_id}~{digest(article_id):016x}"


def names(article_id: str) -> Iterator[str]:
    """The ids that an article may be kept under, the likeliest first."""
    for _ in range(NAMES_LOOKED_AT):
        yield article_id
        article_id = namesake(article_id)


def given(name: str) -> str:
    """The id that an article came with, of any that it may be kept under."""
    while (shorter := name.rpartition("~")[0]) and namesake(shorter) == name:
        name = shorter
    return name


def _hashed(text: str, size: int) -> bytes:
    # A name that somebody asks for may hold halves of characters: then it is the name of nothing, not an error.
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=size).digest()
