"""Customers as they were on past days, with what they did next: what a risk is learnt from, and tested on.

Everything about a customer on a day is known from that day and before it; the outcome lies in the closed window after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.tools.segments.activity import Activity
from segue.tools.segments.groups import Grouping
from segue.tools.segments.outcomes import Dated, left_days
from segue.tools.segments.rows import Expr, Table, attach, bounds, purchases

if TYPE_CHECKING:
    from segue.tools.context import Context

UNKNOWN = "(not recorded)"

HISTORY = ("recency", "frequency", "spend", "tenure", "lately")
"""Numbers that the activity gives as of a day: days since the last purchase and the first, purchases, money, purchases in
the last horizon."""


@dataclass(frozen=True)
class Design:
    """What a panel is made of. Attributes other than the groups are left out: they are known as of now, not as of a past day, and
    may have been changed by what came after (a tier by the year's spend).

    leaving       None: buying nothing within the horizon is leaving; else the dated event that is
    among         only these, today;  among_always  whether that holds of them on past days too: who spent much by now is no
                  fair sample of the past, since staying is how they came to
    """

    act: Activity
    groupings: Sequence[Grouping]
    horizon: int
    of: str
    leaving: Dated | None = None
    among: Table | None = None
    among_always: bool = True

    @property
    def group_columns(self) -> tuple[str, ...]:
        return tuple(f"group_{i}" for i in range(len(self.groupings)))


def on_day(context: Context, design: Design, day: dt.date, closed: bool) -> Table:
    """Everyone who had bought by `day` and had not left: key, day, HISTORY, the groups, and left (null unless closed)."""
    import ibis

    base = _history(context, design, day)
    if design.leaving is not None:
        gone = left_days(context, design.leaving)
        base = base.anti_join(gone.filter(gone.left_on <= ibis.literal(day)), "key")
    if design.among is not None and (design.among_always or not closed):
        base = base.semi_join(design.among.select("key"), "key")
    for i, split_by in enumerate(design.groupings):
        base = attach(base, split_by.table(day).rename({f"group_{i}": "group"}))
        base = base.mutate(**{f"group_{i}": base[f"group_{i}"].fill_null(UNKNOWN)})
    outcome: Expr = _left(context, design, base, day) if closed else ibis.null("boolean")
    return base.mutate(day=ibis.literal(day), left=outcome)


def _history(context: Context, design: Design, day: dt.date) -> Table:
    import ibis

    now: Expr = ibis.literal(day)
    bought = purchases(context, design.act)
    bought = bought.filter(bought.day <= now)
    real = ~bought.cancelled
    per = bought.group_by("key").aggregate(
        last=bought.day.max(where=real),
        first=bought.day.min(where=real),
        frequency=bought.order.nunique(where=real),
        lately=bought.order.nunique(where=real & (bought.day > now - ibis.interval(days=design.horizon))),
        spend=bought.money.sum(),
        year=bought.money.sum(where=bought.day > now - ibis.interval(days=365)),
    )
    per = per.filter(per["last"].notnull())
    return per.select(
        "key",
        recency=now.delta(per["last"], unit="day"),
        tenure=now.delta(per["first"], unit="day"),
        frequency=per.frequency,
        lately=per.lately,
        spend=per.spend,
        year=per.year,
    )


def _left(context: Context, design: Design, base: Table, day: dt.date) -> Expr:
    import ibis

    start: Expr = ibis.literal(day)
    end = start + ibis.interval(days=design.horizon)
    if design.leaving is not None:
        gone = left_days(context, design.leaving)
        return base["key"].isin(gone.filter((gone.left_on > start) & (gone.left_on <= end))["key"])
    bought = purchases(context, design.act)
    again = bought.filter(~bought.cancelled & (bought.day > start) & (bought.day <= end))
    return base["key"].notin(again["key"])


def stacked(context: Context, design: Design, days: Sequence[dt.date]) -> Table:
    """The panels of several closed days, one under the other."""
    table = on_day(context, design, days[0], closed=True)
    for one in days[1:]:
        table = table.union(on_day(context, design, one, closed=True))
    return table


def now_of(context: Context, design: Design) -> dt.date:
    """The last recorded day: of the activity, or of the leaving where that is later."""
    last = bounds(context, design.act.time)[1]
    return max(last, bounds(context, design.leaving.time)[1]) if design.leaving is not None else last


def sample(context: Context, table: Table, rows: int, most: int) -> Any:
    """At most about `most` of `rows` rows as a data frame, chosen by the key (so the same customers every time)."""
    step = -(-rows // most) if rows > most else 1
    if step > 1:
        table = table.filter((table["key"].hash() % step) == 0)
    frame = context.engine.run(table.order_by("key")).to_pandas()
    return frame.drop(columns="key")
