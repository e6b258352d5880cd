"""`GET /metrics`, in the format that Prometheus collects."""

from __future__ import annotations

from dedup.loops.server.metrics import lines
from dedup.spine.desk import Status

COUNTS = {"accepted": 9, "clustered": 4, "skipped": 3, "failed": 1, "skipped.too_short": 3, "failed.ValueError": 1}


def test_every_total_and_every_reason() -> None:
    status = Status({**COUNTS, "articles": 4}, 1, 5, 2, None, 1, {"not_modified": 7, 'a"b': 1})
    assert list(lines(status)) == [
        "# TYPE dedup_articles_total counter",
        'dedup_articles_total{outcome="clustered"} 4',
        'dedup_articles_total{outcome="failed"} 1',
        'dedup_articles_total{outcome="skipped"} 3',
        "# TYPE dedup_skipped_total counter",
        'dedup_skipped_total{reason="too_short"} 3',
        "# TYPE dedup_failed_total counter",
        'dedup_failed_total{kind="ValueError"} 1',
        "# TYPE dedup_polls_total counter",
        'dedup_polls_total{ended="a\\"b"} 1',
        'dedup_polls_total{ended="not_modified"} 7',
        "# TYPE dedup_feeds gauge",
        'dedup_feeds{state="failing"} 2',
        'dedup_feeds{state="fine"} 2',
        'dedup_feeds{state="gone"} 1',
        "# TYPE dedup_live_articles gauge",
        "dedup_live_articles 4",
        "# TYPE dedup_waiting gauge",
        "dedup_waiting 1",
    ]
