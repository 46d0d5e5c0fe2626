"""`segue demo`: made-up data with known truth, and the first questions asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segue.assistant.cli.ask import open_session, print_answer
from segue.assistant.cli.diagnostics import ProgressBar, note
from segue.assistant.cli.options import WorkspaceOption
from segue.tools.data.workspace import Workspace

FOLDER = "demo-workspace"


def demo(
    ctx: typer.Context,
    customers: Annotated[int, typer.Option(help="How many customers the made-up retailer has (500 or more).")] = 5000,
    workspace: WorkspaceOption = None,
) -> None:
    """Makes the demonstration workspace and asks it the first questions.

    Its data is made up, a retailer's, with known truth in it. The workspace is ./demo-workspace unless --workspace says
    otherwise; where it is there already it is asked as it is.
    """
    place = Workspace(workspace or ctx.find_root().obj or Path(FOLDER))
    if place.exists():
        note(f"{place.path} is there already: asking it.")
    else:
        _make(place, customers)
    from segue.tools.demo.questions import DECLINED, QUESTIONS

    session = open_session(place.path)
    for question in (*QUESTIONS, DECLINED):
        typer.echo(f"\n> {question}\n")
        print_answer(session.ask(question))
    note(f'\nAsk it something yourself: segue ask --workspace {place.path} "..."   or   segue chat --workspace {place.path}')


def _make(place: Workspace, customers: int) -> None:
    from segue.assistant.cli.init import tell
    from segue.assistant.cli.setup import make
    from segue.tools.demo.generate import generate

    sources = place.path / "sources"
    with ProgressBar() as bar:
        generate(sources, customers, progress=bar)
        made = make([sources], place, lambda question, choices: None, bar)
    tell(made, place)
