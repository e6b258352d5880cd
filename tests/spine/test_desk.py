"""What the desk adds to store and pipeline: reading what is handed in, and counting what cannot be read."""

from __future__ import annotations

import pytest

from dedup.nouns.errors import InputError, NotFoundError
from dedup.nouns.feed import Entry
from dedup.nouns.intake import Intake
from dedup.nouns.record import Tally
from dedup.spine.desk import Offered, Received
from tests.tiny import NOON, TinyStore, tiny_desk

STORM: list[Offered] = [
    {"id": "a", "title": "Storm", "text": "a storm", "url": "https://n.example/a"},
    {"text": 3},
    Entry(source="S", id="b", title="Storm", content="a storm"),
    {"id": "c", "title": "Storm", "text": "short"},
    InputError("f.jsonl:5", "not JSON"),
]


def test_one_bad_article_stops_nothing() -> None:
    store = TinyStore()
    failures: list[InputError] = []
    tally = tiny_desk(store).ingest(iter(STORM), failures.append)
    assert tally == Tally(accepted=5, clustered=2, skipped=1, failed=2)
    assert [str(error) for error in failures] == [
        "article 2: text: expected a string, got a number",
        "f.jsonl:5: not JSON",
    ]
    assert store.buried == [("article 2", "text: expected a string, got a number"), ("f.jsonl:5", "not JSON")]
    assert [article.seen for article in store.articles.values()] == [NOON, NOON]


def test_what_is_not_usable_is_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.spine.desk.REFUSED_AT_ONCE", 100)
    store, told = TinyStore(), list[int]()
    tell = store.tell

    def listening(intake: Intake) -> None:
        told.append(len(intake.failures))
        tell(intake)

    monkeypatch.setattr(store, "tell", listening)
    monkeypatch.setattr(store, "tell_failed", None)
    assert tiny_desk(store).ingest({"text": 3} for _ in range(250)) == Tally(accepted=250, failed=250)
    assert told == [100, 100, 50]
    assert store.totals["failed"] == 250


def test_a_push_tells_of_each() -> None:
    _, received = tiny_desk(TinyStore()).push(STORM)
    assert received == [
        Received("a", "a"),
        Received(error="article 2: text: expected a string, got a number"),
        Received("b", "a"),
        Received("c", skipped="short"),
        Received(error="f.jsonl:5: not JSON"),
    ]


def test_a_lookup_by_id_or_url() -> None:
    desk = tiny_desk(TinyStore())
    desk.ingest(STORM)
    found = desk.lookup("https://n.example/a#top")
    assert found == desk.lookup("a")
    assert (found.article.article.id, found.cluster.id, set(found.described)) == ("a", "a", {"a", "b"})
    with pytest.raises(NotFoundError, match="no article 'x'"):
        desk.lookup("x")


def test_all_clusters_come_page_by_page() -> None:
    desk = tiny_desk(TinyStore())
    desk.ingest({"id": str(n), "title": str(n // 2), "text": "a b"} for n in range(1_201))
    assert len(list(desk.all_clusters())) == 601
    assert len(list(desk.all_clusters(min_size=2))) == 600


@pytest.mark.parametrize("after", ["bogus", "-", "1-", "1-2-3", "$", "+"])
def test_what_is_no_cursor_is_refused(after: str) -> None:
    desk = tiny_desk(TinyStore())
    for ask in (lambda: desk.events(after), lambda: desk.clusters(after=after)):
        with pytest.raises(InputError, match="is not a cursor"):
            ask()
