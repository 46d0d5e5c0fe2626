"""Small workspaces made of tables and a model, measured as `segue init` would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest

from segue.tools.data.engine import Engine
from segue.tools.data.facts import Facts
from segue.tools.data.measure import measure, prepare
from segue.tools.semantic.schema import Model

Make = Callable[..., Any]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make(model, table=frame or SQL, ...) -> a Context over them."""
    return lambda model, **tables: make_context(tmp_path, model, **tables)


def make_context(path: Path, model: Model, **tables: pd.DataFrame | str) -> Any:
    """A Context whose tables are data frames, or what a SELECT gives."""
    database = path / "data.duckdb"
    measured = {}
    with duckdb.connect() as c:
        c.execute(f"ATTACH '{database}' AS d")
        prepare(c, "d")
        for name, table in tables.items():
            source = table
            if not isinstance(table, str):
                c.register("frame", table)
                source = "SELECT * FROM frame"
            c.execute(f'CREATE TABLE d.main."{name}" AS {source}')
            measured[name] = measure(c, "d", name, name, {})
    (path / "members").mkdir(exist_ok=True)
    engine = Engine(database, path / "members", memory_limit="1GB", threads=2)
    rows = {name: columns[0].rows for name, columns in measured.items()}
    facts = Facts(database, rows, {f.ref: f for columns in measured.values() for f in columns})
    return SimpleNamespace(model=model, engine=engine, facts=facts, data_version="test", state=None, workspace=None)


@pytest.fixture(scope="session")
def shared_data(request: pytest.FixtureRequest) -> Path:
    """The folder of real data sets beside the project; skips where it is absent."""
    folder = Path(request.config.rootpath).parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets (../shared/data) are not here")
    return folder


@pytest.fixture(scope="session")
def retail(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A gift shop's invoice lines: no customer table, no label, cancellations."""
    source = f"""SELECT InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID::BIGINT AS CustomerID, Country
                 FROM '{shared_data}/retail1011/transactions.parquet'"""
    return make_context(tmp_path_factory.mktemp("retail"), RETAIL, transactions=source)


@pytest.fixture(scope="session")
def telco(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Telecom customers: no dates, a churn label."""
    source = f"""SELECT * EXCLUDE (TotalCharges), TRY_CAST(TotalCharges AS DOUBLE) AS TotalCharges
                 FROM read_csv('{shared_data}/telco/customers.csv', header = true, all_varchar = false,
                 types = {{'Churn': 'VARCHAR', 'Partner': 'VARCHAR', 'Dependents': 'VARCHAR', 'PhoneService': 'VARCHAR',
                          'PaperlessBilling': 'VARCHAR'}})"""
    return make_context(tmp_path_factory.mktemp("telco"), TELCO, customers=source)


def column(type: str, role: str | None = None, **more: Any) -> dict[str, Any]:
    """A column of a model."""
    return {"type": type, "role": role, "class": "safe", **more}


RETAIL = Model.model_validate(
    {
        "name": "retail",
        "currency": "GBP",
        "clock": "transactions.InvoiceDate",
        "main_scheme": "rfm",
        "entities": {
            "customer": {"key": "transactions.CustomerID"},
            "order": {"key": "transactions.InvoiceNo"},
            "product": {"key": "transactions.StockCode", "name": "transactions.Description"},
        },
        "tables": {
            "transactions": {
                "kind": "events",
                "subject": "sales",
                "time": "InvoiceDate",
                "cancelled": {"column": "InvoiceNo", "starts_with": "C"},
                "columns": {
                    "InvoiceNo": column("text", "order"),
                    "StockCode": column("text", "product"),
                    "Description": column("text", "name"),
                    "Quantity": column("integer", "quantity"),
                    "InvoiceDate": column("timestamp", "time"),
                    "UnitPrice": column("number", "price", unit="money"),
                    "CustomerID": column("integer", "customer"),
                    "Country": column("text", "place"),
                    "amount": column("number", "money", unit="money", derived={"product": ["Quantity", "UnitPrice"]}),
                },
            }
        },
        "metrics": {
            "revenue": {"stat": "sum", "of": "transactions.amount", "unit": "money", "called": ["sales", "turnover"]},
            "orders": {"count": "order", "unit": "count"},
            "customers": {"count": "customer", "unit": "count"},
            "units": {"stat": "sum", "of": "transactions.Quantity", "unit": "count"},
            "average order value": {"ratio": ["revenue", "orders"], "unit": "money"},
        },
    }
)

_FLAGS = ("Partner", "Dependents", "PhoneService", "PaperlessBilling")
_SERVICES = ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV", "StreamingMovies", "MultipleLines")

TELCO = Model.model_validate(
    {
        "name": "telco",
        "currency": "USD",
        "main_scheme": "customers.Contract",
        "entities": {"customer": {"key": "customers.customerID"}},
        "tables": {
            "customers": {
                "kind": "customers",
                "key": "customerID",
                "columns": {
                    "customerID": column("text", "key"),
                    "gender": column("text", "category"),
                    "SeniorCitizen": column("integer", "flag", yes=[1]),
                    **{name: column("text", "flag", yes=["Yes"]) for name in _FLAGS},
                    **{name: column("text", "flag", yes=["Yes"], no=["No"]) for name in _SERVICES},
                    "tenure": column("integer", "duration", unit="months"),
                    "InternetService": column("text", "category"),
                    "Contract": column("text", "category"),
                    "PaymentMethod": column("text", "category"),
                    "MonthlyCharges": column("number", "fee", unit="money"),
                    "TotalCharges": column("number", "money", unit="money"),
                    "Churn": column("text", "status"),
                },
            }
        },
        "metrics": {
            "customers": {"count": "customer", "unit": "count"},
            "monthly charges": {"stat": "sum", "of": "customers.MonthlyCharges", "unit": "money"},
            "total charges": {"stat": "sum", "of": "customers.TotalCharges", "unit": "money"},
            "churn rate": {"rate": "churned", "unit": "share"},
        },
        "labels": {"churned": {"test": {"column": "customers.Churn", "in": ["Yes"]}, "kind": "churn", "called": ["left", "churn"]}},
    }
)
