"""What can be told of a customer: attributes as they are now, and what the events say up to a day. One row a customer.

Columns that identify, name or describe in free text are no traits; sensitive ones are left out unless they are asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segue.tools.query.catalog import Catalog
from segue.tools.query.graph import JoinGraph
from segue.tools.query.phrasing import plural
from segue.tools.query.predicates import flag_is
from segue.tools.segments.activity import NOUNS, Activity, full_test, key_ref, main_activity, time_ref
from segue.tools.segments.groups import label_of
from segue.tools.segments.rows import Expr, Table, attach, bounds, passes, people, purchases, rows
from segue.tools.semantic.schema import ColumnSpec, split, words

if TYPE_CHECKING:
    from segue.tools.context import Context

Kind = Literal["number", "flag", "category"]

RECENT = 90
"""Days that "lately" means in a trait."""

MOST_VALUES = 8
"""Values of a category that are compared one by one."""

NO_TRAIT = {"key", "customer", "account", "order", "line", "reference", "name", "contact", "text", "time", "planned", "date"}
"""Roles of columns that tell who or when, not what kind."""


@dataclass(frozen=True)
class Trait:
    """A column of the wide table.

    column   its name there;  name  what people call it;  refs  the columns (and table names) it is made of
    unit     of a number;  values  of a category, those compared;  long_tailed  a number compared on a log scale
    """

    column: str
    name: str
    kind: Kind
    refs: tuple[str, ...]
    unit: str | None = None
    values: tuple[str, ...] = ()
    long_tailed: bool = False


def attributes(context: Context, of: str = "customer", wanted: Sequence[str] = ()) -> list[Trait]:
    """Traits that the entity's own table, and what it leads to, have. `wanted` are had even where sensitive."""
    catalog = Catalog(context)
    home = catalog.home(of)
    if home is None:
        return []
    found = []
    for table in catalog.graph.paths(home):
        if table != home and context.model.tables[table].kind == "events":
            continue  # a single event of theirs (a cancellation) is no attribute
        for column, spec in context.model.tables[table].columns.items():
            ref = f"{table}.{column}"
            if _is_trait(context, ref, spec) or ref in wanted:
                found.append(_attribute(catalog, ref, spec))
    return found


def _is_trait(context: Context, ref: str, spec: ColumnSpec) -> bool:
    if spec.role in NO_TRAIT or spec.role == "signup" or spec.class_ in ("identifier", "free_text", "sensitive"):
        return False
    if spec.type in ("date", "timestamp"):
        return False
    if spec.derived is not None or spec.type in ("integer", "number", "boolean"):
        return True
    facts = context.facts.column(ref)
    return 2 <= facts.distinct <= max(50, facts.rows // 20)


def _attribute(catalog: Catalog, ref: str, spec: ColumnSpec) -> Trait:
    name = catalog.plain(ref)
    if spec.role == "flag" or spec.type == "boolean":
        return Trait(ref, name, "flag", (ref,))
    if spec.type in ("integer", "number") and spec.role not in ("category", "band", "status"):
        return Trait(ref, name, "number", (ref,), unit=spec.unit, long_tailed=spec.unit in ("money", "count"))
    return Trait(ref, name, "category", (ref,), values=values(catalog, ref))


def values(catalog: Catalog, ref: str) -> tuple[str, ...]:
    """A category's commonest values, those that are compared one by one."""
    facts = catalog.context.facts
    return tuple(str(v) for v, _ in facts.column(ref).top[:MOST_VALUES]) if facts.has(ref) else ()


def with_attributes(context: Context, traits: Sequence[Trait], of: str = "customer") -> Table:
    """One row for everyone there is: key, and each trait of `attributes` under its column's name."""
    catalog = Catalog(context)
    base = people(context, of, [t.column for t in traits])
    return base.select("key", **{t.column: _shaped(base[t.column], t, catalog.spec(t.column)) for t in traits})


def _shaped(column: Expr, trait: Trait, spec: ColumnSpec) -> Expr:
    if trait.kind == "flag":
        return flag_is(column, spec, yes=True)
    return column.cast("float64") if trait.kind == "number" else label_of(column, spec)


@dataclass(frozen=True)
class Told:
    """Traits from one table of events, with their table: key and a column for each trait."""

    traits: tuple[Trait, ...]
    table: Table


def behaviour(context: Context, of: str = "customer", as_of: dt.date | None = None) -> list[Told]:
    """Traits that events tell, table by table, as of a day (none: each table's last recorded one)."""
    main = main_activity(context.model, of)
    told = [_bought(context, main, as_of)] if main is not None else []
    graph = JoinGraph(context.model)
    home = Catalog(context).home(of)
    for table, spec in context.model.tables.items():
        if spec.kind == "events" and spec.subject != "cancellations" and table != home and (main is None or table != main.table):
            key, time = key_ref(graph, table, of), time_ref(context.model, graph, table)
            if key is not None and not (main is not None and spec.subject in ("sales", "payments")):
                told.append(_counted(context, table, key, time, as_of))
    return told


def _bought(context: Context, act: Activity, as_of: dt.date | None) -> Told:
    """Orders, spend, order value, recency, tenure, and the shares who ever bought from each value of a category."""
    import ibis

    catalog, kinds = Catalog(context), categories(context, act.table)
    cells = {f"{c}={v}": (c, v) for c in kinds for v in values(catalog, c)}
    bought = purchases(context, act, kinds)
    now: Expr = ibis.literal(as_of or bounds(context, act.time)[1])
    bought = bought.filter(bought.day <= now)
    real = ~bought.cancelled
    recent, before = bought.day > now - _days(RECENT), bought.day > now - _days(2 * RECENT)
    per = bought.group_by("key").aggregate(
        orders=bought.order.nunique(where=real),
        spend=bought.money.sum(),
        lately=bought.order.nunique(where=real & recent),
        earlier=bought.order.nunique(where=real & before & ~recent),
        first=bought.day.min(where=real),
        last=bought.day.max(where=real),
        **{name: (bought[c].cast("string") == v).max() for name, (c, v) in cells.items()},
    )
    columns = {
        "orders": per.orders,
        "lately": per.lately,
        "trend": per.lately - per.earlier,
        "since": now.delta(per["last"], unit="day"),
        "known": now.delta(per["first"], unit="day"),
        **({"spend": per.spend, "basket": per.spend / per.orders.nullif(0)} if act.money is not None else {}),
        **{name: per[name] for name in cells},
    }
    traits = _buying_traits(act)
    traits += [
        Trait(name, f"ever had a {act.noun} with {catalog.plain(c)} {v}", "flag", (act.table, c)) for name, (c, v) in cells.items()
    ]
    return Told(tuple(traits), per.select("key", **{k: _number_or_flag(v) for k, v in columns.items()}))


def _buying_traits(act: Activity) -> list[Trait]:
    many, base = plural(act.noun), (act.table,)
    found = [
        Trait("orders", many, "number", base, "count", long_tailed=True),
        Trait("lately", f"{many} in the last {RECENT} days", "number", base, "count", long_tailed=True),
        Trait("trend", f"change in {many}, last {RECENT} days against the {RECENT} before", "number", base, "count"),
        Trait("since", f"days since the last {act.noun}", "number", base, "days", long_tailed=True),
        Trait("known", f"days since the first {act.noun}", "number", base, "days"),
    ]
    if act.money is not None:
        found[1:1] = [
            Trait("spend", "total spend", "number", (*base, act.money), "money", long_tailed=True),
            Trait("basket", f"spend per {act.noun}", "number", (*base, act.money), "money", long_tailed=True),
        ]
    return found


def _number_or_flag(column: Expr) -> Expr:
    return column if column.type().is_boolean() else column.cast("float64")


def _days(n: int) -> Expr:
    import ibis

    return ibis.interval(days=n)


def categories(context: Context, table: str) -> list[str]:
    """Columns of a table of events, or of what it leads to (but not the customers), that split its rows into a few kinds."""
    catalog = Catalog(context)
    found = []
    for other in catalog.graph.paths(table):
        if other != table and context.model.tables[other].kind == "customers":
            continue
        for column, spec in context.model.tables[other].columns.items():
            ref = f"{other}.{column}"
            kind = spec.role in ("category", "channel", "band", "flag") and spec.class_ != "sensitive"
            if kind and context.facts.has(ref) and 2 <= context.facts.column(ref).distinct <= 50:
                found.append(ref)
    return found[:5]


MEASURES = {"score", "duration", "measure", "quantity", "money", "fee"}


def _counted(context: Context, table: str, key: str, time: str | None, as_of: dt.date | None) -> Told:
    """How many rows someone has, lately and before; means of what they measure; shares with each kind of them; engagement."""
    spec, catalog = context.model.tables[table], Catalog(context)
    engaged = full_test(context.model, table, spec.engaged)
    measures = [f"{table}.{c}" for c, s in spec.columns.items() if s.role in MEASURES and s.derived is None]
    kinds = [c for c in categories(context, table) if split(c)[0] == table]
    base = rows(context, table, [key, *([time] if time else []), *measures, *kinds, *([engaged.column] if engaged else [])])
    base = base.filter(base[key].notnull())
    many = rows_called(context, table)
    traits, made = [Trait(f"{table}#", many, "number", (table,), "count", long_tailed=True)], {}
    if time:
        base, made = _lately(context, table, base, time, as_of)
        traits += [
            Trait(f"{table}#lately", f"{many} in the last {RECENT} days", "number", (table,), "count", long_tailed=True),
            Trait(f"{table}#trend", f"change in {many}, last {RECENT} days against the {RECENT} before", "number", (table,), "count"),
        ]
    made[f"{table}#"] = base.count()
    for ref in measures:
        made[ref] = base[ref].mean()
        traits.append(Trait(ref, f"{catalog.plain(ref)}, mean of {many}", "number", (table, ref), catalog.spec(ref).unit))
    for ref, value in [(kind, value) for kind in kinds for value in values(catalog, kind)]:
        made[f"{ref}={value}"] = (base[ref].cast("string") == value).max()
        traits.append(Trait(f"{ref}={value}", f"any {many} with {catalog.plain(ref)} {value}", "flag", (table, ref)))
    if engaged:
        made[f"{table}#engaged"] = passes(base[engaged.column], engaged).mean()
        traits.append(Trait(f"{table}#engaged", f"share of {many} engaged with", "number", (table,), "share"))
    per = base.group_by(key=base[key]).aggregate(**made)
    if time:
        per = per.mutate(**{f"{table}#trend": per[f"{table}#lately"] - per[f"{table}#earlier"]})
    return Told(tuple(traits), per.select("key", **{t.column: _number_or_flag(per[t.column]) for t in traits}))


def _lately(context: Context, table: str, base: Table, time: str, as_of: dt.date | None) -> tuple[Table, dict[str, Expr]]:
    """The rows up to the day, and how many of them were lately, and as long before."""
    import ibis

    now: Expr = ibis.literal(as_of or bounds(context, time)[1])
    base = base.filter(base[time].cast("date") <= now)
    day = base[time].cast("date")
    recent, before = day > now - _days(RECENT), day > now - _days(2 * RECENT)
    return base, {f"{table}#lately": recent.sum(), f"{table}#earlier": (before & ~recent).sum()}


def rows_called(context: Context, table: str) -> str:
    """What people call several rows of the table: tickets, visits."""
    spec = context.model.tables[table]
    noun = NOUNS.get(spec.subject)
    return spec.label or (plural(noun) if noun and noun != "use" else words(table))


def wide(context: Context, of: str = "customer", wanted: Sequence[str] = (), as_of: dt.date | None = None) -> tuple[list[Trait], Table]:
    """Every trait, and one row a customer: key and a column for each. Counts and shares of what someone never had are 0 and no."""
    traits = attributes(context, of, wanted)
    table = with_attributes(context, traits, of)
    for told in behaviour(context, of, as_of):
        table = attach(table, told.table)
        table = table.mutate(**{t.column: _absent(table[t.column], t) for t in told.traits if _absent_is_none(t)})
        traits.extend(told.traits)
    return traits, table


def _absent_is_none(trait: Trait) -> bool:
    return trait.kind == "flag" or trait.unit == "count"


def _absent(column: Expr, trait: Trait) -> Expr:
    return column.fill_null(False) if trait.kind == "flag" else column.fill_null(0.0)
