"""Conversations: each follow-up edits the last plan. dialogues.json holds the plan of every turn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segue.assistant.language.turn import Dialogue, PastTurn
from tests.language.conftest import World
from tests.language.kit import call_of, converse, plan

DIALOGUES = json.loads((Path(__file__).parent / "dialogues.json").read_text(encoding="utf-8"))


def named(dialogue: dict[str, Any]) -> Any:
    """A dialogue as a test. "in orders instead" is read as an order of rows."""
    questions = [turn["question"] for turn in dialogue["turns"]]
    return pytest.param(dialogue, id=f"{dialogue['world']}: {questions[0]}")


@pytest.mark.parametrize("dialogue", [named(d) for d in DIALOGUES])
def test_golden_dialogues(world: Callable[[str], World], dialogue: dict[str, Any]) -> None:
    one = world(dialogue["world"])
    questions = [turn["question"] for turn in dialogue["turns"]]
    plans = converse(one.made, one.reader, questions)
    assert dict(zip(questions, plans, strict=True)) == {turn["question"]: turn["plan"] for turn in dialogue["turns"]}


@pytest.mark.parametrize(
    "follow_up",
    [
        "and by country?",
        "only Germany",
        "who are they?",
        "why?",
        "same for October",
        "and the month before that?",
    ],
)
def test_a_follow_up_with_nothing_before_it_is_not_guessed(world: Callable[[str], World], follow_up: str) -> None:
    found = plan(world("retail").reader, follow_up)
    assert found is None or "query" not in found or "measures" not in found["query"]


def test_a_question_complete_in_itself_starts_afresh(world: Callable[[str], World]) -> None:
    reader = world("retail").reader
    first = call_of(reader.read("What was revenue by country in October?", Dialogue()))
    assert first is not None
    before = Dialogue(
        turns=[PastTurn(question="What was revenue by country in October?", status="answered", calls=[first])]
    )
    question = "How many customers bought the party bunting?"
    assert call_of(reader.read(question, before)) == call_of(reader.read(question, Dialogue()))


def test_a_turn_that_was_not_answered_is_passed_over(world: Callable[[str], World]) -> None:
    reader = world("retail").reader
    first = call_of(reader.read("What was revenue in October?", Dialogue()))
    assert first is not None
    answered = PastTurn(question="What was revenue in October?", status="answered", calls=[first])
    declined = PastTurn(question="What was the weather?", status="declined")
    assert call_of(reader.read("and by country?", Dialogue(turns=[answered, declined]))) == call_of(
        reader.read("and by country?", Dialogue(turns=[answered]))
    )
