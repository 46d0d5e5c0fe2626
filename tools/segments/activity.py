"""What the customers do, as rows for the engine: which table it is, who did it, when, in which order, for how much.

Every segment tool counts from the same rows, so that an order is the same thing in RFM, in risk and in a profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.errors import QuestionError
from segue.tools.semantic.schema import Join, Metric, Model, Test, split

if TYPE_CHECKING:
    from segue.tools.context import Context


@dataclass(frozen=True)
class Activity:
    """A table of dated events of an entity. Refs are `table.column`; the money and the order may be missing.

    excludes, where  the metric's tests: rows that count for nothing;  cancelled  rows that take an order back
    """

    table: str
    key: str
    time: str
    order: str | None
    money: str | None
    metric: str | None
    excludes: Test | None
    where: Test | None
    cancelled: Test | None


def route(model: Model, start: str, goal: str) -> list[Join] | None:
    """The shortest chain of joins from a table to another, each to at most one row; [] for the same, None for none."""
    chains: list[tuple[str, list[Join]]] = [(start, [])]
    seen = {start}
    while chains:
        table, chain = chains.pop(0)
        if table == goal:
            return chain
        for join in model.joins:
            there = split(join.to)[0]
            if split(join.from_)[0] == table and there not in seen:
                seen.add(there)
                chains.append((there, [*chain, join]))
    return None


def key_ref(model: Model, table: str, of: str = "customer") -> str | None:
    """The column that says whose a row of `table` is; None where rows don't lead to the entity.

    The row's own copy of the key is taken before the joined one: a key with no customer record is still a customer.
    """
    key = model.entities[of].key
    chain = route(model, table, split(key)[0])
    if chain is not None:
        return chain[-1].from_ if chain and chain[-1].to == key else key
    if of != "customer":
        return None
    return next((f"{table}.{c}" for c, s in model.tables[table].columns.items() if s.role == "customer"), None)


def main_activity(model: Model, of: str = "customer") -> Activity | None:
    """Sales where there are any, else the activity that the model's clock is read from; None without dates."""
    return _sales(model, of) or _clocked(model, of)


def activity(context: Context, of: str = "customer") -> Activity:
    """As main_activity. QuestionError where the data has no dated events of the entity."""
    found = main_activity(context.model, of)
    if found is None:
        raise QuestionError(
            f"The data has no dated events that lead to a {of}, so there is no recency or frequency.",
            "Ask about a column of the customers instead.",
        )
    return found


def _sales(model: Model, of: str) -> Activity | None:
    money = [
        (name, metric) for name, metric in model.metrics.items() if metric.of and metric.stat == "sum" and metric.unit == "money"
    ]
    subjects = ("sales", "payments")
    ranked = sorted(
        money,
        key=lambda nm: (nm[0] != "revenue", _rank(model.tables[split(nm[1].of or "")[0]].subject, subjects)),
    )
    for name, metric in ranked:
        found = _activity(model, split(metric.of or "")[0], of, name, metric)
        if found is not None:
            return found
    for table, spec in model.tables.items():
        if spec.kind == "events" and spec.subject == "sales" and (found := _activity(model, table, of, None, None)):
            return found
    return None


def _clocked(model: Model, of: str) -> Activity | None:
    if model.clock is None:
        return None
    for table, spec in model.tables.items():
        if spec.kind == "events" and spec.time and full(model, table, spec.time) == model.clock:
            return _activity(model, table, of, None, None)
    return None


def _rank(subject: str, order: tuple[str, ...]) -> int:
    return order.index(subject) if subject in order else len(order)


def _activity(model: Model, table: str, of: str, name: str | None, metric: Metric | None) -> Activity | None:
    spec = model.tables[table]
    key = key_ref(model, table, of)
    if key is None or spec.time is None:
        return None
    time = full(model, table, spec.time)
    owner = split(time)[0]
    return Activity(
        table=table,
        key=key,
        time=time,
        order=key_ref(model, table, "order") if "order" in model.entities else None,
        money=metric.of if metric else None,
        metric=name,
        excludes=full_test(model, table, metric.excludes) if metric else None,
        where=full_test(model, table, metric.where) if metric else None,
        cancelled=full_test(model, table, spec.cancelled) or full_test(model, owner, model.tables[owner].cancelled),
    )


def full(model: Model, table: str, column: str) -> str:
    """A column of `table`, or one already written table.column, as table.column."""
    return f"{table}.{column}" if column in model.tables[table].columns else column


def full_test(model: Model, table: str, test: Test | None) -> Test | None:
    """The test with its column as table.column."""
    return None if test is None else test.model_copy(update={"column": full(model, table, test.column)})
