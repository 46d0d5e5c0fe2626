"""What went before leaving, planted in the demonstration data and in a small world."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from segue.tools.segments.arguments import ChurnRisk
from segue.tools.segments.churn import churn_risk
from segue.tools.segments.outcomes import Dated
from segue.tools.segments.rows import people
from segue.tools.segments.signs import early_signs
from segue.tools.semantic.schema import Model
from tests.segments.worlds import END, column, shop, shop_model

N = 240


def support_model() -> Model:
    base = shop_model().model_dump(by_alias=True)
    base["tables"] |= {
        "visits": {
            "kind": "events", "subject": "usage", "time": "day", "label": "app visits",
            "columns": {"person": column("integer", "customer"), "day": column("date", "time"), "minutes": column("integer", "measure")},
        },
        "tickets": {
            "kind": "events", "subject": "support", "time": "day",
            "columns": {"person": column("integer", "customer"), "day": column("date", "time"), "topic": column("text", "category")},
        },
        "goodbyes": {
            "kind": "events", "subject": "cancellations", "time": "day",
            "columns": {"person": column("integer", "customer"), "day": column("date", "time")},
        },
    }  # fmt: skip
    base["joins"] += [{"from": f"{t}.person", "to": "people.id"} for t in ("visits", "tickets", "goodbyes")]
    base["labels"] = {"left": {"event": "goodbyes", "kind": "churn"}}
    return Model.model_validate(base)


@pytest.fixture
def world(make):
    """A third left, on any day of the last half year. In their last four weeks they used the app for half as long as before, and
    most wrote about delivery. Those who stayed went on as before.
    """
    rng, tables = np.random.default_rng(8), shop(N)
    left = {p: END - dt.timedelta(days=int(rng.integers(0, 180))) for p in range(N) if p % 3 == 0}
    left[0] = END
    visits, tickets = [], []
    for person in range(N):
        last = left.get(person, END)
        for week in range(8):
            minutes = 10 if person in left and week < 4 else 20
            visits.append((person, last - dt.timedelta(days=7 * week + int(rng.integers(0, 7))), minutes + int(rng.integers(-2, 3))))
        if rng.random() < (0.7 if person in left else 0.03):
            tickets.append((person, last - dt.timedelta(days=int(rng.integers(0, 28))), "delivery"))
        if rng.random() < 0.2:
            tickets.append((person, last - dt.timedelta(days=int(rng.integers(0, 28))), "prices"))
    return make(
        support_model(),
        people=tables["people"],
        sales=tables["sales"],
        visits=pd.DataFrame(visits, columns=["person", "day", "minutes"]),
        tickets=pd.DataFrame(tickets, columns=["person", "day", "topic"]),
        goodbyes=pd.DataFrame({"person": list(left), "day": list(left.values())}),
    )


def test_the_planted_signs_and_no_others(world):
    found = early_signs(world, Dated("goodbyes", "goodbyes.person", "goodbyes.day"), people(world))
    told = {s.name: s for s in found}
    assert set(told) == {"minutes of app visits", "any tickets with topic delivery"}
    assert told["minutes of app visits"].left == pytest.approx(0.5, abs=0.03)
    assert told["minutes of app visits"].here == pytest.approx(1, abs=0.03)
    assert told["any tickets with topic delivery"].left == pytest.approx(0.7, abs=0.1)
    assert told["any tickets with topic delivery"].here < 0.08


def test_too_few_leavers_show_nothing(world):
    few = people(world).filter(lambda t: t.key < 40)
    assert early_signs(world, Dated("goodbyes", "goodbyes.person", "goodbyes.day"), few) == []


def test_the_answer_tells_them(world):
    result = churn_risk(world, ChurnRisk(by=["people.town"], horizon_days=30))
    assert "In the 4 weeks before leaving, those who left showed: " in result.summary
    assert {s["name"] for s in result.extra["early_signs"]} >= {"any tickets with topic delivery"}
