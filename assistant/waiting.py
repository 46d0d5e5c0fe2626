"""Waiting for work at a terminal: a spinner with the step it is on, and Ctrl-C that stops the work."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

PATIENCE = 0.3
"""Seconds without a spinner: what is done sooner needs none."""
TICK = 0.05


class Work(threading.Thread, Generic[T]):
    """Runs `do(note)` in a thread of its own, so that the main thread stays free for Ctrl-C. `step` is what it noted last."""

    def __init__(self, do: Callable[[Callable[[str], None]], T]) -> None:
        super().__init__(daemon=True, name="segue-work")
        self.step = ""
        self.done = threading.Event()
        self._do = do
        self._value: T | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._value = self._do(self._note)
        except BaseException as error:  # noqa: BLE001 (raised again in the thread that waits)
            self._error = error
        finally:
            self.done.set()

    def _note(self, step: str) -> None:
        self.step = step

    def result(self) -> T:
        """What `do` returned, waited for. Raises what it raised."""
        self.done.wait()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # None only where T is


def wait_for(do: Callable[[Callable[[str], None]], T], cancel: Callable[[], None], console: Console | None) -> T:
    """Runs `do(note)` and returns what it returns, or raises what it raises.

    note     called by the work with the step it is on
    cancel   called at the first Ctrl-C, to stop the work; a second one raises KeyboardInterrupt at once
    console  where the spinner turns; None, or no terminal, means none
    """
    work = Work(do)
    stopping = False
    while True:
        try:
            if work.ident is None:
                work.start()
            _watch(work, console)
            return work.result()
        except KeyboardInterrupt:
            if stopping or work.done.is_set():
                raise
            stopping = True
            cancel()


def steps(note: Callable[[str], None]) -> Callable[[str, str], None]:
    """What a Session tells of its progress, for a spinner: the steps without the pieces of the reply."""

    def on_progress(kind: str, text: str) -> None:
        if kind == "step":
            note(text)

    return on_progress


def _watch(work: Work, console: Console | None) -> None:
    """Returns when the work is done."""
    if work.done.wait(PATIENCE):
        return
    if console is None or not console.is_terminal or console.is_dumb_terminal or os.environ.get("TERM") == "dumb":
        work.done.wait()
        return
    began = time.monotonic() - PATIENCE
    with console.status("") as status:
        while not work.done.wait(TICK):
            seconds = time.monotonic() - began
            status.update(f"{work.step or 'Thinking'} … {seconds:.0f} s" if seconds >= 2 else f"{work.step or 'Thinking'} …")
