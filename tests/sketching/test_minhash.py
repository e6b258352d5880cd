"""Signatures and bands, held against datasketch: its MinHash slot by slot, its MinHashLSH candidate by candidate."""

from __future__ import annotations

import random
from functools import reduce
from operator import xor

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given
from hypothesis import strategies as st

from dedup.matching.deck import deck
from dedup.matching.features import compare
from dedup.sketching.minhash import SCHEME, SEED, band_keys, signature, sketch
from dedup.sketching.text import Hashes
from dedup.sketching.views import VIEWS, View
from dedup.spine import memory_bands
from dedup.spine.filing import Telling, record_of
from dedup.spine.memory_bands import MemoryBands
from tests.spine.newsroom import Newsroom, submission

sets = st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=60)
views = st.sampled_from(VIEWS)


def array(elements: set[int]) -> Hashes:
    return np.array(sorted(elements), np.uint32)


def identity(element: int) -> int:
    return element


def theirs(elements: set[int], slots: int) -> MinHash:
    found = MinHash(num_perm=slots, scheme=SCHEME, seed=SEED, hashfunc=identity)
    found.update_batch(sorted(elements))
    return found


@given(sets, views)
def test_signatures_are_datasketchs(elements: set[int], view: View) -> None:
    expected = theirs(elements, view.slots)
    ours = signature(array(elements), view.slots)
    assert ours.tolist() == expected.hashvalues.tolist()
    assert sketch(view, array(elements)).signature == bytes(value & 0xFF for value in expected.hashvalues.tolist())


@given(sets, views)
def test_order_and_repeats_do_not_matter(elements: set[int], view: View) -> None:
    repeated = np.concatenate((array(elements)[::-1], array(elements)))
    assert signature(repeated, view.slots).tolist() == signature(array(elements), view.slots).tolist()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_an_empty_set_has_no_signature_and_no_bands(view: View) -> None:
    empty = sketch(view, np.empty(0, np.uint32))
    assert (empty.size, empty.signature, empty.bands) == (0, b"", ())


@given(views, st.data())
def test_keys_are_equal_where_all_rows_are(view: View, data: st.DataObject) -> None:
    few = st.lists(st.integers(0, 1), min_size=view.slots, max_size=view.slots)
    one, other = (np.array(data.draw(few), np.uint32) for _ in range(2))
    keys = band_keys(view, one), band_keys(view, other)
    for band in range(view.bands):
        rows = slice(band * view.rows, (band + 1) * view.rows)
        assert (keys[0][band] == keys[1][band]) == (one[rows].tolist() == other[rows].tolist())


def test_no_key_of_one_band_or_view_is_one_of_another() -> None:
    same = np.zeros(max(view.slots for view in VIEWS), np.uint32)
    keys = [key for view in VIEWS for key in band_keys(view, same)]
    assert len(set(keys)) == len(keys)
    assert all(0 <= key < 1 << 64 for key in keys)


@pytest.mark.parametrize("jaccard", [0.05, 0.2, 0.35, 0.5, 0.8, 0.95])
def test_similarity_is_estimated_within_its_error(jaccard: float) -> None:
    """Means over 40 pairs, within four standard errors of the exact value, for what one byte a slot leaves of it."""
    chance = np.random.default_rng(round(jaccard * 100))
    view = VIEWS[0]
    estimates = []
    for number in range(40):
        size = 1_000
        shared = round(2 * size * jaccard / (1 + jaccard))
        drawn = chance.choice(2**32, 2 * size - shared, replace=False).astype(np.uint32)
        pair = drawn[:size], drawn[size - shared :]
        estimates.append(estimated(view, *pair, number))
    exact = shared / (2 * size - shared)
    error = (exact * (1 - exact) / view.slots / len(estimates)) ** 0.5 + 0.002
    assert abs(float(np.mean(estimates)) - exact) < 4 * error


def estimated(view: View, one: Hashes, other: Hashes, number: int) -> float:
    base = record_of(submission(id=f"p{number}", title="t", text="x"))
    prints = [type(base.fingerprint)(0, 1, "latin", {view.name: sketch(view, elements)}) for elements in (one, other)]
    records = [type(base)(0, "", 0, 0, 0, 0, found) for found in prints]
    features = compare(deck(records), np.array([0]), np.array([1]))
    return float(features.words.jaccard[0])


@given(sets, st.data())
def test_handicaps_change_nothing_but_band_keys(elements: set[int], data: st.DataObject) -> None:
    view, listed = VIEWS[-1], array(elements)
    drawn = data.draw(st.lists(st.integers(16, 4096), min_size=len(listed), max_size=len(listed)))
    handicaps = np.array(drawn, np.uint32)
    raced, plain = sketch(view, listed, handicaps), sketch(view, listed)
    assert (raced.size, raced.signature) == (plain.size, plain.signature)
    assert raced.bands == sketch(view, listed[::-1].copy(), handicaps[::-1].copy()).bands


def test_stories_meet_as_often_as_what_they_share_weighs() -> None:
    """Two sets share 10 heavy elements and 20 light ones, each has 60 light ones of its own: half of the weight."""
    view = View("single rows", lambda text: text.concepts, slots=256, bands=256, rows=1)
    chance = np.random.default_rng(4)
    met = []
    for _ in range(60):
        drawn = chance.choice(2**30, 150, replace=False).astype(np.uint32)
        handicaps = np.where(np.arange(150) < 10, 32, 320).astype(np.uint32)
        one, other = np.r_[0:30, 30:90], np.r_[0:30, 90:150]
        keys = [sketch(view, drawn[kept], handicaps[kept]).bands for kept in (one, other)]
        met.append(np.mean([a == b for a, b in zip(*keys, strict=True)]))
    assert float(np.mean(met)) == pytest.approx(0.5, abs=0.015)


def test_the_race_ends_alike_on_every_machine() -> None:
    elements = np.arange(1, 121, dtype=np.uint32) * np.uint32(35_791_394)
    handicaps = (np.arange(1, 121) * 34 + 16).astype(np.uint32)
    keys = sketch(VIEWS[-1], elements, handicaps).bands
    assert reduce(xor, keys) == 0xA49EBE9465437D99


EVERYBODY = Telling(many=10_000, lowest=0, most=10_000)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_candidates_are_those_of_datasketchs_lsh(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_bands, "BUCKET_CAP", 10_000)
    texts = edited_sets(300)
    index, oracle = MemoryBands(EVERYBODY), MinHashLSH(num_perm=view.slots, params=(view.bands, view.rows))
    pairs = 0
    for ref, elements in enumerate(texts):
        minhash = theirs(elements, view.slots)
        [found] = index.post([(ref, sketch(view, array(elements)).bands)])
        assert found == set(oracle.query(minhash))
        oracle.insert(ref, minhash)
        pairs += len(found)
    assert pairs > 200, "the texts resemble each other enough to show something"
    keys = [sketch(view, array(elements)).bands for elements in texts]
    expected = [set(oracle.query(theirs(elements, view.slots))) for elements in texts]
    assert [index.found(None, bands) for bands in keys] == expected


def edited_sets(count: int) -> list[set[int]]:
    """Shingle sets of stories and of their copies, edited a little or beyond recognition."""
    chance, room = random.Random(1), Newsroom(12)
    found: list[set[int]] = []
    while len(found) < count:
        story = room.story(8)
        for share in (0.0, 0.03, 0.1, 0.2, 0.4):
            text = "\n".join(room.edited(story, share)[: chance.randint(3, 8)])
            paper = submission(id="x", title="t", text=text)
            found.append(set(_elements(paper.article.text)))
    return found[:count]


def _elements(text: str) -> list[int]:
    from dedup.sketching.text import hashes
    from dedup.sketching.views import shingles

    elements: list[int] = shingles(hashes(text), 3).tolist()
    return elements
