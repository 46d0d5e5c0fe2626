"""`segue doctor`: what works, what doesn't, and the mend."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from segue.assistant.cli.diagnostics import Exit
from segue.assistant.cli.options import WorkspaceOption, workspace_path
from segue.tools.errors import SegueError

if TYPE_CHECKING:
    from segue.assistant.config import Settings

State = Literal["ok", "off", "broken"]
LIBRARIES = ("duckdb", "ibis-framework", "langchain", "pandas", "pyarrow", "scikit-learn")
REACH_SECONDS = 15.0
SLACK_TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `off` is what isn't set up and needn't be; `code` is the exit code that it asks for."""

    what: str
    state: State
    said: str
    mend: str | None = None
    code: Exit = Exit.DONE

    def lines(self) -> str:
        """The finding as text, its mend on a line of its own."""
        text = f"{self.state:<6}  {self.what:<10}  {self.said}"
        return text if self.mend is None else f"{text}\n{'':20}{self.mend}"


def doctor(ctx: typer.Context, workspace: WorkspaceOption = None) -> None:
    """Says what works, what doesn't, and the mend."""
    worst = Exit.DONE
    for finding in _examine(workspace_path(ctx, workspace)):
        typer.echo(finding.lines())
        worst = worst or finding.code
    raise typer.Exit(worst)


def _examine(path: Path) -> Iterator[Finding]:
    yield _versions()
    workspace = _checked("workspace", Exit.NO_WORKSPACE, lambda: _workspace(path))
    yield workspace
    if workspace.state == "ok":
        yield _checked("model file", Exit.NO_WORKSPACE, lambda: _model_file(path))
        yield _checked("data", Exit.FAILED, lambda: _data(path))
    yield _checked("chat model", Exit.FAILED, _chat_model)
    yield from _unread_variables()
    yield _slack()


def _checked(what: str, code: Exit, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except SegueError as error:
        return Finding(what, "broken", error.reason, error.mend, code)


def _versions() -> Finding:
    from importlib.metadata import version

    python = ".".join(map(str, sys.version_info[:3]))
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    return Finding("versions", "ok", ", ".join([f"segue {version('segue')}", f"python {python}", *libraries]))


def _workspace(path: Path) -> Finding:
    from segue.tools.data.workspace import Workspace

    workspace = Workspace.open(path)
    return Finding("workspace", "ok", f"{workspace.path} (data version {workspace.current_version()})")


def _model_file(path: Path) -> Finding:
    from segue.tools.context import Context

    context = Context.open(path)
    model = context.model
    said = f"{len(model.tables)} tables, {len(model.metrics)} metrics, {len(model.joins)} joins"
    return Finding("model file", "ok", f"{context.workspace.model_path}: {said}")


def _data(path: Path) -> Finding:
    from segue.tools.context import Context

    context = Context.open(path)
    rows = ", ".join(f"{table} {count:,} rows" for table, count in context.facts.tables.items())
    for table in context.facts.tables:
        context.engine.run(context.engine.table(table).limit(1))
    return Finding("data", "ok", rows)


def _chat_model() -> Finding:
    from segue.assistant.config import read_settings

    settings = read_settings()
    if settings.is_builtin:
        return Finding("chat model", "ok", "built in: no network, no key")
    _reach(settings.model_copy(update={"provider_seconds": min(settings.provider_seconds, REACH_SECONDS)}))
    return Finding("chat model", "ok", f"{settings.chat_model} answers")


def _reach(settings: Settings) -> None:
    """Asks the provider for one word. Raises what is wrong, in words of our own."""
    from segue.assistant.provider import open_provider, provider_error

    provider = open_provider(settings, stream=False)
    try:
        provider.chat_model.invoke("Reply with the word ok.")
    except Exception as error:
        raise provider_error(error) from error
    finally:
        provider.close()


def _unread_variables() -> Iterator[Finding]:
    from segue.assistant.config import unknown_variables

    for said in unknown_variables(others=("SEGUE_DEBUG",)):
        yield Finding("settings", "broken", said, code=Exit.FAILED)


def _slack() -> Finding:
    missing = [name for name in SLACK_TOKENS if not os.environ.get(name)]
    if not missing:
        return Finding("slack", "ok", "both tokens are set")
    return Finding("slack", "off", f"{' and '.join(missing)} not set; only Slack needs them")
