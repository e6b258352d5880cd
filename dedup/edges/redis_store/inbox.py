"""RedisInbox: a stream with a consumer group between poller and worker; and what became of entries, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import cast

from redis.exceptions import ResponseError

from dedup.edges.redis_store.errors import translate
from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.library import stream_entries
from dedup.edges.redis_store.wire import Command, Script, Wire
from dedup.nouns.errors import kind_of
from dedup.nouns.feed import Skipped
from dedup.nouns.record import Submission, Tally
from dedup.spine.codec import pack_submission, unpack_submission
from dedup.spine.store import Delivery

DELIVERIES = Script.load("deliveries")
GROUP = "workers"
ABANDONED_S = 60
"""An item that a consumer has held for so long is given to another: a batch takes a second or two."""
KEPT = 10_000
"""Skipped and dead entries that are kept for people to read."""


class RedisInbox:
    """`Inbox` in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys, abandoned_s: float = ABANDONED_S) -> None:
        self._wire = wire
        self._stream = keys.named("inbox")
        self._counts = keys.named("counts")
        self._dead = keys.named("dead")
        self._skipped = keys.named("skipped")
        self._abandoned_ms = int(abandoned_s * 1000)

    def join(self) -> None:
        """Make the consumer group, unless it is there."""
        with translate():
            try:
                self._wire.client.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    def put(self, submissions: Sequence[Submission]) -> None:
        """See `Inbox.put`."""
        commands: list[Command] = [("XADD", self._stream, "*", "s", pack_submission(one)) for one in submissions]
        self._wire.run([*commands, *self._counting(accepted=len(submissions))])

    def take(self, consumer: str, limit: int, wait_s: float) -> list[Delivery]:
        """See `Inbox.take`."""
        return self._abandoned(consumer, limit) or self._fresh(consumer, limit, wait_s)

    def done(self, receipts: Collection[str]) -> None:
        """See `Inbox.done`."""
        if receipts:
            self._wire.run(self._counting(clustered=self._forget(receipts)))

    def bury(self, delivery: Delivery, error: str) -> None:
        """See `Inbox.bury`."""
        self._wire.run([self._told(self._dead, delivery.submission.article.id, error)])
        if self._forget([delivery.receipt]):
            self._wire.run(self._failing(error))

    def waiting(self) -> int:
        """See `Inbox.waiting`."""
        return cast(int, self._wire.one("XLEN", self._stream))

    def count(self, tally: Tally) -> None:
        """See `Inbox.count`."""
        self._wire.run(self._counting(accepted=tally.accepted, clustered=tally.clustered))

    def tell_skipped(self, skipped: Sequence[Skipped]) -> None:
        """See `Inbox.tell_skipped`."""
        reasons = Counter(f"skipped.{one.reason}" for one in skipped)
        told = [self._told(self._skipped, one.name, f"{one.reason}: {one.detail}") for one in skipped]
        counting = self._counting(accepted=len(skipped), skipped=len(skipped))
        named: list[Command] = [("HINCRBY", self._counts, reason, number) for reason, number in reasons.items()]
        self._wire.run([*told, *counting, *named])

    def tell_failed(self, name: str, error: str) -> None:
        """See `Inbox.tell_failed`."""
        self._wire.run([self._told(self._dead, name, error), *self._counting(accepted=1), *self._failing(error)])

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

    def _forget(self, receipts: Collection[str]) -> int:
        """How many of them were still there."""
        answers = self._wire.run([("XACK", self._stream, GROUP, *receipts), ("XDEL", self._stream, *receipts)])
        return cast(int, answers[1])

    def _counting(self, **counts: int) -> list[Command]:
        return [("HINCRBY", self._counts, name, number) for name, number in counts.items() if number]

    def _failing(self, error: str) -> list[Command]:
        return [("HINCRBY", self._counts, name, 1) for name in ("failed", f"failed.{kind_of(error)}")]

    def _told(self, stream: str, name: str, error: str) -> Command:
        return ("XADD", stream, "MAXLEN", "~", KEPT, "*", "name", name[:512], "error", error[:2000])
