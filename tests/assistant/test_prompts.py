"""Prompts have no holes, and the schema told to a provider holds no private value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from segue import prompts
from segue.assistant.briefing import schema_text, system_prompt
from segue.tools.semantic.schema import Metric
from tests.assistant.kit import MODEL


def test_the_prompts_there_are() -> None:
    assert prompts.names() == ["system", "ungrounded"]


def test_a_missing_prompt_raises() -> None:
    with pytest.raises(LookupError, match="There is no prompt 'nothing'"):
        prompts.load("nothing")


def test_a_missing_variable_raises() -> None:
    with pytest.raises(LookupError, match="needs a value for: schema"):
        prompts.load("system", workspace="shop")


def test_a_variable_too_many_raises() -> None:
    with pytest.raises(LookupError, match="has no place for: tone"):
        prompts.load("ungrounded", problems="none", tone="kind")


def test_a_value_with_a_dollar_stays_as_it_is() -> None:
    assert "costs $workspace" in prompts.load("system", workspace="shop", schema="costs $workspace")


def test_the_whole_schema_section(context: Any) -> None:
    text = system_prompt(context)
    assert text[text.index("# The data") :] == (
        "# The data\n"
        "Currency: GBP.\n"
        "Clock: orders.day.\n"
        "Main scheme of segments: none.\n"
        "\n"
        "Table orders (events, sales, 1,234 rows, time day)\n"
        "- orders.order_id: text, order, identifier\n"
        "- orders.customer_id: integer, customer, identifier\n"
        "- orders.email: text, contact, personal\n"
        "- orders.birth_day: date, personal\n"
        "- orders.country: text, place; values: Germany, France\n"
        "- orders.note: text, text, personal\n"
        "- orders.day: date, time\n"
        "- orders.amount: number [money], money\n"
        "\n"
        "Joins (each row leads to at most one): none.\n"
        "\n"
        "Entities (to count, or to work out values for each):\n"
        "- customer: key orders.customer_id\n"
        "- order: key orders.order_id\n"
        "\n"
        "Metrics:\n"
        "- revenue [money]: sum of orders.amount; also called revenue\n"
        "\n"
        "Labels (outcomes): none.\n"
    )


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ({"count": "order"}, "number of order"),
        ({"ratio": ["revenue", "orders"]}, "revenue divided by orders"),
        ({"rate": "churned"}, "the share for whom churned holds"),
        (
            {"stat": "sum", "of": "orders.amount", "excludes": {"column": "status", "in": ["cancelled", "void"]}},
            "sum of orders.amount, without rows where status is cancelled or void",
        ),
        ({"count": "order", "where": {"column": "amount", "above": 5}}, "number of order, rows where amount is above 5"),
        ({"count": "order", "where": {"column": "amount", "below": 5}}, "number of order, rows where amount is below 5"),
        ({"count": "order", "where": {"column": "id", "starts_with": "C"}}, "number of order, rows where id begins with C"),
        ({"count": "order", "where": {"column": "id", "present": False}}, "number of order, rows where id has none"),
    ],
)
def test_how_a_metric_is_told(metric: dict[str, Any], said: str) -> None:
    model = MODEL.model_copy(update={"metrics": {"m": Metric.model_validate(metric)}})
    assert f"- m: {said}" in schema_text(model, SimpleNamespace(tables={}, values=lambda ref: [])).splitlines()  # type: ignore[arg-type]
