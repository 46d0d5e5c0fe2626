"""RFM: recency, frequency and monetary scores by value cut-points, and the names that go with them.

The table of names is that of R's `rfm` 0.3.0, the first match winning, else "Others". Scores are 1 + the number of quintile
cut-points strictly below the value (recency reversed), so that equal customers get equal scores; ranking into five equal
parts (ntile) would split ties at random, and most customers tie at one order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.segments.activity import activity
from segue.tools.segments.rows import Expr, Table, bounds, purchases

if TYPE_CHECKING:
    import datetime as dt

    from segue.tools.context import Context

OTHERS = "Others"
FIFTHS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Named:
    """A segment: ranges of scores, both ends included."""

    name: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    monetary: tuple[int, int]

    def holds(self, r: int, f: int, m: int) -> bool:
        scores = ((r, self.recency), (f, self.frequency), (m, self.monetary))
        return all(low <= score <= high for score, (low, high) in scores)


NAMES = (
    Named("Champions", (5, 5), (5, 5), (5, 5)),
    Named("Potential Loyalist", (3, 5), (3, 5), (2, 5)),
    Named("Loyal Customers", (2, 4), (2, 4), (2, 4)),
    Named("Promising", (3, 4), (1, 3), (3, 5)),
    Named("New Customers", (4, 5), (1, 3), (1, 5)),
    Named("Can't Lose Them", (1, 2), (3, 4), (4, 5)),
    Named("At Risk", (1, 2), (2, 5), (4, 5)),
    Named("Need Attention", (1, 3), (3, 5), (3, 5)),
    Named("About To Sleep", (2, 3), (1, 3), (1, 4)),
    Named("Lost", (1, 1), (1, 5), (1, 5)),
)

SEGMENTS = (*(n.name for n in NAMES), OTHERS)


def name_of(r: int, f: int, m: int) -> str:
    """The segment of three scores."""
    return next((n.name for n in NAMES if n.holds(r, f, m)), OTHERS)


def score(table: Table) -> Table:
    """Scores and names customers, as one expression for the engine.

    table   one row a customer with at least one order: key, recency (days, 0 is today), frequency (orders), monetary (net)
    result  the same with r, f, m (1 to 5, 5 best) and segment
    """
    cuts = table.aggregate(
        **{f"{name}_{i}": table[name].quantile(q) for name in ("recency", "frequency", "monetary") for i, q in enumerate(FIFTHS)}
    )
    both = table.cross_join(cuts)
    scored = both.select(
        *table.columns,
        r=(5 - _cuts_below(both, "recency")).cast("int64"),
        f=(1 + _cuts_below(both, "frequency")).cast("int64"),
        m=(1 + _cuts_below(both, "monetary")).cast("int64"),
    )
    return scored.mutate(segment=_named(scored))


def _cuts_below(table: Table, name: str) -> Expr:
    import functools
    import operator

    value = table[name]
    below = [(table[f"{name}_{i}"] < value).ifelse(1, 0) for i in range(len(FIFTHS))]
    return functools.reduce(operator.add, below)


def _named(scored: Table) -> Expr:
    import ibis

    branches = [
        (
            scored.r.between(*n.recency) & scored.f.between(*n.frequency) & scored.m.between(*n.monetary),
            n.name,
        )
        for n in NAMES
    ]
    return ibis.cases(*branches, else_=OTHERS)


def rfm(context: Context, as_of: dt.date | None = None, of: str = "customer") -> Table:
    """RFM as of a day (none: the last recorded one), from what was known that day.

    One row a customer with at least one order that is no cancellation: key, recency (days since the last such order),
    frequency (such orders), monetary (net of cancellations; the orders again where the data has no money), r, f, m, segment.
    """
    return score(customers(context, as_of, of))


def customers(context: Context, as_of: dt.date | None = None, of: str = "customer") -> Table:
    """The unscored half of `rfm`: key, recency, frequency, monetary."""
    import ibis

    act = activity(context, of)
    day = as_of or bounds(context, act.time)[1]
    bought = purchases(context, act)
    if as_of is not None:
        bought = bought.filter(bought.day <= ibis.literal(as_of))
    per = bought.group_by("key").aggregate(
        last=bought.day.max(where=~bought.cancelled),
        frequency=bought.order.nunique(where=~bought.cancelled),
        monetary=bought.money.sum(),
    )
    per = per.filter(per["last"].notnull())
    now: Expr = ibis.literal(day)
    recency = now.delta(per["last"], unit="day")
    monetary = per.monetary if act.money else per.frequency.cast("float64")
    return per.select("key", recency=recency, frequency=per.frequency, monetary=monetary)


def scheme(context: Context) -> Table:
    """The scheme "rfm" for the query compiler: key, segment."""
    return rfm(context).select("key", "segment")
