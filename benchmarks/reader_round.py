"""The program that polls with `reader`, for `benchmarks.polling`: `python -c ROUND DATABASE WORKERS`, URLs on stdin."""

from __future__ import annotations

ROUND = """
import json, resource, sys, time
from reader import make_reader

reader = make_reader(sys.argv[1])
workers = int(sys.argv[2])
for url in sys.stdin.read().split():
    reader.add_feed(url)
reader.update_feeds(workers=workers, scheduled=False)
began, used = time.perf_counter(), time.process_time()
results = list(reader.update_feeds_iter(workers=workers, scheduled=False))
took = {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - used}
updated = sum(1 for one in results if one.value is not None and not isinstance(one.value, Exception))
print(json.dumps({**took, "updated": updated, "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""
