"""Workspaces drawn as text: the tables of a test stand in its docstring, and are what the test runs on.

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-05 | 10.0
    2        |          | 2024-01-06 | 5.5

A blank cell is a missing value. Which tables and columns there are decides the model: a shop's (see `shop_model`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.query.kit import Made, make

ROLES: dict[str, tuple[str, str]] = {  # column -> type, role
    "customer": ("text", "customer"), "account": ("text", "account"), "order_id": ("text", "order"), "ticket": ("text", "key"),
    "product": ("text", "product"), "country": ("text", "place"), "plan": ("text", "category"), "category": ("text", "category"),
    "topic": ("text", "category"), "status": ("text", "status"), "method": ("text", "category"), "age": ("integer", "measure"),
    "score": ("integer", "score"), "qty": ("integer", "quantity"), "price": ("number", "money"), "total": ("number", "money"),
    "paid": ("number", "money"), "spend": ("number", "money"), "day": ("date", "time"), "moment": ("timestamp", "time"),
    "opened": ("date", "time"), "joined": ("date", "signup"), "churned": ("text", "flag"), "insured": ("text", "flag"),
    "delivered": ("date", "date"), "due": ("date", "planned"),
}  # fmt: skip
KEYS = {"customers": "customer", "orders": "order_id", "products": "product", "tickets": "ticket"}
JOINS = [  # from, to: made where both columns are drawn
    ("orders.customer", "customers.customer"), ("orders.account", "customers.account"), ("lines.order_id", "orders.order_id"),
    ("payments.order_id", "orders.order_id"), ("reviews.order_id", "orders.order_id"), ("lines.product", "products.product"),
    ("tickets.customer", "customers.customer"),
]  # fmt: skip
SQL_TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN"}


def draw(path: Path, drawing: str, **changes: Any) -> Made:
    """The workspace that a drawing shows. `changes` replace parts of the model."""
    tables = parse(drawing)
    return make(path, shop_model(tables) | changes, {name: _select(rows) for name, rows in tables.items()}, threads=1)


def parse(drawing: str) -> dict[str, list[list[str]]]:
    """table -> its rows, the header first."""
    tables: dict[str, list[list[str]]] = {}
    name = None
    for line in drawing.splitlines():
        if "|" in line:
            assert name is not None, f"a table without a name: {line}"
            tables[name].append([cell.strip() for cell in line.split("|")])
        elif re.fullmatch(r"\s*[a-z_]+\s*", line):
            name = line.strip()
            tables[name] = []
    return {name: rows for name, rows in tables.items() if rows}


def _select(rows: list[list[str]]) -> str:
    header, *body = rows
    types = [SQL_TYPES[ROLES[c][0]] for c in header]
    cells = [", ".join(f"'{c}'::{t}" if c else f"NULL::{t}" for c, t in zip(row, types, strict=True)) for row in body]
    return f"SELECT * FROM (VALUES {', '.join(f'({c})' for c in cells)}) AS t({', '.join(header)})"


def shop_model(tables: dict[str, list[list[str]]]) -> dict[str, Any]:
    """A shop's model, of the tables and columns that are drawn."""
    columns = {name: rows[0] for name, rows in tables.items()}
    model: dict[str, Any] = {"name": "shop", "tables": {}, "joins": [], "entities": {}, "metrics": {}, "labels": {}}
    for name, header in columns.items():
        spec: dict[str, Any] = {"kind": {"customers": "customers", "products": "lookup"}.get(name, "events"), "columns": {}}
        spec["columns"] = {c: _column(c) for c in header}
        if KEYS.get(name) in header and not (name == "customers" and "account" in header):
            spec["key"] = KEYS[name]
        spec["time"] = next((c for c in header if c in ("day", "moment", "opened")), None)
        if spec["time"] is None and name in ("lines", "payments", "reviews") and "orders" in columns:
            spec["time"] = next((f"orders.{c}" for c in columns["orders"] if c in ("day", "moment")), None)
        model["tables"][name] = spec
    there = {f"{t}.{c}" for t, header in columns.items() for c in header}
    model["joins"] = [{"from": a, "to": b} for a, b in JOINS if {a, b} <= there]
    _name_things(model, columns, there)
    return model


def _column(name: str) -> dict[str, Any]:
    kind, role = ROLES[name]
    flag = {"yes": ["Yes"], "no": ["No"]} if role == "flag" else {}
    return {"type": kind, "role": role, "class": "safe"} | flag


def _name_things(model: dict[str, Any], columns: dict[str, list[str]], there: set[str]) -> None:
    keys = {"customer": ("customers", "orders", "lines"), "order": ("orders", "lines"), "product": ("products", "lines")}
    for entity, homes in keys.items():
        column = "order_id" if entity == "order" else entity
        key = next((f"{t}.{column}" for t in homes if f"{t}.{column}" in there), None)
        if key is not None:
            model["entities"][entity] = {"key": key}
    money = next((r for r in ("lines.price", "orders.total") if r in there), None)
    if money is not None:
        model["metrics"]["revenue"] = {"stat": "sum", "of": money, "unit": "money"}
        model["metrics"]["orders"] = {"count": "order"}
        model["metrics"]["average_order_value"] = {"ratio": ["revenue", "orders"], "unit": "money"}
    model["metrics"]["customers"] = {"count": "customer"}
    if "customers.churned" in there:
        model["labels"]["churned"] = {"test": {"column": "customers.churned", "in": ["Yes"]}, "kind": "churn"}
        model["metrics"]["churn_rate"] = {"rate": "churned", "unit": "share"}
    model["clock"] = next((r for r in ("orders.day", "orders.moment", "lines.day", "tickets.opened") if r in there), None)
