"""The whole way on a real, tiny workspace: words, tools, DuckDB, an Answer; built-in and provider alike."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from segue.assistant.briefing import COLUMNS, schema_text
from segue.assistant.config import Settings
from segue.assistant.limits import Cancel
from segue.assistant.session import Session
from segue.tools.semantic.schema import Model
from tests.assistant.loopback import Provider, calls, text
from tests.query.kit import make

ORDERS = """
SELECT * FROM (VALUES
    ('o1', 101, 'Germany', DATE '2011-11-03', 60.0), ('o2', 102, 'France', DATE '2011-11-10', 40.0),
    ('o3', 101, 'Germany', DATE '2011-12-01', 30.0), ('o4', 103, 'Spain', DATE '2011-12-05', 20.0),
    ('o5', 104, 'France', DATE '2011-12-09', 50.0)
) t(order_id, customer_id, country, ordered_on, amount)
"""
MODEL: dict[str, Any] = {
    "name": "shop",
    "currency": "GBP",
    "clock": "orders.ordered_on",
    "main_scheme": "rfm",
    "entities": {
        "customer": {"key": "orders.customer_id", "plural": "customers"},
        "order": {"key": "orders.order_id", "plural": "orders"},
    },
    "tables": {
        "orders": {
            "kind": "events",
            "subject": "sales",
            "time": "ordered_on",
            "columns": {
                "order_id": {"type": "text", "role": "order", "class": "identifier"},
                "customer_id": {"type": "integer", "role": "customer", "class": "identifier"},
                "country": {"type": "text", "role": "place", "class": "safe"},
                "ordered_on": {"type": "date", "role": "time", "class": "safe"},
                "amount": {"type": "number", "role": "money", "class": "safe", "unit": "money"},
            },
        }
    },
    "metrics": {"revenue": {"stat": "sum", "of": "orders.amount", "unit": "money", "label": "revenue", "called": ["sales"]}},
}


@pytest.fixture
def shop(tmp_path: Path) -> Any:
    """A shop with five orders of four customers."""
    return make(tmp_path, MODEL, {"orders": ORDERS})


def test_a_question_and_its_follow_ups(shop: Any) -> None:
    first = Session(shop, Settings()).ask("What is revenue by country?", conversation="c")
    assert first.status == "answered", first.reply
    assert sorted(first.evidence[0].rows) == [["France", 90.0], ["Germany", 90.0], ["Spain", 20.0]]
    assert first.as_of == "2011-12-09"
    second = Session(shop, Settings()).ask("only Germany", conversation="c")
    assert second.status == "answered", second.reply
    assert second.headline is not None
    assert second.headline.value == 90.0


def test_a_question_for_customers_keeps_a_segment(shop: Any) -> None:
    answer = Session(shop, Settings()).ask("Which customers spent more than 45?")
    assert answer.status == "answered", answer.reply
    assert answer.segment is not None
    assert answer.segment.size == 2
    assert {row[0] for row in answer.evidence[0].rows} == {101, 104}


def test_what_cannot_be_understood_is_no_answer(shop: Any) -> None:
    answer = Session(shop, Settings()).ask("What is the weather by country?")
    assert answer.status in ("declined", "clarify")
    assert answer.evidence == []


def test_a_provider_uses_the_real_tools(shop: Any, provider: Provider) -> None:
    last_month = {"calendar": "month", "offset": -1}
    november = {"measures": [{"metric": "revenue"}], "by": [{"column": "orders.customer_id"}], "window": last_month}
    provider.says(
        calls(("query", {"measures": [{"metric": "revenew"}]}), ("find_customers", {"condition": None, "limit": 2})),
        calls(("query", november)),
        text("customer#1 spent £60 in November 2011, customer#2 £40."),
    )
    settings = Settings(chat_model="openai:scripted", base_url=provider.address)
    answer = Session(shop, settings).ask("Who spent what last month?")
    assert answer.reply == "101 spent £60 in November 2011, 102 £40."
    assert "revenue" in provider.requests[1]["messages"][-2]["content"]  # the nearest metric is told
    told = json.loads(provider.requests[2]["messages"][-1]["content"])
    assert told["rows"] == [["customer#1", 60.0], ["customer#2", 40.0]]
    assert "101" not in json.dumps([r["messages"] for r in provider.requests])


def test_cancelling_interrupts_the_query(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cross join that would run for minutes stops when its question does."""
    from segue.tools import registry

    started = threading.Event()

    def endless(self: Any, context: Any, plan: Any) -> Any:
        orders = context.engine.table("orders")
        many = orders
        for _ in range(11):
            many = many.cross_join(orders.view()).select(many.amount)
        started.set()
        context.engine.run(many.amount.sum())
        raise AssertionError("it ran to its end")

    monkeypatch.setattr(registry.Tool, "run", endless)
    cancel = Cancel()
    threading.Thread(target=lambda: (started.wait(20), cancel.cancel()), daemon=True).start()
    answer = Session(shop, Settings()).ask("What is revenue by country?", cancel=cancel)
    assert answer.error == "CancelledError: Stopped."
    assert shop.engine._running == {} or answer.seconds < 10


def test_a_wide_table_is_told_in_part(shop: Any) -> None:
    wide = {f"c{i}": {"type": "number", "class": "safe"} for i in range(2000)} | MODEL["tables"]["orders"]["columns"]
    model = Model.model_validate({**MODEL, "tables": {"orders": {**MODEL["tables"]["orders"], "columns": wide}}})
    lines = schema_text(model, shop.facts).splitlines()
    assert len(lines) < COLUMNS + 30
    assert "- and 1,885 more columns; the describe tool lists them" in lines
    assert any(line.startswith("- orders.customer_id:") for line in lines)  # what has a role comes first
