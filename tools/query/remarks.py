"""What stands beside an answer: assumptions, caveats, method, follow-up questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from segue.tools.query.anatomy import mentioned_columns
from segue.tools.query.catalog import Catalog, day
from segue.tools.query.compile import Compiled, Shown
from segue.tools.query.dates import as_of_text
from segue.tools.query.english import entity_plural, say_window_bare
from segue.tools.query.groups import Grouping
from segue.tools.query.leaves import Leaf, tree_leaves
from segue.tools.query.measures import Aggregated, Concentrated, PerEntity
from segue.tools.query.phrasing import capital, joined, say_day, say_period_cell
from segue.tools.query.plan import Measure
from segue.tools.query.windows import period_bounds
from segue.tools.semantic.schema import split, words

if TYPE_CHECKING:
    from segue.tools.query.found import Table

FEW_VALUES = range(2, 51)
"""A column with so many distinct values makes a breakdown that can be read."""


def all_leaves(compiled: Compiled, first_only: bool = False) -> Iterator[Leaf]:
    """Every leaf of every measure, or of the first."""
    for formula in compiled.formulas[: 1 if first_only else None]:
        for atom in formula.atoms:
            if isinstance(atom, Aggregated):
                yield atom.leaf
            elif isinstance(atom, PerEntity):
                yield from tree_leaves(atom.tree)


def assumptions(compiled: Compiled) -> list[str]:
    """What the question left open: what the windows came to, what the money is, whether cancellations count."""
    found: list[str] = []
    catalog = compiled.catalog
    for window, span in catalog.notes.spans:
        if window.start is None and window.end is None and window.before == 0:
            verb = "are" if window.last is not None and window.last > 1 else "is"
            the = "The " if window.last is not None or window.offset not in (0, -1) else ""
            found.append(f"{capital(the + say_window_bare(window).removeprefix('the '))} {verb} {span.text}.")
    for shown in compiled.shown:
        plan = shown.formula.plan
        if isinstance(plan, Measure) and plan.metric is not None and shown.role == "value":
            found += _money(catalog, plan.metric)
        if isinstance(plan, Measure) and plan.per is not None and plan.over != "sum":
            many = entity_plural(catalog.model, plan.per)
            found.append(f"{capital(plan.over)} over the {many} that have rows to work it out from.")
    found += _cancellations(compiled)
    return list(dict.fromkeys(found))


def _money(catalog: Catalog, name: str) -> list[str]:
    metric = catalog.model.metrics[name]
    names = metric.ratio or [name]
    found = []
    for one in names:
        part = catalog.model.metrics[one]
        if part.of is None or part.unit != "money" or part.stat != "sum":
            continue
        spec = catalog.model.column(part.of)
        table = split(part.of)[0]
        made = catalog.plain(part.of)
        if spec.derived is not None and spec.derived.product:
            made = " x ".join(words(c) for c in spec.derived.product)
        net = ", returns and cancellations taken off" if part.where is None and _goes_below_zero(catalog, part.of) else ""
        found.append(f"{capital(part.label or words(one))} is the sum of {made} ({words(table)}){net}.")
    return found


def _goes_below_zero(catalog: Catalog, ref: str) -> bool:
    table = split(ref)[0]
    derived = catalog.spec(ref).derived
    columns = [f"{table}.{c}" for c in derived.inputs()] if derived is not None else [ref]
    facts = catalog.context.facts
    return any(facts.has(c) and isinstance(m := facts.column(c).minimum, (int, float)) and m < 0 for c in columns)


def _cancellations(compiled: Compiled) -> list[str]:
    """Counts of orders in data that marks cancellations say that those are among them."""
    catalog, query = compiled.catalog, compiled.query
    for leaf in all_leaves(compiled):
        if leaf.stat != "entities" or leaf.entity != "order" or leaf.ref is not None:
            continue
        table = split(catalog.entity("order").key)[0]
        test = catalog.model.tables[table].cancelled
        if test is None:
            continue
        ref = test.column if "." in test.column else f"{table}.{test.column}"
        if ref not in mentioned_columns([query.where, query.customers, *leaf.where]):
            return ["Cancelled orders and returns are counted among the orders."]
    return []


def caveats(compiled: Compiled, table: Table) -> list[str]:
    """What limits the answer: periods not complete, ties at the cut, groups without a name, sums of nobody."""
    found = []
    for position, grouping in enumerate(compiled.groupings):
        if grouping.timeline:
            found += part_periods(compiled, table, grouping, position).values()
        elif grouping.plan.column is not None and (missing := compiled.catalog.missing(grouping.plan.column)):
            where = "left out" if compiled.query.limit and compiled.sort else "shown as (not recorded)"
            found.append(f"{missing:,} rows have no {grouping.heading}; they are {where}.")
    return found + _ties(compiled, table)


def part_periods(compiled: Compiled, table: Table, grouping: Grouping, position: int) -> dict[str, str]:
    """The shown periods that the data covers only in part, each with a sentence that says so."""
    part, ref = grouping.part, grouping.plan.column or (grouping.plan.value.column if grouping.plan.value else None)
    if part not in ("week", "month", "quarter", "year") or ref is None or not table.rows:
        return {}
    first, last = (day(b) for b in compiled.catalog.bounds(ref))
    cells = {str(r[position]) for r in table.rows}
    found = {}
    for bound, end in ((first, False), (last, True)):
        if bound is None:
            continue
        begin, after = period_bounds(part, bound)
        label = str(grouping.cell(begin))
        whole = bound == (after - dt.timedelta(days=1) if end else begin)
        if not whole and label in cells:
            said = capital(say_period_cell(label, part))
            found[label] = f"{said} is only part of a {part}: the data {'ends' if end else 'begins'} on {say_day(bound)}."
    return found


def _ties(compiled: Compiled, table: Table) -> list[str]:
    if compiled.query.limit is None or compiled.sort is None or not table.beyond or not table.rows:
        return []
    place = table.names.index(compiled.sort[0]) if compiled.sort[0] in table.names else None
    if place is None or table.beyond[0][place] != table.rows[-1][place]:
        return []
    return [f"{table.beyond[0][0]} has the same figure as {table.rows[-1][0]}, the last one shown."]


def method(compiled: Compiled) -> str:
    """How it was computed, in one sentence."""
    catalog = compiled.catalog
    for formula in compiled.formulas:
        if formula.kind == "correlation":
            return "Pearson's correlation, over those for whom both values are known."
        for atom in formula.atoms:
            if isinstance(atom, Concentrated):
                return "Ranked by the value, ties by key; the top share is rounded down to whole ones, at least one."
    tables = list(dict.fromkeys(t for leaf in all_leaves(compiled) if (t := _table_of(leaf)) is not None))
    if not tables:
        return "Every row was counted; nothing was sampled."
    rows = [f"{catalog.rows(t):,} rows of {words(t)}" for t in tables]
    return f"Aggregated over {joined(rows)}, before what the conditions leave out; nothing was sampled."


def _table_of(leaf: Leaf) -> str | None:
    return leaf.base or leaf.table or (split(leaf.ref)[0] if leaf.ref else None)


def as_of(compiled: Compiled) -> str | None:
    """The day the answer is true for: of the events that were counted, where they are dated."""
    catalog = compiled.catalog
    if not catalog.notes.clocks:
        for leaf in all_leaves(compiled):
            table = _table_of(leaf)
            place = catalog.time_place(table) if table is not None else None
            if place is not None:
                catalog.notes.clocks[place.ref] = catalog.bounds(place.ref)[1]
    return as_of_text(catalog)


# --- follow-up questions ----------------------------------------------------------------------------------------------


def suggestions(compiled: Compiled, table: Table) -> list[str]:
    """Up to three questions that will work: other breakdowns of the same measure, its course over time."""
    shown = compiled.shown[0]
    name = _askable(compiled, shown)
    if name is None:
        return []
    base = next((t for leaf in all_leaves(compiled, first_only=True) if (t := _table_of(leaf)) is not None), None)
    base = base or _home(compiled)
    if base is None:
        return []
    catalog = compiled.catalog
    used = {g.plan.column for g in compiled.groupings}
    found = [f"{name} by {catalog.plain(ref)}" for ref in _dimensions(catalog, base) if ref not in used][:2]
    dated = catalog.time_place(base) is not None
    if dated and not any(g.timeline for g in compiled.groupings):
        found.append(f"{name} by month")
    return [f"{capital(q)}?" for q in found[:3]]


def _askable(compiled: Compiled, shown: Shown) -> str | None:
    plan: Any = shown.formula.plan
    if isinstance(plan, Measure) and plan.per is None and plan.share is None and plan.where is None:
        metric = compiled.catalog.model.metrics.get(plan.metric or "")
        if metric is not None:
            return metric.label or words(plan.metric or "")
        if plan.count is not None:
            return f"number of {entity_plural(compiled.catalog.model, plan.count)}"
    return None


def _home(compiled: Compiled) -> str | None:
    for leaf in all_leaves(compiled, first_only=True):
        if leaf.entity is not None:
            return split(compiled.catalog.entity(leaf.entity).key)[0]
    return split(compiled.catalog.entity("customer").key)[0] if "customer" in compiled.catalog.model.entities else None


def _dimensions(catalog: Catalog, base: str) -> list[str]:
    """Columns to break down by, nearest first."""
    facts = catalog.context.facts
    found = []
    for table, path in catalog.graph.paths(base).items():
        for column, spec in catalog.model.tables[table].columns.items():
            ref = f"{table}.{column}"
            kind = spec.role in ("category", "place", "channel", "status", "band") and spec.class_ == "safe"
            if kind and facts.has(ref) and facts.column(ref).distinct in FEW_VALUES:
                found.append((len(path), facts.column(ref).distinct, ref))
    return [ref for *_, ref in sorted(found)]
