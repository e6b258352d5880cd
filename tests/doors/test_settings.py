"""One file, every problem at once, and a reference file that tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dedup.doors.settings import Settings, is_redis_url, redacted
from dedup.doors.settings_toml import default_data_dir, known_paths, load
from dedup.nouns.errors import SettingsError

REFERENCE = Path(__file__).parents[2] / "config" / "dedup.toml"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "dedup.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path: Path, text: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load({}, written(tmp_path, text))
    return {problem.path: problem.expected for problem in caught.value.problems}


def test_the_reference_file_holds_the_defaults() -> None:
    assert load({"XDG_DATA_HOME": "/x"}, REFERENCE) == load({"XDG_DATA_HOME": "/x"})


def test_the_reference_file_explains_every_setting() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for path in known_paths():
        section, _, name = path.partition(".")
        block = text.split(f"\n[{section}]\n", 1)[1].split("\n[", 1)[0]
        assert block.lstrip().startswith("#"), section
        assert not name or re.search(rf"^{name} = ", block, re.MULTILINE), path


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("[window]\ndays = 0", "window.days", "expected a whole number from 1 to 365"),
        ("[window]\ndays = '14'", "window.days", "expected a whole number from 1 to 365"),
        ("[window]\ndays = true", "window.days", "expected a whole number from 1 to 365"),
        ("[poll]\ntimeout_s = 0.5", "poll.timeout_s", "expected a number from 1 to 600"),
        ("[log]\nlevel = 'loud'", "log.level", "expected one of debug, info, warning, error"),
        (
            "[redis]\nurl = 'http://x'",
            "redis.url",
            "expected empty, or a redis://, rediss://, unix://, redis+cluster:// or redis+sentinel:// URL",
        ),
        (
            "[redis]\nnamespace = 'a b'",
            "redis.namespace",
            "expected 1 to 32 letters, digits, dots, dashes or underscores",
        ),
        ("[data]\ndir = 7", "data.dir", "expected a string"),
        ("[window]\ndayz = 3", "window.dayz", "unknown; did you mean window.days?"),
        ("[windows]\n", "windows", "unknown; did you mean window?"),
        ("[poll]\nport = 3", "poll.port", "unknown; did you mean http.port?"),
        ("[log]\nzzzzzzzz = 3", "log.zzzzzzzz", "unknown; there are level"),
        ("window = 3", "window", "expected a table: [window]"),
        (
            "[poll]\nmin_interval_s = 7200",
            "poll.default_interval_s",
            "from min_interval_s (7200) to max_interval_s (86400)",
        ),
    ],
)
def test_a_problem_names_the_setting_and_what_would_be_right(
    tmp_path: Path, text: str, path: str, expected: str
) -> None:
    assert problems(tmp_path, text) == {path: expected}


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "[window]\ndays = 0\n[http]\nport = 70000\nprot = 1\n[poll]\nmin_interval_s = 7200\n")
    assert set(found) == {"window.days", "http.port", "http.prot", "poll.default_interval_s"}


def test_broken_toml_says_where(tmp_path: Path) -> None:
    assert "line 2" in problems(tmp_path, "[http]\nport = \n")["the settings file"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load({}, tmp_path / "absent.toml")


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dedup.toml"
    path.write_bytes(b"[http]\n# \xff\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        load({}, path)


def test_command_line_before_environment_before_file_before_default(tmp_path: Path) -> None:
    file = written(tmp_path, "[data]\ndir = '/file'\n[http]\nport = 1\n")
    assert load({}, file).data.dir == "/file"
    assert load({"DEDUP_DATA_DIR": "/env"}, file).data.dir == "/env"
    settings = load({"DEDUP_DATA_DIR": "/env"}, file, {"data.dir": "/option", "http.port": None})
    assert (settings.data.dir, settings.http.port) == ("/option", 1)
    assert load({"DEDUP_CONFIG": str(file)}).http.port == 1
    assert load({"XDG_CONFIG_HOME": str(tmp_path)}) == load({"XDG_CONFIG_HOME": str(tmp_path / "absent")})


def test_the_usual_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "dedup").mkdir()
    written(tmp_path / "dedup", "[http]\nport = 4\n")
    assert load({"XDG_CONFIG_HOME": str(tmp_path)}).http.port == 4


def test_the_default_data_directory() -> None:
    assert default_data_dir({"XDG_DATA_HOME": "/x"}) == Path("/x/dedup")
    assert default_data_dir({}) == Path("~/.local/share/dedup").expanduser()
    assert load({"XDG_DATA_HOME": "/x"}).data.path == Path("/x/dedup")


def test_a_password_is_never_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"DEDUP_REDIS_URL": "http://me:secret@host/0"})
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert redacted("redis://me:secret@host:1/0") == "redis://***@host:1/0"
    assert redacted("redis://host/0?password=secret") == "redis://host/0"
    assert redacted("redis://[secret") == "***"


def test_urls_and_directories_are_told_apart() -> None:
    assert [is_redis_url(text) for text in ("unix:///s", "rediss://h", "./data", "http://h")] == [
        True,
        True,
        False,
        False,
    ]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().window.days = 3
