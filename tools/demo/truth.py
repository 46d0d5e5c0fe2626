"""What was planted in the demonstration data, for tests to check answers against."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Keys = tuple[int, ...]


@dataclass(frozen=True)
class FallenStore:
    """A store's revenue fell, from `began` on, because one age band stopped buying one category there.

    crowd  the customers who used to (their other purchases there went on). The quarter that starts on `began` against the one
           before it shows the fall. True at 500 customers too, where the other stores' quarters are small and noisy.
    """

    store_id: int
    age_band: str
    category: str
    began: str
    crowd: Keys


@dataclass(frozen=True)
class HiddenGroup:
    """Invited `invites` (low, high) friends in the first `days`, came to a workshop, never contacted support: they stay.

    Any two of the three alone mark nothing: only together.
    """

    invites: tuple[int, int]
    days: int
    members: Keys
    retention: float
    others_retention: float


@dataclass(frozen=True)
class SmallGroup:
    """Four customers of one region, who all left: too few to say, so they must not win a churn ranking."""

    column: str
    value: str
    members: Keys


@dataclass(frozen=True)
class Riskiest:
    """The group with the highest churn rate of its column, by far, and what goes before leaving.

    In the 28 days before leaving, its leavers who use the app have `usage_ratio` of the sessions of the 28 days before those, and
    most (`complained`) open a ticket about `topic`. Leavers of other groups show neither.
    slipping  customers still here who show both in the last 28 days
    """

    column: str
    value: str
    rate: float
    others_rate: float
    usage_ratio: float
    topic: str
    complained: Keys
    slipping: Keys


@dataclass(frozen=True)
class IgnoredOutdoors:
    """Customers who frequently buy outdoor gear, made at least three transactions in the past month, and engaged with no campaign in
    the last two months (each was sent at least one).

    Members bought outdoor gear on at least `at_least` orders, in the last year; anyone else who meets the other two conditions on at most
    `others_at_most` ever: every threshold of "frequently" between them gives the same people.
    Near misses: `engaged` meet all but the campaigns, `quiet` all but the three transactions, `busy` all but the outdoor gear.
    """

    category: str
    at_least: int
    others_at_most: int
    members: Keys
    engaged: Keys
    quiet: Keys
    busy: Keys


@dataclass(frozen=True)
class Truth:
    """The planted truth of one generated data set. Customers are given by customer_id, ascending; days in ISO.

    end            the last day of every event table
    walk_in_share  of order lines: those without a customer
    left           who cancelled (customers.churned is Yes, and a row in cancellations; no event of theirs is later)
    worst_region   the region with the highest churn rate of those large enough to say
    support        groups by support behaviour: name -> members (35, 40, 18, 7% of customers), overlapping a little
    buyers         scheduled (the same rhythm, much the same basket), project (bursts of DIY and garden), emergency (single items,
                   express, evenings) -> members
    overdue        steady rhythm, still here, last order more than twice their usual gap ago. To be told from the irregular, of whom
                   some are late too, they need: 8 orders or more, gaps of two weeks or more, varying by less than a quarter
    top_share      this share of customers, by profit (amount less quantity x unit cost), holds `profit_share` of all customers' profit,
                   and gets average service: tickets, satisfaction and campaigns as everyone else (within a fifth; at 500 customers
                   the top share is 75 people, and their tickets are within a half)
    decoys         columns of customers.csv that have nothing to do with leaving
    """

    seed: int
    customers: int
    end: str
    orders: int
    order_lines: int
    revenue: float
    walk_in_share: float
    left: Keys
    worst_region: str
    fallen_store: FallenStore
    hidden: HiddenGroup
    small: SmallGroup
    riskiest: Riskiest
    outdoors: IgnoredOutdoors
    support: dict[str, Keys]
    buyers: dict[str, Keys]
    overdue: Keys
    top_share: float
    profit_share: float
    decoys: tuple[str, ...]

    def write(self, path: Path) -> None:
        """Write it as JSON, keys in order."""
        path.write_text(json.dumps(asdict(self), separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Truth:
        """Read what `write` wrote."""
        data = _tuples(json.loads(path.read_text(encoding="utf-8")))
        parts = {
            "fallen_store": FallenStore,
            "hidden": HiddenGroup,
            "small": SmallGroup,
            "riskiest": Riskiest,
            "outdoors": IgnoredOutdoors,
        }
        return cls(**{k: parts[k](**v) if k in parts else v for k, v in data.items()})


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _tuples(v) for k, v in value.items()}
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
