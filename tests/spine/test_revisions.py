"""Versions of one article, and ids that are used twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest

from dedup.nouns.cluster import Emitted, EventKind
from dedup.nouns.errors import StoreError
from dedup.nouns.record import Submission
from dedup.reading.identity import ref_of
from dedup.spine.memory import MemoryStore
from tests.spine.adversity import Fuse, Piecewise
from tests.spine.newsroom import NOON, Newsroom
from tests.spine.order_independence import Follower, live_clusters, settler

ROOM = Newsroom(31)
STORY, OTHER = ROOM.story(10), ROOM.story(10)
TITLE = ROOM.sentence()


def version(number: int, sentences: Sequence[str] = STORY, name: str = "a") -> Submission:
    changed = [*sentences, *(f"Correction {n} was made to this report by the desk today." for n in range(number - 1))]
    return ROOM.printed(
        changed, TITLE, id=name, source="paper.example", guid="g", published=NOON, updated=NOON + 60 * number
    )


def settled(*batches: Sequence[Submission]) -> MemoryStore:
    store = MemoryStore()
    for batch in batches:
        settler(store).settle(batch)
    return store


def kinds(events: Sequence[Emitted]) -> list[tuple[str, str, int]]:
    return [(emitted.event.kind.value, emitted.event.cluster, emitted.event.version) for emitted in events]


def test_a_changed_text_is_a_new_version_of_the_same_member() -> None:
    store = settled([version(1)], [version(2)])
    stored = store.article("a")
    assert (stored.versions, stored.article) == (2, version(2).article)
    assert [member.id for member in store.cluster("a").members] == ["a"]
    assert kinds(store.events()) == [("created", "a", 1), ("revised", "a", 2)]
    assert store.cluster("a").version == 2


def test_a_member_is_revised_in_its_cluster() -> None:
    copy = ROOM.printed(STORY, TITLE, id="b", published=NOON + 1)
    store = settled([version(1), copy], [version(2)])
    assert [member.id for member in store.cluster("a").members] == ["a", "b"]
    assert kinds(store.events())[-1] == ("revised", "a", 3)
    assert store.events()[-1].event.articles == ("a",)


def test_an_older_version_that_arrives_late_changes_nothing() -> None:
    store = settled([version(2)])
    events, cluster = store.events(), store.cluster("a")
    settler(store).settle([version(1)])
    assert (store.events(), store.cluster("a")) == (events, cluster)
    assert store.article("a").article == version(2).article


def test_redelivered_versions_change_nothing() -> None:
    store = settled([version(1)], [version(2)])
    events = store.events()
    for batch in ([version(1)], [version(2)], [version(1), version(2)], [version(2), version(1)]):
        settler(store).settle(batch)
        assert store.events() == events
        assert store.article("a").versions == 2


def test_versions_in_one_batch_are_settled_one_after_the_other() -> None:
    store = settled([version(1), version(2), version(3)])
    assert (store.article("a").versions, store.article("a").article) == (3, version(3).article)
    assert kinds(store.events()) == [("created", "a", 1), ("revised", "a", 2), ("revised", "a", 3)]


def test_the_same_article_twice_in_a_batch_is_there_once() -> None:
    store = settled([version(1), version(1)])
    assert store.article("a").versions == 1
    assert kinds(store.events()) == [("created", "a", 1)]


def test_an_id_that_is_used_for_another_text_names_both() -> None:
    another = ROOM.printed(OTHER, ROOM.sentence(), id="a", updated=NOON + 600)
    second = f"a~{another.fingerprint.exact:016x}"
    for batches in (([version(1)], [another]), ([version(1), another],), ([version(1)], [another], [another])):
        store = settled(*batches)
        assert store.article("a").article == version(1).article
        assert store.article(second).article.text == another.article.text
        assert sorted(len(cluster.members) for cluster in live_clusters(store)) == [1, 1]
        assert store.counts()["articles"] == 2


def test_a_reused_id_keeps_both_in_their_own_clusters() -> None:
    another = ROOM.printed(OTHER, "Another headline about something else", id="a", source="other.example")
    copies = [
        ROOM.printed(STORY, TITLE, id="copy", published=NOON + 1),
        ROOM.printed(OTHER, "Another headline about something else", id="copy of the other", published=NOON + 1),
    ]
    store = settled([version(1)], [another], copies)
    members = {frozenset(member.id for member in cluster.members) for cluster in live_clusters(store)}
    assert members == {
        frozenset({"a", "copy"}),
        frozenset({f"a~{another.fingerprint.exact:016x}", "copy of the other"}),
    }


def test_two_pages_of_one_address_meet_however_much_was_changed() -> None:
    """Their address is a key of its own, so that they are at least compared."""
    url = "https://paper.example/1"
    pair = [
        ROOM.printed(STORY, TITLE, id="v1", url=url, source="paper.example", published=NOON),
        ROOM.printed([*STORY[:3], *OTHER], TITLE, id="v2", url=url, source="paper.example", published=NOON + 60),
    ]
    store = settled(pair[:1], pair[1:])
    [cluster] = live_clusters(store)
    assert cluster.members[1].relation == "revision"
    assert store.articles_at(url) == tuple(name for _, name in sorted((ref_of(name), name) for name in ("v1", "v2")))


def test_whoever_follows_the_events_knows_of_every_version() -> None:
    store = settled([version(1), ROOM.printed(STORY, TITLE, id="b", published=NOON + 1)], [version(2)], [version(3)])
    events = [emitted.event for emitted in store.events()]
    assert Follower(events).partition == {"a": {"a", "b"}}
    assert [event.articles for event in events if event.kind is EventKind.REVISED] == [("a",), ("a",)]


@pytest.mark.parametrize("calls", range(40))
def test_a_worker_that_ends_at_any_call_leaves_no_revision_untold(calls: int) -> None:
    store = settled([version(1), ROOM.printed(STORY, TITLE, id="b", published=NOON + 1)])
    with suppress(StoreError):
        settler(Piecewise(store, Fuse(calls))).settle([version(2)])
    settler(store).settle([version(2)])  # handed to another worker
    events = [emitted.event for emitted in store.events()]
    assert Follower(events).partition == {"a": {"a", "b"}}
    assert EventKind.REVISED in {event.kind for event in events}
