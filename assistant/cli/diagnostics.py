"""Owns stderr and the exit codes: nothing else in the command line writes there or decides a code.

stdout carries data only; whatever is said about the work (progress, notes, errors) comes through here.
"""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn

import typer

from segue.tools.errors import CancelledError, DataError, DefinitionError, SegueError


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
