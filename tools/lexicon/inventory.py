"""Which English stems become concepts, what they are called, and which pairs of them a word may mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dedup.sketching.lexicon.folding import WORD, fold
from tools.lexicon.english import SAYS_NOTHING, stem
from tools.lexicon.training import Learnt

STEMS_MOST = 30_000
MEANINGS_MOST = 65_535
SECOND_SHARE = 0.25
"""A stem counts as a meaning of a word from this share on; the best one always does."""
NAME_SHARE = 0.7
"""Of its occurrences within sentences, the share that is capitalised if a word is a name."""

WIDELY_KNOWN = 0.5
"""A name that half of the languages have needs no help from its sound."""

Sense = tuple[int, ...]
"""The concepts of a meaning; none if the word says nothing."""


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
    pairs: Mapping[tuple[int, int], int]
    glosses: tuple[str, ...]
    names: frozenset[int]

    def sense(self, word: Learnt) -> Sense | None:
        """The concepts of a word; none if it says nothing, None if it has no concept."""
        return _sense(word, self.numbers)

    def meaning(self, sense: Sense) -> int:
        """The number of a meaning; of a pair that has none, that of its first concept."""
        if len(sense) == 2:
            one, other = sorted(sense)
            return self.pairs.get((one, other), sense[0])
        return sense[0] if sense else 0


def take(english: English, read: Callable[[], Iterable[list[Learnt]]]) -> Inventory:
    """The concepts that most words of most languages, and most English text, speak of. `read` gives all languages."""
    counts: Counter[str] = Counter()
    for form, count in english.forms.items():
        counts[stem(form)] += count
    support, spread, languages = _support(read())
    known = {
        name: support[name] * min(counts[name], 200)
        for name in counts
        if support[name] >= 1 and name not in SAYS_NOTHING
    }
    chosen = sorted(sorted(known), key=lambda name: -known[name])[:STEMS_MOST]
    capitalised = _capitalised(english, chosen)
    numbers = {name: number for number, name in enumerate(sorted(chosen), 1)}
    known_by_few = {name for name in capitalised if spread[name] < WIDELY_KNOWN * languages}
    names = frozenset(numbers[name] for name in known_by_few)
    return Inventory(numbers, _pairs(read(), numbers), _glosses(english, numbers), names)


def _support(tables: Iterable[list[Learnt]]) -> tuple[Counter[str], Counter[str], int]:
    """How many languages have a word for a stem (half counts for those only in dictionaries), and how many there are."""
    support: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    languages = 0
    for table in tables:
        languages += 1
        seen: dict[str, float] = defaultdict(float)
        for word in table:
            best = word.stems[0][0]
            seen[best] = max(seen[best], 1.0 if word.count else 0.5)
        support.update(seen)
        spread.update(seen.keys())
    return support, spread, languages


def _pairs(tables: Iterable[list[Learnt]], numbers: Mapping[str, int]) -> dict[tuple[int, int], int]:
    """Numbers for the pairs of concepts that words have most often, beyond those of the concepts."""
    together: Counter[tuple[int, int]] = Counter()
    for table in tables:
        for word in table:
            sense = _sense(word, numbers)
            if sense is not None and len(sense) == 2:
                one, other = sorted(sense)
                together[one, other] += 1 + min(word.count, 20)
    first = max(numbers.values()) + 1
    kept = sorted(sorted(together), key=lambda pair: -together[pair])[: MEANINGS_MOST + 1 - first]
    return {pair: number for number, pair in enumerate(sorted(kept), first)}


def _sense(word: Learnt, numbers: Mapping[str, int]) -> Sense | None:
    if word.stems[0][0] in SAYS_NOTHING:
        return ()
    likely = [name for name, share in word.stems[:2] if share >= SECOND_SHARE] or [word.stems[0][0]]
    kept = tuple(dict.fromkeys(numbers[name] for name in likely if name in numbers))
    return kept or None


def _glosses(english: English, numbers: Mapping[str, int]) -> tuple[str, ...]:
    commonest: dict[str, tuple[int, str]] = {}
    for form, count in english.forms.items():
        name = stem(form)
        if name in numbers:
            commonest[name] = max(commonest.get(name, (0, "")), (count, form))
    return ("", *(commonest[name][1] for name in numbers))


def _capitalised(english: English, names: Iterable[str]) -> set[str]:
    inside: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for form, count in english.inside.items():
        inside[stem(form)] += count
        capital[stem(form)] += english.capital[form]
    return {name for name in names if inside[name] and capital[name] >= NAME_SHARE * inside[name]}


def _folded(counts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word, count in counts.items():
        folded = fold(word)
        if len(folded) > 1:
            found[folded] += count
    return found
