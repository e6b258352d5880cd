"""One worker and two, on fingerprints that wait in the inbox."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

from benchmarks.prints import Prints
from benchmarks.stand import WINDOW_S, describe, stand, table

PROGRAM = """
import sys, threading, time
from dedup.edges.redis_store import RedisStore
from dedup.loops.worker import Worker
from dedup.spine.pipeline import Pipeline
store = RedisStore.open(sys.argv[1], "bench", window_s={window_s}, clock=lambda: {now})
pipeline = Pipeline(store, window_s={window_s}, clock=lambda: {now})
worker = Worker(store, pipeline, name=sys.argv[2], stop=threading.Event(), wait_s=0)
print("ready", flush=True)
sys.stdin.readline()
start = time.process_time()
print(worker.drain(), time.process_time() - start)
"""


def workers(articles: int = 20_000) -> None:
    describe()
    rows = []
    for count in (1, 2):
        with stand() as here:
            waiting = list(Prints(spacing_s=1.0).take(articles))
            here.clock.now = float(waiting[-1].article.seen)
            for start in range(0, articles, 1_000):
                here.store.put(waiting[start : start + 1_000])
            program = PROGRAM.format(window_s=WINDOW_S, now=here.clock.now)
            running = [
                subprocess.Popen(
                    [sys.executable, "-c", program, here.url, f"w{number}"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                for number in range(count)
            ]
            for process in running:
                assert process.stdout and process.stdout.readline() == "ready\n"
            redis_s, begun = here.cpu_s(), perf_counter()
            for process in running:
                assert process.stdin
                process.stdin.write("\n")
                process.stdin.flush()
            told = [process.communicate()[0].split() for process in running]
            wall_s, redis_s = perf_counter() - begun, here.cpu_s() - redis_s
            done, cpu_s = sum(int(one[0]) for one in told), sum(float(one[1]) for one in told)
            rows.append((count, done, done / wall_s, 100 * cpu_s / wall_s / count, 100 * redis_s / wall_s))
    table(
        "Workers (fingerprint to cluster)",
        ("workers", "articles", "articles/s", "busy, % of a core each", "Redis, %"),
        rows,
    )
