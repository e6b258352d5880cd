"""Furniture goes, the story stays, in whatever language."""

from __future__ import annotations

import pytest

from dedup.reading.boilerplate import readable_lines, story_lines, without_dateline, word_count

STORY = "The harbour bridge was closed on Tuesday after engineers found cracks in two of its supports."
SECOND = "Ferries will carry passengers until the repairs are done, the city council said in the evening."


def kept(text: str) -> list[str]:
    return story_lines(readable_lines(text))


@pytest.mark.parametrize(
    ("line", "story"),
    [
        ("LONDON (Wire) - Ministers met on Monday to talk.", "Ministers met on Monday to talk."),
        ("LONDON (Wire) — Ministers met on Monday to talk.", "Ministers met on Monday to talk."),
        ("GLASGOW, Scotland — Ministers met on Monday to talk.", "Ministers met on Monday to talk."),
        ("SAN JOSE, May 5 (Wire) -- Ministers met on Monday to talk.", "Ministers met on Monday to talk."),
        ("(Seoul) Ministers met on Monday to talk.", "Ministers met on Monday to talk."),
        ("PARIS, 5 mai (Dépêche) - Les ministres se sont vus lundi matin.", "Les ministres se sont vus lundi matin."),
        ("Berlin (dna) - Die Minister haben sich am Montag getroffen.", "Die Minister haben sich am Montag getroffen."),
        ("MADRID, 5 may. (Cable) – Los ministros se reunieron el lunes.", "Los ministros se reunieron el lunes."),
        (
            "МОСКВА, 5 мая (Волна) — Министры встретились в понедельник утром.",
            "Министры встретились в понедельник утром.",
        ),
        ("【海川社】部长们星期一举行会议，讨论桥梁维修。", "部长们星期一举行会议，讨论桥梁维修。"),
        ("海川社北京5月5日电 部长们星期一举行会议，讨论桥梁维修。", "部长们星期一举行会议，讨论桥梁维修。"),
        ("Ministers met on Monday - and parted at once.", "Ministers met on Monday - and parted at once."),
        ("He came - she went.", "He came - she went."),
        ("PARIS — Rain.", "PARIS — Rain."),
        ("", ""),
    ],
)
def test_a_dateline_is_taken_off_and_nothing_else(line: str, story: str) -> None:
    assert without_dateline(line) == story


@pytest.mark.parametrize(
    "furniture",
    [
        "By Anna Berg",
        "By Anna Berg, Harbour Times Staff Writer",
        "Von Anna Berg, Hafenstadt",
        "Par Anna Berg avec agences",
        "Por Ana Montes",
        "Анна Берг, корреспондент",
        "Read more: the council's plan for the old bridge.",
        "Lire aussi : le plan du conseil pour le vieux pont.",
        "Lesen Sie auch: Was aus der alten Brücke wird.",
        "Lea también: qué será del puente viejo de la ciudad.",
        "Читайте также: что будет со старым мостом города.",
        "続きを読む",
        "点击阅读全文",
        "Sign up for our newsletter and never miss a story.",
        "Share this on your favourite network with all your friends.",
        "© 2026 The Harbour Times. All rights reserved.",
        "Copyright 2026 Wire. This material may not be published, broadcast or rewritten.",
        "Tous droits réservés, reproduction interdite sans accord écrit.",
        "(Reporting by Anna Berg; editing by Karl Lind.)",
        "Updated: 6 May 2026, 7:45 in the morning, by the desk.",
        "Photo: A. Berg / Wire",
        "https://harbour-times.example/bridge",
        "window.ads = window.ads || []; ads.push({ mode: 'thumbs', container: 'below' }); ads.push({flush: true});",
        "Advertisement",
    ],
)
def test_furniture_goes_wherever_it_stands(furniture: str) -> None:
    for text in (
        f"{furniture}\n{STORY}\n{SECOND}",
        f"{STORY}\n{furniture}\n{SECOND}",
        f"{STORY}\n{SECOND}\n{furniture}",
    ):
        assert kept(text) == [STORY, SECOND]


def test_a_line_that_comes_twice_counts_once() -> None:
    assert kept(f"{STORY}\n{SECOND}\n{STORY}") == [STORY, SECOND]


def test_figures_are_story_and_dates_are_not() -> None:
    assert kept(f"{STORY}\n08, 11, 20, 31, 58; bonus 4\n{SECOND}") == [STORY, "08, 11, 20, 31, 58; bonus 4", SECOND]
    assert kept(f"May 6, 2026 at 7:45\n{STORY}") == [STORY]


def test_where_nothing_is_prose_everything_is_story() -> None:
    table = ["Port Hesper 3 Midvale 1", "Lorne 2 Ardley 2", "Tarn 0 Corwen 4"]
    assert kept("\n".join(table)) == table


def test_a_legal_story_is_not_a_legal_notice() -> None:
    story = f"The court said that all rights reserved to the authors had been sold. {STORY} {SECOND}"
    assert kept(story) == [story]


def test_a_credit_inside_a_sentence_goes_alone() -> None:
    (line,) = kept("The bridge, seen on Monday (Photo: A. Berg/Wire), was closed to all traffic in the evening.")
    assert "Berg" not in line
    assert line.startswith("The bridge, seen on Monday")


@pytest.mark.parametrize(
    ("line", "words"),
    [("", 0), ("one two three", 3), ("naïve café", 2), ("北京今天下雨", 3), ("東京 2026 オリンピック", 5), ("ฝนตก", 2)],
)
def test_words_are_counted_in_any_script(line: str, words: int) -> None:
    assert word_count(line) == words


def test_only_furniture_leaves_nothing() -> None:
    assert kept("Read more\nhttps://harbour-times.example/") == []
    assert kept("") == [""] or kept("") == []


@pytest.mark.parametrize("sign", ["A/", "A ", "1.", "(", "- ", "Ａ", "社", "by ", "{", "1, "])
def test_no_text_takes_long(sign: str) -> None:
    """Patterns that try every way to split such a line would not end: twenty thousand signs, at once."""
    kept(sign * 20_000)
    kept(f"{STORY}\n" + sign * 20_000 + ")")
