"""A crashed loop comes back; the last one started is the first one stopped."""

from __future__ import annotations

import logging
import threading

import pytest

from dedup.loops.supervisor import Crew, Supervised


def test_loops_start_in_order_and_stop_in_the_opposite_order() -> None:
    told: list[str] = []

    def loop(name: str, running: threading.Event, stop: threading.Event) -> None:
        told.append(f"{name} starts")
        running.set()
        stop.wait()
        told.append(f"{name} stops")

    with Crew() as crew:
        for name in ("workers", "poller"):
            running = threading.Event()
            crew.add(name, lambda stop, name=name, running=running: loop(name, running, stop))  # type: ignore[misc]
            assert running.wait(5)
    assert told == ["workers starts", "poller starts", "poller stops", "workers stops"]


@pytest.mark.parametrize("crash", [True, False])
def test_a_loop_that_ends_too_early_is_started_again(crash: bool, caplog: pytest.LogCaptureFixture) -> None:
    runs: list[int] = []
    third = threading.Event()

    def loop(stop: threading.Event) -> None:
        runs.append(1)
        if len(runs) == 3:
            third.set()
            stop.wait()
        elif crash:
            raise ZeroDivisionError

    with caplog.at_level(logging.ERROR), Crew(first_pause_s=0.001) as crew:
        crew.add("loop", loop)
        assert third.wait(5)
    assert len(runs) == 3
    assert [record.message.split(";")[0] for record in caplog.records] == [
        "loop crashed" if crash else "loop ended by itself"
    ] * 2


@pytest.mark.parametrize(("steady_s", "pauses"), [(60.0, [0.001, 0.002, 0.004]), (0.0, [0.001] * 3)])
def test_pauses_begin_anew_after_a_long_run(
    steady_s: float, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    runs: list[int] = []
    fourth = threading.Event()

    def loop(stop: threading.Event) -> None:
        runs.append(1)
        if len(runs) < 4:
            raise ZeroDivisionError
        fourth.set()
        stop.wait()

    with caplog.at_level(logging.ERROR):
        member = Supervised("loop", loop, 0.001, steady_s)
        member.start()
        assert fourth.wait(5)
        assert member.stop(5)
    assert [record.args[1] for record in caplog.records if isinstance(record.args, tuple)] == pauses


def test_a_loop_that_does_not_stop_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    release = threading.Event()

    def deaf(stop: threading.Event) -> None:
        release.wait(5)

    with caplog.at_level(logging.ERROR), Crew(patience_s=0.01) as crew:
        crew.add("deaf", deaf)
    assert "deaf did not stop" in caplog.text
    release.set()
