"""Ten lookups and breakdowns of the demonstration data, each with the SQL that a person would write for it in DuckDB.

The SQL keeps the conventions that an answer keeps: all rows count for revenue, orders are those that were not returned.
"""

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("How many customers do we have?", "SELECT count(DISTINCT customer_id) FROM customers"),
    ("What is total revenue?", "SELECT sum(amount) FROM order_lines"),
    ("How many units did we sell?", "SELECT sum(quantity) FROM order_lines"),
    ("Revenue by channel", "SELECT channel, sum(amount) r FROM order_lines GROUP BY 1 ORDER BY r DESC"),
    ("Revenue by month", "SELECT date_trunc('month', ordered_at) m, sum(amount) FROM order_lines GROUP BY 1 ORDER BY 1"),
    (
        "Revenue by category",
        "SELECT category, sum(amount) r FROM order_lines JOIN products USING (product_id) GROUP BY 1 ORDER BY r DESC",
    ),
    (
        "Revenue by region",
        "SELECT region, sum(amount) r FROM order_lines LEFT JOIN customers USING (customer_id) GROUP BY 1 ORDER BY r DESC",
    ),
    (
        "What are the top 5 products by revenue?",
        "SELECT product_name, sum(amount) r FROM order_lines JOIN products USING (product_id) GROUP BY 1 ORDER BY r DESC LIMIT 5",
    ),
    (
        "Revenue in the last 90 days",
        "SELECT sum(amount) FROM order_lines"
        " WHERE ordered_at > (SELECT max(ordered_at)::date FROM order_lines) - INTERVAL 90 DAY + INTERVAL 1 DAY",
    ),
    ("How many customers on each plan?", "SELECT plan, count(DISTINCT customer_id) n FROM customers GROUP BY 1 ORDER BY n DESC"),
)
