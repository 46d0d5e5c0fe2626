"""What can go wrong, said so that a person can act on it. Imports nothing of Segue.

SegueError
├── DefinitionError   the model file, a plan or a segment definition names something that isn't there or can't be
├── QuestionError     the data can't answer this question
├── DataError         a source can't be read, or a workspace can't be opened
├── ProviderError     a chat model provider failed
├── LimitError        a limit on time, calls or memory stopped the work
└── CancelledError    the asker stopped it

Every message has three parts: the thing, the reason, the mend.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SegueError(Exception):
    """Base of everything Segue raises on purpose.

    `reason` says what is wrong with which thing; `mend` says what to do (None where nothing can be done).
    """

    def __init__(self, reason: str, mend: str | None = None) -> None:
        self.reason = reason
        self.mend = mend
        super().__init__(reason if mend is None else f"{reason} {mend}")


class DefinitionError(SegueError):
    """A name or a shape in the model file, a plan or a definition that can't be."""


class QuestionError(SegueError):
    """The data can't answer the question."""


class DataError(SegueError):
    """A source that can't be read, or a workspace that can't be opened."""


class ProviderError(SegueError):
    """A chat model provider failed."""


class LimitError(SegueError):
    """A limit on time, calls or memory stopped the work."""


class CancelledError(SegueError):
    """The asker stopped the work."""

    def __init__(self, reason: str = "Stopped.", mend: str | None = None) -> None:
        super().__init__(reason, mend)


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """A sentence that offers the nearest of `names`, or None where none is near."""
    by_lower = {n.lower(): n for n in names}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean {by_lower[near[0]]!r}?" if near else None
