"""The routes that answer: articles, clusters, explanations, events, feeds, health."""

from __future__ import annotations

import threading
import time
from typing import Annotated

from fastapi import APIRouter, Path, Query

from dedup.nouns.cluster import Events
from dedup.spine import shapes
from dedup.spine.contracts import (
    ClusterShape,
    EventsShape,
    ExplanationShape,
    FeedsShape,
    FoundShape,
    HealthShape,
    PageShape,
    StatusShape,
    StoredShape,
)
from dedup.spine.desk import Desk

MAX_PAGE = 1_000
MAX_WAIT_S = 60.0
SLICE_S = 1.0
"""A waiting request looks so often whether the server is to stop."""
MAX_WAITING = 16
"""So many requests may wait for events at once; more are answered without waiting, so that threads remain for others
(there are 40, the framework's default)."""

ArticleId = Annotated[str, Path(description="The id of an article; may hold slashes and anything else.")]
ClusterId = Annotated[str, Path(description="The id of a cluster: the id of the article that it was named by.")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


def answers(desk: Desk, stop: threading.Event) -> APIRouter:
    """The routes, before this desk."""
    router = APIRouter()
    _add_articles(router, desk)
    _add_clusters(router, desk)
    _add_events(router, desk, stop)
    _add_health(router, desk)
    return router


def _add_articles(router: APIRouter, desk: Desk) -> None:
    # Before the article itself, whose id would otherwise swallow the ending.
    @router.get("/v1/articles/{article_id:path}/cluster", tags=["articles"])
    def cluster_of(article_id: ArticleId) -> ClusterShape:
        """The cluster that an article is in."""
        return shapes.cluster(desk.cluster_of(article_id))

    @router.get("/v1/articles/{article_id:path}", tags=["articles"])
    def article(article_id: ArticleId) -> StoredShape:
        """An article with its text and the id of its cluster."""
        return shapes.stored(desk.article(article_id))

    @router.get("/v1/articles", tags=["articles"])
    def articles(url: Annotated[str, Query(min_length=1, description="A URL, however it is written.")]) -> FoundShape:
        """The articles with a URL; an empty list if there are none."""
        return shapes.found(desk.articles_at(url))

    @router.get("/v1/explain", tags=["articles"])
    def explain(a: Annotated[str, Query(min_length=1)], b: Annotated[str, Query(min_length=1)]) -> ExplanationShape:
        """Why, or why not, two articles are together."""
        return shapes.explanation(desk.explain(a, b))


def _add_clusters(router: APIRouter, desk: Desk) -> None:
    @router.get("/v1/clusters/{cluster_id:path}", tags=["clusters"])
    def cluster(cluster_id: ClusterId) -> ClusterShape:
        """A cluster; one that was merged away has no articles and names its successor in `replaced_by`."""
        return shapes.cluster(desk.cluster(cluster_id))

    @router.get("/v1/clusters", tags=["clusters"])
    def clusters(min_size: Annotated[int, Query(ge=1)] = 1, after: str | None = None, limit: Limit = 100) -> PageShape:
        """Clusters, in order of arrival. Ask again with `after` for the next ones, until it is null."""
        return shapes.page(desk.clusters(min_size, after, limit))


def _add_events(router: APIRouter, desk: Desk, stop: threading.Event) -> None:
    seats = threading.BoundedSemaphore(MAX_WAITING)

    @router.get("/v1/events", tags=["events"])
    def events(
        after: str | None = None,
        limit: Limit = 100,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT_S, description="Seconds to wait for the first event.")] = 0,
    ) -> EventsShape:
        """What happened after a cursor (without one: since the oldest event kept).

        Ask again with the `after` of the answer. An event may come twice; `cluster` and `version` tell. If `lost` is
        true, events after the cursor are kept no more: read the clusters.
        """
        seated = wait > 0 and seats.acquire(blocking=False)
        try:
            return shapes.events(_wait_for(desk, stop, after, limit, wait if seated else 0), after)
        finally:
            if seated:
                seats.release()


def _wait_for(desk: Desk, stop: threading.Event, after: str | None, limit: int, wait_s: float) -> Events:
    deadline = time.monotonic() + wait_s
    while True:
        left_s = deadline - time.monotonic()
        found = desk.events(after, limit, wait_s=max(0.0, min(left_s, SLICE_S)))
        if found or left_s <= SLICE_S or stop.is_set():
            return found


def _add_health(router: APIRouter, desk: Desk) -> None:
    @router.get("/v1/feeds", tags=["feeds"])
    def feeds() -> FeedsShape:
        """The feeds that are followed, and how polling them goes."""
        return shapes.feeds(desk.feeds())

    @router.get("/v1/status", tags=["health"])
    def status() -> StatusShape:
        """Running totals, and what is waiting."""
        return shapes.status(desk.status())

    @router.get("/healthz", tags=["health"])
    def healthz() -> HealthShape:
        """The server is alive."""
        return HealthShape(status="ok")

    @router.get("/readyz", tags=["health"])
    def readyz() -> HealthShape:
        """The server and its Redis are alive; 503 if Redis is not."""
        desk.store.waiting()
        return HealthShape(status="ready")
