"""The same question in other words has the same plan; with a "not" or another value it has another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.language.conftest import World
from tests.language.kit import plan

SAME: dict[str, list[list[str]]] = {
    "telecom": [
        [
            "How many women have left?",
            "how many female customers have churned?",
            "How many ladies have quit?",
            "How many women left us?",
            "Number of women who have left",
            "How many woman have left?",
        ],
        [
            "What is the churn rate by contract?",
            "churn rate per contract",
            "By contract, what is the churn rate?",
            "What's the churn rate for each contract?",
            "How does the churn rate vary by contract?",
            "churn rate by contracts",
        ],
        [
            "How many customers with fibre optic internet are senior citizens?",
            "How many customers with fiber optic internet are senior citizens?",
            "How many senior citizens have fiber optic?",
            "how many pensioners have fibre optic internet?",
        ],
        [
            "What is the average monthly charge by payment method?",
            "average monthly charges per payment method",
            "On average, what is the monthly charge by payment method?",
            "What is the mean monthly charge by payment method?",
            "What is the avarage monthly charge by paymnt method?",
        ],
        [
            "How many customers pay more than 70 a month?",
            "How many customers have monthly charges over 70?",
            "how many customers have monthly charges above $70?",
        ],
    ],
    "retail": [
        [
            "What was revenue by country in Q3 2011?",
            "In Q3 2011, what was revenue by country?",
            "What were sales by country in the third quarter of 2011?",
            "turnover per country in Q3 2011",
        ],
        [
            "How many customers have not ordered in the last 90 days?",
            "How many customers haven't bought in the last 90 days?",
            "How many people have not purchased anything in the past 90 days?",
            "How many customers did not buy in the last ninety days?",
        ],
        [
            "Top 5 products by revenue",
            "Top five products by sales",
            "What are the top 5 products by revenue?",
            "The 5 best products by revenue",
        ],
        [
            "How many customers bought the party bunting?",
            "How many customers have purchased party bunting?",
            "how many shoppers bought the party bunting",
        ],
        [
            "What share of revenue comes from Germany?",
            "What percentage of revenue comes from Germany?",
            "What proportion of sales is from Germany?",
        ],
    ],
    "market": [
        ["How many orders were cancelled?", "How many orders were canceled?"],
        [
            "How many customers have never left a review?",
            "How many customers never wrote a review?",
            "How many customers have no reviews?",
            "How many customers haven't left a review?",
        ],
        [
            "What is the average review score by category?",
            "average review score per category",
            "What is the avarage review score by categroy?",
            "What's the mean review score for each category",
        ],
        ["How many customers ordered garden tools?", "How many customers bought garden tools?"],
        ["Which state has the most customers?", "Which state has the largest number of customers?"],
    ],
    "grocer": [
        [
            "How many households shopped at Riverside last month?",
            "How many households bought at Riverside last month?",
            "How many customers shopped at Riverside last month?",
        ],
        [
            "What is the average spend per household by age band?",
            "average spend per customer by age band",
            "By age band, what is the average spend per household?",
        ],
        ["Which store has the highest sales?", "Which store has the most sales?"],
    ],
    "saas": [
        [
            "How many tickets were raised last month?",
            "Number of tickets last month",
            "Last month, how many tickets were raised?",
            "How many support tickets were raised last month?",
        ],
        [
            "How many accounts have never raised a ticket?",
            "How many accounts have no tickets?",
            "How many customers have never raised a ticket?",
            "How many accounts haven't raised a ticket?",
            "How many accounts without a ticket?",
        ],
        [
            "Which industry has the highest churn rate?",
            "Which industry has the worst churn rate?",
            "What industry has the highest rate of churn?",
        ],
        [
            "How many accounts raised at least 3 tickets?",
            "How many accounts raised three or more tickets?",
            "How many accounts have raised 3+ tickets?",
            "How many accounts have at least three tickets?",
        ],
    ],
}
# Other words that are not read as the same plan: one that is mended is to be moved to its family above.
MISREAD: list[tuple[str, str, str]] = [
    ("market", "How many customers have never left a review?", "How many customers have left no review?"),
]
FAMILIES = [(name, family) for name, families in SAME.items() for family in families]

OTHERS: dict[str, list[tuple[str, str]]] = {
    "telecom": [
        ("How many women have left?", "How many women have not left?"),
        ("How many women have left?", "How many men have left?"),
        ("How many customers have a partner?", "How many customers have no partner?"),
        ("How many customers have a partner?", "How many customers are without a partner?"),
        ("How many customers pay more than 70 a month?", "How many customers pay more than 80 a month?"),
        ("How many customers pay more than 70 a month?", "How many customers pay less than 70 a month?"),
        ("How many customers pay more than 70 a month?", "How many customers do not pay more than 70 a month?"),
        ("How many customers are on a one year contract?", "How many customers are on a two year contract?"),
        ("How many customers are on a one year contract?", "How many customers are not on a one year contract?"),
    ],
    "retail": [
        ("What was revenue in October?", "What was revenue in November?"),
        ("What was revenue in Germany?", "What was revenue outside Germany?"),
        ("What was revenue in Germany?", "What was revenue in France?"),
        ("How many customers bought a red mug?", "How many customers never bought a red mug?"),
        ("How many customers ordered in the last 90 days?", "How many customers have not ordered in the last 90 days?"),
        ("How many customers ordered in the last 90 days?", "How many customers ordered in the last 60 days?"),
        ("Top 5 products by revenue", "Top 6 products by revenue"),
        ("Top 5 products by revenue", "Bottom 5 products by revenue"),
    ],
    "market": [
        ("How many orders were cancelled?", "How many orders were not cancelled?"),
        ("How many orders were cancelled?", "How many orders were delivered?"),
        ("How many customers have left a review?", "How many customers have never left a review?"),
        ("How many customers ordered perfume?", "How many customers never ordered perfume?"),
        ("How many customers ordered perfume?", "How many customers ordered toys?"),
        ("How many customers ordered perfume and toys?", "How many customers ordered perfume but not toys?"),
    ],
    "grocer": [
        ("How many households opened a mailing?", "How many households never opened a mailing?"),
        ("How many married households have kids?", "How many married households have no kids?"),
        ("How many married households have kids?", "How many single households have kids?"),
        ("How many households bought from the bakery?", "How many households never bought from the bakery?"),
        (
            "How many households bought from the bakery and the deli?",
            "How many households bought from the bakery but not the deli?",
        ),
    ],
    "saas": [
        ("How many accounts have raised a ticket?", "How many accounts have never raised a ticket?"),
        ("How many accounts have raised a ticket?", "How many accounts are without a ticket?"),
        ("How many accounts are on the Team plan?", "How many accounts are not on the Team plan?"),
        ("How many accounts are on the Team plan?", "How many accounts are on the Starter plan?"),
        ("How many accounts raised at least 3 tickets?", "How many accounts raised at least 4 tickets?"),
    ],
}
PAIRS = [(name, *pair) for name, pairs in OTHERS.items() for pair in pairs]

POLITE = (
    "{}, please",
    "Please: {}",
    "Hi, {}",
    "Quick question: {}",
    "hello, can you tell me: {}",
    "Hey, I'd like to know: {}",
    "Thanks! {}",
    "So, {}",
)


@pytest.mark.parametrize(("name", "family"), FAMILIES, ids=[f"{n}: {f[0]}" for n, f in FAMILIES])
def test_other_words_same_plan(world: Callable[[str], World], name: str, family: list[str]) -> None:
    reader = world(name).reader
    plans = {question: plan(reader, question) for question in family}
    assert plans[family[0]] is not None
    assert {q: p for q, p in plans.items() if p != plans[family[0]]} == {}


@pytest.mark.xfail(strict=True, reason="misread")
@pytest.mark.parametrize(("name", "question", "other"), MISREAD)
def test_other_words_that_are_misread(world: Callable[[str], World], name: str, question: str, other: str) -> None:
    reader = world(name).reader
    assert plan(reader, other) == plan(reader, question)


@pytest.mark.parametrize(("name", "family"), FAMILIES, ids=[f"{n}: {f[0]}" for n, f in FAMILIES])
def test_politeness_and_case_change_nothing(world: Callable[[str], World], name: str, family: list[str]) -> None:
    reader, question = world(name).reader, family[0].rstrip("?")
    bare = plan(reader, family[0])
    asked = [p.format(question[0].lower() + question[1:]) + "?" for p in POLITE] + [
        family[0].lower(),
        f"  {family[0]}  ",
    ]
    assert {q: p for q in asked if (p := plan(reader, q)) != bare} == {}


@pytest.mark.parametrize(("name", "question", "other"), PAIRS, ids=[f"{n}: {o}" for n, _, o in PAIRS])
def test_a_not_or_another_value_changes_the_plan(
    world: Callable[[str], World], name: str, question: str, other: str
) -> None:
    reader = world(name).reader
    assert plan(reader, question) is not None
    assert plan(reader, other) is not None
    assert plan(reader, question) != plan(reader, other)
