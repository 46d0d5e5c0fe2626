"""`segue init`: a workspace made of files and folders."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.assistant.cli.diagnostics import ProgressBar, ask_choice, stop
from segue.assistant.cli.options import WorkspaceOption, workspace_path

if TYPE_CHECKING:
    from segue.assistant.cli.setup import Decide, Made
    from segue.tools.data.workspace import Workspace


def init(
    ctx: typer.Context,
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="Files, and folders of files.")],
    yes: Annotated[bool, typer.Option("--yes", help="Asks nothing: what is unclear is kept as read and listed as unsure.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Makes a workspace that is there already anew.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Reads files into a new workspace.

    CSV, TSV, Parquet, JSON, Excel, SQLite and DuckDB files, and folders of them. Works out what they mean,
    prints what it read, understood, lost and is unsure of, and writes segue.yaml, which is yours to edit.
    """
    from segue.assistant.cli.setup import make
    from segue.tools.data.workspace import Workspace

    place = Workspace(workspace_path(ctx, workspace))
    if place.exists():
        if not force:
            stop(f"There is a workspace in {place.path} already.", "`segue refresh` reads its sources again; --force makes it anew.")
        _keep_model_file(place)
    place.path.mkdir(parents=True, exist_ok=True)
    with ProgressBar() as bar:
        made = make(sources, place, decider(bar, asks=not yes), bar)
    tell(made, place)


def decider(bar: ProgressBar, *, asks: bool) -> Decide:
    """What settles a question about the data: the person at the terminal, or nobody."""
    if not asks or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return lambda question, choices: None

    def decide(question: str, choices: Sequence[str]) -> str | None:
        with bar.paused():
            return ask_choice(question, choices)

    return decide


def tell(made: Made, place: Workspace) -> None:
    """Prints what was read, understood, lost, and what is unsure."""
    from segue.assistant.cli.understood import understood

    typer.echo("Read:")
    for table in made.account.tables:
        for line in table.lines():
            typer.echo(f"  {line}")
    for line in made.account.notes:
        typer.echo(f"  {line}")
    typer.echo("\nUnderstood:")
    for line in understood(made.model, made.facts):
        typer.echo(line)
    if made.unsure:
        typer.echo("\nUnsure of:")
        for line in made.unsure:
            typer.echo(f"  {line}")
    typer.echo(f"\n{place.model_path} says what each column means: look it over, then ask.")


def _keep_model_file(place: Workspace) -> None:
    """The model file of before stays beside the new one: a person may have edited it."""
    if place.model_path.is_file():
        place.model_path.replace(place.model_path.with_name("segue.before.yaml"))
