from __future__ import annotations

from dedup.sketching.lexicon.folding import WORD
from dedup.sketching.lexicon.line import lines_of
from dedup.sketching.lexicon.memory import LONGEST, Memories
from dedup.sketching.lexicon.spellings import Spellings


def test_what_is_known_is_not_worked_out_again() -> None:
    asked: list[str] = []

    def length(spelling: str) -> int:
        asked.append(spelling)
        return len(spelling)

    memories = Memories(most=2)
    memory = memories.new(length)
    assert [memory[one] for one in ("a", "bb", "a")] == [1, 2, 1]
    memories.tidy()
    assert [memory[one] for one in ("bb", "ccc")] == [2, 3]
    assert asked == ["a", "bb", "ccc"]


def test_what_does_not_come_up_is_forgotten() -> None:
    asked: list[str] = []

    def same(spelling: str) -> str:
        asked.append(spelling)
        return spelling

    memories = Memories(most=1)
    memory = memories.new(same)
    for spelling in ("old", "new", "newer", "old"):
        assert memory["kept"] == "kept"
        assert memory[spelling] == spelling
        memories.tidy()
    assert asked.count("old") == 2
    assert asked.count("kept") == 1


def test_chunks_hold_the_words_of_a_line() -> None:
    (line,) = lines_of(["Mother-in-law’s 2nd\ncafé, 15,000 «слово»… 漢字 \ud800"], Spellings(9))
    assert [word for chunk in line.chunks for word in WORD.findall(chunk)] == [
        *["Mother", "in", "law", "s", "nd", "café", "слово", "漢字"]
    ]
    assert lines_of([], Spellings(9)) == []


def test_what_is_longer_than_a_word_is_worked_out_and_not_remembered() -> None:
    memory = Memories(most=9).new(len)
    for length in (LONGEST, LONGEST + 1):
        assert memory["x" * length] == length
    assert list(memory) == ["x" * LONGEST]
