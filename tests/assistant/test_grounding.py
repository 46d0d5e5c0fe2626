"""Every figure of a reply is in a result, with the name it belongs to: what must pass, and what a liar would write."""

import pytest

from segue.assistant.grounding import problems
from segue.tools.disclosure import Placeholders
from segue.tools.results import Column, Headline, Result

REVENUE = Result(
    tool="query",
    arguments={"measures": [{"metric": "revenue"}], "by": [{"column": "orders.country"}]},
    columns=(Column("country", "text"), Column("revenue", "number", "money"), Column("customers", "integer", "count")),
    rows=(("Germany", 12345.6, 40), ("France", 9021.0, 35), ("Bed and Bath", 8000.0, 12)),
    row_count=3,
    headline=Headline("Germany", 12345.6, "money"),
    summary="Germany brought the most revenue, 12,345.60, in the 30 days to 9 December 2011; the total was 29,366.60.",
    as_of="2011-12-09",
)
CHURN = Result(
    tool="query",
    arguments={"measures": [{"kind": "rate", "of": "customer"}], "by": [{"column": "customers.contract"}]},
    columns=(Column("contract", "text"), Column("churn rate", "number", "share"), Column("customers", "integer", "count")),
    rows=(("Month-to-month", 0.4271, 3875), ("Two year", 0.0283, 1695)),
    row_count=2,
    headline=Headline("Month-to-month", 0.4271, "share"),
    summary="Month-to-month customers churn most, 42.7%; the difference to two-year contracts is 39.9 percentage points.",
)
CHANGE = Result(
    tool="query",
    arguments={"measures": [{"metric": "revenue"}], "by": [{"column": "stores.city"}], "compare": "previous"},
    columns=(Column("city", "text"), Column("revenue", "number", "money"), Column("change", "number", "share")),
    rows=(("Leeds", 500.0, -0.12), ("York", 900.0, 0.08)),
    row_count=2,
)
MONTHS = Result(
    tool="query",
    arguments={"measures": [{"metric": "orders"}], "by": [{"column": "orders.day", "part": "month"}]},
    columns=(Column("month", "date"), Column("orders", "integer", "count")),
    rows=(("2011-10", 210), ("2011-11", 260)),
    row_count=2,
    as_of="2011-12-09",
)


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ("Germany leads with £12,345.60.", REVENUE),
        ("Germany leads with 12,346, ahead of France with 9,021.", REVENUE),
        ("Germany took about 12,300 and Bed and Bath 8,000.", REVENUE),
        ("Germany leads with 12.3k from 40 customers.", REVENUE),
        ("9,021 came from France, 12,345.60 from Germany.", REVENUE),
        ("All three countries together brought 29,366.60 in the last 30 days.", REVENUE),
        ("To 9 December 2011 Germany was first.", REVENUE),
        ("In December 2011 the 1st was Germany.", REVENUE),
        ("1. Germany: 12,345.60\n2. France: 9,021", REVENUE),
        ("42.7% of month-to-month customers churned, against 2.8% of those on two year contracts.", CHURN),
        ("Month-to-month customers churn most (43 percent), 39.9 percentage points above the two year ones.", CHURN),
        ("The rate for month-to-month is 0.427.", CHURN),
        ("Almost 3,900 customers are month-to-month.", CHURN),
        ("Leeds fell by 12%, York rose by 8%.", CHANGE),
        ("Orders were 210 in October 2011 and 260 in November 2011.", MONTHS),
        ("Germany has the highest revenue where the customer is not from Bed and Bath (or France): 12,345.60.", REVENUE),
        ("Thousands were spent in Germany, by dozens of customers.", REVENUE),
        ("No one stands out, and that is one of the reasons to look again.", REVENUE),
    ],
)
def test_a_true_reply_passes(reply: str, result: Result) -> None:
    assert problems(reply, [result], question="revenue by country in the last 30 days") == []


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ("Germany leads with 15,000.", REVENUE),  # invented
        ("Germany leads with 12,345.60, which is 42% of the total.", REVENUE),  # a percentage of nothing
        ("Germany took 9,021 and France 12,345.60.", REVENUE),  # swapped
        ("9,021 came from Germany, 12,345.60 from France.", REVENUE),  # swapped, the other way round
        ("In France, 12,346 was spent while 9,021 went to Germany.", REVENUE),
        ("Bed and Bath took 9,021.", REVENUE),
        ("Germany is 3,324.60 ahead of France.", REVENUE),  # worked out, not stated
        ("Germany and France together took 21,366.60.", REVENUE),
        ("fifteen thousand was spent in Germany.", REVENUE),  # spelled out
        ("Half of the revenue came from Germany.", REVENUE),
        ("Thirty-one customers bought.", REVENUE),
        ("Millions were spent by customers in Germany.", REVENUE),
        ("Hundreds of customers bought.", REVENUE),
        ("Germany has 40% of them.", REVENUE),  # a count read as a share
        ("Germany has 40 customers, five of them new.", REVENUE),
        ("The 7th is Spain.", REVENUE),
        ("On 3 March 2012 Germany led.", REVENUE),  # an invented day
        ("By Q2 2014 Germany led.", REVENUE),
        ("Germany has £40.", REVENUE),  # a count read as money
        ("Two year customers churn most, 42.7%.", CHURN),
        ("Month-to-month customers churn 427% more.", CHURN),
        ("They are 25 percentage points apart.", CHURN),
        ("Leeds rose by 12%.", CHANGE),  # the wrong way
        ("York fell by 8%.", CHANGE),
        ("Orders were 260 in 2011-10.", MONTHS),
        ("Orders were 260 in October 2011, then 210 in November 2011.", MONTHS),
        ("Sales trebled to 12 345,6 million.", REVENUE),
        ("customer#4 spent 12,345.60.", REVENUE),  # a placeholder that stands for nobody
    ],
)
def test_a_false_reply_is_refused(reply: str, result: Result) -> None:
    names = Placeholders()
    assert problems(reply, [result], question="revenue by country in the last 30 days", placeholders=names)


def test_nothing_is_known_without_results() -> None:
    assert problems("Revenue was 5.", [], question="revenue?") == ['"5" is in no result.']
    assert problems("Hello, what would you like to know?", []) == []


def test_the_question_and_the_arguments_are_known() -> None:
    result = Result(tool="find_customers", arguments={"limit": 7, "share": 0.1}, row_count=7)
    assert problems("Here are 7 customers, the top 10% over 250.", [result], question="who spent over 250?") == []


def test_figures_of_two_calls_keep_their_populations() -> None:
    def one(country: str, value: float) -> Result:
        where = {"kind": "column", "column": "c.country", "op": "=", "value": country}
        return Result(
            tool="query",
            arguments={"measures": [{"metric": "revenue"}], "where": where},
            columns=(Column("revenue", "number", "money"),),
            rows=((value,),),
            row_count=1,
        )

    results = [one("Germany", 500.0), one("France", 700.0)]
    assert problems("Germany took 500, France 700.", results) == []
    assert problems("Germany took 700, France 500.", results)


def test_placeholders_are_names_and_the_figures_go_with_them() -> None:
    names = Placeholders()
    rows = ((17001, 90.0), (17002, 80.0))
    columns = (Column("customer", "integer", key=True), Column("revenue", "number", "money"))
    for key, _ in rows:
        names.hide("customer", key)
    result = Result(tool="query", arguments={}, columns=columns, rows=rows, row_count=2)
    assert problems("customer#1 spent 90, customer#2 spent 80.", [result], placeholders=names) == []
    assert problems("customer#1 spent 80, customer#2 spent 90.", [result], placeholders=names)
    assert names.put_back("customer#1 spent 90.") == "17001 spent 90."


def test_a_number_is_a_name_where_its_column_says_so() -> None:
    stores = Result(
        tool="query",
        arguments={"measures": [{"metric": "revenue"}], "by": [{"column": "sales.store_id"}]},
        columns=(Column("store id", "integer"), Column("revenue", "number", "money")),
        rows=((523, 900.0), (407, 700.0)),
        row_count=2,
    )
    assert problems("Store 523 took 900, store 407 took 700.", [stores]) == []
    assert problems("Store 523 took 700, store 407 took 900.", [stores])
    assert problems("Store 523 is first, with 900, then 407 (700).", [stores]) == []
    assert problems("Store 523 is first, with 700, then 407 (900).", [stores])
