"""Small made-up worlds with known truth, for the segment tools' tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from segue.tools.semantic.schema import Model

END = dt.date(2024, 6, 30)


def column(type: str, role: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": type, "role": role, "class": "safe", **more}


def members_model(**more: Any) -> Model:
    """A club's members: one table, a label, no dates."""
    return Model.model_validate(
        {
            "name": "club",
            "currency": "GBP",
            "main_scheme": "members.plan",
            "entities": {"customer": {"key": "members.id", "plural": "members"}},
            "tables": {
                "members": {
                    "kind": "customers",
                    "key": "id",
                    "columns": {
                        "id": column("integer", "key"),
                        "plan": column("text", "category"),
                        "island": column("text", "place"),
                        "age": column("integer", "measure", unit="years"),
                        "fee": column("number", "fee", unit="money"),
                        "noise": column("number", "measure"),
                        "exit_note": column("text", "category"),
                        "gone": column("text", "status"),
                    },
                }
            },
            "metrics": {"yearly fees": {"stat": "sum", "of": "members.fee", "unit": "money"}},
            "labels": {"left": {"test": {"column": "members.gone", "in": ["yes"]}, "kind": "churn"}},
        }
        | more
    )


RATES = {"gold": 0.1, "silver": 0.2, "bronze": 0.5}


def members(n: int = 1500, seed: int = 5) -> pd.DataFrame:
    """Leaving depends on the plan alone; four islanders all left; the exit note is written after leaving."""
    rng = np.random.default_rng(seed)
    plan = rng.choice(list(RATES), n)
    gone = rng.random(n) < np.array([RATES[p] for p in plan])
    island = rng.choice(["north", "south"], n).astype(object)
    island[:4], gone[:4] = "tiny", True
    return pd.DataFrame(
        {
            "id": range(n),
            "plan": plan,
            "island": island,
            "age": np.where(plan == "bronze", rng.integers(18, 30, n), rng.integers(30, 80, n)),
            "fee": 100.0,
            "noise": rng.normal(size=n),
            "exit_note": np.where(gone, rng.choice(["price", "moved"], n), None),
            "gone": np.where(gone, "yes", "no"),
        }
    )


def shop_model(**more: Any) -> Model:
    """A shop: customers with a town, purchases, no label."""
    return Model.model_validate(
        {
            "name": "shop",
            "currency": "EUR",
            "clock": "sales.day",
            "main_scheme": "rfm",
            "entities": {"customer": {"key": "people.id"}, "order": {"key": "sales.receipt"}},
            "tables": {
                "people": {
                    "kind": "customers",
                    "key": "id",
                    "columns": {"id": column("integer", "key"), "town": column("text", "place"), "age_band": column("text", "band")},
                },
                "sales": {
                    "kind": "events",
                    "subject": "sales",
                    "time": "day",
                    "columns": {
                        "receipt": column("integer", "order"),
                        "person": column("integer", "customer"),
                        "day": column("date", "time"),
                        "shelf": column("text", "category"),
                        "amount": column("number", "money", unit="money"),
                    },
                },
            },
            "joins": [{"from": "sales.person", "to": "people.id"}],
            "metrics": {
                "revenue": {"stat": "sum", "of": "sales.amount", "unit": "money"},
                "orders": {"count": "order", "unit": "count"},
                "average order value": {"ratio": ["revenue", "orders"], "unit": "money"},
            },
        }
        | more
    )


STAYS = {"rome": 0.9, "oslo": 0.5}
"""The chance that someone of the town buys in any 30 days."""


def shop(n: int = 600, months: int = 10, seed: int = 11) -> dict[str, pd.DataFrame]:
    """Everyone buys in each 30 days with the chance of their town, whatever they did before; three people live in Bath."""
    rng = np.random.default_rng(seed)
    town = rng.choice(list(STAYS), n).astype(object)
    chance = np.array([STAYS[t] for t in town])
    town[:3] = "bath"
    rows = []
    for month in range(months):
        for person in np.flatnonzero(rng.random(n) < chance):
            day = END - dt.timedelta(days=int(30 * month + rng.integers(0, 30)))
            rows.append((len(rows), int(person), day, str(rng.choice(["tea", "cups"])), 10.0))
    rows.append((len(rows), 5, END, "tea", 10.0))  # so that the last day is recorded
    people = pd.DataFrame({"id": range(n), "town": town, "age_band": rng.choice(["under 30", "30 to 60", "over 60"], n)})
    return {"people": people, "sales": pd.DataFrame(rows, columns=["receipt", "person", "day", "shelf", "amount"])}
