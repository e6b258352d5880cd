"""What the weights make of pairs whose like they have not seen: `python -m tools.unseen`.

Each part of the labelled pairs is left out of the fit entirely, a set or one family of look-alikes, and then judged. A
cross-validated figure says what to expect of more of the same; this one, what to expect of something else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.calibrate import SHARES, Array, design, everything, fit, weights_of

SETS = {
    "helsinki": ("helsinki",),
    "ecbplus": ("ecbplus",),
    "copies": ("copies",),
    "all look-alikes and forms": ("lookalikes", "forms"),
    "the look-alikes, not the forms": ("lookalikes",),
    "the forms, not the look-alikes": ("forms",),
}
"""Kinds that are left out together, by how their names begin."""
NEAR = ("lookalikes near", "lookalikes elsewhere", "forms one outlet", "forms elsewhere")
LOWEST = 12
"""Families that are listed, those that are kept apart least."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labelled pairs as columns, and the weights that all of them together give."""

    kinds: NDArray[np.str_]
    events: NDArray[np.str_]
    columns: Array
    truth: Array
    exact: NDArray[np.bool_]
    shares: Array
    fitted: Array

    def right(self, out: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each pair is on the right side of 0 in a fit without those that are `out`."""
        weights = fit(self.columns[~out], self.truth[~out], self.shares[~out], self.fitted)
        found: NDArray[np.bool_] = ((self.columns @ weights > 0) | self.exact) == (self.truth > 0)
        return found


def main() -> None:
    """Print a line for each kind of pair that was left out, and then the families."""
    pairs = _pairs()
    print("left out of the fit, and the share on the right side of 0")
    for name, beginnings in SETS.items():
        out = np.array([kind.startswith(beginnings) for kind in pairs.kinds])
        out |= np.isin(pairs.events, pairs.events[out])  # excerpts go with the articles that they were cut from
        right = pairs.right(out)
        for kind in dict.fromkeys(pairs.kinds[out].tolist()):
            print(f"  {name:32s} {kind:22s} {np.mean(right[pairs.kinds == kind]):.4f}")
    print("one family left out at a time")
    asked = np.isin(pairs.kinds, NEAR)
    right = np.ones(len(asked), np.bool_)
    for family in sorted(set(pairs.events[asked].tolist())):
        out = pairs.events == family
        right[out] = pairs.right(out)[out]
    for kind in NEAR:
        rows = pairs.kinds == kind
        families = sorted(set(pairs.events[rows].tolist()))
        lowest = sorted((float(np.mean(right[rows & (pairs.events == one)])), one) for one in families)[:LOWEST]
        print(f"  {kind:32s} {np.mean(right[rows]):.4f}; lowest of {len(families)} families:")
        print("    " + ", ".join(f"{family} {value:.2f}" for value, family in lowest))


def _pairs() -> Pairs:
    samples = everything()
    _, columns, exact = design(samples)
    kinds, events = np.array([sample[0] for sample in samples]), np.array([sample[4] for sample in samples])
    truth = np.array([sample[3] for sample in samples], np.float64)
    shares = weights_of(kinds, SHARES)
    return Pairs(kinds, events, columns, truth, exact, shares, fit(columns, truth, shares))


if __name__ == "__main__":
    main()
