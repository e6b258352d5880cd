"""The feeds that `benchmarks.polling` polls: made up, as large as real ones.

5 to 300 kB, half of them under 34 kB, as in the collection that this project is tested with.
"""

from __future__ import annotations

import random
from wsgiref.handlers import format_date_time

_ENTRY_BYTES = (300, 300, 800, 1_500, 3_000, 8_000)
_ENTRIES = (10, 15, 20, 30, 50)
_WORDS = (
    "harbour ferry council bridge storm minister school river budget strike border hospital report police train court "
    "market energy water island winter market club season player border budget station village company worker"
).split()


def document(number: int, edition: int) -> bytes:
    """Feed `number` in its first or second edition, which has two new entries in front."""
    dice = random.Random(number)
    entries, size = dice.choice(_ENTRIES), dice.choice(_ENTRY_BYTES)
    first = 2 if edition else 0
    items = "".join(_item(number, n, size) for n in range(entries + first, first, -1))
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>Paper {number}</title><link>http://paper{number}.example/</link>{items}</channel></rss>"
    ).encode()


def _item(number: int, n: int, size: int) -> str:
    dice = random.Random(number * 1_000 + n)
    title = " ".join(dice.choices(_WORDS, k=8))
    text = "".join(f"&lt;p&gt;{' '.join(dice.choices(_WORDS, k=40))}.&lt;/p&gt;" for _ in range(1 + size // 300))
    return (
        f"<item><guid>http://paper{number}.example/{n}</guid><link>http://paper{number}.example/{n}</link>"
        f"<title>{title}</title><pubDate>{format_date_time(1_750_000_000 + n * 3_600)}</pubDate>"
        f"<description>{text}</description></item>"
    )
