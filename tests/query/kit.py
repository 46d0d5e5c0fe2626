"""Small workspaces for the tests of the query tool: tables and a model, measured as `segue init` would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from segue.tools.data.engine import Engine
from segue.tools.data.facts import Facts
from segue.tools.data.measure import measure, prepare
from segue.tools.data.state import State
from segue.tools.data.workspace import Workspace
from segue.tools.query.plan import FindCustomers, Query
from segue.tools.query.run import run_query
from segue.tools.results import Result
from segue.tools.semantic.schema import Model


@dataclass(frozen=True)
class Made:
    """What the query tool needs of a Context."""

    workspace: Workspace
    model: Model
    engine: Engine
    facts: Facts
    state: State
    data_version: str = "20260101T000000-0000"


def make(path: Path, model: Model | dict[str, Any] | None, tables: Mapping[str, str], threads: int = 2) -> Made:
    """A workspace whose tables are what SELECTs (or VALUES) give. Without a model it is inferred."""
    database = path / "data.duckdb"
    measured = {}
    with duckdb.connect() as c:
        c.execute(f"ATTACH '{database}' AS d")
        prepare(c, "d")
        for name, select in tables.items():
            c.execute(f'CREATE TABLE d.main."{name}" AS {select}')
            measured[name] = measure(c, "d", name, name, {})
    workspace = Workspace(path)
    workspace.members_dir.mkdir(parents=True, exist_ok=True)
    engine = Engine(database, workspace.members_dir, threads=threads)
    counted = {name: columns[0].rows for name, columns in measured.items()}
    facts = Facts(database, counted, {f.ref: f for columns in measured.values() for f in columns})
    state = State(workspace.state_path)
    state.prepare()
    if model is None:
        from segue.tools.semantic.infer import infer

        model, _ = infer(facts, engine)
    elif isinstance(model, dict):
        model = Model.model_validate(model)
    return Made(workspace, model, engine, facts, state)


def ask(made: Any, **plan: Any) -> Result:
    """The Result of a query given as JSON would give it."""
    return run_query(made, Query.model_validate(plan))


def find(made: Any, **plan: Any) -> Result:
    """The Result of a question for customers."""
    from segue.tools.query.find import find_customers

    return find_customers(made, FindCustomers.model_validate(plan))


def value(made: Any, **plan: Any) -> Any:
    """The one number that a query gives."""
    result = ask(made, **plan)
    assert len(result.rows) == 1 and len(result.columns) == 1, result.rows
    return result.rows[0][0]


def rows(made: Any, **plan: Any) -> list[tuple]:
    """The rows that a query gives."""
    return list(ask(made, **plan).rows)
