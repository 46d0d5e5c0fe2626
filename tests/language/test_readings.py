"""The plans of everyday questions: counts, figures, breakdowns, ranks, shares, comparisons, lists, profiles, risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from segue.assistant.language.understand import Understander
from segue.tools.context import Context
from tests.language.everyday import BUSINESSES, opened
from tests.language.kit import converse, normal, plan

Plan = dict[str, Any]


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[Context, Understander]]]:
    """business(name): its workspace and a reader of questions about it, built at first use."""
    built: dict[str, tuple[Context, Understander]] = {}

    def of(name: str) -> tuple[Context, Understander]:
        if name not in built:
            context = opened(tmp_path_factory.mktemp(name), BUSINESSES[name])
            built[name] = context, Understander(context)
        return built[name]

    yield of
    for context, _ in built.values():
        context.engine.close()


def query(measure: Plan, **more: Any) -> Plan:
    return {"query": {"measures": [measure]} | more}


def customers(condition: Plan | None = None, **more: Any) -> Plan:
    return query({"count": "customer"}, **({"customers": condition} if condition else {}), **more)


def listed(condition: Plan | None = None, **more: Any) -> Plan:
    return {"find_customers": ({"condition": condition} if condition else {}) | more}


def is_(column: str, *values: Any) -> Plan:
    return {"kind": "column", "column": column, "op": "in", "value": list(values)}


def compared(column: str, op: str, value: Any) -> Plan:
    return {"kind": "column", "column": column, "op": op, "value": value}


def ordered(where: Plan | None = None, **more: Any) -> Plan:
    return {"kind": "did", "table": "orders"} | ({"where": where} if where else {}) | more


def summed(value: Plan, op: str, number: float) -> Plan:
    return {"kind": "value", "value": value, "op": op, "number": number}


def no(condition: Plan) -> Plan:
    return {"kind": "not", "of": condition}


def both(*conditions: Plan) -> Plan:
    return {"kind": "all", "of": list(conditions)}


def days(start: str, end: str) -> Plan:
    return {"start": start, "end": end}


REVENUE, ORDERS, SPEND = {"metric": "revenue"}, {"count": "order"}, {"metric": "revenue", "per": "customer"}
REGION, CATEGORY, PRODUCT = ({"column": c} for c in ("customers.region", "orders.category", "orders.product"))
MONTH = {"column": "orders.ordered_at", "part": "month"}
LEFT: Plan = {"kind": "label", "label": "churned"}
CHURN_RATE = {"kind": "rate", "condition": LEFT}
CONTRACT = {"column": "churn.Contract"}
NORTH = is_("customers.region", "North")
OCTOBER, NOVEMBER = days("2011-10-01", "2011-10-31"), days("2011-11-01", "2011-11-30")
NOVEMBER_BY_REGION = query(REVENUE, by=[REGION], window=NOVEMBER)

READINGS: dict[str, list[tuple[str, Plan]]] = {
    "shop": [
        # counts of customers
        ("How many customers do we have?", customers()),
        ("How many customers are in the North?", customers(NORTH)),
        ("How many customers bought a kettle?", customers(ordered(is_("orders.product", "Kettle")))),
        ("How many customers have never ordered?", customers(no(ordered()))),
        (
            "How many customers have not ordered in the last 60 days?",
            customers(no(ordered(window={"last": 60, "unit": "days"}))),
        ),
        ("How many customers placed at least 3 orders?", customers(summed(ORDERS, ">=", 3))),
        ("How many customers have bought exactly once?", customers(summed(ORDERS, "=", 1))),
        ("How many customers spent more than 200 in total?", customers(summed(REVENUE, ">", 200))),
        (
            "How many customers signed up in 2011?",
            customers(
                both(
                    compared("customers.signup_date", ">=", "2011-01-01"),
                    compared("customers.signup_date", "<=", "2011-12-31"),
                )
            ),
        ),
        (
            "How many customers ordered in October but not in November?",
            customers(both(ordered(window=OCTOBER), no(ordered(window=NOVEMBER)))),
        ),
        # figures in a window
        ("What was revenue last month?", query(REVENUE, window={"calendar": "month", "offset": -1})),
        ("What was revenue in the past month?", query(REVENUE, window={"last": 1, "unit": "months"})),
        ("What was revenue in October?", query(REVENUE, window=OCTOBER)),
        ("How many orders were placed this year?", query(ORDERS, window={"calendar": "year"})),
        ("What was revenue excluding the North?", query(REVENUE, where=no(NORTH))),
        ("What is the average order value?", query({"metric": "average_order_value"})),
        ("Average spend per customer", query(SPEND)),
        ("What is the median price?", query({"column": "orders.price", "stat": "median"})),
        (
            "How many orders were at the weekend?",
            query(ORDERS, where=is_("orders.ordered_at", "Saturday", "Sunday") | {"part": "weekday"}),
        ),
        ("What was revenue in the North in Q3?", query(REVENUE, where=NORTH, window=days("2011-07-01", "2011-09-30"))),
        ("Average number of orders per customer", query({"metric": "orders", "per": "customer"})),
        # breakdowns, ranks, trends
        ("What is the average price by category?", query({"column": "orders.price", "stat": "mean"}, by=[CATEGORY])),
        ("How many items were sold by category?", query({"metric": "units"}, by=[CATEGORY])),
        ("Revenue by region", query(REVENUE, by=[REGION])),
        ("Revenue by category in 2011", query(REVENUE, by=[CATEGORY], window=days("2011-01-01", "2011-12-31"))),
        ("Average spend per customer by region", query(SPEND, by=[REGION])),
        ("Orders by month", query(ORDERS, by=[MONTH])),
        ("How has revenue moved month by month?", query(REVENUE, by=[MONTH])),
        ("Top 3 products by revenue", query(REVENUE, by=[PRODUCT], sort={}, limit=3)),
        (
            "Bottom 2 products by units sold",
            query({"metric": "units"}, by=[PRODUCT], sort={"descending": False}, limit=2),
        ),
        ("Which region has the most customers?", customers(by=[REGION], sort={})),
        # shares, comparisons, relations
        (
            "What percentage of orders were kettles?",
            query({"kind": "rate", "of": "order", "condition": is_("orders.product", "Kettle")}),
        ),
        (
            "What share of customers has never ordered?",
            query({"kind": "rate", "condition": no(ordered())}),
        ),
        (
            "What share of revenue comes from the North?",
            query({"kind": "ratio", "top": REVENUE | {"where": NORTH}, "bottom": REVENUE}),
        ),
        (
            "What share of customers ordered in the last 90 days?",
            query({"kind": "rate", "condition": ordered(window={"last": 90, "unit": "days"})}),
        ),
        (
            "What share of revenue do the top 10% of customers bring?",
            query({"kind": "concentration", "value": REVENUE, "share": 0.1}),
        ),
        (
            "Compare average order value between the North and the South",
            query({"metric": "average_order_value"}, by=[REGION], where=is_("customers.region", "North", "South")),
        ),
        (
            "What is the difference in revenue between the North and the South?",
            query(
                REVENUE,
                by=[{"condition": NORTH, "labels": ["North", "South"]}],
                where=is_("customers.region", "North", "South"),
                compare="difference",
            ),
        ),
        (
            "How did revenue in November compare with the month before?",
            query(REVENUE, window=NOVEMBER, compare="previous"),
        ),
        (
            "What is the correlation between price and quantity?",
            query(
                {
                    "kind": "correlation",
                    "x": {"column": "orders.price", "stat": "mean"},
                    "y": {"column": "orders.quantity", "stat": "mean"},
                    "over": "orders",
                }
            ),
        ),
        # who they are
        ("List the top 5 customers by revenue", listed(show=[REVENUE], limit=5)),
        ("Who has not ordered in the last 90 days?", listed(no(ordered(window={"last": 90, "unit": "days"})))),
        ("Who are the customers that spent over 500?", listed(summed(REVENUE, ">", 500))),
        (
            "List the customers in the West who bought a toaster",
            listed(both(is_("customers.region", "West"), ordered(is_("orders.product", "Toaster")))),
        ),
    ],
    "churn": [
        ("How many customers have left?", customers(LEFT)),
        ("How many customers have not left?", customers(no(LEFT))),
        (
            "How many women are on a two year contract?",
            customers(both(is_("churn.Contract", "Two year"), is_("churn.gender", "Female"))),
        ),
        ("How many senior citizens have churned?", customers(both(is_("churn.SeniorCitizen", 1), LEFT))),
        (
            "How many customers are on a one year or two year contract?",
            customers(is_("churn.Contract", "One year", "Two year")),
        ),
        (
            "How many customers pay between 50 and 80 a month?",
            customers(compared("churn.MonthlyCharges", "between", [50, 80])),
        ),
        ("How many customers pay more than 70 a month?", customers(compared("churn.MonthlyCharges", ">", 70))),
        ("What is the churn rate?", query(CHURN_RATE)),
        ("What is the churn rate by contract?", query(CHURN_RATE, by=[CONTRACT])),
        ("Which contract has the highest churn rate?", query(CHURN_RATE, by=[CONTRACT], sort={})),
        (
            "What is the average monthly charge of customers who left?",
            query({"column": "churn.MonthlyCharges", "stat": "mean"}, customers=LEFT),
        ),
        (
            "What is the median tenure by contract?",
            query({"column": "churn.tenure", "stat": "median"}, by=[CONTRACT]),
        ),
        (
            "What is the average monthly charge by gender and contract?",
            query({"column": "churn.MonthlyCharges", "stat": "mean"}, by=[{"column": "churn.gender"}, CONTRACT]),
        ),
        (
            "What share of customers are on a month-to-month contract?",
            query({"kind": "rate", "condition": is_("churn.Contract", "Month-to-month")}),
        ),
        (
            "List the men who pay more than 100 a month",
            listed(both(is_("churn.gender", "Male"), compared("churn.MonthlyCharges", ">", 100))),
        ),
        ("What does a typical leaver look like?", {"profile": {"condition": LEFT}}),
        ("Which customers are most likely to leave?", {"churn_risk": {}}),
        ("What is the churn risk by gender?", {"churn_risk": {"by": ["churn.gender"]}}),
    ],
}
CASES = [(name, question, wanted) for name, cases in READINGS.items() for question, wanted in cases]

# Each conversation: the business, then every question with its plan.
CONVERSATIONS: list[tuple[str, list[tuple[str, Plan]]]] = [
    (
        "shop",
        [
            ("What was revenue in November?", query(REVENUE, window=NOVEMBER)),
            ("and by region?", NOVEMBER_BY_REGION),
            ("just the top 3", query(REVENUE, by=[REGION], window=NOVEMBER, sort={}, limit=3)),
        ],
    ),
    (
        "shop",
        [
            ("What was revenue in November?", query(REVENUE, window=NOVEMBER)),
            ("only the north", query(REVENUE, where=NORTH, window=NOVEMBER)),
            ("and the month before that?", query(REVENUE, where=NORTH, window=OCTOBER)),
        ],
    ),
    (
        "shop",
        [
            ("How many customers bought a kettle?", customers(ordered(is_("orders.product", "Kettle")))),
            ("how many of them are in the north?", customers(both(NORTH, ordered(is_("orders.product", "Kettle"))))),
            ("who are they?", listed(both(NORTH, ordered(is_("orders.product", "Kettle"))))),
        ],
    ),
    (
        "shop",
        [
            ("What was revenue in November by region?", NOVEMBER_BY_REGION),
            (
                "which of those is lowest?",
                query(REVENUE, by=[REGION], window=NOVEMBER, sort={"descending": False}),
            ),
        ],
    ),
    (
        "shop",
        [
            ("What was revenue in November?", query(REVENUE, window=NOVEMBER)),
            ("why?", {"explain_change": {"metric": "revenue", "window": NOVEMBER}}),
        ],
    ),
    (
        "shop",
        [
            ("What was revenue last month?", query(REVENUE, window={"calendar": "month", "offset": -1})),
            ("and the month before that?", query(REVENUE, window={"calendar": "month", "offset": -2})),
        ],
    ),
    (
        "churn",
        [
            ("How many women are there?", customers(is_("churn.gender", "Female"))),
            ("how many of those have left?", customers(both(is_("churn.gender", "Female"), LEFT))),
        ],
    ),
    (
        "churn",
        [
            ("How many customers are on a two year contract?", customers(is_("churn.Contract", "Two year"))),
            ("just the women", customers(both(is_("churn.Contract", "Two year"), is_("churn.gender", "Female")))),
            ("who are they?", listed(both(is_("churn.Contract", "Two year"), is_("churn.gender", "Female")))),
        ],
    ),
]


@pytest.mark.parametrize(("name", "question", "wanted"), CASES, ids=[f"{n}: {q}" for n, q, _ in CASES])
def test_everyday_questions(
    business: Callable[[str], tuple[Context, Understander]], name: str, question: str, wanted: Plan
) -> None:
    assert plan(business(name)[1], question) == normal(wanted)


@pytest.mark.parametrize(
    ("name", "turns"), CONVERSATIONS, ids=[f"{n}: {' / '.join(q for q, _ in turns)}" for n, turns in CONVERSATIONS]
)
def test_everyday_follow_ups(
    business: Callable[[str], tuple[Context, Understander]], name: str, turns: list[tuple[str, Plan]]
) -> None:
    context, reader = business(name)
    found = converse(context, reader, [question for question, _ in turns])  # pyright: ignore[reportArgumentType]
    assert found == [normal(wanted) for _, wanted in turns]


@pytest.mark.parametrize(
    ("right", "typed"),
    [
        ("How many senior citizens have churned?", "How many senoir citizens have churned?"),
        ("What is the churn rate by contract?", "Could you tell me the churn rate by contract, please?"),
        ("What is the median tenure by contract?", "What is the median tenure by contrcat?"),
        ("How many customers have left?", "How many customers have quit?"),
    ],
)
def test_slips_and_courtesies_change_nothing(
    business: Callable[[str], tuple[Context, Understander]], right: str, typed: str
) -> None:
    reader = business("churn")[1]
    assert plan(reader, right) is not None
    assert plan(reader, typed) == plan(reader, right)


@pytest.mark.parametrize("word", ["weather", "competitor", "warranty", "carbon", "franchise"])
@pytest.mark.parametrize(
    "question",
    [
        "Revenue by {}",
        "How many customers bought a {}?",
        "Top 3 products by {}",
        "What share of revenue comes from the {}?",
        "What was the {} last month?",
    ],
)
def test_a_word_of_no_column_is_not_answered(
    business: Callable[[str], tuple[Context, Understander]], question: str, word: str
) -> None:
    assert plan(business("shop")[1], question.format(word)) is None
