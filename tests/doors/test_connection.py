"""Where `connect` leads, and what stays unloaded until it is called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dedup
from dedup.doors import connection
from dedup.doors.settings import Settings
from dedup.doors.settings_toml import with_options
from tests.doors.conftest import TinyHouse


@pytest.mark.parametrize(
    ("place", "url", "directory"),
    [
        ("redis://h:1/2", "redis://h:1/2", "kept"),
        ("unix:///s.sock", "unix:///s.sock", "kept"),
        ("here", "", "here"),
        (Path("there"), "", "there"),
        (None, "rediss://set/0", "kept"),
    ],
)
def test_a_url_or_a_directory(
    monkeypatch: pytest.MonkeyPatch, house: TinyHouse, place: str | Path | None, url: str, directory: str
) -> None:
    monkeypatch.setattr(connection, "open_connection", house.open)
    settings = with_options(Settings(), {"redis.url": "rediss://set/0", "data.dir": "kept"})
    with dedup.connect(place, settings) as desk:
        assert desk.ingest([{"id": "a", "title": "T", "text": "a b"}]).clustered == 1
        assert desk.cluster_of("a").id == "a"
    assert (house.opened[0].redis.url, house.opened[0].data.dir) == (url, directory)
    assert house.store.closed


def test_every_public_name_is_there() -> None:
    for name in dedup.__all__:
        assert getattr(dedup, name).__module__.startswith("dedup."), name
    assert dir(dedup) == dedup.__all__
    with pytest.raises(AttributeError, match="nothing"):
        dedup.nothing  # noqa: B018


def test_importing_dedup_loads_nothing_heavy() -> None:
    program = "import sys, dedup; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"scipy", "numpy", "fastapi", "uvicorn", "feedparser", "pydantic", "redis", "httpx", "click"}
    assert not heavy & set(loaded)


def test_asking_for_help_loads_nothing_heavy() -> None:
    program = "import sys, dedup.doors.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"scipy", "numpy", "fastapi", "uvicorn", "feedparser", "redis", "httpx"} & set(loaded)
