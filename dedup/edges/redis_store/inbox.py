"""RedisInbox: a stream with a consumer group between poller and worker; and what became of entries, counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from redis.exceptions import ResponseError

from dedup.edges.redis_store.errors import translate
from dedup.edges.redis_store.keys import Keys
from dedup.edges.redis_store.library import stream_entries
from dedup.edges.redis_store.wire import Command, Script, Wire
from dedup.nouns.feed import Skipped
from dedup.nouns.intake import Failure, Intake
from dedup.nouns.record import Submission
from dedup.spine.codec import pack_submission, unpack_submission
from dedup.spine.store import Delivery

DELIVERIES = Script.load("deliveries")
GROUP = "workers"
ABANDONED_S = 60
"""An item that a consumer has held for so long is given to another: a batch takes some seconds."""
KEPT = 10_000
"""Skipped and dead entries that are kept for people to read."""


class RedisInbox:
    """`Inbox` in Redis; threads may share it. Every method raises StoreError when Redis is away."""

    def __init__(self, wire: Wire, keys: Keys, window_s: float, abandoned_s: float = ABANDONED_S) -> None:
        self._wire = wire
        self._stream = keys.named("inbox")
        self._counts = keys.named("counts")
        self._dead = keys.named("dead")
        self._skipped = keys.named("skipped")
        self._ttl = int(window_s)
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
        self._wire.run([*commands, *self._counting({"accepted": len(submissions)})])

    def take(self, consumer: str, limit: int, wait_s: float) -> list[Delivery]:
        """See `Inbox.take`."""
        return self._abandoned(consumer, limit) or self._fresh(consumer, limit, wait_s)

    def done(self, receipts: Collection[str]) -> None:
        """See `Inbox.done`."""
        if receipts:
            self._wire.run(self._counting({"clustered": self._forget(receipts)}))

    def bury(self, delivery: Delivery, error: str) -> None:
        """See `Inbox.bury`."""
        failure = Failure(delivery.submission.article.id, error)
        self._wire.run(self._kept(Intake(failures=(failure,))))
        if self._forget([delivery.receipt]):
            self._wire.run(self._counting({"failed": 1, f"failed.{failure.kind}": 1}))

    def waiting(self) -> int:
        """See `Inbox.waiting`."""
        return cast(int, self._wire.one("XLEN", self._stream))

    def tell(self, intake: Intake) -> None:
        """See `Inbox.tell`."""
        self._wire.run([*self._kept(intake), *self._counting(intake.totals)])

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

    def _forget(self, receipts: Collection[str]) -> int:
        """How many of them were still there. If memory is full nothing is forgotten, for it could not be counted."""
        self._wire.one("HINCRBY", self._counts, "clustered", 0)
        answers = self._wire.run([("XACK", self._stream, GROUP, *receipts), ("XDEL", self._stream, *receipts)])
        return cast(int, answers[1])

    def _kept(self, intake: Intake) -> list[Command]:
        """What people may read of the skipped and failed, in the streams that keep the latest."""
        skipped = [self._told(self._skipped, one.name, f"{one.reason}: {one.detail}") for one in intake.skipped]
        dead = [self._told(self._dead, one.name, one.error) for one in intake.failures]
        lasting: list[Command] = [("EXPIRE", self._skipped, self._ttl)] if skipped else []
        return skipped + dead + lasting + ([("EXPIRE", self._dead, self._ttl)] if dead else [])

    def _counting(self, counts: Mapping[str, int]) -> list[Command]:
        return [("HINCRBY", self._counts, name, number) for name, number in counts.items() if number]

    def _told(self, stream: str, name: str, error: str) -> Command:
        return ("XADD", stream, "MAXLEN", "~", KEPT, "*", "name", name[:512], "error", error[:2000])
