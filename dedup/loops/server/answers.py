"""The routes that answer: articles, clusters, explanations, feeds, health."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from dedup.loops.server.events import MAX_PAGE
from dedup.spine import shapes
from dedup.spine.contracts import (
    ClusterShape,
    ExplanationShape,
    FeedsShape,
    FoundShape,
    HealthShape,
    PageShape,
    StatusShape,
    StoredShape,
)
from dedup.spine.desk import Desk

ArticleId = Annotated[str, Path(description="The id of an article; may hold slashes and anything else.")]
ClusterId = Annotated[str, Path(description="The id of a cluster: the id of the article that it was named by.")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


def answers(desk: Desk) -> APIRouter:
    """The routes, before this desk."""
    router = APIRouter()
    _add_articles(router, desk)
    _add_clusters(router, desk)
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
        """Clusters, in order of arrival. Ask again with `after` for the next ones, until it is null.

        A page may hold fewer than `limit`, even none, and not be the last: it ends after 20,000 articles looked at.
        """
        return shapes.page(desk.clusters(min_size, after, limit))


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
