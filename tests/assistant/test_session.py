"""A question through the built-in chat model: readings, follow-ups, refusals, faults, and an Answer that the contract allows."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from segue.assistant.answer import Answer
from segue.assistant.config import Settings
from segue.assistant.language.turn import AskBack, Declined, Said, Understood
from segue.assistant.limits import Cancel
from segue.assistant.session import Session, clean
from segue.tools.errors import DefinitionError, LimitError, QuestionError
from segue.tools.results import Result
from tests.assistant.kit import REVENUE, TOTAL, ScriptedReader, asks, make_context, one, total

PER_MONTH = {"measures": [{"metric": "revenue"}], "window": {"calendar": "month", "offset": -1}}


def session(context: Any, **understandings: Any) -> Session:
    """A session that understands questions by their first word."""
    return Session(context, Settings(), reader=ScriptedReader(**understandings))


def test_an_answer_is_the_results_own_words(context: Any, tools: dict[str, Any]) -> None:
    steps: list[tuple[str, str]] = []
    answer = session(context, revenue=one(asks(REVENUE))).ask("revenue by country", on_progress=lambda *s: steps.append(s))
    assert answer.status == "answered"
    assert answer.reply == "Germany brought the most revenue, 12,345.60; France comes second with 9,021.00."
    assert answer.headline is not None
    assert (answer.headline.label, answer.headline.value, answer.headline.unit) == ("Germany", 12345.6, "money")
    assert [e.tool for e in answer.evidence] == ["query"]
    assert answer.evidence[0].rows == [["Germany", 12345.6], ["France", 9021.0]]
    assert answer.evidence[0].arguments == REVENUE
    assert (answer.model, answer.data_version, answer.as_of) == ("builtin", "v1", "2011-12-09")
    assert answer.assumptions == ["Revenue is net of returns."]
    assert steps == [("step", "Understanding the question"), ("step", "Working out revenue by country")]


def test_every_kind_of_answer_fits_the_contract(context: Any, tools: dict[str, Any], shared: Path) -> None:
    schema = json.loads((shared / "contract" / "answer.schema.json").read_text())
    asked = session(
        context,
        revenue=one(asks(REVENUE)),
        who=one(asks({"limit": 3}, tool="find_customers")),
        which=AskBack(question="Which?", choices=["One?", "Two?"]),
        weather=Declined(reason="There is no weather in the data.", instead=["revenue by month"]),
        hello=Said(reply="Hello."),
        bug=one(asks({"measures": []})),
    )
    for word, status in (
        ("revenue", "answered"), ("who", "answered"), ("which", "clarify"), ("weather", "declined"), ("hello", "answered"),
        ("bug", "failed"), ("", "declined"),
    ):
        answer = asked.ask(word, conversation="c")
        plain = json.loads(answer.to_json())
        jsonschema.validate(plain, schema)
        assert (word, answer.status) == (word, status)
        assert Answer.model_validate(plain) == answer


def test_a_member_list_names_its_segment(context: Any, tools: dict[str, Any]) -> None:
    answer = session(context, who=one(asks({"limit": 3}, tool="find_customers"))).ask("who spent most")
    assert answer.segment is not None
    assert (answer.segment.id, answer.segment.size) == ("s-1", 3)
    assert answer.evidence[0].row_count == 3


def test_readings_that_agree_are_one_answer(context: Any, tools: dict[str, Any]) -> None:
    tools["query"] = lambda c, plan: total(1000.0 if plan.window is None else 1001.0)(c, plan)
    both = Understood(readings=[asks(TOTAL), asks(PER_MONTH, choice="Revenue last month?")], conventional=False)
    answer = session(context, revenue=both).ask("revenue")
    assert (answer.status, answer.reply, answer.assumptions) == ("answered", "Revenue was 1,000.00.", [])
    assert len(answer.evidence) == 1


def test_the_convention_is_answered_and_the_other_figure_stated(context: Any, tools: dict[str, Any]) -> None:
    tools["query"] = lambda c, plan: total(1000.0 if plan.window is None else 300.0)(c, plan)
    first = asks(TOTAL, choice="Revenue of all time?", assumptions=["Revenue of all time."])
    answer = session(context, revenue=Understood(readings=[first, asks(PER_MONTH, choice="Revenue last month?")])).ask("revenue")
    assert answer.reply == "Revenue was 1,000.00."
    assert answer.assumptions == ["Revenue of all time.", 'Read as "Revenue last month": Revenue was 300.00.']
    assert [e.rows for e in answer.evidence] == [[[1000.0]], [[300.0]]]  # the figure stated has its evidence too


def test_readings_that_differ_without_a_convention_are_asked_about(context: Any, tools: dict[str, Any]) -> None:
    tools["query"] = lambda c, plan: total(1000.0 if plan.window is None else 300.0)(c, plan)
    readings = [asks(TOTAL, choice="Revenue of all time?"), asks(PER_MONTH, choice="Revenue last month?")]
    answer = session(context, revenue=Understood(readings=readings, conventional=False)).ask("revenue")
    assert answer.status == "clarify"
    assert answer.choices == ["Revenue of all time?", "Revenue last month?"]
    assert answer.evidence == []


def test_several_calls_of_one_reading_are_one_reply(context: Any, tools: dict[str, Any]) -> None:
    tools["query"] = lambda c, plan: total(1000.0 if plan.window is None else 300.0)(c, plan)
    answer = session(context, revenue=one(asks(TOTAL, PER_MONTH))).ask("revenue now and before")
    assert answer.reply == "Revenue was 1,000.00. Revenue was 300.00."
    assert len(answer.evidence) == 2
    assert answer.headline is not None
    assert answer.headline.value == 1000.0


def test_an_expected_error_is_a_plain_refusal(context: Any, tools: dict[str, Any]) -> None:
    def refuse(context: Any, plan: Any) -> Result:
        raise QuestionError("There is no cost in the data, so there is no profit.", "Ask for revenue.")

    tools["query"] = refuse
    answer = session(context, profit=one(asks(TOTAL))).ask("profit")
    assert (answer.status, answer.reply) == ("declined", "There is no cost in the data, so there is no profit. Ask for revenue.")


def test_a_reading_that_cannot_be_run_leaves_the_others(context: Any, tools: dict[str, Any]) -> None:
    def one_fails(context: Any, plan: Any) -> Result:
        if plan.window is None:
            raise DefinitionError("There is no such thing.")
        return total(300.0)(context, plan)

    tools["query"] = one_fails
    answer = session(context, revenue=Understood(readings=[asks(TOTAL), asks(PER_MONTH)])).ask("revenue")
    assert (answer.status, answer.reply) == ("answered", "Revenue was 300.00.")


def test_a_bug_is_a_failure_that_keeps_its_text_to_itself(context: Any, tools: dict[str, Any]) -> None:
    def broken(context: Any, plan: Any) -> Result:
        raise KeyError("ann@example.com")

    tools["query"] = broken
    answer = session(context, revenue=one(asks(TOTAL))).ask("revenue")
    assert (answer.status, answer.error) == ("failed", "KeyError")
    assert "ann@example.com" not in answer.to_json()
    assert "ann@example.com" in (context.workspace.hidden / "segue.log").read_text()


def test_a_result_with_nan_is_a_bug_not_a_finding(context: Any, tools: dict[str, Any]) -> None:
    answer = session(context, revenue=one(asks(TOTAL)))
    tools["query"] = total(float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        answer.ask("revenue").to_json()


def test_follow_ups_know_what_was_said_in_another_process(context: Any, tools: dict[str, Any], tmp_path: Path) -> None:
    session(context, revenue=one(asks(REVENUE))).ask("revenue by country", conversation="mine")
    again = ScriptedReader(only=one(asks(TOTAL)))
    Session(make_context(tmp_path), Settings(), reader=again).ask("only Germany", conversation="mine")
    (turn,) = again.dialogues[0].turns
    assert turn.question == "revenue by country"
    assert (turn.status, [c.arguments for c in turn.calls], turn.labels) == ("answered", [REVENUE], ["Germany", "France"])
    assert turn.headline == {"label": "Germany", "value": 12345.6, "unit": "money"}


def test_a_question_without_a_conversation_begins_one(context: Any, tools: dict[str, Any]) -> None:
    asked = session(context, revenue=one(asks(REVENUE)))
    first, second = asked.ask("revenue"), asked.ask("revenue")
    assert first.conversation
    assert first.conversation != second.conversation
    assert [t["turn"]["question"] for t in context.state.turns(first.conversation)] == ["revenue"]


def test_every_question_is_in_the_audit_log(context: Any, tools: dict[str, Any]) -> None:
    session(context, revenue=one(asks(REVENUE))).ask("revenue", conversation="c")
    (entry,) = context.state.audit()
    assert (entry["who"], entry["what"]) == ("owner", "question")
    assert entry["detail"]["question"] == "revenue"
    assert (entry["detail"]["status"], entry["detail"]["tools"]) == ("answered", ["query"])


@pytest.mark.parametrize(
    ("question", "said"),
    [("", "There is no question"), (" \x00\n\t ", "There is no question"), ("a" * 4001, "4,001 characters")],
)
def test_what_is_no_question_is_declined(context: Any, question: str, said: str) -> None:
    answer = session(context).ask(question)
    assert answer.status == "declined"
    assert said in answer.reply


def test_control_characters_do_not_reach_the_reader() -> None:
    assert clean("rev\x1b[31menue\u202e by\ncountry\x00") == "rev [31menue by country"
    assert clean("caf\udce9 sales") == "caf sales"


def test_a_question_stops_within_a_second_when_cancelled(context: Any, tools: dict[str, Any]) -> None:
    waiting = threading.Event()

    def slow(context: Any, plan: Any) -> Result:
        waiting.set()
        context.engine.cancelled.wait(30)
        raise LimitError("interrupted")

    tools["query"] = slow
    cancel = Cancel()
    threading.Thread(target=lambda: (waiting.wait(10), cancel.cancel()), daemon=True).start()
    began = time.monotonic()
    answer = session(context, revenue=one(asks(TOTAL))).ask("revenue", cancel=cancel)
    assert (answer.status, answer.error) == ("failed", "CancelledError: Stopped.")
    assert time.monotonic() - began < 10


def test_what_cannot_be_interrupted_is_left_behind_when_time_is_up(context: Any, tools: dict[str, Any]) -> None:
    release = threading.Event()

    def deaf(context: Any, plan: Any) -> Result:
        release.wait(30)
        return total(1.0)(context, plan)

    tools["query"] = deaf
    asked = Session(context, Settings(question_seconds=0.2), reader=ScriptedReader(revenue=one(asks(TOTAL))))
    answer = asked.ask("revenue")
    release.set()
    assert answer.status == "failed"
    assert answer.error == "LimitError: The question took longer than 0.2 seconds and was stopped."
    assert answer.seconds < 5


def test_an_asker_whom_nothing_lets_in_sees_nothing(context: Any, tools: dict[str, Any]) -> None:
    answer = session(context, revenue=one(asks(REVENUE))).ask("revenue", asker="someone", audience="channel")
    assert (answer.status, answer.evidence, answer.error) == ("failed", [], "PermissionError")


def test_sessions_answer_several_questions_at_once(context: Any, tools: dict[str, Any]) -> None:
    tools["query"] = lambda c, plan: total(float(plan.limit))(c, plan)
    understandings = {f"q{n}": one(asks({**TOTAL, "limit": n})) for n in range(1, 21)}
    asked = session(context, **understandings)
    answers: dict[int, Answer] = {}
    threads = [threading.Thread(target=lambda n=n: answers.update({n: asked.ask(f"q{n}")})) for n in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: a.reply for n, a in answers.items()} == {n: f"Revenue was {n:.2f}." for n in range(1, 21)}
