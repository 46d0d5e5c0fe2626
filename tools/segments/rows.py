"""Rows for the segment tools, as expressions for the engine: a table's rows, an activity's, everyone there is, a group's members.

Joins go only from many to one, so a row of the table stays one row.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.query.catalog import Catalog, day
from segue.tools.query.conditions import term
from segue.tools.query.frames import Frame
from segue.tools.query.plan import All, AnyOf, ColumnIs, Condition, HasLabel, Not
from segue.tools.query.predicates import test_holds
from segue.tools.query.universe import entity_frame
from segue.tools.segments.activity import Activity
from segue.tools.semantic.schema import Test

if TYPE_CHECKING:
    import datetime as dt

    from segue.tools.context import Context

Table = Any
"""An Ibis table. (Ibis's own annotations know too little of columns for a type checker to pass plain arithmetic.)"""

Expr = Any
"""An Ibis value."""


def rows(context: Context, table: str, refs: Iterable[str]) -> Table:
    """One row per row of `table`; columns named by `refs` (table.column), of it and of tables that it leads to."""
    return _read(Frame(Catalog(context), table), refs)


def people(context: Context, of: str = "customer", refs: Iterable[str] = ()) -> Table:
    """Everyone there is, those known from events alone among them: key, and columns that are one fact about them."""
    frame = entity_frame(Catalog(context), of)
    key = frame.column(_key_place(frame, of))
    return _read(frame, refs, key)


def _key_place(frame: Frame, of: str) -> Any:
    place = frame.key_place(of)
    if place is None:
        raise QuestionError(f"The data has no key that tells one {of} from another.")
    return place


def _read(frame: Frame, refs: Iterable[str], key: Any = None) -> Table:
    terms = {}
    for ref in dict.fromkeys(refs):
        frame.catalog.spec(ref)
        place = frame.place(ref)
        if place is None:
            raise DefinitionError(f"{ref} is no single fact about a {frame.entity or frame.home}.", "Name another column.")
        terms[ref] = frame.column(place)
    built = frame.rows()
    if key is None:
        return built.select(**{ref: term(built) for ref, term in terms.items()})
    known = built.filter(key(built).notnull())
    return known.select(key=key(known), **{ref: term(known) for ref, term in terms.items()})


def members(context: Context, condition: Condition, of: str = "customer") -> Table:
    """The keys (column key) of those for whom the condition holds."""
    frame = entity_frame(Catalog(context), of)
    key, met = frame.column(_key_place(frame, of)), term(frame, condition, of)
    built = frame.rows()
    built = built.filter(met(built))
    return built.filter(key(built).notnull()).select(key=key(built)).distinct()


def always_so(context: Context, condition: Condition, of: str = "customer") -> bool:
    """Whether a condition is of attributes alone, which don't change with the day (as far as the data knows)."""
    if isinstance(condition, (All, AnyOf)):
        return all(always_so(context, part, of) for part in condition.of)
    if isinstance(condition, Not):
        return always_so(context, condition.of, of)
    catalog = Catalog(context)
    home = catalog.home(of)
    if isinstance(condition, ColumnIs):
        return home is not None and catalog.graph.place(home, condition.column) is not None
    return isinstance(condition, HasLabel)


def passes(column: Expr, test: Test) -> Expr:
    """Whether a row passes the test; a row without a value doesn't (but for `present: false`)."""
    holds: Expr = test_holds(column, test)
    return holds.fill_null(False)


def purchases(context: Context, act: Activity, extra: Iterable[str] = ()) -> Table:
    """The activity's rows: key, day, order, money, cancelled (whether the row takes an order back), and `extra` columns.

    Rows that the metric excludes, and rows without a key or a day, are left out. Where there is no order id an order is a
    key and a time; where there is no money it is missing.
    """
    import ibis

    extra = list(extra)
    tests = [t.column for t in (act.excludes, act.where, act.cancelled) if t is not None]
    base = rows(context, act.table, [act.key, act.time, *(r for r in (act.order, act.money) if r), *tests, *extra])
    base = base.filter(base[act.key].notnull(), base[act.time].notnull())
    if act.excludes is not None:
        base = base.filter(~passes(base[act.excludes.column], act.excludes))
    if act.where is not None:
        base = base.filter(passes(base[act.where.column], act.where))
    return base.select(
        key=base[act.key],
        day=base[act.time].cast("date"),
        order=base[act.order] if act.order else base[act.time],
        money=base[act.money].cast("float64") if act.money else ibis.null("float64"),
        cancelled=passes(base[act.cancelled.column], act.cancelled) if act.cancelled else ibis.literal(False),
        **{ref: base[ref] for ref in extra},
    )


def bounds(context: Context, ref: str) -> tuple[dt.date, dt.date]:
    """The first and the last recorded day of a time column. DefinitionError where it is empty."""
    low, high = (day(value) for value in Catalog(context).bounds(ref))
    if low is None or high is None:
        raise DefinitionError(f"{ref} has no dates in it.")
    return low, high


def attach(base: Table, other: Table) -> Table:
    """The other table's columns beside the base's rows, by key; one row a key in `other`. Missing where it has none."""
    renamed = other.rename({"key_there": "key"})
    return base.left_join(renamed, base["key"] == renamed["key_there"]).drop("key_there")


def fetch(context: Context, expression: Table) -> list[dict[str, Any]]:
    """The expression's rows. (A sum of whole numbers comes from DuckDB as a decimal; here it is an integer again.)"""
    return [{k: _plain(v) for k, v in row.items()} for row in context.engine.run(expression).to_pylist()]


def _plain(value: Any) -> Any:
    if not isinstance(value, decimal.Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
