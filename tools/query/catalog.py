"""What the compiler knows of the data and the model: columns as expressions, types, uniqueness, bounds, dates."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError, QuestionError, did_you_mean
from segue.tools.query.graph import JoinGraph, Place
from segue.tools.query.notes import Notes
from segue.tools.results import CellType
from segue.tools.semantic.schema import ColumnSpec, Derived, Entity, Metric, split, words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from segue.tools.context import Context


BORROWED = "the key that a borrowed column is found by"


class Catalog:
    """A view of a context for one plan."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.model = context.model
        self.graph = JoinGraph(context.model)
        self.notes = Notes()
        self._sources: dict[str, ir.Table] = {}

    # --- names, checked -------------------------------------------------------------------------------------------

    def spec(self, ref: str) -> ColumnSpec:
        """The column's spec. DefinitionError with the nearest name where there is none."""
        table, column = split(ref)
        found = self.model.tables.get(table)
        if found is None:
            raise DefinitionError(f"There is no table {table!r}.", did_you_mean(table, self.model.tables))
        if column not in found.columns:
            raise DefinitionError(f"Table {table!r} has no column {column!r}.", did_you_mean(column, found.columns))
        return found.columns[column]

    def entity(self, name: str) -> Entity:
        """The entity. DefinitionError where there is none."""
        if name not in self.model.entities:
            raise DefinitionError(f"There is no entity {name!r}.", did_you_mean(name, self.model.entities))
        return self.model.entities[name]

    def metric(self, name: str) -> Metric:
        """The metric. DefinitionError where there is none."""
        if name not in self.model.metrics:
            raise DefinitionError(f"There is no metric {name!r}.", did_you_mean(name, self.model.metrics))
        return self.model.metrics[name]

    def type(self, ref: str) -> CellType:
        """The column's type, as the model file has it."""
        return self.spec(ref).type

    # --- expressions ----------------------------------------------------------------------------------------------

    def source(self, table: str) -> ir.Table:
        """The stored table, unbound; beside its columns those of other tables that its derived ones are made of (as table.column)."""
        if table not in self._sources:
            own = self.model.tables[table].columns
            rows = self.context.engine.table(table)
            for ref in sorted({n for c in own.values() if c.derived for n in c.derived.inputs()} - set(own)):
                rows = self._borrowed(rows, table, ref)
            self._sources[table] = rows
        return self._sources[table]

    def _borrowed(self, rows: ir.Table, table: str, ref: str) -> ir.Table:
        """The rows with a column of a table that each of them leads to at most one row of."""
        there, column = split(ref)
        steps = self.graph.paths(table)[there]
        target = self.context.engine.table(there)
        side = target.select(**{BORROWED: target[steps[-1].target_column], ref: target[column]})
        for step, after in zip(reversed(steps[:-1]), reversed(steps), strict=False):
            target = self.context.engine.table(step.target)
            joined = target.left_join(side, [target[after.source_column] == side[BORROWED]])
            side = joined.select(**{BORROWED: target[step.target_column], ref: side[ref]})
        joined = rows.left_join(side, [rows[steps[0].source_column] == side[BORROWED]])
        return joined.select(*rows.columns, ref)

    def expression(self, ref: str, rows: ir.Table | None = None) -> ir.Value:
        """The column over its own stored table; a derived one worked out."""
        table, column = split(ref)
        rows = self.source(table) if rows is None else rows
        if column in rows.columns:
            return rows[column]
        derived = self.spec(ref).derived
        if derived is None:
            raise DefinitionError(f"The data has no column {ref!r}.", "Run segue check to compare the model file with the data.")
        return self._derived(table, rows, derived)

    def _derived(self, table: str, rows: ir.Table, derived: Derived) -> ir.Value:
        from segue.tools.query.predicates import test_holds

        if derived.row:
            return rows.rowid() + 1
        if derived.test is not None:
            own = derived.test.column
            ref = own if own.startswith(f"{table}.") else f"{table}.{own}"
            return test_holds(self.expression(ref, rows), derived.test)
        inputs: list[Any] = [self.expression(f"{table}.{name}", rows) for name in derived.inputs()]
        if derived.days_between:
            return _days_between(*inputs)
        if derived.after:
            return _after(*inputs)
        if derived.together:
            parts = [column.cast("string") for column in inputs]
            return functools.reduce(lambda a, b: a + "|" + b, parts)
        how = operator.mul if derived.product else operator.sub if derived.difference else operator.add
        return functools.reduce(how, inputs)

    # --- facts ----------------------------------------------------------------------------------------------------

    def is_unique(self, ref: str) -> bool:
        """Whether no value occurs twice: the table has one row for each."""
        table, column = split(ref)
        spec = self.model.tables[table]
        return spec.key == column or (self.context.facts.has(ref) and self.context.facts.column(ref).unique)

    def rows(self, table: str) -> int:
        """How many rows the table has."""
        return self.context.facts.tables.get(table, 0)

    def missing(self, ref: str) -> int:
        """In how many rows the column has no value (0 for derived columns, which aren't measured)."""
        return self.context.facts.column(ref).missing if self.context.facts.has(ref) else 0

    def whole(self, ref: str) -> bool:
        """Whether all values of a number column are whole numbers."""
        return self.context.facts.has(ref) and self.context.facts.column(ref).whole

    def bounds(self, ref: str) -> tuple[Any, Any]:
        """The least and the greatest value; measured now where the facts don't have them."""
        if self.context.facts.has(ref):
            facts = self.context.facts.column(ref)
            return facts.minimum, facts.maximum
        column: Any = self.expression(ref)
        found = self.context.engine.run(self.source(split(ref)[0]).aggregate(low=column.min(), high=column.max()))
        row = found.to_pylist()[0]
        return row["low"], row["high"]

    # --- structure ------------------------------------------------------------------------------------------------

    def home(self, entity: str) -> str | None:
        """The table that has one row for each of the entity, or None (a customer key known only from order lines)."""
        key = self.entity(entity).key
        return split(key)[0] if self.is_unique(key) else None

    def time_place(self, table: str) -> Place | None:
        """When the table's rows happened, seen from it: its own time, or that of the nearest table it leads to."""
        spec = self.model.tables[table]
        if spec.time is not None:
            ref = spec.time if "." in spec.time and split(spec.time)[0] in self.model.tables else f"{table}.{spec.time}"
            return self.graph.place(table, ref)
        if spec.kind != "events":
            return None
        paths = sorted(self.graph.paths(table).items(), key=lambda item: len(item[1]))
        for other, path in paths:
            there = self.model.tables[other]
            if there.kind == "events" and there.time is not None and other != table:
                own = there.time if there.time in there.columns else None
                if own is not None:
                    return Place(path, f"{other}.{own}")
        return None

    def clock(self) -> str | None:
        """The time column that "now" is read from where a question counts no events of its own."""
        return self.model.clock

    def plain(self, ref: str) -> str:
        """What people call the column."""
        return self.spec(ref).label or words(split(ref)[1])

    def requires_time(self, table: str) -> Place:
        """`time_place`, or a QuestionError that says the table has no dates."""
        place = self.time_place(table)
        if place is None:
            name = self.model.tables[table].label or words(table)
            raise QuestionError(f"The {name} data has no dates, so a period can't be told.", "Ask without the period.")
        return place


def day(value: Any) -> dt.date | None:
    """A bound as a day."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date) or value is None:
        return value
    return dt.date.fromisoformat(str(value)[:10])


def _days_between(earlier: Any, later: Any) -> ir.Value:
    if earlier.type().is_date() and later.type().is_date():
        return later.delta(earlier, unit="day").cast("float64")
    earlier, later = earlier.cast("timestamp"), later.cast("timestamp")
    return later.delta(earlier, unit="second") / 86400.0


def _after(a: Any, b: Any) -> ir.Value:
    if a.type().is_date() != b.type().is_date():  # a day against a moment: compared as days
        a, b = a.cast("date"), b.cast("date")
    return a > b
