"""One number a language for what its translations share: writes `dedup/matching/expected.py` from the shipped table.

The table has the median Jaccard similarity of an article and its translation for every pair of languages, read on
held-out training text. A product of two numbers, one a language, says it nearly as well, and can be read.
"""

from __future__ import annotations

import numpy as np

from dedup.edges.lexicon_file import shipped_table
from tools.labelled import ROOT

TARGET = ROOT / "dedup" / "matching" / "expected.py"
ROUNDS = 200


def main() -> None:
    """Fit the factors (least squares on logarithms, pairs of different languages only) and write them."""
    table = shipped_table()
    languages = sorted(table.languages)
    wanted = np.log([[max(0.02, table.expected(one, other)) for other in languages] for one in languages])
    wanted = (wanted + wanted.T) / 2
    different = ~np.eye(len(languages), dtype=bool)
    factors = np.full(len(languages), wanted[different].mean() / 2)
    for _ in range(ROUNDS):
        rest = np.where(different, wanted - factors[None, :], 0)
        factors = (factors + rest.sum(axis=1) / different.sum(axis=1)) / 2
    errors = np.abs(np.exp(factors[:, None] + factors[None, :] - wanted) - 1)[different]
    rows = "\n".join(
        f'    "{language}": {np.exp(factor):.3f},' for language, factor in zip(languages, factors, strict=True)
    )
    TARGET.write_text(
        '"""How much of what a story says is still there in another language, by language. Written by `make lexicon`.\n\n'
        "The concepts of an article and its translation have a Jaccard similarity of about the product of the two\n"
        f"languages' numbers (off by {np.median(errors):.0%} in the median, {np.quantile(errors, 0.95):.0%} at the 95th percentile), read on text that was held\n"
        'out of the training of the table. A language that the table lacks counts as UNKNOWN.\n"""\n\n'
        f"UNKNOWN = {np.exp(np.median(factors)):.3f}\n\nEXPECTED = {{\n{rows}\n}}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
