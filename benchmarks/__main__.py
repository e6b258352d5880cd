"""`python -m benchmarks [NAME ...] [--articles N]`."""

from __future__ import annotations

import argparse

from benchmarks.archive import archive
from benchmarks.cluster import cluster
from benchmarks.concepts import concepts
from benchmarks.crowds import crowds, template
from benchmarks.expiry import expiry
from benchmarks.ingest import ingest
from benchmarks.large import large
from benchmarks.polling import polling
from benchmarks.workers import workers

NAMES = {
    "ingest": ingest,
    "large": large,
    "concepts": concepts,
    "crowds": crowds,
    "template": template,
    "workers": workers,
    "expiry": expiry,
    "cluster": cluster,
    "archive": archive,
    "polling": polling,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; none: all of them")
    parser.add_argument("--articles", type=int, help="how many (polling: how many feeds); each has its own default")
    given = parser.parse_args()
    for name in given.names or NAMES:
        if name not in NAMES:
            parser.error(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
    for name in given.names or NAMES:
        print(f"\n## {name}\n")
        NAMES[name](given.articles) if given.articles else NAMES[name]()


main()
