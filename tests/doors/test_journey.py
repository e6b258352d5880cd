"""The whole journey through the real doors: a data directory, a Redis of its own, processes that come and go."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import dedup
from dedup.edges.embedded import EmbeddedRedis
from tests.doors.conftest import eventually

STORY = (
    "The harbour town of Eastmere woke to flooded streets on Tuesday after the strongest storm in forty years broke "
    "the outer sea wall. Firefighters carried 112 residents out of the lower quarter in boats, and the mayor, Anna "
    "Lindqvist, said that the old pumping station had failed shortly after midnight. Repairs will take until spring, "
    "the port authority estimates, and cost about 14 million crowns. Ferries to the islands stay in harbour."
)
OTHER = (
    "Researchers at the observatory have counted more swifts over the valley this summer than in any year since the "
    "census began. Warm evenings and a plague of midges kept the birds fed, said the head of the station, Piet de "
    "Groot, whose team rang 2,300 of them. Next year the count will be repeated with the help of two schools."
)
ARTICLES = [
    {
        "id": "wire/1",
        "title": "Storm breaks sea wall",
        "text": STORY,
        "source": "Wire",
        "published": "2026-01-02T06:00",
    },
    {"id": "paper/1", "title": "Flood", "text": f"<p>{STORY}</p>", "source": "Paper", "published": "2026-01-02T08:00"},
    {"id": "birds", "title": "More swifts", "text": OTHER, "source": "Valley", "published": "2026-01-02T07:00"},
    {"id": "nothing", "title": "", "text": "", "source": "Wire"},
]


def run(*arguments: str, data_dir: Path, status: int = 0) -> str:
    command = [sys.executable, "-m", "dedup.doors.cli", *arguments, "--data-dir", str(data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.jsonl"
    path.write_text("".join(f"{json.dumps(article)}\n" for article in ARTICLES), encoding="utf-8")
    return path


def test_ingest_then_ask_then_ask_from_python(archive: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    tally = json.loads(run("ingest", str(archive), "--json", data_dir=data_dir).splitlines()[-1])
    assert tally == {"accepted": 4, "clustered": 3, "skipped": 1, "failed": 0}
    clusters = [json.loads(line) for line in run("clusters", "--json", data_dir=data_dir).splitlines()]
    together = sorted([each["id"] for each in cluster["articles"]] for cluster in clusters)
    assert together == [["birds"], ["wire/1", "paper/1"]]
    assert json.loads(run("lookup", "paper/1", "--json", data_dir=data_dir))["cluster"] == "wire/1"
    assert json.loads(run("explain", "wire/1", "birds", "--json", data_dir=data_dir))["together"] is False
    run("lookup", "unknown", data_dir=data_dir, status=1)
    run("doctor", data_dir=data_dir)
    with dedup.connect(data_dir) as desk:
        assert [member.id for member in desk.cluster_of("paper/1").members] == ["wire/1", "paper/1"]
        asked = desk.similar("Storm", STORY, published=1_767_355_200)
        assert {match.id for match in asked} == {"paper/1", "wire/1"}


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A daemon without feeds on a data directory of its own, and its address."""
    data_dir, config = tmp_path / "data", tmp_path / "dedup.toml"
    config.write_text('[feeds]\nopml = ""\n', encoding="utf-8")
    command = [sys.executable, "-m", "dedup.doors.cli", "run", "--port", "0"]
    command += ["--config", str(config), "--data-dir", str(data_dir)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        address = next(line.split()[1] for line in process.stderr if line.startswith("  http "))
        yield data_dir, address
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert "Traceback" not in process.stderr.read()


def test_beside_a_running_daemon(daemon: tuple[Path, str], archive: Path) -> None:
    data_dir, address = daemon
    pushed = httpx.post(f"{address}/v1/articles", json=ARTICLES[0], timeout=30).json()
    assert (pushed["clustered"], pushed["articles"][0]["cluster"]) == (1, "wire/1")
    run("ingest", str(archive), data_dir=data_dir)
    assert len(httpx.get(f"{address}/v1/articles/paper/1/cluster").json()["articles"]) == 2
    assert httpx.get(f"{address}/readyz").status_code == 200


def test_a_redis_that_dies_comes_back_with_everything(daemon: tuple[Path, str]) -> None:
    data_dir, address = daemon
    httpx.post(f"{address}/v1/articles", json=ARTICLES[0], timeout=30)
    with EmbeddedRedis(data_dir) as server:
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        assert eventually(lambda: httpx.get(f"{address}/readyz", timeout=30).status_code == 200)
    assert httpx.get(f"{address}/v1/articles/wire/1/cluster", timeout=30).json()["cluster"] == "wire/1"


def test_the_sample_in_one_command(tmp_path: Path) -> None:
    summary = json.loads(run("run", "--once", "--sample", "--json", data_dir=tmp_path / "data"))
    assert summary["polled"] >= 12
    assert summary["failing"] == 0
    assert summary["accepted"] == summary["clustered"] + summary["skipped"] + summary["failed"] > 0
    multiple = run("clusters", "--json", "--min-size", "2", data_dir=tmp_path / "data" / "sample")
    assert len(multiple.splitlines()) >= 3
    assert run("clusters", "--json", data_dir=tmp_path / "data") == "", "the sample is kept apart"


def test_a_closed_pipe_ends_quietly(archive: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    words = (" ".join(f"word{number}x{place}" for place in range(20)) for number in range(800))
    archive.write_text("".join(f"{json.dumps({'text': text})}\n" for text in words), encoding="utf-8")
    run("ingest", str(archive), data_dir=data_dir)
    command = [sys.executable, "-m", "dedup.doors.cli", "events", "--json", "--data-dir", str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_ctrl_c_ends_quietly(tmp_path: Path, archive: Path) -> None:
    data_dir = tmp_path / "data"
    run("ingest", str(archive), data_dir=data_dir)
    command = [sys.executable, "-m", "dedup.doors.cli", "events", "--follow", "--data-dir", str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == ""
