"""Builds the table of concepts: `make lexicon`.

Learns every language from the parallel text, two at a time, chooses the concepts, writes the shelves, measures, and
writes `dedup/sketching/lexicon/concepts.bin`. The same text gives the same bytes. `--from DIR` takes up the learning
that an earlier run left in a folder.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from dedup.sketching.lexicon.table import packed
from tools.lexicon.building import build, languages, table_of
from tools.lexicon.figures import COMMON, document_sets, expected, kept, rarity, shares, with_english, without_common
from tools.lexicon.sources import LANGUAGES, folder
from tools.lexicon.training import train

TABLE = Path(__file__).resolve().parents[2] / "dedup" / "sketching" / "lexicon" / "concepts.bin"
PROCESSES = 2


def main(arguments: list[str]) -> None:
    """Builds the table anew and says how long each part took."""
    parser = argparse.ArgumentParser(prog="python -m tools.lexicon", description=__doc__)
    parser.add_argument("--from", dest="learnt", type=Path, help="a folder with learnt languages")
    parser.add_argument("--keep", type=Path, help="learn into this folder, and leave it there")
    parser.add_argument("--out", type=Path, default=TABLE, help="where to write the table")
    chosen = parser.parse_args(arguments)
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool, tempfile.TemporaryDirectory() as scratch:
        place = chosen.learnt or chosen.keep or Path(scratch)
        if chosen.learnt is None:
            place.mkdir(parents=True, exist_ok=True)
            largest_first = sorted(LANGUAGES, key=lambda language: -_text_size(language.code))
            for line in pool.imap_unordered(partial(train, build=place), largest_first, chunksize=1):
                say(line)
        inventory, arrays = build(place, pool)
    say(f"{len(inventory.numbers):,} concepts, {len(inventory.pairs):,} pairs")
    first = table_of(arrays)
    common_of = shares(first, document_sets(first))
    arrays["rarity"] = rarity(common_of)
    common = common_of > COMMON
    say(f"common, taken out: {', '.join(first.glosses[number] for number in common.nonzero()[0])}")
    for code in languages():
        arrays[f"{code}.meanings"] = without_common(
            arrays[f"{code}.meanings"].astype(np.uint16), common, arrays["pairs"].astype(np.uint16).reshape(-1, 2)
        )
    final = table_of(arrays)
    arrays["kept"], arrays["kinds_kept"] = kept(final)
    arrays["expected"] = expected(document_sets(final), with_english(final, languages()))
    written = packed(languages(), arrays)
    chosen.out.write_bytes(written)
    say(f"{chosen.out.name}: {len(written) / 1e6:.2f} MB, {len(languages())} languages")
    for code in languages():
        say(f"  {code}: {arrays[f'{code}.meanings'].size:,} keys")


def say(line: str) -> None:
    """A line for the person who waits."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def _text_size(code: str) -> int:
    return sum(path.stat().st_size for path in folder().glob(f"{code}.*.tsv.gz"))


if __name__ == "__main__":
    main(sys.argv[1:])
