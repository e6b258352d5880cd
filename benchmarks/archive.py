"""`dedup ingest` of an archive: alone, and with processes that read beside it; how busy the cores are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from time import perf_counter

from benchmarks.corpus import Corpus
from benchmarks.stand import describe, stand, table

ARTICLES = 10_000


def archive(articles: int = ARTICLES) -> None:
    describe()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "archive.jsonl"
        with file.open("w") as lines:
            for entry in islice(Corpus(), articles):
                fields = {"id": entry.id, "url": entry.url, "source": entry.source, "title": entry.title}
                lines.write(json.dumps({**fields, "text": entry.content, "published": entry.published}) + "\n")
        rows = [_measured(file, articles, processes) for processes in (0, 1, 2)]
    head = ("readers", "articles/s", "importer", "all readers", "Redis", "cores busy", "importer, MB", "a reader, MB")
    table(f"An archive of {articles:,} lines; processor time in µs an article", head, rows)


def _measured(file: Path, articles: int, processes: int) -> tuple[object, ...]:
    with stand() as here:
        command = [sys.executable, "-m", "dedup.doors.cli", "ingest", str(file), "--processes", str(processes)]
        redis_s, begun = here.cpu_s(), perf_counter()
        environ = {**os.environ, "DEDUP_REDIS_URL": here.url}
        with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            own_mb = readers_mb = own_s = readers_s = 0.0
            while process.poll() is None:
                readers = _children(process.pid)
                own_mb = max(own_mb, _peak_mb(process.pid))
                readers_mb = max([readers_mb, *map(_peak_mb, readers)])
                own_s, readers_s = max(own_s, _cpu_s(process.pid)), max(readers_s, sum(map(_cpu_s, readers)))
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
            assert process.returncode == 0
        wall_s = perf_counter() - begun
        costs_s = [own_s, readers_s, here.cpu_s() - redis_s]
    each = [1e6 * cost / articles for cost in costs_s]
    return (processes, articles / wall_s, *each, sum(costs_s) / wall_s, own_mb, readers_mb)


def _children(pid: int) -> list[int]:
    """As Linux tells them; none elsewhere."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    """The most memory it has had, pages that it shares (the lexicon) included."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
