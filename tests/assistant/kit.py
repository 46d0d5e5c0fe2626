"""A workspace without data: real state and model, scripted tools and a scripted reader."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from segue.assistant.language.turn import Call, Dialogue, Reading, Understanding, Understood
from segue.tools.data.state import State
from segue.tools.query.plan import plain
from segue.tools.results import Column, Headline, Result, SegmentRef
from segue.tools.semantic.schema import Model

MODEL = Model.model_validate({
    "name": "shop",
    "currency": "GBP",
    "clock": "orders.day",
    "entities": {"customer": {"key": "orders.customer_id"}, "order": {"key": "orders.order_id", "plural": "orders"}},
    "tables": {
        "orders": {
            "kind": "events",
            "subject": "sales",
            "time": "day",
            "columns": {
                "order_id": {"type": "text", "role": "order", "class": "identifier"},
                "customer_id": {"type": "integer", "role": "customer", "class": "identifier"},
                "email": {"type": "text", "role": "contact", "class": "personal"},
                "birth_day": {"type": "date", "class": "personal"},
                "country": {"type": "text", "role": "place", "class": "safe"},
                "note": {"type": "text", "role": "text"},
                "day": {"type": "date", "role": "time", "class": "safe"},
                "amount": {"type": "number", "role": "money", "class": "safe", "unit": "money"},
            },
        }
    },
    "metrics": {"revenue": {"stat": "sum", "of": "orders.amount", "unit": "money", "label": "revenue"}},
})
VALUES = {
    "orders.country": [("Germany", 40), ("France", 35)],
    "orders.email": [("ann@example.com", 2)],
    "orders.note": [("call Bob on Monday", 1)],
}
REVENUE = {"measures": [{"metric": "revenue"}], "by": [{"column": "orders.country"}]}
TOTAL = {"measures": [{"metric": "revenue"}]}
BY_CUSTOMER = {"measures": [{"metric": "revenue"}], "by": [{"column": "orders.customer_id"}], "limit": 2}


class FakeEngine:
    """Has turns that can be cancelled, and nothing to run."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    @contextlib.contextmanager
    def turn(self) -> Iterator[object]:
        """A turn."""
        yield object()

    def cancel(self, turn: object = None) -> None:
        """Lets a tool that waits go on."""
        self.cancelled.set()


def make_context(folder: Path) -> Any:
    """A Context, as far as the assistant looks at it."""
    state = State(folder / "state.sqlite")
    state.prepare()
    facts = SimpleNamespace(tables={"orders": 1234}, values=lambda ref: VALUES.get(ref, []))
    workspace = SimpleNamespace(hidden=folder)
    return SimpleNamespace(workspace=workspace, model=MODEL, engine=FakeEngine(), facts=facts, state=state, data_version="v1")


def by_country(context: Any, plan: Any) -> Result:
    """Revenue by country, whatever was asked."""
    return Result(
        tool="query",
        arguments=plain(plan),
        columns=(Column("country", "text"), Column("revenue", "number", "money")),
        rows=(("Germany", 12345.6), ("France", 9021.0)),
        row_count=2,
        headline=Headline("Germany", 12345.6, "money"),
        summary="Germany brought the most revenue, 12,345.60; France comes second with 9,021.00.",
        reading="Revenue by country.",
        assumptions=("Revenue is net of returns.",),
        suggestions=("And by month?",),
        sql="SELECT 1",
        as_of="2011-12-09",
    )


def total(value: float) -> Callable[[Any, Any], Result]:
    """A tool that answers with one figure."""

    def run(context: Any, plan: Any) -> Result:
        return Result(
            tool="query",
            arguments=plain(plan),
            columns=(Column("revenue", "number", "money"),),
            rows=((value,),),
            row_count=1,
            headline=Headline(None, value, "money"),
            summary=f"Revenue was {value:,.2f}.",
            as_of="2011-12-09",
        )

    return run


def by_customer(context: Any, plan: Any) -> Result:
    """Revenue of two customers, by key."""
    return Result(
        tool="query",
        arguments=plain(plan),
        columns=(Column("customer id", "integer", key=True), Column("revenue", "number", "money")),
        rows=((17001, 900.0), (17002, 800.0)),
        row_count=2,
        headline=Headline("17001", 900.0, "money"),
        summary="Customer 17001 spent most, 900.00.",
    )


def members(context: Any, plan: Any) -> Result:
    """Three customers who meet a condition."""
    return Result(
        tool="find_customers",
        arguments=plain(plan),
        columns=(Column("customer id", "integer", key=True), Column("email", "text")),
        rows=((17001, "ann@example.com"), (17002, "bob@example.com"), (17003, None)),
        row_count=3,
        headline=Headline(None, 3, "count"),
        summary="3 customers spent more than 500; the first is 17001.",
        segment=SegmentRef("s-1", "unnamed", 3, "customers whose revenue is more than 500"),
    )


class ScriptedReader:
    """Understands what it was told to. `dialogues`: what it was given with each question."""

    def __init__(self, **understandings: Understanding) -> None:
        self.understandings = understandings
        self.dialogues: list[Dialogue] = []

    def read(self, question: str, dialogue: Dialogue) -> Understanding:
        """The scripted understanding of a question, by its first word."""
        self.dialogues.append(dialogue)
        return self.understandings[question.split()[0]]


def asks(*calls: dict[str, Any], tool: str = "query", choice: str = "", **more: Any) -> Reading:
    """A reading that calls a tool."""
    return Reading(calls=[Call(tool=tool, arguments=c) for c in calls], choice=choice, **more)


def one(reading: Reading) -> Understood:
    """A question with one reading."""
    return Understood(readings=[reading])
