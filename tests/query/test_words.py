"""What is said: plans as exact English, windows as dates, figures as people read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from segue.tools.query import phrasing
from segue.tools.query.english import say_condition, say_find, say_predicate, say_query
from segue.tools.query.groups import band_label, round_width
from segue.tools.query.plan import Condition, FindCustomers, Query, Window
from segue.tools.query.windows import add_months, back, period_bounds, resolve, say_period
from segue.tools.semantic.schema import Model
from tests.query.drawn import parse, shop_model
from tests.query.test_traps import CUSTOMERS, ORDERS, REVENUE, Trap, both, col, did, either, no

DRAWING = """
customers
customer | country | age | insured | churned
a        | DE      | 1   | Yes     | No

orders
order_id | customer | day        | total | status | due        | delivered
1        | a        | 2024-01-01 | 1     | x      | 2024-01-01 | 2024-01-01

lines
order_id | product | price
1        | tea     | 1
"""
MODEL = Model.model_validate(shop_model(parse(DRAWING)))
ADAPTER: TypeAdapter[Any] = TypeAdapter(Condition)
RECENT = {"last": 90, "unit": "days"}
CHURNED = {"kind": "label", "label": "churned"}

CONDITIONS = [
    (col("customers.country", "=", "DE"), "whose country is DE", "country is DE"),
    (col("customers.country", "in", ["DE", "FR", "UK"]), "whose country is DE, FR or UK", "country is DE, FR or UK"),
    (col("customers.country", "not in", ["DE", "FR"]), "whose country is not DE or FR", "country is not DE or FR"),
    (col("customers.country", "missing"), "whose country is not recorded", "country is not recorded"),
    (col("customers.age", ">=", 18), "whose age is at least 18", "age is at least 18"),
    (col("customers.age", "between", [18, 24]), "whose age is from 18 to 24", "age is from 18 to 24"),
    (no(col("customers.age", "<", 18)), "not (whose age is below 18)", "not (age is below 18)"),
    (col("customers.insured", "yes"), "who are insured", "insured is yes"),
    (no(col("customers.insured", "yes")), "who are not insured", "not (insured is yes)"),
    (col("orders.status", "=", "x"), "with an order whose status is x", "status is x"),
    (no(col("orders.status", "=", "x")), "with no order whose status is x", "not (status is x)"),
    (col("orders.day", "<", "2024-05-01"), "with an order whose day is before 1 May 2024", "day is before 1 May 2024"),
    (col("orders.delivered", ">", None, other="orders.due"), "with an order whose delivered is after due", "delivered is after due"),
    (col("orders.day", "=", "Saturday", part="weekday"), "with an order whose day of the week of day is Saturday", None),
    (col("lines.product", "contains", "red tea"), "with a line whose product contains “red tea”", "product contains “red tea”"),
    (col("lines.product", "starts with", "red"), "with a line whose product begins with “red”", None),
    (did("orders"), "with at least one order", "there is at least one order"),
    (no(did("orders", window=RECENT)), "with no order in the last 90 days", "there is no order in the last 90 days"),
    (did("orders", op=">=", times=3), "with at least 3 orders", None),
    (did("orders", op="=", times=1), "with exactly 1 order", None),
    (did("orders", where=col("orders.total", ">", 100)), "with at least one order where total is above 100", None),
    ({"kind": "value", "value": REVENUE, "op": ">=", "number": 2000}, "whose revenue is at least 2,000", "the customer's revenue is at least 2,000"),
    ({"kind": "value", "value": ORDERS, "op": ">", "number": 1}, "with more than 1 order", "the customer has more than 1 order"),
    ({"kind": "value", "value": REVENUE, "op": ">", "number": 10, "per": "order"}, "with an order whose revenue is above 10", None),
    (
        {"kind": "value", "value": {"column": "orders.day", "stat": "max"}, "op": "<", "date": "2024-05-01"},
        "whose last day was before 1 May 2024",
        "the customer's last day was before 1 May 2024",
    ),
    ({"kind": "top", "value": REVENUE, "share": 0.1}, "among the top 10% of customers by revenue", None),
    ({"kind": "top", "value": REVENUE, "number": 5, "end": "bottom"}, "among the bottom 5 of customers by revenue", None),
    ({"kind": "segment", "segment": "Champions", "scheme": "rfm"}, "in the segment Champions", None),
    (CHURNED, "who churned", None),
    (no(CHURNED), "who have not churned", None),
    (both(CHURNED, either(did("orders"), col("customers.age", "<", 30))), "who churned and (with at least one order or whose age is below 30)", None),
]


@pytest.mark.parametrize(("condition", "of_customers", "of_rows"), CONDITIONS)
def test_conditions(condition: dict, of_customers: str, of_rows: str | None):
    tree = ADAPTER.validate_python(condition)
    assert say_condition(MODEL, tree) == of_customers
    if of_rows is not None:
        assert say_condition(MODEL, tree, of="row") == of_rows


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (CHURNED, "churned"),
        (no(did("orders", window=RECENT)), "have no order in the last 90 days"),
        (col("customers.country", "=", "DE"), "have country DE"),
        (both(col("customers.insured", "yes"), CHURNED), "are insured and churned"),
        ({"kind": "top", "value": REVENUE, "share": 0.25}, "are among the top 25% of customers by revenue"),
    ],
)
def test_predicates(condition: dict, said: str):
    assert say_predicate(MODEL, ADAPTER.validate_python(condition)) == said


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"measures": [REVENUE]}, "revenue"),
        ({"measures": [REVENUE], "window": {"calendar": "month", "offset": -1}}, "revenue, last month"),
        ({"measures": [REVENUE], "window": {"start": "2011-07-01", "end": "2011-09-30"}}, "revenue, in Q3 2011"),
        (
            {"measures": [CUSTOMERS], "by": [{"column": "customers.country"}], "customers": no(did("orders")), "limit": 5},
            "customers by country, of customers with no order, the first 5",
        ),
        (
            {"measures": [{"kind": "rate", "condition": CHURNED, "among": col("customers.age", "<", 30)}], "compare": "difference",
             "by": [{"condition": col("customers.insured", "yes"), "labels": ["insured", "others"]}]},
            "the share of customers whose age is below 30 who churned by insured or others, the first group less the second",
        ),
        (
            {"measures": [{"metric": "revenue", "per": "customer", "over": "median"}], "by": [{"column": "orders.day", "part": "month"}]},
            "median revenue per customer by month of day",
        ),
        (
            {"measures": [{"kind": "ratio", "top": REVENUE, "bottom": ORDERS}],
             "having": [{"measure": CUSTOMERS, "op": ">=", "number": 30}], "by": [{"column": "customers.age", "bands": [18, 25]}]},
            "revenue divided by orders by age in bands from 18 and 25, only groups whose customers is at least 30",
        ),
    ],
)  # fmt: skip
def test_queries(plan: dict, said: str):
    assert say_query(MODEL, Query.model_validate(plan)) == said


def test_definitions():
    plan = FindCustomers.model_validate({"condition": col("customers.country", "=", "DE"), "show": [REVENUE], "limit": 10})
    assert say_find(MODEL, plan) == "the top 10 by revenue of customers whose country is DE"


def test_a_definition_states_its_dates():
    lapsed = FindCustomers.model_validate({"condition": no(did("orders", window=RECENT))})
    said = say_find(MODEL, lapsed, dates=lambda window, table: "11 Sep 2011 to 9 Dec 2011")
    assert said == "customers with no order in the last 90 days (11 Sep 2011 to 9 Dec 2011)"


class TestReplies(Trap):
    """
    customers
    customer | country | age | churned
    a        | DE      | 20  | Yes
    b        | DE      | 30  | No
    c        | FR      | 40  | No
    d        | UK      | 50  | No

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-10 | 10
    2        | b        | 2024-02-10 | 20.5
    3        | c        | 2024-03-10 | 1000
    4        | c        | 2024-03-31 | 1000
    """

    @pytest.mark.parametrize(
        ("plan", "said"),
        [
            ({"measures": [REVENUE]}, "Revenue is 2,030.50."),
            ({"measures": [CUSTOMERS]}, "There are 4 customers."),
            ({"measures": [CUSTOMERS], "where": col("customers.country", "=", "FR")}, "There is 1 customers whose country is FR."),
            ({"measures": [ORDERS], "window": {"start": "2024-03-01", "end": "2024-03-31"}}, "There are 2 orders in March 2024."),
            ({"measures": [{"metric": "churn_rate"}]}, "25.0% of customers churned: 1 of 4."),
            ({"measures": [{"column": "orders.total", "stat": "median"}]}, "Median total is 510.25."),
            ({"measures": [{"metric": "revenue", "per": "customer"}]}, "Average revenue per customer is 676.83."),
            (
                {"measures": [{"metric": "revenue", "where": col("customers.country", "=", "DE"), "share": "total"}]},
                "Revenue where country is DE makes up 1.5% of the total.",
            ),
            (
                {"measures": [{"metric": "churn_rate"}], "by": [{"column": "customers.country"}]},
                "DE has the highest churn rate: 50.0% (1 of 2), then FR (0.0%) and UK (0.0%).",
            ),
            (
                {"measures": [REVENUE], "by": [{"column": "customers.country"}], "limit": 1},
                "FR has the highest revenue: 2,000.00 (98.5% of all 2,030.50), then DE (30.50). There are 2 countries in all.",
            ),
            (
                {"measures": [REVENUE], "by": [{"column": "orders.day", "part": "month"}]},
                "Revenue by month: Jan 2024 (10.00), Feb 2024 (20.50) and Mar 2024 (2,000.00).",
            ),
            (
                {"measures": [{"kind": "correlation", "x": {"column": "customers.age", "stat": "mean"}, "y": REVENUE}]},
                "The correlation of average age and revenue is 0.868, over 3 customers: a strong positive link. "
                "The two rise together; that doesn't show that one causes the other.",
            ),
            (
                {"measures": [{"kind": "concentration", "value": REVENUE, "share": 0.25}]},
                "The top 25% of customers by revenue hold 98.5% of the revenue.",
            ),
        ],
    )  # fmt: skip
    def test_first_sentence(self, shop: Any, plan: dict, said: str):
        from tests.query.kit import ask

        assert ask(shop, **plan).summary == said.replace("1 customers", "1 customer")

    def test_suggestions_are_about_the_same_measure(self, shop: Any):
        from tests.query.kit import ask

        assert ask(shop, measures=[REVENUE]).suggestions == ("Revenue by country?", "Revenue by month?")


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1461756.25, "money", "1,461,756.25"), (-3.5, "money", "-3.50"), (0.2654, "share", "26.5%"), (0.0078, "share", "0.78%"),
        (0.0, "share", "0.0%"), (1.0, "share", "100.0%"), (4372, "count", "4,372"), (1, "days", "1 day"), (12.5, "days", "12.50 days"),
        (0.566121, "ratio", "0.566"), (3.7585, "score", "3.76"), ("2011-12-09", "date", "9 Dec 2011"), (None, "money", "not known"),
        (18.5, "percent", "18.50%"), (True, None, "yes"),
    ],
)  # fmt: skip
def test_figures(value: Any, unit: str | None, said: str):
    assert phrasing.say_value(value, unit) == said


def test_money_with_a_currency():
    assert phrasing.say_money(1234.5, "GBP") == "£1,234.50"
    assert phrasing.say_money(-2, "CHF") == "-2.00 CHF"
    assert phrasing.say_points(0.18075) == "18.1 percentage points"
    assert phrasing.say_points(0.01) == "1.0 percentage point"


@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False))
def test_a_figure_can_be_checked(value: float):
    """What is said is the figure, to within a hundredth of itself."""
    said = float(phrasing.say_number(value).replace(",", ""))
    assert said == pytest.approx(value, rel=0.01, abs=1e-9)


@pytest.mark.parametrize(
    ("one", "many"),
    [("category", "categories"), ("box", "boxes"), ("day", "days"), ("country", "countries"), ("address", "addresses"), ("order", "orders")],
)
def test_plurals(one: str, many: str):
    assert (phrasing.plural(one), phrasing.plural(many), phrasing.singular(many)) == (many, many, one)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2050, 12, 31)), st.integers(1, 40))
def test_months_back(day: dt.date, n: int):
    earlier = back(day, n, "months")
    assert (earlier.year * 12 + earlier.month) == day.year * 12 + day.month - n
    assert earlier.day == day.day or (earlier + dt.timedelta(days=1)).day == 1


@given(st.dates(dt.date(1990, 1, 1), dt.date(2050, 12, 31)), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_periods_tile_time(day: dt.date, period: Any):
    start, after = period_bounds(period, day)
    assert start <= day < after
    assert period_bounds(period, day, -1)[1] == start
    assert period_bounds(period, after)[0] == after


@given(st.dates(dt.date(1990, 1, 1), dt.date(2050, 12, 31)), st.integers(1, 400), st.sampled_from(["days", "weeks", "months", "years"]))
def test_a_window_and_the_one_before_meet(now: dt.date, n: int, unit: Any):
    this, before = (resolve(Window(last=n % 50 + 1, unit=unit, before=b), now) for b in (0, 1))
    assert before.end == this.start
    assert this.end == dt.datetime.combine(now + dt.timedelta(days=1), dt.time())


def test_month_ends():
    assert add_months(dt.date(2024, 3, 31), -1) == dt.date(2024, 2, 29)
    assert back(dt.date(2023, 3, 31), 1, "months") == dt.date(2023, 2, 28)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ((2011, 11, 1), (2011, 11, 30), "in November 2011"), ((2011, 7, 1), (2011, 9, 30), "in Q3 2011"),
        ((2011, 1, 1), (2011, 12, 31), "in 2011"), ((2011, 9, 10), (2011, 12, 9), "from 10 Sep 2011 to 9 Dec 2011"),
        ((2011, 12, 9), (2011, 12, 9), "on 9 Dec 2011"), ((2017, 1, 1), None, "since 1 Jan 2017"), (None, (2011, 12, 9), "up to 9 Dec 2011"),
    ],
)  # fmt: skip
def test_periods_said(first: tuple | None, last: tuple | None, said: str):
    assert say_period(first and dt.date(*first), last and dt.date(*last)) == said


def test_bands():
    assert [band_label((18, 25, 35), i, whole=True) for i in range(4)] == ["under 18", "18-24", "25-34", "35+"]
    assert [band_label((0.5, 1), i, whole=False) for i in range(3)] == ["under 0.5", "0.5 to under 1", "1+"]
    assert [band_label((1, 2), i, whole=True) for i in range(3)] == ["under 1", "1", "2+"]
    assert [round_width(w) for w in (0.3, 7, 12, 21, 333)] == [0.5, 10, 20, 25, 500]
