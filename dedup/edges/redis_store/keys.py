"""The keys of the store. `ns` is the namespace; everything of one article, cluster or partition shares a hash tag.

    ns:meta               hash    schema and fingerprint settings that the index was written with       no expiry
    ns:ticket             string  the last ticket drawn (RedisIndex.ticket)                             no expiry
    ns:counts             hash    running totals                                                        no expiry
    ns:{bNN}:             string  how many shards partition NN of the band index has (shards.py)        window + a day
    ns:{bNN}:S            string  its shard S, packed (post.lua)                                        window + a day
    ns:{fNN}:...          string  the same of the short window (views that are `fleeting`)              72 h + a day
    ns:{REF}a             string  an article's record: placement, fingerprint, links (codec; *.lua)     window
    ns:{REF}t             string  its text, compressed JSON                                             window
    ns:{REF}l             string  more refs it is linked to, four bytes each (link.lua)                 window
    ns:{REF}c             string  the cluster it names, and its unpublished events (cluster_codec)      window
    ns:arrivals           stream  refs in the order in which they were first placed (arrive.lua)        trimmed; window
    {ns:arrivals}again    hash    how many of them are listed further on too, by when they were before  window
    ns:registered         stream  refs of articles with new records (notices.py), the latest            capped; window
    ns:events             stream  events, the latest EVENTS_KEPT                                        capped; window
    {ns:events}number     string  the number of the last of them (publish.lua)                          no expiry
    ns:dead, ns:skipped   stream  entries that failed or were skipped, the latest KEPT                  capped; window
    {ns:counts}inbox      stream  submissions, for the consumer group `workers` (put.lua, done.lua)     until done
    {ns:counts}put:TOKEN  string  that what a call had to put and to count is there (put.lua)           ten minutes
    {ns:counts}NAME       hash    how far an archive has been taken in (turn.lua)                       window
    ns:{feeds}:...                see feeds.py                                                          no expiry

REF is four bytes in base 64. "window" counts from the last activity of the article's cluster; of a stream, entries go
after a window, and the key a window after the last one. The commands are those of Redis 6.2; no command walks the keys.
"""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import dataclass

from dedup.spine.codec import pack_ref

PARTITIONS = 64
"""Hash tags that the band index is spread over: a batch calls a script or some for each."""
REF_SIGNS = 6
"""Of a ref in base 64, without what fills it up to eight."""
LASTING, FLEETING = "b", "f"
"""The two band indexes: for the window, and for the short window of the views that are `fleeting`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Builds key names."""

    namespace: str

    def partition(self, number: int, kind: str = LASTING) -> str:
        """What the keys of a partition's shards begin with."""
        return f"{self.namespace}:{{{kind}{number:02d}}}:"

    def record(self, ref: int) -> str:
        """An article's record."""
        return self._of(ref, "a")

    def text(self, ref: int) -> str:
        """An article's text."""
        return self._of(ref, "t")

    def links(self, ref: int) -> str:
        """An article's links."""
        return self._of(ref, "l")

    def cluster(self, ref: int) -> str:
        """The cluster that an article names."""
        return self._of(ref, "c")

    def named(self, name: str) -> str:
        """A key that there is one of: meta, ticket, counts, arrivals, registered, events, dead, skipped."""
        return f"{self.namespace}:{name}"

    def bookmark(self, archive: str) -> str:
        """How far an archive has been taken in."""
        return self.counted(archive)

    def counted(self, name: str) -> str:
        """A key in the slot of `counts`, so that both change in one step."""
        return f"{{{self.named('counts')}}}{name}"

    def listed_again(self) -> str:
        """How many arrivals are listed further on too; in the slot of `arrivals`, so that both change in one step."""
        return f"{{{self.named('arrivals')}}}again"

    def events_number(self) -> str:
        """The number of the last event; in the slot of `events`, so that both change in one step."""
        return f"{{{self.named('events')}}}number"

    def _of(self, ref: int, kind: str) -> str:
        return f"{self.namespace}:{{{b2a_base64(pack_ref(ref), newline=False)[:REF_SIGNS].decode()}}}{kind}"
