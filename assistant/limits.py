"""How a question is stopped: by its asker, or because its time is up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from segue.tools.errors import CancelledError, LimitError, SegueError


class Cancel:
    """A switch for one question: `cancel()` from any thread or signal handler stops it. Stays thrown.

    What runs registers how it is interrupted (`interrupts`): a query's cursors, a provider's client.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # re-entrant: a signal handler may throw the switch inside one of our own blocks
        self._thrown = threading.Event()
        self._error: SegueError | None = None
        self._interrupts: list[Callable[[], None]] = []

    def cancel(self, error: SegueError | None = None) -> None:
        """Stops the question. `error` says why, where it is not the asker's wish. The first reason stays."""
        with self._lock:
            if self._thrown.is_set():
                return
            self._error = error or CancelledError()
            self._thrown.set()
            interrupts = list(self._interrupts)
        for interrupt in interrupts:
            interrupt()

    @property
    def thrown(self) -> bool:
        """Whether the question was stopped."""
        return self._thrown.is_set()

    @property
    def error(self) -> SegueError | None:
        """Why it was stopped; None while it was not."""
        return self._error

    def check(self) -> None:
        """Raises the reason where the question was stopped."""
        if self._error is not None:
            raise self._error

    def wait(self, seconds: float) -> None:
        """Sleeps, unless stopped: then raises the reason at once."""
        self._thrown.wait(seconds)
        self.check()

    @contextmanager
    def interrupts(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """While inside, stopping the question calls `interrupt` (at once, where it was stopped already)."""
        with self._lock:
            self._interrupts.append(interrupt)
            late = self._thrown.is_set()
        try:
            if late:
                interrupt()
            yield
        finally:
            with self._lock:
                self._interrupts.remove(interrupt)


class Deadline:
    """The moment a question's time is up. Monotonic clock, seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left; 0 where none are."""
        return max(0.0, self._end - time.monotonic())

    def error(self) -> LimitError:
        """What is raised when the time is up."""
        return LimitError(
            f"The question took longer than {self.seconds:g} seconds and was stopped.",
            "Ask about fewer rows or a shorter period, or raise question_seconds in the settings.",
        )
