"""What stands round every call of a chat model: retries, deadlines, messages that may not be acted on, the grounding check."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import ModelRequest, ModelResponse
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from segue import prompts
from segue.assistant.asked import Turn
from segue.assistant.builtin import NOTE
from segue.assistant.grounding import problems
from segue.assistant.provider import UNREADABLE, Refused, may_pass, provider_error, refuse_unfinished, wait_asked
from segue.tools.errors import LimitError, ProviderError
from segue.tools.registry import ENDS_TURN, provider_schemas
from segue.tools.results import Result

NO_TOOL = "No tool was called, so nothing in the reply rests on a result. Call one, ask back or decline; a greeting may stay."
"""What a provider is told that answers out of its own head."""

NO_ADDRESS = "Replies hold no web addresses."
"""What a provider is told whose reply has a link: data can put one there, and where messages are shown links are followed."""

_ADDRESS = re.compile(r"\bhttps?://|\bwww\.|\]\(", re.IGNORECASE)
_MARKUP = re.compile(
    r"\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)|`+([^`]+)`+|^#{1,6} +(.*)$|^ *[*•] +(.*)$", re.MULTILINE
)

Handler = Callable[[ModelRequest], ModelResponse]


class BuiltinGuard(AgentMiddleware):
    """For the built-in chat model, of which every turn has its own. Keeps nothing between turns: one guard serves them all."""

    def __init__(self, turn: Callable[[], Turn]) -> None:
        super().__init__()
        self._turn = turn

    def wrap_model_call(self, request: ModelRequest, handler: Handler) -> ModelResponse:
        """Calls the turn's chat model; a figure in its reply that no result has falls back to the results' summaries."""
        turn = self._turn()
        turn.cancel.check()
        message = _message(handler(request.override(model=turn.chat_model)))
        if message.tool_calls or message.response_metadata.get(NOTE, {}).get("said"):
            return ModelResponse(result=[message])  # a call, or words about what was answered (and checked) before
        results = _results(request.messages)
        # its sentences are the tools': code has put each figure beside its name
        wrong = problems(message.text, results, question=turn.question, names=False)
        return ModelResponse(result=[_fallback(results) if wrong else message])


class ProviderGuard(AgentMiddleware):
    """For one turn with a provider's chat model."""

    def __init__(self, turn: Turn, writer: Writer) -> None:
        super().__init__()
        self._turn = turn
        self._writer = writer
        self._left = turn.settings.provider_seconds
        self._sent_back = False

    def wrap_model_call(self, request: ModelRequest, handler: Handler) -> ModelResponse:
        """Calls the chat model; what comes back is finished, readable and grounded."""
        request = request.override(tools=list(provider_schemas()))
        message = self._call(request, handler)
        if message.tool_calls and not _ends(message):
            return ModelResponse(result=[message])
        return ModelResponse(result=[self._grounded(request, handler, _plain(_only_ending(message)))])

    def _call(self, request: ModelRequest, handler: Handler) -> AIMessage:
        for attempt in range(self._turn.settings.provider_retries + 1):
            self._turn.cancel.check()
            try:
                return self._try(request, handler)
            except Exception as error:  # noqa: BLE001 (a provider's client can raise anything)
                self._turn.cancel.check()
                self._wait_or_raise(error, attempt)
        raise AssertionError("the last attempt returns or raises")

    def _try(self, request: ModelRequest, handler: Handler) -> AIMessage:
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

    def _grounded(self, request: ModelRequest, handler: Handler, message: AIMessage) -> AIMessage:
        """The message if its figures are the results'; else, once a turn, what the chat model makes of the objections."""
        results = _results(request.messages)
        wrong = self._problems(message, results)
        if not results and not message.tool_calls and not self._sent_back:
            wrong.append(NO_TOOL)
        if not wrong:
            self._writer.end()
            return message
        self._writer.hush()
        if self._sent_back:
            return _fallback(results)
        self._sent_back = True
        self._turn.step("Checking the figures")
        told = prompts.load("ungrounded", problems="\n".join(f"- {p}" for p in wrong[:10]))
        again = [*request.messages, AIMessage(_words(message)), HumanMessage(told)]
        second = self._call(request.override(messages=again), handler)
        if second.tool_calls and not _ends(second):
            return second
        second = _plain(_only_ending(second))
        return _fallback(results) if self._problems(second, results) else second

    def _problems(self, message: AIMessage, results: list[Result]) -> list[str]:
        words = _words(message)
        linked = [NO_ADDRESS] if _ADDRESS.search(words) else []
        return linked + problems(words, results, question=self._turn.question, placeholders=self._turn.placeholders)


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
        names, text = self._turn.placeholders, without_markup(text)
        if _ADDRESS.search(text) or problems(text, self._results, question=self._turn.question, placeholders=names):
            self.hush()
            return
        self.shown = True
        if self._turn.on_progress is not None:
            self._turn.on_progress("text", names.put_back(text) if names is not None else text)


def without_markup(text: str) -> str:
    """The text without Markdown's emphasis, code marks, headings and starred lists: replies are plain."""
    for _ in range(2):  # bold inside a heading
        text = _MARKUP.sub(lambda m: next(g for g in m.groups() if g is not None), text)
    return text


def _plain(message: AIMessage) -> AIMessage:
    if message.tool_calls:
        return message
    return AIMessage(without_markup(message.text), response_metadata=message.response_metadata)


def _message(response: ModelResponse | AIMessage) -> AIMessage:
    message = response if isinstance(response, AIMessage) else response.result[-1]
    if not isinstance(message, AIMessage):
        raise TypeError(f"a chat model answered with a {type(message).__name__}")
    return message


def _results(messages: list[AnyMessage]) -> list[Result]:
    return [m.artifact for m in messages if isinstance(m, ToolMessage) and isinstance(m.artifact, Result)]


def _ends(message: AIMessage) -> bool:
    return any(call["name"] in ENDS_TURN for call in message.tool_calls)


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
