"""After the window nothing is left: keys and memory beside those of an empty index, with the daemon running.

A day takes seconds here: the length of a day is changed in the two modules that know of it, so a window of fourteen
days passes in a minute. All else is as `dedup run` has it: settings, poller, worker, HTTP, Redis and its expiry.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import redis

from benchmarks.prints import Prints
from benchmarks.stand import describe, table
from dedup.doors import opening
from dedup.doors.connection import Connection, open_connection
from dedup.doors.daemon import Role, running
from dedup.doors.settings import Settings
from dedup.doors.settings_toml import with_options
from dedup.edges.embedded import EmbeddedRedis
from dedup.edges.redis_store import bands
from dedup.nouns.feed import Skipped

DAY_S = 4
ARTICLES = 5_000
SKIPPED = 500
LOOKS = 100
"""Over twenty seconds: a connection's buffer of 16 or 32 kB comes and goes, and is more than one percent here. The
server also makes its tables smaller in steps."""


def expiry(articles: int = ARTICLES) -> None:
    """Empty, full, and after the window and a day more, without an end of the daemon."""
    describe()
    rows: list[tuple[object, ...]] = []
    with short_days(DAY_S), daemon() as (connection, client):
        days = connection.settings.window.days
        rows.append(("empty, the daemon has started", *_state(client)))
        begun = time.monotonic()
        prints = Prints()
        while prints.made < articles:
            connection.store.put(list(prints.take(250)))
        connection.store.tell_skipped([Skipped("too_short", "3 words", f"s{number}") for number in range(SKIPPED)])
        while connection.store.waiting():
            time.sleep(0.05)
        taken_s = time.monotonic() - begun
        rows.append((f"full, after {taken_s / DAY_S:.1f} days of {days}", *_state(client)))
        for _ in range(days + 1):
            time.sleep(DAY_S)
        rows.append((f"{days + 1} days later", *_state(client)))
        left = sorted(cast(list[bytes], list(client.scan_iter("*", count=5_000))))
    table("Expiry", ("when", "keys", "used_memory, kB", "less buffers of clients and of the file, kB"), rows)
    empty, last = cast(float, rows[0][-1]), cast(float, rows[-1][-1])
    print(
        f"\n{100 * (last / empty - 1):+.1f} % of an empty index; keys left: {', '.join(map(bytes.decode, left[:12]))}"
    )


@contextmanager
def short_days(day_s: float) -> Iterator[None]:
    """Days of so many seconds, for a store that is opened inside."""
    before = opening.DAY_S, opening.HOUR_S, bands.DAY_S
    opening.DAY_S, opening.HOUR_S, bands.DAY_S = day_s, day_s / 24, day_s  # type: ignore[assignment]
    try:
        yield
    finally:
        opening.DAY_S, opening.HOUR_S, bands.DAY_S = before


@contextmanager
def daemon() -> Iterator[tuple[Connection, redis.Redis]]:
    """A daemon without feeds on a data directory of its own, and a client that looks into its Redis."""
    with tempfile.TemporaryDirectory() as folder:
        settings = with_options(Settings(), {"data.dir": folder, "http.port": 0, "feeds.opml": ""})
        with (
            open_connection(settings) as connection,
            running(connection, Role.ALL),
            EmbeddedRedis(settings.data.path) as server,
            redis.Redis.from_url(server.url) as client,
        ):
            client.config_set("slowlog-log-slower-than", -1)  # a busy machine fills this log, with up to 600 kB
            yield connection, client


def _state(client: redis.Redis) -> tuple[int, float, float]:
    """Keys and memory: the least of some looks, because connections come and go."""
    looks = []
    for _ in range(LOOKS):
        memory = cast(dict[str, int], client.info("memory"))
        buffers = memory["mem_clients_normal"] + memory["mem_aof_buffer"]
        looks.append((memory["used_memory"] / 1024, (memory["used_memory"] - buffers) / 1024))
        time.sleep(0.2)
    return cast(int, client.dbsize()), min(all_in for all_in, _ in looks), min(less for _, less in looks)
