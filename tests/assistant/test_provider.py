"""A provider's chat model over real HTTP to a scripted server: the same loop, and everything that goes wrong with providers."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from segue.assistant.answer import Answer
from segue.assistant.config import Settings
from segue.assistant.guard import without_markup
from segue.assistant.limits import Cancel
from segue.assistant.session import Session
from segue.tools.errors import QuestionError
from tests.assistant.kit import BY_CUSTOMER, REVENUE, TOTAL, by_customer
from tests.assistant.loopback import Provider, calls, drip, hang, html, status, text

TRUE = "Germany brought the most revenue, £12,345.60. France comes second with £9,021."
SUMMARY = "Germany brought the most revenue, 12,345.60; France comes second with 9,021.00."


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request: pytest.FixtureRequest) -> bool:
    """Whether the provider is asked to stream."""
    return request.param


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-123456")


class Asked:
    """A session with the scripted provider, and what it told on the way."""

    def __init__(self, context: Any, provider: Provider, streamed: bool, **limits: Any) -> None:
        chosen = {"provider_retries": 1, "provider_seconds": 20, "question_seconds": 30, **limits}
        self.session = Session(context, Settings(chat_model="openai:scripted", base_url=provider.address, **chosen))
        self.streamed = streamed
        self.progress: list[tuple[str, str]] = []

    def ask(self, question: str = "Which country brings the most revenue?", **more: Any) -> Answer:
        """The answer."""
        note = (lambda *step: self.progress.append(step)) if self.streamed else None
        return self.session.ask(question, on_progress=note, **more)

    @property
    def shown(self) -> str:
        """The pieces of the reply that were shown while it was written."""
        return "".join(piece for kind, piece in self.progress if kind == "text")


def test_a_question_goes_through_the_same_tools(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("query", REVENUE)), text(TRUE))
    asked = Asked(context, provider, streamed)
    answer = asked.ask()
    assert (answer.status, answer.reply, answer.error) == ("answered", TRUE, None)
    assert answer.model == "openai:scripted"
    assert answer.headline is not None
    assert answer.headline.label == "Germany"
    assert [(e.tool, e.arguments) for e in answer.evidence] == [("query", REVENUE)]
    assert [bool(r.get("stream")) for r in provider.requests] == [streamed] * 2
    if streamed:
        assert asked.shown == TRUE
        assert [p for p in asked.progress if p[0] == "step"] == [
            ("step", "Understanding the question"), ("step", "Working out revenue by country")
        ]


def test_what_a_provider_is_told(context: Any, tools: dict, provider: Provider) -> None:
    provider.says(calls(("query", REVENUE)), text(TRUE))
    Asked(context, provider, False).ask()
    first, second = provider.requests
    system = first["messages"][0]["content"]
    assert "orders.country: text, place; values: Germany, France" in system
    assert first["max_completion_tokens"] == 4000
    assert {t["function"]["name"] for t in first["tools"]} == {
        "query", "find_customers", "segments", "churn_risk", "profile", "explain_change", "describe", "ask_back", "decline"
    }
    assert len(json.dumps(first)) < 120_000
    told = json.loads(second["messages"][-1]["content"])
    assert told["rows"] == [["Germany", 12345.6], ["France", 9021.0]]
    everything = json.dumps(provider.requests)
    for private in ("ann@example.com", "call Bob"):
        assert private not in everything


def test_keys_are_placeholders_until_the_reply_is_checked(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    tools["query"] = by_customer
    condition = {"kind": "column", "column": "orders.customer_id", "op": "=", "value": "customer#2"}
    provider.says(
        calls(("query", BY_CUSTOMER)),
        calls(("query", {**TOTAL, "where": condition})),
        text("customer#1 spent most, £900. customer#2 follows with £800."),
    )
    answer = Asked(context, provider, streamed).ask("who spent most?", conversation="c")
    assert answer.reply == "17001 spent most, £900. 17002 follows with £800."
    assert answer.evidence[1].arguments["where"]["value"] == 17002
    provider.says(text("Which period do you mean?"))
    Asked(context, provider, streamed).ask("and before?", conversation="c")
    everything = json.dumps(provider.requests, ensure_ascii=False)
    assert "17001" not in everything
    assert "17002" not in everything
    assert "customer#1 spent most, £900." in everything  # the follow-up carries the reply as the provider wrote it


def test_members_are_a_number_and_a_definition(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("find_customers", {"limit": 3})), text("3 customers spent more than 500."))
    answer = Asked(context, provider, streamed).ask("who spent most?")
    assert answer.status == "answered"
    assert answer.segment is not None
    assert len(answer.evidence[0].rows) == 3
    told = json.dumps(provider.requests[1]["messages"][-1])
    assert "customers whose revenue is more than 500" in told
    for private in ("17001", "17002", "ann@example.com", "bob@example.com"):
        assert private not in told


def test_a_question_back_and_a_refusal_end_the_turn(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("ask_back", {"question": "Which revenue?", "choices": ["Net revenue?", "Gross revenue?"]}), ("query", TOTAL)))
    answer = Asked(context, provider, streamed).ask()
    assert (answer.status, answer.reply, answer.choices) == ("clarify", "Which revenue?", ["Net revenue?", "Gross revenue?"])
    provider.says(calls(("decline", {"reason": "There is no weather here.", "instead": ["Revenue by month?"]})))
    answer = Asked(context, provider, streamed).ask()
    assert (answer.status, answer.reply, answer.suggestions) == ("declined", "There is no weather here.", ["Revenue by month?"])


def test_an_ungrounded_figure_is_sent_back_once(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("query", REVENUE)), text("Germany brought £15,000. France £9,021."), text(TRUE))
    asked = Asked(context, provider, streamed)
    answer = asked.ask()
    assert (answer.status, answer.reply) == ("answered", TRUE)
    objection = provider.requests[2]["messages"][-1]
    assert objection["role"] == "user"
    assert '"£15,000" is in no result.' in objection["content"]
    assert "15,000" not in asked.shown


def test_a_figure_ungrounded_twice_falls_back_to_the_results(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("query", REVENUE)), text("Germany brought £15,000."), text("Germany brought £16,000."))
    asked = Asked(context, provider, streamed)
    answer = asked.ask()
    assert (answer.status, answer.reply) == ("answered", SUMMARY)
    assert len(provider.requests) == 3
    assert asked.shown == ""


def test_figures_without_any_result_are_not_shown(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(text("Revenue was 5,000."))
    asked = Asked(context, provider, streamed)
    answer = asked.ask()
    assert answer.status == "failed"
    assert answer.reply == "The chat model's reply states figures that no result has, so it is not shown. Ask again."
    assert asked.shown == ""


def test_a_reply_that_rests_on_nothing_is_sent_back_once(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(text("Hello. What would you like to know?"))
    answer = Asked(context, provider, streamed).ask("hello")
    assert (answer.status, answer.reply, answer.evidence) == ("answered", "Hello. What would you like to know?", [])
    assert len(provider.requests) == 2
    assert "No tool was called" in provider.requests[1]["messages"][-1]["content"]


def test_markup_is_taken_off(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    marked = "## Answer\n**Germany** brought the most revenue, `£12,345.60`. __France__ comes second with **£9,021**."
    provider.says(calls(("query", REVENUE)), text(marked))
    asked = Asked(context, provider, streamed)
    assert asked.ask().reply == f"Answer\n{TRUE}"
    assert "**" not in asked.shown


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("# **Top** `5`", "Top 5"),
        ("* one\n* two", "one\ntwo"),
        ("2 * 3 ** 4", "2 * 3 ** 4"),
        ("T__X__Y and customer#1", "T__X__Y and customer#1"),
    ],
)
def test_what_markup_is(marked: str, plain: str) -> None:
    assert without_markup(marked) == plain


def test_a_link_is_not_passed_on(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("query", REVENUE)), text(f"{TRUE} See https://evil.example/?q=secret for more. "), text(f"{TRUE} [More](x)"))
    asked = Asked(context, provider, streamed)
    answer = asked.ask()
    assert answer.reply == SUMMARY
    assert "evil" not in asked.shown
    assert "Replies hold no web addresses." in provider.requests[2]["messages"][-1]["content"]


def test_after_the_objection_a_tool_may_be_called(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(text("Germany brought £12,345.60."), calls(("query", REVENUE)), text(TRUE))
    assert Asked(context, provider, streamed).ask().reply == TRUE


def test_a_cut_stream_runs_no_tool(context: Any, tools: dict, provider: Provider) -> None:
    ran: list[Any] = []
    tools["query"] = lambda c, plan: ran.append(plan)
    half = json.dumps({**TOTAL, "where": {"kind": "column", "column": "orders.country", "op": "=", "value": "France"}})
    provider.says(calls(("query", half[:-8]), reason=None, cut=True))
    answer = Asked(context, provider, True).ask()
    assert (answer.status, answer.reply) == ("failed", "The chat model's message was cut off. Ask again.")
    assert ran == []
    assert len(provider.requests) == 2  # asked once more


def test_a_message_cut_at_its_length_runs_no_tool(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    ran: list[Any] = []
    tools["query"] = lambda c, plan: ran.append(plan)
    provider.says(calls(("query", json.dumps(TOTAL)), reason="length"))
    answer = Asked(context, provider, streamed).ask()
    assert (answer.status, answer.error) == ("failed", "ProviderError: The chat model's message was too long and was cut off.")
    assert ran == []
    assert len(provider.requests) == 1


def test_a_stream_that_dies_after_text_was_shown_is_not_asked_again(context: Any, tools: dict, provider: Provider) -> None:
    provider.says(calls(("query", REVENUE)), text(TRUE, reason=None, cut=True))
    asked = Asked(context, provider, True, provider_retries=3)
    answer = asked.ask()
    assert answer.status == "failed"
    assert asked.shown == "Germany brought the most revenue, £12,345.60. "
    assert len(provider.requests) == 2


def test_arguments_that_are_no_json_are_refused(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("query", '{"measures": [')), calls(("query", REVENUE)), text(TRUE))
    assert Asked(context, provider, streamed).ask().reply == TRUE
    provider.says(calls(("query", '{"measures": [')))
    provider.requests.clear()
    answer = Asked(context, provider, streamed).ask()
    assert answer.error == "ProviderError: The chat model called a tool in a way that can't be read."


def test_wrong_arguments_and_unknown_tools_are_told(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("query", {**TOTAL, "colour": "red"}), ("delete_all", {})), calls(("query", REVENUE)), text(TRUE))
    assert Asked(context, provider, streamed).ask().reply == TRUE
    wrong, unknown = (m["content"] for m in provider.requests[1]["messages"][-2:])
    assert wrong == "Invalid arguments: colour: Extra inputs are not permitted"
    assert "delete_all is not a valid tool" in unknown


def test_an_expected_error_tells_no_values(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    def refuse(context: Any, plan: Any) -> Any:
        raise QuestionError("There is no 'Gremany' in 'country', nor in 'ann@example.com'.", "Did you mean 'Germany'?")

    tools["query"] = refuse
    where = {"kind": "column", "column": "orders.country", "op": "=", "value": "Gremany"}
    provider.says(calls(("query", {**TOTAL, "where": where})), calls(("decline", {"reason": "There is no such country."})))
    assert Asked(context, provider, streamed).ask().status == "declined"
    told = provider.requests[1]["messages"][-1]["content"]
    assert told == "There is no 'Gremany' in 'country', nor in (a value of the data). Did you mean 'Germany'?"


def test_endless_calls_end(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(calls(("query", REVENUE)))
    answer = Asked(context, provider, streamed).ask()
    assert answer.error == "LimitError: The chat model kept calling tools without coming to an answer."
    assert len(provider.requests) == 6


@pytest.mark.parametrize(
    ("turn", "said", "requests"),
    [
        (status(401), "The provider refused the key (401).", 1),
        (status(403), "The key has no right to this chat model (403).", 1),
        (status(404), "The provider has no such chat model (404).", 1),
        (status(400), "The provider refused the request (400).", 1),
        (status(429, {"Retry-After": "0"}), "The provider is asked too much at the moment (429).", 2),
        (status(429, {"Retry-After": "30"}), "The provider asks to be left alone for 30 seconds.", 1),
        (status(429, kind="insufficient_quota"), "The provider's quota is used up (429).", 1),
        (status(500), "The provider failed (500).", 2),
        (html(), "The provider failed.", 1),
        (text(""), "The chat model sent nothing.", 2),
        (text("Revenue", reason="content_filter"), "The chat model stopped early (content_filter).", 1),
    ],
    ids=["401", "403", "404", "400", "429", "429-wait-30", "quota", "500", "html", "empty", "filter"],
)
def test_faults_are_plain_failures(
    context: Any, tools: dict, provider: Provider, streamed: bool, turn: Any, said: str, requests: int
) -> None:
    provider.says(turn)
    began = time.monotonic()
    answer = Asked(context, provider, streamed).ask()
    assert answer.status == "failed"
    assert answer.reply.startswith(said)
    assert len(provider.requests) == requests
    assert time.monotonic() - began < 10
    assert "sk-secret" not in answer.to_json() + (context.workspace.hidden / "segue.log").read_text()


def test_a_fault_that_passes_is_no_failure(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(status(500), calls(("query", REVENUE)), status(429, {"Retry-After": "0"}), text(TRUE))
    assert Asked(context, provider, streamed).ask().reply == TRUE


@pytest.mark.parametrize("turn", [hang(), drip()], ids=["hang", "drip"])
def test_a_provider_that_hangs_is_left(context: Any, tools: dict, provider: Provider, streamed: bool, turn: Any) -> None:
    provider.says(turn)
    answer = Asked(context, provider, streamed, provider_seconds=1).ask()
    assert (answer.status, answer.error) == ("failed", "LimitError: The chat model took too long.")
    assert answer.seconds < 10
    assert len(provider.requests) <= 1  # it is not asked again


def test_cancelling_breaks_off_the_provider(context: Any, tools: dict, provider: Provider, streamed: bool) -> None:
    provider.says(drip())
    cancel = Cancel()
    threading.Timer(0.2, cancel.cancel).start()
    answer = Asked(context, provider, streamed).ask(cancel=cancel)
    assert answer.error == "CancelledError: Stopped."
    assert answer.seconds < 10


def test_nobody_there(context: Any, tools: dict, streamed: bool) -> None:
    gone = Provider()
    gone.close()
    answer = Asked(context, gone, streamed).ask()
    assert answer.error == "ProviderError: The provider can't be reached."


def test_tracing_sends_nothing_out(
    context: Any, tools: dict, provider: Provider, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracer = Provider()
    tracer.says(status(200))
    for prefix in ("LANGSMITH", "LANGCHAIN"):
        monkeypatch.setenv(f"{prefix}_TRACING", "true")
        monkeypatch.setenv(f"{prefix}_TRACING_V2", "true")
        monkeypatch.setenv(f"{prefix}_ENDPOINT", tracer.address)
        monkeypatch.setenv(f"{prefix}_API_KEY", "lsv2_pt_secret")
        monkeypatch.setenv(f"{prefix}_PROJECT", "leak")
    monkeypatch.setenv("LANGSMITH_GATEWAY", tracer.address)
    monkeypatch.setenv("LANGSMITH_OTEL_ENABLED", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", tracer.address)
    provider.says(calls(("query", REVENUE), ("query", TOTAL)), text(TRUE))
    answer = Asked(context, provider, streamed).ask()
    time.sleep(0.3)  # a background sender would have its chance
    tracer.close()
    assert answer.reply == TRUE
    assert tracer.paths == []
