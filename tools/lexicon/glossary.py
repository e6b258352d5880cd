"""What Wiktionary says: each word's English stems with weights, also for its inflected forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from dedup.sketching.lexicon.folding import WORD, fold
from tools.lexicon.english import SAYS_NOTHING, stem
from tools.lexicon.sources import Language, dictionary, inflections

GLOSS_LONGEST = 2
"""Words of a gloss; longer ones explain rather than translate."""
JAPANESE_VERB = "する"

Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Glossary:
    """A language's dictionary."""

    glosses: Mapping[str, Weights]
    lemmas: Mapping[str, list[str]]
    """Of inflected forms that have no gloss of their own."""

    def of(self, word: str) -> Weights:
        """The stems of a word and their weights; empty if the dictionary does not have it."""
        own = self.glosses.get(word)
        if own is not None:
            return own
        found: Weights = {}
        for lemma in self.lemmas.get(word, ()):
            for gloss, weight in self.glosses[lemma].items():
                found[gloss] = found.get(gloss, 0.0) + weight
        return found

    def words(self) -> list[str]:
        """Every word that has glosses."""
        return [*self.glosses, *self.lemmas]


def read_glossary(language: Language) -> Glossary:
    """The dictionary of a language in folded spelling."""
    glosses: dict[str, Weights] = defaultdict(dict)
    lemmas: dict[str, list[str]] = defaultdict(list)
    for code in (language.code, *language.also):
        for word, english, rank in dictionary(code):
            key = _key(word, language)
            stems = [stem(fold(part)) for part in WORD.findall(english) if len(part) > 1]
            stems = [part for part in stems if part not in SAYS_NOTHING] or stems
            if key and 0 < len(stems) <= GLOSS_LONGEST:
                for part in stems:
                    glosses[key][part] = glosses[key].get(part, 0.0) + 1 / (1 + rank) / len(stems)
    if language.writing != "syllables":
        for code in (language.code, *language.also):
            for form, lemma in inflections(code):
                key, base = _key(form, language), _key(lemma, language)
                if key and key not in glosses and base in glosses:
                    lemmas[key].append(base)
    return Glossary(dict(glosses), dict(lemmas))


def _key(word: str, language: Language) -> str:
    folded = fold(word, language.code)
    if language.writing == "syllables":
        return folded.replace(" ", "_") if all(map(WORD.fullmatch, folded.split(" "))) else ""
    if language.code == "ja" and len(folded) > 3:
        folded = folded.removesuffix(JAPANESE_VERB)
    return folded if WORD.fullmatch(folded) else ""
