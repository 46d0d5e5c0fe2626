"""The chat's loop: a prompt that is there at once, questions answered one by one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.utils import is_dumb_terminal

from segue.assistant.repl.commands import COMMANDS, QUIT, run_command
from segue.assistant.repl.completion import ChatCompleter
from segue.assistant.repl.loading import Loader
from segue.tools.errors import CancelledError, SegueError

if TYPE_CHECKING:

    from segue.assistant.answer import Answer

PROMPT = "segue> "
WELCOME = "Ask about your customers in plain English. /help says how; Ctrl-D leaves."


class _LoadFailedError(Exception):
    """Ends the prompt: there is no workspace to ask."""


class Chat:
    """One conversation at a terminal.

    conversation  its id in the state store: the next process can go on with it
    """

    def __init__(self, path: Path, conversation: str) -> None:
        self._conversation = conversation
        self._loader = Loader(path, self._load_failed)
        self._prompt: PromptSession[str] = _prompt_session(self._loader)
        # What loads would hold up the first drawing of the prompt: it waits for that.
        self._prompt.app.after_render += lambda _: self._loader.start()
        if is_dumb_terminal():
            self._loader.start()  # nothing is drawn there
        self._last: Answer | None = None

    def run(self) -> None:
        """Talks until the person leaves. Raises KeyboardInterrupt where they left with Ctrl-C, SegueError where nothing can be opened."""
        self._write(WELCOME)
        with typing_ahead():
            self._talk()

    def _talk(self) -> None:
        while True:
            try:
                line = self._prompt.prompt(PROMPT)
            except EOFError:
                return
            except _LoadFailedError:
                self._loader.session()  # raises why
                return
            line = line.strip()
            if line == QUIT:
                return
            if line:
                self._answer(line)

    def _answer(self, line: str) -> None:
        try:
            self._ask(line) if not line.startswith("/") else self._command(line)
        except CancelledError:
            self._write("Stopped.")
        except SegueError as error:
            if self._loader.failed:
                raise  # no workspace: there is nothing to talk about
            self._write(" ".join(filter(None, (error.reason, error.mend))))

    def _command(self, line: str) -> None:
        self._page(run_command(line, self._loader.session().context, self._last))

    def _ask(self, line: str) -> None:
        from rich.console import Console

        from segue.assistant.limits import Cancel
        from segue.assistant.render import Layout, show_answer
        from segue.assistant.waiting import steps, wait_for

        console, cancel = Console(highlight=False), Cancel()
        question = self._chosen(line)

        def ask(note: Callable[[str], None]) -> Answer:
            return self._loader.session().ask(question, self._conversation, on_progress=steps(note), cancel=cancel)

        answer = wait_for(ask, cancel.cancel, console)
        if cancel.thrown:
            raise CancelledError
        self._last = answer
        show_answer(answer, console, Layout.terminal(console.width))
        console.print()

    def _chosen(self, line: str) -> str:
        """A bare number after a question back is the choice with that number."""
        choices = self._last.choices if self._last else []
        return choices[int(line) - 1] if line.isdecimal() and 1 <= int(line) <= len(choices) else line

    def _load_failed(self) -> None:
        """Called in the loading thread: ends the prompt, where one is being shown."""
        app = self._prompt.app
        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(lambda: app.exit(exception=_LoadFailedError()))

    def _write(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def _page(self, text: str) -> None:
        """Shows text, through $PAGER where it is longer than the screen."""
        import pydoc
        import shutil

        size = shutil.get_terminal_size()
        if len(text.splitlines()) >= size.lines:
            pydoc.pager(text)
        else:
            self._write(text)


@contextmanager
def typing_ahead() -> Iterator[None]:
    """Inside, what is typed while a question runs is not echoed into its answer, and Enter stays Enter (a terminal would make a
    Ctrl-J of it, which begins a new line). Nothing changes where there is no such terminal.
    """
    try:
        import termios
    except ImportError:  # not a POSIX system
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    changed = termios.tcgetattr(sys.stdin)
    changed[0] &= ~termios.ICRNL
    changed[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSANOW, changed)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


def _prompt_session(loader: Loader) -> PromptSession[str]:
    about = {name: command.about for name, command in COMMANDS.items()}
    typing_command = Condition(lambda: get_app().current_buffer.text.startswith("/"))
    return PromptSession(
        history=_history(),
        completer=ChatCompleter(about, loader.names),
        complete_while_typing=typing_command,
        key_bindings=_keys(),
        multiline=True,
        prompt_continuation="  ...> ",
        enable_open_in_editor=False,
    )


def _history() -> History:
    """The lines typed before, kept under XDG_STATE_HOME; in memory where that can't be written."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = base / "segue"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "history").touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(folder / "history"))


def _keys() -> KeyBindings:
    """Enter sends; Esc-Enter and Ctrl-J begin a line; Ctrl-C clears the line, and leaves on an empty one."""
    keys = KeyBindings()

    @keys.add("enter")
    def _send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    @keys.add("c-j")
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def _clear_or_leave(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt())

    return keys
