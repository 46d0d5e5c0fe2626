"""Runs a Query and makes its Result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.tools.query.catalog import day
from segue.tools.query.compile import IN_ALL, TOTAL, Compiled, Shown, compile_query, require_two
from segue.tools.query.dates import dates_of
from segue.tools.query.english import say_condition, say_query
from segue.tools.query.found import Table
from segue.tools.query.phrasing import say_value
from segue.tools.query.plan import Condition, Measure, Query, plain
from segue.tools.query.summary import summarise
from segue.tools.query.vague import remarks, vague_conditions
from segue.tools.results import MAX_ROWS, Cell, CellType, Column, Result, plain_cell

if TYPE_CHECKING:
    import pyarrow as pa

    from segue.tools.context import Context


def run_query(context: Context, query: Query) -> Result:
    """Answers a question about figures.

    DefinitionError where the plan names what isn't there; QuestionError where the data can't answer it.
    """
    compiled = compile_query(context, query)
    found = context.engine.run(compiled.expr)
    table = _table(compiled, found)
    said = summarise(compiled, table)
    thresholds = _thresholds(context, compiled, table)
    return Result(
        tool="query",
        arguments=plain(query),
        columns=tuple(table.columns),
        rows=tuple(tuple(row) for row in table.rows),
        row_count=table.row_count,
        truncated=table.row_count > len(table.rows),
        headline=said.headline,
        summary=said.summary,
        reading=say_query(context.model, query),
        assumptions=(*thresholds, *said.assumptions),
        caveats=tuple(said.caveats),
        suggestions=tuple(said.suggestions),
        method=said.method,
        sql=context.engine.readable_sql(compiled.expr),
        as_of=said.as_of,
    )


def _thresholds(context: Context, compiled: Compiled, table: Table) -> list[str]:
    """What other thresholds for a vague word would give; of a breakdown the threshold alone is said."""
    query, catalog = compiled.asked, compiled.catalog
    trees = {"where": query.where, "customers": query.customers}
    if not any(any(vague_conditions(tree)) for tree in trees.values()):
        return []
    shown = compiled.shown[0]

    def value(cell: Cell) -> str:
        return say_value(cell, shown.unit, context.model.currency)

    def figure(place: str, condition: Condition) -> str:
        other = query.model_copy(update={place: condition, "measures": query.measures[:1], "compare": None})
        made = compile_query(context, other)
        return value(_cell(context.engine.run(made.expr).to_pylist()[0][made.shown[0].name], made.shown[0]))

    clock = catalog.clock()
    now = day(catalog.bounds(clock)[1]) if clock is not None else None
    of = next((m.count or "" for m in query.measures if isinstance(m, Measure)), "")
    of = of if of in context.model.entities else "customer"
    if compiled.groupings or query.compare is not None:
        words = [c for tree in trees.values() for c, _ in vague_conditions(tree)]
        return [f"“{c.word}” is taken as {say_condition(context.model, c, of, dates_of(catalog))}." for c in words]
    return remarks(context.model, trees, figure, value(table.rows[0][0]), now, of, dates_of(catalog))


def _table(compiled: Compiled, found: pa.Table) -> Table:
    """The engine's rows as cells, cut to what was asked for, with what is known of the rest."""
    raw = found.to_pylist()
    query, groupings = compiled.query, compiled.groupings
    names = [g.name for g in groupings] + [s.name for s in compiled.shown]
    cells = [[*_group_cells(compiled, row), *(_cell(row[s.name], s) for s in compiled.shown)] for row in raw]
    if query.compare == "difference":
        named = [(c, r) for c, r in zip(cells, raw, strict=True) if r[groupings[0].name] is not None]
        cells, raw = [c for c, _ in named], [r for _, r in named]
        if len(groupings) == 1:
            require_two(len(cells), groupings[0].heading)
            if groupings[0].labels is not None and cells[0][0] != groupings[0].labels[0]:
                cells, raw = cells[::-1], raw[::-1]
    columns = [Column(g.heading, g.type, g.unit, g.key) for g in groupings]
    columns += [_column(s, [row[len(groupings) + i] for row in cells], found) for i, s in enumerate(compiled.shown)]
    in_all = raw[0][IN_ALL] if raw and groupings else len(raw)
    if query.compare == "difference":
        in_all = len(raw)
    limit = min(query.limit or MAX_ROWS, MAX_ROWS)
    row_count = min(in_all, query.limit) if query.limit else in_all
    if query.rank_measures:
        return _ranked(compiled, cells, columns)
    return Table(
        columns=columns,
        rows=cells[:limit],
        beyond=cells[limit:],
        row_count=row_count,
        in_all=in_all,
        total=raw[0][TOTAL] if raw and compiled.total else None,
        counts={name: [row[hidden] for row in raw] for name, hidden in compiled.counts.items()},
        names=names,
    )


def _group_cells(compiled: Compiled, row: dict[str, Any]) -> list[Cell]:
    return [g.cell(row[g.name]) for g in compiled.groupings]


def _cell(value: Any, shown: Shown) -> Cell:
    cell = plain_cell(value, part="day" if shown.unit == "date" else None)
    if isinstance(cell, float) and shown.unit == "count" and cell.is_integer():
        return int(cell)
    return cell


def _column(shown: Shown, cells: list[Cell], found: pa.Table) -> Column:
    return Column(shown.heading, _cell_type(shown, cells), shown.unit)


def _cell_type(shown: Shown, cells: list[Cell]) -> CellType:
    if shown.unit == "date":
        return "date"
    known = [c for c in cells if c is not None]
    if known and all(isinstance(c, bool) for c in known):
        return "boolean"
    if known and all(isinstance(c, int) for c in known):
        return "integer"
    return "text" if any(isinstance(c, str) for c in known) else "number"


def _ranked(compiled: Compiled, cells: list[list[Cell]], columns: list[Column]) -> Table:
    """Several measures as rows, largest first."""
    units = {s.unit for s in compiled.shown}
    rows = [[s.heading, cell] for s, cell in zip(compiled.shown, cells[0], strict=True) if s.role == "value"]
    down = compiled.query.sort is None or compiled.query.sort.descending
    rows.sort(key=lambda r: (r[1] is None, -float(r[1] or 0) if down else float(r[1] or 0)))  # type: ignore[arg-type]
    limit = compiled.query.limit or len(rows)
    kind: CellType = "integer" if all(isinstance(r[1], int) for r in rows) else "number"
    made = [Column("measure", "text"), Column("value", kind, units.pop() if len(units) == 1 else None)]
    return Table(made, rows[:limit], rows[limit:], min(limit, len(rows)), len(rows), None, {}, ["measure", "value"])


