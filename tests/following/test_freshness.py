from __future__ import annotations

from dataclasses import replace

from dedup.following.freshness import content_digest, digest, identity
from dedup.nouns.feed import Entry, Skipped

ENTRY = Entry("h", guid="1", url="https://h.example/1", title="Title", summary="S", content="C", published=1, seen=2)


def test_parts_are_not_run_together() -> None:
    assert digest("ab", "c") != digest("a", "bc") != digest("abc") != digest("abc", "")


def test_an_entry_is_known_by_its_name_and_changed_by_its_texts() -> None:
    touched = replace(ENTRY, updated=9, seen=9, published=None, url="https://h.example/other")
    assert identity(touched) == identity(ENTRY)
    assert content_digest(touched) == content_digest(ENTRY)
    assert content_digest(replace(ENTRY, content="D")) != content_digest(ENTRY)
    assert identity(replace(ENTRY, guid=None)) != identity(ENTRY)


def test_one_page_is_one_entry_however_its_url_is_written() -> None:
    plain = replace(ENTRY, guid=None)
    assert identity(replace(plain, url="https://www.h.example/1?utm_source=rss#top")) == identity(plain)


def test_a_nameless_entry_is_known_by_what_it_says() -> None:
    nameless = replace(ENTRY, guid=None, url=None)
    assert identity(nameless) != identity(replace(nameless, title="Other"))


def test_what_was_skipped_has_an_identity_of_its_own() -> None:
    assert len({identity(ENTRY), identity(Skipped("repeated", name="1")), identity(Skipped("other", name="1"))}) == 3
