"""What must be written: from where articles stand to where they belong, told so that nobody loses track."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from dedup.grouping import wording as module
from dedup.grouping.neighbourhood import Neighbourhood, Rearrangement
from dedup.grouping.rearrange import rearrange
from dedup.grouping.wording import RENEWALS
from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.record import Placement, Record, Shelf
from tests.grouping.records import records_of
from tests.spine.newsroom import NOON, WINDOW_S, Newsroom

ROOM = Newsroom(11)
STORY, OTHER = ROOM.story(10), ROOM.story(10)
A, B, C = records_of([ROOM.printed(STORY, "One title", id=name, published=NOON + n) for n, name in enumerate("abc")])
X, Y = records_of([ROOM.printed(OTHER, "Another title", id=name, published=NOON + n) for n, name in enumerate("xy")])


def hood(records: Collection[Record], *shelves: Shelf) -> Neighbourhood:
    refs = frozenset(record.ref for record in records)
    return Neighbourhood(
        {record.ref: record for record in records},
        {ref: refs - {ref} for ref in refs},
        {},
        {shelf.ref: shelf for shelf in shelves},
    )


def placed(given: Neighbourhood, **where: Record) -> Neighbourhood:
    refs = {record.id: ref for ref, record in given.records.items()}
    return replace(given, placements={refs[name]: Placement(1, cluster.ref) for name, cluster in where.items()})


def shelf(name: Record, ticket: int, *members: Record, version: int = 1, pending: tuple[Event, ...] = ()) -> Shelf:
    return Shelf(name.ref, ticket, Cluster(name.id, tuple(Member(one.id) for one in members), version), pending)


def done(given: Neighbourhood, *revised: Record) -> Rearrangement:
    newer = {record.ref: replace(record, versions=2) for record in revised}
    [found] = rearrange([replace(given, records={**given.records, **newer})], 9, WINDOW_S, NOON)
    return found


def told(events: Collection[Event]) -> list[tuple[str, str, int, str, str | None, int]]:
    return [
        (event.kind.value, event.cluster, event.version, "".join(event.articles), event.other, event.size)
        for event in events
    ]


def written(plan: Rearrangement) -> dict[str, tuple[str, int, str | None, int]]:
    return {
        kept.cluster.id: (
            "".join(member.id for member in kept.cluster.members),
            kept.cluster.version,
            kept.cluster.replaced_by,
            expected,
        )
        for kept, expected in plan.shelves
    }


def test_one_alone_is_told_of_and_costs_no_cluster() -> None:
    plan = done(hood([A]))
    assert (plan.shelves, told(plan.events)) == ((), [("created", "a", 1, "a", None, 1)])
    assert plan.placements == {A.ref: Placement(9, A.ref)}
    assert done(placed(hood([A]), a=A)).events == ()


def settled(at: int, ticket: int = 5) -> Neighbourhood:
    """A and B as they were left by one regrouping."""
    [plan] = rearrange([hood([A, B])], ticket, WINDOW_S, at)
    return replace(hood([A, B], *(kept for kept, _ in plan.shelves)), placements=plan.placements)


def test_all_are_placed_again_with_the_new_ticket() -> None:
    """So that no writer with a lower one can place them."""
    plan = done(settled(NOON - 60))
    assert (plan.shelves, plan.expected) == ((), {})
    assert {ref: placement.ticket for ref, placement in plan.placements.items()} == {A.ref: 9, B.ref: 9}


@pytest.fixture
def crowds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are a crowd."""
    monkeypatch.setattr(module, "CROWD", 1)


@pytest.mark.usefixtures("crowds")
def test_in_a_crowd_who_stands_where_he_stood_is_not_placed_again() -> None:
    plan = done(settled(NOON - 60))
    assert (plan.shelves, plan.placements) == ((), {})
    assert set(plan.expected) == {A.ref, B.ref}
    assert done(settled(NOON - 60), A).placements.keys() == {A.ref}, "but for one that was revised"


@pytest.mark.usefixtures("crowds")
def test_a_crowd_is_renewed_now_and_then() -> None:
    """Its articles live for a window after it last grew, and none of them is written for each one that joins."""
    plan = done(settled(NOON - int(WINDOW_S) // RENEWALS))
    assert plan.placements.keys() == {A.ref, B.ref}
    [(kept, expected)] = plan.shelves
    assert (kept.renewed, kept.renewed_at, kept.pending[:-2], expected) == (9, NOON, (), 5)


@pytest.mark.usefixtures("crowds")
def test_a_renewal_that_was_interrupted_is_finished() -> None:
    given = settled(NOON - 60)
    late = replace(given, placements={**given.placements, B.ref: replace(given.placements[B.ref], ticket=4)})
    assert done(late).placements.keys() == {B.ref}


def test_a_cluster_begins_with_one_article() -> None:
    """So that the first event of a cluster is the same, whoever tells it, and may be told twice."""
    plan = done(hood([A, B]))
    assert written(plan) == {"a": ("ab", 2, None, 0)}
    assert told(plan.shelves[0][0].pending) == [("created", "a", 1, "a", None, 1), ("joined", "a", 2, "b", None, 2)]
    assert {event.ticket for event in plan.shelves[0][0].pending} == {9}
    joining = done(placed(hood([A, B]), a=A))
    assert told(joining.shelves[0][0].pending) == [("joined", "a", 2, "b", None, 2)]


def test_a_cluster_that_is_as_it_was_is_not_written() -> None:
    [(kept, _)] = done(hood([A, B])).shelves
    plan = done(placed(hood([A, B], replace(kept, pending=())), a=A, b=A))
    assert (plan.shelves, plan.events, plan.left_over) == ((), (), ())
    assert plan.placements[B.ref].via == A.ref


def test_members_that_joined_otherwise_than_was_written_are_written_anew() -> None:
    """A version that changed how they are related, told of by a writer that came to its end."""
    plan = done(placed(hood([A, B], shelf(A, 3, A, B, version=2)), a=A, b=A))
    [(kept, expected)] = plan.shelves
    assert (kept.cluster.version, kept.pending, expected) == (2, (), 3)
    assert kept.cluster.members[1].via == "a"


def test_left_over_events_are_handed_on() -> None:
    old = Event(EventKind.JOINED, "a", 2, ("b",), NOON)
    kept = shelf(A, 3, A, B, version=2, pending=(old,))
    plan = done(placed(hood([A, B, C], kept), a=A, b=A))
    assert plan.left_over == (kept,)
    [(now, _)] = plan.shelves
    assert now.pending[0] == old
    assert told(now.pending[1:]) == [("joined", "a", 3, "c", None, 3)]


def test_clusters_merge() -> None:
    plan = done(placed(hood([A, B, C], shelf(B, 3, B, C, version=2)), a=A, b=B, c=B))
    assert written(plan) == {"b": ("", 2, "a", 3), "a": ("abc", 2, None, 0)}
    assert told(plan.shelves[1][0].pending) == [("merged", "a", 2, "bc", "b", 3)]
    assert plan.shelves[0][0].cluster.id == "b", "clusters that end are written first"


def test_one_alone_merges_and_its_name_leads_on() -> None:
    plan = done(placed(hood([A, B]), a=A, b=B))
    assert written(plan) == {"b": ("", 1, "a", 0), "a": ("ab", 2, None, 0)}


def test_clusters_split() -> None:
    plan = done(placed(hood([A, B, X, Y], shelf(A, 3, A, B, X, Y, version=4)), a=A, b=A, x=A, y=A))
    assert written(plan) == {"a": ("ab", 5, None, 3), "x": ("xy", 2, None, 0)}
    pending = {kept.cluster.id: told(kept.pending) for kept, _ in plan.shelves}
    assert pending["a"] == [("split", "a", 5, "xy", "x", 2)]
    assert pending["x"] == [("created", "x", 1, "x", None, 1), ("joined", "x", 2, "y", None, 2)]


def test_a_merged_cluster_that_comes_back_counts_on() -> None:
    gone = Shelf(X.ref, 3, Cluster("x", (), 4, replaced_by="a"))
    plan = done(placed(hood([A, X], gone, shelf(A, 3, A, X, version=2)), a=A, x=A))
    assert written(plan) == {"a": ("a", 3, None, 3), "x": ("x", 5, None, 3)}


def test_a_new_version_is_told_of() -> None:
    plan = done(placed(hood([A]), a=A), A)
    assert written(plan) == {"a": ("a", 2, None, 0)}
    assert told(plan.shelves[0][0].pending) == [("revised", "a", 2, "a", None, 1)]
    assert told(done(hood([A]), A).events) == [("created", "a", 1, "a", None, 1)], "not while it is a newcomer"


@pytest.mark.parametrize(("ours", "theirs"), [(3, 4), (4, 3)])
def test_an_article_that_two_clusters_hold_ends_in_one(ours: int, theirs: int) -> None:
    """Two writers met and each wrote half of what it had planned."""
    given = hood([A, B, X], shelf(A, ours, A, B, version=2), shelf(X, theirs, X, B, version=2))
    plan = done(placed(given, a=A, b=A, x=X))
    now = {kept.cluster.id: [member.id for member in kept.cluster.members] for kept, _ in plan.shelves}
    assert now["x"] == ["x"]
    events = [event for kept, _ in plan.shelves for event in kept.pending]
    assert ("split", "x", 3, "b", "a", 1) in told(events)


def test_a_cluster_left_behind_by_a_writer_ends_and_says_so() -> None:
    given = hood([A, B, C], shelf(A, 4, A, B, C, version=3), shelf(C, 3, C, version=1))
    plan = done(placed(given, a=A, b=A, c=A))
    ended = plan.shelves[0][0]
    assert (ended.cluster.replaced_by, ended.cluster.members) == ("a", ())
    assert told(ended.pending) == [("split", "c", 2, "c", "a", 0)]


def test_a_cluster_whose_naming_article_has_expired_lives_on() -> None:
    gone = Record(1, "gone", NOON - 99, NOON, 0, 0, A.fingerprint)
    given = hood([A, B, C], shelf(gone, 3, gone, A, B, version=3))
    plan = done(replace(given, placements={A.ref: Placement(3, gone.ref), B.ref: Placement(3, gone.ref)}))
    assert written(plan) == {"gone": ("abc", 4, None, 3)}


def test_a_cluster_whose_naming_article_has_expired_merges() -> None:
    gone = Record(1, "gone", NOON - 99, NOON, 0, 0, A.fingerprint)
    given = hood([A, B, C], shelf(gone, 3, gone, B, C, version=3))
    plan = done(replace(given, placements={A.ref: Placement(2, A.ref), B.ref: Placement(3, gone.ref)}))
    assert written(plan) == {"gone": ("", 3, "a", 3), "a": ("abc", 2, None, 0)}
