"""Words as numbers, in every script that feeds are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.nouns.article import Article, Clock
from dedup.sketching.text import _SCRIPTS, SCRIPT_NAMES, hashes, read, script_of


def article(text: str, title: str = "") -> Article:
    return Article("a", "s", title, text, 0, Clock.FEED, 0, 0)


def test_numbers_of_scripts_never_change() -> None:
    """Stored fingerprints hold them. A new one is added to the end of this list, and of `SCRIPT_NAMES`."""
    stored = (
        *("latin", "han", "kana", "thai", "lao", "khmer", "myanmar", "hangul", "cyrillic", "greek", "arabic", "hebrew"),
        "devanagari",
    )
    assert stored == SCRIPT_NAMES
    assert set(SCRIPT_NAMES) == {"latin", *_SCRIPTS}


@pytest.mark.parametrize(
    ("text", "script", "words"),
    [
        ("Police said the bridge was closed.", "latin", 6),
        ("Die Brücke über den Fluß wurde gesperrt.", "latin", 7),
        ("警方表示大橋已經關閉", "han", 10),
        ("首相は橋が閉鎖されたと述べた", "kana", 14),
        ("ตำรวจกล่าวว่าสะพานปิด", "thai", 21),
        ("경찰은 다리가 폐쇄됐다고 밝혔다", "hangul", 4),
        ("قالت الشرطة إن الجسر مغلق", "arabic", 5),
        ("قَالَتِ الشُّرطةُ", "arabic", 2),
        ("पुलिस ने कहा कि पुल बंद है", "devanagari", 7),
        ("Полиция сообщила, что мост закрыт", "cyrillic", 5),
        ("Η γέφυρα έκλεισε", "greek", 3),
        ("הגשר נסגר", "hebrew", 2),
        ("", "latin", 0),
        ("1234 5678", "latin", 2),
        ("... — !", "latin", 0),
    ],
)
def test_scripts_and_words(text: str, script: str, words: int) -> None:
    assert script_of(text) == script
    assert len(hashes(text, script)) == words


def test_a_sign_of_a_syllable_stays_with_its_word() -> None:
    """Devanagari vowels and viramas are marks: a word must not fall apart at them."""
    assert len(hashes("हिन्दी क्षेत्र", "devanagari")) == 2


def test_a_latin_name_in_a_chinese_text_is_one_word() -> None:
    assert script_of("蘋果公司Apple在2025年發布") == "han"
    assert len(hashes("蘋果apple2025年", "han")) == 4


def test_mixed_scripts() -> None:
    assert script_of("The company 新聞 said that it would close the bridge today.") == "latin"
    assert script_of("東京の橋が閉鎖") == "kana"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("POLICE said", "police SAID"),
        ("ﬁnal ｗｏｒｄ １２", "final word 12"),
        ("cafe\u0301 today", "café today"),
        ("STRASSE hier", "straße hier"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("said, “no” – never…", 'said "no" - never'),
    ],
)
def test_how_it_is_set_does_not_matter(one: str, other: str) -> None:
    assert read(article(one)).body.tolist() == read(article(other)).body.tolist()


def test_the_headline_is_not_read_twice() -> None:
    story = (
        "Police said that the bridge was closed on Monday after a cable had snapped in the night before.\nMore follows."
    )
    text = read(
        article(
            f"Bridge is closed after a cable snapped last night\n{story}",
            "BRIDGE is closed after a cable snapped last night",
        )
    )
    assert text.body.tolist() == read(article(story)).body.tolist()
    assert read(article("Bridge closed", "Bridge closed")).length > 0


@given(st.text(max_size=80), st.text(max_size=300))
def test_reads_anything(title: str, text: str) -> None:
    found = read(article(text, title))
    assert found.length <= len(found.body)
    assert found.script
