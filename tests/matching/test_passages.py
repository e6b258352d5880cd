"""Shared passages: the runs of words that two texts have in common, as each prints them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedup.matching.passages import LEAST_WORDS, MOST_PASSAGES, shared_passages
from dedup.nouns.record import Passage
from tests.spine.newsroom import Newsroom


def test_as_each_prints_it() -> None:
    one = "LONDON — Police said the old bridge\nwas closed. Nothing more was known."
    other = "Sources say that POLICE SAID THE OLD “BRIDGE” was closed, again."
    assert shared_passages(one, other) == (
        Passage("Police said the old bridge was closed", "POLICE SAID THE OLD “BRIDGE” was closed", 7),
    )


def test_longest_first() -> None:
    room = Newsroom(41)
    story = room.story(3)
    one = " ".join((story[0], room.sentence(), story[1] + " " + story[2]))
    other = " ".join((story[1] + " " + story[2], room.sentence(), story[0]))
    found = [passage.words for passage in shared_passages(one, other)]
    assert found == sorted(found, reverse=True)
    assert found


def test_short_runs_are_nothing() -> None:
    assert shared_passages("one two three four", "one two three four") == ()
    assert shared_passages("", "") == ()


def test_scripts_without_spaces() -> None:
    [passage] = shared_passages("警方表示大橋已經關閉。", "據報警方表示大橋已經關閉")
    assert (passage.a, passage.b, passage.words) == ("警方表示大橋已經關閉", "警方表示大橋已經關閉", 10)


few_words = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=80)


@given(few_words, few_words)
def test_every_passage_is_in_both(one: list[str], other: list[str]) -> None:
    a, b = " ".join(one), " ".join(other)
    found = shared_passages(a, b)
    assert len(found) <= MOST_PASSAGES
    for passage in found:
        assert passage.a in a
        assert passage.b in b
        assert len(passage.a.split()) == passage.words >= LEAST_WORDS
