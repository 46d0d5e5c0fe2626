"""The first questions that `segue demo` asks of its made-up retailer. Imports nothing."""

from __future__ import annotations

QUESTIONS = (
    "How many customers do we have?",
    "What was revenue last month, and how does it compare with the month before?",
    "Who are our top 10 customers by spend?",
    "What is the average order value by channel?",
    "Which region has the highest churn rate?",
    "Which segment has the highest churn risk?",
    "Why did revenue at store 23 fall last quarter?",
    "How many customers bought outdoor gear this year but ignored every campaign in the last two months?",
    "What share of profit comes from the top 15% of customers?",
)
"""Each is answered from the data."""

DECLINED = "Which competitor did our lost customers go to?"
"""The last: the data can't answer it, and the reply says so."""
