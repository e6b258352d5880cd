"""Brief texts: they hang on their host, and are never what holds two stories together."""

from __future__ import annotations

import numpy as np

from dedup.grouping.leaves import AS_GOOD, BRIEF_WORDS, HOST_RATIO, STRANGERS, SURE, doubted, hosts
from dedup.matching.deck import Floats

LONG = 5.0 * BRIEF_WORDS


def table(count: int, pairs: dict[tuple[int, int], float]) -> Floats:
    odds = np.full((count, count), -5.0)
    for (a, b), value in pairs.items():
        odds[a, b] = odds[b, a] = value
    return odds


def hanging(odds: Floats, *lengths: float) -> list[int]:
    return [int(host) for host in hosts(doubted(odds, np.array(lengths)), np.array(lengths))]


def test_a_brief_text_hangs_on_the_best_of_its_hosts_only() -> None:
    odds = table(3, {(0, 1): 6.0, (0, 2): 9.0, (1, 2): -1.0})
    assert hanging(odds, 50, LONG, LONG) == [2, -1, -1]


def test_beyond_doubt_the_best_host_can_still_be_told() -> None:
    odds = table(3, {(0, 1): 30.0, (0, 2): 31.0, (1, 2): -1.0})
    assert hanging(odds, 50, LONG, LONG) == [2, -1, -1]


def test_a_long_text_and_one_hardly_longer_stand_by_themselves() -> None:
    odds = table(2, {(0, 1): 6.0})
    assert hanging(odds, BRIEF_WORDS + 1, LONG) == [-1, -1]
    assert hanging(odds, 50, 50 * HOST_RATIO - 1) == [-1, -1]


def test_an_unsure_host_is_none_and_what_it_says_counts_as_doubt() -> None:
    odds = table(2, {(0, 1): SURE / 2})
    assert hanging(odds, 50, LONG) == [-1, -1]
    assert doubted(odds, np.array([50, LONG]))[0, 1] == -SURE / 2
    assert doubted(odds, np.array([LONG, LONG]))[0, 1] == SURE / 2


def test_what_fits_two_strangers_equally_is_furniture_and_belongs_to_nobody() -> None:
    strangers = table(3, {(0, 1): 6.0, (0, 2): 6.0 - AS_GOOD / 2})
    assert hanging(strangers, 50, LONG, LONG) == [0, -1, -1]
    akin = table(3, {(0, 1): 6.0, (0, 2): 6.0 - AS_GOOD / 2, (1, 2): STRANGERS / 2})
    assert hanging(akin, 50, LONG, LONG) == [1, -1, -1]


def test_a_blurb_may_hang_on_a_summary() -> None:
    odds = table(3, {(0, 1): 8.0, (1, 2): 8.0, (0, 2): 2.0})
    assert hanging(odds, 20, 60, LONG) == [1, 2, -1]


def test_nobody_hangs_in_nothing() -> None:
    assert hanging(np.zeros((0, 0))) == []
