"""Briefs in another language: a third of a long story, as another paper's desk might print it, and one whole version.

Of each long story the index holds one whole version, and no other document in the language of the brief; of every other
story it holds one version. So a brief meets its story across the languages or not at all.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tools.labelled import Labelled, translations

LONG_WORDS = 450
"""Words of an English version of a long story: a third of it is a brief of 150 words and more."""
KEPT = 1 / 3
LEAD = 2
"""Sentences at the beginning that every brief keeps."""
DRAWS = 3
"""Briefs of a story, each in a language of its own where there are so many."""
_SENTENCE = re.compile(r"[^.!?。！？।؟\n]+[.!?。！？।؟]*[\"'”’»」]*\s*")


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief, and the whole version of its story that is in the index."""

    article: Labelled
    original: Labelled


def briefs() -> tuple[list[Labelled], list[Brief]]:
    """What is in the index, and the briefs. The same ones every time."""
    chance = random.Random(9)
    documents, related = translations()
    stories: dict[str, list[Labelled]] = defaultdict(list)
    for document in documents:
        stories[document.group or document.id].append(document)
    left_out = {name for pair in related for name in pair}
    index: list[Labelled] = []
    made: list[Brief] = []
    for name, versions in sorted(stories.items()):
        original = chance.choice(versions)
        index.append(original)
        if name not in left_out and _is_long(versions):
            made += [Brief(brief, original) for brief in _briefs_of(versions, original, chance)]
    return index, made


def _is_long(versions: Sequence[Labelled]) -> bool:
    return any(one.lang == "en" and len(one.entry.content.split()) >= LONG_WORDS for one in versions)


def _briefs_of(versions: Sequence[Labelled], original: Labelled, chance: random.Random) -> Iterator[Labelled]:
    """Briefs of versions in other languages than the original's, each language once."""
    by_language: dict[str, list[Labelled]] = defaultdict(list)
    for version in versions:
        by_language[version.lang].append(version)
    others = sorted(by_language.keys() - {original.lang})
    for language in chance.sample(others, min(DRAWS, len(others))):
        yield _brief_of(chance.choice(by_language[language]), chance)


def _brief_of(version: Labelled, chance: random.Random) -> Labelled:
    """The lead, and then sentences that are the likelier the earlier they stand, in their order: a third of the text."""
    sentences = _SENTENCE.findall(version.entry.content)
    room = KEPT * len(version.entry.content)
    later = sorted(range(LEAD, len(sentences)), key=lambda place: chance.random() * (1 + place))
    kept = list(range(min(LEAD, len(sentences))))
    size = sum(len(sentences[place]) for place in kept)
    for place in later:
        if size < room:
            kept.append(place)
            size += len(sentences[place])
    text = "".join(sentences[place] for place in sorted(kept))
    entry = replace(version.entry, id=f"{version.id}~brief", content=text, title="", source="briefs.example")
    return replace(version, entry=entry, kind="brief")
