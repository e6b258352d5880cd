"""Which English stems become concepts, what they are called, and which pairs of them a word may mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dedup.sketching.lexicon.folding import WORD, fold
from tools.lexicon.english import SAYS_NOTHING, stem
from tools.lexicon.training import Learnt

CONCEPTS_MOST = 30_000
MEANINGS_MOST = 65_535
SECOND_SHARE = 0.25
"""A stem counts as a meaning of a word from this share on; the best one always does."""
NAME_SHARE = 0.7
"""Of its occurrences within sentences, the share that is capitalised if a word is a name."""

Sense = tuple[str, ...]
"""The stems of a meaning; none if the word says nothing."""


@dataclass(slots=True)
class English:
    """What the English side of the text has: forms, how often, and how often with a capital within a sentence."""

    forms: Counter[str]
    inside: Counter[str]
    capital: Counter[str]

    @classmethod
    def of(cls, sentences: Iterable[str]) -> English:
        """Counts the words of sentences."""
        forms: Counter[str] = Counter()
        inside: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        for sentence in sentences:
            words = WORD.findall(sentence)
            forms.update(words)
            inside.update(words[1:])
            capital.update(word for word in words[1:] if word[0].isupper())
        return cls(_folded(forms), _folded(inside), _folded(capital))


@dataclass(frozen=True, slots=True)
class Inventory:
    """Concepts by number, from 1; then pairs of concepts, numbered on."""

    numbers: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    glosses: tuple[str, ...]
    names: frozenset[str]

    def sense(self, word: Learnt) -> Sense | None:
        """The stems of a word that are concepts; empty if it says nothing, None if it has none."""
        return _sense(word, self.numbers)

    def meaning(self, sense: Sense) -> int:
        """The number of a meaning; of a pair that has none, that of its first concept."""
        if not sense:
            return 0
        if len(sense) == 2:
            one, other = sorted(sense)
            if (one, other) in self.pairs:
                return self.pairs[one, other]
        return self.numbers[sense[0]]


def take(english: English, tables: Iterable[list[Learnt]]) -> Inventory:
    """The concepts that most words of most languages, and most English text, speak of."""
    support: Counter[str] = Counter()
    senses: Counter[Sense] = Counter()
    counts: Counter[str] = Counter()
    for form, count in english.forms.items():
        counts[stem(form)] += count
    for table in tables:
        seen: dict[str, float] = defaultdict(float)
        for word in table:
            best = word.stems[0][0]
            seen[best] = max(seen[best], 1.0 if word.count else 0.5)
            senses[_best_two(word)] += 1 + min(word.count, 20)
        support.update(seen)  # type: ignore[arg-type]
    known = {name: support[name] * min(counts[name], 200) for name in counts if support[name] >= 1 and name not in SAYS_NOTHING}
    chosen = sorted(sorted(known), key=lambda name: -known[name])[:CONCEPTS_MOST]
    numbers = {name: number for number, name in enumerate(sorted(chosen), 1)}
    together: Counter[tuple[str, str]] = Counter()
    for sense, count in senses.items():
        if len(sense) == 2 and sense[0] in numbers and sense[1] in numbers:
            one, other = sorted(sense)
            together[one, other] += count
    room = MEANINGS_MOST - len(numbers)
    kept = sorted(sorted(together), key=lambda pair: -together[pair])[:room]
    pairs = {pair: number for number, pair in enumerate(sorted(kept), len(numbers) + 1)}
    return Inventory(numbers, pairs, _glosses(english, numbers), _names(english, numbers))


def _best_two(word: Learnt) -> Sense:
    return tuple(name for name, share in word.stems[:2] if share >= SECOND_SHARE)


def _sense(word: Learnt, numbers: Mapping[str, int]) -> Sense | None:
    if word.stems[0][0] in SAYS_NOTHING:
        return ()
    likely = [name for name, share in word.stems[:2] if share >= SECOND_SHARE] or [word.stems[0][0]]
    kept = tuple(name for name in likely if name in numbers)
    return kept or None


def _glosses(english: English, numbers: Mapping[str, int]) -> tuple[str, ...]:
    commonest: dict[str, tuple[int, str]] = {}
    for form, count in english.forms.items():
        name = stem(form)
        if name in numbers:
            commonest[name] = max(commonest.get(name, (0, "")), (count, form))
    return ("", *(commonest[name][1] for name in numbers))


def _names(english: English, numbers: Mapping[str, int]) -> frozenset[str]:
    inside: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for form, count in english.inside.items():
        inside[stem(form)] += count
        capital[stem(form)] += english.capital[form]
    return frozenset(name for name in numbers if inside[name] and capital[name] >= NAME_SHARE * inside[name])


def _folded(counts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word, count in counts.items():
        folded = fold(word)
        if len(folded) > 1:
            found[folded] += count
    return found
