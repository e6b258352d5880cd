"""A Redis Cluster on loopback, set up by hand: three primaries, and a replica of the first."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

SLOTS = 16_384
BUS_OFFSET = 10_000
"""Redis 6.2 talks between nodes on the port ten thousand above."""
DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True)
class Node:
    """One server of the cluster."""

    port: int
    client: redis.Redis
    server: subprocess.Popen[bytes]

    def say(self, *words: str | int | bytes) -> object:
        return self.client.execute_command(*words)  # type: ignore[no-untyped-call]

    @property
    def id(self) -> bytes:
        found = self.say("CLUSTER", "MYID")
        assert isinstance(found, bytes)
        return found


@dataclass(frozen=True, slots=True)
class Cluster:
    """Primaries, and a replica of the first of them."""

    primaries: Sequence[Node]
    replica: Node

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{node.port}" for node in self.primaries)
        return f"redis+cluster://{places}"

    def owner(self, slot: int) -> Node:
        """The primary that holds a slot."""
        rows = self.primaries[1].say("CLUSTER", "SLOTS")
        assert isinstance(rows, list)
        port = next(row[2][1] for row in rows if row[0] <= slot <= row[1])
        return next(node for node in (*self.primaries, self.replica) if node.port == port)

    def move(self, slot: int, halfway: Callable[[], None] = lambda: None) -> None:
        """Move a slot to another primary, as redis-cli does; `halfway` is called when some of its keys have moved."""
        source = self.owner(slot)
        target = next(node for node in self.primaries[1:] if node is not source)
        target.say("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        source.say("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
        first = True
        while keys := source.say("CLUSTER", "GETKEYSINSLOT", slot, 5):
            assert isinstance(keys, list)
            source.say("MIGRATE", "127.0.0.1", target.port, "", 0, 5_000, "KEYS", *keys)
            if first:
                halfway()
            first = False
        for node in (target, source, *self.primaries):
            node.say("CLUSTER", "SETSLOT", slot, "NODE", target.id)

    def lose(self) -> None:
        """Kill the first primary, as a power failure does; its replica takes over by itself after a while."""
        self.primaries[0].server.kill()
        self.primaries[0].server.wait()

    def fail_over(self) -> None:
        """Let the replica take the place of the first primary."""
        self.replica.say("CLUSTER", "FAILOVER")
        until(lambda: self.replica.client.info("replication")["role"] == "master")


@contextmanager
def started(program: Path, folder: Path) -> Iterator[Cluster]:
    """The cluster, ready to use; its servers are ended afterwards."""
    with ExitStack() as running:
        nodes = [running.enter_context(_node(program, folder / str(number))) for number in range(4)]
        share = SLOTS // 3 + 1
        for number, node in enumerate(nodes[:3]):
            node.say("CLUSTER", "ADDSLOTS", *range(number * share, min(SLOTS, (number + 1) * share)))
            node.say("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in nodes[1:]:
            node.say("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
        until(lambda: all(_knows(node, 4) for node in nodes))
        nodes[3].say("CLUSTER", "REPLICATE", nodes[0].id)
        until(lambda: all(b"cluster_state:ok" in _told(node, "INFO") for node in nodes))
        until(lambda: nodes[3].client.info("replication").get("master_link_status") == "up")
        until(lambda: all(b"slave" in _told(node, "NODES") for node in nodes))
        yield Cluster(nodes[:3], nodes[3])


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, "this should have happened by now"
        time.sleep(0.02)


@contextmanager
def _node(program: Path, folder: Path) -> Iterator[Node]:
    folder.mkdir(parents=True)
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "no"]
    options += ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--logfile", str(folder / "log")]
    with subprocess.Popen([program, *options]) as server, closing(redis.Redis(port=port)) as client:
        try:
            until(lambda: answers(client))
            yield Node(port, client, server)
        finally:
            server.kill()


def free_port() -> int:
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + BUS_OFFSET))
            except (OSError, OverflowError):
                continue
            return port


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def _told(node: Node, what: str) -> bytes:
    answer = node.say("CLUSTER", what)
    assert isinstance(answer, bytes)
    return answer


def _knows(node: Node, count: int) -> bool:
    lines = [line for line in _told(node, "NODES").splitlines() if b"handshake" not in line]
    return len(lines) == count
