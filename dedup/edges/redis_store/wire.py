"""The wire: many commands in one round trip, scripts among them. Everything that the store says to Redis goes through.

Every command names keys of one hash tag only. One Redis gets them all in one pipeline; of a Redis Cluster, each node
gets those for its slots, all nodes at once, and commands whose slot has moved are sent on to where it is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import TypeAlias, cast

from redis import RedisCluster
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from dedup.edges.redis_store.connect import CLUSTER_RETRIES, LONGEST_PAUSE_S, Client
from dedup.edges.redis_store.errors import translate

_PAUSE = ExponentialWithJitterBackoff(cap=LONGEST_PAUSE_S)
Word: TypeAlias = bytes | str | int
Command: TypeAlias = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script of this package, called by its digest."""

    body: str
    digest: str

    @classmethod
    def load(cls, name: str) -> Script:
        """The script in `name`.lua beside this module."""
        body = files(__package__).joinpath(f"{name}.lua").read_text(encoding="utf-8")
        return cls(body, sha1(body.encode(), usedforsecurity=False).hexdigest())

    def call(self, keys: Sequence[Word], arguments: Sequence[Word]) -> Command:
        """The command that runs the script on these keys."""
        return ("EVALSHA", self.digest, len(keys), *keys, *arguments)


class Wire:
    """A connection pool and the scripts that are called over it; threads may share it."""

    def __init__(self, client: Client, scripts: Sequence[Script]) -> None:
        self.client = client
        self.is_cluster = isinstance(client, RedisCluster)
        self._scripts = tuple(scripts)
        self._patience = Retry(_PAUSE, CLUSTER_RETRIES, RedisCluster.ERRORS_ALLOW_RETRY)

    def run(self, commands: Sequence[Command]) -> list[object]:
        """The answers to all commands, in order, in one round trip. Raises StoreError if any of them failed.

        Where Redis has forgotten a script (it restarted, or another took its place), all scripts are loaded and all
        commands are sent again: every command of the store may be repeated.
        """
        if not commands:
            return []
        with translate():
            try:
                return self._send(commands)
            except NoScriptError:
                for script in self._scripts:
                    self.client.script_load(script.body)
                return self._send(commands)

    def values(self, keys: Sequence[str]) -> list[bytes | None]:
        """The strings under these keys, None where there is none, in one round trip."""
        if not keys:
            return []
        if self.is_cluster:  # the keys are of many slots
            return cast(list[bytes | None], self.run([("GET", key) for key in keys]))
        return cast(list[bytes | None], self.one("MGET", *keys))

    def one(self, *command: Word) -> object:
        """The answer to one command. Raises StoreError if it failed."""
        return self.run([command])[0]

    def _send(self, commands: Sequence[Command]) -> list[object]:
        if isinstance(self.client, RedisCluster):
            return self._send_to_nodes(self.client, commands)
        pipeline = self.client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
        return cast(list[object], pipeline.execute())

    def _send_to_nodes(self, cluster: RedisCluster, commands: Sequence[Command]) -> list[object]:
        """Each command to the node that has its key. Left to itself redis-py would ask a node, for every script, which
        of its words are keys; and would go on asking that node after it has died."""

        def send() -> list[object]:
            pipeline = cluster.pipeline(transaction=False)  # type: ignore[no-untyped-call]
            for command in commands:
                node = cluster.get_node_from_key(key_of(command))  # type: ignore[no-untyped-call]
                pipeline.execute_command(*command, target_nodes=node)
            return cast(list[object], pipeline.execute())

        def look_again(error: Exception) -> None:
            cluster.replace_default_node()
            cluster.nodes_manager.initialize()

        return self._patience.call_with_retry(send, look_again)


def key_of(command: Command) -> Word:
    """The key, or the first one, that decides which node of a cluster a command is for."""
    if command[0] == "EVALSHA":
        return command[3]
    return command[command.index("STREAMS") + 1] if "STREAMS" in command[:10] else command[1]
