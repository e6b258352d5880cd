"""Servers that are killed in the middle of the work: nothing is lost, and nothing has to be done by hand."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import cast

import pytest

from dedup.edges.embedded import RedisBinary
from dedup.edges.redis_store import RedisStore
from dedup.loops.worker import Worker
from dedup.nouns.errors import StoreError
from dedup.nouns.feed import Entry
from dedup.nouns.record import Submission
from dedup.reading.article import ReadingSettings
from dedup.spine.pipeline import Pipeline
from dedup.spine.preparing import Preparer
from tests import cluster, redis_server
from tests.cluster import until
from tests.edges.redis_store.test_cluster import expected, partition
from tests.edges.redis_store.test_store import WINDOW_S, stories

BATCH = 8


def submissions(entries: list[Entry]) -> tuple[Submission, ...]:
    return Preparer(ReadingSettings()).entries(entries).submissions


@contextmanager
def working(store: RedisStore) -> Iterator[None]:
    """A worker as the daemon has it, in a thread."""
    stop = threading.Event()
    pipeline = Pipeline(store, window_s=WINDOW_S, clock=time.time)
    worker = Worker(store, pipeline, name="w", stop=stop, batch=BATCH, wait_s=0.2)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def clustered(store: RedisStore) -> int:
    return store.counts().get("clustered", 0)


def done(store: RedisStore) -> bool:
    """Whether nothing waits any more; asked while the store may still be away."""
    try:
        return store.waiting() == 0
    except StoreError:
        return False


def a_store(url: str) -> RedisStore:
    # An item of a batch that failed is handed out again after a second, not a minute.
    store = RedisStore.open(url, "dedup", window_s=WINDOW_S)
    store._abandoned_ms = 1_000
    return store


def test_a_primary_of_a_cluster_that_is_killed_loses_nothing(redis_binary: RedisBinary, tmp_path: Path) -> None:
    entries = stories(120)
    with cluster.started(redis_binary.path, tmp_path) as nodes:
        store = a_store(nodes.url)
        store.put(submissions(entries))
        with working(store):
            until(lambda: clustered(store) >= len(entries) // 4)
            nodes.lose()
            until(lambda: nodes.replica.client.info("replication")["role"] == "master")
            until(lambda: done(store))
        assert partition(store) == expected(entries)
        assert store.counts()["clustered"] == len(entries)
        store.close()


def test_a_primary_that_sentinels_watch_is_followed(redis_binary: RedisBinary, tmp_path: Path) -> None:
    entries, program = stories(80), redis_binary.path
    with redis_server.started(program, tmp_path / "one") as first:
        replicates = ["--replicaof", "127.0.0.1", str(first.port)]
        with redis_server.started(program, tmp_path / "two", replicates) as second:
            until(lambda: second.client.info("replication").get("master_link_status") == "up")
            with redis_server.sentinel(program, tmp_path / "sentinel", first) as watching:
                until(lambda: replicas(watching) == 1)
                store = a_store(f"redis+sentinel://127.0.0.1:{watching.port}/news")
                store.put(submissions(entries))
                with working(store):
                    until(lambda: clustered(store) >= len(entries) // 4)
                    first.kill()
                    until(lambda: second.client.info("replication")["role"] == "master")
                    until(lambda: done(store))
                assert partition(store) == expected(entries)
                store.close()


def replicas(watching: redis_server.RedisServer) -> int:
    """How many replicas of the server that it watches a sentinel has found."""
    known = cast(dict[str, dict[str, int]], watching.client.sentinel_masters())
    return known["news"]["num-slaves"]


def test_a_server_whose_memory_is_full_loses_nothing(
    redis_binary: RedisBinary, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    entries = stories(120)
    with redis_server.started(redis_binary.path, tmp_path) as server:
        store = a_store(server.url)
        store.put(submissions(entries))
        with working(store):
            until(lambda: clustered(store) >= len(entries) // 4)
            server.client.config_set("maxmemory", 1)
            until(lambda: "out of memory: raise its maxmemory" in caplog.text)
            assert clustered(store) < len(entries)
            server.client.config_set("maxmemory", 0)
            until(lambda: done(store))
        assert partition(store) == expected(entries)
        assert clustered(store) == len(entries)
        store.close()


def test_over_tls(redis_binary: RedisBinary, tmp_path: Path) -> None:
    """The program at hand speaks no TLS, so a tunnel in front of it does, as stunnel would."""
    if not which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    entries = stories(5)
    running = redis_server.started(redis_binary.path, tmp_path / "redis")
    with running as server, tunnel(server.port, key, certificate) as port:
        url = f"rediss://localhost:{port}/0?ssl_ca_certs={certificate}"
        store = RedisStore.open(url, "dedup", window_s=WINDOW_S)
        Pipeline(store, window_s=WINDOW_S, clock=time.time).ingest(entries)
        assert partition(store) == expected(entries)
        store.close()


@contextmanager
def tunnel(to: int, key: Path, certificate: Path) -> Iterator[int]:
    """A port of loopback that speaks TLS and passes on what it hears."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                except OSError:  # closed
                    return
                threading.Thread(target=_carry, args=(context, plain, to), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def _carry(context: ssl.SSLContext, plain: socket.socket, to: int) -> None:
    with context.wrap_socket(plain, server_side=True) as outside, socket.create_connection(("127.0.0.1", to)) as inside:
        outside.settimeout(0.01)
        inside.settimeout(0.01)
        ends = False
        while not ends:
            for one, other in ((outside, inside), (inside, outside)):
                try:
                    heard = one.recv(65_536)
                    ends = ends or not heard
                    other.settimeout(10)
                    other.sendall(heard)
                    other.settimeout(0.01)
                except TimeoutError:
                    pass
                except OSError:
                    return
