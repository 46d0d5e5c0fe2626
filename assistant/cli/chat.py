"""`segue chat`: the terminal conversation."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from segue.assistant.cli.diagnostics import Exit, opening_workspace, stop
from segue.assistant.cli.options import WorkspaceOption, workspace_path


def chat(
    ctx: typer.Context,
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", metavar="ID", help="Goes on with this conversation, or begins it.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Talks with you in the terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        stop("chat needs a terminal.", "For a program there is segue ask --jsonl.", Exit.USAGE)
    from segue.assistant.repl.chat import Chat
    from segue.tools.data.workspace import Workspace

    path = workspace_path(ctx, workspace)
    with opening_workspace():
        Workspace.open(path)
        Chat(path, conversation or _new_conversation()).run()


def _new_conversation() -> str:
    import datetime as dt
    import secrets

    return f"chat-{dt.datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
