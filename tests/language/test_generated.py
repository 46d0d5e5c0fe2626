"""From plans to English and back: each plan is said in several ways over every business, also with its columns renamed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from segue.assistant.language.understand import Understander
from tests.language.kit import normal, plan
from tests.language.worlds import WORLDS, Tables, build

# The columns that may be called otherwise, and what else they may be called. The first is the one of worlds.py.
NAMES: dict[str, dict[str, list[str]]] = {
    "telecom": {
        "contract": ["contract", "agreement_type", "contract_kind"],
        "internet_service": ["internet_service", "broadband", "connection_type"],
        "payment_method": ["payment_method", "pay_channel", "billing_method"],
        "tenure_months": ["tenure_months", "months_on_network"],
        "monthly_charges": ["monthly_charges", "monthly_bill"],
    },
    "retail": {"Country": ["Country", "Nation", "Market"], "Description": ["Description", "ItemName"]},
    "market": {
        "state": ["state", "region", "province"],
        "channel": ["channel", "sales_channel", "order_source"],
        "category": ["category", "product_category", "department"],
    },
    "grocer": {
        "department": ["department", "aisle", "section"],
        "store": ["store", "branch", "shop_name"],
        "age_band": ["age_band", "age_group"],
    },
    "saas": {
        "plan": ["plan", "subscription_plan", "package"],
        "industry": ["industry", "sector", "vertical"],
        "topic": ["topic", "subject_area", "issue_type"],
        "seats": ["seats", "licences"],
    },
}

# (column, two of its values): of the customers; of the rows that the metrics are measured on
OF_CUSTOMERS: dict[str, list[tuple[str, str, str]]] = {
    "telecom": [
        ("customers.contract", "Two year", "One year"),
        ("customers.payment_method", "Mailed check", "Credit card"),
    ],
    "market": [("customers.state", "Bahia", "Ceara")],
    "grocer": [("households.age_band", "25-34", "35-44")],
    "saas": [("accounts.plan", "Team", "Starter"), ("accounts.industry", "logistics", "education")],
}
OF_ROWS: dict[str, list[tuple[str, str, str]]] = {
    "retail": [("transactions.Country", "Germany", "France")],
    "market": [
        ("orders.channel", "app", "web"),
        ("products.category", "toys", "perfume"),
        ("customers.state", "Bahia", "Ceara"),
    ],
    "grocer": [("baskets.department", "Bakery", "Deli"), ("baskets.store", "Riverside", "Hilltop")],
    "saas": [("tickets.topic", "billing", "training"), ("accounts.plan", "Team", "Starter")],
}
METRICS: dict[str, dict[str, Any]] = {
    "retail": {"revenue": {"metric": "revenue"}, "orders": {"count": "order"}, "units": {"metric": "units"}},
    "market": {"revenue": {"metric": "revenue"}, "orders": {"count": "order"}},
    "grocer": {"sales": {"metric": "revenue"}, "units": {"metric": "units"}},
    "saas": {"tickets": {"metric": "tickets"}},
}
TIMES = {
    "retail": "transactions.InvoiceDate",
    "market": "orders.ordered_at",
    "grocer": "baskets.bought_on",
    "saas": "tickets.opened_at",
}
PEOPLE = {
    "telecom": "customers",
    "retail": "customers",
    "market": "customers",
    "grocer": "households",
    "saas": "accounts",
}
SUMS = {"saas": "accounts.seats"}
BOUGHT = {
    "grocer": ("baskets", "baskets.department", "Deli"),
    "market": ("order_items", "products.category", "toys"),
    "retail": ("transactions", "transactions.Description", "JAM JAR"),
}

# Forms of question that are not read right, each tested by itself below.
MISREAD = (r"^monthly tickets",)

Case = tuple[dict[str, Any], list[str]]
Ref = Callable[[str], str]


def is_(ref: str, *values: str) -> dict[str, Any]:
    return {"kind": "column", "column": ref, "op": "in", "value": list(values)}


def said(ref: str) -> str:
    """A column as people say it: pay_channel -> pay channel, ItemName -> item name."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", ref.partition(".")[2]).lower()


def plural(words: str) -> str:
    """The plural, for the columns here."""
    if words.endswith(("ry", "ty")):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith("ch") else "s")


def counts(name: str, renamed_to: Ref) -> Iterator[Case]:
    """How many customers are so, or are not; what share of them is."""
    people = PEOPLE[name]
    for old, value, _ in OF_CUSTOMERS.get(name, []):
        ref = renamed_to(old)
        column = said(ref)
        count = {"measures": [{"count": "customer"}]}
        yield (
            count | {"customers": is_(ref, value)},
            [
                f"How many {people} have the {column} {value}?",
                f"How many {people} whose {column} is {value} are there?",
                f"Number of {people} whose {column} is {value}",
            ],
        )
        yield (
            count | {"customers": {"kind": "not", "of": is_(ref, value)}},
            [
                f"How many {people} have a {column} other than {value}?",
                f"Number of {people} whose {column} is not {value}",
            ],
        )
        yield (
            {"measures": [{"kind": "rate", "condition": is_(ref, value)}]},
            [
                f"What share of {people} have the {column} {value}?",
                f"What percentage of {people} have {value} as their {column}?",
            ],
        )
        yield (
            count | {"by": [{"column": ref}]},
            [
                f"How many {people} are there for each {column}?",
                f"Number of {people} by {column}",
                f"{people} by {column}",
            ],
        )


def breakdowns(name: str, renamed_to: Ref) -> Iterator[Case]:
    """A metric by a column, its top, its course, two values beside each other."""
    for metric, measure in METRICS.get(name, {}).items():
        one = {"measures": [measure]}
        for old, value, other in OF_ROWS[name]:
            ref = renamed_to(old)
            column = said(ref)
            by = one | {"by": [{"column": ref}]}
            yield (
                by,
                [
                    f"{metric} by {column}",
                    f"What are {metric} for each {column}?",
                    f"{metric} broken down by {column}",
                    f"By {column}, what are the {metric}?",
                ],
            )
            yield (
                by | {"sort": {}, "limit": 2},
                [f"Top 2 {plural(column)} by {metric}", f"The two best {plural(column)} by {metric}"],
            )
            yield (
                by | {"where": is_(ref, value, other)},
                [f"Compare {metric} for {value} and {other}", f"{metric} in {value} versus {other}"],
            )
            yield one | {"where": is_(ref, value)}, [f"What were {metric} in {value}?", f"{metric} for {value}"]
        yield (
            one | {"by": [{"column": TIMES[name], "part": "month"}]},
            [f"{metric} by month", f"monthly {metric}", f"{metric} per month"],
        )
        yield (
            one | {"window": {"calendar": "month", "offset": -1}},
            [f"What were {metric} last month?", f"{metric} last month", f"Last month's {metric}"],
        )


def per_customer(name: str, renamed_to: Ref) -> Iterator[Case]:
    """Averages, bounds and never."""
    people, one = PEOPLE[name], PEOPLE[name][:-1]
    count = {"measures": [{"count": "customer"}]}
    if name in ("retail", "market", "grocer"):
        yield (
            {"measures": [{"metric": "revenue", "per": "customer"}]},
            [f"average revenue per {one}", f"What is the mean spend per {one}?"],
        )
        yield (
            count | {"customers": {"kind": "value", "value": {"metric": "revenue"}, "op": ">=", "number": 100.0}},
            [
                f"How many {people} spent at least 100?",
                f"How many {people} have spent 100 or more?",
            ],
        )
    if name in BOUGHT:
        table, old, value = BOUGHT[name]
        never = {"kind": "not", "of": {"kind": "did", "table": table, "where": is_(renamed_to(old), value)}}
        yield (
            count | {"customers": never},
            [f"How many {people} never bought {value}?", f"How many {people} have not bought any {value}?"],
        )
    if name in SUMS:
        ref = renamed_to(SUMS[name])
        yield (
            count | {"customers": {"kind": "column", "column": ref, "op": ">", "value": 20}},
            [
                f"How many {people} have more than 20 {said(ref)}?",
                f"How many {people} have over 20 {said(ref)}?",
            ],
        )


def renamed(name: str, random: Random) -> tuple[Tables, dict[str, str]]:
    """The tables with columns under other names, and the new name of each."""
    new = {old: random.choice(choices[1:]) for old, choices in NAMES[name].items()}
    tables = {t: re.sub(r'AS "(\w+)"', lambda m: f'AS "{new.get(m[1], m[1])}"', sql) for t, sql in WORLDS[name].items()}
    return tables, new


def cases(name: str, new: dict[str, str]) -> Iterator[Case]:
    """The cases of a business, its columns called by their new names."""

    def ref(text: str) -> str:
        table, _, column = text.partition(".")
        return f"{table}.{new.get(column, column)}"

    yield from counts(name, ref)
    yield from breakdowns(name, ref)
    yield from per_customer(name, ref)


def misread(folder: Path, name: str, seed: int | None, forms: Callable[[str], bool]) -> dict[str, Any]:
    """The questions, of the forms that are wanted, that are read as another plan, with that plan."""
    tables, new = (WORLDS[name], {}) if seed is None else renamed(name, Random(f"{name} {seed}"))
    made = build(folder, tables)
    try:
        reader = Understander(made)  # pyright: ignore[reportArgumentType]
        asked = [(wanted, q) for wanted, questions in cases(name, new) for q in questions if forms(q)]
        assert asked
        return {q: got for wanted, q in asked if (got := plan(reader, q)) != {"query": normal(wanted)}}
    finally:
        made.engine.close()


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("name", sorted(WORLDS))
def test_plans_said_in_english_are_read_back(tmp_path: Path, name: str, seed: int | None) -> None:
    assert misread(tmp_path, name, seed, lambda q: not any(re.search(form, q) for form in MISREAD)) == {}


@pytest.mark.xfail(strict=True, reason="forms that are misread; one that is mended is to be taken out of MISREAD")
@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("saas", MISREAD[0]),
    ],
)
def test_forms_that_are_misread(tmp_path: Path, name: str, form: str) -> None:
    assert misread(tmp_path, name, None, lambda q: bool(re.search(form, q))) == {}
