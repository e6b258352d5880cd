"""Two articles whose ids have one ref: whoever asks sees both by the ids that they came with."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given as example
from hypothesis import strategies as st

from dedup.nouns.errors import NotFoundError
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import canonical_url, given, names, namesake, ref_of
from dedup.spine.desk import Desk
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline

NOON = 1_790_000_000
FIRST, SECOND = "article 142506", "article 210388"
STORM = (
    "A storm cut the power of 40,000 homes around Halden on Tuesday night and closed both bridges over the Oxley. "
    "Nobody was hurt, although 27 people were brought out of a care home whose roof had given way."
)
FLOOD = (
    "The council of Rennes voted by 31 to 12 for a tram to the airport, which is to be paid by a levy on parking; "
    "work begins in spring, said the mayor, and trams will run every nine minutes."
)


@pytest.fixture
def desk() -> Desk:
    store = MemoryStore()
    pipeline = Pipeline(store, window_s=86_400 * 14, clock=lambda: NOON)
    reading = partial(read, settings=ReadingSettings())
    return Desk(store, pipeline, read=reading, canonical=canonical_url, clock=lambda: NOON)


def article(name: str, text: str, source: str) -> dict[str, object]:
    return {"id": name, "text": text, "source": source, "url": f"https://{source}.example/x", "published": NOON}


def test_the_two_have_one_ref() -> None:
    assert ref_of(FIRST) == ref_of(SECOND)


def test_copies_of_one_story(desk: Desk) -> None:
    tally, received = desk.push([article(FIRST, STORM, "a"), article(SECOND, STORM, "b")])
    assert tally.clustered == 2
    assert [one.id for one in received] == [FIRST, SECOND]
    assert {one.cluster for one in received} == {desk.cluster_of(SECOND).id}
    assert {member.id for member in desk.cluster_of(SECOND).members} == {FIRST, SECOND}
    assert {member.via for member in desk.cluster_of(SECOND).members} <= {None, FIRST, SECOND}
    assert {each for emitted in desk.events() for each in emitted.event.articles} == {FIRST, SECOND}
    assert {each.id for each in desk.similar("", STORM, published=NOON)} == {FIRST, SECOND}


def test_stories_of_their_own(desk: Desk) -> None:
    desk.push([article(FIRST, STORM, "a"), article(SECOND, FLOOD, "b")])
    assert [cluster.id for cluster in desk.all_clusters()] == [FIRST, SECOND]
    for name in (FIRST, SECOND):
        assert desk.cluster(name) == desk.cluster_of(name)
        assert desk.article(name).article.id == desk.article(name).cluster == name
        assert desk.lookup(name).article.article.id == name
    assert [each.article.id for each in desk.articles_at("https://b.example/x")] == [SECOND]
    with pytest.raises(NotFoundError, match="no cluster 'x'"):
        desk.cluster("x")


@example(st.text(min_size=1))
def test_an_id_is_told_from_any_name_that_is_made_of_it(article_id: str) -> None:
    own = given(article_id)
    assert all(given(name) == own for name in names(article_id))
    assert given(namesake(article_id)) == own
