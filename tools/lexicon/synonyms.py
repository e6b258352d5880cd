"""English stems that other languages do not tell apart, as one concept: big and large, saw and seen, lawyer and attorney.

Each stem has a profile: the words of all languages that mean it, weighed by their share and frequency. A stem joins the
commonest stem with a profile of a cosine above SIMILAR, if that one has not itself joined another (a star, not a chain).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import numpy as np
from scipy.sparse import csr_matrix, diags

from tools.lexicon.training import Learnt

SIMILAR = 0.25


def heads(tables: Iterable[list[Learnt]], counts: Mapping[str, int], eligible: Set[str]) -> dict[str, str]:
    """For each eligible stem that joins another one, that one."""
    stems = sorted(sorted(eligible), key=lambda stem: -counts[stem])
    number = {stem: place for place, stem in enumerate(stems)}
    rows, columns, values, width = [], [], [], 0
    for table in tables:
        for word in table:
            own = [(number[stem], share) for stem, share in word.stems if stem in number]
            if word.count and own:
                rows.extend(row for row, _ in own)
                values.extend(share * np.log1p(word.count) for _, share in own)
                columns.extend([width] * len(own))
                width += 1
    profiles = csr_matrix((values, (rows, columns)), shape=(len(stems), width))
    lengths = np.sqrt(np.asarray(profiles.multiply(profiles).sum(axis=1)).ravel())
    profiles = diags(1 / np.maximum(lengths, 1e-9)) @ profiles
    likeness = (profiles @ profiles.T).tocsr()
    joined: dict[int, int] = {}
    for stem in range(len(stems)):
        part = slice(likeness.indptr[stem], likeness.indptr[stem + 1])
        near = [(other, -like) for other, like in zip(likeness.indices[part].tolist(), likeness.data[part].tolist(), strict=True) if like >= SIMILAR]
        for other, _ in sorted(near, key=lambda pair: (pair[1], pair[0])):
            if other < stem and other not in joined:
                joined[stem] = other
                break
    return {stems[stem]: stems[head] for stem, head in joined.items()}
