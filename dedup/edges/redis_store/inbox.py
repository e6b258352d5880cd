"""RedisInbox: a stream with a consumer group between poller and worker; and what became of entries, counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from secrets import token_hex
from typing import cast

from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.library import stream_entries
from dedup.edges.redis_store.wire import Command, Script, Wire, Word
from dedup.nouns.feed import Skipped
from dedup.nouns.intake import Failure, Intake
from dedup.nouns.record import Submission
from dedup.spine.codec import pack_submission, unpack_submission
from dedup.spine.store import Delivery

JOIN, PUT, DONE = Script.load("join"), Script.load("put"), Script.load("done")
DELIVERIES = Script.load("deliveries")
INBOX_SCRIPTS = (JOIN, PUT, DONE, DELIVERIES)
GROUP = "workers"
ABANDONED_S = 60
"""An item that a consumer has held for so long is given to another: a batch takes some seconds."""
GONE_S = 86_400
"""A consumer that has got nothing for so long is taken for gone; one that is not is there again with its next item."""
KEPT = 10_000
"""Skipped and dead entries that are kept for people to read."""
REMEMBERED_S = 600
"""How long a call is known that was done and whose answer was lost: the client repeats it within a minute or two."""


class RedisInbox:
    """`Inbox` in Redis; threads may share it. Every method raises StoreError when Redis is away.

    What becomes of an article and that it is counted is one step, and done once however often the client repeats it. So
    at any time accepted is clustered, skipped, failed and waiting together. What raised StoreError may have been done.
    """

    def __init__(self, wire: Wire, keys: Keys, window_s: float, abandoned_s: float = ABANDONED_S) -> None:
        self._wire = wire
        self._stream = keys.counted("inbox")
        self._counted = keys.counted
        self._counts = keys.named("counts")
        self._dead = keys.named("dead")
        self._skipped = keys.named("skipped")
        self._ttl = int(window_s)
        self._abandoned_ms = int(abandoned_s * 1000)

    def join(self) -> None:
        """Make the consumer group, unless it is there, and forget its consumers that are gone."""
        self._wire.run([JOIN.call([self._stream], [GROUP, GONE_S * 1000])])

    def put(self, submissions: Sequence[Submission]) -> None:
        """See `Inbox.put`."""
        self._wire.run([self._put({"accepted": len(submissions)}, submissions)])

    def take(self, consumer: str, limit: int, wait_s: float) -> list[Delivery]:
        """See `Inbox.take`."""
        return self._abandoned(consumer, limit) or self._fresh(consumer, limit, wait_s)

    def done(self, receipts: Collection[str]) -> None:
        """See `Inbox.done`."""
        if receipts:
            self._wire.run([self._struck(receipts, ["clustered"])])

    def bury(self, delivery: Delivery, error: str) -> None:
        """See `Inbox.bury`. It is told before it is struck out: who is killed in between leaves it to be told again."""
        failure = Failure(delivery.submission.article.id, error)
        self._wire.run(self._kept(Intake(failures=(failure,))))
        self._wire.run([self._struck([delivery.receipt], ["failed", f"failed.{failure.kind}"])])

    def waiting(self) -> int:
        """See `Inbox.waiting`."""
        return cast(int, self._wire.one("XLEN", self._stream))

    def tell(self, intake: Intake) -> None:
        """See `Inbox.tell`."""
        self._wire.run([*self._kept(intake), self._put(intake.totals)])

    def tell_skipped(self, skipped: Sequence[Skipped]) -> None:
        """See `Inbox.tell_skipped`."""
        self.tell(Intake(skipped=tuple(skipped)))

    def tell_failed(self, name: str, error: str) -> None:
        """See `Inbox.tell_failed`."""
        self.tell(Intake(failures=(Failure(name, error),)))

    def _fresh(self, consumer: str, limit: int, wait_s: float) -> list[Delivery]:
        wait: Command = ("BLOCK", max(1, int(wait_s * 1000))) if wait_s > 0 else ()
        command = ("XREADGROUP", "GROUP", GROUP, consumer, "COUNT", limit, *wait, "STREAMS", self._stream, ">")
        entries = stream_entries(self._wire.one(*command))
        return [Delivery(receipt, unpack_submission(fields[b"s"])) for receipt, fields in entries]

    def _abandoned(self, consumer: str, limit: int) -> list[Delivery]:
        answer = self._wire.one(
            *("XAUTOCLAIM", self._stream, GROUP, consumer, self._abandoned_ms, "0-0", "COUNT", limit)
        )
        entries = cast(list[list[tuple[bytes | None, dict[bytes, bytes] | None]]], answer)[1]
        held = [(receipt.decode(), fields) for receipt, fields in entries if receipt and fields]
        if not held:
            return []
        counts = self._wire.one(*DELIVERIES.call([self._stream], [GROUP, *(receipt for receipt, _ in held)]))
        return [
            Delivery(receipt, unpack_submission(fields[b"s"]), count)
            for (receipt, fields), count in zip(held, cast(list[int], counts), strict=True)
        ]

    def _put(self, counts: Mapping[str, int], submissions: Sequence[Submission] = ()) -> Command:
        """Append and count: one command, known by a mark of its own when the client sends it again."""
        words: list[Word] = [word for name, number in counts.items() for word in (name, number)]
        keys = [self._counted(f"put:{token_hex(8)}"), self._stream, self._counts]
        return PUT.call(keys, [REMEMBERED_S, len(words), *words, *map(pack_submission, submissions)])

    def _struck(self, receipts: Collection[str], names: Sequence[str]) -> Command:
        """Strike these out of the inbox, and count those that were there, under each of the names."""
        return DONE.call([self._stream, self._counts], [GROUP, len(names), *names, *receipts])

    def _kept(self, intake: Intake) -> list[Command]:
        """What people may read of the skipped and failed, in the streams that keep the latest."""
        skipped = [self._told(self._skipped, one.name, f"{one.reason}: {one.detail}") for one in intake.skipped]
        dead = [self._told(self._dead, one.name, one.error) for one in intake.failures]
        lasting: list[Command] = [("EXPIRE", self._skipped, self._ttl)] if skipped else []
        return skipped + dead + lasting + ([("EXPIRE", self._dead, self._ttl)] if dead else [])

    def _told(self, stream: str, name: str, error: str) -> Command:
        return ("XADD", stream, "MAXLEN", "~", KEPT, "*", "name", name[:512], "error", error[:2000])
