"""WebSub: ask hubs to tell us of news, believe them when they prove who they are, and poll at once when they do.

A delivery is taken as a hint: what it carries is not read, the feed is asked as at every other poll. So there is one
way for entries to come in, and a feed whose hub falls silent is polled as if it had none.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from dedup.following.freshness import digest
from dedup.following.websub import confirmed, is_due, is_signed, question
from dedup.nouns.errors import FetchError, NotFoundError
from dedup.nouns.schedule import FeedState
from dedup.nouns.subscription import Subscription
from dedup.spine.store import Subscriptions

log = logging.getLogger("dedup.hubs")

PATH = "/websub"
_PAUSE_S = 60
"""Between two polls of a feed that a hub asks for: a hub may be mistaken, or worse."""

Post = Callable[[str, Mapping[str, str]], int]
"""Send a form to a URL; the status of the answer. Raises FetchError."""


class Hubs:
    """Our side of all subscriptions; `public_url` is where hubs reach our HTTP server."""

    def __init__(self, feeds: Subscriptions, post: Post, public_url: str, clock: Callable[[], float]) -> None:
        self._feeds = feeds
        self._post = post
        self._clock = clock
        self.reach(public_url)

    def reach(self, public_url: str) -> None:
        """Say where hubs reach us from now on."""
        self._callback = public_url.rstrip("/") + PATH

    def announce(self, state: FeedState, hub: str, topic: str) -> None:
        """After a poll: subscribe at the hub that the document named (empty: it was not read), or renew the lease."""
        name, now = digest(state.feed.url), int(self._clock())
        known = self._feeds.subscription(name)
        if hub and (known is None or (known.hub, known.topic) != (hub, topic)):
            known = Subscription(state.feed.url, hub, topic, secrets.token_urlsafe(24), secrets.token_urlsafe(32))
        if known is None or not is_due(known, now):
            return
        # Remembered first: the hub may ask whether we mean it before it answers us.
        self._feeds.subscribe(name, replace(known, asked=now))
        try:
            status = self._post(known.hub, question(known, f"{self._callback}/{name}/{known.token}"))
            log.info("%s: asked the hub %s to tell us of news: HTTP %d", state.feed.url, known.hub, status)
        except FetchError as error:
            log.info("%s: its hub cannot be asked, it is polled as before: %s", state.feed.url, error.reason)

    def confirm(self, name: str, token: str, query: Mapping[str, str]) -> str | None:
        """What to answer a hub that asks whether we meant it; None: we did not."""
        known = self._known(name, token)
        now = int(self._clock())
        after = confirmed(known, query, now) if known else None
        if after is None:
            return None
        self._feeds.subscribe(name, after)
        log.info("%s: its hub tells us of news for %d s", after.feed, max(0, after.confirmed_until - now))
        return query.get("hub.challenge", "")

    def knows(self, name: str, token: str) -> bool:
        """Whether we have asked for deliveries there: the body of any other need not be read."""
        return self._known(name, token) is not None

    def deliver(self, name: str, token: str, body: bytes, signature: str) -> bool:
        """Take a delivery; False: nobody asked for it. One with a wrong signature is passed over."""
        known = self._known(name, token)
        if known is None:
            return False
        now = int(self._clock())
        if not is_signed(known, body, signature) or known.confirmed_until < now:
            log.warning("%s: a delivery that its hub has not signed was passed over", known.feed)
            return True
        try:
            state = self._feeds.feed(known.feed)
        except NotFoundError:
            return False
        self._feeds.subscribe(name, replace(known, delivered=now))
        self._feeds.hasten(known.feed, max(now, state.last_poll + _PAUSE_S))
        return True

    def _known(self, name: str, token: str) -> Subscription | None:
        known = self._feeds.subscription(name)
        return known if known and secrets.compare_digest(known.token.encode(), token.encode()) else None
