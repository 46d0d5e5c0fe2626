"""Makes a workspace of sources, and reads them again: what `init`, `refresh` and `demo` share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
    """Reads the sources into a workspace and writes its model file, before the data is put in use: all of it or nothing."""
    from segue.tools.data.ingest import read_sources
    from segue.tools.semantic import modelfile

    made: list[Made] = []

    def write_model(account: Account, database: Path) -> None:
        made.append(_inferred(workspace, account, database, progress))
        modelfile.write(workspace.model_path, made[0].model, made[0].unsure)

    new = not workspace.exists()
    try:
        read_sources(sources, workspace, decide=decide, progress=progress, before_use=write_model)
    except BaseException:
        if new:
            workspace.model_path.unlink(missing_ok=True)
            _remove_if_empty(workspace.path)
        raise
    return made[0]


def read_again(workspace: Workspace, decide: Decide, progress: ProgressBar) -> Made:
    """Reads the workspace's sources again and brings what is new into its model file, a person's edits and comments kept.

    DefinitionError, before anything is read, where the model file is broken.
    """
    from segue.tools.data.ingest import refresh
    from segue.tools.data.workspace import write_atomically
    from segue.tools.semantic import modelfile
    from segue.tools.semantic.refresh import merge

    edited = workspace.model_path.is_file()
    if edited:
        modelfile.load(workspace.model_path)
    made: list[Made] = []
    texts: list[str] = []

    def merge_model(account: Account, database: Path) -> None:
        new = _inferred(workspace, account, database, progress)
        made.append(new)
        if edited:
            texts.append(merge(workspace.model_path.read_text(encoding="utf-8"), new.model, new.unsure))
        else:
            texts.append(modelfile.text_of(new.model, new.unsure))

    refresh(workspace, decide=decide, progress=progress, before_use=merge_model)
    write_atomically(workspace.model_path, texts[0])
    return replace(made[0], model=modelfile.load(workspace.model_path))


def _inferred(workspace: Workspace, account: Account, database: Path, progress: ProgressBar) -> Made:
    from segue.tools.data.engine import Engine
    from segue.tools.data.facts import Facts
    from segue.tools.semantic.infer import infer

    progress("Working out what the data means", None)
    facts = Facts.load(database)
    sources = {table.name: table.source for table in account.tables}
    workspace.members_dir.mkdir(parents=True, exist_ok=True)
    engine = Engine(database, workspace.members_dir)
    try:
        model, unsure = infer(facts, engine, workspace.path.resolve().name, sources)
    finally:
        engine.close()
    return Made(account, facts, model, [*account.unsure, *unsure])


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
