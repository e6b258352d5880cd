"""After the window nothing is left: keys and memory of the index, with a window of seconds, beside an empty one."""

from __future__ import annotations

import time
from typing import cast

from benchmarks.prints import Prints
from benchmarks.stand import BATCH, describe, stand, table
from dedup.spine.settle import Settler

WINDOW_S = 5.0
ARTICLES = 5_000


def expiry(articles: int = ARTICLES) -> None:
    """Shards of the band index live a day longer than the window: their expiry is brought forward by hand, the rest
    goes in its own time."""
    describe()
    rows = []
    with stand(WINDOW_S) as here:
        settler = Settler(here.store, window_s=WINDOW_S, clock=here.clock)
        settler.settle(list(Prints(seed=9).take(BATCH)))
        rows.append(("at the beginning", *_state(here.client, here.used_bytes())))
        prints = Prints()
        while prints.made < articles:
            settler.settle(list(prints.take(BATCH)))
        rows.append(("full", *_state(here.client, here.used_bytes())))
        for key in here.client.scan_iter("bench:{b*", count=5_000):
            here.client.expire(key, int(WINDOW_S))
        deadline = time.monotonic() + 60
        while cast(int, here.client.dbsize()) > 10 and time.monotonic() < deadline:
            time.sleep(0.2)
        rows.append(("after the window", *_state(here.client, here.used_bytes())))
    table("Expiry", ("when", "keys", "used memory, kB"), rows)


def _state(client: object, used: int) -> tuple[int, float]:
    return cast(int, client.dbsize()), used / 1024  # type: ignore[attr-defined]
