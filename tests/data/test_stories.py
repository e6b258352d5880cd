"""The labelled stories keep the form that those who measure with them rely on."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

STORIES = Path(__file__).parent / "stories"
FIELDS = {"id", "source", "url", "title", "text", "lang", "published", "group"}


def stories(name: str) -> list[dict[str, str | None]]:
    lines = (STORIES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", ["lookalikes.jsonl", "copies.jsonl"])
def test_every_line_is_an_article_with_its_own_id_and_a_readable_date(name: str) -> None:
    articles = stories(name)
    assert all(set(article) >= FIELDS for article in articles)
    assert max(Counter(article["id"] for article in articles).values()) == 1
    assert all(datetime.fromisoformat(str(article["published"])).tzinfo for article in articles)


def test_a_look_alike_is_the_story_of_nobody_else() -> None:
    articles = stories("lookalikes.jsonl")
    assert len(articles) >= 120
    assert {article["group"] for article in articles} == {None}
    assert max(Counter(article["text"] for article in articles).values()) == 1


def test_every_group_of_copies_has_one_original_and_it_is_the_earliest() -> None:
    articles = stories("copies.jsonl")
    assert len(articles) >= 60
    groups = {article["group"] for article in articles}
    assert None not in groups
    for group in groups:
        members = sorted((a for a in articles if a["group"] == group), key=lambda a: str(a["published"]))
        assert [a["kind"] for a in members].count("original") == 1
        assert members[0]["kind"] == "original"
        assert len(members) >= 3
