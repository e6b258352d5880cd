"""Which language each line of a text is in: votes of its words and of its scripts.

A word votes for each language that has it among its commonest, with the logarithm of how much commoner it is there than
an unlisted word (naive Bayes). Signs of a script that few languages use vote for these.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.lexicon.table import Table

SWITCH = 12.0
"""By how many nats a line must favour another language than the whole text does: about four common words."""
WORDS_ASKED = 24
"""Words of a line that vote; more would only cost time."""
VOTE_STEPS = 16.0
"""Votes are kept in sixteenths of a nat."""
_SCRIPTS: tuple[tuple[int, int, dict[str, float]], ...] = (
    (0x41, 0x250, {"en": 0.001}),
    (0x370, 0x400, {"el": 1.0}),
    (0x400, 0x530, {"ru": 0.001}),
    (0x530, 0x590, {"hy": 1.0}),
    (0x590, 0x600, {"he": 1.0}),
    (0x600, 0x780, {"ar": 0.001}),
    (0x900, 0x980, {"hi": 0.001}),
    (0x980, 0xA00, {"bn": 1.0}),
    (0xB80, 0xC00, {"ta": 1.0}),
    (0xC00, 0xC80, {"te": 1.0}),
    (0xE00, 0xE80, {"th": 1.0}),
    (0x10A0, 0x1100, {"ka": 1.0}),
    (0x3041, 0x3100, {"ja": 6.0}),
    (0x3400, 0xA000, {"zh": 1.0, "ja": 0.9}),
    (0xAC00, 0xD7B0, {"ko": 1.0}),
)
"""First sign, sign after the last, and the votes of one sign. Kana outweigh the Han signs they stand among."""

Floats = NDArray[np.float64]


class Teller:
    """Tells languages apart by the lists of a table."""

    def __init__(self, table: Table) -> None:
        self._languages = tuple(table.languages)
        self._keys = table.array("telling.keys")
        self._starts = table.array("telling.starts").astype(np.int64)
        self._owners = table.array("telling.owners")
        self._votes = table.array("telling.votes")
        self._edges, self._script_votes = _script_matrix(self._languages)

    def tell(self, lines: Sequence[str], words: Sequence[Sequence[str]]) -> tuple[str, list[str]]:
        """The language of a text, and of each of its lines; `words` are the words of each line."""
        votes = self._word_votes(words) + self._sign_votes(lines)
        total = votes.sum(axis=0)
        own = int(total.argmax())
        best = votes.argmax(axis=1)
        ahead = votes[np.arange(len(lines)), best] - votes[:, own]
        chosen = np.where(ahead > SWITCH, best, own)
        return self._languages[own], [self._languages[number] for number in chosen.tolist()]

    def _word_votes(self, words: Sequence[Sequence[str]]) -> Floats:
        count, width = len(words), len(self._languages)
        asked = [line[:WORDS_ASKED] for line in words]
        flat = [zlib.crc32(word.lower().encode()) for line in asked for word in line]
        if not flat:
            return np.zeros((count, width))
        line_of = np.repeat(np.arange(count), [len(line) for line in asked])
        keys = np.array(flat, np.uint32)
        places = np.searchsorted(self._keys, keys)
        places[places == len(self._keys)] = 0
        listed = np.flatnonzero(self._keys[places] == keys)
        places, line_of = places[listed], line_of[listed]
        sizes = self._starts[places + 1] - self._starts[places]
        first = np.repeat(self._starts[places] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        entries = first + np.arange(sizes.sum())
        cells = np.repeat(line_of, sizes) * width + self._owners[entries]
        votes = np.bincount(cells, self._votes[entries], count * width)
        return (votes / VOTE_STEPS).reshape(count, width)

    def _sign_votes(self, lines: Sequence[str]) -> Floats:
        text = "\n".join(lines)
        if text.isascii():
            return np.zeros((len(lines), len(self._languages)))
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        line_of = np.cumsum(codes == ord("\n"))
        scripts = np.searchsorted(self._edges, codes, side="right")
        width = len(self._edges) + 1
        counts = np.bincount(line_of * width + scripts, minlength=len(lines) * width).reshape(-1, width)
        return counts[: len(lines)] @ self._script_votes


def _script_matrix(languages: tuple[str, ...]) -> tuple[NDArray[np.uint32], Floats]:
    edges = [edge for low, high, _ in _SCRIPTS for edge in (low, high)]
    votes = np.zeros((len(edges) + 1, len(languages)))
    for number, (_, _, favoured) in enumerate(_SCRIPTS):
        for language, vote in favoured.items():
            if language in languages:
                votes[2 * number + 1, languages.index(language)] = vote
    return np.array(edges, np.uint32), votes
