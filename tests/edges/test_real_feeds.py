"""Every real feed document that we have goes through the real fetch and parse: entries or a named error, and soon."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.parse import parse
from dedup.nouns.errors import ParseError
from dedup.nouns.feed import Feed, Response
from tests.origin import Origin, running_origin

_DATA = os.environ.get("DEDUP_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data"
_FILES = sorted(file for file in (Path(_DATA) / "feeds").glob("*") if file.suffix in (".xml", ".json"))

_UNREADABLE = {
    "001-kagisearch-7ef13a42fa7e177a.xml": "none of its 35 entries can be read",
    "197-kurtmckee-bozo-invalid-bytes-with-bom.xml": "no entries, and not well-formed",
    "205-kurtmckee-resolving-relative-links.xml": "plain text",
}
_EMPTY = {"202", "206", "208", "209"}
"""Test cases whose documents have no entries."""


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        for file in _FILES:
            kind = "application/json" if file.suffix == ".json" else "text/xml"
            running.serve(f"/{quote(file.name)}", file.read_bytes(), Content_Type=kind)
        yield running


@pytest.fixture(scope="module")
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(FetchSettings(allow_networks=("127.0.0.0/8",))) as running:
        yield running


@pytest.mark.skipif(not _FILES, reason="no shared data beside the repository (DEDUP_SHARED_DATA)")
@pytest.mark.parametrize("name", [file.name for file in _FILES])
def test_entries_or_a_named_error(origin: Origin, fetcher: Fetcher, name: str) -> None:
    url = origin.url(f"/{quote(name)}")
    began = time.monotonic()
    answer = fetcher.fetch(url)
    assert isinstance(answer, Response)
    if name in _UNREADABLE:
        with pytest.raises(ParseError, match=_UNREADABLE[name]):
            parse(answer, Feed(url), 1)
    else:
        document = parse(answer, Feed(url), 1)
        assert document.entries or name[:3] in _EMPTY
        names = [entry.guid or entry.url for entry in document.entries if entry.guid or entry.url]
        assert len(names) == len(set(names))
    assert time.monotonic() - began < 5
