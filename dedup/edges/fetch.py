"""Feed -> Response: fetch the bytes of a feed over HTTP, politely, and within bounds of time, size and redirects."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlencode

import httpcore
import httpx

from dedup.edges.allowance import Allowance, OverdrawnError
from dedup.edges.body import body_of
from dedup.edges.guard import LOOPBACK, THIS_MACHINE, GuardedNetwork
from dedup.edges.http_headers import fresh_for_s, retry_after_s, seconds_of
from dedup.edges.link_header import linked
from dedup.edges.network import Answer, Connections, Header
from dedup.edges.unpack import ACCEPTED, UnpackError
from dedup.following.addresses import networks
from dedup.nouns.errors import FetchError
from dedup.nouns.feed import NotModified, Response, Validators

_PERMANENT = frozenset({301, 308})
_SAME_METHOD = frozenset({307, 308})
_REDIRECTS = _PERMANENT | _SAME_METHOD | {302, 303}
_NOT_MODIFIED = 304
_FORM = (b"Content-Type", b"application/x-www-form-urlencoded")
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How far a fetch may go."""

    user_agent: str = "dedup/0.1"
    """Who we are: servers block what they cannot tell apart from a scraper."""
    contact: str = ""
    """A URL or address for a server's operator to complain to; sent with the user agent."""
    connect_timeout_s: float = 10.0
    """A host that does not accept a connection by then is down for this poll."""
    read_timeout_s: float = 20.0
    """Silence for so long means that nothing more will come; Miniflux waits as long."""
    total_timeout_s: float = 60.0
    """From first byte sent to last byte read, redirects included: holds against servers that drip."""
    max_bytes: int = 15 * 1024 * 1024
    """Of the decoded body: a small file can unpack to gigabytes. Miniflux has the same cap."""
    max_redirects: int = 5
    """More hops than this is a loop, or worse."""
    feeds_here: bool = False
    """Whether feeds may be fetched whose own URL names this machine (127.0.0.1, [::1], localhost)."""
    allow_networks: tuple[str, ...] = ()
    """CIDRs that may be connected to although they are not public: an intranet, or loopback for tests."""


class Fetcher:
    """Fetches feeds; may be shared by threads. Close it when done (or use it in a `with`).

    `network` opens the sockets; without one a `GuardedNetwork`, which refuses addresses that are not public.
    No proxy, .netrc or cookie is used, so that what is asked of a server depends on the feed alone.
    """

    def __init__(self, settings: FetchSettings | None = None, network: httpcore.NetworkBackend | None = None) -> None:
        self._settings = settings = settings or FetchSettings()
        self._allowance = Allowance()
        allowed = networks(settings.allow_networks)
        self._tls = httpx.create_ssl_context()
        # Two pools: a connection that a listed feed may have must not be there for a redirect or a page to use.
        self._connections = self._pool(network or GuardedNetwork(allowed))
        self._here = self._pool(network or GuardedNetwork((*allowed, *LOOPBACK))) if settings.feeds_here else None
        self._headers = [
            (b"User-Agent", _user_agent(settings).encode("ascii")),
            (b"Accept", _ACCEPT.encode("ascii")),
            (b"Accept-Encoding", ACCEPTED.encode("ascii")),
        ]

    def _pool(self, network: httpcore.NetworkBackend) -> Connections:
        settings = self._settings
        return Connections(self._allowance, network, self._tls, settings.read_timeout_s, settings.connect_timeout_s)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()
        if self._here:
            self._here.close()

    def fetch(self, url: str, validators: Validators | None = None) -> Response | NotModified:
        """The feed's bytes, or NotModified if the server says that `validators` still hold. Raises FetchError."""
        with self._exchange(url):
            return self._follow(url, validators or Validators(), listed=True)

    def fetch_found(self, url: str, validators: Validators | None = None) -> Response | NotModified:
        """As `fetch`, for a URL that nobody listed but some document named: `feeds_here` does not open it."""
        with self._exchange(url):
            return self._follow(url, validators or Validators())

    def post_form(self, url: str, form: Mapping[str, str]) -> int:
        """Send a form, and say with which status it was answered. Raises FetchError.

        Only redirects that ask for the form once more (307, 308) are followed.
        """
        content = urlencode(form).encode("ascii")
        headers = (_FORM, (b"Content-Length", b"%d" % len(content)))
        with self._exchange(url):
            place = httpx.URL(url)
            for _ in range(self._settings.max_redirects + 1):
                with self._ask("POST", place, headers, content) as answer:
                    location = answer.location() if answer.status in _SAME_METHOD else None
                    if location is None:
                        return answer.status
                    place = place.join(location)
            raise self._too_many_redirects(url)

    @contextmanager
    def _exchange(self, url: str) -> Iterator[None]:
        """All that belongs to one question for `url`: within bounds, and whatever goes wrong is a FetchError."""
        self._allowance.start(self._settings.total_timeout_s, self._settings.max_bytes)
        try:
            yield
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(url, self._reason(error)) from error
        except (httpx.InvalidURL, OSError, ValueError) as error:
            raise FetchError(url, self._reason(error)) from error

    def _follow(self, url: str, validators: Validators, listed: bool = False) -> Response | NotModified:
        """Ask, and go where the answers lead; `listed`: somebody listed this URL, also if it names this machine."""
        place = httpx.URL(url)
        here = _origin(place) if listed and place.host in THIS_MACHINE else None
        conditions = _conditions(validators)
        only_permanent = True
        for hop in range(self._settings.max_redirects + 1):
            with self._ask("GET", place, conditions, here=here) as answer:
                location = answer.location() if answer.status in _REDIRECTS else None
                if location is None:
                    moved = hop > 0 and only_permanent
                    return self._told(url, str(place), answer, validators, str(place) if moved else None)
                only_permanent = only_permanent and answer.status in _PERMANENT
                place = place.join(location)
        raise self._too_many_redirects(url)

    def _too_many_redirects(self, url: str) -> FetchError:
        return FetchError(url, f"more than {self._settings.max_redirects} redirects")

    def _ask(
        self,
        method: str,
        place: httpx.URL,
        headers: Sequence[Header],
        content: bytes = b"",
        here: tuple[str, bytes] | None = None,
    ) -> Answer:
        """One request; the answer's body is not read yet. Raises ValueError for what is neither http nor https.

        `here`: the one server on this machine that may be asked. It was listed; where it redirects to was not.
        """
        if place.scheme not in ("http", "https") or not place.host:
            raise ValueError(f"{str(place)!r} cannot be fetched: only http:// and https:// URLs are")
        pool = self._here if self._here and _origin(place) == here else self._connections
        return pool.ask(method, place, (*self._headers, *headers), content)

    def _told(
        self, url: str, place: str, answer: Answer, validators: Validators, permanent_url: str | None
    ) -> Response | NotModified:
        """What the answer from `place` to a question for `url` says."""
        date = answer.first(b"date")
        age = fresh_for_s(answer.joined(b"cache-control"), answer.first(b"expires"), date, time.time())
        given = Validators(answer.first(b"etag"), answer.first(b"last-modified"))
        if answer.status == _NOT_MODIFIED and validators != Validators():
            for _ in answer.parts():  # there are none; when that has been seen, the connection can be used again
                pass
            kept = Validators(given.etag or validators.etag, given.last_modified or validators.last_modified)
            return NotModified(kept, age, permanent_url)
        if not 200 <= answer.status < 300:
            raise FetchError(
                url,
                f"HTTP {answer.status} {answer.reason}".rstrip(),
                status=answer.status,
                retry_after_s=retry_after_s(answer.first(b"retry-after"), seconds_of(date) or time.time()),
                answered_by=place,
            )
        links = answer.all(b"link")
        return Response(
            url=place,
            body=body_of(answer, self._settings.max_bytes),
            content_type=answer.first(b"content-type") or "",
            validators=given,
            permanent_url=permanent_url,
            max_age_s=age,
            hub=linked(links, "hub", place),
            topic=linked(links, "self", place),
        )

    def _reason(self, error: Exception) -> str:
        """What to tell people, and what they can do."""
        settings = self._settings
        if self._allowance.remaining_s() <= 0:
            return f"not done after {settings.total_timeout_s:g} s in all"
        match error:
            case httpcore.TimeoutException():
                return f"no answer for {settings.read_timeout_s:g} s (or {settings.connect_timeout_s:g} s to connect)"
            case httpcore.ConnectError():
                return f"could not connect: {error}"
            case httpcore.NetworkError() | httpcore.ProtocolError():
                return f"the exchange broke down: {error}"
            case UnpackError() | OverdrawnError():
                return str(error)
            case httpx.InvalidURL() | UnicodeError():
                return f"not a usable URL: {error}"
        return str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"


def _user_agent(settings: FetchSettings) -> str:
    return f"{settings.user_agent} (+{settings.contact})" if settings.contact else settings.user_agent


def _origin(place: httpx.URL) -> tuple[str, bytes]:
    """Which server a URL asks: scheme, host and port."""
    return place.scheme, place.netloc


def _conditions(validators: Validators) -> list[tuple[bytes, bytes]]:
    """The conditional headers, byte for byte as they were given to us (HTTP headers are latin-1)."""
    pairs = ((b"If-None-Match", validators.etag), (b"If-Modified-Since", validators.last_modified))
    return [(name, value.encode("latin-1")) for name, value in pairs if value]
