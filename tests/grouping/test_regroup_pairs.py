"""From articles and links to clusters: a pure function of the set, and nobody is glued together by a third."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from dedup.grouping.regroup import Seat, regroup
from dedup.nouns.article import Article
from dedup.nouns.evidence import Relation
from dedup.nouns.feed import Entry
from dedup.nouns.record import Record, Submission
from dedup.reading.article import ReadingSettings, read
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.filing import record_of

DAY = 86_400
WINDOW_S = 14 * DAY
NOON = 1_767_355_200


def story(seed: int, words: int) -> str:
    """A text of its own: sentences of ten made-up words."""
    chance = random.Random(seed)
    made = ["".join(chance.choices("bdfgklmnprst", k=2) + chance.choices("aeiou", k=2)) for _ in range(words)]
    return " ".join(" ".join(made[start : start + 10]).capitalize() + "." for start in range(0, words, 10))


def record(name: str, text: str, published: int = NOON) -> Record:
    entry = Entry(id=name, source=f"{name}.example", content=text, published=published, seen=published)
    article = read(entry, ReadingSettings())
    assert isinstance(article, Article)
    return record_of(Submission(article, fingerprint(article)))


def grouped(*records: Record, window_s: float = WINDOW_S) -> list[list[str]]:
    return [[name_of(seat, records) for seat in cluster] for cluster in clusters(*records, window_s=window_s)]


def clusters(*records: Record, window_s: float = WINDOW_S) -> list[list[Seat]]:
    refs = {one.ref for one in records}
    return regroup([(records, {ref: frozenset(refs - {ref}) for ref in refs})], window_s)[0]


def name_of(seat: Seat, records: tuple[Record, ...]) -> str:
    return next(one.id for one in records if one.ref == seat.ref)


def test_the_set_decides_not_the_order() -> None:
    whole, other = story(1, 300), story(2, 300)
    records = [
        record("whole", whole),
        record("cut", whole[: len(whole) * 2 // 3]),
        record("brief", " ".join(whole.split()[:60])),
        record("other", other),
        record("other-brief", " ".join(other.split()[:50])),
    ]
    expected = {frozenset(group) for group in grouped(*records)}
    assert expected == {frozenset({"whole", "cut", "brief"}), frozenset({"other", "other-brief"})}
    for seed in range(10):
        random.Random(seed).shuffle(records)
        assert {frozenset(group) for group in grouped(*records)} == expected


def test_a_round_up_does_not_glue_the_stories_that_it_quotes() -> None:
    stories = [story(seed, 300) for seed in range(5)]
    quoted = "\n".join(" ".join(text.split()[:80]) for text in stories)
    records = [record(f"story-{number}", text) for number, text in enumerate(stories)]
    found = grouped(record("round-up", quoted), *records)
    for a, b in combinations([f"story-{number}" for number in range(5)], 2):
        assert not any(a in group and b in group for group in found)


def test_a_summary_that_fits_two_stories_joins_one_and_glues_none() -> None:
    opening = story(7, 60)
    one, other = f"{opening}\n{story(8, 400)}", f"{opening}\n{story(9, 400)}"
    found = grouped(record("one", one), record("other", other), record("summary", opening))
    assert sorted(map(len, found)) == [1, 2]
    assert {"one", "other"} not in [set(group) for group in found]


def test_a_member_is_held_by_whom_it_resembles_most() -> None:
    whole = story(3, 300)
    first = record("first", " ".join(whole.split()[:60]), published=NOON)
    second = record("second", whole, published=NOON + 1)
    third = record("third", f"{story(4, 80)} {whole}", published=NOON + 2)
    (seats,) = clusters(third, second, first)
    assert [seat.ref for seat in seats] == [first.ref, second.ref, third.ref]
    assert seats[0] == Seat(first.ref)
    assert (seats[1].via, seats[1].relation) == (first.ref, Relation.EXCERPT)
    assert (seats[2].via, seats[2].relation) == (second.ref, Relation.COPY)


def test_what_lies_further_apart_than_the_window_is_no_evidence() -> None:
    text = story(5, 200)
    old, new = record("old", text), record("new", text, published=NOON + 20 * DAY)
    assert grouped(old, new) == [["old"], ["new"]]
    assert grouped(old, new, window_s=30 * DAY) == [["old", "new"]]


@pytest.mark.parametrize("copies", [2, 40])
def test_prints_of_one_text_are_exact_copies(copies: int) -> None:
    text = story(6, 120)
    (seats,) = clusters(*(record(f"print-{number}", text) for number in range(copies)))
    assert len(seats) == copies
    assert {seat.relation for seat in seats[1:]} == {Relation.EXACT}


def test_nothing_gives_nothing() -> None:
    assert regroup([([], {})], WINDOW_S) == [[]]
