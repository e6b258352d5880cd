"""Leaves: brief texts that stand beside a longer version of their story.

Two summaries of forty words from two stories of one day can look more alike than each looks like its own story, and a
summary says little of most texts around it. So it has no voice in what belongs together: it goes where the longer text
goes that it resembles most, and it never joins two clusters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import Floats, Indices

BRIEF_WORDS = 120
"""Longer texts speak for themselves. Feeds print summaries of 40 to 80 words; half as much again for a headline in it."""
HOST_RATIO = 2.0
"""How much longer a text must be to be the host of a brief one: the border of an excerpt."""

SURE = 1.5
"""Log-odds that a host must have: a text that is less sure of its host keeps its voice. Of 1,226 excerpts cut from
labelled articles 99 % reach it with their originals (tools/calibrate.py)."""


def hosts(log_odds: Floats, lengths: Floats) -> Indices:
    """For each node the one that it hangs on, -1 for those that stand by themselves.

    `log_odds` [n, n] are not limited, so that the best of several sure hosts can be told. A pure function of the set.
    """
    longer = (lengths[None, :] >= HOST_RATIO * lengths[:, None]) & (lengths[:, None] <= BRIEF_WORDS)
    wanted: NDArray[np.float64] = np.where(longer, log_odds, -np.inf)
    if not len(wanted):
        return np.empty(0, np.intp)
    best = wanted.argmax(axis=1)
    return np.where(wanted.max(axis=1) > SURE, best, -1)
