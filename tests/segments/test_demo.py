"""The segment tools over the demonstration data at the size of a small firm, as read and inferred: the planted truth is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.tools.context import Context
from segue.tools.data.engine import Engine
from segue.tools.data.facts import Facts
from segue.tools.data.ingest import read_sources
from segue.tools.data.workspace import Workspace
from segue.tools.demo.generate import generate
from segue.tools.describe import describe
from segue.tools.query.plan import ColumnIs, Window
from segue.tools.segments.arguments import ChurnRisk, Describe, ExplainChange, Profile
from segue.tools.segments.change import explain_change
from segue.tools.segments.churn import churn_risk
from segue.tools.segments.profile import profile
from segue.tools.semantic import modelfile
from segue.tools.semantic.infer import infer


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(context, planted truth) of 1,000 customers."""
    folder = tmp_path_factory.mktemp("demo")
    truth = generate(folder / "files", customers=1000)
    workspace = Workspace(folder / "workspace")

    def write_model(account: object, database: Path) -> None:
        engine = Engine(database, workspace.members_dir)
        try:
            modelfile.write(workspace.model_path, *infer(Facts.load(database), engine))
        finally:
            engine.close()

    read_sources([folder / "files"], workspace, before_use=write_model)
    return Context.open(workspace.path), truth


def test_the_riskiest_plan_and_the_early_signs(shop):
    context, truth = shop
    result = churn_risk(context, ChurnRisk(by=[f"customers.{truth.riskiest.column}"]))
    assert result.headline.label == truth.riskiest.value
    names = [c.name for c in result.columns]
    leader = dict(zip(names, result.rows[0], strict=True))
    assert leader["rate"] == pytest.approx(truth.riskiest.rate, abs=1e-6)
    signs = {s["name"]: s for s in result.extra["early_signs"]}
    assert any(truth.riskiest.topic in name for name in signs)
    usage = next(s for name, s in signs.items() if "app usage" in name)
    assert usage["left"] == pytest.approx(truth.riskiest.usage_ratio, abs=0.15)


def test_four_who_all_left_do_not_win(shop):
    context, truth = shop
    result = churn_risk(context, ChurnRisk(by=[f"customers.{truth.small.column}"]))
    verdicts = {row[0]: row[-1] for row in result.rows}
    assert verdicts[truth.small.value] == "too few to say"
    assert result.rows[0][0] == truth.worst_region
    assert f"Too few to say: {truth.small.value} (4 of 4 left)." in result.summary


def test_the_main_scheme_says_where_else_to_look(shop):
    context, truth = shop
    result = churn_risk(context, ChurnRisk())
    assert f"By {truth.riskiest.column}, {truth.riskiest.value} stands out more" in result.summary


def test_why_the_store_fell(shop):
    context, truth = shop
    store = ColumnIs(column="order_lines.store_id", op="=", value=truth.fallen_store.store_id)
    result = explain_change(
        context, ExplainChange(metric="revenue", window=Window(last=3, unit="months"), where=store, expected="fall")
    )
    assert result.summary.startswith("Revenue fell by ")
    assert truth.fallen_store.category in result.summary
    assert truth.fallen_store.age_band in result.summary


def test_decoys_set_nobody_apart(shop):
    context, truth = shop
    result = profile(context, Profile(scheme="customers.churned", segment="yes", limit=100))
    told = {row[0]: row[-1] for row in result.rows}
    for decoy in truth.decoys:
        assert all(v in ("within chance", "slight") for name, v in told.items() if name.startswith(decoy.replace("_", " "))), decoy


@pytest.mark.parametrize("topic", ["data", "today", "segments", "abilities", "make_segment"])
def test_it_can_describe_itself(shop, topic):
    assert describe(shop[0], Describe(topic=topic)).summary
