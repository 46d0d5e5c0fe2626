"""The built-in chat model's messages: one for a question, one for the tools' results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, ToolMessage

from segue.assistant.builtin import NOTE, BuiltinChatModel, agree, call_id, first_message, reply_message
from segue.assistant.language.turn import AskBack, Declined, Said, Understood
from segue.tools.registry import INVALID
from segue.tools.results import Column, Headline, Result, SegmentRef
from tests.assistant.kit import REVENUE, TOTAL, ScriptedReader, asks, one, total


def result(value: float, label: str | None = None, rows: tuple = ()) -> Result:
    """A result with a headline."""
    columns = (Column("country", "text"), Column("revenue", "number", "money"))
    return Result("query", {}, columns, rows, len(rows), headline=Headline(label, value, "money"), summary=f"It is {value:g}.")


def message(answered: Result | str, id: str) -> ToolMessage:
    """A tool's message: a result, or what it says instead."""
    if isinstance(answered, str):
        return ToolMessage(answered, tool_call_id=id, name="query", status="error")
    return ToolMessage("", tool_call_id=id, name="query", artifact=answered)


def replied(understood: Understood, *answers: Result | str) -> Any:
    """What the model says when each reading's one call was answered so."""
    return reply_message(understood, {call_id(i, 0): message(a, call_id(i, 0)) for i, a in enumerate(answers)})


def test_every_reading_is_called_and_ids_say_which() -> None:
    said = first_message(Understood(readings=[asks(TOTAL, REVENUE), asks(REVENUE)]))
    assert [(c["id"], c["name"], c["args"]) for c in said.tool_calls] == [
        ("r0c0", "query", TOTAL), ("r0c1", "query", REVENUE), ("r1c0", "query", REVENUE),
    ]
    assert said.text == ""


@pytest.mark.parametrize(
    ("understood", "name", "arguments"),
    [
        (AskBack(question="Which?", choices=["A?"]), "ask_back", {"question": "Which?", "choices": ["A?"]}),
        (Declined(reason="No cost here.", instead=["Revenue?"]), "decline", {"reason": "No cost here.", "instead": ["Revenue?"]}),
    ],
)
def test_a_question_back_and_a_refusal_are_tools_too(understood: Any, name: str, arguments: dict[str, Any]) -> None:
    (call,) = first_message(understood).tool_calls
    assert (call["name"], call["args"]) == (name, arguments)


def test_words_are_words() -> None:
    said = first_message(Said(reply="You're welcome."))
    assert (said.text, said.tool_calls, said.response_metadata[NOTE]) == ("You're welcome.", [], {"said": True})


def test_it_is_a_langchain_chat_model_that_needs_no_binding() -> None:
    model = BuiltinChatModel(reader=ScriptedReader(revenue=one(asks(TOTAL))))
    assert model.bind_tools([]) is model
    (call,) = model.invoke([HumanMessage("revenue")]).tool_calls
    reply = model.invoke([HumanMessage("revenue"), ToolMessage("", tool_call_id=call["id"], artifact=total(5.0)(None, asks(TOTAL)))])
    assert reply.text == "Revenue was 5.00."


def test_results_without_a_question_are_a_bug() -> None:
    with pytest.raises(RuntimeError):
        BuiltinChatModel(reader=ScriptedReader()).invoke([ToolMessage("", tool_call_id="r0c0", artifact=result(1))])


@pytest.mark.parametrize(
    ("one_result", "other", "same"),
    [
        (result(1000), result(1004), True),  # within half a percent
        (result(1000), result(1006), False),
        (result(0), result(0), True),
        (result(5, "Germany"), result(5, "France"), False),
        (result(5, "Germany"), result(5, "Germany"), True),
        (result(5, "A", (("A", 5.0), ("B", 2.0))), result(5, "A", (("A", 5.0), ("B", 3.0))), False),
        (result(5, "A", (("A", 5.0),)), result(5, "A", (("A", 5.0), ("B", 3.0))), False),
        (result(5), replace(result(5), headline=None), False),
        (
            replace(result(2), segment=SegmentRef("s1", "", 2, "")),
            replace(result(2), segment=SegmentRef("s2", "", 2, ""), rows=(("other", 1.0),)),
            False,
        ),
    ],
)
def test_when_readings_agree(one_result: Result, other: Result, same: bool) -> None:
    assert agree([one_result], [other]) is same
    assert agree([other], [one_result]) is same


def test_a_reading_of_more_calls_is_another_answer() -> None:
    assert not agree([result(1)], [result(1), result(1)])


def test_a_reply_names_its_calls_and_the_other_reading() -> None:
    readings = Understood(readings=[asks(TOTAL, assumptions=["All time."]), asks(TOTAL, choice="Revenue last month?"), asks(TOTAL)])
    said = replied(readings, result(10), result(20), result(10))
    assert said.text == "It is 10."
    assert said.response_metadata[NOTE] == {
        "used": ["r0c0"], "also": ["r1c0"], "assumptions": ["All time.", 'Read as "Revenue last month": It is 20.'],
    }


def test_all_readings_failing_is_a_refusal_with_the_first_reason() -> None:
    (call,) = replied(Understood(readings=[asks(TOTAL), asks(TOTAL)]), "No dates here.", "No cost here.").tool_calls
    assert (call["name"], call["args"]["reason"]) == ("decline", "No dates here.")


def test_a_wrong_call_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="called query wrongly"):
        replied(one(asks(TOTAL)), INVALID + "measures: Field required")
