"""What inference makes of the shapes that companies bring: the essentials of each, and a few models whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.tools.semantic.check import problems
from segue.tools.semantic.infer import infer
from segue.tools.semantic.modelfile import load_text, text_of
from segue.tools.semantic.schema import Model
from tests.semantic.made import made
from tests.semantic.zoo import ZOO


def inferred(folder: Path, tables: dict[str, Any]) -> tuple[Model, list[str]]:
    facts, engine = made(folder, tables)
    try:
        return infer(facts, engine, "made")
    finally:
        engine.close()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Model, list[str]]]:
    """Every data set of the zoo, inferred once."""
    return {name: inferred(tmp_path_factory.mktemp(name), tables) for name, tables in ZOO.items()}


# name: (customer, order, revenue's column, clock, main scheme or None where any will do, the churn label's test or event)
ESSENTIALS: dict[str, tuple[str, str | None, str | None, str | None, str | None, str | None]] = {
    "bank_churn": ("Churn_Modelling.CustomerId", None, None, None, None, "Churn_Modelling.Exited"),
    "bank_cards": ("BankChurners.CLIENTNUM", None, None, None, None, "BankChurners.Attrition_Flag"),
    "shop_churn": ("E_Comm.CustomerID", None, None, None, None, "E_Comm.Churn"),
    "grocer": (
        "hh_demographic.household_key",
        "transaction_data.BASKET_ID",
        "transaction_data.SALES_VALUE",
        None,
        None,
        None,
    ),
    "grocer_dated": (
        "demographics.household_id",
        "transactions.basket_id",
        "transactions.sales_value",
        "transactions.transaction_timestamp",
        "rfm",
        None,
    ),
    "saas": ("accounts.account_id", None, None, "feature_usage.usage_date", None, "accounts.churn_flag"),
    "gym": ("members.member_no", None, None, "check_ins.checkin_time", None, "members.cancelled_on"),
    "hotel": ("guests.guest_id", "bookings.booking_ref", "bookings.total_amount", "bookings.booking_date", "rfm", None),
    "bank": ("clients.client_id", "transactions.trans_id", None, "transactions.trans_date", "rfm", None),
    "insurer": ("policyholders.policyholder_id", None, None, "policies.start_date", None, "policies.status"),
    "charity": ("donors.donor_id", "donations.donation_id", "donations.amount", "donations.donation_date", "rfm", None),
    "loyalty_shop": (
        "customers.cust_id",
        "orders.order_id",
        "order_lines.amount",
        "orders.ordered_at",
        "rfm",
        "cancellations",
    ),
    "superstore": ("Orders.Customer ID", "Orders.Order ID", "Orders.Sales", "Orders.Order Date", "rfm", None),
    "marketing": ("marketing_campaign.ID", None, None, "marketing_campaign.Dt_Customer", None, None),
    "bank_marketing": ("bank.row_number", None, None, None, None, None),
    "wholesale": ("Wholesale_customers_data.row_number", None, None, None, None, None),
    "telecom_calls": ("churn_bigml.Phone number", None, None, None, None, "churn_bigml.Churn"),
    "telco_long": ("telco.Customer ID", None, None, None, None, "telco.Churn Label"),
    "web_events": ("events.user_id", "events.order_key", "events.price", "events.event_time", "rfm", None),
    "subs_only": ("subscribers.msisdn", None, None, "usage.month_start", None, "subscribers.status"),
    "store_sales": ("daily_sales.row_number", None, "daily_sales.weekly_sales", "daily_sales.date", None, None),
    "lines_priced_elsewhere": ("sales.client", "sales.sale_id", "sales.amount", "sales.sold_on", "rfm", None),
    "baskets_unpriced": ("orders.user_id", "orders.order_id", None, None, None, None),
    "music_stream": (
        "members.msno",
        "transactions.order_key",
        "transactions.actual_amount_paid",
        "transactions.transaction_date",
        "rfm",
        "train.is_churn",
    ),
    "airline": (
        "Customer_Loyalty_History.Loyalty Number",
        None,
        None,
        None,
        None,
        "Customer_Loyalty_History.Cancellation Year",
    ),
    "restaurant": (
        "order_details.row_number",
        "order_details.order_id",
        "order_details.amount",
        "order_details.order_date",
        None,
        None,
    ),
    "supermarket": (
        "supermarket_sales.row_number",
        "supermarket_sales.Invoice ID",
        "supermarket_sales.Total",
        "supermarket_sales.Date",
        None,
        None,
    ),
    "hotel_demand": (
        "hotel_bookings.row_number",
        None,
        "hotel_bookings.amount",
        "hotel_bookings.reservation_status_date",
        None,
        None,
    ),
    "crm": (
        "accounts.account",
        "sales_pipeline.opportunity_id",
        "sales_pipeline.close_value",
        "sales_pipeline.engage_date",
        "rfm",
        None,
    ),
    "music_shop": (
        "Customer.CustomerId",
        "Invoice.InvoiceId",
        "InvoiceLine.amount",
        "Invoice.InvoiceDate",
        "rfm",
        None,
    ),
    "groceries_list": (
        "Groceries_dataset.Member_number",
        "Groceries_dataset.order_key",
        None,
        "Groceries_dataset.Date",
        None,
        None,
    ),
    "mall": ("Mall_Customers.CustomerID", None, None, None, None, None),
    "valued": ("history.id", "transactions.order_key", "transactions.purchaseamount", "transactions.date", "rfm", None),
    "car_insurance": ("Marketing_Customer_Value.Customer", None, None, None, None, None),
    "northwind": ("Customers.CustomerID", "Orders.OrderID", "Order_Details.amount", "Orders.OrderDate", "rfm", None),
    "retail_2": (
        "online_retail_II.Customer ID",
        "online_retail_II.Invoice",
        "online_retail_II.amount",
        "online_retail_II.InvoiceDate",
        "rfm",
        None,
    ),
    "subscribers_one_row": ("userbase.User ID", None, None, "userbase.Last Payment Date", None, None),
}


@pytest.mark.parametrize("name", ESSENTIALS)
def test_essentials(name: str, models: dict[str, tuple[Model, list[str]]]) -> None:
    model, _ = models[name]
    customer, order, revenue, clock, scheme, churn = ESSENTIALS[name]
    assert model.entities["customer"].key == customer
    assert (model.entities["order"].key if "order" in model.entities else None) == order
    assert (model.metrics["revenue"].of if "revenue" in model.metrics else None) == revenue
    assert model.clock == clock
    if scheme is not None:
        assert model.main_scheme == scheme
    label = model.labels.get("churned")
    assert (label and (label.event or (label.test and label.test.column))) == churn


@pytest.mark.parametrize("name", ZOO)
def test_every_inferred_model_holds_together_and_survives_its_file(
    name: str, models: dict[str, tuple[Model, list[str]]]
) -> None:
    model, unsure = models[name]
    assert problems(model) == []
    assert load_text(text_of(model, unsure)) == model


def test_the_row_number_beside_a_customer_id_is_no_key(models: dict[str, tuple[Model, list[str]]]) -> None:
    table = models["bank_churn"][0].tables["Churn_Modelling"]
    assert table.key == "CustomerId"
    assert table.columns["RowNumber"].role == "line"


def test_a_data_dictionary_disturbs_nothing(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, _ = models["shop_churn"]
    sheet = model.tables["Data_Dict"]
    assert sheet.kind == "lookup"
    assert {c.class_ for c in sheet.columns.values()} == {"free_text"}
    assert not model.joins
    assert "Data_Dict" not in {m.count for m in model.metrics.values()}


def test_numbers_of_days_and_weeks_are_no_dates(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, unsure = models["grocer"]
    assert model.tables["transaction_data"].time is None
    assert "transaction_data has no dates, so nothing can be asked about when its rows happened." in unsure


def test_joins_are_found_by_name_and_values(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, _ = models["loyalty_shop"]
    assert {(j.from_, j.to) for j in model.joins} == {
        ("orders.cust_id", "customers.cust_id"),
        ("orders.store_id", "stores.store_id"),
        ("order_lines.order_id", "orders.order_id"),
        ("order_lines.sku", "products.sku"),
        ("campaign_sends.campaign_id", "campaigns.campaign_id"),
        ("campaign_sends.cust_id", "customers.cust_id"),
        ("tickets.cust_id", "customers.cust_id"),
        ("cancellations.cust_id", "customers.cust_id"),
    }


def test_a_join_to_a_table_that_knows_half_says_so(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, _ = models["grocer"]
    join = next(j for j in model.joins if j.from_ == "transaction_data.household_key")
    assert join.to == "hh_demographic.household_key"
    assert 0.4 < join.coverage < 0.6


def test_small_numbers_that_coincide_are_no_join(tmp_path: Path) -> None:
    """A rating of 1 to 5 and stores numbered 1 to 5 have nothing to do with each other."""
    model, _ = inferred(
        tmp_path,
        {
            "reviews": {
                "review_id": [1, 2, 3, 4, 5, 6],
                "customer_id": [7, 8, 9, 7, 8, 9],
                "rating": [1, 2, 3, 4, 5, 5],
            },
            "stores": {"store_number": [1, 2, 3, 4, 5], "city": ["A", "B", "C", "D", "E"]},
        },
    )
    assert model.joins == []


def test_price_less_discount_times_quantity_and_cost_make_profit(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, _ = models["loyalty_shop"]
    columns = model.tables["order_lines"].columns
    made_of = {n: c.derived.model_dump(exclude_none=True) for n, c in columns.items() if c.derived}
    assert made_of == {
        "amount_before_discount": {"product": ["quantity", "unit_price"]},
        "amount": {"difference": ["amount_before_discount", "discount"]},
        "cost_amount": {"product": ["quantity", "unit_cost"]},
        "profit": {"difference": ["amount", "cost_amount"]},
    }
    revenue = model.metrics["revenue"]
    assert revenue.excludes is not None
    assert (revenue.excludes.column, revenue.excludes.one_of) == ("orders.status", ["cancelled", "returned"])


def test_only_purchases_among_views_are_sales(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, _ = models["web_events"]
    for name in ("revenue", "orders"):
        where = model.metrics[name].where
        assert where is not None
        assert where.one_of == ["purchase"]


def test_money_both_ways_is_not_called_revenue(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, unsure = models["bank"]
    assert "revenue" not in model.metrics
    assert model.metrics["transaction_value"].of == "transactions.amount"
    assert any("both ways" in u for u in unsure)


def test_two_labels_that_disagree_are_reported(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, unsure = models["saas"]
    assert list(model.labels) == ["churned", "churn_event"]
    assert any("two places that disagree" in u and "churn_events" in u for u in unsure)


def test_two_labels_that_agree_are_one(models: dict[str, tuple[Model, list[str]]]) -> None:
    model, unsure = models["telco_long"]
    assert list(model.labels) == ["churned"]
    assert not any("disagree" in u for u in unsure)


def test_campaign_touches_know_who_engaged(models: dict[str, tuple[Model, list[str]]]) -> None:
    engaged = models["loyalty_shop"][0].tables["campaign_sends"].engaged
    assert engaged is not None
    assert (engaged.column, engaged.one_of) == ("opened", [True])


@pytest.mark.parametrize(
    ("ref", "role"),
    [
        ("orders.promised_date", "planned"),
        ("campaigns.end_date", "planned"),
        ("customers.signup_date", "signup"),
        ("orders.ordered_at", "time"),
        ("orders.delivered_date", "date"),
        ("order_lines.line_no", "line"),
        ("order_lines.order_id", "order"),
        ("tickets.satisfaction", "score"),
        ("customers.age_band", "band"),
        ("products.product_name", "product"),
    ],
)
def test_roles(ref: str, role: str, models: dict[str, tuple[Model, list[str]]]) -> None:
    assert models["loyalty_shop"][0].column(ref).role == role


@pytest.mark.parametrize(
    ("name", "ref", "expected"),
    [
        ("bank_churn", "Churn_Modelling.Surname", "personal"),
        ("bank_churn", "Churn_Modelling.EstimatedSalary", "sensitive"),
        ("bank_churn", "Churn_Modelling.Geography", "safe"),
        ("bank_churn", "Churn_Modelling.CustomerId", "identifier"),
        ("bank_cards", "BankChurners.Income_Category", "sensitive"),
        ("gym", "members.email", "personal"),
        ("gym", "members.dob", "personal"),
        ("gym", "members.postcode", "personal"),
        ("gym", "members.membership_type", "safe"),
        ("insurer", "policyholders.smoker", "sensitive"),
        ("loyalty_shop", "stores.store_name", "safe"),
        ("subs_only", "subscribers.msisdn", "personal"),
        ("telco_long", "telco.Latitude", "personal"),
    ],
)
def test_classes(name: str, ref: str, expected: str, models: dict[str, tuple[Model, list[str]]]) -> None:
    assert models[name][0].column(ref).class_ == expected


def test_a_column_that_no_one_can_class_is_personal(tmp_path: Path) -> None:
    table = {
        "customer_id": list(range(300)),
        "qzx": [f"{n * 7919 % 1000:03d} q" for n in range(300)],
        "spend": [1.5] * 300,
    }
    model, _ = inferred(tmp_path, {"customers": table})
    assert model.column("customers.qzx").class_ == "personal"


@pytest.mark.parametrize(
    ("name", "ref", "unit"),
    [
        ("bank_churn", "Churn_Modelling.Tenure", "years"),
        ("shop_churn", "E_Comm.Tenure", "months"),
        ("shop_churn", "E_Comm.HourSpendOnApp", "hours"),
        ("shop_churn", "E_Comm.DaySinceLastOrder", "days"),
        ("bank_cards", "BankChurners.Months_on_book", "months"),
        ("bank_cards", "BankChurners.Avg_Utilization_Ratio", "share"),
        ("saas", "feature_usage.usage_duration_secs", "seconds"),
        ("superstore", "Orders.Discount", "share"),
        ("telco_long", "telco.Tenure in Months", "months"),
        ("telecom_calls", "churn_bigml.Total day minutes", "minutes"),
    ],
)
def test_units(name: str, ref: str, unit: str, models: dict[str, tuple[Model, list[str]]]) -> None:
    assert models[name][0].column(ref).unit == unit


# --- whole models -------------------------------------------------------------------------------------------------------


def test_a_whole_model_of_one_table_with_returns(tmp_path: Path) -> None:
    model, unsure = inferred(
        tmp_path,
        {
            "sales": {
                "InvoiceNo": ["100", "100", "101", "C102", "103", "C104"],
                "Quantity": [2, 1, 3, -2, 4, -1],
                "UnitPrice": [1.5, 2.0, 1.0, 1.5, 2.5, 2.0],
                "CustomerID": [1.0, 1.0, 2.0, 1.0, None, 3.0],
                "Country": ["France", "France", "Spain", "France", "Spain", "Italy"],
            }
        },
    )
    assert text_of(model, unsure).split("\n", 2)[2] == WHOLE_RETURNS


WHOLE_RETURNS = """\
#
# Segue was unsure of:
#   - sales has no dates, so nothing can be asked about when its rows happened.
version: 1
name: made
main_scheme: sales.Country  # what "which segment" means

# what is counted, by which key
entities:
  customer: {key: sales.CustomerID, plural: customers}
  order: {key: sales.InvoiceNo, plural: orders, called: [invoices]}

# named figures
metrics:
  revenue: {stat: sum, of: sales.amount, unit: money, higher_is: better}
  gross_revenue: {stat: sum, of: sales.amount, where: {column: amount, above: 0.0}, unit: money, higher_is: better}
  returns_value: {stat: sum, of: sales.amount, where: {column: amount, below: 0.0}, unit: money, label: value of returns}
  orders: {count: order, unit: count, higher_is: better}
  customers: {count: customer, unit: count, higher_is: better}
  units: {stat: sum, of: sales.Quantity, unit: count, higher_is: better}
  average_order_value: {ratio: [revenue, orders], unit: money, higher_is: better}

tables:
  sales:
    kind: events
    subject: sales
    cancelled: {column: InvoiceNo, starts_with: C}
    columns:
      InvoiceNo: {type: text, role: order, class: identifier}
      Quantity: {type: integer, role: quantity, class: safe, unit: count}
      UnitPrice: {type: number, role: price, class: safe, unit: money}
      CustomerID: {type: number, role: customer, class: identifier}
      Country: {type: text, role: place, class: safe}
      amount: {type: number, role: money, class: safe, unit: money, derived: {product: [Quantity, UnitPrice]}}
"""


def test_a_whole_model_of_accounts_and_people(tmp_path: Path) -> None:
    """An account for every order, a person behind several accounts, the order's date reached through a join."""
    model, unsure = inferred(
        tmp_path,
        {
            "customers": {"customer_id": ["a", "b", "c", "d"], "customer_unique_id": ["p", "p", "q", "r"]},
            "orders": {"order_id": ["o1", "o2", "o3", "o4"], "customer_id": ["a", "b", "c", "d"], "bought_at": DAYS},
            "order_items": {
                "order_id": ["o1", "o1", "o2", "o3", "o4"],
                "order_item_id": [1, 2, 1, 1, 1],
                "price": [5.5, 1.0, 2.0, 3.0, 4.0],
            },
        },
    )
    assert text_of(model, unsure).split("\n", 2)[2] == WHOLE_PEOPLE


def _days() -> list[Any]:
    import datetime as dt

    return [dt.date(2024, 1, n) for n in (1, 2, 3, 4)]


DAYS = _days()
WHOLE_PEOPLE = """\
#
# Segue was unsure of:
#   - A customer is a distinct customer_unique_id (3 of them); customer_id has 4 values, so one person may have several.
version: 1
name: made
clock: orders.bought_at  # "now" is the last day in it
main_scheme: rfm  # what "which segment" means

# what is counted, by which key
entities:
  customer: {key: customers.customer_unique_id, plural: customers}
  order: {key: orders.order_id, plural: orders}

# named figures
metrics:
  revenue: {stat: sum, of: order_items.price, unit: money, higher_is: better}
  orders: {count: order, unit: count, higher_is: better}
  customers: {count: customer, unit: count, higher_is: better}
  average_order_value: {ratio: [revenue, orders], unit: money, higher_is: better}

# many rows lead to one; coverage is the share that finds it
joins:
  - {from: orders.customer_id, to: customers.customer_id, coverage: 1.0, one_to_one: true}
  - {from: order_items.order_id, to: orders.order_id, coverage: 1.0}

tables:
  customers:
    kind: customers
    key: customer_id
    columns:
      customer_id: {type: text, role: account, class: identifier}
      customer_unique_id: {type: text, role: customer, class: identifier}
  orders:
    kind: events
    subject: sales
    key: order_id
    time: bought_at
    columns:
      order_id: {type: text, role: order, class: identifier}
      customer_id: {type: text, role: account, class: identifier}
      bought_at: {type: date, role: time, class: safe}
  order_items:
    kind: events
    subject: sales
    time: orders.bought_at
    columns:
      order_id: {type: text, role: order, class: identifier}
      order_item_id: {type: integer, role: line, class: identifier}
      price: {type: number, role: money, class: safe, unit: money}
"""
