"""`segue check`: the model file against the data."""

from __future__ import annotations

import typer

from segue.assistant.cli.diagnostics import Exit, note, opening_workspace
from segue.assistant.cli.options import WorkspaceOption, workspace_path


def check(ctx: typer.Context, workspace: WorkspaceOption = None) -> None:
    """Validates segue.yaml against the data.

    Names, keys, joins and their coverage, dates, labels. What can't be ends it with exit code 4; what is worth knowing (a key
    with repeats, a join that misses rows) does not.
    """
    from segue.tools.context import Context
    from segue.tools.semantic import check as checks
    from segue.tools.semantic.modelfile import error_of

    with opening_workspace():
        context = Context.open(workspace_path(ctx, workspace))
    problems, findings = checks.check(context.model, context.engine, context.facts)
    file = context.workspace.model_path
    text = file.read_text(encoding="utf-8")
    for problem in problems:
        error = error_of(problem, text, file.name)
        note(f"segue: {error.reason}")
        note(f"       {error.mend}")
    if problems:
        raise typer.Exit(Exit.NO_WORKSPACE)
    for finding in findings:
        typer.echo(f"{finding.key}: {finding.message}")
    model = context.model
    typer.echo(f"{file.name} holds together: {len(model.tables)} tables, {len(model.joins)} joins, {len(model.metrics)} metrics.")
