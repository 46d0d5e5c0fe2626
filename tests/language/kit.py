"""Reading questions in tests: the plan of a question in a form that can be compared, and conversations whose plans are run."""

from __future__ import annotations

import json
from typing import Any

from segue.assistant.language.turn import Call, Dialogue, PastTurn, Understanding, Understood
from segue.assistant.language.understand import Understander
from segue.tools.query.find import find_customers
from segue.tools.query.plan import FindCustomers, Query
from segue.tools.query.run import run_query
from tests.query.kit import Made

Plan = dict[str, Any]


def normal(value: Any) -> Any:
    """The same plan always in one form: the order of conditions, and one value or a list of one, make no difference."""
    if isinstance(value, list):
        return [normal(v) for v in value]
    if not isinstance(value, dict):
        return value
    out = {k: normal(v) for k, v in value.items()}
    if out.get("kind") in ("all", "any"):
        out["of"] = sorted(out["of"], key=lambda c: json.dumps(c, sort_keys=True))
    if out.get("kind") == "column" and out["op"] == "in":
        out["value"] = sorted(out["value"], key=str)
    return out


def call_of(understanding: Understanding) -> Call | None:
    """The first call of the best reading; None where it was not understood."""
    return understanding.readings[0].calls[0] if isinstance(understanding, Understood) else None


def plan(reader: Understander, question: str) -> Plan | None:
    """The question's plan as `{tool: arguments}`, in comparable form; None where it was not understood."""
    call = call_of(reader.read(question, Dialogue()))
    return None if call is None else {call.tool: normal(call.arguments)}


def converse(made: Made, reader: Understander, questions: list[str]) -> list[Plan | None]:
    """The plans of a conversation. Queries are run, so that "those" and "that one" have rows to point at."""
    turns: list[PastTurn] = []
    plans: list[Plan | None] = []
    for question in questions:
        call = call_of(reader.read(question, Dialogue(turns=turns)))
        plans.append(None if call is None else {call.tool: normal(call.arguments)})
        if call is not None:
            turns.append(answered(made, question, call))
    return plans


def answered(made: Made, question: str, call: Call) -> PastTurn:
    """What the session would remember of the turn."""
    if call.tool == "query":
        result = run_query(made, Query.model_validate(call.arguments))  # pyright: ignore[reportArgumentType]
    elif call.tool == "find_customers":
        result = find_customers(made, FindCustomers.model_validate(call.arguments))  # pyright: ignore[reportArgumentType]
    else:
        return PastTurn(question=question, status="answered", calls=[call])
    head = result.headline
    return PastTurn(
        question=question,
        status="answered",
        calls=[call],
        labels=[str(row[0]) for row in result.rows[:10]],
        headline={"label": head.label, "value": head.value, "unit": head.unit} if head else None,
        segment=result.segment.id if result.segment else None,
    )
