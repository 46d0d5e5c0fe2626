"""How much of a change each value of a dimension made: exact sums, from the query compiler's own figures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from segue.tools.query.catalog import Catalog
from segue.tools.query.compile import compile_query
from segue.tools.query.groups import NOT_RECORDED
from segue.tools.query.leaves import Divide, expand
from segue.tools.query.plan import All, AnyMeasure, ColumnIs, Condition, Group, Measure, Query, Value
from segue.tools.segments.periods import Periods, counted_in
from segue.tools.segments.rows import fetch
from segue.tools.segments.statistics import Part, RatePart, concentration, lmdi, shift_share
from segue.tools.semantic.schema import split

if TYPE_CHECKING:
    from segue.tools.context import Context

MOST_VALUES = 1000
MOST_DIMENSIONS = 16
CLEARLY_MORE = 1.5
"""How much more than the largest of a handful of earlier changes is more than luck: one in five tops four others by chance."""

FEWEST_EVENTS = 10
"""Fewer events than this in both periods together are too few to name a value for."""

ROLES = ("category", "channel", "place", "status", "band", "flag", "product", "name")


@dataclass(frozen=True)
class Question:
    """What is explained: a value over rows and customers, in two periods.

    top, bottom  set for a ratio;  unusual  whether the whole moved more than in the periods before; None where not known
    """

    value: Value
    periods: Periods
    where: Condition | None
    customers: Condition | None
    top: Value | None = None
    bottom: Value | None = None
    unusual: bool | None = None


@dataclass(frozen=True)
class Dimension:
    """A dimension (or two crossed) with what each of its values contributed; they sum to the change exactly.

    score    how concentrated the change is, 0 to 1;  leaders  the values that hold it
    effects  of a ratio: value -> (its own change, the change of its weight);  levels  value -> the figure (before, after)
    unusual  whether the leaders moved more than in any of the periods before; None where that isn't known
    """

    name: str
    refs: tuple[str, ...]
    parts: tuple[Part, ...]
    score: float
    leaders: tuple[Part, ...]
    effects: dict[str | None, tuple[float, float]] = field(default_factory=dict)
    levels: dict[str | None, tuple[float | None, float | None]] = field(default_factory=dict)
    unusual: bool | None = None

    @property
    def explained(self) -> float:
        """The share of the change that the leaders hold."""
        change = sum(p.change for p in self.parts)
        return sum(p.change for p in self.leaders) / change if change else 0.0


def measured(context: Context, question: Question, values: Sequence[Value], by: Sequence[str] = ()) -> list[dict]:
    """Each value in both periods, by columns: rows {"group": (...), "after": [...], "before": [...]}."""
    compiled = compile_query(context, plan_of(context, question, values, by))
    found = []
    for row in fetch(context, compiled.expr):
        figures = [row[s.name] or 0 for s in compiled.shown]
        group = tuple(str(g.cell(row[g.name])) for g in compiled.groupings)
        found.append({"group": group, "after": figures[0::2], "before": figures[1::2]})
    return found


def plan_of(context: Context, question: Question, values: Sequence[Value], by: Sequence[str] = ()) -> Query:
    """The plan that works out each value in both periods (a value with a window of its own keeps it)."""
    windows = (question.periods.after, question.periods.before)
    measures: list[AnyMeasure] = [Measure(**{**dict(v), "window": v.window or w}) for v in values for w in windows]
    groups = [_group(context, ref) for ref in by]
    return Query(measures=measures, by=groups, where=question.where, customers=question.customers)


def _group(context: Context, ref: str) -> Group:
    spec = Catalog(context).spec(ref)
    banded = spec.type in ("integer", "number") and spec.role not in (*ROLES, "key", "customer", "order", "reference", "account")
    return Group(column=ref, natural=5) if banded else Group(column=ref)


def candidates(context: Context, question: Question, wanted: Sequence[str]) -> list[str]:
    """The dimensions to look in: those asked for, else every category that the figure's rows lead to, fewest values first."""
    if wanted:
        return list(wanted)
    catalog = Catalog(context)
    base = counted_in(catalog, question.top or question.value)
    if base is None:
        return []
    settled = _settled(question.where) | _settled(question.customers)
    found = []
    for table in catalog.graph.paths(base):
        for column, spec in context.model.tables[table].columns.items():
            ref = f"{table}.{column}"
            if spec.role not in ROLES or spec.class_ in ("sensitive", "identifier", "free_text") or ref in settled:
                continue
            distinct = context.facts.column(ref).distinct if context.facts.has(ref) else 0
            if 2 <= distinct <= MOST_VALUES and not (spec.role == "name" and table == catalog.home("customer")):
                found.append((distinct, ref))
    return [ref for _, ref in sorted(found)[:MOST_DIMENSIONS]]


def _settled(condition: Condition | None) -> set[str]:
    """Columns that a condition pins to one value: nothing is left to explain by them."""
    if isinstance(condition, All):
        return {ref for part in condition.of for ref in _settled(part)}
    return {condition.column} if isinstance(condition, ColumnIs) and condition.op in ("=", "yes", "no") else set()


def explained_by(context: Context, question: Question, refs: Sequence[str], change: float) -> Dimension | None:
    """The contributions of a dimension's values; None where they don't add up (an order that is in two categories)."""
    name = " and ".join(Catalog(context).plain(ref) for ref in refs)
    if question.top is not None and question.bottom is not None:
        return _of_ratio(context, question, refs, name, change)
    rows = measured(context, question, [question.value], refs)
    parts = [Part(", ".join(r["group"]), float(r["before"][0]), float(r["after"][0])) for r in rows]
    if not _adds_up(sum(p.change for p in parts), change, parts):
        return None
    score, leaders = concentration(parts)
    levels: dict[str | None, tuple[float | None, float | None]] = {p.value: (p.before, p.after) for p in parts}
    return Dimension(name, tuple(refs), tuple(parts), score, tuple(leaders), levels=levels)


def _adds_up(total: float, change: float, parts: Sequence[Part]) -> bool:
    size = max([abs(p.before) for p in parts] + [abs(p.after) for p in parts] + [abs(change), 1e-9])
    return abs(total - change) <= 1e-6 * size * max(1, len(parts))


def _of_ratio(context: Context, question: Question, refs: Sequence[str], name: str, change: float) -> Dimension | None:
    assert question.top is not None and question.bottom is not None
    rows = measured(context, question, [question.top, question.bottom], refs)
    rates = [
        RatePart(", ".join(r["group"]), float(r["before"][0]), float(r["before"][1]), float(r["after"][0]), float(r["after"][1]))
        for r in rows
    ]
    effects = shift_share(rates)
    if not _adds_up(sum(a + b for a, b in effects), change, []):
        return None
    # A part's contribution as a change of a figure that begins as its weight: concentration then compares like with like.
    size = abs(change) / (sum(r.bottom_before for r in rates) or 1)
    begins = [r.bottom_before * size for r in rates]
    parts = [Part(r.value, x, x + sum(made)) for r, x, made in zip(rates, begins, effects, strict=True)]
    score, leaders = concentration(parts)
    made = {r.value: e for r, e in zip(rates, effects, strict=True)}
    levels = {r.value: (_over(r.top_before, r.bottom_before), _over(r.top_after, r.bottom_after)) for r in rates}
    return Dimension(name, tuple(refs), tuple(parts), score, tuple(leaders), made, levels)


def _over(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None


def unusual(context: Context, question: Question, found: Dimension) -> bool | None:
    """Whether a dimension's leading values moved clearly more than in any of the periods before; None with fewer than 3.

    Clearly: half as much again, and three times as much where the whole moved no more than usual, since among many values some
    always move. No for values that rest on a handful of events, whatever they did before.
    """
    windows = question.periods.earlier
    names = {p.value for p in found.leaders}
    if not names or _events(context, question, found.refs, names) < FEWEST_EVENTS:
        return False
    if len(windows) < 3 or question.top is not None:
        return None
    values = [question.value.model_copy(update={"window": w}) for w in windows]
    rows = [r for r in measured(context, question, values, found.refs) if ", ".join(r["group"]) in names]
    figures = [sum(p.before for p in found.leaders), *(sum(float(r["after"][i]) for r in rows) for i in range(len(windows)))]
    made = abs(sum(p.change for p in found.leaders))
    return made > (CLEARLY_MORE if question.unusual is not False else 3) * max(abs(a - b) for a, b in itertools.pairwise(figures))


def _events(context: Context, question: Question, refs: Sequence[str], names: set[str | None]) -> int:
    """How many events (orders, where there are any) of both periods are behind some values of a dimension."""
    catalog = Catalog(context)
    base = counted_in(catalog, question.top or question.value)
    if base is None:
        return FEWEST_EVENTS
    counted = "order" if "order" in context.model.entities and catalog.graph.key_place(base, "order") else base
    rows = [r for r in measured(context, question, [Value(count=counted)], refs) if ", ".join(r["group"]) in names]
    return sum(int(r["after"][0]) + int(r["before"][0]) for r in rows)


@dataclass(frozen=True)
class Within:
    """A value of another dimension that made most of what a leading value changed by."""

    dimension: str
    value: str
    change: float
    share: float


def within(context: Context, question: Question, best: Dimension, others: Sequence[Dimension], change: float) -> Within | None:
    """The value of another dimension that made at least nine tenths of the leading value's change.

    Of several the one that is furthest above its share both of the whole figure before (that of every store, where the question
    is about one) and of everything else here: that a store's customers live in its town is no news.
    """
    if len(best.leaders) != 1 or len(best.refs) != 1 or question.top is not None:
        return None
    leader, found = best.leaders[0], []
    for other in others:
        if other.refs == best.refs or len(other.parts) * len(best.parts) > MOST_VALUES or len(other.parts) < 2:
            continue
        pair = explained_by(context, question, (*best.refs, *other.refs), change)
        if pair is None:
            continue
        inside, outside = _split_by(pair.parts, f"{leader.value}, ")
        usual = _usual_shares(context, question, other)
        for value, part in inside.items():
            share = part.change / leader.change
            above = share - usual.get(value, 0.0)
            news = share - outside.get(value, 0.0)
            if value != NOT_RECORDED and 0.9 <= share <= 1.1 and above >= 0.15 and news >= 0.02:
                found.append((above * news, Within(other.name, value, part.change, share)))
    return max(found, key=lambda f: f[0])[1] if found else None


def _split_by(parts: Sequence[Part], lead: str) -> tuple[dict[str, Part], dict[str, float]]:
    """(the leading value's parts by the other dimension's value, the shares that those have of all else before)."""
    inside: dict[str, Part] = {}
    outside: dict[str, float] = {}
    for part in parts:
        head, found, value = (part.value or "").partition(lead)
        if found and not head:
            inside[value] = part
        else:
            value = (part.value or "").rpartition(", ")[2]
            outside[value] = outside.get(value, 0.0) + abs(part.before)
    total = sum(outside.values()) or 1.0
    return inside, {value: x / total for value, x in outside.items()}


def _usual_shares(context: Context, question: Question, other: Dimension) -> dict[str | None, float]:
    """The share of the earlier figure that each value has, whatever rows the question is about."""
    everywhere = replace(question, where=None, customers=None)
    rows = measured(context, everywhere, [question.value], other.refs)
    total = sum(abs(float(r["before"][0])) for r in rows) or 1.0
    return {", ".join(r["group"]): abs(float(r["before"][0])) / total for r in rows}


def crossed(context: Context, question: Question, found: Sequence[Dimension], change: float) -> Dimension | None:
    """The best pair of the best dimensions, where one cell of it explains the change clearly better than either alone."""
    if question.unusual is False:
        return None  # among hundreds of cells one always moves
    best = max((d.score for d in found if d.unusual is not False), default=0.0)
    tried = []
    for a, b in itertools.combinations([d for d in found[:5] if d.score >= 0.05], 2):
        if len(a.parts) * len(b.parts) <= MOST_VALUES:
            pair = explained_by(context, question, (*a.refs, *b.refs), change)
            if pair is not None and len(pair.leaders) == 1 and pair.score > best + 0.05:
                tried.append(pair)
    ranked = sorted(tried, key=lambda d: -d.score)
    checked = (replace(d, unusual=unusual(context, question, d)) for d in ranked)
    return next((d for d in checked if d.unusual is not False), None)


@dataclass(frozen=True)
class Factor:
    """A factor of the figure in both periods, and what its change made of the whole change."""

    name: str
    before: float
    after: float
    contribution: float
    unit: str


def factors(context: Context, question: Question, change: float) -> list[Factor]:
    """Customers x orders per customer x value per order, and what no customer is known for: sums to the change exactly.

    [] where the figure is no sum of money, or where a factor is not positive in both periods.
    """
    catalog = Catalog(context)
    tree = expand(catalog, question.value)
    if isinstance(tree, Divide) or tree.stat != "sum" or tree.ref is None or "order" not in context.model.entities:
        return []
    table = split(tree.ref)[0]
    key, order = catalog.graph.key_place(table, "customer"), catalog.graph.key_place(table, "order")
    if key is None or order is None:
        return []
    known = ColumnIs(column=key.ref, op="present")
    values = [
        question.value,
        question.value.model_copy(update={"where": known}),
        Value(count="order", where=known),
        Value(count="customer", where=known),
    ]
    row = measured(context, question, values)[0]
    (all_after, money_after, orders_after, people_after) = (float(x) for x in row["after"])
    (all_before, money_before, orders_before, people_before) = (float(x) for x in row["before"])
    if min(orders_after, people_after, orders_before, people_before) <= 0:
        return []
    before = [people_before, orders_before / people_before, money_before / orders_before]
    after = [people_after, orders_after / people_after, money_after / orders_after]
    made = lmdi(before, after)
    if made is None:
        return []
    names, units = ("customers", "orders per customer", "value per order"), ("count", "ratio", "money")
    found = [Factor(n, b, a, c, u) for n, b, a, c, u in zip(names, before, after, made, units, strict=True)]
    rest_before, rest_after = all_before - money_before, all_after - money_after
    if abs(rest_after - rest_before) > 1e-9 * max(abs(change), 1):
        found.append(Factor("sales with no known customer", rest_before, rest_after, rest_after - rest_before, "money"))
    return found
