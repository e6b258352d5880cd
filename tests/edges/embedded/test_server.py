from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

from dedup.edges.embedded import EmbeddedRedis, RedisBinary
from dedup.nouns.errors import EmbeddedRedisError

DEADLINE_S = 20.0

USER = """
import sys
from pathlib import Path
from dedup.edges.embedded import EmbeddedRedis
with EmbeddedRedis(Path(sys.argv[1])) as server:
    print(server.pid, flush=True)
    sys.stdin.readline()
print("left", flush=True)
"""


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {DEADLINE_S:g} s: {what}"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Is there such a process, and is it more than a zombie that nobody has waited for?"""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


class OtherUser:
    """Another Python process that uses the server of a data directory until told to leave."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.server_pid = int(self.process.stdout.readline())

    def leave(self) -> None:
        out, _ = self.process.communicate("\n", timeout=DEADLINE_S)
        assert out == "left\n"
        assert self.process.returncode == 0

    def die(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=DEADLINE_S)


def pid_of(server: EmbeddedRedis) -> int:
    assert server.pid is not None
    return server.pid


@pytest.fixture
def data_dir(tmp_path: Path, redis_binary: RedisBinary) -> Path:
    """Not there yet; asks for `redis_binary` so that a machine without one skips."""
    return tmp_path / "data"


def write(server: EmbeddedRedis, value: str) -> None:
    with closing(redis.Redis.from_url(server.url)) as client:
        client.set("kept", value)


def read(server: EmbeddedRedis) -> object:
    with closing(redis.Redis.from_url(server.url)) as client:
        return client.get("kept")


def test_runs_inside_and_is_gone_outside(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as server:
        pid = pid_of(server)
        write(server, "a")
        assert read(server) == b"a"
    until(lambda: not alive(pid), "the server is gone")
    left = {path.name for path in (data_dir / "redis").iterdir()}
    assert not left & {"redis.sock", "address"}


def test_is_private_and_durable(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as server, closing(redis.Redis.from_url(server.url)) as client:
        assert stat.S_IMODE((data_dir / "redis").stat().st_mode) == 0o700
        assert stat.S_IMODE((data_dir / "redis" / "redis.sock").stat().st_mode) == 0o600
        wanted = {
            "port": "0",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "save": "",
        }
        config = client.config_get("*")
        assert {name: config[name] for name in wanted} == wanted


def test_what_was_written_is_there_next_time(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as server:
        write(server, "for later")
    with EmbeddedRedis(data_dir) as server:
        assert read(server) == b"for later"


def test_one_object_can_be_entered_again(data_dir: Path) -> None:
    server = EmbeddedRedis(data_dir)
    for value in ("first", "second"):
        with server:
            write(server, value)
            assert read(server) == value.encode()


def test_two_in_one_process_share(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as first:
        pid = pid_of(first)
        with EmbeddedRedis(data_dir) as second:
            assert second.url == first.url
            assert second.pid == pid
        assert first.pid == pid
    until(lambda: not alive(pid), "the server is gone")


def test_the_starter_may_leave_first(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as starter:
        pid = pid_of(starter)
        other = OtherUser(data_dir)
        assert other.server_pid == pid
    assert alive(pid)
    other.leave()
    until(lambda: not alive(pid), "the last one out stopped the server")


def test_another_process_may_have_started_it(data_dir: Path) -> None:
    other = OtherUser(data_dir)
    with EmbeddedRedis(data_dir) as server:
        assert server.pid == other.server_pid
        other.leave()
        write(server, "still here")
        assert read(server) == b"still here"
    until(lambda: not alive(other.server_pid), "the server is gone")


def test_many_at_once_get_one_server(data_dir: Path) -> None:
    others = [OtherUser(data_dir) for _ in range(3)]
    assert len({other.server_pid for other in others}) == 1
    for other in others:
        other.leave()
    until(lambda: not alive(others[0].server_pid), "the server is gone")


def test_a_killed_starter_leaves_a_server_that_the_next_one_uses_and_stops(data_dir: Path) -> None:
    other = OtherUser(data_dir)
    other.die()
    with EmbeddedRedis(data_dir) as server:
        assert server.pid == other.server_pid
        write(server, "works")
        assert read(server) == b"works"
    until(lambda: not alive(other.server_pid), "the server is gone")


def test_ctrl_c_in_the_starters_terminal_does_not_reach_the_server(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as server:
        assert os.getsid(pid_of(server)) != os.getsid(0)


def test_a_killed_server_is_cleared_away_by_the_next_user(data_dir: Path) -> None:
    other = OtherUser(data_dir)
    os.kill(other.server_pid, signal.SIGKILL)
    other.die()
    assert (data_dir / "redis" / "redis.sock").exists()
    with EmbeddedRedis(data_dir) as server:
        assert server.pid != other.server_pid
        write(server, "works")
        assert read(server) == b"works"


def test_a_server_that_died_in_use_is_revived_with_its_data(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as server:
        write(server, "kept")
        first = pid_of(server)
        server.revive()
        assert server.pid == first
        os.kill(first, signal.SIGKILL)
        until(lambda: not alive(first), "the server is dead")
        server.revive()
        assert server.pid not in {None, first}
        assert read(server) == b"kept"


def test_leaving_after_the_server_died_is_no_error(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as server:
        pid = pid_of(server)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not alive(pid), "the server is dead")


def test_a_lost_socket_file_does_not_keep_the_server_from_stopping(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir) as server:
        pid = pid_of(server)
        (data_dir / "redis" / "redis.sock").unlink()
    until(lambda: not alive(pid), "the server is gone")


def test_a_long_path_gets_a_socket_elsewhere_and_leaves_nothing_there(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    with EmbeddedRedis(deep) as server:
        socket = Path((deep / "redis" / "address").read_text())
        assert deep not in socket.parents
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        other = OtherUser(deep)
        assert other.server_pid == server.pid
        write(server, "deep")
    other.leave()
    assert not socket.parent.exists()
    with EmbeddedRedis(deep) as server:
        assert read(server) == b"deep"


def test_a_server_with_a_long_path_is_found_again_by_who_knew_it(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    with EmbeddedRedis(deep) as server, closing(redis.Redis.from_url(server.url)) as client:
        client.set("kept", "deep")
        first = pid_of(server)
        os.kill(first, signal.SIGKILL)
        until(lambda: not alive(first), "the server is dead")
        server.revive()
        assert client.get("kept") == b"deep"


@pytest.mark.parametrize("kind", ["open", "link", "file"])
def test_a_place_for_the_socket_that_others_may_enter_is_refused(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with TemporaryDirectory() as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        deep = data_dir / ("d" * 60) / ("e" * 60)
        with EmbeddedRedis(deep):
            place = Path((deep / "redis" / "address").read_text()).parent
        assert place.parent == Path(short)
        match kind:
            case "open":
                place.mkdir()
                place.chmod(0o755)
            case "link":
                place.symlink_to(tmp_path)
            case "file":
                place.write_text("")
        with pytest.raises(EmbeddedRedisError, match="remove it, or set TMPDIR"):
            EmbeddedRedis(deep).__enter__()


def test_a_path_with_odd_characters(data_dir: Path) -> None:
    with EmbeddedRedis(data_dir / 'a "b" \\ é %20 #?') as server:
        write(server, "odd")
        assert read(server) == b"odd"


def test_stale_files_are_no_obstacle(data_dir: Path) -> None:
    home = data_dir / "redis"
    home.mkdir(parents=True)
    (home / "redis.sock").write_text("")
    (home / "address").write_text(str(home / "gone" / "redis.sock"))
    (home / "redis.pid").write_text(str(os.getpid()))
    with EmbeddedRedis(data_dir) as server:
        write(server, "works")
        assert read(server) == b"works"


def test_a_server_that_cannot_start_is_an_error_with_its_last_words(data_dir: Path, redis_binary: RedisBinary) -> None:
    home = data_dir / "redis"
    (home / "appendonly.aof").mkdir(parents=True)
    (home / "appendonlydir").write_text("in the way of newer versions")
    with pytest.raises(EmbeddedRedisError, match=r"(?s)Redis stopped as soon as.*redis\.log.*\n  .+"):
        EmbeddedRedis(data_dir, binary=RedisBinary(redis_binary.path, (7, 0))).__enter__()
    assert not (home / "redis.sock").exists()


def test_an_older_server_is_not_let_at_newer_data(data_dir: Path, redis_binary: RedisBinary) -> None:
    (data_dir / "redis" / "appendonlydir").mkdir(parents=True)
    with pytest.raises(EmbeddedRedisError, match="written by Redis 7 or newer"):
        EmbeddedRedis(data_dir, binary=RedisBinary(redis_binary.path, (6, 2))).__enter__()


def test_a_file_where_the_data_directory_should_be(data_dir: Path) -> None:
    data_dir.write_text("in the way")
    with pytest.raises(EmbeddedRedisError, match="cannot use") as caught:
        EmbeddedRedis(data_dir).__enter__()
    assert isinstance(caught.value.__cause__, OSError)


def test_a_mute_server_is_given_up_and_leaves_no_process(data_dir: Path, tmp_path: Path) -> None:
    mute = tmp_path / "mute"
    mute.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    mute.chmod(0o700)
    with pytest.raises(EmbeddedRedisError, match="gave no answer"):
        EmbeddedRedis(data_dir, binary=RedisBinary(mute, (7, 0)), start_timeout_s=0.5).__enter__()
    pid = int((tmp_path / "pid").read_text())
    until(lambda: not alive(pid), "the mute server is gone")
