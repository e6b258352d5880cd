"""Fingerprints: the same tomorrow, in another process, on another machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from dedup.nouns.article import Article, Clock
from dedup.sketching.fingerprint import VERSION, fingerprint, settings_name

GOLDEN = Path(__file__).parent / "fingerprints.json"
TEXTS = {
    "english": (
        "Bridge closed",
        "Police said on Monday that the old bridge was closed after 2 of its 76 cables had snapped. "
        "No one was hurt, said Marta Ellingsen, and the ferry takes 200 people an hour to Halvard Island.",
    ),
    "brief": ("Minister resigns after report on bridge", "Listen to the news."),
    "chinese": (
        "大橋關閉",
        "警方週一表示,由於76根纜繩中有2根斷裂,舊大橋已經關閉。"
        "沒有人受傷,渡輪每小時可運送200人前往島上。當局表示維修需要三個星期。",
    ),
    "russian": (
        "Мост закрыт",
        "Полиция сообщила в понедельник, что старый мост закрыт после обрыва двух из 76 тросов. "
        "Никто не пострадал, сказала Марта Эллингсен, паром перевозит 200 человек в час на остров.",
    ),
    "hindi": (
        "पुल बंद",
        "पुलिस ने सोमवार को कहा कि 76 में से 2 केबल टूटने के बाद पुराना पुल बंद कर दिया गया है। कोई घायल नहीं हुआ।",
    ),
    "empty": ("", ""),
}


def article(name: str) -> Article:
    title, text = TEXTS[name]
    return Article(name, "s", title, text, 0, Clock.FEED, 0, 0)


def described(name: str) -> dict[str, object]:
    found = asdict(fingerprint(article(name)))
    for sketch in found["sketches"].values():
        sketch["signature"] = sketch["signature"].hex()
        sketch["bands"] = [f"{key:016x}" for key in sketch["bands"]]
    described: dict[str, object] = json.loads(json.dumps(found))
    return described


def test_settings_name_what_fingerprints_depend_on() -> None:
    assert settings_name() == json.loads(GOLDEN.read_text())["settings"]


@pytest.mark.parametrize("name", TEXTS)
def test_fingerprints_have_not_changed(name: str) -> None:
    golden = json.loads(GOLDEN.read_text())
    assert described(name) == golden[name], (
        "The fingerprint of a text has changed: indexes written before would find nothing any more. If that is meant, "
        f"raise fingerprint.VERSION (now {VERSION}) and write the file anew: python -m tests.sketching.test_fingerprint"
    )


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_another_process_makes_the_same(hash_seed: str) -> None:
    code = "import json, tests.sketching.test_fingerprint as t; print(json.dumps({n: t.described(n) for n in t.TEXTS}))"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    assert json.loads(answer.stdout) == {name: described(name) for name in TEXTS}


def test_a_stub_under_many_headlines_is_not_one_text() -> None:
    stub = "Listen to the latest news bulletin from our newsroom."
    pair = [Article("a", "s", title, stub, 0, Clock.FEED, 0, 0) for title in ("Minister resigns", "Storm in the north")]
    assert fingerprint(pair[0]).exact != fingerprint(pair[1]).exact


def test_a_story_under_another_headline_is_the_same_text() -> None:
    one, story = TEXTS["english"]
    pair = [Article("a", "s", title, story, 0, Clock.FEED, 0, 0) for title in (one, "Cable snaps")]
    assert fingerprint(pair[0]).exact == fingerprint(pair[1]).exact


def test_an_empty_text_says_nothing() -> None:
    found = fingerprint(article("empty"))
    assert found.length == 0
    assert all(sketch.size == 0 and not sketch.bands for sketch in found.sketches.values())


if __name__ == "__main__":
    golden = {"settings": settings_name(), **{name: described(name) for name in TEXTS}}
    GOLDEN.write_text(json.dumps(golden, indent=None, separators=(",", ":")).replace('},"', '},\n"') + "\n")
