from __future__ import annotations

import pytest

from dedup.sketching.lexicon.folding import WORD, fold


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Straße", "strasse"),
        ("ŁÓDŹ", "lodz"),
        ("İstanbul", "istanbul"),
        ("Køb", "kob"),
        ("ＡＢＣ", "abc"),
        ("μαθητής", "μαθητης"),
        ("Ёлка", "елка"),
        ("مُحَمَّد", "محمد"),
        ("كتاب", "كتاب"),
        ("کتاب", "كتاب"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी", "हिन्दी"),
        ("ガギ", "ガギ"),
        ("한국", "한국"),
    ],
)
def test_fold(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_languages_that_fold_otherwise() -> None:
    assert fold("Má", "vi") == "má"
    assert fold("Чачак", "sh") == fold("Čačak", "sh") == "cacak"


def test_words() -> None:
    assert WORD.findall("l’État, हिन्दी में; don't — x2y") == ["l", "État", "हिन्दी", "में", "don", "t", "x", "y"]
