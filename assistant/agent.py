"""One agent loop for either chat model: LangChain's create_agent over the tools, with limits and a guard round every model call."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware
from langchain.agents.middleware.model_call_limit import ModelCallLimitExceededError
from langchain.agents.middleware.types import ModelRequest, ModelResponse
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.errors import GraphRecursionError

from segue import prompts
from segue.assistant.builtin import NOTE
from segue.assistant.config import Settings
from segue.assistant.grounding import problems
from segue.assistant.limits import Cancel
from segue.assistant.provider import UNREADABLE, Refused, may_pass, provider_error, refuse_unfinished, wait_asked
from segue.tools.disclosure import Placeholders
from segue.tools.errors import LimitError, ProviderError
from segue.tools.registry import ENDS_TURN, AskBack, Decline, provider_schemas, tools_for
from segue.tools.results import Result

if TYPE_CHECKING:
    from segue.tools.context import Context

STEPS = 25
"""Steps of the graph in one turn: LangGraph's own limit is 9,999."""

NO_TOOL = "No tool was called, so nothing in the reply rests on a result. Call one, ask back or decline; a greeting may stay."
"""What a provider is told that answers out of its own head."""

OnProgress = Callable[[Literal["step", "text"], str], None]
"""Called with ("step", what Segue is doing) and ("text", a checked piece of the reply as it is written; the Answer's reply
replaces what was shown). From other threads than the asker's."""


@dataclass
class Turn:
    """A question on its way through the agent.

    before        earlier messages of the conversation, as a provider may see them
    placeholders  given for a provider's chat model
    close         breaks off what the chat model is doing
    """

    context: Context
    settings: Settings
    question: str
    chat_model: BaseChatModel
    cancel: Cancel
    see: Callable[[Result], Result]
    on_progress: OnProgress | None = None
    before: list[AnyMessage] = field(default_factory=list)
    system_prompt: str | None = None
    placeholders: Placeholders | None = None
    close: Callable[[], None] = lambda: None

    def step(self, text: str) -> None:
        """Reports what is being done; raises where the question was stopped."""
        self.cancel.check()
        if self.on_progress is not None:
            self.on_progress("step", text)


@dataclass(frozen=True)
class Finished:
    """How a turn ended.

    ending       the question back or the refusal, where it ended so
    reply        the reply otherwise, placeholders still in it (`masked`) and put back (`reply`)
    results      what the reply rests on, in order, with the calls that gave them (name, arguments)
    also         results of another reading, which an assumption states
    fallback     the chat model's own words failed the check: the reply is the results' summaries
    """

    ending: AskBack | Decline | None
    reply: str
    masked: str
    results: list[Result]
    calls: list[tuple[str, dict[str, Any]]]
    also: list[Result]
    assumptions: list[str]
    fallback: bool = False


def run(turn: Turn) -> Finished:
    """Runs the turn. SegueError where a limit, a provider or the asker stopped it; bugs propagate."""
    _no_tracing()
    guard = Guard(turn)
    middleware: list[Any] = [ModelCallLimitMiddleware(run_limit=turn.settings.provider_calls, exit_behavior="error"), guard]
    max_rows = turn.settings.provider_rows
    tools = tools_for(turn.context, see=turn.see, placeholders=turn.placeholders, step=turn.step, max_rows=max_rows)
    agent = create_agent(turn.chat_model, tools, system_prompt=turn.system_prompt, middleware=middleware)
    messages = [*turn.before, HumanMessage(turn.question)]
    turn.step("Understanding the question")
    try:
        state = agent.invoke({"messages": messages}, {"recursion_limit": STEPS, "callbacks": guard.callbacks})  # type: ignore[call-overload]
    except (ModelCallLimitExceededError, GraphRecursionError) as error:
        raise LimitError("The chat model kept calling tools without coming to an answer.", "Ask a narrower question.") from error
    turn.cancel.check()
    return finish(state["messages"][len(messages) :], turn.placeholders)


def finish(messages: list[AnyMessage], placeholders: Placeholders | None = None) -> Finished:
    """What the turn's messages come to."""
    last = messages[-1]
    ending = last.artifact if isinstance(last, ToolMessage) and isinstance(last.artifact, (AskBack, Decline)) else None
    note = last.response_metadata.get(NOTE, {})
    done = _done(messages)
    used = [d for d in done if "used" not in note or d.id in note["used"]]
    masked = "" if ending is not None else last.text.strip()
    return Finished(
        ending=ending if ending is None or placeholders is None else _put_back(ending, placeholders),
        reply=placeholders.put_back(masked) if placeholders is not None else masked,
        masked=masked,
        results=[d.result for d in used],
        calls=[(d.tool, placeholders.real(d.arguments) if placeholders is not None else d.arguments) for d in used],
        also=[d.result for d in done if d.id in note.get("also", [])],
        assumptions=list(note.get("assumptions", [])),
        fallback=bool(note.get("fallback")),
    )


@dataclass(frozen=True)
class _Done:
    """A tool call that gave a result."""

    id: str | None
    tool: str
    arguments: dict[str, Any]
    result: Result


def _done(messages: list[AnyMessage]) -> list[_Done]:
    """The calls that gave results, in order. A provider may use an id again in a later message: each call goes with the nearest."""
    done: list[_Done] = []
    calls: dict[str | None, Any] = {}
    for message in messages:
        if isinstance(message, AIMessage):
            calls = {call["id"]: call for call in message.tool_calls}
        elif isinstance(message, ToolMessage) and isinstance(message.artifact, Result):
            call = calls[message.tool_call_id]
            done.append(_Done(call["id"], call["name"], call["args"], message.artifact))
    return done


def _put_back(ending: AskBack | Decline, placeholders: Placeholders) -> AskBack | Decline:
    plain = {k: [placeholders.put_back(t) for t in v] if isinstance(v, list) else placeholders.put_back(v) for k, v in ending}
    return type(ending).model_validate(plain)


def _no_tracing() -> None:
    """Four environment names can make LangChain send questions out. This is what stops it for certain, threads included.

    Two older names only make LangChain refuse to run once that is said: they are dropped from this process.
    """
    import langsmith

    langsmith.configure(enabled=False)
    for name in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"):
        os.environ.pop(name, None)


class Guard(AgentMiddleware):
    """Stands round every call of the chat model: retries, the deadline, messages that may not be acted on, and the grounding check."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self._turn = turn
        self._left = turn.settings.provider_seconds
        self._sent_back = False
        self._writer = Writer(turn)
        self.callbacks: list[BaseCallbackHandler] = [self._writer] if self._outside else []

    @property
    def _outside(self) -> bool:
        return self._turn.placeholders is not None

    def wrap_model_call(self, request: ModelRequest, handler: Callable[[ModelRequest], ModelResponse]) -> ModelResponse:
        """Calls the chat model; what comes back is finished, readable and grounded."""
        if self._outside:
            request = request.override(tools=list(provider_schemas()))
        message = self._call(request, handler)
        if message.tool_calls and not self._ends(message):
            return ModelResponse(result=[message])
        return ModelResponse(result=[self._grounded(request, handler, _only_ending(message))])

    def _call(self, request: ModelRequest, handler: Callable[[ModelRequest], ModelResponse]) -> AIMessage:
        self._turn.cancel.check()
        if not self._outside:
            return _message(handler(request))
        for attempt in range(self._turn.settings.provider_retries + 1):
            try:
                return self._try(request, handler)
            except Exception as error:  # noqa: BLE001 (a provider's client can raise anything)
                self._turn.cancel.check()
                self._wait_or_raise(error, attempt)
        raise AssertionError("the last attempt returns or raises")

    def _try(self, request: ModelRequest, handler: Callable[[ModelRequest], ModelResponse]) -> AIMessage:
        """One call over the network, broken off when the provider's time is up or the question is stopped."""
        self._writer.begin(_results(request.messages))
        late = LimitError("The chat model took too long.", "Try again, or raise provider_seconds in the settings.")
        timer = threading.Timer(self._left, self._turn.cancel.cancel, [late])
        timer.daemon = True
        began = time.monotonic()
        timer.start()
        try:
            with self._turn.cancel.interrupts(self._turn.close):
                message = _message(handler(request))
            refuse_unfinished(message)
            self._writer.refuse_unreadable()
            return message
        finally:
            timer.cancel()
            self._left = max(0.01, self._left - (time.monotonic() - began))

    def _wait_or_raise(self, error: Exception, attempt: int) -> None:
        """Waits for the next attempt, or raises what stops us: a lasting fault, text already shown, the last attempt."""
        told = provider_error(error)
        if not may_pass(error) or self._writer.shown or attempt == self._turn.settings.provider_retries:
            raise told from error
        asked = wait_asked(error)
        seconds = asked if asked is not None else 0.25 * 2**attempt
        if seconds > min(self._turn.settings.retry_after_seconds, self._left):
            raise ProviderError(f"The provider asks to be left alone for {seconds:g} seconds.", "Try again then.") from error
        self._turn.step("Waiting for the chat model")
        self._turn.cancel.wait(seconds)
        self._left = max(0.01, self._left - seconds)

    def _ends(self, message: AIMessage) -> bool:
        return any(call["name"] in ENDS_TURN for call in message.tool_calls)

    def _grounded(
        self, request: ModelRequest, handler: Callable[[ModelRequest], ModelResponse], message: AIMessage
    ) -> AIMessage:
        """The message if its figures are the results'; else, once a turn, what the chat model makes of the objections."""
        results = _results(request.messages)
        wrong = self._problems(message, results)
        if self._outside and not results and not message.tool_calls and not self._sent_back:
            wrong.append(NO_TOOL)
        if not wrong:
            self._writer.end()
            return message
        self._writer.hush()
        if self._outside and not self._sent_back:
            self._sent_back = True
            self._turn.step("Checking the figures")
            told = prompts.load("ungrounded", problems="\n".join(f"- {p}" for p in wrong[:10]))
            again = [*request.messages, AIMessage(_words(message)), HumanMessage(told)]
            second = self._call(request.override(messages=again), handler)
            if second.tool_calls and not self._ends(second):
                return second
            second = _only_ending(second)
            if not self._problems(second, results):
                return second
        return _fallback(results)

    def _problems(self, message: AIMessage, results: list[Result]) -> list[str]:
        if not self._outside and (message.tool_calls or message.response_metadata.get(NOTE, {}).get("said")):
            return []  # the built-in model's own question or refusal, or words about what was answered before
        asked, names = self._turn.question, self._turn.placeholders
        return problems(_words(message), results, question=asked, placeholders=names, names=self._outside)


class Writer(BaseCallbackHandler):
    """Shows a provider's reply while it is written, sentence by sentence, each one after its figures were checked."""

    run_inline = True

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._results: list[Result] = []
        self._text = ""
        self._arguments: dict[Any, str] = {}
        self._silent = True
        self.shown = False

    def begin(self, results: list[Result]) -> None:
        """A message begins. Nothing is shown before there are results: until then it is talk about what to do."""
        self._results, self._text, self._arguments = results, "", {}
        self._silent = self._turn.on_progress is None or not results or self.shown

    def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
        """A piece of the message came."""
        for call in getattr(getattr(kwargs.get("chunk"), "message", None), "tool_call_chunks", []):
            self._arguments[call["index"]] = self._arguments.get(call["index"], "") + (call["args"] or "")
        if self._silent or not isinstance(token, str):
            return
        self._text += token
        cut = max(self._text.rfind(mark) for mark in (". ", "! ", "? ", ".\n"))
        if cut >= 0:
            self._show(self._text[: cut + 2])
            self._text = self._text[cut + 2 :]

    def refuse_unreadable(self) -> None:
        """Raises Refused where a streamed call's arguments are no JSON: LangChain mends them and would run half a call."""
        try:
            for arguments in self._arguments.values():
                json.loads(arguments or "{}")
        except ValueError as error:
            raise Refused(UNREADABLE, "Ask again, or use another chat model.") from error

    def end(self) -> None:
        """The message passed the check: what is left of it is shown."""
        if not self._silent and self._text:
            self._show(self._text)
        self._text = ""

    def hush(self) -> None:
        """Shows no more of this turn."""
        self._silent, self._text = True, ""

    def _show(self, text: str) -> None:
        names = self._turn.placeholders
        if problems(text, self._results, question=self._turn.question, placeholders=names):
            self.hush()
            return
        self.shown = True
        if self._turn.on_progress is not None:
            self._turn.on_progress("text", names.put_back(text) if names is not None else text)


def _message(response: ModelResponse | AIMessage) -> AIMessage:
    message = response if isinstance(response, AIMessage) else response.result[-1]
    if not isinstance(message, AIMessage):
        raise TypeError(f"a chat model answered with a {type(message).__name__}")
    return message


def _results(messages: list[AnyMessage]) -> list[Result]:
    return [m.artifact for m in messages if isinstance(m, ToolMessage) and isinstance(m.artifact, Result)]


def _only_ending(message: AIMessage) -> AIMessage:
    """A message that ends the turn does nothing else: calls beside the ending are dropped."""
    ending = next((c for c in message.tool_calls if c["name"] in ENDS_TURN), None)
    if ending is None or len(message.tool_calls) == 1:
        return message
    return AIMessage(message.content, tool_calls=[ending], response_metadata=message.response_metadata)


def _words(message: AIMessage) -> str:
    """What the message says to the person: its text, or its question back or refusal."""
    said = [message.text] if not message.tool_calls else []
    said += [str(c["args"].get(k, "")) for c in message.tool_calls for k in ("question", "reason")]
    return "\n".join(s for s in said if s)


def _fallback(results: list[Result]) -> AIMessage:
    if not results:
        raise ProviderError("The chat model's reply states figures that no result has, so it is not shown.", "Ask again.")
    reply = " ".join(dict.fromkeys(r.summary for r in results if r.summary))
    return AIMessage(reply, response_metadata={"finish_reason": "stop", NOTE: {"fallback": True}})
