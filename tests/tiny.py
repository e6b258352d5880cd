"""A desk of a few lines: articles with one title are one cluster. Enough to try the doors, which add nothing to it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dedup.nouns.article import Article, Clock
from dedup.nouns.cluster import Cluster, Emitted, Event, EventKind, Events, Member
from dedup.nouns.errors import InputError, NotFoundError, StoreError
from dedup.nouns.evidence import Evidence, Relation, Similarity
from dedup.nouns.feed import Entry, Feed, Skipped
from dedup.nouns.fingerprint import Fingerprint
from dedup.nouns.intake import Bookmark, Failure, Intake, Part
from dedup.nouns.record import Explanation, Match, Passage, Stored, Submission, Tally
from dedup.nouns.schedule import FeedState
from dedup.reading.lines import entry_from_line
from dedup.spine.desk import Desk
from dedup.spine.store import Delivery, Page

NOON = 1_767_355_200  # 2026-01-02T12:00:00Z


def submission(article_id: str) -> Submission:
    """An article on its way to the index."""
    article = Article(article_id, "S", article_id, "text", NOON, Clock.FEED, NOON, NOON)
    return Submission(article, Fingerprint(1, 1, "latin"))


@dataclass
class TinyStore:
    """Readers' view, inbox and feed book, in dictionaries. Set `away` and every call raises StoreError."""

    away: bool = False
    articles: dict[str, Article] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)
    stream: list[Event] = field(default_factory=list)
    book: dict[str, FeedState] = field(default_factory=dict)
    queue: list[Delivery] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    buried: list[tuple[str, str]] = field(default_factory=list)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    receipts: Iterator[int] = field(default_factory=itertools.count)
    lock: threading.Lock = field(default_factory=threading.Lock)
    news: threading.Event = field(default_factory=threading.Event)
    closed: bool = False
    gone: int = 0
    """Events that are kept no more."""

    def _here(self) -> None:
        if self.away:
            raise StoreError("Redis is away: it may be starting; `dedup doctor` looks closer")

    def article(self, article_id: str) -> Stored:
        self._here()
        if article_id not in self.articles:
            raise NotFoundError("article", article_id)
        article = self.articles[article_id]
        return Stored(article, 1, self.named[article.title][0])

    def cluster(self, cluster_id: str) -> Cluster:
        self._here()
        for ids in self.named.values():
            if ids[0] == cluster_id:
                copies = (Member(each, Relation.COPY, 0.99, ids[0]) for each in ids[1:])
                return Cluster(cluster_id, (Member(ids[0]), *copies), version=len(ids))
        raise NotFoundError("cluster", cluster_id)

    def cluster_of(self, article_id: str) -> Cluster:
        return self.cluster(self.article(article_id).cluster)

    def articles_at(self, url: str) -> tuple[str, ...]:
        return tuple(each.id for each in self.articles.values() if each.url == url)

    def clusters(self, min_size: int = 1, after: str | None = None, limit: int = 100) -> Page:
        self._here()
        known = [self.cluster(ids[0]) for ids in self.named.values() if len(ids) >= min_size]
        start = int(after or 0)
        end = start + limit
        return Page(tuple(known[start:end]), str(end) if end < len(known) else None)

    def events(self, after: str | None = None, limit: int = 100, wait_s: float = 0) -> Events:
        self._here()
        start = int(after or 0)
        if len(self.stream) <= start and wait_s:
            self.news.clear()
            self.news.wait(wait_s)
        kept = max(start, self.gone)
        found = (Emitted(str(kept + n + 1), each) for n, each in enumerate(self.stream[kept : kept + limit]))
        return Events(found, lost=after is not None and kept > start)

    def counts(self) -> Mapping[str, int]:
        self._here()
        return dict(self.totals)

    def _count(self, name: str, by: int = 1) -> None:
        self.totals[name] = self.totals.get(name, 0) + by

    def put(self, submissions: Sequence[Submission]) -> None:
        self._here()
        with self.lock:
            self.queue += [Delivery(str(next(self.receipts)), each) for each in submissions]
        self._count("accepted", len(submissions))

    def take(self, consumer: str, limit: int, wait_s: float) -> list[Delivery]:
        self._here()
        with self.lock:
            taken = [each for each in self.queue if each.receipt not in self.held][:limit]
            self.held.update(each.receipt for each in taken)
        return taken

    def abandon(self) -> None:
        """Let everything that was taken and is not done be delivered again, as a minute without a word does."""
        with self.lock:
            self.queue = [
                replace(each, deliveries=each.deliveries + (each.receipt in self.held)) for each in self.queue
            ]
            self.held.clear()

    def done(self, receipts: Collection[str]) -> None:
        self._here()
        with self.lock:
            self.queue = [each for each in self.queue if each.receipt not in receipts]
        self._count("clustered", len(receipts))

    def bury(self, delivery: Delivery, error: str) -> None:
        with self.lock:
            self.queue.remove(next(each for each in self.queue if each.receipt == delivery.receipt))
        self.tell_failed(delivery.submission.article.id, error)

    def waiting(self) -> int:
        self._here()
        return len(self.queue)

    def tell(self, intake: Intake) -> None:
        for name, number in intake.totals.items():
            self._count(name, number)
        self.buried += [(one.name, one.error) for one in intake.failures]

    def bookmark(self, archive: str) -> Bookmark | None:
        self._here()
        return self.bookmarks.get(archive)

    def lay(self, archive: str, bookmark: Bookmark) -> None:
        self.bookmarks[archive] = bookmark

    def turn(self, archive: str, bookmark: Bookmark, done: Intake) -> bool:
        self.bookmarks[archive] = bookmark
        self.tell(done)
        return True

    def close_book(self, archives: Collection[str]) -> None:
        for archive in archives:
            del self.bookmarks[archive]

    def tell_skipped(self, skipped: Sequence[Skipped]) -> None:
        self._count("skipped", len(skipped))

    def tell_failed(self, name: str, error: str) -> None:
        self.buried.append((name, error))
        self._count("failed")

    def feeds(self) -> list[FeedState]:
        self._here()
        return [self.book[url] for url in sorted(self.book)]

    def feed(self, url: str) -> FeedState:
        if url not in self.book:
            raise NotFoundError("feed", url)
        return self.book[url]

    def follow(self, feeds: Sequence[Feed]) -> int:
        new = {feed.url: FeedState(feed) for feed in feeds if feed.url not in self.book}
        self.book |= new
        return len(new)

    def unfollow(self, url: str) -> bool:
        return self.book.pop(url, None) is not None

    def remember(self, *states: FeedState) -> None:
        self.book |= {state.feed.url: state for state in states if state.feed.url in self.book}

    def claim(self, now: int, limit: int, lease_s: int, poller: str = "") -> list[FeedState]:
        return [state for state in self.feeds() if state.next_poll <= now][:limit]

    def release(self, done: Sequence[str], poller: str, kept: Sequence[str] = ()) -> None:
        pass

    def hold(self, host: str, until: int, now: int) -> None:
        pass

    def holds(self, hosts: Sequence[str]) -> dict[str, int]:
        return {}

    def close(self) -> None:
        self.closed = True


@dataclass
class TinyPipeline:
    """Groups by title. A text of one word is skipped, one that says "poison" fails."""

    store: TinyStore

    def read(self, entry: Entry) -> Article | Skipped:
        if " " not in entry.content:
            return Skipped("short", name=entry.id or "")
        published = entry.published or entry.seen
        name = entry.id or entry.url or entry.title
        clock = Clock.FEED if entry.published else Clock.SEEN
        return Article(
            name,
            entry.source or "n.example",
            entry.title,
            entry.content,
            published,
            clock,
            entry.seen,
            published,
            entry.url,
        )

    def ingest(self, entries: Iterable[Entry]) -> Tally:
        self.store.feeds()
        return sum((self._one(entry) for entry in entries), Tally())

    def _one(self, entry: Entry) -> Tally:
        article = self.read(entry)
        if isinstance(article, Skipped):
            self.store.tell_skipped([article])
            return Tally(accepted=1, skipped=1)
        if "poison" in article.text:
            self.store.tell_failed(article.id, "poison")
            return Tally(accepted=1, failed=1)
        self.settle([Submission(article, Fingerprint(1, 1, "latin"))])
        return Tally(accepted=1, clustered=1)

    def settle(self, submissions: Sequence[Submission]) -> None:
        for article in (each.article for each in submissions):
            if article.id in self.store.articles:
                continue
            self.store.articles[article.id] = article
            ids = self.store.named.setdefault(article.title, [])
            ids.append(article.id)
            kind = EventKind.CREATED if len(ids) == 1 else EventKind.JOINED
            self.store.stream.append(Event(kind, ids[0], len(ids), (article.id,), NOON, size=len(ids)))
            self.store.news.set()

    def admit(self, submissions: Sequence[Submission]) -> Callable[[], None]:
        return lambda: self.settle(submissions)

    def prepare(self, part: Part) -> Intake:
        entries, failures = [], []
        for number, line in enumerate(part.body.splitlines(), start=part.first_line):
            try:
                if line.strip():
                    entries.append(entry_from_line(line, f"{part.archive}:{number}", NOON))
            except InputError as error:
                failures.append(Failure(error.where, error.reason))
        if part.error:
            failures.append(Failure(f"{part.archive}:{part.first_line}", part.error))
        read = [self.read(entry) for entry in entries]
        return Intake(
            tuple(Submission(one, Fingerprint(1, 1, "latin")) for one in read if isinstance(one, Article)),
            tuple(one for one in read if isinstance(one, Skipped)),
            tuple(failures),
        )

    def begin(self, intake: Intake) -> Callable[[], Intake]:
        def finish() -> Intake:
            self.store.feeds()
            self.settle(intake.submissions)
            return intake

        return finish

    def explain(self, a: str, b: str) -> Explanation:
        one, other = self.store.article(a), self.store.article(b)
        together = one.cluster == other.cluster
        return Explanation(a, b, together, together, 0.0, EVIDENCE, (Passage("a storm", "A storm", 2),))

    def similar(self, entry: Entry) -> list[Match]:
        ids = self.store.named.get(entry.title, [])
        return [Match(each, ids[0], EVIDENCE) for each in ids]


EVIDENCE = Evidence(3.0, Relation.COPY, (Similarity("words", 0.9, 0.95),), (("numbers", 1.0),))


def tiny_desk(store: TinyStore) -> Desk:
    """The desk over a tiny store; its clock stands at noon, its canonical URLs have no fragment."""
    canonical = lambda url: url.partition("#")[0]  # noqa: E731
    pipeline = TinyPipeline(store)
    return Desk(store, pipeline, read=pipeline.read, canonical=canonical, clock=lambda: float(NOON))
