from __future__ import annotations

import pytest

from dedup.sketching.lexicon.folding import fold
from dedup.sketching.lexicon.names import skeleton, transliterate


@pytest.mark.parametrize(
    "names",
    [
        "Merkel Меркель メルケル 메르켈 ميركل מרקל मर्केल Μέρκελ",
        "Washington Вашингтон ワシントン",
        "Putin Путин Πούτιν",
        "Aleksandar Александар Αλεξάνταρ",
        "Schröder Shröder Шрёдер",
    ],
)
def test_a_name_in_many_scripts(names: str) -> None:
    assert len({skeleton(fold(name)) for name in names.split()}) == 1


@pytest.mark.parametrize("word", ["", "a", "Rio", "Oslo", "安倍"])
def test_too_few_consonants_say_nothing(word: str) -> None:
    assert skeleton(fold(word)) == ""


def test_transliterate() -> None:
    assert transliterate("москва") == "moskva"
    assert transliterate("서울") == "seoul"
