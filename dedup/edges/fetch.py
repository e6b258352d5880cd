"""Feed -> Response: fetch the bytes of a feed over HTTP, politely, and within bounds of time, size and redirects."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from types import TracebackType

import httpcore
import httpx

from dedup.edges.allowance import Allowance, OverdrawnError
from dedup.edges.guard import GuardedNetwork
from dedup.edges.http_headers import fresh_for_s, retry_after_s, seconds_of
from dedup.edges.link_header import linked
from dedup.edges.network import FeedTransport
from dedup.edges.unpack import ACCEPTED, UnpackError, unpacked
from dedup.following.addresses import networks
from dedup.nouns.errors import FetchError
from dedup.nouns.feed import NotModified, Response, Validators

_PERMANENT = frozenset({301, 308})
_SAME_METHOD = frozenset({307, 308})
_RATIO = 200
"""Times that a body may grow when unpacked: feeds grow 5 to 30 times, bombs 1,000 times and more."""
_RATIO_FROM_BYTES = 1024 * 1024
"""A body that unpacks to less than this may grow as it likes."""
_SMALLEST_PART_BYTES = 64
_PARTS = 20_000
"""After so many parts, their mean size must be above the smallest: a body in chunks of one byte costs seconds."""
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
        # Without httpx's client: what that would add (cookies, proxies, authentication) is not wanted here.
        guard = GuardedNetwork(networks(settings.allow_networks))
        self._asked_for = guard.asked_for if settings.feeds_here and network is None else nullcontext
        self._transport = FeedTransport(self._allowance, network or guard)
        self._timeouts = httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s).as_dict()
        self._headers = [
            (b"User-Agent", _user_agent(settings).encode("ascii")),
            (b"Accept", _ACCEPT.encode("ascii")),
            (b"Accept-Encoding", ACCEPTED.encode("ascii")),
        ]

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def fetch(self, url: str, validators: Validators | None = None) -> Response | NotModified:
        """The feed's bytes, or NotModified if the server says that `validators` still hold. Raises FetchError."""
        with self._exchange(url), self._asked_for(httpx.URL(url).host):
            return self._follow(url, validators or Validators())

    def fetch_found(self, url: str, validators: Validators | None = None) -> Response | NotModified:
        """As `fetch`, for a URL that nobody listed but some document named: `feeds_here` does not open it."""
        with self._exchange(url):
            return self._follow(url, validators or Validators())

    def post_form(self, url: str, form: Mapping[str, str]) -> int:
        """Send a form, and say with which status it was answered. Raises FetchError.

        Only redirects that ask for the form once more (307, 308) are followed.
        """
        with self._exchange(url):
            place = httpx.URL(url)
            for _ in range(self._settings.max_redirects + 1):
                with closing(self._send("POST", place, form=form)) as answer:
                    if answer.status_code not in _SAME_METHOD or not answer.has_redirect_location:
                        return answer.status_code
                    place = place.join(answer.headers["location"])
            raise self._too_many_redirects(url)

    @contextmanager
    def _exchange(self, url: str) -> Iterator[None]:
        """All that belongs to one question for `url`: within bounds, and whatever goes wrong is a FetchError."""
        self._allowance.start(self._settings.total_timeout_s, self._settings.max_bytes)
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise FetchError(url, self._reason(error)) from error

    def _follow(self, url: str, validators: Validators) -> Response | NotModified:
        place = httpx.URL(url)
        conditions = _conditions(validators)
        only_permanent = True
        for hop in range(self._settings.max_redirects + 1):
            with closing(self._send("GET", place, conditions)) as response:
                if not response.has_redirect_location:
                    moved = hop > 0 and only_permanent
                    return self._answer(url, response, validators, str(place) if moved else None)
                only_permanent = only_permanent and response.status_code in _PERMANENT
                place = place.join(response.headers["location"])
        raise self._too_many_redirects(url)

    def _too_many_redirects(self, url: str) -> FetchError:
        return FetchError(url, f"more than {self._settings.max_redirects} redirects")

    def _send(
        self,
        method: str,
        place: httpx.URL,
        headers: Sequence[tuple[bytes, bytes]] = (),
        form: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request; the answer's body is not read yet. Raises httpx.HTTPError, and ValueError for other schemes."""
        if place.scheme not in ("http", "https") or not place.host:
            raise ValueError(f"{str(place)!r} cannot be fetched: only http:// and https:// URLs are")
        request = httpx.Request(
            method, place, headers=[*self._headers, *headers], data=form, extensions={"timeout": self._timeouts}
        )
        response = self._transport.handle_request(request)
        response.request = request
        return response

    def _answer(
        self, url: str, response: httpx.Response, validators: Validators, permanent_url: str | None
    ) -> Response | NotModified:
        headers = response.headers
        age = fresh_for_s(headers.get("cache-control"), headers.get("expires"), headers.get("date"), time.time())
        given = Validators(_verbatim(headers, b"etag"), _verbatim(headers, b"last-modified"))
        if response.status_code == 304:
            kept = Validators(given.etag or validators.etag, given.last_modified or validators.last_modified)
            return NotModified(kept, age, permanent_url)
        if not response.is_success:
            raise FetchError(
                url,
                f"HTTP {response.status_code} {response.reason_phrase}".rstrip(),
                status=response.status_code,
                retry_after_s=retry_after_s(headers.get("retry-after"), seconds_of(headers.get("date")) or time.time()),
                answered_by=str(response.url),
            )
        links = headers.get_list("link")
        return Response(
            url=str(response.url),
            body=self._body(url, response),
            content_type=headers.get("content-type", ""),
            validators=given,
            permanent_url=permanent_url,
            max_age_s=age,
            hub=linked(links, "hub", str(response.url)),
            topic=linked(links, "self", str(response.url)),
        )

    def _body(self, url: str, response: httpx.Response) -> bytes:
        limit = self._settings.max_bytes
        body = bytearray()
        for part in unpacked(self._raw(url, response), response.headers.get("content-encoding", "")):
            body += part
            if len(body) > limit:
                raise FetchError(url, f"the document is larger than {limit:,} bytes (poll.max_bytes)")
            if len(body) > max(_RATIO_FROM_BYTES, _RATIO * response.num_bytes_downloaded):
                raise FetchError(url, f"the document grows more than {_RATIO} times when unpacked: a bomb")
        return bytes(body)

    def _raw(self, url: str, response: httpx.Response) -> Iterator[bytes]:
        """The parts of the body as they came; nothing keeps on sending more than the cap, or only crumbs."""
        for count, part in enumerate(response.iter_raw()):
            received = response.num_bytes_downloaded
            if received > self._settings.max_bytes:
                raise FetchError(
                    url, f"the document is larger than {self._settings.max_bytes:,} bytes (poll.max_bytes)"
                )
            if count > _PARTS and received < count * _SMALLEST_PART_BYTES:
                raise FetchError(url, "the document comes in crumbs of a few bytes each")
            yield part

    def _reason(self, error: Exception) -> str:
        """What to tell people, and what they can do."""
        settings = self._settings
        if self._allowance.remaining_s() <= 0:
            return f"not done after {settings.total_timeout_s:g} s in all"
        match error:
            case httpx.TimeoutException():
                return f"no answer for {settings.read_timeout_s:g} s (or {settings.connect_timeout_s:g} s to connect)"
            case httpx.ConnectError():
                return f"could not connect: {error}"
            case httpx.TransportError():
                return f"the exchange broke down: {error}"
            case UnpackError() | OverdrawnError():
                return str(error)
            case httpx.InvalidURL() | UnicodeError():
                return f"not a usable URL: {error}"
        return str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"


def _user_agent(settings: FetchSettings) -> str:
    return f"{settings.user_agent} (+{settings.contact})" if settings.contact else settings.user_agent


def _conditions(validators: Validators) -> list[tuple[bytes, bytes]]:
    """The conditional headers, byte for byte as they were given to us (HTTP headers are latin-1)."""
    pairs = ((b"If-None-Match", validators.etag), (b"If-Modified-Since", validators.last_modified))
    return [(name, value.encode("latin-1")) for name, value in pairs if value]


def _verbatim(headers: httpx.Headers, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in headers.raw if name.lower() == wanted), None)
