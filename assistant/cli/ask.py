"""`segue ask`: one question, or a line of JSON a question."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.assistant.cli.diagnostics import Exit, opening_workspace, stop
from segue.assistant.cli.options import WorkspaceOption, workspace_path

if TYPE_CHECKING:
    from segue.assistant.answer import Answer
    from segue.assistant.session import Session

CODES = {"answered": Exit.DONE, "clarify": Exit.NO_ANSWER, "declined": Exit.NO_ANSWER, "failed": Exit.FAILED}


def ask(
    ctx: typer.Context,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="In plain English; - reads it from stdin.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Prints the Answer as one JSON object.")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Reads a JSON object a line from stdin, writes an Answer a line to stdout.")
    ] = False,
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", metavar="ID", help="Goes on with this conversation, or begins it.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Answers one question, with its evidence.

    With --jsonl each line of stdin is {"id": ..., "conversation": ..., "question": ...}; the answers come in order, one a line.
    Exit codes: 0 answered, 1 failed, 3 declined or a question back, 4 no workspace.
    """
    if jsonl == (question is not None):
        stop("give a question, or --jsonl with questions on stdin.", 'Try: segue ask "how many customers do we have?"', Exit.USAGE)
    path = workspace_path(ctx, workspace)
    if jsonl:
        _answer_lines(open_session(path))
        return
    text = sys.stdin.read() if question == "-" else question or ""
    if not text.strip():
        stop("the question is empty.", code=Exit.USAGE)
    answer = _ask(path, text.strip(), conversation, quiet=as_json)
    print_answer(answer, as_json=as_json)
    raise typer.Exit(CODES[answer.status])


def open_session(path: Path) -> Session:
    """A session on a workspace. Ends the command with exit code 4 where it can't be opened."""
    from segue.tools.data.workspace import Workspace

    with opening_workspace():
        Workspace.open(path)  # said at once, before anything slow is imported
        from segue.assistant.session import Session
        from segue.tools.context import Context

        return Session(Context.open(path))


def _ask(path: Path, question: str, conversation: str | None, *, quiet: bool) -> Answer:
    """Asks with a spinner on stderr, where that is a terminal. Ctrl-C stops the question and ends the command with 130."""
    from rich.console import Console

    from segue.assistant.limits import Cancel
    from segue.assistant.waiting import steps, wait_for

    cancel = Cancel()

    def work(note: Callable[[str], None]) -> Answer:
        note("Opening the workspace")
        return open_session(path).ask(question, conversation, on_progress=steps(note), cancel=cancel)

    answer = wait_for(work, cancel.cancel, None if quiet else Console(stderr=True))
    if cancel.thrown:  # also where the answer came all the same: who stopped it doesn't want it
        raise KeyboardInterrupt
    return answer


def print_answer(answer: Answer, *, as_json: bool = False) -> None:
    """Prints an answer: as JSON, for a person at a terminal, or as plain text that nothing is cut from."""
    from segue.assistant.render import Layout, answer_text, show_answer

    if as_json:
        typer.echo(answer.to_json())
    elif sys.stdout.isatty():
        from rich.console import Console

        console = Console(highlight=False)
        show_answer(answer, console, Layout.terminal(console.width))
    else:
        typer.echo(answer_text(answer))


def _answer_lines(session: Session) -> None:
    for line in sys.stdin:
        if line.strip():
            sys.stdout.write(answer_line(session, line).to_json() + "\n")
            sys.stdout.flush()


def answer_line(session: Session, line: str) -> Answer:
    """The answer to one line; a line that can't be asked is answered with what is wrong with it."""

    try:
        asked = json.loads(line)
    except ValueError as error:
        return _refused(line.strip(), None, f"The line is no JSON: {error}.")
    if not isinstance(asked, dict) or not isinstance(asked.get("question"), str):
        given = asked if isinstance(asked, dict) else {}
        return _refused(line.strip(), given.get("id"), 'The line has no "question" with text.')
    conversation = asked.get("conversation")
    if not isinstance(conversation, str | int | None):
        return _refused(line.strip(), asked.get("id"), "The conversation is no text.")
    answer = session.ask(asked["question"], None if conversation is None else str(conversation))
    return answer.model_copy(update={"id": _id(asked.get("id"))})


def _refused(line: str, id: Any, why: str) -> Answer:
    from segue.assistant.answer import Answer

    mend = 'A line is an object such as {"id": "1", "conversation": "a", "question": "how many customers?"}.'
    return Answer(id=_id(id), question=line, status="failed", reply=f"{why} {mend}", error=why, model="none")


def _id(given: Any) -> str | None:
    return None if given is None else str(given)
