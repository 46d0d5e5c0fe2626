"""Makes a workspace of sources, and reads them again: what `init`, `refresh` and `demo` share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue.assistant.cli.diagnostics import ProgressBar

if TYPE_CHECKING:
    from segue.tools.data.account import Account
    from segue.tools.data.facts import Facts
    from segue.tools.data.workspace import Workspace
    from segue.tools.semantic.schema import Model

Decide = Callable[[str, Sequence[str]], "str | None"]


@dataclass(frozen=True)
class Made:
    """What came of reading the sources. `unsure`: what a person should look at, in plain sentences."""

    account: Account
    facts: Facts
    model: Model
    unsure: list[str]


def make(sources: Sequence[Path], workspace: Workspace, decide: Decide, progress: ProgressBar) -> Made:
    """Reads the sources into a new workspace and writes its model file. Where that fails nothing of it stays."""
    from segue.tools.data.ingest import read_sources
    from segue.tools.semantic import modelfile

    new = not workspace.exists()
    try:
        account = read_sources(sources, workspace, decide=decide, progress=progress)
        facts, model, unsure = _inferred(workspace, account, progress)
        modelfile.write(workspace.model_path, model, unsure)
    except BaseException:
        if new:
            shutil.rmtree(workspace.hidden, ignore_errors=True)
            workspace.model_path.unlink(missing_ok=True)
        raise
    return Made(account, facts, model, unsure)


def _inferred(workspace: Workspace, account: Account, progress: ProgressBar) -> tuple[Facts, Model, list[str]]:
    from segue.tools.data.engine import Engine
    from segue.tools.data.facts import Facts
    from segue.tools.semantic.infer import infer

    progress("Working out what the data means", None)
    database = workspace.database(account.version)
    facts = Facts.load(database)
    sources = {table.name: table.source for table in account.tables}
    model, unsure = infer(facts, Engine(database, workspace.members_dir), workspace.path.resolve().name, sources)
    return facts, model, [*account.unsure, *unsure]
