"""A throng: who comes is held by the strongest of its links, everybody else stays where they are."""

from __future__ import annotations

from itertools import pairwise

from dedup.grouping.throngs import Throng, seated
from dedup.nouns.cluster import Member
from dedup.nouns.evidence import Relation
from dedup.nouns.record import Record
from tests.grouping.records import records_of
from tests.spine.newsroom import NOON, WINDOW_S, Newsroom

room = Newsroom(12)
STORY = room.story(12)
PAPERS = [room.printed(room.edited(STORY, 0.02), id=name, published=NOON + n) for n, name in enumerate("abcdefg")]
RECORDS = {record.id: record for record in records_of(PAPERS)}


def throng(visited: str, beside: str = "", *clusters: str) -> dict[int, Member]:
    """The seats, where everybody that is visited is linked to everybody else, and clusters are chains."""
    rows = []
    for cluster in clusters:
        held = [Member(cluster[0])]
        held += [Member(name, Relation.COPY, 0.9, before) for before, name in pairwise(cluster)]
        rows.append({RECORDS[member.id].ref: member for member in held})
    near = by_ref(visited) | by_ref(beside)
    links = {ref: frozenset(near.keys() - {ref}) for ref in by_ref(visited)}
    some = Throng(list(by_ref(visited)), by_ref(beside), {min(row): row for row in rows})
    return seated(some, by_ref(visited), links, WINDOW_S)


def by_ref(names: str) -> dict[int, Record]:
    return {RECORDS[name].ref: RECORDS[name] for name in names}


def assert_one_tree(members: dict[int, Member]) -> None:
    via = {member.id: member.via for member in members.values()}
    assert list(via.values()).count(None) == 1
    for name in via:
        steps, here = 0, via[name]
        while here is not None:
            here, steps = via[here], steps + 1
            assert steps <= len(via)


def test_a_new_throng_begins_with_its_earliest() -> None:
    members = throng("cab")
    assert [member.id for member in members.values()] == ["a", "b", "c"]
    assert members[RECORDS["a"].ref] == Member("a")
    assert_one_tree(members)


def test_who_comes_is_held_by_those_that_were_met_and_the_others_stay() -> None:
    members = throng("e", "c", "abcd")
    assert [member.id for member in members.values()] == ["a", "b", "c", "d", "e"]
    assert members[RECORDS["e"].ref].via == "c"
    assert members[RECORDS["d"].ref] == Member("d", Relation.COPY, 0.9, "c")


def test_two_throngs_become_one_and_the_smaller_is_seen_from_where_they_meet() -> None:
    members = throng("g", "af", "abc", "def")
    assert_one_tree(members)
    names = [member.id for member in members.values()]
    assert sorted([names[:3], names[3:6]]) == [["a", "b", "c"], ["d", "e", "f"]]
    assert names[6] == "g"


def test_whose_links_have_expired_stays_a_member() -> None:
    assert {member.id for member in throng("", "", "ab").values()} == {"a", "b"}
    assert {member.id for member in throng("b", "", "ab").values()} == {"a", "b"}
