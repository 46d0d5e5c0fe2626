"""What words mean in Segue where the model file doesn't say: the conventions that answers go by, as text for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """`words` are what people may call it (lower case, the first is its heading); `text` says how Segue takes it."""

    words: tuple[str, ...]
    text: str


CONVENTIONS = (
    Convention(
        ("the last N days, weeks or months", "last", "past", "rolling", "past month", "in the past month", "last 30 days",
         "past n days", "last n days", "past week", "past year"),
        "The last or past N days, weeks or months roll back from the last recorded day: after that day less N, up to and "
        'including it. "In the past month" is rolling too.',
    ),
    Convention(
        ("last month", "last week", "last quarter", "last year", "the last month", "previous month", "this month", "this year",
         "this week", "this quarter", "calendar month", "in october"),
        "Last week, month, quarter and year are the previous full calendar ones (weeks run Monday to Sunday); this week, month, "
        "quarter and year are the calendar ones to date. A month named without a year is its most recent one in the data. "
        "A part-period is marked as one.",
    ),
    Convention(
        ("today", "now", "as of", "as-of day", "clock", "date"),
        "Now is the last recorded day of the events that a question counts, never the computer's date. A planned or future date "
        "(a deadline, an expiry, a renewal) is no event.",
    ),
    Convention(
        ("not, never, without", "never", "not", "without", "have not", "no purchase"),
        "Not, never and without count customers who have no such event in the window, those with no events at all included.",
    ),
    Convention(
        ("ignored a campaign", "ignored", "ignore", "unengaged", "did not engage"),
        "Ignored a campaign means: received one and did not engage with it. Someone who never received one did not ignore it.",
    ),
    Convention(
        ("share or rate", "share", "rate", "percentage", "percent", "proportion"),
        "A share or a rate is a fraction of the population named: shown as a percentage in words, as a fraction in data. "
        "A difference of two shares is given in percentage points.",
    ),
    Convention(
        ("average order value", "aov", "average basket", "basket size", "average order", "average transaction value"),
        "Average order value is revenue divided by the number of distinct orders.",
    ),
    Convention(
        ("average spend per customer", "spend per customer", "average customer spend", "revenue per customer", "per head"),
        "Average spend per customer is the revenue of identified customers divided by the distinct customers with at least "
        "one order.",
    ),
    Convention(
        ("churn rate", "attrition rate"),
        "Churn rate is what happened: leavers over all customers.",
    ),
    Convention(
        ("churn risk", "at risk", "risk", "risk of leaving", "likely to leave", "likely to churn"),
        "Churn risk is what may happen: the estimated probability for those still here. Where the data has no label for leaving, "
        "it is the probability of no purchase in the next period, which the answer states, from a model tested on the past.",
    ),
    Convention(
        ("a vague word", "vague", "frequently", "big spenders", "recently", "best customers", "loyal customers", "good customers",
         "frequent", "high value"),
        "A vague word (frequently, big spenders, recently) is never settled in silence: the answer states the threshold that "
        "was chosen, and can be asked again with another.",
    ),
    Convention(
        ("duplicates", "duplicate rows", "duplicate", "repeated rows"),
        "Rows are counted as they were read: exact duplicates stay in, because two identical lines of an order may both be real.",
    ),
    Convention(
        ("segment", "segments", "a segment", "segment definition"),
        "A segment is a definition: conditions that a customer meets or not, readable as English and as SQL, with its exact size. "
        "A scheme is a set of segments that splits the customers, such as RFM.",
    ),
    Convention(
        ("wilson interval", "interval", "confidence interval", "uncertainty", "margin of error", "too few to say"),
        "An interval is a 95% interval; of a share it is Wilson's. A group of fewer than 20 customers, or one whose interval is "
        "wider than 30 percentage points, is too small to say and never wins a ranking.",
    ),
    Convention(
        ("effect size", "standardised difference", "cohen's h", "distinctive"),
        "An effect size says how far apart two groups are, whatever the unit: 0.2 is small, 0.5 medium, 0.8 large.",
    ),
    Convention(
        ("caused", "cause", "driven by", "because", "reason", "contribution"),
        "Contributions are accounting: they say in which groups a change sits, and sum to it exactly. They don't say what caused it.",
    ),
)  # fmt: skip
