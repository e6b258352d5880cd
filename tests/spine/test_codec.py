"""Whatever is packed comes back as it was; and columns made from bytes are those made from records."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.grouping.levels import THRONG
from dedup.matching.deck import Deck, deck
from dedup.nouns.article import Article, Clock
from dedup.nouns.cluster import Cluster, Event, EventKind, Member
from dedup.nouns.evidence import Relation
from dedup.nouns.fingerprint import COUNTED_MOST, Facts, Fingerprint, Sketch
from dedup.nouns.record import Placement, Record, Shelf, Submission
from dedup.reading.identity import REF_BITS, ref_of
from dedup.sketching.facts import KEPT
from dedup.sketching.text import SCRIPT_NAMES
from dedup.sketching.views import VIEWS, View
from dedup.spine import cluster_codec, codec

U16, U32, U64 = (st.integers(0, (1 << bits) - 1) for bits in (16, 32, 64))
REFS = st.integers(1, (1 << REF_BITS) - 1)
TIMES = st.integers(-(1 << 40), 1 << 40)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FACTS = st.lists(U16, max_size=KEPT, unique=True).map(lambda kept: tuple(sorted(kept)))


def sketches(view: View, banded: bool) -> st.SearchStrategy[Sketch]:
    keys = st.lists(U64, max_size=view.bands).map(tuple) if banded else st.just(())
    full = st.builds(
        Sketch,
        st.integers(1, COUNTED_MOST),
        st.binary(min_size=view.slots, max_size=view.slots),
        keys,
    )
    return st.one_of(st.just(Sketch(0, b"")), full)


def fingerprints(banded: bool) -> st.SearchStrategy[Fingerprint]:
    views = st.fixed_dictionaries({view.name: sketches(view, banded) for view in VIEWS})
    return st.builds(Fingerprint, U64, U16, st.sampled_from(SCRIPT_NAMES), views, st.builds(Facts, FACTS, FACTS))


RECORDS = st.builds(
    lambda name, **rest: Record(ref=ref_of(name), id=name, **rest),
    name=TEXTS,
    published=TIMES,
    updated=TIMES,
    origin=U32,
    address=U32,
    fingerprint=fingerprints(banded=False),
    versions=st.integers(1, 65_535),
)
ARTICLES = st.builds(
    Article,
    *(TEXTS, TEXTS, TEXTS, TEXTS, TIMES, st.sampled_from(Clock), TIMES, TIMES),
    *(st.none() | TEXTS, st.none() | TEXTS, st.none() | TEXTS, TEXTS),
)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    cluster=TEXTS,
    version=U32,
    articles=st.lists(TEXTS, max_size=4).map(tuple),
    at=TIMES,
    other=st.none() | TEXTS,
    size=U32,
    ticket=U32,
)
MEMBERS = st.builds(
    Member, TEXTS, st.none() | st.sampled_from(Relation), st.none() | st.floats(0, 1), st.none() | TEXTS
)
CLUSTERS = st.builds(Cluster, TEXTS, st.lists(MEMBERS, max_size=4).map(tuple), U32, st.none() | TEXTS)
PLACEMENTS = st.one_of(
    st.builds(Placement, st.integers(1, (1 << 63) - 1), REFS, versions=st.integers(1, 65_535)),
    st.builds(
        Placement,
        *(st.integers(1, (1 << 63) - 1), REFS, st.sampled_from(Relation)),
        *(st.integers(0, 1000).map(lambda score: score / 1000), REFS, st.integers(1, 65_535)),
    ),
)


@given(RECORDS)
def test_a_record(record: Record) -> None:
    assert codec.unpack_record(codec.UNPLACED + codec.pack_record(record)) == record


@given(PLACEMENTS)
def test_a_placement(placement: Placement) -> None:
    packed = codec.pack_placement(placement)
    assert len(packed) == codec.PLACEMENT_BYTES
    assert codec.unpack_placement(packed + b"record") == placement
    assert codec.unpack_placement(codec.UNPLACED) is None


@given(st.builds(Submission, ARTICLES, fingerprints(banded=True)))
def test_a_submission(submission: Submission) -> None:
    assert codec.unpack_submission(codec.pack_submission(submission)) == submission


@given(CLUSTERS, st.lists(EVENTS, max_size=3))
def test_a_cluster_and_its_events(cluster: Cluster, events: list[Event]) -> None:
    assert cluster_codec.unpack_cluster(cluster_codec.pack_cluster(cluster)) == cluster
    assert [cluster_codec.unpack_event(cluster_codec.pack_event(event)) for event in events] == events
    shelf = Shelf(7, 3, cluster, tuple(events), 2, 1_700_000_000)
    assert cluster_codec.unpack_shelf(7, cluster_codec.pack_shelf(shelf)) == shelf
    assert cluster_codec.cluster_on(cluster_codec.pack_shelf(shelf)) == cluster


@given(st.lists(RECORDS, max_size=5))
def test_columns_are_the_same_from_bytes_and_from_records(records: list[Record]) -> None:
    packed = codec.unpack_deck([codec.UNPLACED + codec.pack_record(record) for record in records])
    plain = deck(records)
    for column in fields(Deck):
        np.testing.assert_array_equal(getattr(packed, column.name), getattr(plain, column.name))


@given(st.lists(REFS, max_size=5))
def test_refs(refs: list[int]) -> None:
    assert codec.unpack_refs(b"".join(map(codec.pack_ref, refs))) == refs


@given(RECORDS)
def test_another_version_is_refused(record: Record) -> None:
    data = bytearray(codec.UNPLACED + codec.pack_record(record))
    data[codec.HEAD_BYTES] += 1
    with pytest.raises(ValueError, match="version"):
        codec.unpack_record(bytes(data))
    with pytest.raises(ValueError, match="version"):
        codec.unpack_deck([bytes(data)])


def test_a_level_costs_no_byte_and_older_placements_have_none() -> None:
    placement = Placement(7, 11, Relation.COPY, 0.5, 12, 1)
    packed = codec.pack_placement(placement)
    assert codec.unpack_placement(packed) == placement
    for level in range(THRONG + 1):
        raised = codec.pack_placement(replace(placement, level=level))
        assert len(raised) == len(packed)
        assert codec.unpack_placement(raised) == replace(placement, level=level)
        assert codec.level_in(raised) == level
