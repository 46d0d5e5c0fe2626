"""Rows of a table with columns of the tables that it leads to: an expression for the engine, without fan-out.

Joins go only from many to one, so a row of the table stays one row.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError
from segue.tools.segments.activity import Activity, route
from segue.tools.semantic.schema import Derived, Join, Model, Test, split

if TYPE_CHECKING:
    import datetime as dt

    from segue.tools.context import Context

Table = Any
"""An Ibis table. (Ibis's own annotations know too little of columns for a type checker to pass plain arithmetic.)"""

Expr = Any
"""An Ibis value."""


def rows(context: Context, table: str, refs: Iterable[str]) -> Table:
    """One row per row of `table`; columns named by `refs` (table.column), of it and of tables that it leads to."""
    model = context.model
    wanted = list(dict.fromkeys(refs))
    needed: dict[str, list[str]] = {table: []}
    steps: dict[str, Join] = {}
    for ref in wanted:
        for join in _chain(model, table, split(ref)[0]):
            steps[split(join.to)[0]] = join
            _need(needed, join.from_)
            _need(needed, join.to)
        _need(needed, ref)
    joined = _columns(context, table, needed[table])
    for there, join in steps.items():
        other = _columns(context, there, needed[there])
        joined = joined.left_join(other, joined[join.from_] == other[join.to])
    return joined.select(*wanted)


def _chain(model: Model, table: str, goal: str) -> list[Join]:
    chain = route(model, table, goal)
    if chain is None:
        raise DefinitionError(f"Rows of {table} don't lead to {goal}.", "Name a column of a table that it joins to.")
    return chain


def _need(needed: dict[str, list[str]], ref: str) -> None:
    columns = needed.setdefault(split(ref)[0], [])
    if ref not in columns:
        columns.append(ref)


def _columns(context: Context, table: str, refs: list[str]) -> Table:
    """The table's own columns under their full names, derived ones worked out."""
    base = context.engine.table(table)
    if not refs:
        return base
    spec = context.model.tables[table]
    chosen = {}
    for ref in refs:
        name = split(ref)[1]
        column = spec.columns.get(name)
        derived = column.derived if column is not None and name not in base.columns else None
        chosen[ref] = base[name] if derived is None else _derived(base, derived)
    return base.select(**chosen)


def _derived(base: Table, derived: Derived) -> Expr:
    if derived.row:
        raise DefinitionError("A row's number is no column to analyse.", "Name another column.")
    if derived.test is not None:
        return passes(base[derived.test.column], derived.test)
    inputs = [base[name] for name in derived.inputs()]
    if derived.days_between is not None:
        earlier, later = inputs
        return (later.epoch_seconds() - earlier.epoch_seconds()) / 86400.0
    if derived.after is not None:
        return inputs[0] > inputs[1]
    if derived.together is not None:
        return functools.reduce(lambda a, b: a + "\x1f" + b, [i.cast("string") for i in inputs])
    combine: Any = operator.mul if derived.product else operator.add if derived.sum else operator.sub
    return functools.reduce(combine, inputs)


def passes(column: Expr, test: Test) -> Expr:
    """Whether a row passes the test; a row without a value doesn't (but passes `present: false`)."""
    import ibis

    if test.present is not None:
        return column.notnull() if test.present else column.isnull()
    if test.one_of is not None:
        text = column.cast("string")
        found = text.isin([_as_text(v) for v in test.one_of]) if not column.type().is_numeric() else column.isin(test.one_of)
    elif test.starts_with is not None:
        found = column.cast("string").startswith(test.starts_with)
    elif test.below is not None:
        found = column < test.below
    else:
        found = column > test.above
    return ibis.coalesce(found, False)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def purchases(context: Context, act: Activity, extra: Iterable[str] = ()) -> Table:
    """The activity's rows: key, day, order, money, cancelled (whether the row takes an order back), and `extra` columns.

    Rows that the metric excludes, and rows without a key or a day, are left out. Where there is no order id an order is a
    key and a time; where there is no money it is missing.
    """
    refs = [act.key, act.time, *(r for r in (act.order, act.money) if r), *(t.column for t in _tests(act)), *extra]
    base = rows(context, act.table, refs)
    base = base.filter(base[act.key].notnull(), base[act.time].notnull())
    if act.excludes is not None:
        base = base.filter(~passes(base[act.excludes.column], act.excludes))
    if act.where is not None:
        base = base.filter(passes(base[act.where.column], act.where))
    import ibis

    return base.select(
        key=base[act.key],
        day=base[act.time].cast("date"),
        order=base[act.order] if act.order else base[act.time],
        money=base[act.money].cast("float64") if act.money else ibis.null("float64"),
        cancelled=passes(base[act.cancelled.column], act.cancelled) if act.cancelled else ibis.literal(False),
        **{ref: base[ref] for ref in extra},
    )


def _tests(act: Activity) -> list[Test]:
    return [t for t in (act.excludes, act.where, act.cancelled) if t is not None]


def last_day(context: Context, act: Activity) -> dt.date:
    """The last recorded day of the activity: what counts as now."""
    day = context.facts.column(act.time).maximum
    return as_day(day)


def first_day(context: Context, act: Activity) -> dt.date:
    """The first recorded day of the activity."""
    return as_day(context.facts.column(act.time).minimum)


def as_day(value: object) -> dt.date:
    """A fact's bound (a date, a time, or either as ISO text) as a day."""
    import datetime as dt

    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value)[:10])


def population(context: Context, of: str = "customer") -> Table:
    """Every key of the entity's own table once (column key); where that table is the events', every key seen there."""
    ref = context.model.entities[of].key
    base = rows(context, split(ref)[0], [ref])
    return base.filter(base[ref].notnull()).select(key=base[ref]).distinct()
