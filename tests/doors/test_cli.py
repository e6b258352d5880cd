"""The command line: what it prints, where it complains, how it exits."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import click
import pytest

from dedup.doors.cli import main
from dedup.nouns.feed import Feed
from tests.doors.conftest import Dedup, TinyHouse

LINES = """\
{"id": "a", "title": "Storm", "text": "a storm", "url": "https://n.example/a", "published": "2026-01-02"}
{"id": "b", "title": "Storm", "text": "A storm", "source": "Paper"}

{"id": "c", "title": "Other", "text": "short"}
"""
BROKEN = '{"id": "d", "title": "Dee", "text": "d d"}\n{"id": \n{"id": "e"}\n'
CLUSTER = {
    "cluster": "a",
    "articles": [
        {"id": "a", "relation": None, "score": None, "via": None},
        {"id": "b", "relation": "copy", "score": 0.99, "via": "a"},
    ],
    "version": 2,
    "replaced_by": None,
}


@pytest.fixture
def archive(tmp_path: Path) -> str:
    path = tmp_path / "archive.jsonl"
    path.write_text(LINES, encoding="utf-8")
    return str(path)


def test_ingest_tells_the_tally_last(dedup: Dedup, archive: str, house: TinyHouse) -> None:
    result = dedup("ingest", archive, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[-1]) == {"accepted": 3, "clustered": 2, "skipped": 1, "failed": 0}
    assert house.store.closed
    assert dedup("ingest", archive).stdout == "3 articles: 2 clustered, 1 skipped, 0 failed\n"


def test_ingest_tells_broken_lines_and_goes_on(dedup: Dedup, archive: str, tmp_path: Path, house: TinyHouse) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(BROKEN, encoding="utf-8")
    result = dedup("ingest", str(broken), archive, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"accepted": 6, "clustered": 3, "skipped": 1, "failed": 2}
    complaints = result.stderr.splitlines()
    assert complaints[0].startswith(f"{broken}:2: not JSON")
    assert complaints[1] == f"{broken}:3: text: missing"
    assert [name for name, _ in house.store.buried] == [f"{broken}:2", f"{broken}:3"]


def test_a_date_of_hundreds_of_digits_loses_nothing(dedup: Dedup, tmp_path: Path) -> None:
    lines = [f'{{"id": "{digits}", "text": "a storm", "published": 1{"0" * digits}}}' for digits in (9, 310, 4_299)]
    path = tmp_path / "dates.jsonl"
    path.write_text("\n".join([*lines, '{"id": "last", "text": "a storm", "updated": -1%s}' % ("0" * 400)]))
    result = dedup("ingest", str(path), "--json")
    assert json.loads(result.stdout) == {"accepted": 4, "clustered": 4, "skipped": 0, "failed": 0}


def test_ingest_from_standard_input_and_gzip(dedup: Dedup, tmp_path: Path) -> None:
    packed = tmp_path / "archive.jsonl.gz"
    packed.write_bytes(gzip.compress(LINES.encode()))
    assert json.loads(dedup("ingest", "--json", str(packed)).stdout)["clustered"] == 2
    assert json.loads(dedup("ingest", "--json", "-", input=LINES.encode()).stdout)["accepted"] == 3


def test_ingest_tells_a_damaged_file_and_reads_the_next(dedup: Dedup, archive: str, tmp_path: Path) -> None:
    packed = tmp_path / "cut.jsonl.gz"
    packed.write_bytes(gzip.compress(LINES.encode())[:-12])
    result = dedup("ingest", "--json", str(packed), archive)
    assert result.exit_code == 1
    assert "cannot be read from here on" in result.stderr
    assert json.loads(result.stdout)["failed"] == 1


def test_a_missing_file_is_wrong_usage(dedup: Dedup, tmp_path: Path) -> None:
    assert dedup("ingest", str(tmp_path / "absent.jsonl")).exit_code == 2


def test_lookup(dedup: Dedup, archive: str) -> None:
    dedup("ingest", archive)
    found = json.loads(dedup("lookup", "--json", "https://n.example/a#top").stdout)
    assert found["article"] == {
        "id": "a", "url": "https://n.example/a", "source": "n.example", "title": "Storm", "lang": None,
        "published": "2026-01-02T00:00:00Z", "clock": "feed", "versions": 1,
    }  # fmt: skip
    assert found["cluster"] == "a"
    assert found["articles"][1] == {
        "id": "b", "relation": "copy", "score": 0.99, "via": "a", "url": None, "title": "Storm", "source": "Paper",
    }  # fmt: skip
    text = dedup("lookup", "b").stdout
    assert "cluster a, 2 articles" in text
    assert "  RELATION  SCORE  ARTICLE  MATCHED  SOURCE     TITLE\n" in text
    assert "  copy      0.99   b        a        Paper      Storm\n" in text


def test_what_is_not_there_is_exit_1(dedup: Dedup) -> None:
    result = dedup("lookup", "nobody")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "dedup: no article 'nobody' (never seen, or expired from the window)\n"
    error = json.loads(dedup("lookup", "nobody", "--json").stderr)
    assert error["error"]["type"] == "not_found"
    assert dedup("explain", "a", "b").exit_code == 1


def test_clusters(dedup: Dedup, archive: str) -> None:
    dedup("ingest", archive, "-", input=b'{"id": "d", "title": "Dee", "text": "d d"}')
    lines = dedup("clusters", "--json").stdout.splitlines()
    assert [json.loads(line)["cluster"] for line in lines] == ["a", "d"]
    assert json.loads(dedup("clusters", "--json", "--min-size", "2").stdout) == CLUSTER
    assert "a  2 articles\n" in dedup("clusters").stdout


def test_explain(dedup: Dedup, archive: str) -> None:
    dedup("ingest", archive)
    explained = json.loads(dedup("explain", "a", "b", "--json").stdout)
    assert (explained["together"], explained["views"][0]["view"]) == (True, "words")
    text = dedup("explain", "a", "b").stdout
    assert "a and b are together" in text
    assert "words  0.900    0.950" in text


def test_events(dedup: Dedup, archive: str) -> None:
    dedup("ingest", archive)
    lines = [json.loads(line) for line in dedup("events", "--json").stdout.splitlines()]
    assert [(each["kind"], each["articles"]) for each in lines] == [("created", ["a"]), ("joined", ["b"])]
    rest = dedup("events", "--json", "--after", lines[0]["cursor"]).stdout
    assert json.loads(rest) == lines[1]
    assert "joined  a v2, 2 articles: b" in dedup("events").stdout


def test_events_that_are_gone_are_told(dedup: Dedup, archive: str, house: TinyHouse) -> None:
    dedup("ingest", archive)
    house.store.gone = 1
    result = dedup("events", "--json", "--after", "0")
    assert [json.loads(line)["cursor"] for line in result.stdout.splitlines()] == ["2"]
    assert result.stderr == "dedup: events before 2 are gone: read `dedup clusters`\n"
    for after in ((), ("--after", "1")):
        assert dedup("events", *after).stderr == ""


def test_feeds(dedup: Dedup, tmp_path: Path, house: TinyHouse) -> None:
    assert "No feed is followed" in dedup("feeds", "list").stdout
    assert dedup("feeds", "add", "ftp://n.example").exit_code == 2
    added = dedup("feeds", "add", "https://n.example/rss", "https://n.example/atom", "--source", "N", "--json")
    assert json.loads(added.stdout) == {
        "added": 2,
        "known": 0,
        "feeds": ["https://n.example/rss", "https://n.example/atom"],
    }
    assert house.store.feed("https://n.example/rss").feed == Feed("https://n.example/rss", "", "N")
    opml = tmp_path / "feeds.opml"
    opml.write_text(dedup("feeds", "export").stdout, encoding="utf-8")
    removed = dedup("feeds", "remove", "https://n.example/rss", "https://n.example/unknown")
    assert (removed.exit_code, removed.stdout) == (1, "1 removed\n")
    assert "https://n.example/unknown" in removed.stderr
    imported = dedup("feeds", "import", str(opml))
    assert imported.stdout == "1 added, 1 followed already, 0 left out\n"
    listed = [json.loads(line)["url"] for line in dedup("feeds", "list", "--json").stdout.splitlines()]
    assert listed == ["https://n.example/atom", "https://n.example/rss"]


def test_the_list_of_feeds_tells_how_polling_goes(dedup: Dedup, house: TinyHouse) -> None:
    dedup("feeds", "add", *(f"https://{name}.example/feed" for name in ("fine", "gone", "sick", "young")), "--as-is")
    fine, gone, sick, _ = house.store.feeds()
    house.store.remember(
        replace(fine, interval_s=5_400, last_success=1, skipped={"too_short": 3}, failed={"ValueError": 1}),
        replace(gone, gone=True, failures=1, error="HTTP 410 Gone"),
        replace(sick, failures=4, error="HTTP 500"),
    )
    lines = dedup("feeds", "list").stdout.splitlines()[1:]
    assert "1.5 h" in lines[0]
    assert "3 too_short, 1 ValueError" in lines[0]
    assert lines[1].endswith("gone (410): not asked any more")
    assert lines[2].endswith("failed 4 times: HTTP 500")
    assert lines[3].endswith("new")
    states = [json.loads(line)["state"] for line in dedup("feeds", "list", "--json").stdout.splitlines()]
    assert states == ["fine", "gone", "failing", "new"]
    assert "4 followed, 1 failing, 1 gone" in dedup("status").stdout


def test_status(dedup: Dedup, archive: str) -> None:
    dedup("ingest", archive)
    assert json.loads(dedup("status", "--json").stdout)["waiting"] == 0
    assert "0 followed, 0 failing, 0 gone" in dedup("status").stdout


def test_redis_away_is_exit_1(dedup: Dedup, house: TinyHouse) -> None:
    house.store.away = True
    result = dedup("clusters")
    assert (result.exit_code, result.stderr.startswith("dedup: Redis is away")) == (1, True)


def test_wrong_settings_are_exit_2(dedup: Dedup, tmp_path: Path) -> None:
    config = tmp_path / "dedup.toml"
    config.write_text("[http]\nport = 0.5\nhots = 1\n", encoding="utf-8")
    result = dedup("status", "--config", str(config))
    assert result.exit_code == 2
    assert "http.port = 0.5: expected a whole number from 0 to 65535" in result.stderr
    assert "http.hots = 1: unknown; did you mean http.host?" in result.stderr
    assert dedup("--config", str(config), "check-config").exit_code == 2


def test_check_config_shows_what_is_in_force_but_no_password(dedup: Dedup) -> None:
    result = dedup("check-config", environ={"DEDUP_REDIS_URL": "redis://:secret@h/0"})
    assert "redis.url = 'redis://***@h/0'" in result.stdout
    assert json.loads(dedup("check-config", "--json").stdout)["http"]["port"] == 8080


@pytest.mark.parametrize("before", [True, False])
def test_shared_options_stand_before_or_after_the_command(dedup: Dedup, house: TinyHouse, before: bool) -> None:
    options = ["--data-dir", "here", "--json"]
    arguments = [*options, "status"] if before else ["status", *options]
    json.loads(dedup(*arguments, environ={"DEDUP_REDIS_URL": "redis://h/0"}).stdout)
    assert house.opened[-1].data.dir == "here"
    assert house.opened[-1].redis.url == "", "--data-dir means the Redis of that directory"


def commands(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    found = []
    for name, command in group.commands.items():
        found.append((f"{prefix}{name}", command))
        if isinstance(command, click.Group):
            found += commands(command, f"{prefix}{name} ")
    return found


def test_the_commands_are_those_of_the_contract() -> None:
    assert {name for name, _ in commands(main)} == {
        "run", "poll", "work", "serve", "ingest", "lookup", "clusters", "explain", "events", "status", "doctor",
        "check-config", "feeds", "feeds list", "feeds add", "feeds remove", "feeds import", "feeds export",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "command"), commands(main))
def test_help_teaches(dedup: Dedup, name: str, command: click.Command) -> None:
    text = dedup(*name.split(), "--help").stdout
    assert f"dedup {name.split()[0]}" in text
    if not isinstance(command, click.Group):
        assert {"--json", "--config", "--data-dir"} <= {each for param in command.params for each in param.opts}
        assert "Example" in text


def test_a_title_cannot_talk_to_the_terminal(dedup: Dedup) -> None:
    line = json.dumps({"id": "x", "title": "\x1b[31mred\u202e", "text": "a b", "source": "日本経済新聞"})
    dedup("ingest", "-", input=line.encode())
    text = dedup("lookup", "x").stdout
    assert "\x1b" not in text
    assert "\u202e" not in text
