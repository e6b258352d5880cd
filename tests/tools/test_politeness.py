"""What owners of sites would say of the poller, after a day and ten restarts (`make politeness` runs the long one)."""

from __future__ import annotations

from tools.politeness import findings, simulate, watching


def test_no_complaints() -> None:
    with watching() as watch:
        report = list(findings(watch, simulate(watch, hours=48, restarts=20)))
    assert len(report) > 25
    assert [line for line in report if not line.ok] == []
