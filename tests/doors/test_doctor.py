"""The doctor finds what is wrong, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from dedup.doors.doctor import Level, examine
from dedup.doors.settings import Settings
from dedup.doors.settings_toml import with_options
from tests.doors.conftest import Dedup, TinyHouse


def levels(house: TinyHouse, options: dict[str, object]) -> dict[str, tuple[Level, str]]:
    checks = examine(with_options(Settings(), options), house.open)
    return {check.name: (check.level, check.way_out) for check in checks}


def test_a_healthy_house(house: TinyHouse, redis_url: str) -> None:
    found = levels(house, {"redis.url": redis_url})
    assert {level for level, _ in found.values()} == {Level.OK}
    assert set(found) == {
        "python", "libraries", "redis", "redis version", "persistence", "eviction", "memory", "index", "feeds",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "value", "check", "expected"),
    [
        ("maxmemory-policy", "allkeys-lru", "eviction", Level.FAIL),
        ("maxmemory-policy", "volatile-ttl", "eviction", Level.WARN),
        ("maxmemory", "1mb", "memory", Level.WARN),
    ],
)
def test_a_redis_that_loses_things(
    house: TinyHouse, redis_url: str, redis_client: redis.Redis, setting: str, value: str, check: str, expected: Level
) -> None:
    before = redis_client.config_get(setting)[setting]
    redis_client.config_set(setting, value)
    try:
        level, way_out = levels(house, {"redis.url": redis_url})[check]
    finally:
        redis_client.config_set(setting, str(before))
    assert level is expected
    assert way_out


def test_a_redis_that_is_away(house: TinyHouse, tmp_path: Path) -> None:
    found = levels(house, {"redis.url": f"unix://{tmp_path}/absent.sock"})
    assert found["redis answers"][0] is Level.FAIL
    assert "index" not in found


def test_a_data_directory_that_cannot_be_used(house: TinyHouse, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = levels(house, {"data.dir": str(tmp_path / "file" / "data")})
    assert found["data directory"][0] is Level.FAIL
    assert found["redis"][0] is Level.FAIL


def test_an_index_that_is_away_is_told(dedup: Dedup, house: TinyHouse, redis_url: str) -> None:
    house.store.away = True
    result = dedup("doctor", environ={"DEDUP_REDIS_URL": redis_url})
    assert result.exit_code == 1
    assert "fail  index: Redis is away" in result.stdout
