"""A group beside others, trait by trait: figures from the engine in one pass, effect sizes, the most distinctive first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.tools.query.phrasing import say_value
from segue.tools.query.plan import Condition, plain
from segue.tools.segments.activity import main_activity
from segue.tools.segments.rows import Expr, Table, fetch
from segue.tools.segments.statistics import cohen_h, effect_margin, standardised_difference
from segue.tools.segments.traits import Trait, wide
from segue.tools.semantic.schema import Model

if TYPE_CHECKING:
    import datetime as dt

    from segue.tools.context import Context

MEDIAN_UNITS = {"money", "days", "months", "years", "minutes", "hours", "weeks"}


@dataclass(frozen=True)
class Difference:
    """A trait (or one value of a category) on both sides.

    inside, outside  shares for categories and flags, else medians or means; None where nothing is known
    effect           Cohen's h, or the standardised difference; positive: more inside
    margin           what chance alone could make of it
    """

    trait: Trait
    value: str | None
    measure: str
    inside: float
    outside: float
    effect: float
    margin: float

    @property
    def unit(self) -> str | None:
        return "share" if self.measure == "share" else self.trait.unit

    @property
    def certain(self) -> float:
        """What of the effect is left when chance is taken off; below 0 it may be nothing at all."""
        return abs(self.effect) - self.margin

    @property
    def clear(self) -> bool:
        return self.certain > 0 and abs(self.effect) >= 0.2

    @property
    def label(self) -> str:
        return self.trait.name if self.value is None else f"{self.trait.name} {self.value}"

    def says(self, currency: str | None) -> str:
        """ "tenure: a median of 12 months against 55 months" """
        inside, outside = (say_value(x, self.unit, currency) for x in (self.inside, self.outside))
        lead = "" if self.measure == "share" else f"a {self.measure} of "
        return f"{self.label}: {lead}{inside} against {outside}"


@dataclass(frozen=True)
class Comparison:
    """Both sides' sizes, the differences (most distinctive first), and the expression that gave them."""

    inside: int
    outside: int
    differences: tuple[Difference, ...]
    expression: Any

    def telling(self, refs: frozenset[str] = frozenset()) -> list[Difference]:
        """Differences that are more than chance, at least small (0.2), and not what defines the group."""
        clear = [d for d in self.differences if d.clear and not defines(d.trait, refs)]
        taken: dict[str, int] = {}
        kept = []
        for d in clear:  # figures of one table of events say much the same: the two clearest will do
            family = d.trait.refs[0] if d.trait.kind == "number" else d.trait.column
            taken[family] = taken.get(family, 0) + 1
            if taken[family] <= 2:
                kept.append(d)
        return kept

    def by_definition(self, refs: frozenset[str]) -> list[Difference]:
        """Clear differences in what defines the group: no news, but what it looks like all the same."""
        return [d for d in self.differences if d.clear and defines(d.trait, refs)]


def compare(
    context: Context,
    inside: Table,
    *,
    of: str = "customer",
    outside: Table | None = None,
    among: Table | None = None,
    only: Sequence[str] = (),
    as_of: dt.date | None = None,
) -> Comparison:
    """Compares `inside` (keys) with `outside` (keys; none: everyone else), both within `among` (none: everyone).

    only  columns whose traits alone are wanted
    """
    traits, table = wide(context, of, only, as_of)
    traits = [t for t in traits if not only or set(t.refs) & set(only)]
    table = table.mutate(side=_side(table, inside, outside))
    table = table.filter(table.side.notnull())
    if among is not None:
        table = table.filter(table["key"].isin(among["key"]))
    columns = {f"{i}.{name}": e for i, t in enumerate(traits) for name, e in _aggregates(table, t).items()}
    expression = table.group_by("side").aggregate(n=table.count(), **columns)
    sides = {row["side"]: row for row in fetch(context, expression)}
    here, there = sides.get("inside", {"n": 0}), sides.get("outside", {"n": 0})
    found = [d for i, t in enumerate(traits) for d in _differences(t, i, here, there)] if len(sides) == 2 else []
    ranked = sorted(found, key=lambda d: (-d.certain, d.label))
    return Comparison(here["n"], there["n"], tuple(_few_a_trait(ranked)), expression)


def _side(table: Table, inside: Table, outside: Table | None) -> Expr:
    import ibis

    within = table["key"].isin(inside["key"])
    if outside is None:
        return ibis.cases((within, "inside"), else_="outside")
    return ibis.cases((within, "inside"), (table["key"].isin(outside["key"]), "outside"), else_=None)


def _aggregates(table: Table, trait: Trait) -> dict[str, Expr]:
    column = table[trait.column]
    if trait.kind == "flag":
        return {"share": column.cast("float64").mean(), "n": column.count()}
    if trait.kind == "category":
        shares = {f"v{i}": (column == v).cast("float64").mean() for i, v in enumerate(trait.values)}
        return {**shares, "n": column.count()}
    shaped = _signed_log(column) if trait.long_tailed else column
    return {
        "middle": column.median() if trait.unit in MEDIAN_UNITS else column.mean(),
        "mean": shaped.mean(),
        "sd": shaped.std(how="pop"),
        "n": column.count(),
    }


def _signed_log(column: Expr) -> Expr:
    return (column.abs() + 1).ln() * column.sign()


def _differences(trait: Trait, i: int, here: dict[str, Any], there: dict[str, Any]) -> list[Difference]:
    n, m = here[f"{i}.n"], there[f"{i}.n"]
    margin = effect_margin(n, m)
    if not n or not m:
        return []
    get: Callable[[str], tuple[float, float]] = lambda name: (here[f"{i}.{name}"], there[f"{i}.{name}"])  # noqa: E731
    if trait.kind == "number":
        (mean, other_mean), (sd, other_sd) = get("mean"), get("sd")
        effect = standardised_difference(mean, sd or 0.0, other_mean, other_sd or 0.0)
        measure = "median" if trait.unit in MEDIAN_UNITS else "mean"
        return [Difference(trait, None, measure, *get("middle"), effect, margin)]
    named: list[tuple[str | None, str]] = [(None, "share")] if trait.kind == "flag" else [(v, f"v{j}") for j, v in enumerate(trait.values)]
    return [Difference(trait, v, "share", *get(c), cohen_h(*get(c)), margin) for v, c in named]


def _few_a_trait(ranked: Sequence[Difference]) -> list[Difference]:
    """At most two values of a category; of a category with two the one that the group has more of: the other repeats it."""
    taken: dict[str, int] = {}
    kept = []
    for d in ranked:
        pair = len(d.trait.values) == 2
        most = 1 if pair else 2
        if pair and d.effect < 0:
            continue
        if taken.get(d.trait.column, 0) < most:
            taken[d.trait.column] = taken.get(d.trait.column, 0) + 1
            kept.append(d)
    return kept


# --- what defines a group says nothing new about it -------------------------------------------------------------------


def defining(model: Model, condition: Condition | None, of: str = "customer") -> frozenset[str]:
    """Columns (table.column) and tables that a condition speaks of. A table stands for everything counted from it."""
    return frozenset() if condition is None else frozenset(_mentions(model, plain(condition), of))


def _mentions(model: Model, part: Any, of: str) -> list[str]:
    if isinstance(part, list):
        return [ref for p in part for ref in _mentions(model, p, of)]
    if not isinstance(part, dict):
        return []
    found = [part[k] for k in ("column", "other", "table") if isinstance(part.get(k), str)]
    if isinstance(part.get("metric"), str):
        found += metric_refs(model, part["metric"])
    if isinstance(part.get("count"), str):
        found += _counted(model, part["count"], of)
    if isinstance(part.get("label"), str) and part["label"] in model.labels:
        label = model.labels[part["label"]]
        found.append(label.event or (label.test.column if label.test else ""))
    if part.get("scheme"):
        found += scheme_refs(model, part["scheme"], of)
    return found + [ref for value in part.values() for ref in _mentions(model, value, of)]


def metric_refs(model: Model, name: str) -> list[str]:
    """What a metric is made of."""
    metric = model.metrics.get(name)
    if metric is None:
        return []
    parts = [ref for part in metric.ratio or [] for ref in metric_refs(model, part)]
    return [*parts, *([metric.of] if metric.of else []), *(_counted(model, metric.count, "customer") if metric.count else [])]


def _counted(model: Model, name: str, of: str) -> list[str]:
    main = main_activity(model, of)
    return [name] if name in model.tables else [main.table] if main is not None else []


def said(model: Model, condition: Condition, of: str = "customer") -> str:
    """Whom a condition means: "customers who have revenue at least 1,000"."""
    from segue.tools.query.english import say_find
    from segue.tools.query.plan import FindCustomers

    return say_find(model, FindCustomers(condition=condition, of=of))


def scheme_refs(model: Model, scheme: str, of: str) -> list[str]:
    """What a scheme is made of: a column, or (RFM) the activity and its money."""
    if scheme.lower() != "rfm":
        return [scheme]
    main = main_activity(model, of)
    return [] if main is None else [main.table, *([main.money] if main.money else [])]


def defines(trait: Trait, refs: frozenset[str]) -> bool:
    """Whether a trait is made of what defines the group: its own column, or a count of the very table."""
    return trait.refs[-1] in refs
