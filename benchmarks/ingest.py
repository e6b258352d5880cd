"""From article text to stored cluster, one worker process, beside datasketch's own storage in the same Redis."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter, thread_time
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.stand import BATCH, WINDOW_S, Spent, Stand, describe, stand, table, timed
from dedup.nouns.article import Article
from dedup.nouns.feed import Entry
from dedup.nouns.record import Submission
from dedup.reading.article import ReadingSettings, read
from dedup.sketching import facts as facts_module
from dedup.sketching import text as text_module
from dedup.sketching.fingerprint import fingerprint
from dedup.sketching.minhash import sketch
from dedup.sketching.views import VIEWS
from dedup.spine.ahead import batches
from dedup.spine.codec import pack_article
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from dedup.spine.settle import Settler

DATASKETCH = "datasketch, Redis: query, insert"
THRESHOLD = 0.5
"""Of datasketch: the customary one. Ours finds pairs down to a similarity of .25; asked for that, it is slower."""
DATASKETCH_ARTICLES = 600


def ingest(articles: int = 10_000) -> None:
    """Rates beside each other, and where our time goes."""
    describe()
    entries = Corpus().take(articles + BATCH)
    some = entries[:DATASKETCH_ARTICLES]
    rows: list[tuple[str, int, float, float, float]] = []

    def row(name: str, count: int, spent: Spent, redis_s: float = 0.0) -> None:
        rows.append((name, count, count / spent.wall_s, 1e6 * spent.cpu_s / count, 1e6 * redis_s / count))

    def redis_row(name: str, count: int, work: Callable[[Stand], Spent]) -> None:
        with stand() as here:
            before = here.cpu_s()
            row(name, count, work(here), here.cpu_s() - before)

    redis_row("dedup, Redis", articles, lambda here: _ours(here.pipeline(), entries))
    redis_row("the same, batches one after the other", articles, lambda here: _in_turns(here.pipeline(), entries))
    row("dedup, in memory", articles, _ours(Pipeline(MemoryStore(), window_s=WINDOW_S, clock=lambda: 0.0), entries))
    redis_row(DATASKETCH, len(some), lambda here: timed(lambda: _datasketch(here, some)))
    redis_row(f"{DATASKETCH}ion session", len(some), lambda here: timed(lambda: _session(here, some)))
    row("dedup, signatures alone", len(some), timed(lambda: [fingerprint(one) for one in _read(some)]))
    if rensa := _rensa():
        row("rensa, signatures alone", len(some), timed(lambda: [rensa(entry.content) for entry in some]))
    title = "Article text to stored cluster, one worker process"
    table(title, ("what", "articles", "articles/s", "own processor, µs an article", "Redis's, µs"), rows)
    rates = {row[0]: row[2] for row in rows}
    print(f"\ndedup on Redis: {rates['dedup, Redis'] / rates[DATASKETCH]:.0f} times datasketch's query and insert")
    head = ("stage", "own processor, µs an article", "by the clock, µs")
    table("Where the time goes", head, _stages(entries[: min(articles, 4_000)]))


def _warm(pipeline: Pipeline, entries: Sequence[Entry]) -> Sequence[Entry]:
    """What is left when the first batch is in; from there on everything is loaded, and set aside as the doors do."""
    pipeline.ingest(entries[:BATCH])
    gc.freeze()
    return entries[BATCH:]


def _ours(pipeline: Pipeline, entries: Sequence[Entry]) -> Spent:
    rest = _warm(pipeline, entries)
    return timed(lambda: pipeline.ingest(rest))


def _in_turns(pipeline: Pipeline, entries: Sequence[Entry]) -> Spent:
    """Without overlap: we wait while Redis works, and Redis while we do."""
    rest = _warm(pipeline, entries)

    def work() -> None:
        for start in range(0, len(rest), BATCH):
            pipeline.ingest(rest[start : start + BATCH])

    return timed(work)


def _read(entries: Sequence[Entry]) -> Iterator[Article]:
    for entry in entries:
        article = read(entry, ReadingSettings())
        if isinstance(article, Article):
            yield article


def _minhash(entry: Entry) -> Any:  # noqa: ANN401  # datasketch has no types
    from datasketch import MinHash

    words = re.findall(r"\w+", entry.content.lower())
    found = MinHash(num_perm=128)
    found.update_batch([" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)])
    return found


def _lsh(here: Stand) -> Any:  # noqa: ANN401
    from datasketch import MinHashLSH

    place = {"unix_socket_path": here.url.removeprefix("unix://")}
    storage = {"type": "redis", "basename": b"datasketch", "redis": place}
    return MinHashLSH(threshold=THRESHOLD, num_perm=128, storage_config=storage)


def _datasketch(here: Stand, entries: Sequence[Entry]) -> None:
    """As its documentation shows."""
    lsh = _lsh(here)
    for entry in entries:
        found = _minhash(entry)
        lsh.query(found)
        lsh.insert(entry.id, found)


def _session(here: Stand, entries: Sequence[Entry]) -> None:
    lsh = _lsh(here)
    with lsh.insertion_session(buffer_size=10_000) as session:
        for entry in entries:
            found = _minhash(entry)
            lsh.query(found)
            session.insert(entry.id, found)


def _rensa() -> Callable[[str], object] | None:
    try:
        from rensa import RMinHash
    except ImportError:
        print("rensa is not installed (pip install -e '.[bench]'): left out")
        return None

    def sign(text: str) -> object:
        words = re.findall(r"\w+", text.lower())
        found = RMinHash(num_perm=128, seed=1)
        found.update([" ".join(words[at : at + 3]) for at in range(len(words) - 2)])
        return found.digest()

    return sign


class Watched:
    """An index that measures the time spent in each of its methods, and our share of it."""

    def __init__(self, index: object) -> None:
        self._index = index
        self.spent_s: defaultdict[str, float] = defaultdict(float)
        self.own_s: defaultdict[str, float] = defaultdict(float)

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._index, name)

        def watched(*arguments: object, **options: object) -> object:
            start, own = perf_counter(), thread_time()
            try:
                return method(*arguments, **options)
            finally:
                self.spent_s[name] += perf_counter() - start
                self.own_s[name] += thread_time() - own

        return watched


class WatchedSettler(Settler):
    """Measures verification too."""

    verify_s = 0.0

    def _links(self, *arguments: Any) -> Any:  # noqa: ANN401
        start = thread_time()
        try:
            return super()._links(*arguments)
        finally:
            self.verify_s += thread_time() - start


def _stages(entries: Sequence[Entry]) -> list[tuple[str, float, float]]:
    """Each stage by itself, batches one after the other: our processor, and what passes by the clock."""
    count = len(entries)
    stages: list[tuple[str, float, float]] = []

    def add(name: str, own_s: float, wall_s: float) -> None:
        stages.append((name, 1e6 * own_s / count, 1e6 * wall_s / count))

    def stage(name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401
        start, own = perf_counter(), thread_time()
        done = work()
        add(name, thread_time() - own, perf_counter() - start)
        return done

    articles = stage("read and clean", lambda: list(_read(entries)))
    texts = stage("words of the story", lambda: [text_module.read(article) for article in articles])
    sets = stage("shingle", lambda: [[view.elements(text) for view in VIEWS] for text in texts])
    stage("sign", lambda: [[sketch(view, one) for view, one in zip(VIEWS, some, strict=True)] for some in sets])
    stage("facts", lambda: [facts_module.facts(text) for text in texts])
    packed = stage("pack the text", lambda: list(map(pack_article, articles)))
    submissions = [
        Submission(article, fingerprint(article), text) for article, text in zip(articles, packed, strict=True)
    ]
    with stand() as here:
        index = Watched(here.store)
        settler = WatchedSettler(index, window_s=WINDOW_S, clock=here.clock)  # type: ignore[arg-type]
        start, own, redis_before = perf_counter(), thread_time(), here.cpu_s()
        for batch in batches(submissions, BATCH):
            settler.settle(batch)
        total, total_own = perf_counter() - start, thread_time() - own
        redis_s = here.cpu_s() - redis_before
    verify = settler.verify_s - index.own_s["deck"]
    for name, spent in sorted(index.spent_s.items(), key=lambda each: -each[1]):
        add(f"store: {name}", index.own_s[name], spent)
    add("verify", verify, verify)
    trips, trips_own = sum(index.spent_s.values()), sum(index.own_s.values())
    add("regroup and the rest of settling", total_own - trips_own - verify, total - trips - verify)
    add("(of the store's: Redis's own processor)", 0.0, redis_s)
    return stages
