"""The settings: every one there is, its type, its bounds and its default.

`config/dedup.toml` holds the same settings with the same defaults, each explained; a test compares the two.
How a file, the environment and the command line become one `Settings` is in `settings_toml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from dedup.following.addresses import networks

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
KIB, MIB = 1_024, 1_048_576
REDIS_SCHEMES = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel")


def is_redis_url(text: str) -> bool:
    """True for the URLs that `edges.redis_store.connect` knows: one Redis, a cluster, or sentinels."""
    return "://" in text and text.split("://", 1)[0] in REDIS_SCHEMES


def redacted(url: str) -> str:
    """The URL as it may be shown: the password, and a user name beside it, are hidden."""
    try:
        parts = urlsplit(url)
        place = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "***"
    return parts._replace(netloc=f"***@{place}" if "@" in parts.netloc else place, query="").geturl()


def _redis_url(url: str) -> str:
    if url and not is_redis_url(url):
        raise PydanticCustomError("redis_url", "not a Redis URL")
    return url


def _network(text: str) -> str:
    try:
        networks([text])
    except ValueError as error:
        raise PydanticCustomError("network", "not a network") from error
    return text


class Section(BaseModel):
    """A table of the file: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Data(Section):
    """Where dedup keeps what it knows."""

    dir: str = ""

    @property
    def path(self) -> Path:
        """The data directory; `settings_toml.load` has filled in the default."""
        return Path(self.dir).expanduser()


class Redis(Section):
    """Which Redis, and under which prefix."""

    url: Annotated[
        str,
        AfterValidator(_redis_url),
        Field(description="empty, or a redis://, rediss://, unix://, redis+cluster:// or redis+sentinel:// URL"),
    ] = ""
    namespace: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,32}$"),
        Field(description="1 to 32 letters, digits, dots, dashes or underscores"),
    ] = "dedup"


class Window(Section):
    """How long a story stays alive after its last article."""

    days: Annotated[int, Field(ge=1, le=365)] = 14
    translations_hours: Annotated[int, Field(ge=1, le=24 * 365)] = 72


class Poll(Section):
    """How feeds are asked for."""

    workers: Annotated[int, Field(ge=1, le=256)] = 8
    min_interval_s: Annotated[int, Field(ge=MINUTE_S, le=7 * DAY_S)] = 15 * MINUTE_S
    default_interval_s: Annotated[int, Field(ge=MINUTE_S, le=7 * DAY_S)] = 60 * MINUTE_S
    max_interval_s: Annotated[int, Field(ge=MINUTE_S, le=30 * DAY_S)] = DAY_S
    host_pause_s: Annotated[float, Field(ge=0, le=600)] = 0.25
    timeout_s: Annotated[float, Field(ge=1, le=600)] = 60.0
    max_bytes: Annotated[int, Field(ge=64 * KIB, le=256 * MIB)] = 15 * MIB
    feeds_here: bool = True
    allow_networks: Annotated[
        list[Annotated[str, AfterValidator(_network)]],
        Field(description='a list of networks such as ["10.0.0.0/8", "fd00::/8"]'),
    ] = []
    parsers: Annotated[int, Field(ge=1, le=64)] = 2
    parse_cpu_s: Annotated[float, Field(ge=0.1, le=300)] = 2.0
    parse_memory_bytes: Annotated[int, Field(ge=32 * MIB, le=4096 * MIB)] = 64 * MIB
    user_agent: Annotated[str, Field(description="printable ASCII", pattern=r"^[ -~]{1,200}$")] = "dedup/0.1"
    contact: Annotated[str, Field(description="empty, or a URL or mail address", pattern=r"^[!-~]{0,200}$")] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min_interval_s <= self.default_interval_s <= self.max_interval_s:
            expected = f"from min_interval_s ({self.min_interval_s}) to max_interval_s ({self.max_interval_s})"
            context = {"setting": "default_interval_s", "value": self.default_interval_s, "expected": expected}
            raise PydanticCustomError("across", "{expected}", context)
        return self


class Feeds(Section):
    """Which feeds to start with."""

    opml: str = "config/feeds.opml"


class Ingest(Section):
    """What is taken in, and how much at a time."""

    batch: Annotated[int, Field(ge=1, le=10_000)] = 1_024
    min_words: Annotated[int, Field(ge=1, le=1_000)] = 5
    max_text_bytes: Annotated[int, Field(ge=KIB, le=64 * MIB)] = 200_000


class Workers(Section):
    """How many threads group what the poller brings in."""

    count: Annotated[int, Field(ge=1, le=64)] = 1


class Http(Section):
    """Where the HTTP door is."""

    host: Annotated[str, Field(min_length=1, description="a host name or an IP address")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    max_body_bytes: Annotated[int, Field(ge=KIB, le=256 * MIB)] = 16 * MIB
    public_url: Annotated[
        str, Field(description="empty, or an http:// or https:// URL", pattern=r"^(https?://[!-~]{1,500})?$")
    ] = ""


class Log(Section):
    """How much is told on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Section):
    """All settings. Made by `settings_toml.load`; `Settings()` alone has no data directory."""

    data: Data = Data()
    redis: Redis = Redis()
    window: Window = Window()
    poll: Poll = Poll()
    feeds: Feeds = Feeds()
    ingest: Ingest = Ingest()
    workers: Workers = Workers()
    http: Http = Http()
    log: Log = Log()
