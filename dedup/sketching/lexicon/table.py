"""The table: words of every language to meanings, read in place from a buffer that processes may share.

    magic (8 bytes) | length of the header, u32 | header, JSON | padding to 16 | the arrays, each padded to 16

The header names each array with its place, type and length. A language's words are sorted by a 32-bit hash; its upper
bits are the number of a bucket, its lower 16 are kept (a fingerprint), and with it the word's meaning. A word that is
not there is taken for another one with a chance of about
2^-16 times the words a bucket: one in ten thousand.
A meaning is a concept, a pair of concepts, or 0: a word that is known and says nothing.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from dedup.nouns.errors import LexiconError

MAGIC: Final = b"dedupLX2"
ALIGNMENT: Final = 16
EXACT: Final = "$"
"""Ends the key of a whole word; a key without it is a prefix."""
PREFIX_LEAST: Final = 4
"""Shorter prefixes are of too many words."""
BUCKETS_A_HOLE: Final = 10
"""So many of the bits that number a bucket are not asked for by the sieve: it has 16 bytes a word at most."""
REACH: Final = 5
"""Letters that a word may have beyond a prefix: endings are shorter, other words mostly longer."""


class Place(TypedDict):
    """Where an array lies, counted from the first array."""

    at: int
    dtype: str
    count: int


class Header(TypedDict):
    """What the arrays are."""

    languages: dict[str, str]
    """How each language is written: `words`, `runs` (without spaces) or `syllables`."""
    arrays: dict[str, Place]


def word_key(spelling: str) -> int:
    """The hash of a word or prefix: CRC-32 of its UTF-8 bytes."""
    return zlib.crc32(spelling.encode())


def run_keys(codes: NDArray[np.uint32], longest: int) -> list[NDArray[np.uint32]]:
    """For lengths 1 to `longest`, the hashes of all runs of so many signs: element i is of the run from sign i on."""
    found: list[NDArray[np.uint32]] = []
    state = np.zeros(len(codes), np.uint32)
    for length in range(1, longest + 1):
        size = max(0, len(codes) - length + 1)
        state = (state[:size] ^ codes[length - 1 :]) * np.uint32(0x9E3779B1)
        state ^= state >> np.uint32(15)
        found.append(state)
    return found


@dataclass(frozen=True)
class Shelf:
    """The words of one language."""

    starts: NDArray[np.uint32]
    fingerprints: NDArray[np.uint16]
    meanings: NDArray[np.uint16]

    @cached_property
    def _bits(self) -> int:
        """Upper bits of a key that number its bucket."""
        return (len(self.starts) - 1).bit_length() - 1

    @cached_property
    def _buckets(self) -> NDArray[np.uint32]:
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.uint32), np.diff(self.starts))

    @cached_property
    def _sieve(self) -> tuple[bytes, int]:
        """A byte for each fingerprint and the first bits of a bucket, 0 if no key has both: of ten words that are not
        there, nine are known by it. And how many bits these are."""
        bits = max(0, self._bits - BUCKETS_A_HOLE)
        sieve = np.zeros(1 << 16 + bits, np.uint8)
        sieve[self.fingerprints.astype(np.uint32) << bits | self._buckets >> self._bits - bits] = 1
        return sieve.tobytes(), bits

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview, memoryview]:
        """The arrays for one look at a time, which costs numpy thrice as much."""
        return self.starts.data, self.fingerprints.data, self.meanings.data

    def meaning(self, key: int) -> int | None:
        """The meaning behind a key; None if it is not there."""
        sieve, bits = self._sieve
        if not sieve[(key & 0xFFFF) << bits | key >> 32 - bits]:
            return None
        bucket, fingerprint = key >> 32 - self._bits, key & 0xFFFF
        starts, fingerprints, meanings = self._views
        for place in range(starts[bucket], starts[bucket + 1]):
            if fingerprints[place] == fingerprint:
                meaning: int = meanings[place]
                return meaning
        return None

    @cached_property
    def _ordered(self) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
        """Bucket and fingerprint of every key in one number, ascending, and the meanings in that order."""
        keys = self._buckets << np.uint32(16) | self.fingerprints
        order = np.argsort(keys, kind="stable")
        return keys[order], self.meanings[order]

    def meanings_of(self, keys: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The meanings behind many keys at once; -1 where there is none."""
        found = np.full(len(keys), -1, np.int32)
        sieve, bits = self._sieve
        holes = (keys & 0xFFFF) << bits | (keys >> 32 - bits if bits else 0)
        likely = np.flatnonzero(np.frombuffer(sieve, np.uint8)[holes])
        if len(likely):
            ordered, meanings = self._ordered
            kept = keys[likely] >> 32 - self._bits << 16 | keys[likely] & 0xFFFF
            places = np.searchsorted(ordered, kept)
            hits = ordered.take(places, mode="clip") == kept
            found[likely[hits]] = meanings[places[hits]]
        return found

    def word(self, folded: str) -> int | None:
        """The meaning of a word, else of its longest known prefix; None if there is neither."""
        found = self.meaning(word_key(folded + EXACT))
        return self.prefix(folded) if found is None else found

    def prefix(self, folded: str) -> int | None:
        """The meaning of the longest known prefix of a word; None if there is none."""
        sieve, bits = self._sieve
        for end in range(len(folded), max(PREFIX_LEAST, len(folded) - REACH) - 1, -1):
            key = word_key(folded[:end])
            if sieve[(key & 0xFFFF) << bits | key >> 32 - bits]:
                found = self.meaning(key)
                if found is not None:
                    return found
        return None


class Table:
    """All languages. Cheap to make: nothing is read before it is asked for."""

    def __init__(self, buffer: bytes | memoryview) -> None:
        """Raises LexiconError if `buffer` does not begin like a table of this version."""
        view = memoryview(buffer)
        if bytes(view[:8]) != MAGIC:
            raise LexiconError("not a table of concepts of this version: build it anew with `make lexicon`")
        length = int.from_bytes(view[8:12], "little")
        header: Header = json.loads(bytes(view[12 : 12 + length]))
        self._first = padded(12 + length)
        self._view = view
        self._arrays = header["arrays"]
        self._shelves: dict[str, Shelf] = {}
        self.languages: Mapping[str, str] = header["languages"]
        """Each language, and how it is written: `words`, `runs` or `syllables`."""

    def array(self, name: str) -> NDArray[np.generic]:
        """One of the arrays, in place and read-only."""
        place = self._arrays[name]
        return np.frombuffer(self._view, place["dtype"], place["count"], self._first + place["at"])

    def shelf(self, language: str) -> Shelf:
        """The words of one of `languages`."""
        shelf = self._shelves.get(language)
        if shelf is None:
            parts = [self.array(f"{language}.{part}") for part in ("starts", "fingerprints", "meanings")]
            shelf = self._shelves[language] = Shelf(*parts)  # type: ignore[arg-type]
        return shelf

    def concepts(self, meaning: int) -> tuple[int, ...]:
        """The concepts of a meaning: none, one or two."""
        if meaning == 0:
            return ()
        if meaning <= self.concept_count:
            return (meaning,)
        place = 2 * (meaning - self.concept_count - 1)
        return (self._pair_list[place], self._pair_list[place + 1])

    def concepts_of(self, meanings: NDArray[np.int32]) -> list[int]:
        """The concepts of many meanings at once."""
        pairs = self._pairs[meanings[meanings > self.concept_count] - self.concept_count - 1]
        single = meanings[(meanings > 0) & (meanings <= self.concept_count)]
        return [*single.tolist(), *pairs.ravel().tolist()]

    @cached_property
    def concept_count(self) -> int:
        """Concepts are numbered from 1 to this."""
        return self._arrays["rarity"]["count"] - 1

    @cached_property
    def rarity(self) -> NDArray[np.uint8]:
        """For each concept -16 log2 of the share of news articles that have it."""
        return self.array("rarity")  # type: ignore[return-value]

    @property
    def kept(self) -> NDArray[np.uint8]:
        """For each concept the share of translations that keep it, in 255ths."""
        return self.array("kept")  # type: ignore[return-value]

    @property
    def kinds_kept(self) -> NDArray[np.uint8]:
        """The same for all elements of a kind."""
        return self.array("kinds_kept")  # type: ignore[return-value]

    @cached_property
    def is_name(self) -> bytes:
        """For each concept 1 if its English word is mostly written with a capital."""
        return self.array("is_name").tobytes()

    @cached_property
    def _pair_list(self) -> memoryview:
        return self.array("pairs").data

    @cached_property
    def _pairs(self) -> NDArray[np.uint16]:
        return self.array("pairs").reshape(-1, 2)  # type: ignore[return-value]

    @cached_property
    def glosses(self) -> tuple[str, ...]:
        """For each concept the English word that it is named after; the first, for 0, is empty."""
        return tuple(self.array("glosses").tobytes().decode().split("\n"))

    def expected(self, one: str, other: str) -> float:
        """The median Jaccard similarity of an article and its translation, in these two languages."""
        order = list(self.languages)
        if one not in self.languages or other not in self.languages:
            return UNKNOWN_EXPECTED
        matrix = self.array("expected").reshape(len(order), len(order))
        return float(matrix[order.index(one), order.index(other)])


UNKNOWN_EXPECTED: Final = 0.2
"""For languages that the table does not have; the median over all pairs of languages that it has is near it."""


def padded(size: int) -> int:
    """The next multiple of ALIGNMENT."""
    return -(-size // ALIGNMENT) * ALIGNMENT


def packed(languages: Mapping[str, str], arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """The bytes of a table with these arrays: what `Table` reads."""
    places: dict[str, Place] = {}
    body = bytearray()
    for name, array in arrays.items():
        places[name] = Place(at=len(body), dtype=array.dtype.str, count=array.size)
        body += array.tobytes()
        body += bytes(padded(len(body)) - len(body))
    header = json.dumps(Header(languages=dict(languages), arrays=places), separators=(",", ":")).encode()
    start = MAGIC + len(header).to_bytes(4, "little") + header
    return start + bytes(padded(len(start)) - len(start)) + bytes(body)


def shelved(meanings: Mapping[int, int]) -> Shelf:
    """A shelf of these keys and meanings, four to eight words a bucket."""
    bits = max(1, (len(meanings) // 8).bit_length())
    keys = np.array(sorted(meanings), np.uint32)
    buckets = keys >> np.uint32(32 - bits)
    starts = np.searchsorted(buckets, np.arange((1 << bits) + 1)).astype(np.uint32)
    values = np.array([meanings[int(key)] for key in keys], np.uint16)
    return Shelf(starts, (keys & np.uint32(0xFFFF)).astype(np.uint16), values)
