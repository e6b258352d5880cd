"""The contracts, written out: a change here is a change to other people's programs."""

from __future__ import annotations

import json
import math

import pytest

from dedup.nouns.article import Article, Clock
from dedup.nouns.cluster import Cluster, Emitted, Event, EventKind, Events, Member
from dedup.nouns.errors import DedupError, IndexMismatchError, InputError, NotFoundError, StoreError
from dedup.nouns.evidence import Evidence, Relation, Similarity
from dedup.nouns.feed import Feed
from dedup.nouns.record import Explanation, Match, Passage, Stored, Tally
from dedup.nouns.schedule import FeedState
from dedup.spine import shapes
from dedup.spine.desk import Lookup, Received, Status
from dedup.spine.store import Page

DAY = 1_767_323_045  # 2026-01-02T03:04:05Z
ARTICLE = Article("a", "S", "T", "B", DAY, Clock.FEED, DAY, DAY, url="https://s.example/a", lang="en")
STORED = Stored(ARTICLE, versions=2, cluster="a")
CLUSTER = Cluster("a", (Member("a"), Member("b", Relation.COPY, 0.98765, "a")), version=2)
EVIDENCE = Evidence(2.0, Relation.COPY, (Similarity("words", 0.81234, 0.9),), (("numbers", 0.5),))


def printed(shape: object) -> object:
    return json.loads(json.dumps(shape, allow_nan=False))


def test_a_cluster() -> None:
    assert printed(shapes.cluster(CLUSTER)) == {
        "cluster": "a",
        "articles": [
            {"id": "a", "relation": None, "score": None, "via": None},
            {"id": "b", "relation": "copy", "score": 0.9877, "via": "a"},
        ],
        "version": 2,
        "replaced_by": None,
    }
    assert printed(shapes.page(Page((Cluster("c", (), 3, "a"),), "next"))) == {
        "clusters": [{"cluster": "c", "articles": [], "version": 3, "replaced_by": "a"}],
        "after": "next",
    }


ARTICLE_SHAPE = {
    "id": "a", "url": "https://s.example/a", "source": "S", "title": "T", "lang": "en",
    "published": "2026-01-02T03:04:05Z", "clock": "feed", "versions": 2,
}  # fmt: skip


def test_a_lookup() -> None:
    assert printed(shapes.lookup(Lookup(STORED, CLUSTER, {"a": STORED}))) == {
        "article": ARTICLE_SHAPE,
        "cluster": "a",
        "articles": [
            {
                "id": "a", "relation": None, "score": None, "via": None,
                "url": "https://s.example/a", "title": "T", "source": "S",
            },
            {"id": "b", "relation": "copy", "score": 0.9877, "via": "a"},
        ],
        "version": 2,
    }  # fmt: skip


def test_an_article() -> None:
    assert printed(shapes.found([STORED])) == {"articles": [{**ARTICLE_SHAPE, "cluster": "a", "text": "B"}]}


def test_a_tally() -> None:
    shape = shapes.tally(Tally(4, 1, 2, 1))
    assert printed(shape) == {"accepted": 4, "clustered": 1, "skipped": 2, "failed": 1}
    assert json.dumps(shape) == '{"accepted": 4, "clustered": 1, "skipped": 2, "failed": 1}'
    assert printed(shapes.pushed(Tally(1, 1), [Received("a", "a")])) == {
        "accepted": 1, "clustered": 1, "skipped": 0, "failed": 0,
        "articles": [{"id": "a", "cluster": "a", "skipped": None, "error": None}],
    }  # fmt: skip


def test_events() -> None:
    emitted = Emitted("7-0", Event(EventKind.MERGED, "a", 3, ("b", "c"), DAY, other="b", size=5, ticket=9))
    assert printed(shapes.events(Events([emitted], lost=True), "6-0")) == {
        "events": [
            {
                "cursor": "7-0", "kind": "merged", "cluster": "a", "version": 3, "articles": ["b", "c"], "other": "b",
                "size": 5, "at": "2026-01-02T03:04:05Z", "ticket": 9,
            }
        ],
        "after": "7-0",
        "lost": True,
    }  # fmt: skip
    assert printed(shapes.events(Events(), "6-0")) == {"events": [], "after": "6-0", "lost": False}


def test_an_explanation() -> None:
    explanation = Explanation("a", "b", True, True, 0.5, EVIDENCE, (Passage("x Y", "x y", 2),))
    assert printed(shapes.explanation(explanation)) == {
        "a": "a", "b": "b", "together": True, "candidate": True, "threshold": 0.5, "log_odds": 2.0,
        "probability": 0.8808, "relation": "copy",
        "views": [{"view": "words", "jaccard": 0.8123, "containment": 0.9}],
        "facts": {"numbers": 0.5}, "passages": [{"a": "x Y", "b": "x y", "words": 2}], "concepts": [],
    }  # fmt: skip


@pytest.mark.parametrize(("log_odds", "probability"), [(math.inf, 1.0), (-math.inf, 0.0), (0.0, 0.5)])
def test_infinite_evidence_is_still_json(log_odds: float, probability: float) -> None:
    evidence = Evidence(log_odds, Relation.EXACT, (), (("judged", log_odds),))
    shape = shapes.explanation(Explanation("a", "b", True, True, 0.5, evidence))
    printed(shape)
    assert shape["probability"] == probability


def test_matches() -> None:
    assert printed(shapes.matches([Match("a", "c", EVIDENCE)])) == {
        "matches": [
            {
                "id": "a", "cluster": "c", "relation": "copy", "score": 0.8808,
                "views": [{"view": "words", "jaccard": 0.8123, "containment": 0.9}],
            }
        ]
    }  # fmt: skip


def test_a_feed() -> None:
    state = FeedState(
        Feed("https://s.example/feed", "T", "S"), next_poll=DAY, why="usual", failures=2, error="away",
        polls={"updated": 4}, sent=3, skipped={"empty": 1}, failed={"ValueError": 2},
    )  # fmt: skip
    shape = {
        "url": "https://s.example/feed", "state": "failing", "title": "T", "source": "S",
        "next_poll": "2026-01-02T03:04:05Z",
        "why": "usual", "last_poll": None, "last_success": None, "interval_s": 0, "failures": 2, "error": "away",
        "gone": False, "entries": 0, "held": 0, "fresh": 0, "last_news": None,
        "sent": 3, "skipped": {"empty": 1}, "failed": {"ValueError": 2}, "polls": {"updated": 4},
        "moved_to": "", "full_text": False,
    }  # fmt: skip
    assert printed(shapes.feeds([state])) == {"feeds": [shape]}


def test_a_status() -> None:
    assert printed(shapes.status(Status({"articles": 1}, 2, 3, 1, None, 1, {"failed": 2}))) == {
        "feeds": 3, "failing": 1, "gone": 1, "next_poll": None, "waiting": 2, "counts": {"articles": 1},
        "polls": {"failed": 2},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (NotFoundError("article", "x"), "not_found"),
        (StoreError("away"), "store"),
        (IndexMismatchError("1", "2"), "index_mismatch"),
        (InputError("f:1", "text: missing"), "input"),
        (DedupError("?"), "error"),
    ],
)
def test_an_error(error: DedupError, name: str) -> None:
    assert shapes.error(error) == {"error": {"type": name, "message": str(error)}}
