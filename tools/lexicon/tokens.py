"""The words of a sentence in training, as the table will be asked for them later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator

from dedup.sketching.lexicon.folding import WORD, fold
from dedup.sketching.lexicon.segmentation import KATAKANA, LONGEST_NAME, LONGEST_RUN, RUNS
from tools.lexicon.sources import Language

COHESIVE_LEAST = 8
"""How often a run of three or four signs must occur to be taken for a word,"""
COHESIVE_SHARE = 0.6
"""and how often, as a share of its commoner half: else it is a mere extension."""


def words(sentence: str, language: Language, known: Container[str]) -> list[str]:
    """The distinct words of a sentence, in order; of scripts without spaces, known words and pairs of signs."""
    if language.writing == "runs":
        found = _in_runs(sentence, known)
    else:
        folded = (fold(word, language.code) for word in WORD.findall(sentence))
        found = (word for word in folded if len(word) > 1 or language.writing == "syllables")
        if language.writing == "syllables":
            found = _grouped(list(found), known)
    return list(dict.fromkeys(found))


def cohesive_runs(sentences: Iterable[str]) -> set[str]:
    """Runs of three and four Han or Hangul signs that occur together too often to be chance."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        for run in RUNS.findall(sentence):
            for length in (2, 3, 4):
                counts.update(run[start : start + length] for start in range(len(run) - length + 1))
    return {
        run
        for run, count in counts.items()
        if len(run) > 2 and count >= COHESIVE_LEAST and count > COHESIVE_SHARE * max(counts[run[1:]], counts[run[:-1]])
    }


def _in_runs(sentence: str, known: Container[str]) -> Iterator[str]:
    folded = fold(sentence)
    for run in RUNS.findall(folded):
        yield from _longest(run, known)
    yield from (name for name in KATAKANA.findall(folded) if len(name) > 1)
    yield from (word for word in WORD.findall(folded) if len(word) > 1 and word.isascii())


def _longest(run: str, known: Container[str]) -> Iterator[str]:
    place = unknown_from = 0
    while place < len(run):
        for length in range(min(LONGEST_RUN, len(run) - place), 1, -1):
            if run[place : place + length] in known:
                yield from (run[start : start + 2] for start in range(unknown_from, place - 1))
                yield run[place : place + length]
                place += length
                unknown_from = place
                break
        else:
            place += 1
    yield from (run[start : start + 2] for start in range(unknown_from, place - 1))


def _grouped(syllables: list[str], known: Container[str]) -> Iterator[str]:
    place = 0
    while place < len(syllables):
        for length in range(min(LONGEST_NAME, len(syllables) - place), 0, -1):
            group = "_".join(syllables[place : place + length])
            if length == 1 or group in known:
                yield group
                place += length
                break
