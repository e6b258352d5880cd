"""Numbers and names: kept by a copy, changed by a template that is filled in anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.nouns.article import Article, Clock
from dedup.sketching.facts import _FOLLOWED, KEPT, _followed, facts, names, numbers
from dedup.sketching.text import read


@pytest.mark.parametrize(
    ("story", "found"),
    [
        ("15,000 people", {"15000 peop"}),
        ("15.000 Menschen", {"15000 mens"}),
        ("15\u202f000 personnes", {"15000 pers"}),
        ("15’000 Franken", {"15000 fran"}),
        ("at 9:45 p.m. on 3/4", {"945 p", "34 "}),
        ("08, 11, 20", {"08 11", "11 20", "20 "}),
        ("١٥ شخصا", {"15 شخصا"}),
        ("no figures at all", set()),
        ("covid19 and B2B", {"19 and", "2 b"}),
    ],
)
def test_numbers_are_kept_with_what_follows(story: str, found: set[str]) -> None:
    assert numbers(story) == found


def test_two_draws_of_one_lottery_share_hardly_a_number() -> None:
    one, other = numbers("08, 11, 20, 31, 58; bonus 4."), numbers("04, 11, 21, 31, 57; bonus 8.")
    assert not one & other


@pytest.mark.parametrize(
    ("story", "found"),
    [
        ("Yesterday Anna Berg met J.R. Smith.", {"anna", "berg", "j.r"}),
        ("The mayor of Saint-Malo spoke.", {"saint-malo"}),
        ("He said O’Neil would come.", {"o’neil"}),
        ("Сегодня Анна Берг прибыла в Москву.", {"анна", "берг", "москву"}),
        ("北京今天下雨。", set()),
        ("Rain. Snow. Hail.", set()),
        ("we saw A b", set()),
    ],
)
def test_names_are_capitals_inside_sentences(story: str, found: set[str]) -> None:
    assert names(story) == found


def test_facts_are_the_smallest_of_each_kind_in_order() -> None:
    text = " ".join(f"He paid {number * 7} crowns to Person{chr(97 + number % 26)}x." for number in range(60))
    found = facts(read(Article("a", "s", "", text, 0, Clock.FEED, 0, 0)))
    for kind in (found.numbers, found.names):
        assert list(kind) == sorted(set(kind))
        assert len(kind) <= KEPT
        assert all(0 <= fact < 2**16 for fact in kind)
    assert len(found.numbers) == KEPT


def test_figures_on_a_line_of_their_own_are_facts() -> None:
    text = "The winning numbers in the draw on Monday evening were as follows here:\n08, 11, 20, 31, 58; bonus 4"
    found = facts(read(Article("a", "s", "", text, 0, Clock.FEED, 0, 0)))
    assert len(found.numbers) == 6


@given(
    st.lists(
        st.sampled_from(["1", "23", ".", ",", "’", " ", "\u00a0", "ab", "é", "٣", "５", "²", "\n", "-", "x_", "語"])
    ).map("".join)
)
def test_numbers_are_found_where_the_pattern_finds_them(story: str) -> None:
    assert list(_followed(story)) == _FOLLOWED.findall(story)
