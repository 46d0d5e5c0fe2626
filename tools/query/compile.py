"""A Query as one Ibis expression, with what is needed to read its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.query import clusters
from segue.tools.query.anatomy import mentioned_columns
from segue.tools.query.catalog import Catalog
from segue.tools.query.clusters import Scope
from segue.tools.query.conditions import span_of
from segue.tools.query.groups import Grouping, group_columns, prepare
from segue.tools.query.leaves import divided
from segue.tools.query.measures import Aggregated, Atom, Formula, formula
from segue.tools.query.names import measure_heading, measure_name
from segue.tools.query.plan import All, AnyMeasure, Condition, Measure, Query, ValueIs, Window
from segue.tools.results import MAX_ROWS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from segue.tools.context import Context

IN_ALL = "groups_in_all"
TOTAL = "total_in_all"
RESERVED = (IN_ALL, TOTAL, "key", "value", "rank", "n", "x", "y", "name")
"""Names that the expressions use for themselves."""
SURPLUS = 2
"""Rows fetched beyond a limit: the runner-up, and whether the last place is shared."""


@dataclass
class Shown:
    """A measure column of the answer: its SQL name, heading and unit; `role` tells comparisons apart."""

    name: str
    heading: str
    unit: str | None
    formula: Formula
    role: str = "value"


@dataclass
class Compiled:
    """The expression and how to read it: first the groupings' columns, then the shown ones; hidden ones by name.

    query  as it runs;  asked  as it was asked: what is said of it
    """

    catalog: Catalog
    query: Query
    asked: Query
    expr: ir.Table
    groupings: list[Grouping]
    shown: list[Shown]
    formulas: list[Formula]
    counts: dict[str, str] = field(default_factory=dict)
    """Measure's SQL name -> hidden column: how many members the value rests on."""
    total: bool = False
    sort: tuple[str, bool] | None = None
    """The measure column the rows are ranked by, and whether the largest comes first; None: in the groups' own order."""


def compile_query(context: Context, query: Query) -> Compiled:
    """Compiles. DefinitionError where the plan names what isn't there, QuestionError where the data can't answer it."""
    catalog = Catalog(context)
    taken: set[str] = set(RESERVED)
    asked = query
    groupings = [prepare(catalog, group, taken) for group in query.by]
    query = _windowed_values(catalog, query, groupings)
    _check(query, groupings)
    mentioned = mentioned_columns([query.where, query.customers]) | {r for g in groupings for r in group_columns(g)}
    measures = list(query.measures)
    headings = _distinct([measure_heading(catalog.model, m) for m in measures])
    formulas = [formula(catalog, m, mentioned, query.window, h) for m, h in zip(measures, headings, strict=True)]
    having = [formula(catalog, h.measure, mentioned, query.window, "") for h in query.having]
    earlier = _earlier(catalog, query, groupings, mentioned, headings)
    compiled = _built(catalog, query, groupings, formulas, having, earlier, taken)
    compiled.asked = asked
    return compiled


def _check(query: Query, groupings: Sequence[Grouping]) -> None:
    if query.compare == "difference" and not groupings:
        raise DefinitionError("A difference needs two groups to compare.", "Give a grouping in `by`.")
    if query.rank_measures and (groupings or len(query.measures) < 2):
        raise DefinitionError("Measures are ranked among each other: several of them, without groups.", None)
    if query.sort is not None:
        if query.sort.group is not None and not 0 <= query.sort.group < len(groupings):
            raise DefinitionError("Sort names a grouping that isn't there.", "Count groupings from 0.")
        if query.sort.group is None and not 0 <= (query.sort.measure or 0) < len(query.measures):
            raise DefinitionError("Sort names a measure that isn't there.", "Count measures from 0.")


def _windowed_values(catalog: Catalog, query: Query, groupings: Sequence[Grouping]) -> Query:
    """A window on a breakdown by the time of something per entity (the month of the first purchase) is about that time."""
    line = next((g for g in groupings if g.timeline and g.plan.value is not None), None)
    if line is None or query.window is None or query.window.column is not None or line.plan.value is None:
        return query
    if line.plan.value.column is None:
        return query
    span = span_of(catalog, query.window, line.plan.value.column)
    bounds: list[Condition] = []
    if span.start is not None:
        bounds.append(ValueIs(value=line.plan.value, op=">=", date=span.start.date(), per=line.plan.per))
    if span.end is not None:
        bounds.append(ValueIs(value=line.plan.value, op="<", date=span.end.date(), per=line.plan.per))
    where = All(of=[*([query.where] if query.where else []), *bounds])
    return query.model_copy(update={"where": where, "window": None})


def _distinct(headings: list[str]) -> list[str]:
    """Headings that differ, numbered where they would be the same."""
    return [h if headings.count(h) == 1 else f"{h} ({headings[: i + 1].count(h)})" for i, h in enumerate(headings)]


# --- the period before ------------------------------------------------------------------------------------------------


def _earlier(
    catalog: Catalog, query: Query, groupings: Sequence[Grouping], mentioned: frozenset[str], headings: list[str]
) -> list[Formula]:
    """The measures over the period before; none where the question doesn't compare, or compares along its timeline."""
    if query.compare != "previous" or any(g.timeline for g in groupings):
        return []
    found = []
    for measure, heading in zip(query.measures, headings, strict=True):
        window = query.window or (measure.window if isinstance(measure, Measure) else None)
        if window is None:
            raise DefinitionError("A comparison with the period before needs a period.", "Give a window.")
        before = query.versus or _before(window)
        found.append(formula(catalog, _shifted(measure, before), mentioned, before, heading))
    return found


def _shifted(measure: AnyMeasure, before: Window) -> AnyMeasure:
    if isinstance(measure, Measure) and measure.window is not None:
        return measure.model_copy(update={"window": before})
    return measure


def _before(window: Window) -> Window:
    if window.start is None and window.last is None and window.calendar is None:
        raise DefinitionError("A period without a beginning has no period before it.", "Give start as well as end.")
    if window.calendar is None and window.last is None and window.end is None:
        raise DefinitionError("A period without an end has no period before it.", "Give end as well as start.")
    return window.model_copy(update={"before": window.before + 1})


# --- building ---------------------------------------------------------------------------------------------------------


def _built(
    catalog: Catalog,
    query: Query,
    groupings: list[Grouping],
    formulas: list[Formula],
    having: list[Formula],
    earlier: list[Formula],
    taken: set[str],
) -> Compiled:
    scope = Scope(catalog, query, groupings, _time_of(catalog, groupings))
    names = [measure_name(f.plan, taken) for f in formulas]
    parts = Parts(scope)
    values = [parts.need(f, name) for f, name in zip(formulas, names, strict=True)]
    before = [parts.need(f, f"{name}_before") for f, name in zip(earlier, names, strict=False)]
    conditions = [parts.need(f, f"having_{i}") for i, f in enumerate(having)]
    rows = parts.table()
    rows, wholes = _with_wholes(scope, rows, parts, values)
    for needed, one in zip(conditions, query.having, strict=True):
        from segue.tools.query.predicates import compared

        rows = rows.filter(compared(needed.value(rows), one.op, one.number))
    compiled = Compiled(catalog, query, query, rows, groupings, [], formulas)
    columns = _columns(compiled, rows, names, values, before, wholes)
    compiled.expr = _ordered(compiled, rows.select(**columns) if columns else rows)
    return compiled


def _time_of(catalog: Catalog, groupings: Sequence[Grouping]) -> str | None:
    """The date that the question's window is about: the one it is broken down by."""
    line = next((g for g in groupings if g.timeline and g.plan.column is not None), None)
    return line.plan.column if line is not None else None


@dataclass
class Needed:
    """A formula's value over the joined table, by the names of its atoms."""

    formula: Formula
    names: list[str]

    grouped: bool

    def value(self, rows: Any) -> Any:
        """Over no rows at all a sum is 0."""
        value = self.formula.value([rows[name] for name in self.names])
        return value if self.grouped or not self.formula.additive else value.fill_null(0)


class Parts:
    """The atoms that all formulas need, each once, and the totals that shares are of."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.atoms: dict[str, Atom] = {}
        self.totals: dict[str, Atom] = {}

    def need(self, of: Formula, name: str) -> Needed:
        """Registers a formula's atoms."""
        names = []
        for i, atom in enumerate(of.atoms):
            known = next((n for n, a in self.atoms.items() if a == atom), None)
            wanted = name if len(of.atoms) == 1 else f"{name}__{i + 1}"
            names.append(known or wanted)
            self.atoms.setdefault(names[-1], atom)
        return Needed(of, names, bool(self.scope.groups))

    def table(self) -> Any:
        """All groups with all atoms."""
        return clusters.joined(self.scope, clusters.tables_of(self.scope, self.atoms), self.atoms)


def _with_wholes(scope: Scope, rows: Any, parts: Parts, values: list[Needed]) -> tuple[Any, dict[int, Needed]]:
    """The rows with what shares are of, where the parts can overlap (a customer in two countries) and so don't add up to it.

    Returns the wholes by the position of their measure.
    """
    wholes: dict[int, Needed] = {}
    overlap = any("overlap" in c for c in scope.catalog.notes.caveats)
    for i, needed in enumerate(values):
        if needed.formula.share is None or not scope.groups or (_adds_up(needed.formula) and not overlap):
            continue
        within = scope.groups[:1] if needed.formula.share == "group" else []
        names = [f"whole_{i}_{n}" for n in range(len(needed.names))]
        atoms = {name: parts.atoms[n] for name, n in zip(names, needed.names, strict=True)}
        outer = Scope(scope.catalog, scope.query, within, scope.time)
        side = clusters.joined(outer, clusters.tables_of(outer, atoms), atoms)
        rows = _beside(rows, side, within[0].name if within else None, names)
        wholes[i] = Needed(needed.formula, names, bool(within))
    return rows, wholes


def _beside(rows: Any, side: Any, group: str | None, names: list[str]) -> Any:
    """The side's columns beside each row: the same for all, or those of the row's group (which may be null)."""
    if group is None:
        return rows.cross_join(side).select(*rows.columns, *names)
    renamed = side.rename(within=group)
    joined = rows.left_join(renamed, rows[group].identical_to(renamed["within"]))
    return joined.select(*rows.columns, *names)


def _adds_up(formula: Formula) -> bool:
    """Whether the parts of a measure add up to its whole."""
    return len(formula.atoms) == 1 and isinstance(a := formula.atoms[0], Aggregated) and a.leaf.stat in ("sum", "rows")


def _columns(
    compiled: Compiled, rows: Any, names: list[str], values: list[Needed], before: list[Needed], wholes: dict[int, Needed]
) -> dict[str, Any]:
    import ibis

    columns = {g.name: rows[g.name] for g in compiled.groupings}
    for i, (name, needed) in enumerate(zip(names, values, strict=True)):
        formula = needed.formula
        value = _as_share(compiled, rows, needed, wholes.get(i)) if formula.share else needed.value(rows)
        columns[name] = value
        compiled.shown.append(Shown(name, formula.heading, formula.unit, formula))
        if formula.counts is not None:
            columns[f"{name}_of"] = rows[needed.names[formula.counts]]
            compiled.counts[name] = f"{name}_of"
        if before:
            _add_change(compiled, columns, name, value, before[i].value(rows))
        elif compiled.query.compare == "previous":
            columns |= _along_time(compiled, columns, name, value)
    if compiled.groupings:
        columns[IN_ALL] = _groups_in_all(compiled, columns, rows)
        if formulas_add(compiled):
            columns[TOTAL] = columns[names[0]].sum().over(ibis.window())
            compiled.total = True
    return columns


def _groups_in_all(compiled: Compiled, columns: dict[str, Any], rows: Any) -> Any:
    """How many groups there are; of a ranking that is cut, those with a name."""
    import ibis

    named = compiled.query.limit is not None and len(compiled.groupings) == 1
    counted = columns[compiled.groupings[0].name].count() if named else rows.count()
    return counted.over(ibis.window())


def formulas_add(compiled: Compiled) -> bool:
    """Whether the first measure's parts add up to its total."""
    first = compiled.formulas[0]
    return _adds_up(first) and first.share is None and not any("overlap" in c for c in compiled.catalog.notes.caveats)


def _add_change(compiled: Compiled, columns: dict[str, Any], name: str, value: Any, previous: Any) -> None:
    formula = compiled.formulas[len(compiled.shown) - 1]
    columns[f"{name}_before"] = previous
    columns[f"{name}_change"] = value - previous
    compiled.shown.append(Shown(f"{name}_before", "the period before", formula.unit, formula, "previous"))
    compiled.shown.append(Shown(f"{name}_change", "change", formula.unit, formula, "change"))
    if formula.unit != "share":
        columns[f"{name}_change_share"] = divided(value - previous, previous)
        compiled.shown.append(Shown(f"{name}_change_share", "change in %", "share", formula, "change_share"))


def _along_time(compiled: Compiled, columns: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Each period beside the one before it in the table."""
    import ibis

    line = next(g for g in compiled.groupings if g.timeline)
    others = [columns[g.name] for g in compiled.groupings if g is not line]
    previous = value.lag().over(ibis.window(group_by=others, order_by=columns[line.name]))
    added: dict[str, Any] = {}
    _add_change(compiled, added, name, value, previous)
    return added


def _as_share(compiled: Compiled, rows: Any, needed: Needed, whole: Needed | None) -> Any:
    import ibis

    value = needed.value(rows)
    if whole is not None:
        return divided(value, whole.value(rows))
    if not compiled.groupings:
        return divided(value, value)
    within = needed.formula.share == "group"
    window = ibis.window(group_by=[rows[compiled.groupings[0].name]]) if within else ibis.window()
    total = value.sum().over(window)
    return divided(value, total)


# --- order ------------------------------------------------------------------------------------------------------------


def _ordered(compiled: Compiled, rows: Any) -> Any:
    import ibis

    query, groupings = compiled.query, compiled.groupings
    if not groupings:
        return rows
    order = [ibis.asc(rows[g.name], nulls_first=False) for g in groupings]
    ranked = _ranked_by(compiled)
    if ranked is not None:
        name, descending = ranked
        compiled.sort = ranked
        one = ibis.desc(rows[name], nulls_first=False) if descending else ibis.asc(rows[name], nulls_first=False)
        order = [one, *order]
        if query.limit is not None:  # what has no name wins no ranking
            rows = rows.filter(*[rows[g.name].notnull() for g in groupings])
    elif query.sort is not None and query.sort.group is not None:
        first = rows[groupings[query.sort.group].name]
        order.insert(0, ibis.desc(first, nulls_first=False) if query.sort.descending else ibis.asc(first, nulls_first=False))
    else:
        order.sort(key=lambda _: 0)
        order = _timeline_first(groupings, order)
    return rows.order_by(order).limit((query.limit or MAX_ROWS) + SURPLUS)


def _ranked_by(compiled: Compiled) -> tuple[str, bool] | None:
    query = compiled.query
    values = [s for s in compiled.shown if s.role == "value"]
    if query.sort is not None:
        return None if query.sort.group is not None else (values[query.sort.measure or 0].name, query.sort.descending)
    if any(g.ordered for g in compiled.groupings):
        return None
    changed = next((s for s in compiled.shown if s.role == "change"), None)
    return ((changed if query.compare == "previous" and changed else values[0]).name, True)


def _timeline_first(groupings: Sequence[Grouping], order: list[Any]) -> list[Any]:
    pairs = sorted(zip(groupings, order, strict=True), key=lambda pair: not pair[0].timeline)
    return [one for _, one in pairs]


def require_two(groups: int, heading: str) -> None:
    """A difference is of two groups."""
    if groups != 2:
        raise QuestionError(
            f"A difference is of two groups, and there are {groups} by {heading}.", "Name the two to compare, or ask for the table."
        )


