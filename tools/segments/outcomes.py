"""Who left: by the data's own label, or, where it has none, by buying nothing for a stretch that the data's rhythm gives."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.errors import DefinitionError, did_you_mean
from segue.tools.query.catalog import Catalog
from segue.tools.query.graph import JoinGraph
from segue.tools.query.phrasing import plural
from segue.tools.query.plan import HasLabel
from segue.tools.segments.activity import Activity, key_ref, time_ref
from segue.tools.segments.rows import Expr, Table, bounds, fetch, members, people, purchases, rows
from segue.tools.semantic.schema import Label

if TYPE_CHECKING:
    from segue.tools.context import Context

HORIZONS = (7, 14, 30, 60, 90, 180, 365)
"""Lengths of time that people speak of."""

PATIENCE = 0.85
"""The share of gaps between purchases that a horizon should cover: silence longer than that is unusual."""


@dataclass(frozen=True)
class Dated:
    """A label whose event has a day. key, time: columns of the event's table."""

    table: str
    key: str
    time: str


def why_so_long(act: Activity, horizon: int, gap: float | None) -> str:
    """Why this many days, in words."""
    if gap is None:
        return "the data shows no rhythm of its own"
    short = ", but the data is too short to learn from more" if gap > horizon else ""
    return f"85% of gaps between {plural(act.noun)} are {gap:.0f} days or shorter{short}"


def churn_label(context: Context, name: str | None, of: str = "customer") -> tuple[str, Label] | None:
    """The label asked for, else the first of leaving; None where the data has none. DefinitionError for an unknown name."""
    labels = context.model.labels
    if name is not None:
        if name not in labels:
            raise DefinitionError(f"There is no label {name!r}.", did_you_mean(name, labels))
        if labels[name].kind != "churn":
            leaving = [n for n, label in labels.items() if label.kind == "churn"]
            raise DefinitionError(f"{name} is no label of leaving.", f"Use {' or '.join(leaving)}." if leaving else None)
        return name, labels[name]
    return next(((n, label) for n, label in labels.items() if label.kind == "churn" and label.of == of), None)


def dated(context: Context, name: str, label: Label, of: str = "customer") -> Dated | None:
    """Where and when the label's event happened; None where the data doesn't say when.

    A label that is a test of a column is dated by a table of cancellations, where that names the same customers.
    """
    if label.event is not None:
        return _dated_by(context, label.event, of)
    tables = [t for t, spec in context.model.tables.items() if spec.kind == "events" and spec.subject == "cancellations"]
    found = (_dated_by(context, t, of) for t in tables)
    return next((f for f in found if f is not None and _same_people(context, f, name, of)), None)


def _dated_by(context: Context, table: str, of: str) -> Dated | None:
    graph = JoinGraph(context.model)
    key, time = key_ref(graph, table, of), time_ref(context.model, graph, table)
    return Dated(table, key, time) if key is not None and time is not None else None


def _same_people(context: Context, found: Dated, name: str, of: str) -> bool:
    """Whether at least 95% of those with the label have a dated event, and the other way round."""
    left, days = left_table(context, name, of), left_days(context, found)
    both = left.mutate(dated=left["key"].isin(days["key"]))
    row = fetch(context, both.aggregate(left=both.left.sum(), dated=both.dated.sum(), both=(both.left & both.dated).sum()))[0]
    return (row["both"] or 0) >= 0.95 * max(row["left"] or 0, row["dated"] or 0, 1)


def left_table(context: Context, name: str, of: str = "customer") -> Table:
    """Everyone there is: key, left (whether the label holds of them)."""
    leavers = members(context, HasLabel(label=name), of)
    everyone = people(context, of)
    return everyone.select("key", left=everyone["key"].isin(leavers["key"]))


def label_columns(context: Context, label: Label) -> tuple[str, ...]:
    """The columns that say the label: no model may see them."""
    if label.test is None:
        return tuple(f"{label.event}.{c}" for c in context.model.tables[label.event or ""].columns)
    return (label.test.column,)


def left_days(context: Context, found: Dated) -> Table:
    """When each one left (the first time): key, left_on."""
    base = rows(context, found.table, [found.key, found.time])
    base = base.filter(base[found.key].notnull() & base[found.time].notnull())
    return base.group_by(key=base[found.key]).aggregate(left_on=base[found.time].cast("date").min())


def own_rhythm(context: Context, act: Activity) -> tuple[int, float | None]:
    """(days of silence that count as leaving, the gap between purchases that 85% don't exceed; None without repeats).

    The gap is larger than the days where the data is too short to learn from longer ones.

    The gap is rounded up to a length that people speak of, and kept short enough to be learnt from: at least four of them
    must fit into the data.
    """
    gap = _usual_gap(context, act)
    first, last = bounds(context, act.time)
    longest = (last - first).days // 4
    wanted = next((h for h in HORIZONS if gap is not None and h >= gap), 90 if gap is None else HORIZONS[-1])
    fitting = [h for h in HORIZONS if h <= max(longest, HORIZONS[0])]
    return min(wanted, fitting[-1]), gap


def _usual_gap(context: Context, act: Activity) -> float | None:
    bought = purchases(context, act)
    days = bought.filter(~bought.cancelled).select("key", "day").distinct()
    previous: Expr = days.day.lag().over(group_by=days["key"], order_by=days.day)
    gaps = days.mutate(gap=days.day.delta(previous, unit="day"))
    gaps = gaps.filter(gaps.gap.notnull())
    row = fetch(context, gaps.aggregate(gap=gaps.gap.quantile(PATIENCE), n=gaps.count()))[0]
    return float(row["gap"]) if row["n"] else None


def cutoffs(last: dt.date, first: dt.date, horizon: int, most: int = 4) -> list[dt.date]:
    """Past days whose window of `horizon` days has closed, newest first, with at least one horizon of history behind each."""
    days = [last - dt.timedelta(days=horizon * k) for k in range(1, most + 1)]
    return [d for d in days if (d - first).days >= horizon]


def since(context: Context, of: str = "customer") -> str | None:
    """The column that says since when someone is a customer, where their own table has one."""
    catalog = Catalog(context)
    home = catalog.home(of)
    if home is None:
        return None
    columns = context.model.tables[home].columns
    return next((f"{home}.{c}" for c, spec in columns.items() if spec.role == "signup"), None)
