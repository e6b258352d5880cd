"""The first round of polls: if not one feed can be fetched, somebody is told what else there is to see."""

from __future__ import annotations

import threading
from collections.abc import Callable

from dedup.nouns.errors import StoreError
from dedup.spine.desk import Desk

LOOK_EVERY_S = 2.0
HINT = "None of the feeds could be fetched. `make sample` (dedup run --sample) shows dedup at work without a network."


def watch_first_round(desk: Desk, say: Callable[[str], None], stop: threading.Event) -> None:
    """Say HINT if every feed has failed and none ever did not; return when `stop` is set."""
    while not stop.wait(LOOK_EVERY_S):
        try:
            feeds = desk.feeds()
        except StoreError:  # the poller has said so already
            continue
        if any(state.last_success for state in feeds):
            break
        if feeds and all(state.failures for state in feeds):
            say(HINT)
            break
    stop.wait()
