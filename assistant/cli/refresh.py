"""`segue refresh`: the sources read again, and who moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.assistant.cli.diagnostics import Exit, ProgressBar, note, opening_workspace, stop_for
from segue.assistant.cli.options import WorkspaceOption, workspace_path

if TYPE_CHECKING:
    from segue.tools.context import Context
    from segue.tools.data.state import Segment


def refresh(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Asks nothing: what is unclear is kept as read and listed as unsure.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Reads the sources again, whole or not at all.

    The data in use stays in use until the new is verified. Edits and comments in segue.yaml are kept. Segments that have a name
    are worked out again, and who joined and left is reported.
    """
    from segue.assistant.cli.init import decider, tell
    from segue.assistant.cli.setup import read_again
    from segue.tools.data.workspace import Workspace
    from segue.tools.errors import DefinitionError

    with opening_workspace():
        place = Workspace.open(workspace_path(ctx, workspace))
    with ProgressBar() as bar:
        try:
            made = read_again(place, decider(bar, asks=not yes), bar)
        except DefinitionError as error:
            stop_for(error, Exit.NO_WORKSPACE)
    tell(made, place)
    _tell_movements(place.path)


def _tell_movements(path: Path) -> None:
    """Prints for each named segment how many joined and left."""
    from segue.tools.context import Context
    from segue.tools.errors import SegueError

    context = Context.open(path)
    segments = context.state.segments()
    if segments:
        typer.echo("\nSegments:")
    for segment in segments:
        try:
            typer.echo(f"  {_movement(context, segment)}")
        except SegueError as error:
            note(f"  {segment.name} can't be worked out any more: {error.reason}")


def _movement(context: Context, segment: Segment) -> str:
    from segue.tools.data.members import Members
    from segue.tools.query.members import member_keys

    now = set(member_keys(context, segment).to_pylist())
    kept = Members(context.workspace.members_dir)
    if not kept.path(segment.id, segment.version, segment.data_version).is_file():
        return f"{segment.name}: {len(now):,} now"
    before = set(kept.read(segment.id, segment.version, segment.data_version).to_pylist())
    context.state.resize_segment(segment.id, len(now), context.data_version)
    return f"{segment.name}: {len(before):,} before, {len(now):,} now; {len(now - before):,} joined, {len(before - now):,} left"
