"""`segue segment`: the segments that were made, and who is in them."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segue.assistant.cli.diagnostics import note, opening_workspace
from segue.assistant.cli.options import WorkspaceOption, workspace_path

if TYPE_CHECKING:
    from segue.tools.context import Context
    from segue.tools.data.state import Segment

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Lists and shows segments, and prints their members.")

SegmentArgument = Annotated[str, typer.Argument(metavar="SEGMENT", help="Its id or its name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Prints JSON.")]


@app.command("list")
def list_segments(ctx: typer.Context, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Lists the segments that have a name."""
    found = _open(ctx, workspace).state.segments()
    if as_json:
        typer.echo(json.dumps([_plain(s) for s in found], ensure_ascii=False, indent=2))
        return
    if not found:
        note("No segment has been named yet.")
    for segment in found:
        typer.echo(f"{segment.id}  {segment.name} ({segment.size:,}): {segment.english}")


@app.command("show")
def show_segment(ctx: typer.Context, segment: SegmentArgument, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Shows a segment: its definition in plain English, its exact size, its version."""
    found = _open(ctx, workspace).state.segment(segment)
    if as_json:
        typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
        return
    for key, value in _plain(found).items():
        if value is not None:
            typer.echo(f"{key.replace('_', ' '):<10}  {f'{value:,}' if key == 'size' else value}")


@app.command("members")
def segment_members(
    ctx: typer.Context,
    segment: SegmentArgument,
    format: Annotated[Literal["csv", "json"], typer.Option("--format", help="csv: a header and a key a row; json: an array.")] = "csv",
    workspace: WorkspaceOption = None,
) -> None:
    """Prints the key of every member, in key order."""
    context = _open(ctx, workspace)
    heading, keys = _members(context, context.state.segment(segment))
    if format == "json":
        typer.echo(json.dumps(keys, ensure_ascii=False))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([heading])
    writer.writerows([key] for key in keys)


def _open(ctx: typer.Context, given: Any) -> Context:
    from segue.tools.context import Context

    with opening_workspace():
        return Context.open(workspace_path(ctx, given))


def _plain(segment: Segment) -> dict[str, Any]:
    """A segment as other programs get it."""
    return {
        "id": segment.id,
        "name": segment.name,
        "scheme": segment.scheme,
        "size": segment.size,
        "definition": segment.english,
        "version": segment.version,
        "made_at": segment.made_at,
    }


def _members(context: Context, segment: Segment) -> tuple[str, list[Any]]:
    """The heading and the keys of everyone in a segment, in key order, on the data in use."""
    from segue.tools.query.members import member_keys
    from segue.tools.semantic.schema import split

    entity = context.model.entities[segment.definition.get("of", "customer")]
    return split(entity.key)[1], member_keys(context, segment).to_pylist()
