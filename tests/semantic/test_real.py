"""Inference on the real data that Segue is developed on: the essentials. Skipped where the data isn't at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.tools.data.engine import Engine
from segue.tools.data.facts import Facts
from segue.tools.data.ingest import read_sources
from segue.tools.data.workspace import Workspace
from segue.tools.semantic.check import check
from segue.tools.semantic.infer import infer
from segue.tools.semantic.modelfile import load_text, text_of
from segue.tools.semantic.schema import Model, Test
from tests.semantic.made import SHARED


def read(folder: Path, name: str) -> tuple[Model, list[str]]:
    """The model of a data set, after it has been written, read and checked against its data."""
    source = SHARED / name
    if not source.exists():
        pytest.skip(f"the data set {name} is not at hand (../shared/data)")
    workspace = Workspace(folder)
    read_sources([source], workspace)
    workspace.members_dir.mkdir(parents=True, exist_ok=True)
    engine = Engine(workspace.database(), workspace.members_dir)
    facts = Facts.load(workspace.database())
    try:
        model, unsure = infer(facts, engine, name)
        assert check(model, engine, facts)[0] == []
    finally:
        engine.close()
    assert load_text(text_of(model, unsure)) == model
    return model, unsure


def test_retail1011(tmp_path: Path) -> None:
    model, unsure = read(tmp_path, "retail1011")
    table = model.tables["transactions"]
    assert unsure == []
    assert (model.clock, model.main_scheme) == ("transactions.InvoiceDate", "rfm")
    assert {n: e.key for n, e in model.entities.items()} == {
        "customer": "transactions.CustomerID",
        "order": "transactions.InvoiceNo",
        "product": "transactions.StockCode",
    }
    assert (table.kind, table.subject, table.time) == ("events", "sales", "InvoiceDate")
    assert table.cancelled == Test(column="InvoiceNo", starts_with="C")
    amount = table.columns["amount"]
    assert amount.derived is not None
    assert (amount.derived.product, amount.role, amount.unit) == (["Quantity", "UnitPrice"], "money", "money")
    assert set(model.metrics) == {
        "revenue",
        "gross_revenue",
        "returns_value",
        "orders",
        "customers",
        "units",
        "average_order_value",
    }


def test_telco(tmp_path: Path) -> None:
    model, _ = read(tmp_path, "telco")
    table = model.tables["customers"]
    assert (table.kind, table.key, model.clock) == ("customers", "customerID", None)
    assert model.main_scheme == "customers.Contract"
    churned = model.labels["churned"]
    assert churned.test is not None
    assert (churned.test.column, churned.test.one_of, churned.kind) == ("customers.Churn", ["Yes"], "churn")
    assert (table.columns["MultipleLines"].yes, table.columns["MultipleLines"].no) == (["Yes"], ["No"])
    assert (table.columns["tenure"].role, table.columns["tenure"].unit) == ("duration", "months")
    assert table.columns["InternetService"].role == "category"
    assert table.columns["SeniorCitizen"].role == "flag"
    assert model.metrics["total_charges"].called == ["revenue"]
    assert model.metrics["churn_rate"].rate == "churned"


def test_olist(tmp_path: Path) -> None:
    model, unsure = read(tmp_path, "olist")
    assert {n: e.key for n, e in model.entities.items()} == {
        "customer": "customers.customer_unique_id",
        "order": "orders.order_id",
        "product": "products.product_id",
        "seller": "order_items.seller_id",
    }
    assert {(j.from_, j.to, j.coverage >= 0.999) for j in model.joins} == {
        ("orders.customer_id", "customers.customer_id", True),
        ("order_items.order_id", "orders.order_id", True),
        ("order_items.product_id", "products.product_id", True),
        ("payments.order_id", "orders.order_id", True),
        ("reviews.order_id", "orders.order_id", True),
        ("products.product_category_name", "category_names.product_category_name", True),
    }
    assert {t: s.time for t, s in model.tables.items()} == {
        "customers": None,
        "orders": "order_purchase_timestamp",
        "order_items": "orders.order_purchase_timestamp",
        "payments": "orders.order_purchase_timestamp",
        "reviews": "review_creation_date",
        "products": None,
        "category_names": None,
    }
    revenue = model.metrics["revenue"]
    assert (revenue.of, revenue.excludes) == (
        "order_items.price",
        Test.model_validate({"column": "orders.order_status", "in": ["canceled"]}),
    )
    assert (model.metrics["freight"].of, model.metrics["amount_paid"].of) == (
        "order_items.freight_value",
        "payments.payment_value",
    )
    assert model.column("order_items.shipping_limit_date").role == "planned"
    assert model.column("orders.customer_id").role == "account"
    assert model.column("category_names.product_category_name_english").label == "product category"
    assert {n for n, c in model.tables["orders"].columns.items() if c.derived} == {
        "delivery_days",
        "shipping_days",
        "late",
    }
    assert any("customer_unique_id" in u for u in unsure)


def test_cdnow_without_a_header(tmp_path: Path) -> None:
    model, unsure = read(tmp_path, "cdnow")
    (name,) = model.tables
    customer = model.entities["customer"].key
    order = model.column(model.entities["order"].key)
    assert model.tables[name].columns[customer.partition(".")[2]].role == "customer"
    assert order.derived is not None and order.derived.together is not None
    assert model.main_scheme == "rfm"
    assert model.column(model.metrics["revenue"].of or "").type == "number"
    assert "units" in model.metrics
    assert any("No column is named like a customer's key" in u for u in unsure)
