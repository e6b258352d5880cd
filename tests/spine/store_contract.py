"""What every store must do, as tests: subclass `StoreContract` beside a fixture `store` that yields an empty one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from dedup.nouns.cluster import Cluster, Emitted, Event, EventKind, Member
from dedup.nouns.errors import NotFoundError
from dedup.nouns.evidence import Relation
from dedup.nouns.feed import Skipped
from dedup.nouns.intake import Bookmark, Failure, Intake, Place
from dedup.nouns.record import Lift, Placement, Record, Shelf, Submission, Tally
from dedup.reading.identity import namesake, ref_of
from dedup.spine.codec import NEAR_MOST
from dedup.spine.filing import LASTING, address_key, posting_keys, record_of
from dedup.spine.store import BUCKET_CAP, Delivery, Store
from tests.spine.newsroom import NOON, Newsroom, submission
from tests.spine.order_independence import settler

TEXT = "A suspension cable on the old bridge snapped early on Monday and the only road to the island was closed."


def sent(name: str, text: str = TEXT, updated: int = NOON, **fields: object) -> Submission:
    return submission(id=name, title="Bridge closed", text=text, updated=updated, **fields)  # type: ignore[arg-type]


def keep(store: Store, *submissions: Submission) -> list[Record]:
    return store.register([record_of(one) for one in submissions], submissions)


def shelf(name: str, ticket: int, *members: str, version: int = 1, pending: tuple[Event, ...] = ()) -> Shelf:
    return Shelf(ref_of(name), ticket, Cluster(name, tuple(map(Member, members)), version), pending)


def happened(cluster: str, version: int, *articles: str) -> Event:
    return Event(EventKind.JOINED, cluster, version, articles, NOON, size=version, ticket=7)


def drawn(store: Store, count: int) -> list[int]:
    return [store.ticket() for _ in range(count)]


def of_one_ref() -> tuple[Submission, Submission]:
    """Two articles, the first such pair among those so numbered."""
    first, second = sent("article 142506"), sent("article 210388", text=TEXT.replace("bridge", "tower") * 2)
    assert ref_of(first.article.id) == ref_of(second.article.id)
    return first, second


class IndexContract:
    """The worker's view."""

    def test_register_keeps_what_it_is_given(self, store: Store) -> None:
        one = sent("a", url="https://paper.example/a")
        [held] = keep(store, one)
        assert held == record_of(one)
        assert store.records([held.ref, ref_of("unheard of")]) == {held.ref: held}

    def test_register_prefers_the_newer_version(self, store: Store) -> None:
        first, second = sent("a"), sent("a", text=TEXT + " It has been reopened since.", updated=NOON + 60)
        keep(store, first)
        [held] = keep(store, second)
        assert held == replace(record_of(second), versions=2)
        assert keep(store, first) == [held]
        assert store.records([held.ref])[held.ref] == held

    def test_register_again_changes_nothing(self, store: Store) -> None:
        assert keep(store, sent("a")) == keep(store, sent("a")) == [record_of(sent("a"))]

    def test_versions_of_one_moment_are_ordered_by_their_words(self, store: Store) -> None:
        pair = sent("a"), sent("a", text=TEXT + " It has been reopened since.")
        later = max(pair, key=lambda one: one.fingerprint.exact)
        for one in (*pair, *pair):
            [held] = keep(store, one)
        assert held.fingerprint.exact == later.fingerprint.exact

    def test_register_writes_over_no_other_article(self, store: Store) -> None:
        first, second = of_one_ref()
        [held] = keep(store, first)
        assert keep(store, replace(second, article=replace(second.article, updated=NOON + 60))) == [held]
        assert store.records([held.ref]) == {held.ref: held}

    def test_who_was_registered_is_told_once_to_everybody(self, store: Store) -> None:
        store.tell_registered([])
        store.tell_registered([1])
        anything, start = store.registered(None)
        assert anything is None
        assert store.registered(start) == (set(), start)
        store.tell_registered([3, 1 << 31])
        store.tell_registered([4])
        told, here = store.registered(start)
        assert (told, store.registered(here)) == ({3, 1 << 31, 4}, (set(), here))
        store.tell_registered([3])
        assert store.registered(here)[0] == {3}
        assert store.registered(start)[0] == {3, 1 << 31, 4}

    def test_register_answers_in_order(self, store: Store) -> None:
        assert [held.id for held in keep(store, sent("b"), sent("a"), sent("c"))] == ["b", "a", "c"]
        assert keep(store) == []

    def test_post_finds_what_was_posted_before(self, store: Store) -> None:
        assert store.post([(1, [10, 20]), (2, [20, 30]), (3, [40])]) == [set(), {1}, set()]
        assert store.post([(4, [30, 10]), (5, [50])]) == [{1, 2}, set()]
        assert store.post([]) == []

    def test_post_does_not_find_itself(self, store: Store) -> None:
        store.post([(1, [10]), (2, [10])])
        assert store.post([(1, [10])]) == [{2}]
        assert store.post([(1, [10, 10])]) == [{2}]

    def test_the_short_window_finds_what_was_posted_for_it(self, store: Store) -> None:
        assert store.post_fleeting([(1, [10, 20]), (2, [20, 30]), (3, [])]) == [set(), {1}, set()]
        assert store.post_fleeting([(4, [30, 10]), (2, [20])]) == [{1, 2}, {1}]
        assert store.post_fleeting([]) == []
        assert store.fleeting_candidates([[10], [20, 30], [50], []]) == [{1, 4}, {1, 2, 4}, set(), set()]
        assert store.fleeting_candidates([[50]]) == [set()]

    def test_the_two_windows_know_nothing_of_each_other(self, store: Store) -> None:
        store.post([(1, [10])])
        store.post_fleeting([(2, [10])])
        assert store.candidates([[10]]) == [{1}]
        assert store.fleeting_candidates([[10]]) == [{2}]
        assert store.post_fleeting([(3, [10])]) == [{2}]
        assert store.post([(3, [10])]) == [{1}]

    def test_the_short_window_has_crowded_keys_too(self, store: Store) -> None:
        store.post_fleeting([(ref, [10, 11] if ref == 1 else [10]) for ref in range(BUCKET_CAP, 0, -1)])
        assert store.fleeting_candidates([[10], [10, 11]]) == [set(), {1}]

    def test_post_takes_keys_of_64_bits_and_refs_of_32(self, store: Store) -> None:
        store.post([((1 << 32) - 1, [(1 << 64) - 1]), (1, [0])])
        assert store.candidates([[(1 << 64) - 1], [0], [0x9E3779B97F4A7C15]]) == [{(1 << 32) - 1}, {1}, set()]

    def test_candidates_inserts_nothing(self, store: Store) -> None:
        store.post([(1, [10]), (2, [20])])
        assert store.candidates([[10, 20], [30], []]) == [{1, 2}, set(), set()]
        assert store.candidates([[30]]) == [set()]

    def test_a_key_keeps_the_lowest_refs(self, store: Store) -> None:
        refs = [7 * number % 101 for number in range(1, 101)]
        for start in range(0, len(refs), 30):
            store.post([(ref, [10, 11]) for ref in refs[start : start + 30]])
        assert store.candidates([[10, 11]]) == [set(sorted(refs)[:BUCKET_CAP])]

    def test_one_crowded_key_alone_proposes_nobody(self, store: Store) -> None:
        store.post([(ref, [10]) for ref in range(BUCKET_CAP - 1, 0, -1)])
        assert store.candidates([[10]]) == [set(range(1, LASTING.lowest + 1))]
        store.post([(BUCKET_CAP, [10, 20])])
        assert store.candidates([[10], [10, 20]]) == [set(), {BUCKET_CAP}]

    def test_of_those_who_share_one_key_that_many_have_the_lowest_are_proposed(self, store: Store) -> None:
        refs = [7 * number % 101 for number in range(1, 4 * LASTING.many)]
        store.post([(ref, [10, 20] if ref in refs[:3] else [10]) for ref in refs[: LASTING.many - 1]])
        assert store.candidates([[10]]) == [set(refs[: LASTING.many - 1])], "few have it"
        store.post([(ref, [10]) for ref in refs[LASTING.many - 1 :]])
        lowest = set(sorted(refs)[: LASTING.lowest])
        assert store.candidates([[10], [10, 20]]) == [lowest, lowest | set(refs[:3])]
        assert store.post([(min(refs), [10])]) == [set(sorted(refs)[1 : LASTING.lowest + 1])], "and not itself"

    def test_of_two_posted_at_once_one_finds_the_other(self, store: Store) -> None:
        found: dict[int, set[int]] = {}
        start = threading.Barrier(4)

        def post(ref: int) -> None:
            start.wait()
            found[ref] = set().union(*(store.post([(ref, [key])])[0] for key in range(20)))

        threads = [threading.Thread(target=post, args=(ref,)) for ref in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(a in found[b] or b in found[a] for a in found for b in found if a != b)

    def test_links_have_a_direction_and_are_there_once(self, store: Store) -> None:
        a, b = (record.ref for record in keep(store, sent("a"), sent("b")))
        store.link([(a, b), (b, a), (b, 3)])
        store.link([(b, a)])
        store.link([])
        store.link([(4, a)])
        expected = {a: frozenset({b}), b: frozenset({a, 3})}
        assert {ref: linked for ref, linked in store.links([a, b, 3, 4]).items() if linked} == expected, (
            "4 is unheard of"
        )

    def test_links_may_be_many_and_outlive_a_revision(self, store: Store) -> None:
        [a] = keep(store, sent("a"))
        ticket, others = store.ticket(), range(1, 5 * NEAR_MOST, 2)
        store.place({a.ref: Placement(ticket, a.ref)}, {a.ref})
        for number, other in enumerate(others, start=1):
            store.link([(a.ref, other), (a.ref, 1)])
            assert store.links([a.ref]) == {a.ref: frozenset(others[:number])}
            [a] = keep(store, sent("a", text=f"{TEXT} It was {number}.", updated=NOON + number))
            assert store.records([a.ref]) == {a.ref: a}
            assert store.lift([Lift(a.ref, 1, ticket, number - 1, 0)]) == set()
            assert store.lift([Lift(a.ref, 1, ticket, number, 0)]) == {a.ref}
        store.link([(a.ref, other) for other in others])
        assert store.links([a.ref]) == {a.ref: frozenset(others)}

    def test_who_has_been_raised_listens_to_those_who_know(self, store: Store) -> None:
        [record] = keep(store, sent("a"))
        ticket = store.ticket()
        placement = Placement(ticket, record.ref, versions=1)
        assert store.place({record.ref: placement}, {record.ref}) == set()
        store.link([(record.ref, 7)])
        for stale in (
            Lift(record.ref, 2, ticket, 0, 0),
            Lift(record.ref, 2, ticket, 1, 9),
            Lift(record.ref, 2, 0, 1, 0),
        ):
            assert store.lift([stale]) == set(), "somebody came between"
        assert store.lift([Lift(record.ref, 2, ticket, 1, 0)]) == {record.ref}
        assert store.lift([Lift(record.ref, 1, ticket, 1, 0)]) == {record.ref}, "it only rises"
        assert store.placements([record.ref]) == {record.ref: replace(placement, level=2)}
        assert store.deck([record.ref])[2] == [2]
        later = store.ticket()
        assert store.place({record.ref: Placement(later, record.ref)}, ()) == {record.ref}
        assert store.shelve([(shelf("a", later, "a"), 0)], {}) == set()
        assert store.shelve([(shelf("a", later, "a"), 0)], {record.ref: 2}) == {record.ref}
        assert store.place({record.ref: Placement(later, record.ref, level=2)}, ()) == set()
        assert store.placements([record.ref])[record.ref].ticket == later

    def test_tickets_rise(self, store: Store) -> None:
        tickets = drawn(store, 5)
        assert tickets == sorted(set(tickets))
        assert tickets[0] > 0

    def test_a_higher_ticket_has_the_last_word_on_a_placement(self, store: Store) -> None:
        [a, b] = keep(store, sent("a"), sent("b"))
        low, high = drawn(store, 2)
        joined = Placement(high, a.ref, Relation.COPY, 0.731, a.ref)
        store.place({a.ref: Placement(high, a.ref), b.ref: joined}, {a.ref, b.ref})
        store.place({b.ref: Placement(low, b.ref)}, ())
        assert store.placements([a.ref, b.ref, 99]) == {a.ref: Placement(high, a.ref), b.ref: joined}

    @pytest.mark.parametrize("relation", list(Relation))
    def test_a_placement_comes_back_as_it_was(self, store: Store, relation: Relation) -> None:
        [a, b] = keep(store, sent("a"), sent("b"))
        placement = Placement(store.ticket(), a.ref, relation, 0.999, a.ref)
        store.place({b.ref: placement}, {b.ref})
        assert store.placements([b.ref]) == {b.ref: placement}

    def test_a_new_version_stays_where_it_was_placed(self, store: Store) -> None:
        [a] = keep(store, sent("a"))
        placement = Placement(store.ticket(), a.ref)
        store.place({a.ref: placement}, {a.ref})
        keep(store, sent("a", text=TEXT + " It has been reopened since.", updated=NOON + 60))
        assert store.placements([a.ref]) == {a.ref: placement}

    def test_shelve_compares_the_ticket_and_sets(self, store: Store) -> None:
        first, second, third = drawn(store, 3)
        ref = ref_of("a")
        assert store.shelve([(shelf("a", second, "a", "b"), 0)], {}) == {ref}
        assert store.shelve([(shelf("a", third, "a"), 0)], {}) == set(), "somebody has written it"
        assert store.shelve([(shelf("a", third, "a"), first)], {}) == set(), "and somebody else than was read"
        assert store.shelve([(shelf("a", first, "a"), second)], {}) == set(), "a lower ticket never writes"
        assert store.shelves([ref, 99]) == {ref: shelf("a", second, "a", "b")}
        assert store.shelve([(shelf("a", third, "a"), second), (shelf("b", third, "b"), 0)], {}) == {ref, ref_of("b")}
        assert store.shelves([ref]) == {ref: shelf("a", third, "a")}

    def test_a_shelf_comes_back_as_it_was(self, store: Store) -> None:
        members = (Member("a"), Member("b", Relation.EXCERPT, 0.873, "a"), Member("ç/ü 1", Relation.EXACT, 1.0, "a"))
        pending = (happened("a", 2, "b"), replace(happened("a", 3, "c"), kind=EventKind.MERGED, other="c"))
        whole = Shelf(ref_of("a"), store.ticket(), Cluster("a", members, 3), pending)
        gone = Shelf(ref_of("c"), store.ticket(), Cluster("c", (), 4, replaced_by="a"))
        store.shelve([(whole, 0), (gone, 0)], {})
        assert store.shelves([whole.ref, gone.ref]) == {whole.ref: whole, gone.ref: gone}

    def test_announced_forgets_pending_events(self, store: Store) -> None:
        written = shelf("a", store.ticket(), "a", pending=(happened("a", 1, "a"),))
        store.shelve([(written, 0)], {})
        store.announced([written])
        assert store.shelves([written.ref]) == {written.ref: replace(written, pending=())}
        store.announced([written, shelf("unheard of", 1)])
        assert store.shelves([written.ref, ref_of("unheard of")]).keys() == {written.ref}

    def test_announced_spares_what_was_written_since(self, store: Store) -> None:
        old = shelf("a", store.ticket(), "a", pending=(happened("a", 1, "a"),))
        new = shelf("a", store.ticket(), "a", "b", pending=(happened("a", 2, "b"),))
        store.shelve([(old, 0)], {})
        store.shelve([(new, old.ticket)], {})
        store.announced([old])
        assert store.shelves([new.ref]) == {new.ref: new}


class LibraryContract:
    """The readers' view."""

    def test_events_come_in_order_and_after_a_cursor(self, store: Store) -> None:
        events = [happened("a", number, f"a{number}") for number in range(1, 6)]
        store.publish(events[:3])
        store.publish(events[3:])
        found = store.events()
        assert [emitted.event for emitted in found] == events
        assert [emitted.event for emitted in store.events(after=found[1].cursor)] == events[2:]
        assert [emitted.event for emitted in store.events(limit=2)] == events[:2]
        assert store.events(after=found[-1].cursor) == []
        assert not any(store.events(after=after).lost for after in (None, "0", *(one.cursor for one in found)))

    def test_events_are_waited_for(self, store: Store) -> None:
        found: list[Emitted] = []
        waiting = threading.Thread(target=lambda: found.extend(store.events(wait_s=30)))
        waiting.start()
        store.publish([happened("a", 1, "a")])
        waiting.join(30)
        assert [emitted.event.cluster for emitted in found] == ["a"]

    def test_no_event_is_waited_for_longer_than_asked(self, store: Store) -> None:
        assert store.events(wait_s=0.01) == []

    @pytest.mark.parametrize("name", ["unheard of", "", "a\nb", "ü" * 300, "\ud800"])
    def test_unknown_names(self, store: Store, name: str) -> None:
        for ask in (store.article, store.cluster, store.cluster_of):
            with pytest.raises(NotFoundError):
                ask(name)

    def test_an_article_is_shown_as_alone_until_it_is_placed(self, store: Store) -> None:
        keep(store, sent("a"))
        assert store.article("a").cluster == "a"
        assert store.cluster("a") == store.cluster_of("a") == Cluster("a", (Member("a"),))
        assert store.clusters().clusters == ()

    def test_an_article_alone_is_a_cluster_of_one(self, store: Store) -> None:
        one = sent("a")
        settler(store).settle([one])
        stored = store.article("a")
        assert (stored.article, stored.versions, stored.cluster) == (one.article, 1, "a")
        assert store.cluster("a") == store.cluster_of("a") == Cluster("a", (Member("a"),))
        assert store.shelves([ref_of("a")]) == {}, "and costs no cluster"

    def test_a_member_does_not_name_a_cluster(self, store: Store) -> None:
        settler(store).settle([sent("a"), sent("b", published=NOON + 60)])
        assert store.cluster_of("b") == store.cluster("a")
        assert [member.id for member in store.cluster("a").members] == ["a", "b"]
        with pytest.raises(NotFoundError):
            store.cluster("b")

    def test_articles_at_a_url(self, store: Store) -> None:
        url = "https://paper.example/a"
        settler(store).settle([sent("a", url=url), sent("b", url=url, source="other.example"), sent("c")])
        assert sorted(store.articles_at(url)) == ["a", "b"]
        assert store.articles_at("https://paper.example/b") == ()

    @pytest.mark.parametrize("count", [20, BUCKET_CAP - 1, BUCKET_CAP, BUCKET_CAP + 10])
    def test_all_articles_at_a_url_are_told_however_many(self, store: Store, count: int) -> None:
        url = "https://paper.example/live"
        held = keep(store, *(sent(f"a{number}", url=url) for number in range(count)))
        store.post([(record.ref, [address_key(url)]) for record in held])
        kept = sorted(held, key=lambda record: record.ref)[:BUCKET_CAP]
        assert store.articles_at(url) == tuple(record.id for record in kept)

    def test_clusters_by_pages(self, store: Store) -> None:
        room = Newsroom(1)
        stories = [room.story(6) for _ in range(9)]
        papers = [room.printed(story) for story in stories] + [room.printed(story) for story in stories[:4]]
        settler(store).settle(papers)
        found: list[Cluster] = []
        after = None
        while True:
            page = store.clusters(after=after, limit=2)
            assert len(page.clusters) <= 2
            found.extend(page.clusters)
            if (after := page.after) is None:
                break
        assert sorted(len(cluster.members) for cluster in found) == [1] * 5 + [2] * 4
        assert len({cluster.id for cluster in found}) == 9
        assert found == list(store.clusters(limit=100).clusters)
        pairs = store.clusters(min_size=2)
        assert [len(cluster.members) for cluster in pairs.clusters] == [2] * 4
        assert pairs.after is None
        assert store.clusters(min_size=3).clusters == ()

    def test_pages_lose_nothing_while_clusters_come_and_go(self, store: Store) -> None:
        room = Newsroom(2)
        settler(store).settle([room.printed(room.story(6), id=f"s{number}") for number in range(8)])
        page = store.clusters(limit=4)
        first, second = (cluster.id for cluster in page.clusters[:2])
        ticket = store.ticket()
        ended = Shelf(ref_of(first), ticket, Cluster(first, (), 1, replaced_by=second))
        store.shelve([(ended, 0), (shelf(second, ticket, second, first, version=2), 0)], {})
        store.place(
            {ref_of(first): Placement(ticket, ref_of(second), Relation.COPY, 0.9, ref_of(second))}, {ref_of(first)}
        )
        rest = store.clusters(after=page.after, limit=100).clusters
        assert {cluster.id for cluster in (*page.clusters, *rest)} == {f"s{number}" for number in range(8)}


class InboxContract:
    """Between poller and worker. A store that hands abandoned items out only after a while overrides `abandon`."""

    def abandon(self, store: Store) -> None:
        """Let so much time pass, or so little be waited for, that what is not acknowledged counts as abandoned."""

    def test_what_is_put_is_taken_in_order(self, store: Store) -> None:
        sent_in = [sent(f"a{number}") for number in range(5)]
        store.put(sent_in[:2])
        store.put(sent_in[2:])
        taken = [*store.take("one", 3, 0), *store.take("two", 10, 0)]
        assert [delivery.submission for delivery in taken] == sent_in
        assert {delivery.deliveries for delivery in taken} == {1}
        assert len({delivery.receipt for delivery in taken}) == 5
        assert store.waiting() == 5

    def test_nothing_to_take(self, store: Store) -> None:
        assert store.take("one", 3, 0) == []
        assert store.take("one", 3, 0.01) == []
        assert store.waiting() == 0

    def test_take_waits_for_the_first(self, store: Store) -> None:
        taken: list[Delivery] = []
        waiting = threading.Thread(target=lambda: taken.extend(store.take("one", 3, 30)))
        waiting.start()
        store.put([sent("a")])
        waiting.join(30)
        assert [delivery.submission.article.id for delivery in taken] == ["a"]

    def test_done_is_forgotten(self, store: Store) -> None:
        store.put([sent("a"), sent("b")])
        a, b = store.take("one", 2, 0)
        store.done([a.receipt])
        store.done([a.receipt])
        assert store.waiting() == 1
        self.abandon(store)
        assert [delivery.submission for delivery in store.take("two", 9, 0)] == [b.submission]
        assert store.counts()["clustered"] == 1

    def test_what_is_abandoned_is_handed_out_again(self, store: Store) -> None:
        store.put([sent("a")])
        for deliveries in range(1, 4):
            [delivery] = store.take(f"worker {deliveries}", 9, 0)
            assert (delivery.submission, delivery.deliveries) == (sent("a"), deliveries)
            self.abandon(store)
        store.done([delivery.receipt])
        assert (store.waiting(), store.take("another", 9, 0)) == (0, [])

    def test_what_is_buried_does_not_come_back(self, store: Store) -> None:
        store.put([sent("a")])
        [delivery] = store.take("one", 9, 0)
        store.bury(delivery, "ValueError: no")
        self.abandon(store)
        assert (store.waiting(), store.take("one", 9, 0)) == (0, [])
        assert store.counts()["failed"] == 1

    def test_counts_add_up(self, store: Store) -> None:
        store.put([sent("a"), sent("b"), sent("c")])
        a, b, _ = store.take("one", 3, 0)
        store.done([a.receipt])
        store.bury(b, "ValueError: no")
        store.tell_skipped([Skipped("too_short", "2 words", "x"), Skipped("empty"), Skipped("empty")])
        store.tell_failed("y", "ValueError: no")
        store.tell(Intake((sent("p"), sent("q")), (Skipped("empty"),), (Failure("z", "ValueError: no"),)))
        counts = store.counts()
        assert counts["accepted"] == 3 + 3 + 1 + 4
        assert counts["accepted"] == counts["clustered"] + counts["skipped"] + counts["failed"] + store.waiting()
        assert (counts["skipped.too_short"], counts["skipped.empty"]) == (1, 3)
        assert counts["failed.ValueError"] == 3

    def test_articles_are_counted(self, store: Store) -> None:
        settler(store).settle([sent("a"), sent("b", text="Something else altogether was printed here today, we hear.")])
        settler(store).settle([sent("a")])
        assert store.counts()["articles"] == 2


class BookmarksContract:
    """How far archives have been taken in."""

    DONE = Intake((sent("a"),), (Skipped("empty"),), (Failure("z", "ValueError: no"),))

    def test_a_bookmark_is_kept(self, store: Store) -> None:
        assert store.bookmark("archive") is None
        laid = Bookmark("run", 3, Place(1_000, 20, "d1"), Tally(20, 19, 1, 0))
        store.lay("archive", laid)
        assert store.bookmark("archive") == laid
        assert store.bookmark("another") is None
        store.close_book(["archive", "another"])
        assert store.bookmark("archive") is None

    def test_turning_it_counts_a_part_once_however_often_it_is_repeated(self, store: Store) -> None:
        store.lay("archive", Bookmark("run"))
        turned = Bookmark("run", 1, Place(10, 3, "d1"), self.DONE.tally)
        assert store.turn("archive", turned, self.DONE)
        assert store.turn("archive", turned, self.DONE)
        assert store.bookmark("archive") == turned
        expected = {"accepted": 3, "clustered": 1, "skipped": 1, "failed": 1, "skipped.empty": 1}
        assert expected.items() <= store.counts().items()

    def test_the_run_that_came_last_holds_it(self, store: Store) -> None:
        store.lay("archive", Bookmark("first"))
        store.lay("archive", Bookmark("second"))
        assert not store.turn("archive", Bookmark("first", 1), self.DONE)
        assert not store.turn("unknown", Bookmark("first", 1), self.DONE)
        assert store.bookmark("archive") == Bookmark("second")
        assert store.counts().get("accepted", 0) == 0


class StoreContract(IndexContract, LibraryContract, InboxContract, BookmarksContract):
    """All of it, and what holds between the parts."""

    def test_the_keys_of_an_article_find_it(self, store: Store) -> None:
        one = sent("a", url="https://paper.example/a")
        settler(store).settle([one])
        assert store.candidates([posting_keys(one)]) == [{ref_of("a")}]
        assert store.candidates([[address_key("https://paper.example/a")]]) == [{ref_of("a")}]

    def test_two_articles_of_one_ref_are_both_found(self, store: Store) -> None:
        first, second = of_one_ref()
        settler(store).settle([first, second])
        settler(store).settle([second])
        assert store.article(first.article.id).article == first.article
        kept = namesake(second.article.id)
        assert store.article(second.article.id).article == replace(second.article, id=kept)
        assert kept in {member.id for member in store.cluster_of(second.article.id).members}
        with pytest.raises(NotFoundError):
            store.cluster(second.article.id)  # the cluster of that ref is the other's
        assert store.counts()["articles"] == 2

    def test_whose_second_name_is_taken_too_has_a_third(self, store: Store) -> None:
        first, second = of_one_ref()
        third = namesake(namesake(second.article.id))
        settler(store).settle([first])
        store.register([replace(record_of(sent("x")), ref=ref_of(namesake(second.article.id)))], [sent("x")])
        for _ in range(2):
            settler(store).settle([second])
            assert store.article(second.article.id).article == replace(second.article, id=third)

    def test_whose_ref_is_taken_at_the_last_moment_is_settled_once_more(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = of_one_ref()
        register = store.register

        def overtaken(records: Sequence[Record], submissions: Sequence[Submission]) -> list[Record]:
            monkeypatch.undo()
            settler(store).settle([first])
            return register(records, submissions)

        monkeypatch.setattr(store, "register", overtaken)
        settler(store).settle([second])
        assert store.article(first.article.id).article == first.article
        assert store.article(second.article.id).article.text == second.article.text
        assert store.counts()["articles"] == 2
