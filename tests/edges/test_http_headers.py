from __future__ import annotations

import pytest

from dedup.edges.http_headers import max_age_s, retry_after_s

NOW = 1_750_000_000.0  # Sun, 15 Jun 2025 15:06:40 GMT


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("120", 120),
        (" 0 ", 0),
        ("1000000000", 1_000_000_000),
        ("Sun, 15 Jun 2025 15:08:40 GMT", 120),
        ("Sun, 15 Jun 2025 15:00:00 GMT", 0),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Jun 2025 15:00:00 GMT", None),
        ("9" * 5_000, None),
    ],
)
def test_retry_after(value: str | None, expected: int | None) -> None:
    assert retry_after_s(value, NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("max-age=600", 600),
        ("public, Max-Age = 600 , must-revalidate", 600),
        ('max-age="600"', 600),
        ("no-cache", None),
        ("s-maxage=600", None),
        ("x-max-age=600", None),
        ("max-age=-1", None),
        ("max-age=soon", None),
        ("max-age=31536000", 31_536_000),
    ],
)
def test_max_age(value: str | None, expected: int | None) -> None:
    assert max_age_s(value) == expected
