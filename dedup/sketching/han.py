"""One spelling for Chinese: many outlets print each story twice, in traditional and in simplified signs."""

from __future__ import annotations

from dedup.sketching.han_table import SIMPLIFIED, TRADITIONAL

_SPELLING = str.maketrans(TRADITIONAL, SIMPLIFIED)


def simplified(text: str) -> str:
    """The text in simplified signs, as long as it was.

    Signs that simplified texts have too stay as they are, so such a text does not change. Not for Japanese, which has
    signs of its own in the place of some.
    """
    return text.translate(_SPELLING)
