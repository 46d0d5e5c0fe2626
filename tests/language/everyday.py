"""Two small businesses as files, read as `segue init` reads them: a telecom company's churn table and a shop's customers and orders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from segue.assistant.cli.diagnostics import ProgressBar
from segue.assistant.cli.setup import make
from segue.tools.context import Context
from segue.tools.data.workspace import Workspace
from tests.semantic.zoo import day, moment, money, number, pick, rows

CHURN = {
    "churn": rows(
        60,
        customerID="'C' || (1000 + i)",
        gender=pick("Female", "Male", salt=2),
        SeniorCitizen=pick(0, 0, 0, 1, salt=3),
        Contract=pick("Month-to-month", "One year", "Two year", salt=7),
        MonthlyCharges=money(20, 110, 9),
        tenure=number(1, 72, 5),
        Churn=pick("Yes", "No", "No", salt=11),
    )
}
SHOP = {
    "customers": rows(
        60,
        customer_id="i",
        region=pick("North", "South", "East", "West", salt=1),
        signup_date=day("2010-01-01", 500, 2),
    ),
    "orders": rows(
        200,
        order_id="1000 + i",
        customer_id=number(1, 50, 1),
        # The last order, and so now, is on 9 December 2011.
        ordered_at=f"CASE WHEN i = 200 THEN TIMESTAMP '2011-12-09 12:00:00' ELSE {moment('2010-12-01', 370, 3)} END",
        product=pick("Kettle", "Toaster", "Blender", "Desk lamp", salt=4),
        category=pick("Kitchen", "Lighting", "Garden", salt=5),
        quantity=number(1, 5, 6),
        price=money(5, 80, 7),
    ),
}
BUSINESSES = {"churn": CHURN, "shop": SHOP}


def opened(folder: Path, tables: Mapping[str, str]) -> Context:
    """A workspace over the tables, each first written to a CSV file of its own."""
    sources = []
    for name, select in tables.items():
        sources.append(folder / f"{name}.csv")
        with duckdb.connect() as c:
            c.execute(f"COPY ({select}) TO '{sources[-1]}' (HEADER)")
    workspace = Workspace(folder / "workspace")
    workspace.path.mkdir()
    make(sources, workspace, lambda question, choices: None, ProgressBar())
    return Context.open(workspace.path)
