"""Waiting: results and errors come through, and the first Ctrl-C stops the work."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from segue.assistant.waiting import wait_for
from segue.tools.errors import QuestionError


def no_cancel() -> None:
    raise AssertionError("nobody asked to stop")


def test_the_result_comes_back() -> None:
    assert wait_for(lambda note: 42, no_cancel, None) == 42


def test_an_error_comes_back() -> None:
    def fails(note: Callable[[str], None]) -> None:
        raise QuestionError("no such thing")

    with pytest.raises(QuestionError, match="no such thing"):
        wait_for(fails, no_cancel, None)


PROGRAM = """
import threading
from segue.assistant.waiting import wait_for
from segue.tools.errors import CancelledError

stopped = threading.Event()

def works(note):
    print("working", flush=True)
    stopped.wait(30)
    if HEEDS:
        raise CancelledError
    print("still working", flush=True)
    threading.Event().wait(30)

try:
    wait_for(works, stopped.set, None)
except CancelledError:
    print("cancelled")
except KeyboardInterrupt:
    print("interrupted")
"""


def interrupted(*, heeds: bool) -> list[str]:
    """What the program prints when it is sent Ctrl-C, twice where its work doesn't heed the first."""
    code = PROGRAM.replace("HEEDS", str(heeds))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline()]
        program.send_signal(signal.SIGINT)
        lines.append(program.stdout.readline())
        if not heeds:
            program.send_signal(signal.SIGINT)
            lines.append(program.stdout.readline())
    return [line.strip() for line in lines]


def test_ctrl_c_cancels_and_the_work_says_how_it_ended() -> None:
    assert interrupted(heeds=True) == ["working", "cancelled"]


def test_a_second_ctrl_c_waits_no_longer() -> None:
    assert interrupted(heeds=False) == ["working", "still working", "interrupted"]
