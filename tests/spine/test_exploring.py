"""Blocks found from within are those that a look at everything finds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.grouping import levels
from dedup.grouping.levels import LAST, THRONG, Parts, counts_at
from dedup.grouping.verdicts import strengths
from dedup.matching.deck import deck
from dedup.reading.identity import ref_of
from dedup.spine.exploring import explore
from dedup.spine.memory import MemoryStore
from tests.spine.newsroom import WINDOW_S, days_papers
from tests.spine.order_independence import batches, settler


def blocks_of(store: MemoryStore, refs: list[int]) -> dict[int, tuple[int, frozenset[int]]]:
    """Level and block of each article, by looking at all links at each level."""
    records = list(store.records(refs).values())
    links = store.links(refs)
    pairs = [
        (a, b)
        for a, b in combinations(range(len(records)), 2)
        if records[b].ref in links.get(records[a].ref, ()) or records[a].ref in links.get(records[b].ref, ())
    ]
    ends = np.array(pairs, np.intp).reshape(-1, 2)
    odds, likeness = strengths(deck(records), WINDOW_S, ends[:, 0], ends[:, 1])
    found: dict[int, tuple[int, frozenset[int]]] = {}
    for level in range(THRONG + 1):
        parts = Parts(range(len(records)))
        counted = counts_at(min(level, LAST), odds, likeness) | (level == 0)
        for (a, b), counts in zip(pairs, counted.tolist(), strict=True):
            if counts:
                parts.join(a, b)
        for part in parts:
            texts = {records[place].fingerprint.exact for place in part}
            if level == THRONG or not levels.too_many(texts, part):
                block = frozenset(records[place].ref for place in part)
                found |= {ref: (level, block) for ref in block if ref not in found}
    return found


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 12))
def test_blocks_are_found_from_within(seed: int, most: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levels, "TEXTS_MOST", most)
        patch.setattr(levels, "ARTICLES_MOST", most + 2)
        store, papers = MemoryStore(), days_papers(seed)
        for batch in batches(papers, size):
            settler(store).settle(batch)
        expected = blocks_of(store, [ref_of(paper.article.id) for paper in papers])
        for ref, (level, block) in expected.items():
            explored = explore(store, [ref], WINDOW_S)
            [piece] = [piece for piece in explored.pieces if ref in piece.refs]
            assert piece.level == level == explored.placements[ref].level
            assert block >= {*piece.refs, *piece.beside}
            if level < THRONG:
                assert set(piece.refs) == block
            else:
                assert {ref} == set(piece.refs), "nobody else of a throng is visited"
