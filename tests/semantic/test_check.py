"""`segue check`: what can't be is named with its key and the nearest valid name; what is worth knowing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.tools.semantic.check import Finding, Problem, check
from segue.tools.semantic.infer import infer
from segue.tools.semantic.modelfile import load_text, text_of
from segue.tools.semantic.schema import Model
from tests.semantic.made import made

TABLES = {
    "orders": {
        "order_id": [1, 2, 3, 4],
        "customer_id": ["a", "b", "a", "x"],
        "amount": [1.5, 2.0, 3.0, 4.5],
        "status": ["done", "done", "cancelled", "done"],
    },
    "customers": {"customer_id": ["a", "b", "c"], "churn": ["Yes", "No", "No"]},
}


def checked(
    folder: Path, text: str | None = None, tables: dict | None = None
) -> tuple[Model, list[Problem], list[Finding]]:
    facts, engine = made(folder, tables or TABLES)
    try:
        model = load_text(text) if text else infer(facts, engine, "made")[0]
        return (model, *check(model, engine, facts))
    finally:
        engine.close()


def test_an_inferred_model_has_no_problems_and_says_what_joins_leave_out(tmp_path: Path) -> None:
    _, wrong, found = checked(tmp_path)
    assert wrong == []
    assert found == [Finding("joins[0]", "25.0% of orders.customer_id is not found in customers.customer_id.")]


@pytest.mark.parametrize(
    ("right", "wrong", "key", "nearest"),
    [
        ("amount: {type: number", "ammount: {type: number", "tables.orders.columns.ammount", "Did you mean 'amount'?"),
        ("amount: {type: number", "amount: {type: text", "tables.orders.columns.amount.type", None),
        ("in: [cancelled]", "in: [canceled]", "tables.orders.cancelled.in", "Did you mean 'cancelled'?"),
        ('in: ["Yes"]', "in: [Yess]", "labels.churned.test.in", "Did you mean 'Yes'?"),
        ('yes: ["Yes"]', "yes: [Y]", "tables.customers.columns.churn.yes", None),
        ("    key: order_id\n", "    key: order_id\n    time: amount\n", "tables.orders.time", None),
    ],
)
def test_problems_name_the_key_and_the_nearest_name(
    tmp_path: Path, right: str, wrong: str, key: str, nearest: str | None
) -> None:
    facts, engine = made(tmp_path / "first", TABLES)
    text = text_of(infer(facts, engine, "made")[0], [])
    engine.close()
    assert right in text
    changed = text.replace(right, wrong).replace(
        "of: orders.amount", f"of: orders.{'ammount' if 'ammount' in wrong else 'amount'}"
    )
    _, found, _ = checked(tmp_path / "second", changed)
    assert [(p.key, p.nearest) for p in found if p.key == key] == [(key, nearest)]


def test_keys_that_repeat_or_are_empty_and_coverage_that_fell_are_found(tmp_path: Path) -> None:
    facts, engine = made(tmp_path / "first", TABLES)
    text = text_of(infer(facts, engine, "made")[0], [])
    engine.close()
    later = TABLES | {
        "customers": {"customer_id": ["a", "a", None], "churn": ["Yes", "No", "No"]},
        "news": {"x": [1, 2]},
    }
    _, wrong, found = checked(tmp_path / "second", text, later)
    assert wrong == []
    assert found == [
        Finding("tables.customers.key", "customer_id repeats: 1 values in 2 rows."),
        Finding("tables.customers.key", "customer_id is empty in 1 rows."),
        Finding("joins[0]", "50.0% of orders.customer_id is found in customers.customer_id; the file says 75.0%."),
        Finding("tables.news", "is in the data and not in the file: nothing can be asked about it."),
    ]


def test_a_table_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    facts, engine = made(tmp_path / "first", TABLES)
    text = text_of(infer(facts, engine, "made")[0], [])
    engine.close()
    _, wrong, found = checked(tmp_path / "second", text, {"orders": TABLES["orders"]})
    assert [(p.key, p.message) for p in wrong] == [("tables.customers", "is not in the data.")]
    assert found == []
