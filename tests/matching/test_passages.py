"""Shared passages: the runs of words that two texts have in common, as each prints them."""

from __future__ import annotations

import time
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.matching.passages import LEAST_WORDS, MOST_PASSAGES, MOST_WORDS, shared_passages
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


def test_words_keep_their_vowel_signs() -> None:
    hindi = "प्रधानमंत्री ने मंगलवार को कहा"
    [passage] = shared_passages(f"{hindi} कि", f"और {hindi}")
    assert (passage.a, passage.words) == (hindi, 5)
    assert shared_passages("प्रधानमंत्री ने कहा", "प्रधानमंत्री ने कहा") == ()


@pytest.mark.parametrize("signs", ["ຕຳຫຼວດກ່າວ", "ប៉ូលីសបាននិយាយ", "ရဲကပြောသည်"])
def test_lao_khmer_and_myanmar_have_no_spaces(signs: str) -> None:
    [passage] = shared_passages(signs, signs)
    assert (passage.a, passage.words) == (signs, len(signs))


few_many = st.lists(st.sampled_from(["a", "b"]), max_size=150)


@given(few_many, few_many)
def test_the_matching_blocks_of_ratcliff_and_obershelp(one: list[str], other: list[str]) -> None:
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    longest = sorted((block for block in blocks if block.size >= LEAST_WORDS), key=lambda block: (-block.size, block.a))
    assert shared_passages(" ".join(one), " ".join(other)) == tuple(
        Passage(
            " ".join(one[block.a : block.a + block.size]), " ".join(other[block.b : block.b + block.size]), block.size
        )
        for block in longest[:MOST_PASSAGES]
    )


@pytest.mark.parametrize("pattern", ["a", "a b a a a", "a a a a a a a b", "a b c"])
def test_texts_that_repeat_themselves_cost_little(pattern: str) -> None:
    """Two minutes if everything is compared with everything, passage by passage."""
    one, other = " ".join([pattern] * 3_000), "a " * 3_000
    began = time.process_time()
    for left, right in ((one, other), (other, one), (one, one)):
        shared_passages(left, right)
    assert time.process_time() - began < 3


def test_long_texts_are_compared_as_a_whole() -> None:
    """As far as MOST_WORDS, if they are such as people write."""
    story = " ".join(Newsroom(42).story(400))
    [passage, *_] = shared_passages(story, story)
    assert passage.words == min(MOST_WORDS, len(story.split()))
