"""The pipeline: every entry ends clustered, skipped with a reason, or failed with its error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from dedup.nouns.errors import NotFoundError, StoreError
from dedup.nouns.evidence import Relation
from dedup.nouns.feed import Entry
from dedup.nouns.record import Record, Submission, Tally
from dedup.spine.ahead import ahead, batches
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from tests.spine.newsroom import NOON, WINDOW_S, Newsroom, days_papers
from tests.spine.order_independence import assert_settled, oracle

ROOM = Newsroom(21)
STORY, OTHER = ROOM.story(9), ROOM.story(9)
TITLE = ROOM.sentence()


def entry(name: str, sentences: Sequence[str], **fields: object) -> Entry:
    whole = Entry(
        source=f"{name}.example", id=name, title=TITLE, content="\n".join(sentences), seen=NOON, published=NOON
    )
    return replace(whole, **fields)  # type: ignore[arg-type]


UNREADABLE = entry("unreadable", STORY, content=cast(str, 7), summary=cast(str, 8))


def pipeline(store: MemoryStore) -> Pipeline:
    return Pipeline(store, window_s=WINDOW_S, clock=lambda: NOON)


class FussyStore(MemoryStore):
    """Cannot store articles of a certain name."""

    def register(self, records: Sequence[Record], submissions: Sequence[Submission]) -> list[Record]:
        if any("bad" in record.id for record in records):
            raise ValueError("no room for that")
        return super().register(records, submissions)


def test_tallies_add_up() -> None:
    store = MemoryStore()
    entries = [entry("a", STORY), entry("b", STORY), entry("c", [], title="Two words"), entry("d", [], title="")]
    tally = pipeline(store).ingest([*entries, UNREADABLE])
    assert tally == Tally(accepted=5, clustered=2, skipped=2, failed=1)
    counts = store.counts()
    assert counts == {
        **{"accepted": 5, "clustered": 2, "skipped": 2, "failed": 1, "articles": 2},
        **{"skipped.too_short": 1, "skipped.empty": 1, "failed.TypeError": 1},
    }
    assert [(one.name, one.reason) for one in store.skipped] == [("c", "too_short"), ("d", "empty")]
    assert pipeline(store).ingest([]) == Tally()


def test_an_entry_that_cannot_be_read_fails_by_itself() -> None:
    store = MemoryStore()
    assert pipeline(store).ingest([entry("a", STORY), UNREADABLE, entry("b", STORY)]) == Tally(3, 2, 0, 1)
    assert {member.id for member in store.cluster_of("a").members} == {"a", "b"}
    [dead] = store.dead
    assert dead.name == "unreadable"
    assert dead.error.startswith("TypeError: ")


def test_an_article_that_cannot_be_settled_fails_by_itself() -> None:
    store = FussyStore()
    entries = [entry(name, STORY) for name in ("a", "bad 1", "b", "c", "bad 2", "d", "e")]
    assert pipeline(store).ingest(entries) == Tally(7, 5, 0, 2)
    assert [(dead.name, dead.error) for dead in store.dead] == [
        ("bad 1", "ValueError: no room for that"),
        ("bad 2", "ValueError: no room for that"),
    ]
    assert {member.id for member in store.cluster_of("a").members} == {"a", "b", "c", "d", "e"}


def test_a_store_that_is_away_is_nobodys_fault() -> None:
    class Away(MemoryStore):
        def ticket(self) -> int:
            raise StoreError("Redis is away")

    store = Away()
    with pytest.raises(StoreError):
        pipeline(store).ingest([entry("a", STORY)])
    assert "failed" not in store.counts()


def test_taking_in_again_changes_nothing() -> None:
    store = MemoryStore()
    entries = [entry("a", STORY), entry("b", STORY)]
    pipeline(store).ingest(entries)
    events = store.events()
    assert pipeline(store).ingest(entries) == Tally(2, 2)
    assert store.events() == events
    assert store.counts()["articles"] == 2


@pytest.mark.parametrize(("seed", "size"), [(1, 1), (2, 2), (3, 3), (4, 5), (5, 8)])
def test_batches_whose_halves_overlap_are_as_good_as_one(seed: int, size: int) -> None:
    store, papers = MemoryStore(), days_papers(seed)
    here = pipeline(store)
    for finish in ahead(here.admit, batches(papers, size)):
        finish()
    assert_settled(store, papers, oracle(seed))


def test_entries_are_taken_in_batch_by_batch() -> None:
    store = MemoryStore()
    entries = [entry(f"{name}{number}", ROOM.edited(STORY, 0.02)) for name in "ab" for number in range(4)]
    small = Pipeline(store, window_s=WINDOW_S, clock=lambda: NOON, batch=3)
    assert small.ingest(iter([*entries, UNREADABLE])) == Tally(9, 8, 0, 1)
    assert len(store.cluster_of("a0").members) == 8


def test_explain() -> None:
    store = MemoryStore()
    pipeline(store).ingest([entry("a", STORY), entry("b", ROOM.edited(STORY, 0.05)), entry("c", OTHER, title="Else")])
    why = pipeline(store).explain("a", "b")
    assert (why.a, why.b, why.together, why.candidate) == ("a", "b", True, True)
    assert why.evidence.log_odds > why.threshold
    assert why.evidence.relation == Relation.COPY
    assert [similarity.view for similarity in why.evidence.similarities] == ["words", "opening", "concepts"]
    assert why.passages
    for passage in why.passages:
        assert passage.words >= 5
        assert passage.a.casefold() in " ".join(STORY).casefold()
    why_not = pipeline(store).explain("a", "c")
    assert not why_not.together
    assert why_not.evidence.log_odds < why_not.threshold
    assert why_not.passages == ()
    with pytest.raises(NotFoundError):
        pipeline(store).explain("a", "unheard of")


def test_similar_finds_and_stores_nothing() -> None:
    store = MemoryStore()
    pipeline(store).ingest([entry("a", STORY), entry("b", ROOM.edited(STORY, 0.1)), entry("c", OTHER, title="Else")])
    counts = store.counts()
    asked = Entry(source="", title=TITLE, content="\n".join(STORY), seen=NOON)
    found = pipeline(store).similar(asked)
    assert [match.id for match in found] == ["a", "b"]
    assert {match.cluster for match in found} == {store.article("a").cluster}
    assert found[0].evidence.log_odds >= found[1].evidence.log_odds > 0
    assert store.counts() == counts
    assert pipeline(store).similar(asked) == found
    assert pipeline(store).similar(replace(asked, title="", content="Two words")) == []
    assert pipeline(store).similar(replace(asked, title=ROOM.sentence(), content="\n".join(ROOM.story(9)))) == []


def test_a_text_without_a_date_matches_articles_of_any_age_and_one_with_a_date_those_of_its_window() -> None:
    store = MemoryStore()
    pipeline(store).ingest([entry("a", STORY)])
    undated = Entry(source="", title=TITLE, content="\n".join(STORY), seen=NOON + 3_650 * 86_400)
    assert [match.id for match in pipeline(store).similar(undated)] == ["a"]
    assert pipeline(store).similar(replace(undated, published=undated.seen)) == []
    assert pipeline(store).similar(replace(undated, published=0)) == []


def test_an_article_is_not_similar_to_itself() -> None:
    store = MemoryStore()
    pipeline(store).ingest([entry("a", STORY), entry("b", STORY)])
    assert [match.id for match in pipeline(store).similar(entry("a", STORY))] == ["b"]
