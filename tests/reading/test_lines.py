"""One JSON object to one Entry, or an error that names the line and the field."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.nouns.errors import InputError
from dedup.nouns.feed import Entry
from dedup.reading.lines import YEAR_1_S, YEAR_9999_S, entry_from_line, entry_from_mapping

NOON = 1_767_355_200  # 2026-01-02T12:00:00Z


def test_a_full_line() -> None:
    line = (
        '{"id": "a/1", "url": " https://news.example/1 ", "source": "Example", "title": "T", "text": "<p>B</p>", '
        '"lang": "en", "published": "2026-01-02T12:00:00Z", "updated": 1767355260, "section": "ignored"}'
    )
    assert entry_from_line(line, "f:1", 5) == Entry(
        source="Example", id="a/1", url="https://news.example/1", title="T", content="<p>B</p>", lang="en",
        published=NOON, updated=NOON + 60, seen=5,
    )  # fmt: skip


def test_only_a_text_is_required() -> None:
    assert entry_from_mapping({"text": "B", "id": None, "title": None, "published": ""}, "f:1", 5) == Entry(
        source="", content="B", seen=5
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (NOON, NOON),
        (NOON + 0.9, NOON),
        (NOON * 1000, NOON),
        ("2026-01-02", NOON - 43_200),
        ("2026-01-02T12:00:00", NOON),
        ("2026-01-02T14:00:00+02:00", NOON),
        ("20260102T120000Z", NOON),
        (datetime(2026, 1, 2, 12, tzinfo=UTC), NOON),
        (-86_400, -86_400),
        (1e300, YEAR_9999_S),
        (-(10**18), YEAR_1_S),
        (10**309, YEAR_9999_S),
        (-(10**4_299), YEAR_1_S),
        ("0001-01-01", YEAR_1_S),
        ("0001-01-01T00:00+02:00", YEAR_1_S),
    ],
)
def test_dates(written: object, seconds: int) -> None:
    assert entry_from_mapping({"text": "B", "published": written}, "f:1", 5).published == seconds


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        (b'{"text": "\xff"}', "not UTF-8 (byte 10)"),
        ("[" * 100_000, "not JSON that we read: nested too deeply"),
        ('{"text": ' + "9" * 5_000 + "}", "not JSON"),
        ("[1]", "expected a JSON object, got a list"),
        ('"x"', "expected a JSON object, got a string"),
        ("{}", "text: missing"),
        ('{"text": null}', "text: missing"),
        ('{"text": ["a"]}', "text: expected a string, got a list"),
        ('{"text": "B", "title": {}}', "title: expected a string, got an object"),
        ('{"text": "B", "id": 7}', "id: expected a string, got a number"),
        ('{"text": "B", "id": ""}', "id: expected 1 to 512 characters, got 0"),
        ('{"text": "B", "id": "a\\nb"}', "id: control characters are not allowed"),
        ('{"text": "B", "id": "\\ud800"}', "id: control characters are not allowed"),
        ('{"text": "B", "published": "yesterday"}', "published: expected an ISO 8601 date, got 'yesterday'"),
        ('{"text": "B", "published": true}', "published: expected an ISO 8601 date or seconds since 1970, got true"),
        ('{"text": "B", "published": NaN}', "published: expected"),
    ],
)
def test_what_is_wrong_is_named(line: bytes | str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        entry_from_line(line, "news.jsonl:7", 5)
    assert str(caught.value).startswith(f"news.jsonl:7: {reason}")


def test_an_id_has_a_limit() -> None:
    assert entry_from_mapping({"text": "B", "id": "x" * 512}, "f:1", 5).id == "x" * 512
    with pytest.raises(InputError, match="got 513"):
        entry_from_mapping({"text": "B", "id": "x" * 513}, "f:1", 5)


def test_half_a_character_is_replaced() -> None:
    assert entry_from_line('{"text": "a\\ud800b \\ud83d\\ude00"}', "f:1", 5).content == "a\ufffdb \U0001f600"


def test_a_byte_order_mark_is_no_matter() -> None:
    assert entry_from_line(b'\xef\xbb\xbf{"text": "B"}', "f:1", 5).content == "B"


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(
                        st.sampled_from(["id", "text", "url", "published", "lang", "x"]), inner)))  # fmt: skip
def test_any_json_is_an_entry_or_an_input_error(value: object) -> None:
    try:
        entry = entry_from_line(json.dumps(value), "f:1", 5)
    except InputError:
        return
    entry.content.encode("utf-8")
