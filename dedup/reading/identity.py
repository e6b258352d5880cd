"""Identity: canonical URLs, article ids, and their short names inside the index. The only door to w3lib."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

_TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|dc|msc|tw|yc|igsh|mc_e|mc_c|at_)\w*(?:clid|id)|ref(?:errer|_src|_url)?|src|cmp(?:id)?|ns_\w+|at_\w+|ito|"
    r"xtor|smid|smtyp|partner|rss|output|guccounter|guce_\w+|__twitter_impression|amp|spm|share|shared?_from|_ga|wt_\w+|ocid"
)
"""Query parameters that tell where a reader came from, not what the page is. Collected from the documentation of the
analytics products and the URLs of the feeds that this was tried on."""
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")
REF_BITS = 48
"""A ref is this many bits: among a million live articles two share one once in 560 windows, and the index notices."""


def canonical_url(url: str | None) -> str | None:
    """One spelling for a page: http(s) only, lower-case host without `www.`, no fragment, no tracking parameters,
    parameters sorted. None for anything that is not an http(s) URL of at most 2,048 characters."""
    if not url or len(url) > 2048:
        return None
    try:
        parts = urlsplit(url.strip())
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
        kept = [name for name in _parameters(parts.query) if _TRACKING.fullmatch(name.lower())]
        cleaned = url_query_cleaner(url.strip(), kept, remove=True) if kept else url.strip()
        parts = urlsplit(canonicalize_url(cleaned))
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    except ValueError:
        return None
    path = _INDEX_PAGE.sub("/", parts.path).rstrip("/")
    return f"https://{host}{port}{path}" + (f"?{parts.query}" if parts.query else "")


def host_of(url: str | None) -> str:
    """The host of a URL without `www.`, or the empty string."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def article_id(*parts: str) -> str:
    """A stable id of 16 hexadecimal digits, made of what names an article: its source or feed, and guid or URL."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def digest(text: str) -> int:
    """A 64-bit digest of a text; 0 only for the empty text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") | 1 if text else 0


def ref_of(article_id: str) -> int:
    """The name of an article inside the index."""
    return int.from_bytes(hashlib.blake2b(article_id.encode(), digest_size=REF_BITS // 8).digest(), "little")


def _parameters(query: str) -> list[str]:
    return [pair.split("=", 1)[0] for pair in query.split("&") if pair]
