"""`make politeness`: how our poller looks from the other side. A local origin watches it for 48 hours and 20 restarts.

The checks are those that owners of sites care about, in the style of the public feed reader score
(rachelbythebay.com/fs/help): the requests are real, the clock is not. Names such as quiet.example lead to the origin.
"""

from __future__ import annotations

import sys

from tools.politeness.findings import findings
from tools.politeness.simulation import simulate
from tools.politeness.sites import SITES
from tools.politeness.watch import watching


def main() -> int:
    """Print the report; 1 if something is wrong."""
    with watching(SITES) as watch:
        report = list(findings(watch, simulate(watch)))
    for line in report:
        print(f"{'ok  ' if line.ok else 'BAD '} {line.check}: {line.found}")
    bad = sum(not line.ok for line in report)
    print(f"{len(watch.seen)} requests for {len(SITES)} sites in 48 simulated hours with 20 restarts: {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
