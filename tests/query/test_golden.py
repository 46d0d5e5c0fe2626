"""The SQL that people are shown, whole. It is kept in golden.sql, one query after another under its name; so that a change of it
is seen, and read, before it is accepted: `python -m tests.query.test_golden` writes the file anew."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.query.drawn import draw
from tests.query.kit import Made, ask

GOLDEN = Path(__file__).parent / "golden.sql"
SHOP = """
customers
customer | country | age | churned
a        | DE      | 30  | Yes
b        | FR      | 40  | No

orders
order_id | customer | day        | total | status
1        | a        | 2024-01-10 | 10    | done
2        | b        | 2024-03-20 | 20    | done

lines
order_id | product | price
1        | tea     | 10
2        | cup     | 20

products
product | category
tea     | drinks
cup     | things

tickets
ticket | customer | opened     | topic
t1     | a        | 2024-02-10 | late
"""
COUNTRY = [{"column": "customers.country"}]
PLANS: dict[str, dict[str, Any]] = {
    "a sum": {"measures": [{"metric": "revenue"}]},
    "a sum in a window": {"measures": [{"metric": "revenue"}], "window": {"last": 30, "unit": "days"}},
    "everyone": {"measures": [{"metric": "customers"}]},
    "customers with an order in a month": {"measures": [{"metric": "customers"}], "window": {"calendar": "month"}},
    "three joins, ranked": {"measures": [{"metric": "revenue"}], "by": [{"column": "products.category"}], "limit": 1},
    "a timeline": {"measures": [{"metric": "orders"}], "by": [{"column": "orders.day", "part": "month"}]},
    "a rate by group": {"measures": [{"metric": "churn_rate"}], "by": COUNTRY},
    "never": {
        "measures": [{"metric": "customers"}],
        "customers": {"kind": "not", "of": {"kind": "did", "table": "tickets"}},
    },
    "spent so much": {
        "measures": [{"metric": "customers"}],
        "customers": {"kind": "value", "value": {"metric": "revenue"}, "op": ">=", "number": 15},
    },
    "per customer": {"measures": [{"metric": "revenue", "per": "customer"}], "by": COUNTRY},
    "a bridge": {"measures": [{"column": "orders.total", "stat": "mean"}], "by": [{"column": "products.category"}]},
    "two event tables": {"measures": [{"metric": "orders"}, {"count": "tickets"}], "by": COUNTRY},
    "the period before": {
        "measures": [{"metric": "revenue"}],
        "window": {"calendar": "month"},
        "compare": "previous",
    },
    "concentration": {"measures": [{"kind": "concentration", "value": {"metric": "revenue"}, "share": 0.1}]},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return draw(tmp_path_factory.mktemp("golden"), SHOP)


def golden() -> dict[str, str]:
    """name -> SQL."""
    parts = re.split(r"^-- (.+)\n", GOLDEN.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], (sql.strip() for sql in parts[2::2]), strict=True))


@pytest.mark.parametrize("name", PLANS)
def test_the_sql_shown(shop: Made, name: str):
    assert ask(shop, **PLANS[name]).sql == golden()[name]


@pytest.mark.parametrize("name", PLANS)
def test_the_sql_shown_runs_and_gives_the_answer(shop: Made, name: str):
    """What is shown means what was run."""
    result = ask(shop, **PLANS[name])
    with shop.engine._cursor() as cursor:
        again = cursor.execute(result.sql).fetchall()
    assert len(again) >= result.row_count
    numbers = [[c for c in row if isinstance(c, (int, float))] for row in result.rows]
    for row, mine in zip(again, numbers, strict=False):
        assert set(mine) <= {float(c) for c in row if isinstance(c, (int, float))}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = draw(Path(folder), SHOP)
        text = "\n\n".join(f"-- {name}\n{ask(made, **plan).sql}" for name, plan in PLANS.items())
    GOLDEN.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"wrote {GOLDEN}\n")
