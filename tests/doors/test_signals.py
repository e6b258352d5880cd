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
