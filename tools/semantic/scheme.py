"""Which splitting of the customers "segment" means, and which time column "now" is read from."""

from __future__ import annotations

import math
from typing import Any

from segue.tools.semantic import probe
from segue.tools.semantic.draft import Col, Draft
from segue.tools.semantic.money import Takings
from segue.tools.semantic.names import has
from segue.tools.semantic.schema import Label, split


def set_clock(draft: Draft, takings: Takings | None) -> None:
    """The purchases' time, else the main activity's, else the last known date of the customers' own table."""
    order = {
        "sales": 0,
        "payments": 1,
        "visits": 2,
        "usage": 3,
        "other": 4,
        "support": 5,
        "reviews": 6,
        "campaigns": 7,
        "returns": 8,
        "cancellations": 9,
    }
    timed = [t for t in draft.tables.values() if t.kind == "events" and t.time]
    if (
        takings
        and draft.tables[takings.table] in timed
        and draft.tables[takings.table].subject in ("sales", "payments")
    ):
        best = draft.tables[takings.table]
    elif timed:
        best = min(timed, key=lambda t: (order[t.subject], -t.rows))
    else:
        draft.clock = _snapshot_date(draft)
        return
    assert best.time
    draft.clock = best.time if "." in best.time else f"{best.name}.{best.time}"


def _snapshot_date(draft: Draft) -> str | None:
    dates = [
        c
        for t in draft.tables.values()
        if t.kind == "customers"
        for c in t.cols.values()
        if c.dated and c.role in ("date", "signup")
    ]
    dates = [c for c in dates if not has(c.words, "birth|dob|birthday|end")]
    last = [c for c in dates if has(c.words, "last|latest|recent|snapshot|as of")]
    found = last or dates
    return max(found, key=lambda c: str(c.facts.maximum) if c.facts else "").ref if found else None


def set_main_scheme(draft: Draft, engine: probe.Runs, takings: Takings | None) -> None:
    """RFM where a customer's orders have dates; else the attribute that best separates the outcome; else the first that splits."""
    recurring = (
        takings is not None
        and has(takings.money.words, "mrr|arr|recurring|subscription|premium")
        and bool(draft.labels)
    )
    if (
        takings
        and not recurring
        and draft.knows_customers
        and draft.clock
        and "order" in draft.entities
        and draft.tables[takings.table].time
        and _knows_customers(draft, takings.table)
    ):
        draft.main_scheme = "rfm"
        return
    home = split(draft.customer)[0] if draft.customer and draft.knows_customers else None
    if home is None:
        return
    attributes = [c for c in draft.tables[home].cols.values() if _splits(c)]
    scored = [(separation(engine, draft, c), c) for c in attributes]
    strength, best = max(scored, key=lambda s: s[0], default=(0.0, None))
    if best is not None and strength > 0:
        draft.main_scheme = best.ref
    elif attributes:
        named = [
            c
            for c in attributes
            if has(c.words, r"segment|tier|plan|contract|membership|package|customer (?:type|group)")
        ]
        draft.main_scheme = (named or attributes)[0].ref


def _knows_customers(draft: Draft, table: str) -> bool:
    return any(c.role in ("customer", "account") for t in draft.leads_to(table) for c in draft.tables[t].cols.values())


def _splits(col: Col) -> bool:
    """An attribute with a few values that isn't a consequence of the outcome."""
    if col.derived is not None or not 2 <= col.distinct <= 12 or col.class_ not in ("safe",):
        return False
    if has(col.words, r"churn\w*|reason|exit\w*|attrition|cancel\w*|status|left|naive|predict\w*|complain\w*"):
        return False
    return col.role in ("category", "band", "place", "channel", "flag")


def separation(engine: probe.Runs, draft: Draft, col: Col) -> float:
    """Cramér's V of an attribute of the customers' own table and the first label that it can be told for, corrected for bias
    (Bergsma 2013): 0 none (or no label), 1 total.
    """
    home, key = split(draft.customer or "")
    for label in draft.labels.values():
        if label.test is not None and split(label.test.column)[0] == home and label.test.column != col.ref:
            outcome = split(label.test.column)[1]
            counts = [
                (value, _says_yes(label, said), n) for value, said, n in probe.crossed(engine, home, col.name, outcome)
            ]
        elif label.event is not None and (holder := _holder(draft, label.event)) is not None:
            counts = probe.crossed_with_rows(engine, home, col.name, key, holder)
        else:
            continue
        rows: dict[Any, list[int]] = {}
        for value, yes, n in counts:
            if value is not None:
                rows.setdefault(value, [0, 0])[int(yes)] += n
        return cramers_v(list(rows.values()))
    return 0.0


def _holder(draft: Draft, table: str) -> str | None:
    """The column of an event's table that holds the customer's key."""
    return next((c.ref for c in draft.tables[table].cols.values() if c.role == "customer"), None)


def _says_yes(label: Label, value: Any) -> bool:
    test = label.test
    assert test is not None
    if test.one_of is not None:
        return value in test.one_of
    return test.present is not None and (value is not None) is test.present


def cramers_v(table: list[list[int]]) -> float:
    """Bias-corrected Cramér's V of a contingency table. 0 where a margin is empty."""
    n = sum(map(sum, table))
    rows = [r for r in table if sum(r)]
    sums = [sum(c) for c in zip(*rows, strict=True)]
    r, k = len(rows), sum(s > 0 for s in sums)
    if n < 2 or r < 2 or k < 2:
        return 0.0
    chi2 = sum(
        (x - sum(row) * s / n) ** 2 / (sum(row) * s / n) for row in rows for x, s in zip(row, sums, strict=True) if s
    )
    phi2 = max(0.0, chi2 / n - (k - 1) * (r - 1) / (n - 1))
    least = min(k - (k - 1) ** 2 / (n - 1), r - (r - 1) ** 2 / (n - 1)) - 1
    return math.sqrt(phi2 / least) if least > 0 else 0.0
