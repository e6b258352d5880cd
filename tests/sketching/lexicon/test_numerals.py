from __future__ import annotations

import pytest

from dedup.sketching.lexicon.numerals import numbers, plain


@pytest.mark.parametrize(
    "written",
    ["15,000", "15.000", "15 000", "15\u00a0000", "15\u202f000", "15'000", "15’000", "15000", "1,5万", "1.5万", "15 тыс. чел.",
     "١٥٬٠٠٠", "१५,०००", "15 thousand", "15 mille", "15 Tausend"],
)  # fmt: skip
def test_one_number_in_every_locale(written: str) -> None:
    assert [number for _, number in numbers(f"({written})")] == ["15000"]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("1.5 million, 1,5 Mio., 150万, 1,5 млн", ["1500000"] * 4),
        ("2 billion; 20億; 20亿; 2 Milliarden", ["2000000000"] * 4),
        ("3.14 and 3,14", ["3.14", "3.14"]),
        ("0.500", ["0.5"]),
        ("1,234.5 or 1.234,5", ["1234.5", "1234.5"]),
        ("2025-05-07", ["2025", "5", "7"]),
        ("7.5.2025", ["7", "5", "2025"]),
        ("in 2015 200 people", ["2015", "200"]),
        ("0, 1, 2 and 3", []),
        ("007", ["7"]),
        ("no number", []),
    ],
)
def test_numbers(story: str, expected: list[str]) -> None:
    assert [number for _, number in numbers(story)] == expected


def test_the_writing_is_kept() -> None:
    assert list(numbers("some 15 000 people")) == [("15 000", "15000")]
    assert plain("1.000.000") == ("1000000",)
