"""Leaves: brief texts that stand beside a longer version of their story.

Two summaries of forty words from two stories of one day can look more alike than each looks like its own story, and a
summary says little of most texts around it. So it has no voice in what belongs together: it goes where the longer text
goes that it resembles most, and it never joins two clusters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import Floats, Indices

BRIEF_WORDS = 100
"""Longer texts speak for themselves. Feeds print summaries of 40 to 80 words; twenty more are for a headline."""
HOST_RATIO = 2.0
"""How much longer a text must be to be the host of a brief one: the border of an excerpt."""
SURE = 1.0
"""Log-odds that a host must have: a few words in common are soon found among the many of a longer text. Of 1,226
excerpts cut from labelled articles 99 % reach it with their originals (tools/calibrate.py)."""

AS_GOOD = 2.0
"""A host that is less sure by this is as good: the error of a similarity that is estimated from 48 slots."""
STRANGERS = -3.0
"""Log-odds below which two hosts have nothing in common: half of the labelled pairs of different texts are below."""


def doubted(log_odds: Floats, lengths: Floats) -> Floats:
    """The log-odds [n, n], those of a brief text and a much longer one lowered by what makes a host sure."""
    hanging = under(lengths)
    return np.where(hanging | hanging.T, log_odds - SURE, log_odds)


def hosts(doubted: Floats, lengths: Floats) -> Indices:
    """For each node the longer one that it hangs on, -1 for those that stand by themselves, and its own number for
    those that belong to nobody: what they share with several texts that have nothing in common is furniture.

    The log-odds are `doubted` and not limited, so that the best of several sure hosts can be told.
    """
    wanted = np.where(under(lengths), doubted, -np.inf)
    best = wanted.argmax(axis=1) if len(wanted) else np.empty(0, np.intp)
    most = wanted.max(axis=1, initial=-np.inf)
    rivals = (wanted > 0) & (wanted > most[:, None] - AS_GOOD)
    rivals[np.arange(len(best)), best] = False
    adrift = (rivals & (doubted[best] < STRANGERS)).any(axis=1)
    return np.where(most <= 0, -1, np.where(adrift, np.arange(len(best)), best))


def under(lengths: Floats) -> NDArray[np.bool_]:
    """For nodes of these lengths whether the column could be the host of the row, [n, n]."""
    longer: NDArray[np.bool_] = lengths[None, :] >= HOST_RATIO * lengths[:, None]
    return longer & (lengths[:, None] <= BRIEF_WORDS)
