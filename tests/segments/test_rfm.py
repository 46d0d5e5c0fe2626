"""RFM by value cut-points, on a table small enough to work out by hand, and on a real shop's invoices."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from segue.tools.segments.rfm import NAMES, SEGMENTS, name_of, rfm, scheme
from segue.tools.semantic.schema import Model

TINY = Model.model_validate(
    {
        "name": "tiny",
        "clock": "lines.day",
        "main_scheme": "rfm",
        "entities": {"customer": {"key": "lines.who"}, "order": {"key": "lines.invoice"}},
        "tables": {
            "lines": {
                "kind": "events",
                "subject": "sales",
                "time": "day",
                "cancelled": {"column": "invoice", "starts_with": "C"},
                "columns": {
                    "who": {"type": "text", "role": "customer"},
                    "invoice": {"type": "text", "role": "order"},
                    "day": {"type": "date", "role": "time"},
                    "amount": {"type": "number", "role": "money", "unit": "money"},
                },
            }
        },
        "metrics": {"revenue": {"stat": "sum", "of": "lines.amount", "unit": "money"}},
    }
)


def lines(*rows: tuple[str | None, str, int, float]) -> pd.DataFrame:
    """(who, invoice, days before 31 March 2024, amount)"""
    last = dt.date(2024, 3, 31)
    return pd.DataFrame([(w, i, last - dt.timedelta(days=d), a) for w, i, d, a in rows], columns=["who", "invoice", "day", "amount"])


def scored(context, **more) -> dict[str, tuple]:
    table = context.engine.run(rfm(context, **more)).to_pylist()
    return {r["key"]: tuple(r[c] for c in ("recency", "frequency", "monetary", "r", "f", "m", "segment")) for r in table}


def test_hand_worked_table(make):
    """Six customers. Days since: 0 10 20 30 40 50 -> cut-points at 10 20 30 40. Orders: 1 1 1 1 2 6 -> 1 1 1 2.
    Money: 10 20 30 40 50 60 -> 20 30 40 50. A score is 1 + cut-points strictly below; recency is turned round.
    """
    table = lines(
        ("ann", "1", 0, 60), *[("ann", str(i), 5 + i, 0) for i in range(2, 7)],
        ("bob", "10", 10, 25), ("bob", "11", 12, 25),
        ("cat", "12", 20, 40), ("dan", "13", 30, 30), ("eve", "14", 40, 20), ("fay", "15", 50, 10),
    )  # fmt: skip
    assert scored(make(TINY, lines=table)) == {
        "ann": (0, 6, 60.0, 5, 5, 5, "Champions"),
        "bob": (10, 2, 50.0, 5, 4, 4, "Potential Loyalist"),
        "cat": (20, 1, 40.0, 4, 1, 3, "Promising"),
        "dan": (30, 1, 30.0, 3, 1, 2, "About To Sleep"),
        "eve": (40, 1, 20.0, 2, 1, 1, "About To Sleep"),
        "fay": (50, 1, 10.0, 1, 1, 1, "Lost"),
    }


def test_a_cancellation_is_no_order_but_its_money_counts(make):
    table = lines(("ann", "1", 20, 100), ("ann", "C1", 0, -40), ("bob", "C2", 3, -5), (None, "3", 1, 9))
    found = scored(make(TINY, lines=table))
    assert found.keys() == {"ann"}
    assert found["ann"][:3] == (20, 1, 60.0)


def test_as_of_a_past_day_knows_nothing_later(make):
    table = lines(("ann", "1", 40, 100), ("ann", "2", 5, 100), ("bob", "3", 35, 10), ("cat", "4", 1, 10))
    found = scored(make(TINY, lines=table), as_of=dt.date(2024, 3, 1))
    assert {k: v[:3] for k, v in found.items()} == {"ann": (10, 1, 100.0), "bob": (5, 1, 10.0)}


def test_everyone_has_a_name_and_equal_customers_have_equal_scores(retail):
    table = retail.engine.run(rfm(retail)).to_pandas()
    assert len(table) == table["key"].nunique() == 4339  # 4,372 customers less those with cancellations alone
    assert set(table["segment"]) <= set(SEGMENTS)
    same = table.groupby(["recency", "frequency", "monetary"])[["r", "f", "m"]].nunique()
    assert (same == 1).all().all()
    for column, score in (("frequency", "f"), ("monetary", "m"), ("recency", "r")):
        assert (table.groupby(column)[score].nunique() == 1).all()
    assert [name_of(*s) for s in table[["r", "f", "m"]].itertuples(index=False)] == list(table["segment"])


def test_scheme_is_keys_and_segments(retail):
    assert list(scheme(retail).columns) == ["key", "segment"]


def test_the_names_are_the_published_ones():
    assert [(n.name, n.recency, n.frequency, n.monetary) for n in NAMES][5] == ("Can't Lose Them", (1, 2), (3, 4), (4, 5))
    assert [name_of(*s) for s in ((5, 5, 5), (5, 1, 1), (1, 5, 5), (1, 1, 1), (2, 5, 2), (4, 4, 1))] == [
        "Champions", "New Customers", "At Risk", "Lost", "Others", "Others",
    ]  # fmt: skip
