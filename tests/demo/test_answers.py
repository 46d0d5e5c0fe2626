"""The demonstration data read, its model inferred and left as it is: plans give the planted truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segue.tools.context import Context
from segue.tools.data.account import Account
from segue.tools.data.engine import Engine
from segue.tools.data.facts import Facts
from segue.tools.data.ingest import read_sources
from segue.tools.data.members import Members
from segue.tools.data.workspace import Workspace
from segue.tools.demo.generate import generate
from segue.tools.demo.truth import Truth
from segue.tools.query.find import find_customers
from segue.tools.query.plan import FindCustomers, Query
from segue.tools.query.run import run_query
from segue.tools.results import Result
from segue.tools.semantic import modelfile
from segue.tools.semantic.infer import infer


@dataclass(frozen=True)
class Desk:
    """A workspace over the demonstration data, with its truth."""

    context: Context
    truth: Truth
    files: Path

    def query(self, **plan: Any) -> Result:
        return run_query(self.context, Query.model_validate(plan))

    def members(self, **condition: Any) -> tuple[int, ...]:
        """The keys that the condition finds, as kept."""
        result = find_customers(self.context, FindCustomers.model_validate({"condition": condition}))
        assert result.segment is not None
        keys = Members(self.context.workspace.members_dir).read(result.segment.id, 1, self.context.data_version).to_pylist()
        assert len(keys) == result.segment.size == result.row_count
        return tuple(sorted(keys))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("desk")
    truth = generate(place / "shop", 500)
    workspace = Workspace(place / "workspace")

    def write_model(account: Account, database: Path) -> None:
        workspace.members_dir.mkdir(parents=True, exist_ok=True)
        engine = Engine(database, workspace.members_dir)
        model, unsure = infer(Facts.load(database), engine, "shop")
        engine.close()
        modelfile.write(workspace.model_path, model, unsure)

    read_sources([place / "shop"], workspace, before_use=write_model)
    context = Context.open(workspace.path)
    yield Desk(context, truth, place / "shop")
    context.engine.close()


def all_of(*conditions: dict) -> dict:
    return {"kind": "all", "of": list(conditions)}


def column(name: str, op: str, value: Any = None) -> dict:
    return {"kind": "column", "column": name, "op": op} | ({} if value is None else {"value": value})


def did(table: str, **more: Any) -> dict:
    return {"kind": "did", "table": table, **more}


def test_everything_is_read(desk) -> None:
    assert desk.query(measures=[{"count": "order_lines"}]).headline.value == desk.truth.order_lines


def test_the_model_needs_no_edits(desk) -> None:
    """What the answers below rest on, inferred from the files alone."""
    model = desk.context.model
    assert model.entities["customer"].key == "customers.customer_id"
    assert model.entities["order"].key == "order_lines.order_id"
    assert model.clock == "order_lines.ordered_at"
    assert model.main_scheme == "rfm"
    kinds = {name: table.kind for name, table in model.tables.items()}
    events = {"order_lines", "campaign_sends", "tickets", "app_usage", "referrals", "workshop_visits", "cancellations"}
    assert {name for name, kind in kinds.items() if kind == "events"} >= events
    assert kinds["customers"] == "customers" and kinds["stores"] == kinds["products"] == "lookup"
    assert {"revenue", "orders", "customers", "units", "profit", "average_order_value", "churn_rate"} <= set(model.metrics)
    assert model.labels["churned"].kind == "churn"
    assert model.tables["customers"].columns["renewal_date"].role == "planned"
    assert all(join.coverage == 1.0 for join in model.joins)


def test_totals(desk) -> None:
    assert desk.query(measures=[{"metric": "customers"}]).headline.value == 500
    assert desk.query(measures=[{"metric": "orders"}]).headline.value == desk.truth.orders
    assert desk.query(measures=[{"metric": "revenue"}]).headline.value == pytest.approx(desk.truth.revenue, abs=0.01)
    assert desk.query(measures=[{"metric": "churn_rate"}]).headline.value == pytest.approx(len(desk.truth.left) / 500)


def test_the_riskiest_plan(desk) -> None:
    result = desk.query(measures=[{"metric": "churn_rate"}], by=[{"column": "customers.plan"}])
    assert result.rows[0][0] == desk.truth.riskiest.value
    assert result.rows[0][1] == pytest.approx(desk.truth.riskiest.rate, abs=1e-6)


def test_the_profit_of_the_top_15_percent(desk) -> None:
    measure = {"kind": "concentration", "value": {"metric": "profit"}, "share": desk.truth.top_share}
    assert desk.query(measures=[measure]).headline.value == pytest.approx(desk.truth.profit_share, abs=1e-4)


def test_the_store_that_fell_and_why(desk) -> None:
    story = desk.truth.fallen_store
    quarter = {"calendar": "quarter", "offset": -1}
    both = [{"metric": "revenue", "window": quarter}, {"metric": "revenue", "window": {**quarter, "before": 1}}]
    stores = desk.query(measures=both, by=[{"column": "order_lines.store_id"}])
    fall = {row[0]: (row[1] or 0) - (row[2] or 0) for row in stores.rows if row[0] is not None}
    assert min(fall, key=lambda s: fall[s]) == story.store_id
    slices = desk.query(
        measures=both,
        by=[{"column": "customers.age_band"}, {"column": "products.category"}],
        where=column("order_lines.store_id", "=", story.store_id),
    )
    fall = {row[:2]: (row[2] or 0) - (row[3] or 0) for row in slices.rows}
    assert min(fall, key=lambda s: fall[s]) == (story.age_band, story.category)


@pytest.mark.parametrize("at_least", [2, 4, 10])
def test_the_outdoor_buyers_who_ignore_campaigns(desk, at_least: int) -> None:
    outdoors = {"count": "order", "where": column("products.category", "=", "Outdoor gear")}
    lately = {"count": "order", "window": {"last": 1, "unit": "months"}}
    engaged = did("campaign_sends", where=column("campaign_sends.opened_at", "present"), window={"last": 2, "unit": "months"})
    found = desk.members(
        **all_of(
            {"kind": "value", "value": outdoors, "op": ">=", "number": at_least},
            {"kind": "value", "value": lately, "op": ">=", "number": 3},
            {"kind": "not", "of": engaged},
        )
    )
    assert found == desk.truth.outdoors.members


def test_the_hidden_group(desk) -> None:
    """Counted over all time, as nobody else who meets the other two conditions invited three to five friends at any time."""
    found = desk.members(
        **all_of(
            did("referrals", times=3), did("referrals", op="<=", times=5), did("workshop_visits"), {"kind": "not", "of": did("tickets")}
        )
    )
    assert found == desk.truth.hidden.members


def test_the_small_group(desk) -> None:
    small = desk.truth.small
    assert desk.members(**column(f"customers.{small.column}", "=", small.value)) == small.members
    assert set(small.members) <= set(desk.members(kind="label", label="churned"))


def test_who_left(desk) -> None:
    assert desk.members(kind="label", label="churned") == desk.members(**did("cancellations")) == desk.truth.left


def test_who_is_slipping(desk) -> None:
    late = did("tickets", where=column("tickets.topic", "=", "Delivery"), window={"last": 27, "unit": "days"})
    stayed = {"kind": "not", "of": {"kind": "label", "label": "churned"}}
    assert desk.members(**all_of(late, column("customers.plan", "=", "Flex"), stayed)) == desk.truth.riskiest.slipping


LAST_MONTH = {"calendar": "month", "offset": -1}
TWO_MONTHS = {"last": 2, "unit": "months"}
BOUGHT_OUTDOORS = did("order_lines", where=column("products.category", "=", "Outdoor gear"), window={"calendar": "year"})
ENGAGED = did("campaign_sends", where=column("campaign_sends.opened_at", "present"), window=TWO_MONTHS)
IGNORED = all_of(did("campaign_sends", window=TWO_MONTHS), {"kind": "not", "of": ENGAGED})
FIRST = [
    # the first questions, as plans, against SQL over the files
    (
        {"measures": [{"metric": "revenue"}], "window": LAST_MONTH, "compare": "previous"},
        "SELECT sum(amount) FILTER (ordered_at >= '2026-09-01'), sum(amount) FILTER (ordered_at < '2026-09-01') FROM {order_lines}"
        " WHERE ordered_at >= '2026-08-01' AND ordered_at < '2026-10-01'",
    ),
    (
        {"measures": [{"metric": "revenue"}], "by": [{"column": "order_lines.customer_id"}], "limit": 1,
         "where": column("order_lines.customer_id", "present")},
        "SELECT customer_id, sum(amount) FROM {order_lines} WHERE customer_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
    ),
    (
        {"measures": [{"metric": "average_order_value"}], "by": [{"column": "order_lines.channel"}], "limit": 1},
        "SELECT channel, sum(amount) / count(DISTINCT order_id) FROM {order_lines} GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
    ),
    (
        {"measures": [{"count": "customer"}], "customers": all_of(BOUGHT_OUTDOORS, IGNORED)},
        "SELECT count(*) FROM {customers} WHERE customer_id IN (SELECT customer_id FROM {order_lines} JOIN {products} USING (product_id)"
        " WHERE category = 'Outdoor gear' AND ordered_at >= '2026-01-01') AND customer_id IN (SELECT customer_id FROM {campaign_sends}"
        " WHERE sent_at >= '2026-08-05') AND customer_id NOT IN (SELECT customer_id FROM {campaign_sends}"
        " WHERE sent_at >= '2026-08-05' AND opened_at IS NOT NULL)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "sql"), FIRST, ids=["last month", "top customer", "order value by channel", "ignored campaigns"])
def test_the_first_questions(desk, plan: dict, sql: str) -> None:
    names = {path.stem: f"'{path}'" for path in desk.files.glob("*.csv")}
    gold = duckdb.connect().execute(sql.format(**names)).fetchall()[0]
    expected = tuple(pytest.approx(float(x), abs=0.01) if isinstance(x, float) else x for x in gold)
    assert desk.query(**plan).rows[0][: len(gold)] == expected
