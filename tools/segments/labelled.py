"""Risk where the data says who left, but not when: a model of the label, tested on customers that it had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segue.tools.query.catalog import Catalog
from segue.tools.segments.activity import main_activity
from segue.tools.segments.estimate import FEWEST_LEAVERS, SAMPLE, Inputs, assessed, fit, leaks, out_of_fold
from segue.tools.segments.groups import Grouping
from segue.tools.segments.outcomes import label_columns, left_table
from segue.tools.segments.panel import UNKNOWN, sample
from segue.tools.segments.ranking import Findings, GroupRisk, with_risk
from segue.tools.segments.rows import Expr, Table, attach, bounds, fetch, people, purchases
from segue.tools.segments.statistics import can_say, wilson
from segue.tools.segments.traits import Trait, attributes, with_attributes
from segue.tools.semantic.schema import Metric, split

if TYPE_CHECKING:
    from segue.tools.context import Context

LEAK_ALARM = 0.97


def labelled(context: Context, label: str, groupings: Sequence[Grouping], of: str, among: Table | None) -> Findings:
    """Rates by group from every row in the engine; risks of those still here from a model fitted on at most SAMPLE of them."""
    hidden = label_columns(context, context.model.labels[label])
    grouped_on = {ref for g in groupings for ref in g.defined_by}
    traits = [t for t in attributes(context, of) if t.column not in hidden and t.column not in grouped_on]
    base = _base(context, label, groupings, traits, of, among)
    columns = [f"group_{i}" for i in range(len(groupings))]
    counts = _counted(base, columns)
    groups = [_group(row, columns) for row in fetch(context, counts)]
    seen, left = sum(g.seen for g in groups), sum(g.left for g in groups)
    found = Findings(groups, None, left / seen if seen else None, None, "", counts)
    if min(left, seen - left) < FEWEST_LEAVERS:
        few = f"Only {left:,} of {seen:,} left: too few to learn a risk from, so the ranking is by what happened."
        return replace(found, caveats=[few])
    return _estimated(context, found, base, traits, columns, seen)


def _base(
    context: Context, label: str, groupings: Sequence[Grouping], traits: Sequence[Trait], of: str, among: Table | None
) -> Table:
    """key, left, the groups, the traits, and money: one row for everyone."""
    base = left_table(context, label, of)
    if among is not None:
        base = base.semi_join(among.select("key"), "key")
    for i, split_by in enumerate(groupings):
        base = attach(base, split_by.table(None).rename({f"group_{i}": "group"}))
        base = base.mutate(**{f"group_{i}": base[f"group_{i}"].fill_null(UNKNOWN)})
    base = attach(base, with_attributes(context, traits, of))
    money = yearly_money(context, of)
    return attach(base, money) if money is not None else base


def yearly_money(context: Context, of: str) -> Table | None:
    """key, money: what each spent in the last 365 days, or the model file's recurring money of their own; None without money."""
    import ibis

    act = main_activity(context.model, of)
    if act is not None and act.money is not None:
        bought = purchases(context, act)
        now: Expr = ibis.literal(bounds(context, act.time)[1])
        bought = bought.filter(bought.day > now - ibis.interval(days=365))
        return bought.group_by("key").aggregate(money=bought.money.sum())
    metric = own_money(context, of)
    if metric is None or metric[1].of is None:
        return None
    base = people(context, of, [metric[1].of])
    return base.select("key", money=base[metric[1].of].cast("float64"))


def own_money(context: Context, of: str) -> tuple[str, Metric] | None:
    """The sum of money that the customers' own table has; one that recurs (a monthly charge) before one that has piled up."""
    home = Catalog(context).home(of)
    found = [
        (name, m) for name, m in context.model.metrics.items()
        if m.of and m.stat == "sum" and m.unit == "money" and split(m.of)[0] == home
    ]  # fmt: skip
    recurring = ("month", "recurring", "mrr", "arr", "annual", "year", "fee", "charge", "premium", "subscription")
    return min(found, key=lambda nm: not any(w in nm[0].lower() for w in recurring), default=None)


def so_far(
    context: Context, label: str, groupings: Sequence[Grouping], of: str, among: Table | None
) -> dict[tuple[str, ...], tuple[int, int]]:
    """How many there have been in each group, and how many of them left: labels -> (seen, left)."""
    columns = [f"group_{i}" for i in range(len(groupings))]
    base = _base(context, label, groupings, [], of, among)
    return {tuple(r[c] for c in columns): (r["seen"], int(r["left"] or 0)) for r in fetch(context, _counted(base, columns))}


@dataclass(frozen=True)
class Standout:
    """A group by some attribute that left at a higher rate than any group asked about."""

    name: str
    value: str
    seen: int
    left: int


def standout(context: Context, label: str, groupings: Sequence[Grouping], of: str, above: float) -> Standout | None:
    """The attribute's value with the highest rate of leaving, where even its interval's low end is above `above`.

    One pass over the customers: so that a question for "the segment" isn't answered by a scheme that tells little.
    """
    hidden = {*label_columns(context, context.model.labels[label]), *(r for g in groupings for r in g.defined_by)}
    traits = [t for t in attributes(context, of) if t.kind == "category" and t.column not in hidden]
    base = attach(left_table(context, label, of), with_attributes(context, traits, of))
    cells = [(t, v) for t in traits for v in t.values]
    wanted = {}
    for i, (t, v) in enumerate(cells):
        inside = base[t.column] == v
        wanted |= {f"n{i}": inside.sum(), f"k{i}": (inside & base.left).sum()}
    if not wanted:
        return None
    row = fetch(context, base.aggregate(**wanted))[0]
    found = [Standout(t.name, v, row[f"n{i}"] or 0, row[f"k{i}"] or 0) for i, (t, v) in enumerate(cells)]
    known = [s for s in found if can_say(s.left, s.seen)]
    best = max(known, key=lambda s: wilson(s.left, s.seen)[0], default=None)
    return best if best is not None and wilson(best.left, best.seen)[0] > above else None


def _counted(base: Table, columns: Sequence[str]) -> Table:
    worth = {"money": base.money.sum(where=~base.left)} if "money" in base.columns else {}
    return base.group_by(*columns).aggregate(seen=base.count(), left=base.left.sum(), **worth).order_by(*columns)


def _group(row: dict[str, Any], columns: Sequence[str]) -> GroupRisk:
    seen, left = int(row["seen"]), int(row["left"] or 0)
    return GroupRisk(tuple(row[c] for c in columns), seen - left, seen, left, money=row.get("money"))


def _estimated(
    context: Context, found: Findings, base: Table, traits: Sequence[Trait], columns: Sequence[str], rows: int
) -> Findings:
    frame = sample(context, base, rows, SAMPLE)
    outcome = frame["left"].to_numpy(dtype="float64")
    inputs = _inputs(traits, columns)
    told = leaks(frame, outcome, inputs)
    inputs = inputs.without(told)
    test = assessed(out_of_fold(frame, outcome, inputs), outcome)
    estimator, here = fit(frame, outcome, inputs), frame[outcome == 0]
    groups = [with_risk(g, estimator, here, columns, abs(test.predicted - test.actual)) for g in found.groups]
    caveats = []
    if test.auc >= LEAK_ALARM:
        caveats.append(
            f"The model tells leavers from stayers almost perfectly (AUC {test.auc:.3f}): some column may have been written "
            "down after they left, so take the estimates with care."
        )
    return replace(
        found, groups=groups, overall=estimator.mean(here)[0], test=test, caveats=caveats,
        tested_on=f"{test.rows:,} customers by five-fold cross-validation, each rated by a model that had not seen them",
        left_out=[next(t.name for t in traits if t.column == c) for c in told],
        method=_method(len(frame), rows),
    )  # fmt: skip


def _method(used: int, rows: int) -> str:
    drawn = f"all {rows:,} customers" if used == rows else f"a sample of {used:,} of {rows:,} customers, drawn by key"
    return (
        f"Rates count every row, with Wilson's 95% interval. Risk is the mean probability by a logistic regression on {drawn} "
        "(attributes, and a term for each group; ridge 1), tested by five-fold cross-validation (seed 20)."
    )


def _inputs(traits: Sequence[Trait], groups: Sequence[str]) -> Inputs:
    """How traits go into the model: numbers and flags as numbers, categories as categories."""
    numbers = [t.column for t in traits if t.kind != "category"]
    return Inputs(tuple(numbers), tuple(t.column for t in traits if t.kind == "category"), tuple(groups))
