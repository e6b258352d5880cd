"""The first signal asks, the second one means it."""

from __future__ import annotations

import os
import signal

import pytest

from dedup.doors.signals import told_to_stop, wait_for


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_once_and_then_is_itself_again(number: signal.Signals) -> None:
    usual = signal.getsignal(number)
    with told_to_stop() as stop:
        assert signal.getsignal(number) is not usual
        os.kill(os.getpid(), number)
        wait_for(stop)
        assert signal.getsignal(number) is usual
    assert signal.getsignal(number) is usual


def test_a_terminal_that_is_closed_asks_however_often() -> None:
    with told_to_stop() as stop:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGHUP):
            os.kill(os.getpid(), number)
        wait_for(stop)


def test_who_does_not_care_for_the_terminal_is_not_asked() -> None:
    usual = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with told_to_stop() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert not stop.is_set()
    finally:
        signal.signal(signal.SIGHUP, usual)
