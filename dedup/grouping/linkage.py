"""Average link: which of a few hundred nodes belong together, from what each pair says for and against.

Connected components of accepted pairs chain: one wrong pair glues two stories, and at scale there always is one.
Average link asks all pairs between two clusters before it joins them, so one voice does not decide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.matching.deck import Floats


def average_link(log_odds: Floats, weights: Floats) -> list[list[int]]:
    """Groups of the nodes 0..n-1: two clusters join while the weighted mean log-odds of their cross pairs is above 0.

    `log_odds` and `weights` are symmetric [n, n]; the diagonal is not looked at. The pair of clusters with the highest
    mean joins first, the one with the lowest numbers among equals: a pure function of its arguments, and, with the
    nodes in an order of their own, independent of the order in which they came. O(n^2) memory, O(n^2) time in practice.
    """
    count = len(log_odds)
    sums, shares = log_odds * weights, weights.astype(np.float64)
    groups: list[list[int]] = [[node] for node in range(count)]
    means = _means(sums, shares)
    best = means.max(axis=1, initial=-np.inf) if count else np.empty(0)
    while count > 1:
        left = int(best.argmax())
        if best[left] <= 0:
            break
        right = int(means[left].argmax())
        kept, gone = min(left, right), max(left, right)
        _absorb(sums, kept, gone)
        _absorb(shares, kept, gone)
        groups[kept], groups[gone] = groups[kept] + groups[gone], []
        _refresh(means, best, sums, shares, kept, gone)
    return [sorted(group) for group in groups if group]


def strongest_tree(log_odds: Floats, nodes: Sequence[int]) -> list[tuple[int, int]]:
    """The pairs that hold nodes together: the spanning tree of the highest log-odds (Prim).

    A pure function of its arguments: among equals the lower number wins.
    """
    first, *rest = nodes
    strongest = {node: (float(log_odds[first, node]), first) for node in rest}
    pairs: list[tuple[int, int]] = []
    while strongest:
        node = max(strongest, key=lambda one: (strongest[one][0], -one))
        pairs.append((strongest.pop(node)[1], node))
        for other, (held, _) in strongest.items():
            if log_odds[node, other] > held:
                strongest[other] = (float(log_odds[node, other]), node)
    return pairs


def _means(sums: Floats, shares: Floats) -> Floats:
    means: Floats = np.where(shares > 0, sums / np.maximum(shares, 1e-12), -np.inf)
    np.fill_diagonal(means, -np.inf)
    return means


def _absorb(table: Floats, kept: int, gone: int) -> None:
    table[kept] += table[gone]
    table[:, kept] += table[:, gone]
    table[gone] = 0
    table[:, gone] = 0


def _refresh(means: Floats, best: Floats, sums: Floats, shares: Floats, kept: int, gone: int) -> None:
    """Bring the means of the joined cluster up to date, and the best partner of each cluster that had either half."""
    row: Floats = np.where(shares[kept] > 0, sums[kept] / np.maximum(shares[kept], 1e-12), -np.inf)
    row[[kept, gone]] = -np.inf
    stale: NDArray[np.bool_] = (means[:, kept] >= best) | (means[:, gone] >= best)
    means[kept], means[:, kept] = row, row
    means[gone], means[:, gone] = -np.inf, -np.inf
    best[:] = np.maximum(best, row)
    stale[[kept, gone]] = True
    best[stale] = means[stale].max(axis=1)
