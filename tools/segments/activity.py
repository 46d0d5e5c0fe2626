"""What the customers do: which table it is in, who did it, when, in which order, for how much.

Every segment tool counts from the same activity, so that an order is the same thing in RFM, in risk and in a profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.errors import QuestionError
from segue.tools.query.graph import JoinGraph
from segue.tools.semantic.schema import Metric, Model, Test, split

if TYPE_CHECKING:
    from segue.tools.context import Context


@dataclass(frozen=True)
class Activity:
    """A table of dated events of an entity. Refs are `table.column`; the money and the order may be missing.

    metric           the metric of the money;  excludes, where  its tests: rows that count for nothing
    cancelled        rows that take an order back
    verb, noun       what its events are called: ("purchase", "purchases") for sales
    """

    table: str
    key: str
    time: str
    order: str | None = None
    money: str | None = None
    metric: str | None = None
    excludes: Test | None = None
    where: Test | None = None
    cancelled: Test | None = None
    noun: str = "purchase"


def main_activity(model: Model, of: str = "customer") -> Activity | None:
    """Sales where there are any, else the activity that the model's clock is read from; None without dates."""
    return _sales(model, of) or _clocked(model, of)


def activity(context: Context, of: str = "customer") -> Activity:
    """As main_activity. QuestionError where the data has no dated events of the entity."""
    found = main_activity(context.model, of)
    if found is None:
        raise QuestionError(
            f"The data has no dated events that lead to a {of}, so there is no recency and no frequency.",
            "Ask by a column of the customers instead.",
        )
    return found


def _sales(model: Model, of: str) -> Activity | None:
    ranked = sorted(_money(model), key=lambda pair: (pair[0] != "revenue", _subject_rank(model, pair[1])))
    for name, metric in ranked:
        found = _activity(model, split(metric.of or "")[0], of, name, metric)
        if found is not None:
            return found
    sales = [t for t, spec in model.tables.items() if spec.kind == "events" and spec.subject == "sales"]
    return next((a for t in sales if (a := _activity(model, t, of))), None)


def _money(model: Model) -> list[tuple[str, Metric]]:
    """Sums of money over events: what sales are told by."""
    return [
        (name, m)
        for name, m in model.metrics.items()
        if m.of and m.stat == "sum" and m.unit == "money" and model.tables[split(m.of)[0]].kind == "events"
    ]


def _subject_rank(model: Model, metric: Metric) -> int:
    subject = model.tables[split(metric.of or "")[0]].subject
    return {"sales": 0, "payments": 1}.get(subject, 2)


def _clocked(model: Model, of: str) -> Activity | None:
    for table, spec in model.tables.items():
        if model.clock and spec.kind == "events" and spec.time and full(model, table, spec.time) == model.clock:
            return _activity(model, table, of)
    return None


NOUNS = {"sales": "purchase", "payments": "payment", "support": "ticket", "usage": "use", "visits": "visit", "reviews": "review"}


def _activity(model: Model, table: str, of: str, name: str | None = None, metric: Metric | None = None) -> Activity | None:
    spec = model.tables[table]
    graph = JoinGraph(model)
    key, time = key_ref(graph, table, of), time_ref(model, graph, table)
    if key is None or time is None:
        return None
    owner = split(time)[0]
    cancelled = full_test(model, table, spec.cancelled) or full_test(model, owner, model.tables[owner].cancelled)
    return Activity(
        table=table,
        key=key,
        time=time,
        order=key_ref(graph, table, "order") if "order" in model.entities else None,
        money=metric.of if metric else None,
        metric=name,
        excludes=full_test(model, table, metric.excludes) if metric else None,
        where=full_test(model, table, metric.where) if metric else None,
        cancelled=cancelled,
        noun=NOUNS.get(spec.subject, "purchase" if metric else "activity"),
    )


def key_ref(graph: JoinGraph, table: str, of: str) -> str | None:
    """The column that says whose a row of `table` is; None where rows don't lead to the entity."""
    place = graph.key_place(table, of)
    return None if place is None else place.ref


def time_ref(model: Model, graph: JoinGraph, table: str) -> str | None:
    """When the rows of `table` happened: its own time, or that of the nearest table of events it leads to."""
    spec = model.tables[table]
    if spec.time is not None:
        return full(model, table, spec.time)
    paths = sorted(graph.paths(table).items(), key=lambda item: len(item[1]))
    dated = [t for t, path in paths if path and model.tables[t].kind == "events" and model.tables[t].time]
    return full(model, dated[0], model.tables[dated[0]].time or "") if dated else None


def full(model: Model, table: str, column: str) -> str:
    """A column of `table`, or one already written table.column, as table.column."""
    return f"{table}.{column}" if column in model.tables[table].columns else column


def full_test(model: Model, table: str, test: Test | None) -> Test | None:
    """The test with its column as table.column."""
    return None if test is None else test.model_copy(update={"column": full(model, table, test.column)})
