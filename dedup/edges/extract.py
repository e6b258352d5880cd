"""The text of an article out of its page. The only door to trafilatura; runs in a parser process (`parse_child`)."""

from __future__ import annotations

from importlib.util import find_spec

from dedup.nouns.errors import ParseError


def is_installed() -> bool:
    """Whether what full text needs is there: `pip install dedup[fulltext]`."""
    return all(find_spec(name) is not None for name in ("trafilatura", "protego"))


def main_text(body: bytes, url: str) -> str:
    """The article's text, one paragraph a line; empty if there is none. Raises ParseError."""
    from trafilatura import extract

    try:
        return extract(body, url=url, include_comments=False, include_tables=False, favor_precision=True) or ""
    except MemoryError as error:
        raise ParseError(url, "the page takes more memory than a page may (MemoryError)") from error
    except Exception as error:  # a page may be anything
        raise ParseError(url, f"the page cannot be read: {type(error).__name__}: {error}") from error
