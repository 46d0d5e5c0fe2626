"""Five small businesses, each in the shape its trade's data comes in, and the same under other column names."""

from __future__ import annotations

from pathlib import Path

from tests.query.kit import Made, make
from tests.semantic.zoo import day, moment, money, number, pick, rows

Tables = dict[str, str]

TELECOM: Tables = {
    "customers": rows(
        120,
        customer_id="'C' || (1000 + i)",
        gender=pick("Female", "Male", salt=2),
        senior_citizen=pick(0, 0, 0, 1, salt=3),
        partner=pick("Yes", "No", salt=4),
        tenure_months=number(1, 72, 5),
        internet_service=pick("DSL", "Fiber optic", "No", salt=6),
        contract=pick("Month-to-month", "One year", "Two year", salt=7),
        payment_method=pick("Electronic check", "Mailed check", "Credit card", salt=8),
        monthly_charges=money(20, 110, 9),
        total_charges=money(20, 8000, 10),
        churn=pick("Yes", "No", "No", salt=11),
    )
}

RETAIL: Tables = {
    "transactions": rows(
        400,
        InvoiceNo="CASE WHEN hash(i // 3) % 25 = 0 THEN 'C' ELSE '' END || (536365 + i // 3)",
        StockCode="'850' || " + number(10, 30, 1),
        Description=pick("RED MUG", "PARTY BUNTING", "JAM JAR", "TEA TOWEL", "WOODEN CLOCK", salt=2),
        Quantity=f"CASE WHEN hash(i // 3) % 25 = 0 THEN -{number(1, 12, 2)} ELSE {number(1, 12, 2)} END",
        InvoiceDate=moment("2010-12-01", 372, 3),
        UnitPrice=money(1, 20, 4),
        CustomerID="CASE WHEN i % 7 > 0 THEN 13000 + hash(i // 3) % 60 END::INTEGER",
        Country=pick("United Kingdom", "Germany", "France", "EIRE", salt=6),
    )
}

MARKET: Tables = {
    "customers": rows(
        80, customer_id="i", state=pick("Bahia", "Parana", "Ceara", salt=1), signup_date=day("2023-01-01", 300, 2)
    ),
    "orders": rows(
        260,
        order_id="1000 + i",
        customer_id=number(1, 80, 1),
        status=pick("delivered", "delivered", "shipped", "canceled", salt=2),
        ordered_at=moment("2023-06-01", 400, 3),
        channel=pick("app", "web", "store", salt=4),
    ),
    "order_items": rows(
        500,
        order_id="(1001 + hash(i) % 260)::BIGINT",
        product_id=number(1, 25, 1),
        quantity=number(1, 4, 2),
        price=money(5, 200, 3),
        freight=money(1, 30, 4),
    ),
    "products": rows(25, product_id="i", category=pick("toys", "furniture", "garden tools", "perfume", salt=1)),
    "reviews": rows(
        150, review_id="i", order_id="1000 + i", score=number(1, 5, 2), reviewed_at=moment("2023-06-10", 395, 3)
    ),
}

GROCER: Tables = {
    "households": rows(
        70,
        household_id="i",
        age_band=pick("19-24", "25-34", "35-44", "45-54", "65+", salt=1),
        marital_status=pick("Married", "Single", salt=2),
        kids=pick("Yes", "No", salt=3),
    ),
    "baskets": rows(
        500,
        basket_id="5000 + i",
        household_id=number(1, 70, 1),
        bought_on=day("2023-01-01", 365, 2),
        department=pick("Produce", "Bakery", "Deli", "Meat", salt=3),
        store=pick("Northgate", "Riverside", "Hilltop", salt=4),
        quantity=number(1, 6, 5),
        sales_value=money(1, 60, 6),
    ),
    "mailings": rows(
        140,
        mailing_id="i",
        household_id=number(1, 70, 3),
        campaign=pick("Spring Saver", "Harvest", "Winter Warmer", salt=4),
        sent_on=day("2023-02-01", 300, 5),
        opened=pick("Yes", "No", salt=6),
    ),
}

SAAS: Tables = {
    "accounts": rows(
        90,
        account_id="'A' || i",
        plan=pick("Starter", "Team", "Enterprise", salt=1),
        country=pick("Germany", "Spain", "Canada", salt=2),
        industry=pick("education", "healthcare", "logistics", salt=3),
        seats=number(1, 60, 4),
        monthly_fee=money(20, 900, 5),
        signup_date=day("2022-01-01", 700, 6),
        churned=pick(0, 0, 0, 1, salt=7),
    ),
    "tickets": rows(
        240,
        ticket_id="i",
        account_id="'A' || " + number(1, 70, 1),
        opened_at=moment("2023-01-01", 365, 2),
        priority=pick("low", "normal", "urgent", salt=3),
        topic=pick("billing", "bug", "training", salt=4),
        satisfaction=number(1, 5, 5),
    ),
}

WORLDS: dict[str, Tables] = {"telecom": TELECOM, "retail": RETAIL, "market": MARKET, "grocer": GROCER, "saas": SAAS}


def build(folder: Path, tables: Tables) -> Made:
    """A workspace over the tables with an inferred model."""
    return make(folder, None, tables)
