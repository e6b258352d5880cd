"""Prints of one text are one node."""

from __future__ import annotations

import numpy as np

from dedup.grouping.prints import prints
from dedup.grouping.regroup import regroup
from dedup.grouping.verdicts import judges
from dedup.nouns.evidence import Relation
from tests.grouping.records import linked, records_of
from tests.spine.newsroom import NOON, WINDOW_S, Newsroom


def test_prints_of_one_text_are_one_node() -> None:
    """A story with many copies is a few nodes, not a table of all pairs."""
    room = Newsroom(7)
    story = room.story(12)
    papers = [room.printed(story, published=NOON + number) for number in range(60)]
    papers += [room.printed(room.edited(story, 0.15), published=NOON + 100)]
    pairs = np.array([(place, place + 1) for place in range(len(papers) - 1)], np.intp)
    [judge] = judges([records_of(papers)], WINDOW_S)
    ends = pairs[:, 0], pairs[:, 1]
    assert sorted(map(len, prints(len(papers), ends, judge(*ends)))) == [1, 60]
    [[seats]] = regroup([(records_of(papers), linked(papers))], WINDOW_S)
    assert [seat.relation for seat in seats[1:-1]] == [Relation.EXACT] * 59
    assert {seat.via for seat in seats[1:]} == {seats[0].ref}
