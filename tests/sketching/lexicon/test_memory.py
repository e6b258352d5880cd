from __future__ import annotations

from collections.abc import Sequence

from dedup.sketching.lexicon.line import lines_of, words_in
from dedup.sketching.lexicon.memory import Memories


def test_what_is_known_is_not_worked_out_again() -> None:
    asked: list[str] = []

    def length(spellings: Sequence[str]) -> list[int]:
        asked.extend(spellings)
        return [len(one) for one in spellings]

    memories = Memories(most=2)
    memory = memories.new(length)
    assert list(memory.of(["a", "bb"])) == [1, 2]
    memories.tidy()
    assert list(memory.of(["bb", "ccc"])) == [2, 3]
    assert asked == ["a", "bb", "ccc"]


def test_what_does_not_come_up_is_forgotten() -> None:
    asked: list[str] = []

    def same(spellings: Sequence[str]) -> Sequence[str]:
        asked.extend(spellings)
        return spellings

    memories = Memories(most=1)
    memory = memories.new(same)
    for spelling in ("old", "kept", "kept", "new", "kept", "newer", "kept", "old"):
        list(memory.of([spelling, "kept"]))
        memories.tidy()
    assert asked.count("old") == 2
    assert asked.count("kept") == 1


def test_chunks_hold_the_words_of_a_line() -> None:
    (line,) = lines_of(["Mother-in-law’s 2nd\ncafé, 15,000 «слово»… 漢字 \ud800"])
    assert [word for chunk in line.chunks for word in words_in(chunk)] == [
        *["Mother", "in", "law", "s", "nd", "café", "слово", "漢字"]
    ]
    assert lines_of([]) == []
