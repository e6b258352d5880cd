"""What the sample says of itself is complete and true."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import feedparser
import pytest

from dedup.sample.editions import FEEDS, feed_and_edition

RELATIONS = {"first", "copy", "excerpt", "revision", "translation"}


@dataclass(frozen=True, slots=True)
class Item:
    feed: str
    guid: str
    url: str
    text: str
    minutes_ago: int


@dataclass(frozen=True, slots=True)
class Expected:
    story: str
    feed: str
    guid: str
    relation: str


def items(path: Path) -> list[Item]:
    if path.suffix == ".json":
        return [
            Item(path.name, i["id"], i["url"], i.get("content_html") or i["content_text"], minutes(i["date_published"]))
            for i in json.loads(path.read_text(encoding="utf-8"))["items"]
        ]
    found = []
    for entry in feedparser.parse(path.read_bytes()).entries:
        text = entry.content[0].value if "content" in entry else entry.summary
        date = entry.get("published") or entry.updated
        # An RSS 1.0 item has no guid: its URL is its name.
        found.append(Item(path.name, entry.get("id", entry.link), entry.link, entry.title + text, minutes(date)))
    return found


def minutes(date: str) -> int:
    found = re.fullmatch(r"\{\{minutes_ago:(\d+)\}\}", date)
    assert found, date
    return int(found[1])


def expected() -> list[Expected]:
    stories = json.loads((FEEDS.parent / "truth.json").read_text(encoding="utf-8"))["stories"]
    return [Expected(story, m["feed"], m["guid"], m["relation"]) for story, members in stories.items() for m in members]


ALL = {(item.feed, item.guid): item for item in chain.from_iterable(items(path) for path in FEEDS.iterdir())}


def test_every_item_of_a_first_edition_is_in_one_story_and_nothing_else_is() -> None:
    told = Counter((m.feed, m.guid) for m in expected() if m.relation != "revision")
    served = {key for key in ALL if feed_and_edition(key[0])[1] == 1}
    assert set(told) == served
    assert max(told.values()) == 1
    assert 90 <= len(served) <= 140


def test_a_revision_is_an_item_that_a_later_edition_changes_and_every_changed_item_is_told() -> None:
    changed = set()
    for (name, guid), item in ALL.items():
        feed, edition = feed_and_edition(name)
        if edition > 1:
            before = ALL[feed, guid]
            assert before.url == item.url
            if before.text != item.text:
                changed.add((name, guid))
    assert {(m.feed, m.guid) for m in expected() if m.relation == "revision"} == changed
    assert len(changed) >= 3


def test_a_revision_belongs_to_the_story_that_it_revises() -> None:
    members = {(m.feed, m.guid): m.story for m in expected()}
    for member in expected():
        feed, _ = feed_and_edition(member.feed)
        assert members[feed, member.guid] == member.story


def test_the_first_of_a_story_is_one_and_the_earliest() -> None:
    by_story: dict[str, list[Expected]] = {}
    for member in expected():
        assert member.relation in RELATIONS
        by_story.setdefault(member.story, []).append(member)
    for members in by_story.values():
        firsts = [m for m in members if m.relation == "first"]
        assert len(firsts) == 1
        earliest = max(members, key=lambda m: ALL[m.feed, m.guid].minutes_ago)
        assert ALL[firsts[0].feed, firsts[0].guid].minutes_ago == ALL[earliest.feed, earliest.guid].minutes_ago


def test_look_alikes_are_stories_of_their_own() -> None:
    truth = json.loads((FEEDS.parent / "truth.json").read_text(encoding="utf-8"))
    assert len(truth["apart"]) >= 8
    for names in truth["apart"]:
        assert len(set(names)) == len(names) >= 2
        assert set(names) <= set(truth["stories"])


@pytest.mark.parametrize("path", sorted(FEEDS.iterdir()), ids=lambda path: path.name)
def test_every_document_is_well_formed_and_its_items_have_names_and_dates(path: Path) -> None:
    if path.suffix == ".json":
        assert json.loads(path.read_text(encoding="utf-8"))["version"] == "https://jsonfeed.org/version/1.1"
    else:
        assert not feedparser.parse(path.read_bytes()).bozo
    guids = [item.guid for item in items(path)]
    assert len(set(guids)) == len(guids) >= 5
