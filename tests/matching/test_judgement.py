"""What the evidence must say whatever its weights are, and how relations are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.matching.calibration import COEFFICIENTS
from dedup.matching.deck import Floats
from dedup.matching.features import Features, Overlap
from dedup.matching.judgement import EXACT, LIMIT, log_odds, probability, relations, terms, unlimited, weights
from dedup.nouns.evidence import Relation

WINDOW_S = 14 * 86_400
share = st.floats(0, 1)


def column(value: float) -> Floats:
    return np.array([value])


def pair(
    words: float = 0.5,
    opening: float = 0.5,
    *,
    ratio: float = 1.0,
    shorter: float = 400,
    numbers: tuple[float, int] = (1.0, 6),
    names: tuple[float, int] = (1.0, 10),
) -> Features:
    """One pair of two sources; the views' containments are those of sets as different in size as the texts."""

    def overlap(jaccard: float, known: bool = True) -> Overlap:
        containment = min(1.0, jaccard / (1 + jaccard) * (1 + 1 / ratio))
        return Overlap(column(jaccard), column(containment), np.array([known]), column(120.0))

    no = np.array([False])
    return Features(
        words=overlap(words),
        opening=overlap(opening),
        concepts=overlap(0.0, known=False),
        numbers=column(numbers[0]),
        number_count=column(numbers[1]),
        names=column(names[0]),
        name_count=column(names[1]),
        figures=column(1.0),
        figure_count=column(0.0),
        expected=column(0.5),
        same_language=np.array([True]),
        size_ratio=column(ratio),
        shorter=column(shorter),
        exact=no,
        same_source=no,
        same_page=no,
        apart_s=column(0.0),
    )


def odds(features: Features) -> float:
    return float(log_odds(features, WINDOW_S)[0])


def test_the_weights_belong_to_the_terms() -> None:
    assert list(COEFFICIENTS) == list(terms(pair()))


@given(share, share, st.floats(0.02, 1), st.integers(1, 5000), st.tuples(share, st.integers(0, 16)))
def test_it_is_always_a_number_within_its_limits(
    words: float, opening: float, ratio: float, shorter: int, facts: tuple[float, int]
) -> None:
    found = odds(pair(words, opening, ratio=ratio, shorter=shorter, numbers=facts, names=facts))
    assert -LIMIT <= found <= LIMIT


@given(share, share, st.floats(0.05, 1))
def test_more_in_common_is_never_less_evidence(one: float, other: float, ratio: float) -> None:
    low, high = sorted((one, other))
    assert odds(pair(high, ratio=ratio)) >= odds(pair(low, ratio=ratio))
    assert odds(pair(0.1, high, ratio=ratio, shorter=50)) >= odds(pair(0.1, low, ratio=ratio, shorter=50))


@given(share, share, st.integers(1, 16))
def test_facts_that_differ_are_never_evidence_for(one: float, other: float, count: int) -> None:
    low, high = sorted((one, other))
    assert odds(pair(0.6, numbers=(high, count), shorter=80)) >= odds(pair(0.6, numbers=(low, count), shorter=80))
    assert odds(pair(0.6, names=(high, count))) >= odds(pair(0.6, names=(low, count)))


def test_a_copy_is_one_and_two_reports_of_one_event_are_not() -> None:
    assert odds(pair(0.6, 0.3)) > 2
    assert odds(pair(0.05, 0.1, numbers=(0.5, 6), names=(0.7, 12))) < -2


def test_a_template_filled_in_anew_is_another_story() -> None:
    filled_in = pair(0.6, 0.6, shorter=70, numbers=(0.1, 12), names=(0.5, 6))
    assert odds(filled_in) < 0 < odds(pair(0.6, 0.6, shorter=70))


def test_numbers_matter_more_where_there_are_more_of_them() -> None:
    few = odds(pair(0.5, numbers=(0.2, 5), shorter=800))
    many = odds(pair(0.5, numbers=(0.2, 5), shorter=60))
    assert many < few


def test_the_same_words_are_beyond_doubt_unless_too_far_apart() -> None:
    same = replace(pair(0.0, 0.0), exact=np.array([True]))
    assert odds(same) == LIMIT
    assert unlimited(same, WINDOW_S)[0] == EXACT
    assert odds(replace(same, apart_s=column(WINDOW_S + 1))) == -LIMIT


def test_two_versions_of_one_page_may_differ_more() -> None:
    changed = pair(0.15, 0.1)
    yes = np.array([True])
    assert odds(replace(changed, same_source=yes, same_page=yes)) > odds(changed)


@pytest.mark.parametrize(
    ("exact", "same_page", "ratio", "relation"),
    [
        (True, True, 1.0, Relation.EXACT),
        (False, True, 0.3, Relation.REVISION),
        (False, False, 0.3, Relation.EXCERPT),
        (False, False, 0.9, Relation.COPY),
    ],
)
def test_relations_are_named_by_the_strongest_reason(
    exact: bool, same_page: bool, ratio: float, relation: Relation
) -> None:
    features = replace(pair(ratio=ratio), exact=np.array([exact]), same_page=np.array([same_page]))
    assert relations(features)[0] is relation


def test_a_short_text_speaks_for_a_story_but_hardly_against_it() -> None:
    features = pair(ratio=0.1)
    assert weights(features, column(3.0))[0] == 1
    assert weights(features, column(-3.0))[0] == pytest.approx(0.1)


def test_a_score_is_a_probability() -> None:
    assert [probability(value) for value in (-LIMIT, 0.0, LIMIT)] == [0.0, 0.5, 1.0]


def test_what_is_filled_in_anew_is_as_long_has_other_figures_and_comes_another_day() -> None:
    copy = replace(pair(0.5, ratio=0.8, shorter=80), figures=column(1.0), figure_count=column(6.0))
    form = replace(pair(0.5, ratio=1.0, shorter=80), figures=column(0.2), figure_count=column(6.0))
    assert odds(form) < 0 < odds(copy)
    assert odds(replace(copy, apart_s=column(86_400))) < odds(copy)
    same_words = pair(1.0, shorter=80)
    assert odds(replace(same_words, apart_s=column(86_400))) == odds(same_words)


def test_a_source_may_print_a_report_twice_but_not_reword_it() -> None:
    twice, reworded = (replace(pair(words), same_source=np.array([True])) for words in (1.0, 0.3))
    assert odds(twice) == odds(pair(1.0))
    assert odds(reworded) < odds(pair(0.3))


def test_a_passage_that_two_languages_share_word_by_word_is_no_translation() -> None:
    concepts = Overlap(column(0.2), column(0.35), np.array([True]), column(100.0))

    def told(words: float) -> float:
        found = pair(words, 0.0, shorter=300)
        return odds(replace(found, concepts=concepts, same_language=np.array([False]), expected=column(0.2)))

    assert told(0.0) > 2
    assert told(0.15) < 0
