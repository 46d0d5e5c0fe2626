"""What customers are grouped by: a scheme, or a column. Everyone is in exactly one group, or in none for lack of a value."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError, did_you_mean
from segue.tools.query.catalog import Catalog
from segue.tools.query.graph import JoinGraph
from segue.tools.query.phrasing import say_number
from segue.tools.segments.activity import key_ref, time_ref
from segue.tools.segments.rfm import rfm
from segue.tools.segments.rows import Expr, Table, fetch, people, rows
from segue.tools.semantic.schema import split

if TYPE_CHECKING:
    import datetime as dt

    from segue.tools.context import Context

BANDS = 5


@dataclass(frozen=True)
class Grouping:
    """A way to split the customers.

    table     table(as of a day, or None for now) -> key, group (text)
    name      what people call it;  ref  its column, None for a scheme
    moves     whether the group depends on the day (RFM, the value most events have)
    defined_by  columns that define the groups, and so say nothing new about them
    order     the groups in their natural order, where they have one (bands)
    """

    name: str
    ref: str | None
    table: Callable[[dt.date | None], Table]
    moves: bool = False
    defined_by: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


def grouping(context: Context, name: str | None, of: str = "customer") -> Grouping:
    """The grouping of that name: "rfm", or table.column; None for the model file's main scheme.

    DefinitionError, with the nearest name, where there is no such scheme or column.
    """
    name = name or main_scheme(context, of)
    if name.lower() == "rfm":
        return Grouping("RFM segment", None, lambda day: _named(rfm(context, day, of)), moves=True, defined_by=("rfm",))
    if "." not in name:
        name = _column_called(context, name)
    Catalog(context).spec(name)
    return _by_column(context, name, of)


def main_scheme(context: Context, of: str = "customer") -> str:
    """The scheme that "which segment" means. DefinitionError where the model file names none."""
    if context.model.main_scheme is None:
        raise DefinitionError("The model file names no main scheme.", "Say what to group by, or set main_scheme in segue.yaml.")
    return context.model.main_scheme


def _column_called(context: Context, name: str) -> str:
    """A bare column name that only one table has."""
    found = [f"{t}.{c}" for t, spec in context.model.tables.items() for c in spec.columns if c.lower() == name.lower()]
    if len(found) == 1:
        return found[0]
    every = ["rfm", *(f"{t}.{c}" for t, spec in context.model.tables.items() for c in spec.columns)]
    raise DefinitionError(f"There is no scheme or column {name!r}.", did_you_mean(name, found or every))


def _named(scored: Table) -> Table:
    return scored.select("key", group=scored.segment)


def _by_column(context: Context, ref: str, of: str) -> Grouping:
    catalog = Catalog(context)
    spec, name = catalog.spec(ref), catalog.plain(ref)
    home = split(context.model.entities[of].key)[0]
    owned = catalog.home(of) is not None and catalog.graph.place(home, ref) is not None
    if spec.type in ("date", "timestamp"):
        raise DefinitionError(f"{name} is a date, and makes no groups of customers.", "Name a category or a number.")
    counted = spec.type in ("integer", "number") and spec.role not in ("flag", "category", "band", "status", "place", "product")
    if counted and not owned:
        raise DefinitionError(f"{name} is a number with many values for each {of}.", "Name a category, or a column of the customers.")
    if not owned:
        return _by_events(context, ref, of, name)
    if counted:
        edges = band_edges(context, ref)
        return Grouping(
            name, ref, lambda _: _own(context, ref, of, lambda c: _banded(c, edges)), defined_by=(ref,),
            assumptions=(f"{name} is cut into bands of about equal size.",), order=tuple(band_names(edges)),
        )  # fmt: skip
    return Grouping(name, ref, lambda _: _own(context, ref, of, lambda c: label_of(c, spec)), defined_by=(ref,))


def _own(context: Context, ref: str, of: str, labelled: Callable[[Expr], Expr]) -> Table:
    base = people(context, of, [ref])
    return base.select("key", group=labelled(base[ref]))


def _by_events(context: Context, ref: str, of: str, name: str) -> Grouping:
    """The value that most of someone's rows have; of equally common ones the first in order."""
    table = split(ref)[0]
    base_table = _events_leading_to(context, table, of)
    graph = JoinGraph(context.model)
    key = key_ref(graph, base_table, of)
    if key is None:
        raise DefinitionError(f"{name} doesn't lead to a {of}.", "Name a column that customers have.")
    time = time_ref(context.model, graph, base_table)
    spec = Catalog(context).spec(ref)

    def commonest(day: dt.date | None) -> Table:
        import ibis

        base = rows(context, base_table, [key, ref, *([time] if time else [])])
        if day is not None and time is not None:
            base = base.filter(base[time].cast("date") <= ibis.literal(day))
        base = base.select(key=base[key], group=label_of(base[ref], spec)).filter(lambda t: t.key.notnull() & t.group.notnull())
        counted = base.group_by("key", "group").aggregate(rows=base.count())
        first = ibis.row_number().over(group_by=counted["key"], order_by=[counted["rows"].desc(), counted["group"]])
        return counted.mutate(place=first).filter(lambda t: t.place == 0).select("key", "group")

    say = f"Each {of} counts once, under the {name} that most of their rows have."
    return Grouping(name, ref, commonest, moves=time is not None, defined_by=(ref,), assumptions=(say,))


def _events_leading_to(context: Context, table: str, of: str) -> str:
    """The table whose rows both lead to the entity and have the column: itself, or events that lead to it (a product's lines)."""
    graph = JoinGraph(context.model)
    if graph.key_place(table, of) is not None:
        return table
    leading = [
        t for t, spec in context.model.tables.items()
        if spec.kind == "events" and table in graph.paths(t) and graph.key_place(t, of) is not None
    ]  # fmt: skip
    if not leading:
        raise DefinitionError(f"Table {table!r} doesn't lead to a {of}.", "Name a column that customers have.")
    return min(leading, key=lambda t: len(graph.paths(t)[table]))


def label_of(column: Expr, spec: Any) -> Expr:
    """A category as text; a flag as yes or no."""
    import ibis

    from segue.tools.query.predicates import flag_is

    if spec.role == "flag" and not column.type().is_string():
        yes: Expr = flag_is(column, spec, yes=True)
        no: Expr = flag_is(column, spec, yes=False)
        return ibis.cases((yes.fill_null(False), "yes"), (no.fill_null(False), "no"), else_=column.cast("string"))
    return column.cast("string")


def band_edges(context: Context, ref: str) -> list[float]:
    """Where bands of about equal size begin, rounded to what a person would say. At most BANDS - 1 edges."""
    base = rows(context, split(ref)[0], [ref])
    column = base[ref].cast("float64")
    shares = [i / BANDS for i in range(1, BANDS)]
    row = fetch(context, base.aggregate(**{f"q{i}": column.quantile(q) for i, q in enumerate(shares)}, low=column.min()))[0]
    if row["low"] is None:
        raise DefinitionError(f"{ref} has no values in it.")
    whole = Catalog(context).type(ref) == "integer"
    edges = sorted({_round_edge(row[f"q{i}"], whole) for i in range(len(shares))})
    return [e for e in edges if e > row["low"]]


def _round_edge(value: float, whole: bool) -> float:
    """To two significant digits; of whole numbers, upward to a whole one."""
    if value == 0:
        return 0.0
    digits = 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    return float(math.ceil(rounded)) if whole else rounded


def band_names(edges: list[float]) -> list[str]:
    """["under 10", "10 to under 20", "20 and over"]"""
    if not edges:
        return ["all"]
    said = [say_number(e) for e in edges]
    middle = [f"{low} to under {high}" for low, high in itertools.pairwise(said)]
    return [f"under {said[0]}", *middle, f"{said[-1]} and over"]


def _banded(column: Expr, edges: list[float]) -> Expr:
    import ibis

    names = band_names(edges)
    if not edges:
        return ibis.cases((column.notnull(), names[0]), else_=None)
    below = [(column < edge, name) for edge, name in zip(edges, names, strict=False)]
    return ibis.cases((column.isnull(), ibis.null("string")), *below, else_=names[-1])
