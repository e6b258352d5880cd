"""What owners of sites would say of the poller, after two days and twenty restarts (`make politeness` prints it)."""

from __future__ import annotations

from tools.politeness.findings import findings
from tools.politeness.simulation import simulate
from tools.politeness.sites import SITES
from tools.politeness.watch import watching


def test_no_complaints() -> None:
    with watching(SITES) as watch:
        report = list(findings(watch, simulate(watch, hours=48, restarts=20)))
    assert len(report) > 25
    assert [line for line in report if not line.ok] == []
