from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dedup.edges.lexicon_file import shipped_table
from dedup.nouns.errors import LexiconError
from dedup.sketching.lexicon import table as module
from dedup.sketching.lexicon.segmentation import longest_groups, longest_runs
from dedup.sketching.lexicon.table import EXACT, Table, packed, run_keys, shelved, word_key
from dedup.sketching.lexicon.words import meanings

FOLDER = Path(module.__file__).parent


def test_a_shelf_gives_back_what_was_put_in() -> None:
    words = {word_key(f"word{number}{EXACT}"): number for number in range(5000)}
    shelf = shelved(words)
    assert [shelf.meaning(key) for key in words] == list(words.values())
    assert shelf.meanings_of(np.array(list(words), np.uint32)).tolist() == list(words.values())
    strangers = [word_key(f"stranger{number}") for number in range(5000)]
    assert sum(shelf.meaning(key) is not None for key in strangers) <= 5
    assert np.count_nonzero(shelf.meanings_of(np.array(strangers, np.uint32)) >= 0) <= 5


def test_words_prefixes_clitics_compounds() -> None:
    keys = {"haus$": 1, "regierung": 2, "arbeit$": 3, "markt$": 4}
    german = shelved({word_key(key): meaning for key, meaning in keys.items()})
    assert meanings("haus", "de", german) == (1,)
    assert meanings("regierungen", "de", german) == (2,)
    assert meanings("arbeitsmarkt", "de", german) == (3, 4)
    assert meanings("unbekannt", "de", german) == ()
    assert meanings("ja", "de", german) == ()
    hebrew = shelved({word_key("שולחן$"): 7})
    assert meanings("והשולחן", "he", hebrew) == (7,)


def test_the_longest_run_is_taken() -> None:
    def key(run: str) -> int:
        return int(run_keys(np.frombuffer(run.encode("utf-32-le"), np.uint32), len(run))[-1][0])

    shelf = shelved({key("地震"): 1, key("大地震"): 2, key("被害"): 3})
    text = "大地震被害 地震"
    assert list(longest_runs(text, shelf).of(text)) == [("大地震", 2), ("被害", 3), ("地震", 1)]
    assert list(longest_runs("無", shelf).of("無")) == []
    assert list(longest_runs("", shelf).of("")) == []


def test_the_longest_group_of_syllables_is_taken() -> None:
    shelf = shelved(
        {word_key(f"{word}{EXACT}"): number for number, word in enumerate(["viet", "viet_nam", "nam_dinh"])}
    )
    syllables = [b"nam", b"viet", b"nam", b"dinh"]
    assert list(longest_groups(syllables, shelf).of(syllables)) == [([b"viet", b"nam"], 1)]
    assert list(longest_groups([], shelf).of([])) == []
    assert list(longest_groups([b"viet"], shelf).of([b"viet"])) == [([b"viet"], 0)]


def test_arrays_come_back_from_the_bytes() -> None:
    table = Table(
        packed({"en": "words"}, {"rarity": np.arange(3, dtype=np.uint8), "pairs": np.array([[1, 2]], np.uint16)})
    )
    assert table.concept_count == 2
    assert [table.concepts(meaning) for meaning in range(4)] == [(), (1,), (2,), (1, 2)]
    assert table.concepts_of(np.array([3, 0, 2], np.int32)) == [2, 1, 2]
    assert not table.array("rarity").flags.writeable


@pytest.mark.parametrize("buffer", [b"", b"something else entirely"])
def test_not_a_table(buffer: bytes) -> None:
    with pytest.raises(LexiconError, match="make lexicon"):
        Table(buffer)


def test_the_shipped_table_is_small_attributed_and_has_the_languages() -> None:
    assert (FOLDER / "concepts.bin").stat().st_size <= 12_000_000
    assert "CC BY-SA 3.0" in (FOLDER / "ATTRIBUTION.md").read_text(encoding="utf-8")
    wanted = [
        "en",
        "fr",
        "es",
        "de",
        "it",
        "pt",
        "nl",
        "sv",
        "da",
        "pl",
        "cs",
        "ru",
        "uk",
        "ro",
        "el",
        "hu",
        "fi",
        "tr",
        "ar",
        "he",
        "fa",
        "hi",
        "id",
        "vi",
        "zh",
        "ja",
        "ko",
    ]
    table = shipped_table()
    assert set(wanted) <= table.languages.keys()
    assert all(0.1 < table.expected(one, other) < 1 for one in wanted for other in wanted)
    assert len(table.glosses) == table.concept_count + 1


def test_the_table_is_opened_in_milliseconds() -> None:
    program = (
        "import numpy, time; from dedup.edges.lexicon_file import shipped_table; began = time.process_time()\n"
        "shipped_table().shelf('de').word('haus'); print(time.process_time() - began)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert float(out) < 0.1
