"""Sets to signatures and band keys. The only door to datasketch, which is loaded on first use (it takes a second).

Signatures are those of `datasketch.MinHash(scheme="affine32", seed=SEED)` over the same 32-bit elements; a test holds
ours against it slot by slot. Only the application of its permutations is ours: all elements in one numpy expression.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedup.nouns.fingerprint import COUNTED_MOST, Sketch
from dedup.sketching.text import Hashes
from dedup.sketching.views import View

SCHEME = "affine32"
SEED = 20250507
"""Any number does; it must not change, or an existing index finds nothing. (The date of the story that began this.)"""


def sketch(view: View, elements: Hashes, handicaps: Hashes | None = None) -> Sketch:
    """The sketch of a set in a view; of an empty set, the empty sketch: no signature and no bands.

    With handicaps, one for each element, band keys come from a race of their own; the signature is the same.
    """
    if len(elements) == 0:
        return Sketch(0, b"")
    if handicaps is None:
        slots = drawn = signature(elements, view.slots)
    else:
        slots, drawn = _raced(elements, handicaps, view.slots, view.bands * view.rows)
    return Sketch(min(len(elements), COUNTED_MOST), slots.astype(np.uint8).tobytes(), band_keys(view, drawn))


def signature(elements: Hashes, slots: int) -> Hashes:
    """The MinHash values of a set that is not empty: one minimum a permutation."""
    multipliers, offsets = _permutations(slots)
    values: Hashes = multipliers * _mixed(elements)
    values += offsets  # in place: a second table of this size costs more than the sum
    minima: Hashes = values.min(axis=1)
    return minima


def _raced(elements: Hashes, handicaps: Hashes, slots: int, races: int) -> tuple[Hashes, Hashes]:
    """The MinHash values of a set, and the lowest product of a value and a handicap in each of the first permutations.

    The lowest of many even numbers is spread like the lowest of an exponential race (-ln u = 1 - u + ... for small u),
    so an element wins in proportion to 1 / handicap; and whatever the spread, two sets agree whenever the winner of all
    their elements is one that both have. Twenty bits of a value are enough to tell them apart.
    """
    multipliers, offsets = _permutations(slots)
    values = _mixed(elements)[:, None] * multipliers.T  # many slots and few elements: a sixth faster this way round
    values += offsets.T
    minima: Hashes = values.min(axis=0)
    products: Hashes = values[:, :races] >> _HANDICAP_BITS
    products *= handicaps[:, None]
    raced: Hashes = products.min(axis=0)
    return minima, raced


def band_keys(view: View, slots: Hashes) -> tuple[int, ...]:
    """One 64-bit key a band: equal, but for a chance of 2^-64, exactly if view, band and all its rows are equal."""
    rows = slots[: view.bands * view.rows].reshape(view.bands, view.rows).astype(np.uint64)
    keys = _band_salts(view.name, view.bands)
    for row in range(view.rows):
        keys = (keys ^ rows[:, row]) * _MULTIPLIER
        keys ^= keys >> np.uint64(32)
    return tuple(keys.tolist())


@cache
def _permutations(slots: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    from datasketch import MinHash

    multipliers, offsets = MinHash(num_perm=slots, seed=SEED, scheme=SCHEME).permutations
    return multipliers.astype(np.uint32)[:, None], offsets.astype(np.uint32)[:, None]


@cache
def _band_salts(view: str, bands: int) -> NDArray[np.uint64]:
    salt = np.uint64(int.from_bytes(view.encode()[:8].ljust(8, b"\0"), "little"))
    return salt + np.arange(1, bands + 1, dtype=np.uint64) * _MULTIPLIER


def _mixed(elements: Hashes) -> Hashes:
    """The finalizer of MurmurHash3 (Appleby, public domain), which the affine32 scheme applies to its input."""
    mixed: Hashes = elements ^ (elements >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


_HANDICAP_BITS = np.uint32(12)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: the increment of SplitMix64."""
