"""Where a change sits: exact sums, planted causes, wrong premises, periods that can be compared."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segue.assistant.grounding import problems
from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.query.plan import ColumnIs, Window
from segue.tools.segments.arguments import ExplainChange
from segue.tools.segments.change import explain_change
from tests.segments.worlds import shop_model

JUNE = Window(start=dt.date(2024, 6, 1), end=dt.date(2024, 6, 30))


def sales(seed: int = 3, **planted: Any) -> dict[str, pd.DataFrame]:
    """Six months in which 200 people of three age bands buy tea and cups about alike; in June `planted` says who stops what.

    stop: (age band, shelf)
    """
    rng = np.random.default_rng(seed)
    bands = rng.choice(["under 30", "30 to 60", "over 60"], 200)
    people = pd.DataFrame({"id": range(200), "town": rng.choice(["rome", "oslo"], 200), "age_band": bands})
    rows = []
    for month in range(1, 7):
        for person in range(200):
            for shelf in ("tea", "cups", "pots"):
                stopped = month == 6 and (bands[person], shelf) == planted.get("stop")
                if not stopped:
                    day = dt.date(2024, month, int(rng.integers(1, 29)))
                    rows.append((len(rows), person, day, shelf, float(rng.integers(9, 12))))
    rows.append((len(rows), 0, dt.date(2024, 6, 30), "tea", 10.0))
    return {"people": people, "sales": pd.DataFrame(rows, columns=["receipt", "person", "day", "shelf", "amount"])}


def rows_of(result, dimension: str) -> list[tuple]:
    return [r for r in result.rows if r[0] == dimension]


@pytest.fixture
def fallen(make):
    return make(shop_model(), **sales(stop=("over 60", "pots")))


def test_the_cell_that_stopped_is_found(fallen):
    result = explain_change(fallen, ExplainChange(metric="revenue", window=JUNE, expected="fall"))
    assert "It sits in age band and shelf over 60, pots" in result.summary
    assert result.headline.label == "over 60, pots"
    assert result.summary.endswith("This is accounting: it says where the change sits, not what caused it.")
    assert problems(result.summary, [result], names=False) == []


def test_contributions_sum_exactly(fallen):
    result = explain_change(fallen, ExplainChange(metric="revenue", window=JUNE, limit=200, dims=["sales.shelf"]))
    total = result.extra["change"]
    assert sum(r[4] for r in rows_of(result, "shelf")) == pytest.approx(total)
    assert sum(r[4] for r in rows_of(result, "factor")) == pytest.approx(total)
    assert {r[1] for r in rows_of(result, "factor")} == {"customers", "orders per customer", "value per order"}


def test_a_wrong_premise_is_said_first(fallen):
    result = explain_change(fallen, ExplainChange(metric="revenue", window=JUNE, expected="rise"))
    assert result.summary.startswith("Revenue did not rise: it fell by ")


def test_what_moves_no_more_than_usual_is_called_so(make):
    result = explain_change(make(shop_model(), **sales(seed=8)), ExplainChange(metric="revenue", window=JUNE))
    assert "A change of this size is not unusual" in result.summary
    assert "It is spread out" in result.summary
    assert result.headline.label is None


@pytest.mark.parametrize("seed", [4, 5, 6, 7])
def test_chance_is_given_no_place(make, seed):
    result = explain_change(make(shop_model(), **sales(seed=seed)), ExplainChange(metric="revenue", window=JUNE))
    assert "It sits in" not in result.summary


def test_a_ratio_is_split_into_rate_and_mix(make):
    """In June only pots cost three times as much: order value rises, by their own rate."""
    world = sales()
    dear = (world["sales"]["shelf"] == "pots") & (world["sales"]["day"] >= dt.date(2024, 6, 1))
    world["sales"].loc[dear, "amount"] *= 3
    result = explain_change(make(shop_model(), **world), ExplainChange(metric="average order value", window=JUNE))
    made = rows_of(result, "shelf")
    assert sum(r[4] for r in made) == pytest.approx(result.extra["change"])
    assert made[0][1] == "pots"
    assert made[0][3] == pytest.approx(3 * made[0][2], rel=0.05)
    assert "It sits in shelf pots" in result.summary


def test_a_period_that_is_not_over_is_compared_with_as_many_days(make):
    world = sales()
    world["sales"] = world["sales"][world["sales"]["day"] <= dt.date(2024, 6, 9)]
    context = make(shop_model(), **world)
    result = explain_change(context, ExplainChange(metric="orders", window=Window(calendar="month")))
    last = world["sales"]["day"].max()
    assert result.columns[3].name.endswith(f"{last.day} Jun 2024")
    assert result.columns[2].name.endswith(f"{last.day} May 2024")
    assert any("is compared with the same days of the one before" in a for a in result.assumptions)


def test_another_period_to_compare_with_and_a_filter(fallen):
    march = Window(start=dt.date(2024, 3, 1), end=dt.date(2024, 3, 31))
    where = ColumnIs(column="sales.shelf", op="=", value="pots")
    result = explain_change(fallen, ExplainChange(metric="revenue", window=JUNE, versus=march, where=where))
    assert "in March 2024" in result.summary
    assert not rows_of(result, "shelf")
    assert result.headline.label == "over 60"
    assert result.reading == "Where the change of revenue between March 2024 and June 2024 sits, where shelf is pots."


def test_no_change_at_all(make):
    world = sales()
    june = world["sales"]["day"] >= dt.date(2024, 6, 1)
    may = (world["sales"]["day"] >= dt.date(2024, 5, 1)) & ~june
    copied = world["sales"][may].assign(day=[d.replace(month=6) for d in world["sales"][may]["day"]])
    world["sales"] = pd.concat([world["sales"][~june], copied.assign(receipt=copied["receipt"] + 10**6)])
    result = explain_change(make(shop_model(), **world), ExplainChange(metric="revenue", window=JUNE))
    assert result.summary.startswith("Revenue did not change: ")


def test_nothing_before_to_compare_with(fallen):
    with pytest.raises(QuestionError, match="no period before January 2024 to compare it with"):
        explain_change(fallen, ExplainChange(metric="revenue", window=Window(start=dt.date(2024, 1, 1), end=dt.date(2024, 1, 31))))
    with pytest.raises(QuestionError, match="is after the end of the data"):
        explain_change(fallen, ExplainChange(metric="revenue", window=Window(start=dt.date(2025, 1, 1), end=dt.date(2025, 1, 31))))


def test_unknown_metric(fallen):
    with pytest.raises(DefinitionError, match=r"no metric 'revenu'.*Did you mean 'revenue'"):
        explain_change(fallen, ExplainChange(metric="revenu"))


def test_retail(retail):
    result = explain_change(retail, ExplainChange(metric="revenue", expected="fall"))
    assert result.summary.startswith(
        "Revenue did not fall: it rose by £391,051.58 (+36.5%), from £1,070,704.67 in October 2011 to £1,461,756.25 in November 2011."
    )
    factors = rows_of(result, "factor")
    assert sum(r[4] for r in factors) == pytest.approx(391051.58, abs=0.01)
    assert [r[1] for r in factors][-1] == "sales with no known customer"
    assert problems(result.summary, [result], names=False) == []
