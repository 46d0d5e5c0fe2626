"""The segments of a scheme side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.tools.query.english import entity_plural
from segue.tools.query.phrasing import capital, counted, plural, say_money, say_share, say_value
from segue.tools.query.plan import plain
from segue.tools.results import MAX_ROWS, Cell, Column, Headline, Result
from segue.tools.segments.activity import Activity, main_activity
from segue.tools.segments.arguments import SegmentOverview
from segue.tools.segments.compare import said
from segue.tools.segments.groups import Grouping, grouping
from segue.tools.segments.outcomes import churn_label, left_table
from segue.tools.segments.profile import segment_called
from segue.tools.segments.rows import Expr, Table, attach, bounds, fetch, members, people, purchases
from segue.tools.segments.statistics import can_say, wilson
from segue.tools.semantic.schema import Model, words

if TYPE_CHECKING:
    from segue.tools.context import Context


@dataclass(frozen=True)
class Figure:
    """A column of the overview: the engine's name for it (None: worked out here), its heading, unit and type."""

    name: str
    column: Column


def segment_overview(context: Context, arguments: SegmentOverview) -> Result:
    """Segments with size, share, revenue share, order value, recency, orders and (where there is a label) churn rate.

    DefinitionError where there is no such scheme or segment.
    """
    of, model = arguments.of, context.model
    split_by = grouping(context, arguments.scheme, of)
    act, label = main_activity(model, of), churn_label(context, None, of)
    expression = _expression(context, split_by, act, label[0] if label else None, arguments)
    found = fetch(context, expression)
    ungrouped = sum(r["customers"] for r in found if r["segment"] is None)
    rows = _ordered([r for r in found if r["segment"] is not None], split_by)
    totals: dict[str, float] = {k: sum(r.get(k) or 0 for r in rows) for k in ("customers", "revenue")}
    figures = _figures(model, split_by, of, act, label[0] if label else None)
    asked = segment_called(context, split_by, arguments.segment) if arguments.segment else None
    chosen = next((r for r in rows if r["segment"] == asked), None)
    return Result(
        tool="segments",
        arguments=plain(arguments),
        columns=tuple(f.column for f in figures),
        rows=tuple(tuple(_cell(r, f.name, totals) for f in figures) for r in rows[:MAX_ROWS]),
        row_count=len(rows),
        truncated=len(rows) > MAX_ROWS,
        headline=None if chosen is None else Headline(chosen["segment"], chosen["customers"], "count"),
        summary=_summary(context, split_by, rows, totals, ungrouped, chosen, of, act),
        reading=_reading(context, split_by, arguments),
        assumptions=split_by.assumptions,
        caveats=_caveats(model, rows, of, ungrouped),
        suggestions=() if label is None and act is None else ("Which segment has the highest churn risk?",),
        method="Every row counts, in the engine. Rates have Wilson's 95% interval." if label else "Every row counts, in the engine.",
        sql=context.engine.readable_sql(expression),
        as_of=bounds(context, act.time)[1].isoformat() if act is not None else None,
        extra={"without_segment": ungrouped},
    )


def _expression(context: Context, split_by: Grouping, act: Activity | None, label: str | None, arguments: SegmentOverview) -> Table:
    of = arguments.of
    base = attach(people(context, of), split_by.table(None))
    if arguments.among is not None:
        base = base.semi_join(members(context, arguments.among, of), "key")
    if act is not None:
        base = attach(base, _bought(context, act))
    if label is not None:
        base = attach(base, left_table(context, label, of))
    wanted: dict[str, Expr] = {"customers": base.count()}
    if act is not None:
        wanted |= {"orders": base.orders.sum(), "recency": base.recency.median()}
    if act is not None and act.money is not None:
        wanted["revenue"] = base.money.sum()
    if label is not None:
        wanted["left"] = base.left.sum()
    return base.group_by(segment=base.group).aggregate(**wanted).order_by("segment")


def _bought(context: Context, act: Activity) -> Table:
    import ibis

    bought = purchases(context, act)
    now: Expr = ibis.literal(bounds(context, act.time)[1])
    per = bought.group_by("key").aggregate(
        orders=bought.order.nunique(), money=bought.money.sum(), last=bought.day.max(where=~bought.cancelled)
    )
    return per.select("key", orders=per.orders, money=per.money, recency=now.delta(per["last"], unit="day"))


def _ordered(rows: Sequence[dict[str, Any]], split_by: Grouping) -> list[dict[str, Any]]:
    """Bands in their own order, others the largest first."""
    if split_by.order:
        return sorted(rows, key=lambda r: split_by.order.index(r["segment"]) if r["segment"] in split_by.order else 99)
    return sorted(rows, key=lambda r: (-r["customers"], r["segment"]))


def _figures(model: Model, split_by: Grouping, of: str, act: Activity | None, label: str | None) -> list[Figure]:
    many = entity_plural(model, of)
    found = [
        Figure("segment", Column(split_by.name, "text")),
        Figure("customers", Column(many, "integer", "count")),
        Figure("share", Column(f"share of {many}", "number", "share")),
    ]
    if act is not None and act.money is not None:
        found += [
            Figure("revenue", Column(words(act.metric or "money"), "number", "money")),
            Figure("revenue share", Column(f"share of {words(act.metric or 'money')}", "number", "share")),
            Figure("order value", Column(f"{words(act.metric or 'money')} per order", "number", "money")),
        ]
    if act is not None:
        found += [
            Figure("frequency", Column(f"{'orders' if act.noun == 'purchase' else plural(act.noun)} per {of}", "number", "ratio")),
            Figure("recency", Column(f"median days since the last {act.noun}", "number", "days")),
        ]
    if label is not None:
        found += [
            Figure("left", Column(label, "integer", "count")),
            Figure("rate", Column("churn rate", "number", "share")),
            Figure("low", Column("churn rate low", "number", "share")),
            Figure("high", Column("churn rate high", "number", "share")),
        ]
    return found


def _cell(row: dict[str, Any], name: str, totals: dict[str, float]) -> Cell:
    n = row["customers"]
    if name == "share":
        return _over(n, totals["customers"])
    if name == "revenue share":
        return _over(row["revenue"] or 0, totals["revenue"])
    if name == "order value":
        return _over(row["revenue"] or 0, row["orders"] or 0)
    if name == "frequency":
        return _over(row["orders"] or 0, n)
    if name in ("rate", "low", "high"):
        left = int(row["left"] or 0)
        return _over(left, n) if name == "rate" else wilson(left, n)[name == "high"]
    return row[name]


def _over(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None


def _reading(context: Context, split_by: Grouping, arguments: SegmentOverview) -> str:
    within = f", among {said(context.model, arguments.among, arguments.of)}" if arguments.among is not None else ""
    return f"{capital(entity_plural(context.model, arguments.of))} by {split_by.name}{within}: size, value and behaviour of each."


def _summary(
    context: Context, split_by: Grouping, rows: Sequence[dict[str, Any]], totals: dict[str, float], ungrouped: int,
    chosen: dict[str, Any] | None, of: str, act: Activity | None,
) -> str:  # fmt: skip
    if not rows:
        return f"No {of} is in any {split_by.name}."
    currency, many = context.model.currency, entity_plural(context.model, of)
    if chosen is not None:
        return _of_one(chosen, totals, of, many, act, currency)
    n, largest = totals["customers"], max(rows, key=lambda r: r["customers"])
    text = (
        f"{counted(n, of, many)} fall into {counted(len(rows), split_by.name)}: the largest is {largest['segment']} with "
        f"{largest['customers']:,} ({say_share(largest['customers'] / n)})."
    )
    if act is not None and act.money is not None and totals["revenue"] > 0:
        best = max(rows, key=lambda r: r["revenue"] or 0)
        text += (
            f" {best['segment']} brings the most {words(act.metric or 'money')}: {say_money(best['revenue'], currency)}, "
            f"{say_share(best['revenue'] / totals['revenue'])} of it from {say_share(best['customers'] / n)} of {many}."
        )
    known = [r for r in rows if "left" in r and can_say(int(r["left"] or 0), r["customers"])]
    if known:
        worst = max(known, key=lambda r: r["left"] / r["customers"])
        text += f" {worst['segment']} has the highest churn rate, {say_share(worst['left'] / worst['customers'])}."
    return text


def _of_one(
    row: dict[str, Any], totals: dict[str, float], of: str, many: str, act: Activity | None, currency: str | None
) -> str:
    text = f"{row['segment']} has {counted(row['customers'], of, many)}, {say_share(row['customers'] / totals['customers'])} of all"
    if act is not None and act.money is not None and totals["revenue"] > 0:
        text += (
            f", who bring {say_money(row['revenue'] or 0, currency)}, {say_share((row['revenue'] or 0) / totals['revenue'])} "
            f"of {words(act.metric or 'money')}"
        )
    text += "."
    if act is not None and row["recency"] is not None:
        text += f" Half of them had their last {act.noun} within {say_value(math.ceil(row['recency']), 'days')}."
    if "left" in row:
        low, high = wilson(int(row["left"] or 0), row["customers"])
        share = say_share((row["left"] or 0) / row["customers"])
        text += f" Churn rate {share} (95% interval {say_share(low)} to {say_share(high)})."
    return text


def _caveats(model: Model, rows: Sequence[dict[str, Any]], of: str, ungrouped: int) -> tuple[str, ...]:
    said = []
    if ungrouped:
        verb = "is" if ungrouped == 1 else "are"
        who = counted(ungrouped, of, entity_plural(model, of))
        said.append(f"{who} {verb} in no segment, for lack of a value or of a purchase that counts.")
    small = [r["segment"] for r in rows if "left" in r and not can_say(int(r["left"] or 0), r["customers"])]
    if small:
        said.append(f"Too few to say a churn rate of: {', '.join(small[:8])}.")
    return tuple(said)
