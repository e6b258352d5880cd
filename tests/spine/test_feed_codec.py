from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Feed, Validators
from dedup.nouns.schedule import FeedState
from dedup.spine.feed_codec import VERSION, decode_feed, encode_feed

states = st.builds(
    FeedState,
    feed=st.builds(Feed, st.text(), st.text(), st.text()),
    validators=st.builds(Validators, st.none() | st.text(), st.none() | st.text()),
    seen=st.dictionaries(st.text(), st.text()),
)


@given(states)
def test_what_is_encoded_is_decoded(state: FeedState) -> None:
    assert decode_feed(encode_feed(state)) == state
    assert encode_feed(state).isascii()


@pytest.mark.parametrize(
    "data", [b"", b"null", b"{}", b"[1]", b'{"v":1}', b"\xff", encode_feed(FeedState(Feed("u")))[:-1]]
)
def test_what_is_no_feed_is_an_error(data: bytes) -> None:
    with pytest.raises(StoreError, match="add it again"):
        decode_feed(data)


def test_another_version_is_named() -> None:
    record = json.loads(encode_feed(FeedState(Feed("u")))) | {"v": VERSION + 1}
    with pytest.raises(StoreError, match=f"version {VERSION + 1}"):
        decode_feed(json.dumps(record).encode())


SINCE_2 = ("prints", "last_whole", "polls", "sent", "skipped", "failed")
SINCE_1 = ("held", "fresh", "pace", "gap_s", "last_full", "last_news", "moving", "moved_to", "full_text", *SINCE_2)


@pytest.mark.parametrize(("version", "missing"), [(1, SINCE_1), (2, SINCE_2)])
def test_feeds_of_earlier_versions_are_still_read(version: int, missing: tuple[str, ...]) -> None:
    record = json.loads(encode_feed(FeedState(Feed("u"), entries=3))) | {"v": version}
    for new in missing:
        del record[new]
    assert decode_feed(json.dumps(record).encode()) == FeedState(Feed("u"), entries=3)
