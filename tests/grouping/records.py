"""Records for the tests of grouping, and what there is to say about the clusters made of them."""

from __future__ import annotations

from dedup.nouns.record import Record, Submission
from dedup.spine.filing import posting_keys, record_of
from tests.spine.newsroom import days_papers


def records_of(papers: tuple[Submission, ...] | list[Submission]) -> list[Record]:
    return [record_of(paper) for paper in papers]


def days_records(seed: int) -> list[Record]:
    return records_of(days_papers(seed))


def linked(papers: tuple[Submission, ...] | list[Submission]) -> dict[int, frozenset[int]]:
    """Links between all that share a key, whether they hold or not: the neighbourhood in its widest sense."""
    keys = {record_of(paper).ref: set(posting_keys(paper)) for paper in papers}
    return {ref: frozenset(other for other in keys if other != ref and keys[other] & own) for ref, own in keys.items()}
