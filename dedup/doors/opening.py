"""The wiring: the one module that knows which class does which job, and puts an engine together.

Imported only when something is opened, because it loads everything.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from dedup.doors.engine import Engine
from dedup.doors.settings import DAY_S, HOUR_S, Settings, redacted
from dedup.edges.discover import discover
from dedup.edges.embedded import EmbeddedRedis
from dedup.edges.extract import is_installed
from dedup.edges.fetch import Fetcher, FetchSettings
from dedup.edges.lexicon_file import Listener
from dedup.edges.pages import Pages
from dedup.edges.parsers import Parsers, ParserSettings
from dedup.edges.readers import Readers
from dedup.edges.redis_store import RedisStore
from dedup.following.schedule import ScheduleSettings
from dedup.loops.hubs import Hubs
from dedup.loops.poller import Poller, PollerSettings
from dedup.loops.visit import Stages
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import canonical_url
from dedup.sketching.fingerprint import fingerprint
from dedup.spine.pipeline import Pipeline


def open_engine(settings: Settings) -> Engine:
    """Everything that the settings describe, connected and ready; raises EmbeddedRedisError or StoreError."""
    with ExitStack() as opened:
        embedded = None if settings.redis.url else opened.enter_context(EmbeddedRedis(settings.data.path))
        url = embedded.url if embedded else settings.redis.url
        store = opened.enter_context(closing(_store(settings, url)))
        fetcher = opened.enter_context(Fetcher(_fetch_settings(settings)))
        parsers = opened.enter_context(Parsers(_parser_settings(settings)))
        pages = opened.enter_context(_pages(settings, fetcher)) if is_installed() else None
        reading = ReadingSettings(min_words=settings.ingest.min_words, max_text_bytes=settings.ingest.max_text_bytes)
        read_entry = partial(read, settings=reading)
        listen = Listener()

        public_url = settings.http.public_url
        hubs = Hubs(store, fetcher.post_form, public_url, time.time) if public_url else None
        stages = Stages(
            fetcher.fetch,
            parsers.parse,
            read_entry,
            partial(fingerprint, listen=listen),
            complete=pages.complete if pages else None,
            announce=hubs.announce if hubs else None,
        )
        return Engine(
            place=f"{settings.data.path} (Redis of its own)" if embedded else redacted(url),
            store=store,
            pipeline=_pipeline(settings, store, reading, listen),
            read=read_entry,
            canonical=canonical_url,
            poller=lambda stop: Poller(store, store, stages, _poller_settings(settings), time.time, stop),
            readers=lambda processes: Readers(processes, reading),
            revive=embedded.revive if embedded else None,
            closing=opened.pop_all(),
            hubs=hubs,
            reads_pages=pages is not None,
            discover=lambda url: discover(fetcher.fetch, parsers.parse, url),
        )


def _store(settings: Settings, url: str) -> RedisStore:
    window = settings.window
    return RedisStore.open(
        url, settings.redis.namespace, window_s=window.days * DAY_S, fleeting_s=window.translations_hours * HOUR_S
    )


def _pipeline(settings: Settings, store: RedisStore, reading: ReadingSettings, listen: Listener) -> Pipeline:
    window_s = settings.window.days * DAY_S
    return Pipeline(
        store, window_s=window_s, clock=time.time, reading=reading, listen=listen, batch=settings.ingest.batch
    )


@contextmanager
def _pages(settings: Settings, fetcher: Fetcher) -> Iterator[Pages]:
    """What fetches pages for feeds that want full text; its process starts with the first page."""
    limits = ParserSettings(
        processes=1, cpu_s=settings.poll.parse_cpu_s, memory_bytes=settings.poll.parse_memory_bytes, kind="pages"
    )
    with Parsers(limits) as extractors:
        yield Pages(fetcher.fetch_found, extractors.text_of, settings.poll.user_agent, settings.poll.host_pause_s)


def _fetch_settings(settings: Settings) -> FetchSettings:
    poll = settings.poll
    return FetchSettings(
        user_agent=poll.user_agent,
        contact=poll.contact,
        total_timeout_s=poll.timeout_s,
        max_bytes=poll.max_bytes,
        allow_networks=tuple(poll.allow_networks),
        feeds_here=poll.feeds_here,
    )


def _parser_settings(settings: Settings) -> ParserSettings:
    poll = settings.poll
    return ParserSettings(processes=poll.parsers, cpu_s=poll.parse_cpu_s, memory_bytes=poll.parse_memory_bytes)


def _poller_settings(settings: Settings) -> PollerSettings:
    poll = settings.poll
    schedule = ScheduleSettings(
        interval_s=poll.default_interval_s,
        min_interval_s=poll.min_interval_s,
        max_interval_s=poll.max_interval_s,
    )
    return PollerSettings(threads=poll.workers, host_pause_s=poll.host_pause_s, schedule=schedule)
