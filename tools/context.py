"""What an analysis works on: a workspace opened at its current data version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue.tools.data.workspace import Workspace

if TYPE_CHECKING:
    from segue.tools.data.engine import Engine
    from segue.tools.data.facts import Facts
    from segue.tools.data.state import State
    from segue.tools.semantic.schema import Model


@dataclass(frozen=True)
class Context:
    """A workspace, its model, and one data version of it with its engine and facts. A refresh does not change an open one."""

    workspace: Workspace
    model: Model
    engine: Engine
    facts: Facts
    state: State
    data_version: str

    @classmethod
    def open(cls, path: Path | str) -> Context:
        """Opens the workspace in `path` at the data version in use.

        DataError where there is no workspace or its data is damaged; DefinitionError where segue.yaml is missing or wrong.
        """
        import duckdb

        from segue.tools.data.engine import Engine
        from segue.tools.data.facts import Facts
        from segue.tools.data.state import State
        from segue.tools.errors import DataError
        from segue.tools.semantic import modelfile

        workspace = Workspace.open(path)
        model = modelfile.load(workspace.model_path)
        version = workspace.current_version()
        database = workspace.database(version)
        workspace.members_dir.mkdir(parents=True, exist_ok=True)
        try:
            facts = Facts.load(database)
        except duckdb.Error as error:
            raise DataError(
                f"The data version {version} can't be opened: its file is damaged.", "Run `segue refresh`."
            ) from error
        state = State(workspace.state_path)
        state.prepare()
        return cls(workspace, model, Engine(database, workspace.members_dir), facts, state, version)
