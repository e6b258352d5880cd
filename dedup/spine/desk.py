"""The desk: everything that can be asked of dedup or handed to it, whichever door it comes through.

The command line, the HTTP server and Python programs all stand before the same desk, so that they give the same
answers. It knows no socket, no file and no clock: those who open it hand it a store, a pipeline and the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from dedup.nouns.article import Article
from dedup.nouns.cluster import Cluster, Events
from dedup.nouns.errors import InputError, NotFoundError
from dedup.nouns.feed import Entry, Skipped
from dedup.nouns.intake import Failure, Intake
from dedup.nouns.record import Explanation, Match, Stored, Tally
from dedup.nouns.schedule import FeedState, Health
from dedup.reading.lines import entry_from_mapping
from dedup.spine import given
from dedup.spine.store import CURSOR, FeedBook, Inbox, Library, Page

MEMBERS_DESCRIBED = 100
"""A lookup describes at most so many members by title and URL: each costs a round trip."""

REFUSED_AT_ONCE = 10_000
"""So many articles that are not usable are told to the store together, which keeps as many to be read."""

Offered = Mapping[str, object] | Entry | InputError
"""An article as a door has it: the fields of a JSON object, an entry, or the error that reading it gave."""

OnFailure = Callable[[InputError], None]


class Holdings(Library, Inbox, FeedBook, Protocol):
    """What the desk needs of the store."""

    def close(self) -> None:
        """Give back the connections."""
        ...


class Pipeline(Protocol):
    """What the desk needs of the pipeline."""

    def ingest(self, entries: Iterable[Entry]) -> Tally:
        """Take entries all the way to stored clusters; returns when they are there."""
        ...

    def explain(self, a: str, b: str) -> Explanation:
        """Why, or why not, two articles are together; raises NotFoundError."""
        ...

    def similar(self, entry: Entry) -> list[Match]:
        """Articles of the index that match, best first; nothing is stored."""
        ...


@dataclass(frozen=True, slots=True)
class Lookup:
    """An article, its cluster, and those of the cluster's articles that could still be read, by id."""

    article: Stored
    cluster: Cluster
    described: Mapping[str, Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one pushed article: its id and cluster, or why there is none."""

    id: str | None = None
    cluster: str | None = None
    skipped: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands: `counts` are running totals, `waiting` is the inbox, the rest is about feeds.

    `polls` says how the polls of all feeds ended (`FeedState.polls`).
    """

    counts: Mapping[str, int]
    waiting: int
    feeds: int
    failing: int
    next_poll: int | None
    gone: int = 0
    polls: Mapping[str, int] = field(default_factory=dict)


class Desk:
    """Answers and takes in. Every method may raise StoreError when the store is away."""

    def __init__(
        self,
        store: Holdings,
        pipeline: Pipeline,
        *,
        read: Callable[[Entry], Article | Skipped],
        canonical: Callable[[str], str | None],
        clock: Callable[[], float],
    ) -> None:
        self.store = store
        self._pipeline = pipeline
        self._read = read
        self._canonical = canonical
        self._clock = clock

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self._clock())

    def ingest(self, articles: Iterable[Offered], on_failure: OnFailure | None = None) -> Tally:
        """Take in articles and return when all of them are grouped.

        An article that is not usable stops nothing: it counts as failed, is kept with its error among the dead
        letters, and is told to `on_failure`.
        """
        refused: list[Failure] = []
        failed = Tally()

        def usable() -> Iterator[Entry]:
            nonlocal failed
            for number, article in enumerate(articles, start=1):
                entry = self._entry(article, number)
                if isinstance(entry, Entry):
                    yield entry
                    continue
                refused.append(Failure(entry.where, entry.reason))
                if on_failure:
                    on_failure(entry)
                if len(refused) == REFUSED_AT_ONCE:
                    failed += self._refuse(refused)

        taken_in = self._pipeline.ingest(usable())
        return taken_in + failed + self._refuse(refused)

    def push(self, articles: Iterable[Offered]) -> tuple[Tally, list[Received]]:
        """Take in articles as `ingest` does, and tell of each what became of it, in the order they came in."""
        entries = [self._entry(article, number) for number, article in enumerate(articles, start=1)]
        return self.ingest(entries), [self._received(entry) for entry in entries]

    def _entry(self, article: Offered, number: int) -> Entry | InputError:
        try:
            return self.entry(article, f"article {number}") if isinstance(article, Mapping) else self._seen(article)
        except InputError as error:
            return error

    def entry(self, fields: Mapping[str, object], where: str) -> Entry:
        """The entry that these fields describe, seen now; raises InputError, which says `where`."""
        return entry_from_mapping(fields, where, self.now())

    def _seen(self, article: Entry | InputError) -> Entry | InputError:
        return replace(article, seen=self.now()) if isinstance(article, Entry) and not article.seen else article

    def _refuse(self, refused: list[Failure]) -> Tally:
        """Tell the store of these, and forget them."""
        intake = Intake(failures=tuple(refused))
        if refused:
            self.store.tell(intake)
            refused.clear()
        return intake.tally

    def _received(self, entry: Entry | InputError) -> Received:
        if isinstance(entry, InputError):
            return Received(error=str(entry))
        article = self._read(entry)
        if isinstance(article, Skipped):
            return Received(id=entry.id, skipped=article.reason)
        try:
            return Received(article.id, self.article(article.id).cluster)
        except NotFoundError:
            return Received(article.id, error="not grouped; the dead letters say why")

    def article(self, article_id: str) -> Stored:
        """The article; raises NotFoundError."""
        return given.stored(self.store.article(article_id))

    def articles_at(self, url: str) -> list[Stored]:
        """The articles with this URL, however it is written; an empty list if there are none."""
        page = self._canonical(url)
        ids = self.store.articles_at(page) if page else ()
        return [stored for article_id in ids if (stored := self._described(article_id))]

    def cluster(self, cluster_id: str) -> Cluster:
        """The cluster of that name, merged away or not; raises NotFoundError."""
        return given.cluster(given.found_by(self.store.cluster, cluster_id))

    def cluster_of(self, article_id: str) -> Cluster:
        """The cluster that the article is in; raises NotFoundError."""
        return given.cluster(self.store.cluster_of(article_id))

    def lookup(self, name: str) -> Lookup:
        """The article with this id, or else with this URL, with its cluster; raises NotFoundError."""
        article = self._described(name) or next(iter(self.articles_at(name)), None)
        if article is None:
            raise NotFoundError("article", name)
        cluster = self.cluster_of(article.article.id)
        ids = [member.id for member in cluster.members[:MEMBERS_DESCRIBED]]
        found = {article_id: self._described(article_id) for article_id in ids}
        return Lookup(article, cluster, {article_id: stored for article_id, stored in found.items() if stored})

    def _described(self, article_id: str) -> Stored | None:
        try:
            return self.article(article_id)
        except NotFoundError:
            return None

    def clusters(self, min_size: int = 1, after: str | None = None, limit: int = 100) -> Page:
        """A page of clusters with at least `min_size` members, in order of arrival; raises InputError.

        Short pages, even empty ones, are not the last ones: that one has no `after`.
        """
        page = self.store.clusters(min_size, _cursor(after), limit)
        return replace(page, clusters=tuple(map(given.cluster, page.clusters)))

    def all_clusters(self, min_size: int = 1) -> Iterator[Cluster]:
        """Every cluster with at least `min_size` members, in order of arrival, read page by page."""
        after: str | None = None
        while True:
            page = self.clusters(min_size, after, limit=500)
            yield from page.clusters
            if page.after is None:
                return
            after = page.after

    def explain(self, a: str, b: str) -> Explanation:
        """Why, or why not, two articles are together; raises NotFoundError."""
        return self._pipeline.explain(a, b)

    def similar(self, title: str, text: str, *, lang: str | None = None, published: int | None = None) -> list[Match]:
        """Articles of the index that match this text, best first; nothing is stored.

        One story is told within the window: with `published` only articles within a window of it match, without it
        those of any date. That a reworded text is of another day speaks against it: without `published` it is of today.
        """
        asked = Entry(source="", title=title, content=text, lang=lang, published=published, seen=self.now())
        return list(map(given.match, self._pipeline.similar(asked)))

    def events(self, after: str | None = None, limit: int = 100, wait_s: float = 0) -> Events:
        """Events after a cursor (None: from the oldest kept), waiting up to `wait_s` for the first.

        Their `lost` says that events after the cursor are kept no more. Raises InputError for what is no cursor.
        """
        found = self.store.events(_cursor(after), limit, wait_s)
        return Events(map(given.emitted, found), found.lost)

    def feeds(self) -> list[FeedState]:
        """The feeds that are followed, in order of URL."""
        return self.store.feeds()

    def status(self) -> Status:
        """How it stands."""
        feeds = self.store.feeds()
        return Status(
            counts=self.store.counts(),
            waiting=self.store.waiting(),
            feeds=len(feeds),
            failing=sum(1 for state in feeds if state.health is Health.FAILING),
            next_poll=min((state.next_poll for state in feeds if not state.gone), default=None),
            gone=sum(1 for state in feeds if state.gone),
            polls=sum((Counter(state.polls) for state in feeds), Counter()),
        )


def _cursor(after: str | None) -> str | None:
    """The cursor, if it is one: a store must not be asked for what it did not give out."""
    if after and not CURSOR.fullmatch(after):
        raise InputError("after", f"{after!r} is not a cursor; every event and every page of clusters names one")
    return after
