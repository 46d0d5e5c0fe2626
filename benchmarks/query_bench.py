"""The query tool alone: ten lookups and breakdowns, warm, each beside the SQL that a person would write for it in DuckDB.

Run by itself on a workspace of the demonstration data: python -m benchmarks.query_bench WORKSPACE
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from benchmarks.report import Figure, median, say, show

if TYPE_CHECKING:
    from segue.tools.context import Context

TIMES = 5
RATIO, SECONDS = 1.2, 0.05
"""The budget of a warm lookup or breakdown: RATIO x the hand-written SQL + SECONDS."""

REVENUE: dict[str, Any] = {"metric": "revenue"}
LINES = "order_lines"
NOW = "(SELECT max(ordered_at)::DATE FROM order_lines)"

QUERIES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("revenue", {"measures": [REVENUE]}, "SELECT sum(amount) FROM order_lines"),
    ("orders", {"measures": [{"metric": "orders"}]}, "SELECT count(DISTINCT order_id) FROM order_lines"),
    (
        "revenue in the last 90 days",
        {"measures": [REVENUE], "window": {"last": 90, "unit": "days"}},
        f"SELECT sum(amount) FROM order_lines WHERE ordered_at >= {NOW} - INTERVAL 89 DAY AND ordered_at < {NOW} + INTERVAL 1 DAY",
    ),
    (
        "revenue by month",
        {"measures": [REVENUE], "by": [{"column": "order_lines.ordered_at", "part": "month"}]},
        "SELECT date_trunc('month', ordered_at) AS m, sum(amount) FROM order_lines GROUP BY 1 ORDER BY 1",
    ),
    (
        "revenue by category",
        {"measures": [REVENUE], "by": [{"column": "products.category"}]},
        "SELECT category, sum(amount) AS r FROM order_lines LEFT JOIN products USING (product_id) GROUP BY 1 ORDER BY r DESC",
    ),
    (
        "revenue and orders by region",
        {"measures": [REVENUE, {"metric": "orders"}], "by": [{"column": "customers.region"}]},
        "SELECT region, sum(amount) AS r, count(DISTINCT order_id) FROM order_lines LEFT JOIN customers USING (customer_id)"
        " GROUP BY 1 ORDER BY r DESC",
    ),
    (
        "top 10 customers by revenue",
        {"measures": [REVENUE], "by": [{"column": "order_lines.customer_id"}], "limit": 10},
        "SELECT customer_id, sum(amount) AS r FROM order_lines WHERE customer_id IS NOT NULL GROUP BY 1 ORDER BY r DESC LIMIT 10",
    ),
    (
        "average spend per customer by plan",
        {"measures": [{"metric": "revenue", "per": "customer"}], "by": [{"column": "customers.plan"}]},
        "SELECT plan, avg(v) AS a FROM (SELECT customer_id, plan, sum(amount) AS v FROM order_lines JOIN customers USING (customer_id)"
        " GROUP BY 1, 2) GROUP BY 1 ORDER BY a DESC",
    ),
    (
        "share of customers with no order in the last 90 days, by age band",
        {
            "measures": [
                {"kind": "rate", "condition": {"kind": "not", "of": {"kind": "did", "table": LINES, "window": {"last": 90, "unit": "days"}}}}
            ],
            "by": [{"column": "customers.age_band"}],
        },
        "SELECT age_band, avg(CASE WHEN customer_id NOT IN (SELECT customer_id FROM order_lines WHERE customer_id IS NOT NULL AND"
        f" ordered_at >= {NOW} - INTERVAL 89 DAY) THEN 1.0 ELSE 0 END) AS s FROM customers GROUP BY 1 ORDER BY s DESC",
    ),
    (
        "customers who spent 500 or more, by channel they signed up through",
        {
            "measures": [{"metric": "customers"}],
            "customers": {"kind": "value", "value": REVENUE, "op": ">=", "number": 500},
            "by": [{"column": "customers.signup_channel"}],
        },
        "SELECT signup_channel, count(*) AS n FROM customers JOIN (SELECT customer_id FROM order_lines GROUP BY 1"
        " HAVING sum(amount) >= 500) USING (customer_id) GROUP BY 1 ORDER BY n DESC",
    ),
)


def measure(workspace: Path, lines: int) -> list[Figure]:
    """A figure a query, its target made of the hand-written SQL's own time in this run."""
    from segue.tools.context import Context

    return measure_context(Context.open(workspace), lines)


def measure_context(context: Context, lines: int) -> list[Figure]:
    """The same over an open context."""
    from segue.tools.query.plan import Query
    from segue.tools.query.run import run_query

    say(f"ten queries at {lines:,} order lines ...")
    figures = []
    with duckdb.connect() as raw:
        raw.execute(f"ATTACH '{context.engine.database}' AS d (READ_ONLY)")
        raw.execute("USE d")
        for name, plan, sql in QUERIES:
            query = Query.model_validate(plan)
            run_query(context, query)  # once unmeasured: both find their pages in memory
            raw.execute(sql).fetchall()
            by_hand = median(lambda sql=sql: _timed(lambda: raw.execute(sql).fetchall()), TIMES)
            ours = median(lambda query=query: _timed(lambda: run_query(context, query)), TIMES)
            what = f"{lines:,} lines: {name} (SQL {by_hand:.3f} s, {ours / by_hand:.1f} x)"
            figures.append(Figure(what, ours, "s", RATIO * by_hand + SECONDS))
    return figures


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def main() -> int:
    """Measures one workspace; 1 where a budget is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    chosen = parser.parse_args()
    from segue.tools.context import Context

    context = Context.open(chosen.workspace)
    figures = measure_context(context, context.facts.tables[LINES])
    show(figures)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
