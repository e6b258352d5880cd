"""From what each language learnt to the arrays of the table."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.lexicon.elements import Kind
from dedup.sketching.lexicon.segmentation import LONGEST_RUN, RUNS
from dedup.sketching.lexicon.table import EXACT, Shelf, Table, packed, run_keys, shelved, word_key
from dedup.sketching.lexicon.telling import VOTE_STEPS
from tools.lexicon.english import SAYS_NOTHING, stem
from tools.lexicon.inventory import English, Inventory, take
from tools.lexicon.prefixes import Entry, compressed
from tools.lexicon.sources import LANGUAGES, Language, pairs
from tools.lexicon.training import learnt, write_counts

LISTED_WORDS = 1500
UNLISTED = 1e-5
"""The frequency that a word is taken to have in languages that do not list it."""
ENGLISH_LEAST = 2
"""Rarer English words are taken as they stand: most are names or slips."""
RUN_SEEN_LEAST = 5
"""A run of signs that says nothing is kept only if it is common: it keeps others from matching inside it."""
KOREAN_LONGEST = 3
"""Longer Korean forms that only the dictionary has are left out: the match of their stem finds them."""
ENGLISH_SENTENCES_A_LANGUAGE = 20_000

Arrays = dict[str, NDArray[np.generic]]
ENGLISH = Language("en")


def build(build_folder: Path, pool: Pool) -> tuple[Inventory, Arrays]:
    """The arrays of the table, but for what is measured with it: `rarity`, `kept` and `expected`."""
    english = _english(pool)
    inventory = take(english, lambda: (learnt(language.code, build_folder) for language in LANGUAGES))
    arrays: Arrays = {
        "pairs": np.array(list(inventory.pairs), np.uint16),
        "glosses": np.frombuffer("\n".join(inventory.glosses).encode(), np.uint8),
        "is_name": np.array([number in inventory.names for number in range(len(inventory.glosses))], np.uint8),
        "rarity": np.full(len(inventory.glosses), 255, np.uint8),
        "kept": np.full(len(inventory.glosses), 255, np.uint8),
        "kinds_kept": np.full(len(Kind), 255, np.uint8),
    }
    shelves = {"en": _english_shelf(english, inventory)}
    making = partial(_shelf, inventory=inventory, build_folder=build_folder)
    shelves |= zip((language.code for language in LANGUAGES), pool.map(making, LANGUAGES, chunksize=1), strict=True)
    for code, shelf in shelves.items():
        arrays |= {
            f"{code}.starts": shelf.starts,
            f"{code}.fingerprints": shelf.fingerprints,
            f"{code}.meanings": shelf.meanings,
        }
    write_counts(english.forms, build_folder / "en.telling")
    return inventory, arrays | _telling(build_folder)


def languages() -> dict[str, str]:
    """Every language of the table and how it is written, English first."""
    return {language.code: language.writing for language in (ENGLISH, *LANGUAGES)}


def table_of(arrays: Mapping[str, NDArray[np.generic]]) -> Table:
    """The table of these arrays, in memory."""
    return Table(packed(languages(), arrays))


def _english(pool: Pool) -> English:
    total = English(Counter(), Counter(), Counter())
    for part in pool.imap(_english_of, LANGUAGES, chunksize=1):
        total.forms += part.forms
        total.inside += part.inside
        total.capital += part.capital
    return total


def _english_of(language: Language) -> English:
    sentences = dict.fromkeys(english for corpus, (english, _) in pairs(language) if corpus != "tanaka")
    step = max(1, len(sentences) // ENGLISH_SENTENCES_A_LANGUAGE)
    return English.of(list(sentences)[::step])


def _english_shelf(english: English, inventory: Inventory) -> Shelf:
    entries = []
    for form, count in english.forms.items():
        name = stem(form)
        if name in SAYS_NOTHING:
            entries.append(Entry(form, 0, count))
        elif name in inventory.numbers and count >= ENGLISH_LEAST:
            entries.append(Entry(form, inventory.numbers[name], count))
    return shelved(_hashed(compressed(entries, stems_end=False)))


def _shelf(language: Language, inventory: Inventory, build_folder: Path) -> Shelf:
    entries = []
    for word in learnt(language.code, build_folder):
        sense = inventory.sense(word)
        if sense is not None and not (word.count == 0 and language.code == "ko" and len(word.word) > KOREAN_LONGEST):
            entries.append(Entry(word.word, inventory.meaning(sense), word.count))
    if language.writing == "runs":
        return shelved(_run_keys([entry for entry in entries if entry.meaning or entry.count >= RUN_SEEN_LEAST]))
    if language.writing == "syllables":
        return shelved(_hashed({entry.word + EXACT: entry.meaning for entry in entries}))
    return shelved(_hashed(compressed(entries, stems_end=True)))


def _run_keys(entries: list[Entry]) -> dict[int, int]:
    """Runs of two to six signs by the hash of runs, and words of other kinds (katakana, Latin) by that of words."""
    found: dict[int, int] = {}
    for entry in entries:
        if not RUNS.fullmatch(entry.word):
            found[word_key(entry.word + EXACT)] = entry.meaning
        elif 2 <= len(entry.word) <= LONGEST_RUN:
            codes = np.frombuffer(entry.word.encode("utf-32-le"), np.uint32)
            found[int(run_keys(codes, len(codes))[-1][0])] = entry.meaning
    return found


def _hashed(keys: Mapping[str, int]) -> dict[int, int]:
    return {word_key(key): meaning for key, meaning in keys.items()}


def _telling(build_folder: Path) -> Arrays:
    votes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, code in enumerate(languages()):
        rows = (build_folder / f"{code}.telling").read_text(encoding="utf-8").splitlines()
        for row in rows[:LISTED_WORDS]:
            word, share = row.split("\t")
            vote = round(math.log(max(float(share), UNLISTED) / UNLISTED) * VOTE_STEPS)
            if vote > 0:
                votes[word_key(word)].append((number, min(vote, 255)))
    keys = sorted(votes)
    flat = [entry for key in keys for entry in votes[key]]
    return {
        "telling.keys": np.array(keys, np.uint32),
        "telling.starts": np.cumsum([0, *(len(votes[key]) for key in keys)]).astype(np.uint32),
        "telling.owners": np.array([owner for owner, _ in flat], np.uint8),
        "telling.votes": np.array([vote for _, vote in flat], np.uint8),
    }
