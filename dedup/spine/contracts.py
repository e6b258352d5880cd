"""The JSON contracts: the type of everything that `--json` prints and HTTP answers. OpenAPI is made from these.

Other people's programs hold on to them: keys may be added, never renamed or removed. Times are ISO 8601 in UTC,
scores are probabilities. `shapes` makes them from the nouns.
"""

from __future__ import annotations

from typing import NotRequired

# The standard library's TypedDict does, before Python 3.12, not tell pydantic enough to describe it in OpenAPI.
from typing_extensions import TypedDict


class MemberShape(TypedDict):
    """An article in a cluster and how it joined; for the first member `relation`, `score` and `via` are null."""

    id: str
    relation: str | None
    score: float | None
    via: str | None
    url: NotRequired[str | None]
    title: NotRequired[str]
    source: NotRequired[str]


class ClusterShape(TypedDict):
    """A cluster; one that was merged away has no articles and names its successor."""

    cluster: str
    articles: list[MemberShape]
    version: int
    replaced_by: str | None


class PageShape(TypedDict):
    """Some clusters; `after` asks for the next ones, null: that was all."""

    clusters: list[ClusterShape]
    after: str | None


class ArticleShape(TypedDict):
    """An article; `clock` says whether `published` is the feed's date or our first sight of it."""

    id: str
    url: str | None
    source: str
    title: str
    lang: str | None
    published: str
    clock: str
    versions: int


class StoredShape(ArticleShape):
    """An article with its text and the id of its cluster."""

    cluster: str
    text: str


class FoundShape(TypedDict):
    """The articles with a URL."""

    articles: list[StoredShape]


class LookupShape(TypedDict):
    """An article with its cluster and the cluster's articles."""

    article: ArticleShape
    cluster: str
    articles: list[MemberShape]
    version: int


class TallyShape(TypedDict):
    """What became of a number of articles: accepted = clustered + skipped + failed."""

    accepted: int
    clustered: int
    skipped: int
    failed: int


class ReceivedShape(TypedDict):
    """What became of one pushed article: its id and cluster, or why it was skipped, or what was wrong with it."""

    id: str | None
    cluster: str | None
    skipped: str | None
    error: str | None


class PushedShape(TallyShape):
    """What became of the pushed articles, all together and one by one, in the order they came in."""

    articles: list[ReceivedShape]


class EventShape(TypedDict):
    """Something happened to a cluster; `cluster` and `version` together name the event.

    Of two events about one article the one with the higher `ticket` holds, in whatever order they come.
    """

    cursor: str
    kind: str
    cluster: str
    version: int
    articles: list[str]
    other: str | None
    size: int
    at: str
    ticket: int


class EventsShape(TypedDict):
    """Some events; `after` asks for what follows them. `lost`: between them and the cursor that was asked with are some
    that are kept no more; the clusters say how it stands."""

    events: list[EventShape]
    after: str | None
    lost: bool


class ViewShape(TypedDict):
    """What one view says of a pair."""

    view: str
    jaccard: float
    containment: float


class PassageShape(TypedDict):
    """A run of words that two articles share."""

    a: str
    b: str
    words: int


class ConceptShape(TypedDict):
    """Something that both articles say: its name in English, and the words of each."""

    concept: str
    a: list[str]
    b: list[str]


class ExplanationShape(TypedDict):
    """Why, or why not, two articles are together."""

    a: str
    b: str
    together: bool
    candidate: bool
    threshold: float
    log_odds: float
    probability: float
    relation: str
    views: list[ViewShape]
    facts: dict[str, float]
    passages: list[PassageShape]
    concepts: list[ConceptShape]


class MatchShape(TypedDict):
    """An article of the index that matches a text."""

    id: str
    cluster: str
    relation: str
    score: float
    views: list[ViewShape]


class MatchesShape(TypedDict):
    """The matches of a text, best first."""

    matches: list[MatchShape]


class FeedShape(TypedDict):
    """A feed and how polling it goes; times are null where it has not happened.

    `state` is `new`, `fine`, `failing` or `gone` (410: not asked any more). `why` tells why the next poll is then.
    `held` and `fresh` count the entries and the new ones of the last document, `entries` all that were ever new: they
    were `sent` on, `skipped` (by reason; also what the parser left out) or `failed` (by kind of error). `polls` counts
    how polls ended. `moved_to` is where the feed is now, if it has moved for good, else empty.
    """

    url: str
    state: str
    title: str
    source: str
    next_poll: str | None
    why: str
    last_poll: str | None
    last_success: str | None
    interval_s: int
    failures: int
    error: str
    gone: bool
    entries: int
    held: int
    fresh: int
    last_news: str | None
    sent: int
    skipped: dict[str, int]
    failed: dict[str, int]
    polls: dict[str, int]
    moved_to: str
    full_text: bool


class FeedsShape(TypedDict):
    """The feeds that are followed."""

    feeds: list[FeedShape]


class StatusShape(TypedDict):
    """How it stands. `gone` counts the feeds that answered 410, `polls` the polls of all feeds by how they ended."""

    feeds: int
    failing: int
    gone: int
    next_poll: str | None
    waiting: int
    counts: dict[str, int]
    polls: dict[str, int]


class HealthShape(TypedDict):
    """Alive, or ready."""

    status: str


class ReasonShape(TypedDict):
    """What kind of error, and what it says."""

    type: str
    message: str


class ErrorShape(TypedDict):
    """The shape of every error."""

    error: ReasonShape
