"""The plan language can say it: for every practice question whose answer is a figure, a table or members, a plan written by hand
gives the gold. The workspaces are made as `segue init` makes them, the models are inferred and not edited.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from segue.tools.data.members import Members
from segue.tools.query.plan import FindCustomers, Query
from segue.tools.results import Result
from tests.query.kit import ask, find

PLANS = [json.loads(line) for line in (Path(__file__).parent / "practice_plans.jsonl").read_text(encoding="utf-8").splitlines()]
EXCEPTIONS: frozenset[str] = frozenset()
"""Questions that no plan can say."""
LEAST = 0.97


def practice(shared: Path) -> Path:
    """The folder of practice questions."""
    folder = shared / "exam" / "practice"
    if not folder.is_dir():
        pytest.skip("the practice questions are not beside the project")
    return folder


def score_of(shared: Path) -> Any:
    """The examination's own judge, loaded from its file."""
    spec = importlib.util.spec_from_file_location("exam_score", shared / "exam" / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def opened(folder: Path, tables: dict[str, str], path: Path) -> Any:
    """A workspace over the files, as `segue init --yes` makes it."""
    from segue.tools.context import Context
    from segue.tools.data.engine import Engine
    from segue.tools.data.facts import Facts
    from segue.tools.data.ingest import read_sources
    from segue.tools.data.state import State
    from segue.tools.data.workspace import Workspace
    from segue.tools.semantic.infer import infer

    workspace = Workspace(path)
    read_sources([folder / file for file in tables.values()], workspace)
    workspace.members_dir.mkdir(parents=True, exist_ok=True)
    engine, facts = Engine(workspace.database(), workspace.members_dir), Facts.load(workspace.database())
    state = State(workspace.state_path)
    state.prepare()
    return Context(workspace, infer(facts, engine)[0], engine, facts, state, workspace.current_version())


def test_plans_are_valid():
    for plan in PLANS:
        schema = Query if plan["tool"] == "query" else FindCustomers
        assert schema.model_validate(plan["arguments"])


@pytest.mark.parametrize("dataset", ["olist", "retail1011", "telco"])
def test_every_gold_can_be_said(shared: Path, tmp_path: Path, dataset: str):
    folder, score = practice(shared), score_of(shared)
    tables = json.loads((folder / "datasets.json").read_text())[dataset]
    made = opened(folder, tables, tmp_path / "workspace")
    con = score.connect(folder, tables)
    questions = [json.loads(line) for line in (folder / "questions" / f"{dataset}.jsonl").read_text().splitlines() if line.strip()]
    asked = [q for q in questions if q["score"] != "behaviour"]
    plans = {plan["id"]: plan for plan in PLANS}
    wrong = [q["id"] for q in asked if judged(score, con, made, q, plans[q["id"]]) != "right"]
    assert set(wrong) == EXCEPTIONS & {q["id"] for q in asked}
    assert 1 - len(wrong) / len(asked) >= LEAST


def judged(score: Any, con: Any, made: Any, question: dict[str, Any], plan: dict[str, Any]) -> str:
    """The verdict on the plan's Result, as if it were the answer."""
    result = (ask if plan["tool"] == "query" else find)(made, **plan["arguments"])
    answer = {
        "status": "answered",
        "reply": result.summary,
        "headline": result.headline and {"label": result.headline.label, "value": result.headline.value},
        "evidence": [{"rows": [list(row) for row in result.rows]}],
    }
    members = question["score"] == "members"
    ids = [{score.clean_id(row[0]) for row in con.execute(sql).fetchall()} for sql in question["gold_sql"]] if members else []
    return score.judge(question, answer, ids, lambda _: kept_keys(made, result, score))


def kept_keys(made: Any, result: Result, score: Any) -> set[str]:
    """Every member, from where they are kept."""
    assert result.segment is not None
    segment = made.state.segment(result.segment.id)
    keys = Members(made.workspace.members_dir).read(segment.id, segment.version, made.data_version)
    return {score.clean_id(key) for key in keys.to_pylist()}
