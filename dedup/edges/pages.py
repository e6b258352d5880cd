"""Full text: the page of an article, for feeds that carry only its first lines, if the site lets us.

The door to protego. Whatever goes wrong, the entry stays as the feed had it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from dedup.nouns.errors import FeedError, FetchError
from dedup.nouns.feed import Entry, NotModified, Response, Validators

log = logging.getLogger("dedup.pages")

Fetch = Callable[[str, Validators], Response | NotModified]
Extract = Callable[[Response], str]
Allows = Callable[[str], bool]

_ROBOTS_S = 86_400
"""How long a robots.txt is believed (RFC 9309: no longer than a day)."""
_REFUSALS = frozenset({429, 503})
_HOLD_S = 600
_LONGEST_HOLD_S = 86_400
"""How long a site is left in peace that refuses a page: as it says (Retry-After), if it says, and at most a day."""
_SITES = 1_000
_ROBOTS_CHARACTERS = 512_000
"""Of a robots.txt that are read; RFC 9309 wants at least 500 KiB."""


class Pages:
    """Fetches the pages of articles, one at a time of each site, with a pause in between; threads may share it."""

    def __init__(
        self,
        fetch: Fetch,
        extract: Extract,
        user_agent: str,
        pause_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._fetch = fetch
        self._extract = extract
        self._user_agent = user_agent
        self._pause_s = pause_s
        self._clock = clock
        self._sleep = sleep
        self._sites_lock = threading.Lock()
        self._sites: OrderedDict[str, _Site] = OrderedDict()

    def complete(self, entry: Entry) -> Entry:
        """The entry with its page's text, if that can be had and is longer than the feed's; else as it is."""
        if not entry.url:
            return entry
        try:
            text = self._text_at(entry.url)
        except FeedError as error:
            log.info("%s: the feed's own text is used: %s", entry.url, error.reason)
            return entry
        except Exception:
            log.exception("%s: the feed's own text is used", entry.url)
            return entry
        return replace(entry, content=text) if len(text) > max(len(entry.content), len(entry.summary)) else entry

    def _text_at(self, url: str) -> str:
        site = self._site(url)
        with site.lock:
            if site.held_until > self._clock():
                raise FetchError(url, "its site wants to be left in peace")
            if site.robots is None or self._clock() - site.read > _ROBOTS_S:
                site.robots, site.read = self._robots(url, site), self._clock()
            if not site.robots(url):
                raise FetchError(url, "its robots.txt does not want us to")
            answer = self._ask(url, site)
        return self._extract(answer)

    def _robots(self, url: str, site: _Site) -> Allows:
        """What the robots.txt allows: everything if there is none, nothing if we cannot know (RFC 9309, 2.3.1)."""
        from protego import Protego  # an optional dependency: dedup[fulltext]

        try:
            body = self._ask(urljoin(url, "/robots.txt"), site).body
        except FetchError as error:
            there_is_none = error.status is not None and 400 <= error.status < 500 and error.status != 429
            return lambda page: there_is_none
        rules = Protego.parse(body.decode("utf-8", "replace")[:_ROBOTS_CHARACTERS])
        return lambda page: bool(rules.can_fetch(page, self._user_agent))

    def _ask(self, url: str, site: _Site) -> Response:
        self._sleep(max(0.0, site.rested - self._clock()))
        try:
            answer = self._fetch(url, Validators())
        except FetchError as error:
            if error.status in _REFUSALS:
                asked_s = _HOLD_S if error.retry_after_s is None else error.retry_after_s
                site.held_until = self._clock() + min(asked_s, _LONGEST_HOLD_S)
            raise
        finally:
            site.rested = self._clock() + self._pause_s
        assert isinstance(answer, Response)  # nobody was asked whether something has changed
        return answer

    def _site(self, url: str) -> _Site:
        name = urlsplit(url).netloc.lower()
        with self._sites_lock:
            site = self._sites.setdefault(name, _Site())
            self._sites.move_to_end(name)
            while len(self._sites) > _SITES:
                self._sites.popitem(last=False)
        return site


class _Site:
    """What is known of one site."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rested = 0.0
        self.held_until = 0.0
        self.robots: Allows | None = None
        self.read = 0.0
