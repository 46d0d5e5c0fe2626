"""What is no question for the data is told from what is: attacks, Segue's own words, thanks; and ordinary questions that only look so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from segue.assistant.language.refuse import refuse, starters
from segue.assistant.language.turn import Declined, Dialogue, Said, Understood
from tests.language.conftest import World
from tests.language.kit import plan


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("help", {"topic": "abilities"}),
        ("what can you do?", {"topic": "abilities"}),
        ("hello", {"topic": "abilities"}),
        ("what data do you have?", {"topic": "data"}),
        ("How far back does the data go?", {"topic": "data"}),
        ("what segments do you have?", {"topic": "segments"}),
        ("How do I make a segment?", {"topic": "make_segment"}),
        ("What day do you take as today?", {"topic": "today"}),
        ("How is revenue calculated?", {"topic": "definition", "name": "revenue"}),
        ("How do you define a customer?", {"topic": "definition", "name": "customers"}),
    ],
)
def test_questions_about_segue_itself(world: Callable[[str], World], text: str, arguments: dict[str, str]) -> None:
    assert plan(world("retail").reader, text) == {"describe": arguments}


@pytest.mark.parametrize(
    "text",
    [
        "thanks!",
        "Thank you very much",
        pytest.param("great, thanks", marks=pytest.mark.xfail(strict=True, reason="declined")),
        "cheers",
    ],
)
def test_thanks_are_answered_in_words(world: Callable[[str], World], text: str) -> None:
    assert isinstance(world("retail").reader.read(text, Dialogue()), Said)


@pytest.mark.parametrize(
    "text",
    [
        "Drop in revenue in November?",
        "Show me the customers in Germany",
        "How many orders were returned?",
        "List customers who never ordered",
        "How much did Germany spend in total?",
        "Show me the top 5 customers",
        "Give me revenue by month please",
        "Leave out the UK: revenue by country",
        "What was the average order value in the UK?",
    ],
)
def test_ordinary_questions_are_not_refused(world: Callable[[str], World], text: str) -> None:
    reader = world("retail").reader
    assert refuse(text, reader.lexicon) is None
    assert isinstance(reader.read(text, Dialogue()), Understood)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("telecom", "How many customers left last month?"),  # no dates
        ("telecom", "How has revenue moved over time?"),
        ("telecom", "What is our profit?"),  # no cost
        ("retail", "What will revenue be next month?"),  # the future
        ("retail", "How many women bought something?"),  # no gender
        ("retail", "What was the profit in October?"),
        ("market", "How old are our customers on average?"),
        ("saas", "Forecast the number of tickets for next quarter"),
    ],
)
def test_what_the_data_cannot_say_is_declined_with_something_to_ask_instead(
    world: Callable[[str], World], name: str, text: str
) -> None:
    answer = world(name).reader.read(text, Dialogue())
    assert isinstance(answer, Declined)
    assert answer.reason.endswith(".")
    assert answer.instead


@pytest.mark.parametrize(
    "name",
    [
        "telecom",
        "saas",
        *("retail", "grocer", "market"),
    ],
)
def test_what_is_offered_instead_can_be_asked(world: Callable[[str], World], name: str) -> None:
    offered = {q: plan(world(name).reader, q) for q in starters(world(name).reader.lexicon)}
    assert None not in offered.values()
    assert offered.get("Which segment has the highest churn risk?", {"churn_risk": {}}) == {"churn_risk": {}}
