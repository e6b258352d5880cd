"""Words of languages with spaces: the word itself, its prefix, its stem without clitics, or the parts of a compound."""

from __future__ import annotations

from dedup.sketching.lexicon.table import EXACT, PREFIX_LEAST, Shelf, word_key

CLITICS = {
    "ar": ("وال", "بال", "كال", "فال", "ولل", "لل", "ال", "و", "ب", "ل", "ف", "ك", "س"),
    "fa": ("نمي", "مي", "ب"),
    "he": ("וה", "וב", "ול", "ומ", "שה", "כש", "ש", "ה", "ו", "ב", "ל", "מ", "כ"),
}
"""Prefixed articles, prepositions and conjunctions, longest first, in folded spelling."""
CLITIC_REST_LEAST = 3
COMPOUNDING = frozenset("de nl sv da no fi hu is et".split())
COMPOUND_LEAST = 9
COMPOUND_MOST = 60
"""Letters. Every place is tried where a word may be parted, so what is longer would cost the square of its length: a
run of 190,000 letters ten seconds. News writes none: in 7,500 articles the longest that parts has 32."""
PART_LEAST = 4
LINKING = "sen"
"""Letters that link the parts of a compound: Arbeit-s-markt, Strasse-n-bahn."""


def meanings(folded: str, language: str, shelf: Shelf) -> tuple[int, ...]:
    """What a word means: one meaning, those of both parts of a compound, or none if the word is not known."""
    exact = shelf.meaning(word_key(folded + EXACT))
    if exact is not None:
        return (exact,)
    for clitic in CLITICS.get(language, ()):
        if folded.startswith(clitic) and len(folded) - len(clitic) >= CLITIC_REST_LEAST:
            found = shelf.word(folded[len(clitic) :])
            if found is not None:
                return (found,)
    found = shelf.prefix(folded)
    if found is not None:
        return (found,)
    if language in COMPOUNDING and COMPOUND_LEAST <= len(folded) <= COMPOUND_MOST:
        return _parts(folded, shelf)
    return ()


def _parts(folded: str, shelf: Shelf) -> tuple[int, ...]:
    for cut in range(len(folded) - PART_LEAST, PART_LEAST - 1, -1):
        head = shelf.meaning(word_key(folded[:cut] + EXACT))
        if head is None:
            continue
        rest = folded[cut:]
        tail = shelf.word(rest)
        if tail is None and rest[0] in LINKING and len(rest) > PREFIX_LEAST:
            tail = shelf.word(rest[1:])
        if tail is not None:
            return (head, tail)
    return ()
