"""The listener lends its readers, and their memories, to whoever listens."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dedup.edges import lexicon_file
from dedup.edges.lexicon_file import Listener, shipped_table
from dedup.nouns.article import Article, Clock
from dedup.sketching.concepts import Reader
from dedup.sketching.lexicon.table import Table
from dedup.sketching.text import Text, read
from tests.sketching.test_concepts import ENGLISH, OTHERS

STORIES = [read(Article("a", "s", "", story, 0, Clock.SEEN, 0, 0)) for story in (ENGLISH, *OTHERS.values())]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """The readers that listeners made."""
    readers: list[Reader] = []

    def new(table: Table) -> Reader:
        readers.append(Reader(table))
        return readers[-1]

    monkeypatch.setattr(lexicon_file, "Reader", new)
    return readers


def test_threads_that_come_one_after_the_other_share_a_reader(made: list[Reader]) -> None:
    listener = Listener()
    for story in STORIES[:5]:
        thread = threading.Thread(target=listener, args=(story,))
        thread.start()
        thread.join()
    listener.origins(STORIES[0])
    assert len(made) == 1


def test_threads_at_the_same_time_have_a_reader_each_and_understand_the_same(made: list[Reader]) -> None:
    alone = Reader(shipped_table())
    expected = [alone.read(story) for story in STORIES]
    listener = Listener()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(listener, STORIES * 5))
    for one, other in zip(found, expected * 5, strict=True):
        np.testing.assert_array_equal(one.elements, other.elements)
    assert len(made) <= 4


def test_a_reader_that_raised_is_not_lent_again(made: list[Reader], monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener()
    with monkeypatch.context() as broken:
        broken.setattr(Reader, "read", _out_of_memory)
        with pytest.raises(MemoryError):
            listener(STORIES[0])
    assert listener(STORIES[0]).language == "en"
    assert len(made) == 2


def _out_of_memory(reader: Reader, text: Text) -> None:
    raise MemoryError
