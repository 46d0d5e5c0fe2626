"""The options that every command shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace's folder (default: the current one)."),
]


def workspace_path(ctx: typer.Context, given: Path | None) -> Path:
    """The workspace's folder: the command's own --workspace, else the one before the command, else the current folder."""
    return given or ctx.find_root().obj or Path.cwd()
