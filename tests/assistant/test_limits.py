"""How a question is stopped."""

from __future__ import annotations

import threading
import time

import pytest

from segue.assistant.limits import Cancel, Deadline
from segue.tools.errors import CancelledError, LimitError


def test_the_first_reason_stays() -> None:
    cancel = Cancel()
    cancel.check()
    assert (cancel.thrown, cancel.error) == (False, None)
    cancel.cancel(LimitError("too long"))
    cancel.cancel()
    assert cancel.thrown
    with pytest.raises(LimitError, match="too long"):
        cancel.check()


def test_what_runs_is_interrupted_only_while_it_runs() -> None:
    cancel, told = Cancel(), []
    with cancel.interrupts(lambda: told.append("outer")):
        with cancel.interrupts(lambda: told.append("inner")):
            pass
        cancel.cancel()
    assert told == ["outer"]


def test_what_begins_after_the_stop_is_interrupted_at_once() -> None:
    cancel, told = Cancel(), []
    cancel.cancel()
    with cancel.interrupts(lambda: told.append("late")):
        assert told == ["late"]


def test_a_wait_ends_when_stopped() -> None:
    cancel = Cancel()
    threading.Timer(0.05, cancel.cancel).start()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        cancel.wait(30)
    assert time.monotonic() - began < 20


def test_an_interrupt_may_itself_look_at_the_switch() -> None:
    cancel, seen = Cancel(), []
    with cancel.interrupts(lambda: seen.append(cancel.thrown)):
        cancel.cancel()
    assert seen == [True]


def test_a_deadline() -> None:
    assert 0 < Deadline(5).left <= 5
    passed = Deadline(0)
    assert passed.left == 0
    assert passed.error().reason == "The question took longer than 0 seconds and was stopped."
