"""The command line: `segue`. Each command lives in a module of its own; what is slow to import is imported when it runs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from segue.assistant.cli import diagnostics, segment
from segue.assistant.cli.ask import ask
from segue.assistant.cli.chat import chat
from segue.assistant.cli.check import check
from segue.assistant.cli.demo import demo
from segue.assistant.cli.doctor import doctor
from segue.assistant.cli.init import init
from segue.assistant.cli.options import WorkspaceOption
from segue.assistant.cli.refresh import refresh
from segue.tools.errors import SegueError

app = typer.Typer(
    name="segue",
    rich_markup_mode=None,  # plain help starts in half the time
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"segue {version('segue')}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    workspace: WorkspaceOption = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Prints the version.")
    ] = False,
) -> None:
    """Asks your customer data in plain English, and answers with the evidence."""
    ctx.obj = workspace


for command in (init, demo, ask, chat, check, refresh):
    app.command()(command)
app.add_typer(segment.app, name="segment")
app.command()(doctor)


def main() -> None:
    """The entry point: runs the command that was typed and exits with its code."""
    sys.excepthook = diagnostics.report_bug
    try:
        typer.main.get_command(app)(prog_name="segue")  # calling app itself would put typer's excepthook in place of ours
    except SegueError as error:
        try:
            diagnostics.stop_for(error)
        except typer.Exit as ended:
            sys.exit(ended.exit_code)
