"""`MemoryStore`: the whole store in memory. The twin of `RedisStore`, with the same contract but for expiry."""

from __future__ import annotations

from collections.abc import Mapping

from dedup.spine.memory_feeds import MemoryFeedBook
from dedup.spine.memory_inbox import MemoryInbox
from dedup.spine.memory_index import MemoryIndex


class MemoryStore(MemoryIndex, MemoryInbox, MemoryFeedBook):
    """A store that lives as long as its process."""

    def __init__(self) -> None:
        MemoryIndex.__init__(self)
        MemoryInbox.__init__(self)
        MemoryFeedBook.__init__(self)

    def counts(self) -> Mapping[str, int]:
        """See `Library.counts`."""
        return {**MemoryInbox.counts(self), "articles": self.size()}

    def close(self) -> None:
        """Nothing to give back."""
