"""`GET /metrics`: how it stands, in the text format that Prometheus and its kin collect."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from dedup.spine.desk import Desk, Status

_OUTCOMES = ("clustered", "skipped", "failed")


def metrics(desk: Desk) -> APIRouter:
    """The route, before this desk."""
    router = APIRouter()

    @router.get("/metrics", include_in_schema=False, response_class=PlainTextResponse)  # no JSON: not of the contracts
    def collected() -> str:
        """Running totals and the state of things, for programs that collect such figures."""
        return "".join(f"{line}\n" for line in lines(desk.status()))

    return router


def lines(status: Status) -> Iterator[str]:
    """The lines of the answer. What was accepted and is neither clustered, skipped nor failed is still waiting."""
    counts = status.counts
    yield from _family("dedup_articles_total", "counter", "outcome", {each: counts.get(each, 0) for each in _OUTCOMES})
    yield from _family("dedup_skipped_total", "counter", "reason", _under("skipped.", status))
    yield from _family("dedup_failed_total", "counter", "kind", _under("failed.", status))
    yield from _family("dedup_polls_total", "counter", "ended", dict(status.polls))
    fine = status.feeds - status.failing - status.gone
    yield from _family("dedup_feeds", "gauge", "state", {"fine": fine, "failing": status.failing, "gone": status.gone})
    for name, value in (("dedup_live_articles", counts.get("articles", 0)), ("dedup_waiting", status.waiting)):
        yield f"# TYPE {name} gauge"
        yield f"{name} {value}"


def _family(name: str, kind: str, label: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    for each, value in sorted(values.items()):
        yield f'{name}{{{label}="{_escaped(each)}"}} {value}'


def _under(prefix: str, status: Status) -> dict[str, int]:
    """The totals whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in status.counts.items() if name.startswith(prefix)}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
