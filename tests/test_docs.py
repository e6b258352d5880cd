"""What the documents promise is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from dedup.doors.cli import main
from dedup.reading.article import ReadingSettings, read
from dedup.reading.identity import canonical_url
from dedup.spine.desk import Desk
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from tests.tiny import NOON

ROOT = Path(__file__).resolve().parents[1]
LATER = NOON + 90 * 86_400
"""After the articles of the README were published."""
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_exist(document: Path) -> None:
    mentioned = set(re.findall(r"(?m)(?:`|^)make ([a-z]+)", document.read_text(encoding="utf-8")))
    offered = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert mentioned <= offered


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"make run", "make test", "make check"} <= set(re.findall(r"make [a-z]+", listed))


README = (ROOT / "README.md").read_text(encoding="utf-8")
JSON = [line for block in re.findall(r"(?s)```json\n(.*?)```", README) for line in block.splitlines()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_is_left_to_be_filled_in(document: Path) -> None:
    assert not re.findall(r"<!--|\bTODO\b", document.read_text(encoding="utf-8"))


def test_the_commands_of_the_readme_are_those_of_the_command_line() -> None:
    calls = re.findall(r"(?m)^(?:\$ )?dedup (?:--data-dir \S+ )?([a-z].*)$", README)
    named = {name.strip() for call in calls for name in re.split(r"\s{2,}| [A-Z\[-]", call)[0].split("|")}
    feeds = main.commands["feeds"]
    assert isinstance(feeds, click.Group)
    told = {word for name in named for word in name.split()}
    assert set(main.commands) | set(feeds.commands) <= told
    unknown = {name.split()[0] for name in named} - set(main.commands) - set(feeds.commands)
    assert unknown <= {"is"}, "prose that begins with the name"


def test_the_options_of_the_readme_are_those_of_the_command_line() -> None:
    offered = {"--help", *(each for command in [main, *main.commands.values()] for each in options(command))}
    lines = re.findall(r"(?m)^(?:\$ )?dedup .*$", README)
    assert {each for line in lines for each in re.findall(r"--[a-z-]+", line)} <= offered


def options(command: click.Command) -> list[str]:
    return [name for param in command.params for name in param.opts]


@pytest.mark.parametrize("line", JSON)
def test_the_json_of_the_readme_is_json(line: str) -> None:
    assert isinstance(json.loads(line), dict)


def test_the_articles_of_the_readme_are_grouped_as_it_says() -> None:
    articles = [found for line in JSON if "text" in (found := json.loads(line))]
    store, settings = MemoryStore(), ReadingSettings()
    pipeline = Pipeline(store, window_s=14 * 86_400, clock=lambda: LATER, reading=settings)
    desk = Desk(store, pipeline, read=lambda entry: read(entry, settings), canonical=canonical_url, clock=lambda: LATER)
    assert desk.ingest(articles).clustered == 4
    assert [[member.id for member in each.members] for each in desk.all_clusters(2)] == [["wire-1", "post-77"]]
    assert not desk.explain("lotto-9", "lotto-10").together


def test_decisions_are_numbered_in_order_and_mentioned_by_numbers_that_exist() -> None:
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"(?m)^## (\d+)\. ", design)]
    assert numbers == list(range(1, len(numbers) + 1))
    texts = [design, *(path.read_text(encoding="utf-8") for path in (ROOT / "dedup").rglob("*.py"))]
    mentioned = {int(number) for text in texts for number in re.findall(r"\bdecision (\d+)", text)}
    assert mentioned <= set(numbers)
