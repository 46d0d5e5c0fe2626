"""Random small shops and random plans: the compiled expression gives what loops over the rows give."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.query.drawn import shop_model
from tests.query.kit import Made, ask, find, make

COUNTRIES, PRODUCTS = ["DE", "FR", None], ["cup", "pot", "tea"]
FIRST = dt.date(2024, 1, 30)
QUICK = (Phase.explicit, Phase.generate)
"""No shrinking: every example makes a database, and a failing one is small already."""


@dataclass(frozen=True)
class Shop:
    """customers: key -> country; orders: (id, customer or None, day, total); lines: (order, product)."""

    customers: dict[str, str | None]
    orders: list[tuple[str, str | None, dt.date, int]]
    lines: list[tuple[str, str]]

    def keys(self) -> set[str]:
        """Everyone there is: a key with no record is a customer."""
        return set(self.customers) | {o[1] for o in self.orders if o[1] is not None}

    def products(self, order: str) -> set[str]:
        """What is on an order."""
        return {product for id, product in self.lines if id == order}


@st.composite
def shops(draw: Any) -> Shop:
    keys = [f"c{i}" for i in range(draw(st.integers(1, 5)))]
    customers = {key: draw(st.sampled_from(COUNTRIES)) for key in keys}
    count = draw(st.integers(1, 9))
    orders = [
        (
            f"o{i}",
            draw(st.sampled_from([*keys, "stranger", None])),
            FIRST + dt.timedelta(days=draw(st.integers(0, 70))),
            draw(st.integers(-5, 30)),
        )
        for i in range(count)
    ]
    lines = draw(st.lists(st.tuples(st.sampled_from([o[0] for o in orders]), st.sampled_from(PRODUCTS)), max_size=15))
    return Shop(customers, orders, lines)


def built(shop: Shop, path: Path) -> Made:
    """The shop as a workspace."""
    tables = {
        "customers": ["customer", "country"],
        "orders": ["order_id", "customer", "day", "total"],
        "lines": ["order_id", "product"],
    }
    model = shop_model({name: [header] for name, header in tables.items()})
    known = sum(o[1] in shop.customers for o in shop.orders if o[1] is not None)
    total = sum(o[1] is not None for o in shop.orders)
    model["joins"][0]["coverage"] = known / total if total else 1.0
    model["entities"]["product"] = {"key": "lines.product"}
    columns = {
        "customers": [("customer", "VARCHAR"), ("country", "VARCHAR")],
        "orders": [("order_id", "VARCHAR"), ("customer", "VARCHAR"), ("day", "DATE"), ("total", "DOUBLE")],
        "lines": [("order_id", "VARCHAR"), ("product", "VARCHAR")],
    }
    rows = {"customers": list(shop.customers.items()), "orders": shop.orders, "lines": shop.lines}
    return make(path, model, {name: select(columns[name], rows[name]) for name in columns}, threads=1)


def select(columns: list[tuple[str, str]], rows: list[tuple]) -> str:
    """Rows as a SELECT."""
    cells = [", ".join("NULL" if c is None else f"'{c}'" for c in row) for row in rows]
    casts = ", ".join(f"{name}::{kind} AS {name}" for name, kind in columns)
    names = ", ".join(name for name, _ in columns)
    if not cells:
        return f"SELECT {casts} FROM (SELECT {', '.join(f'NULL AS {name}' for name, _ in columns)}) WHERE false"
    return f"SELECT {casts} FROM (VALUES {', '.join(f'({c})' for c in cells)}) AS t({names})"


# --- plans, each with its meaning in loops ------------------------------------------------------------------------------

DID = {"kind": "did", "table": "orders"}


def people(shop: Shop) -> dict[str, tuple[dict[str, Any] | None, Any]]:
    """Conditions on customers: the plan's and a function of a key."""
    last = max(o[2] for o in shop.orders)

    def mine(key: str) -> list[tuple]:
        return [o for o in shop.orders if o[1] == key]

    def recent(key: str) -> bool:
        return any(last - dt.timedelta(days=20) < o[2] <= last for o in mine(key))

    def spent(key: str) -> int:
        return sum(o[3] for o in mine(key))

    ranked = sorted(shop.keys(), key=lambda k: (-spent(k), k))
    window = {"last": 20, "unit": "days"}
    revenue = {"metric": "revenue"}
    tea = {"kind": "column", "column": "lines.product", "op": "=", "value": "tea"}
    dear = {"kind": "column", "column": "orders.total", "op": ">", "value": 10}
    return {
        "everyone": (None, lambda k: True),
        "recent": (DID | {"window": window}, recent),
        "not recent": ({"kind": "not", "of": DID | {"window": window}}, lambda k: not recent(k)),
        "two orders": (DID | {"op": ">=", "times": 2}, lambda k: len(mine(k)) >= 2),
        "spent little": ({"kind": "value", "value": revenue, "op": "<", "number": 12}, lambda k: spent(k) < 12),
        "top half": ({"kind": "top", "value": revenue, "share": 0.5}, lambda k: k in ranked[: max(1, len(ranked) // 2)]),
        "German": (
            {"kind": "column", "column": "customers.country", "op": "=", "value": "DE"}, lambda k: shop.customers.get(k) == "DE",
        ),
        "not German": (
            {"kind": "column", "column": "customers.country", "op": "!=", "value": "DE"}, lambda k: shop.customers.get(k) != "DE",
        ),
        "tea": (tea, lambda k: any("tea" in shop.products(o[0]) for o in mine(k))),
        "never tea": ({"kind": "not", "of": tea}, lambda k: not any("tea" in shop.products(o[0]) for o in mine(k))),
        "tea on a dear order": (
            {"kind": "all", "of": [tea, dear]}, lambda k: any("tea" in shop.products(o[0]) and o[3] > 10 for o in mine(k)),
        ),
        "dear, never tea": (
            {"kind": "all", "of": [dear, {"kind": "not", "of": tea}]},
            lambda k: any(o[3] > 10 for o in mine(k)) and not any("tea" in shop.products(o[0]) for o in mine(k)),
        ),
        "average order": (
            {"kind": "value", "value": {"metric": "average_order_value"}, "op": ">=", "number": 8},
            lambda k: bool(mine(k)) and spent(k) / len(mine(k)) >= 8,
        ),
        "an order with tea": (
            {"kind": "value", "per": "order", "value": {"count": "product"}, "op": ">=", "number": 2},
            lambda k: any(len(shop.products(o[0])) >= 2 for o in mine(k)),
        ),
    }  # fmt: skip


def order_conditions(shop: Shop) -> dict[str, tuple[dict[str, Any] | None, Any]]:
    """Conditions on orders: the plan's and a function of an order."""
    tea = {"kind": "column", "column": "lines.product", "op": "=", "value": "tea"}
    german = {"kind": "column", "column": "customers.country", "op": "=", "value": "DE"}
    dear = {"kind": "column", "column": "orders.total", "op": ">", "value": 10}
    known = {"kind": "column", "column": "orders.customer", "op": "present"}
    return {
        "all": (None, lambda o: True),
        "dear": (dear, lambda o: o[3] > 10),
        "tea": (tea, lambda o: "tea" in shop.products(o[0])),
        "no tea": ({"kind": "not", "of": tea}, lambda o: "tea" not in shop.products(o[0])),
        "German": (german, lambda o: shop.customers.get(o[1] or "") == "DE"),
        "not German": ({"kind": "not", "of": german}, lambda o: shop.customers.get(o[1] or "") != "DE"),
        "dear or tea": ({"kind": "any", "of": [dear, tea]}, lambda o: o[3] > 10 or "tea" in shop.products(o[0])),
        "dear and known": ({"kind": "all", "of": [dear, known]}, lambda o: o[3] > 10 and o[1] is not None),
    }


def windows(shop: Shop) -> dict[str, tuple[dict[str, Any] | None, Any]]:
    """Windows: the plan's and a function of a day."""
    last = max(o[2] for o in shop.orders)
    month = last.replace(day=1)
    return {
        "ever": (None, lambda d: True),
        "20 days": ({"last": 20, "unit": "days"}, lambda d: last - dt.timedelta(days=20) < d <= last),
        "this month": ({"calendar": "month"}, lambda d: d >= month),
        "February": ({"start": "2024-02-01", "end": "2024-02-29"}, lambda d: (d.year, d.month) == (2024, 2)),
        "the 10 days before": (
            {"last": 10, "unit": "days", "before": 1},
            lambda d: last - dt.timedelta(days=20) < d <= last - dt.timedelta(days=10),
        ),
    }


def groups(shop: Shop) -> dict[str, tuple[list[dict[str, Any]], Any]]:
    """Breakdowns: the plan's and the labels that an order falls under."""
    none = "(not recorded)"
    return {
        "none": ([], lambda o: [()]),
        "country": ([{"column": "customers.country"}], lambda o: [(shop.customers.get(o[1] or "") or none,)]),
        "month": ([{"column": "orders.day", "part": "month"}], lambda o: [(f"{o[2]:%Y-%m}",)]),
        "product": ([{"column": "lines.product"}], lambda o: [(p,) for p in shop.products(o[0]) or {none}]),
    }


def same_row(shop: Shop, either: bool) -> Any:
    """A condition on a line holds of the line that gives the product too: orders with tea, by product, are under tea alone."""
    return lambda o: [(p,) for p in shop.products(o[0]) if p == "tea" or (either and o[3] > 10)]


NAMES = st.fixed_dictionaries(
    {
        "people": st.sampled_from(sorted(people(Shop({}, [("o", None, FIRST, 1)], [])))),
        "orders": st.sampled_from(sorted(order_conditions(Shop({}, [], [])))),
        "window": st.sampled_from(sorted(windows(Shop({}, [("o", None, FIRST, 1)], [])))),
        "group": st.sampled_from(["none", "country", "month", "product"]),
    }
)


@settings(max_examples=12, phases=QUICK)
@given(shop=shops(), chosen=st.lists(NAMES, min_size=6, max_size=6))
def test_measures_of_orders(shop: Shop, chosen: list[dict[str, str]]):
    """Revenue, orders and spend per customer, by any group, of any orders, of any customers, in any window."""
    with tempfile.TemporaryDirectory() as folder:
        made = built(shop, Path(folder))
        for names in chosen:
            who, belongs = people(shop)[names["people"]]
            where, counts = order_conditions(shop)[names["orders"]]
            window, within = windows(shop)[names["window"]]
            by, labels = groups(shop)[names["group"]]
            if names["group"] == "product" and "tea" in names["orders"] and names["orders"] != "no tea":
                labels = same_row(shop, either=names["orders"] == "dear or tea")
            kept = [o for o in shop.orders if counts(o) and within(o[2]) and (who is None or (o[1] is not None and belongs(o[1])))]
            expected = {label: [o for o in kept if label in labels(o)] for label in {x for o in kept for x in labels(o)}}
            plan = {"where": where, "customers": who, "window": window, "by": by}
            result = ask(made, measures=[{"metric": "revenue"}, {"count": "orders"}], **plan)
            got = {tuple(r[: len(by)]): r[len(by) :] for r in result.rows}
            if not by:
                expected.setdefault((), [])
            assert got == {label: (sum(o[3] for o in orders), len(orders)) for label, orders in expected.items()}, names
            if by != [{"column": "lines.product"}]:
                check_spend(made, plan, expected, len(by))
        made.engine.close()


def check_spend(made: Made, plan: dict[str, Any], expected: dict[tuple, list[tuple]], width: int) -> None:
    """The average spend per customer: of those with an order there."""
    result = ask(made, measures=[{"metric": "revenue", "per": "customer"}], **plan)
    got = {tuple(r[:width]): r[width] for r in result.rows}
    for label, orders in expected.items():
        mine = [o for o in orders if o[1] is not None]
        people_there = {o[1] for o in mine}
        if people_there:
            assert got[label] == pytest.approx(sum(o[3] for o in mine) / len(people_there))
        else:
            assert got.get(label) is None


@settings(max_examples=12, phases=QUICK)
@given(shop=shops())
def test_members_and_rates(shop: Shop):
    """Who meets each condition; how many; their share, by country."""
    with tempfile.TemporaryDirectory() as folder:
        made = built(shop, Path(folder))
        for name, (condition, belongs) in people(shop).items():
            members = [k for k in sorted(shop.keys()) if belongs(k)]
            assert [r[0] for r in find(made, condition=condition).rows] == members, name
            if condition is None:
                continue
            assert ask(made, measures=[{"metric": "customers"}], customers=condition).rows == ((len(members),),), name
            rates = ask(made, measures=[{"kind": "rate", "condition": condition}], by=[{"column": "customers.country"}])
            by_country: dict[str, list[bool]] = {}
            for key in sorted(shop.keys()):
                by_country.setdefault(shop.customers.get(key) or "(not recorded)", []).append(key in members)
            assert dict(rates.rows) == {c: pytest.approx(sum(m) / len(m)) for c, m in by_country.items()}, name
        made.engine.close()
