"""Owns stderr and the exit codes: nothing else in the command line writes there or decides a code.

stdout carries data only; whatever is said about the work (progress, notes, errors) comes through here.
"""

from __future__ import annotations

import enum
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

import typer

from segue.tools.errors import CancelledError, DataError, DefinitionError, SegueError

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0
"""Seconds that work may take before a bar shows."""


class Exit(enum.IntEnum):
    """The exit codes that other programs rely on."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_ANSWER = 3  # declined, or a question back
    NO_WORKSPACE = 4  # none there, or its model file is broken
    INTERRUPTED = 130


def note(text: str = "") -> None:
    """A line on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def stop(reason: str, mend: str | None = None, code: Exit = Exit.FAILED) -> NoReturn:
    """Says what is wrong and what to do, and ends the command with `code`."""
    note(f"segue: {reason}")
    if mend:
        note(f"       {mend}")
    raise typer.Exit(code)


def stop_for(error: SegueError, code: Exit = Exit.FAILED) -> NoReturn:
    """Ends the command for an error that Segue raised on purpose. One who stopped the work needs no telling."""
    if isinstance(error, CancelledError):
        raise typer.Exit(Exit.INTERRUPTED)
    stop(error.reason, error.mend, code)


@contextmanager
def opening_workspace() -> Iterator[None]:
    """Inside, a workspace that isn't there or a model file that is broken ends the command with exit code 4."""
    try:
        yield
    except (DataError, DefinitionError) as error:
        stop_for(error, Exit.NO_WORKSPACE)


def report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The excepthook: a bug is reported in two lines; the traceback comes with SEGUE_DEBUG=1."""
    if os.environ.get("SEGUE_DEBUG"):
        sys.__excepthook__(kind, error, trace)
        return
    note(f"segue: something went wrong inside Segue: {kind.__name__}: {error}")
    note("       This is a bug. SEGUE_DEBUG=1 in the environment shows where; please report it with that.")


class ProgressBar:
    """A bar on stderr for work that takes longer than a second; nothing where stderr is no terminal.

    Call it with what is being done and the share done, 0 to 1 (None: nobody knows).
    """

    def __init__(self) -> None:
        self._timer = threading.Timer(PATIENCE, self._show)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._now: tuple[str, float | None] = ("", None)

    def __enter__(self) -> ProgressBar:
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()

    def __call__(self, what: str, share: float | None = None) -> None:
        with self._lock:
            self._now = (what, share)
            if self._bar is not None:
                self._update(self._bar)

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        with self._lock:
            bar.add_task("", total=None)
            self._update(bar)
            bar.start()
            self._bar = bar

    def _update(self, bar: Progress) -> None:
        what, share = self._now
        bar.update(bar.task_ids[0], description=what, total=None if share is None else 1.0, completed=share or 0.0)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Inside, the bar is off the screen: a person is asked something."""
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
            yield
            if self._bar is not None:
                self._bar.start()


def ask_choice(question: str, choices: Sequence[str]) -> str | None:
    """Asks the person at the terminal; None where they choose none. Ctrl-D and an empty line choose none."""
    note(question)
    for number, choice in enumerate(choices, 1):
        note(f"  {number}. {choice}")
    while True:
        sys.stderr.write(f"1 to {len(choices)}, or Enter to leave it open: ")
        sys.stderr.flush()
        typed = sys.stdin.readline().strip()
        if not typed:
            return None
        if typed.isdecimal() and 1 <= int(typed) <= len(choices):
            return choices[int(typed) - 1]
