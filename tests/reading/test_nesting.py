from __future__ import annotations

import time

import pytest

from dedup.reading.markup import plain


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "text",
        "<b><div>" * 50_000 + "text",
        "<div></span>" * 50_000 + "text",
        "<div>" * 100_000 + "text" + "</div>" * 100_000,
        "<a href=x>" * 80_000 + "text",
        "<table><tr><td>" * 30_000 + "text",
        "<font><p>" * 50_000 + "text",
        "&lt;div&gt;" * 80_000 + "text",
        "<svg><g>" * 50_000 + "</svg>text",
    ],
)
def test_depth_does_not_cost_time(markup: str) -> None:
    began = time.process_time()
    assert plain(markup).strip() in ("text", "")
    assert time.process_time() - began < 2


def test_what_people_write_is_not_too_deep() -> None:
    assert plain("<ul>" + "<li><p>one<br><b>two</b>" * 2_000 + "</ul>").count("two") == 2_000
    assert plain("<div>" * 300 + "deep" + "</div>" * 300) == "deep"
