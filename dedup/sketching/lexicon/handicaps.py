"""Handicaps: how hard it is for an element of a story to win a slot of the band keys.

Band keys are drawn like MinHash values, but each element's value is multiplied by its handicap before the lowest one
wins. So an element wins in proportion to 1 / handicap, and two stories agree in a slot as often as the elements that
they share weigh in all that they have (a weighted Jaccard similarity). Two things make an element light: that many
stories have it, for it brings strangers together, and that translations lose it, for it keeps versions of one story
apart. Both come from the table, which learnt them from parallel text; all of it is integers, alike on every machine.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dedup.sketching.lexicon.elements import KIND_SHIFT
from dedup.sketching.lexicon.table import Table

LEAST: Final = 16
MOST: Final = 4096
"""Twelve bits, and 1 in 16 the smallest step there is: handicaps far apart matter, near ones do not."""
COMMON: Final = 32
RARE: Final = 80
"""Rarity is -16 log2 of the share of articles: what a quarter of them has weighs next to nothing, and from a thirtieth
on (the end of the slope is 1/32) rarity adds nothing. Half of the concepts of a story lie between. Rarer ones need not
weigh more: translations keep a concept of one article in a thousand (.40) no better than one of one in ten (.43). The
root of the slope counts: the whole of it hides pairs whose common words are the ones that they share."""
SURE: Final = 204
"""What four fifths of translations keep (as the table has it, in 255ths) counts in full."""
POWER: Final = 6
"""The share kept counts to this power: what 40 % keep (the mean) weighs a sixty-fourth of what 80 % do. The higher, the
more of the verified pairs 64 bands find, and the more strangers: .955 with 3, .972 with 4, .984 with 6 (docs/design.md,
decision 13). More than 6 does not fit into the 64 bits that it is reckoned in."""


class Handicaps:
    """The handicaps of all elements of a table."""

    def __init__(self, table: Table, common: int = COMMON, rare: int = RARE, power: int = POWER) -> None:
        slope = np.clip(table.rarity.astype(np.int64), common, rare) - common
        self._concepts = _handicaps(slope, table.kept, rare - common, power)
        self._kinds = _handicaps(np.int64(rare - common), table.kinds_kept, rare - common, power)

    def of(self, elements: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The handicap of each of these elements, which ascend: concepts come first."""
        found: NDArray[np.uint32] = self._kinds[elements >> np.uint32(KIND_SHIFT)]
        concepts = int(np.searchsorted(elements, len(self._concepts)))
        found[:concepts] = self._concepts[elements[:concepts]]
        return found


def _handicaps(
    slope: NDArray[np.int64] | np.int64, kept: NDArray[np.uint8], steepest: int, power: int
) -> NDArray[np.uint32]:
    """LEAST for what is rare and surely kept, and the more the lighter an element is, up to MOST."""
    rooted = np.sqrt(slope * steepest).astype(np.int64)  # IEEE 754 rounds roots correctly: alike on every machine
    weights = rooted * np.minimum(kept.astype(np.int64), SURE) ** power
    heaviest = steepest * SURE**power
    found: NDArray[np.uint32] = np.minimum(LEAST * heaviest // np.maximum(weights, 1), MOST).astype(np.uint32)
    return found
