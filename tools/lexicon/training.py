"""One language's words and their meanings, learnt and written to a file of the build folder."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from dedup.sketching.lexicon.folding import WORD
from tools.lexicon.align import Bitext, learn
from tools.lexicon.english import stems
from tools.lexicon.glossary import Glossary, read_glossary
from tools.lexicon.sources import Language, pairs
from tools.lexicon.tokens import cohesive_runs, words

RUN_LONGEST_IN_DICTIONARY = 6
TELLING_SENTENCES = 40_000


@dataclass(frozen=True, slots=True)
class Learnt:
    """A word: how often the text has it, and its stems with their shares, best first."""

    word: str
    count: int
    stems: tuple[tuple[str, float], ...]


def train(language: Language, build: Path) -> str:
    """Learns a language, writes `CODE.meanings` and `CODE.telling`; returns a line for the log."""
    began = time.monotonic()
    glossary = read_glossary(language)
    bitext = Bitext.empty()
    telling: Counter[str] = Counter()
    read = [pair for _, pair in pairs(language)]
    known = _known_words(language, glossary, read)
    for english, foreign in read:
        bitext.add(words(foreign, language, known), stems(english))
    for _, foreign in read[:: max(1, len(read) // TELLING_SENTENCES)]:
        telling.update(word.lower() for word in WORD.findall(foreign))
    meanings, seen = learn(bitext, glossary)
    with (build / f"{language.code}.meanings").open("w", encoding="utf-8") as out:
        for word in sorted(meanings):
            count = int(seen[bitext.words[word]]) if word in bitext.words else 0
            out.write("\t".join([word, str(count), *(f"{stem} {share:.3f}" for stem, share in meanings[word])]) + "\n")
    write_counts(telling, build / f"{language.code}.telling")
    took = time.monotonic() - began
    return f"{language.code}: {len(read):,} pairs, {len(meanings):,} words, {took:.0f} s"


def learnt(code: str, build: Path) -> list[Learnt]:
    """What `train` wrote."""
    found = []
    with (build / f"{code}.meanings").open(encoding="utf-8") as lines:
        for line in lines:
            word, count, *meanings = line.rstrip("\n").split("\t")
            pairs_ = (meaning.rsplit(" ", 1) for meaning in meanings)
            found.append(Learnt(word, int(count), tuple((stem, float(share)) for stem, share in pairs_)))
    return found


def write_counts(counts: Counter[str], path: Path) -> None:
    """The commonest words of a language, for telling it from others."""
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:3000]
    total = counts.total()
    path.write_text("".join(f"{word}\t{count / total:.3e}\n" for word, count in best), encoding="utf-8")


def _known_words(language: Language, glossary: Glossary, read: list[tuple[str, str]]) -> set[str]:
    if language.writing == "syllables":
        return {word for word in glossary.glosses if "_" in word}
    if language.writing == "words":
        return set()
    listed = {word for word in glossary.words() if 2 <= len(word) <= RUN_LONGEST_IN_DICTIONARY}
    return listed | cohesive_runs(foreign for _, foreign in read)
