"""What describe says: exact figures of this data, definitions from the model file, conventions, what can be asked."""

from __future__ import annotations

import datetime as dt

import pytest

from segue.tools.conventions import CONVENTIONS
from segue.tools.definitions import define
from segue.tools.describe import TOPICS, describe
from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.segments.arguments import Describe
from tests.segments.worlds import column, members, members_model, shop, shop_model

TODAY = dt.date(2012, 1, 8)


def says(context, topic: str, name: str | None = None) -> str:
    return describe(context, Describe(topic=topic, name=name), TODAY).summary


RETURNS = (
    "Rows of transactions where InvoiceNo starts with C are cancellations or returns: 9,288 rows in 3,836 orders. They are in the "
    "number of orders (distinct order ids), and in revenue with negative money (-£896,812.49), so revenue is net of them. They are no "
    "order for RFM frequency, and no purchase for churn risk."
)


def test_are_credit_notes_in_the_number_of_orders(retail):
    assert says(retail, "definition", "orders") == f"An order is a distinct InvoiceNo in transactions: 25,900 of them. {RETURNS}"
    assert says(retail, "definition", "credit notes") == RETURNS


def test_how_two_orders_are_known_to_be_the_same_person(retail):
    assert says(retail, "definition", "customer") == (
        "A customer is a distinct CustomerID in transactions: 4,372 of them. Two orders are the same person's when they lead to the "
        "same CustomerID; nothing else (a name, an address) is used to match people. 135,080 of its 541,909 rows have no CustomerID: "
        "they count for revenue, not for customers."
    )


def test_a_person_with_several_accounts(make):
    """As in a shop whose customer id is new for every order."""
    from segue.tools.semantic.schema import Model

    base = shop_model().model_dump(by_alias=True)
    people = base["tables"]["people"]
    people["columns"]["person_id"] = column("integer", "customer")
    base["entities"]["customer"]["key"] = "people.person_id"
    world = shop(30)
    world["people"]["person_id"] = world["people"]["id"] // 2
    text = says(make(Model.model_validate(base), **world), "definition", "customers")
    assert text.startswith("A customer is a distinct person_id in people: 15 of them. Two orders are the same person's when they lead to ")
    assert "even where their id (30 of them) differ" in text


def test_metrics(retail, telco):
    assert says(retail, "definition", "turnover").startswith(
        "Revenue is the sum of Quantity x UnitPrice over the rows of transactions, in GBP. Rows of transactions where InvoiceNo starts "
    )
    ratio = says(retail, "definition", "average order value")
    assert ratio.startswith("Average order value is revenue divided by orders. Revenue is the sum")
    assert says(telco, "definition", "churn rate").startswith(
        "Churn rate is what happened: those who are churned, over all customers. Churned means Churn is Yes: 1,869 of 7,043 customers "
    )


def test_what_churned_means(retail, telco):
    assert says(telco, "definition", "churned") == "Churned means Churn is Yes: 1,869 of 7,043 customers (26.5%)."
    assert says(retail, "definition", "churned").startswith(
        "The data has no label that says who left. Churn risk is the probability of no purchase in the next 90 days (85% of gaps "
        "between purchases are 86 days or shorter)"
    )


def test_excluded_rows(make):
    from segue.tools.semantic.schema import Model

    base = shop_model().model_dump(by_alias=True)
    base["metrics"]["revenue"]["excludes"] = {"column": "shelf", "in": ["cups"]}
    world = shop(30)
    cups = int((world["sales"]["shelf"] == "cups").sum())
    text = says(make(Model.model_validate(base), **world), "definition", "revenue")
    assert f"Rows where shelf is cups don't count ({cups:,} rows of {len(world['sales']):,})." in text


def test_segments(retail, telco):
    champions = "Champions are customers with recency score 5, frequency score 5 and monetary score 5."
    assert says(retail, "definition", "Champions").startswith(champions)
    assert says(retail, "definition", "cant lose them").startswith("Can't Lose Them are customers with recency score 1 to 2")
    result = describe(retail, Describe(topic="segments"), TODAY)
    assert len(result.rows) == 10
    assert "Where a question says only segment, RFM is meant." in result.summary
    none = "The data has no dated purchases, so there is no RFM. Where a question says only segment, contract is meant."
    assert says(telco, "segments").startswith(none)


def test_today(retail, telco):
    assert says(retail, "today") == (
        "Today is taken to be 9 Dec 2011, the last day recorded in InvoiceDate of transactions; the computer's own date is never used. "
        "Periods such as the last 30 days roll back from it."
    )
    old = describe(retail, Describe(topic="today"), dt.date(2012, 2, 9)).summary
    assert old.endswith("The newest data is 62 days old.")
    assert says(telco, "today") == "The data has no dates, so there is no today: nothing can be asked by period."


def test_the_data(retail, telco):
    assert says(retail, "data") == (
        "The data is 1 table: transactions (541,909 rows). It covers 1 Dec 2010 to 9 Dec 2011. A customer is a distinct CustomerID in "
        "transactions: 4,372 of them. An order is a distinct InvoiceNo in transactions: 25,900 of them. Metrics: revenue, orders, "
        "customers, units and average order value. It has no label that says who left."
    )
    assert "It has no dates, so nothing can be asked by period." in says(telco, "data")
    assert says(retail, "table") == "transactions holds events (sales): 541,909 rows and 9 columns. It covers 1 Dec 2010 to 9 Dec 2011."


def test_a_column(telco):
    result = describe(telco, Describe(topic="column", name="contract"), TODAY)
    assert result.rows == (("Month-to-month", 3875), ("Two year", 1695), ("One year", 1473))
    assert result.summary.startswith("Contract is a column of customers: text, 3 different values, 0 of 7,043 rows empty.")


def test_who_is_who_is_not_listed(telco):
    result = describe(telco, Describe(topic="column", name="customerID"), TODAY)
    assert result.rows == ()
    assert "Commonest" not in result.summary


def test_conventions(retail):
    assert "roll back from the last recorded day" in says(retail, "definition", "past month")
    assert "the previous full calendar ones" in says(retail, "definition", "last month")
    assert "received one and did not engage" in says(retail, "definition", "ignored")


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.words[0])
def test_every_convention_is_found_by_each_of_its_words(make, convention):
    club = make(members_model(), members=members(30))
    for word in convention.words:
        assert any(convention.text in e.text or e.kind != "convention" for e in define(club, word)), word


def test_unknown_names(retail):
    with pytest.raises(QuestionError, match=r"'revenu' has no definition here.*Did you mean 'revenue'"):
        describe(retail, Describe(topic="definition", name="revenu"))
    with pytest.raises(DefinitionError, match=r"no table 'transaction'.*Did you mean 'transactions'"):
        describe(retail, Describe(topic="table", name="transaction"))


def test_what_can_be_asked_fits_the_data(retail, telco):
    shop_can, telco_can = says(retail, "abilities"), says(telco, "abilities")
    assert '"Revenue by country"' in shop_can
    assert "revenue" not in telco_can.lower()
    assert "Which customers with country United Kingdom spent more than 500 in the last 90 days?" in says(retail, "make_segment")


def test_every_topic_answers_everywhere(make):
    club = make(members_model(), members=members(30))
    for topic in (*TOPICS, "today"):
        name = "plan" if topic == "column" else None
        assert says(club, topic, name)
