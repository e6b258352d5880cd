"""The property that everything rests on, for any store: the partition is a function of the articles alone.

Any order, any batch size, any number of workers with any interleaving of their steps, any redelivery, an end of any
worker at any step: the clusters are those of one batch in one go, nothing is in two places, and whoever follows the
events has the same clusters. Subclass `OrderIndependence` and give it `make_store`.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from dedup.grouping import levels
from dedup.nouns.cluster import Cluster, Event, EventKind
from dedup.nouns.errors import NotFoundError, StoreError
from dedup.nouns.record import Submission
from dedup.reading.identity import ref_of
from dedup.spine.memory import MemoryStore
from dedup.spine.settle import Settler
from dedup.spine.store import Index, Store
from tests.spine.adversity import Fuse, Piecewise, Step, Turns
from tests.spine.newsroom import NOON, WINDOW_S, days_papers

Seats = frozenset[tuple[object, ...]]
MakeStore = Callable[[], Store]

seeds = st.integers(0, 10_000)
batch_sizes = st.integers(1, 12)
turns = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 60)), max_size=25)


def settler(index: Index) -> Settler:
    return Settler(index, window_s=WINDOW_S, clock=lambda: NOON)


def batches(papers: Sequence[Submission], size: int) -> list[Sequence[Submission]]:
    return [papers[start : start + size] for start in range(0, len(papers), size)]


def live_clusters(store: Store) -> list[Cluster]:
    found: list[Cluster] = []
    after = None
    while True:
        page = store.clusters(after=after, limit=7)
        found.extend(page.clusters)
        if (after := page.after) is None:
            return found


def seated(store: Store, clusters: Sequence[Cluster]) -> frozenset[Seats]:
    """The partition with everything that it says of its members; names, and the seats in a throng, which tell of the
    past, left out."""
    placements = store.placements([ref_of(member.id) for cluster in clusters for member in cluster.members])
    thronging = {ref for ref, placement in placements.items() if placement.level == levels.THRONG}
    return frozenset(
        frozenset(
            (member.id,) if ref_of(member.id) in thronging else (member.id, member.relation, member.score, member.via)
            for member in cluster.members
        )
        for cluster in clusters
    )


def oracle(seed: int) -> frozenset[Seats]:
    """What one batch in one go makes of a day's papers."""
    return _oracle(seed, levels.TEXTS_MOST, levels.ARTICLES_MOST)


@cache
def _oracle(seed: int, *most: int) -> frozenset[Seats]:
    store = MemoryStore()
    settler(store).settle(days_papers(seed))
    return seated(store, live_clusters(store))


class Follower:
    """A consumer of the stream: drops repeats, and knows at any time which cluster each article is in."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.where: dict[str, str] = {}
        self.versions: defaultdict[str, set[int]] = defaultdict(set)
        self._tickets: dict[str, int] = {}
        for event in events:
            if event.version not in self.versions[event.cluster]:
                self.versions[event.cluster].add(event.version)
                self._follow(event)

    def _follow(self, event: Event) -> None:
        if event.kind is EventKind.REVISED:
            return
        into = event.other if event.kind is EventKind.SPLIT else event.cluster
        assert into is not None
        for article in event.articles:
            if event.ticket >= self._tickets.get(article, 0):
                self._tickets[article] = event.ticket
                self.where[article] = into

    @property
    def partition(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for article, cluster in self.where.items():
            found[cluster].add(article)
        return found


def assert_settled(store: Store, papers: Sequence[Submission], expected: frozenset[Seats]) -> None:
    """The store holds the expected clusters, and all its parts agree."""
    clusters = live_clusters(store)
    assert seated(store, clusters) == expected
    ids = sorted(member.id for cluster in clusters for member in cluster.members)
    assert ids == sorted(paper.article.id for paper in papers), "each article is in exactly one live cluster"
    assert_placements_agree(store, clusters)
    assert_names_lead_on(store, ids)


def assert_placements_agree(store: Store, clusters: Sequence[Cluster]) -> None:
    for cluster in clusters:
        assert cluster.replaced_by is None
        placements = store.placements([ref_of(member.id) for member in cluster.members])
        for member in cluster.members:
            assert store.article(member.id).cluster == cluster.id
            assert store.cluster_of(member.id) == cluster
            placed = placements[ref_of(member.id)]
            assert (placed.cluster, placed.relation) == (ref_of(cluster.id), member.relation)
            assert placed.score == member.score
            assert placed.via == (None if member.via is None else ref_of(member.via))


def assert_names_lead_on(store: Store, ids: Iterable[str]) -> None:
    """Every name that a cluster ever had leads to a cluster that lives."""
    shelves = store.shelves([ref_of(name) for name in ids])
    for shelf in shelves.values():
        assert not shelf.pending, "all that happened has been told"
        cluster, seen = shelf.cluster, set[str]()
        while cluster.replaced_by is not None:
            assert not cluster.members
            assert cluster.id not in seen
            seen.add(cluster.id)
            cluster = store.cluster(cluster.replaced_by)
        assert cluster.members


def assert_told(store: Store) -> None:
    """Whoever follows the events has the clusters as they are, and no version of a cluster is missing."""
    clusters = live_clusters(store)
    follower = Follower(emitted.event for emitted in store.events(limit=100_000))
    assert follower.partition == {cluster.id: {member.id for member in cluster.members} for cluster in clusters}
    for name, versions in follower.versions.items():
        try:
            latest = store.cluster(name).version
        except NotFoundError:  # two workers at once: one told that an article was alone, one joined it to others
            latest = 1
        assert versions == set(range(1, latest + 1)), f"versions of {name}"


class OrderIndependence:
    """The property, for one kind of store."""

    def make_store(self) -> Store:
        raise NotImplementedError

    @given(seeds, st.randoms(use_true_random=False), batch_sizes)
    def test_order_and_batches(self, seed: int, chance: object, size: int) -> None:
        papers = list(days_papers(seed))
        chance.shuffle(papers)  # type: ignore[attr-defined]
        store = self.make_store()
        for batch in batches(papers, size):
            settler(store).settle(batch)
        assert_settled(store, papers, oracle(seed))
        assert_told(store)

    @given(seeds, batch_sizes, st.lists(st.integers(0, 30), max_size=6))
    def test_redelivery(self, seed: int, size: int, repeats: list[int]) -> None:
        papers = days_papers(seed)
        store = self.make_store()
        given_out = batches(papers, size)
        for number, batch in enumerate(given_out):
            settler(store).settle(batch)
            for back in repeats[number::3]:
                settler(store).settle(given_out[max(0, number - back)])
        assert_settled(store, papers, oracle(seed))
        assert_told(store)

    @given(seeds, batch_sizes, st.lists(st.integers(0, 250), min_size=1, max_size=4))
    def test_ends_in_the_middle(self, seed: int, size: int, ends: list[int]) -> None:
        papers = days_papers(seed)
        store = self.make_store()
        waiting = batches(papers, size)
        for batch, end in zip(waiting, ends, strict=False):
            try:
                settler(Piecewise(store, Fuse(end))).settle(batch)
            except StoreError:
                waiting = [*waiting[1:], waiting[0]]  # abandoned: somebody takes it up later
        for batch in waiting:
            settler(store).settle(batch)
        assert_settled(store, papers, oracle(seed))
        assert_told(store)

    @given(seeds, batch_sizes, turns, st.integers(2, 4))
    @example(4877, 3, [(0, 1), (0, 16), (3, 31)], 4)  # the slower of two tells with the lower ticket
    def test_workers_between_each_other(self, seed: int, size: int, plan: list[tuple[int, int]], count: int) -> None:
        papers = days_papers(seed)
        store = self.make_store()
        shares = [batches(papers[number::count], size) for number in range(count)]

        def worker(share: list[Sequence[Submission]]) -> Callable[[Step], None]:
            def work(step: Step) -> None:
                for batch in share:
                    settler(Piecewise(store, step)).settle(batch)

            return work

        Turns(plan).run([worker(share) for share in shares])
        assert_settled(store, papers, oracle(seed))
        assert_told(store)

    @given(seeds, turns, st.lists(st.integers(0, 250), min_size=3, max_size=3))
    def test_workers_that_end_and_repeat(self, seed: int, plan: list[tuple[int, int]], ends: list[int]) -> None:
        papers = days_papers(seed)
        store = self.make_store()

        def worker(share: Sequence[Submission], end: int) -> Callable[[Step], None]:
            def work(step: Step) -> None:
                fuse = Fuse(end)

                def dangerous_step() -> None:
                    step()
                    fuse()

                for batch in (*batches(share, 3), share):
                    try:
                        settler(Piecewise(store, dangerous_step)).settle(batch)
                    except StoreError:
                        settler(Piecewise(store, step)).settle(batch)

            return work

        overlapping = [papers[: len(papers) * 2 // 3], papers[len(papers) // 3 :], papers[::2]]
        Turns(plan).run([worker(share, end) for share, end in zip(overlapping, ends, strict=True)])
        assert_settled(store, papers, oracle(seed))

    @given(seeds)
    def test_threads(self, seed: int) -> None:
        papers = days_papers(seed)
        store = self.make_store()
        start = threading.Barrier(4)
        errors: list[Exception] = []

        def work(share: Sequence[Submission]) -> None:
            start.wait()
            try:
                for batch in batches(share, 2):
                    settler(store).settle(batch)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(papers[number::4],)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert_settled(store, papers, oracle(seed))
