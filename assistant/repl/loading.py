"""Loads the workspace and the agent behind the prompt: a person types while it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from segue.assistant.waiting import Work
from segue.tools.errors import SegueError

if TYPE_CHECKING:
    from segue.assistant.session import Session


class Loader:
    """Opens a Session in a thread, once.

    on_failure  called in that thread where the workspace can't be opened; `failed` is true then, and `session()` says why
    """

    def __init__(self, path: Path, on_failure: Callable[[], None]) -> None:
        self._path = path
        self._on_failure = on_failure
        self._work = Work(self._load)
        self._started = False
        self._names: Mapping[str, str] = {}
        self.failed = False

    def start(self) -> None:
        """Begins to load, where it hasn't yet."""
        if not self._started:
            self._started = True
            self._work.start()

    def _load(self, note: Callable[[str], None]) -> Session:
        from segue.assistant.repl.completion import workspace_names
        from segue.assistant.session import Session
        from segue.tools.context import Context

        try:
            session = Session(Context.open(self._path))
            self._names = workspace_names(session.context)
            session.prepare()
        except SegueError:
            self.failed = True
            self._on_failure()
            raise
        return session

    def session(self) -> Session:
        """The session, waited for. Raises what kept the workspace from opening."""
        self.start()
        return self._work.result()

    def names(self) -> Mapping[str, str]:
        """What Tab completes: name -> what it is. Nothing while it is still loading."""
        return self._names
