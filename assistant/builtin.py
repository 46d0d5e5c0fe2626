"""The built-in chat model: no network, no key. It takes a provider's place in the same agent loop.

Asked a question it reads it (assistant/language) and calls the tools of every reading; given their results it replies with the
results' own summaries, or asks back where the readings differ and none is the convention.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Protocol

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, PrivateAttr

from segue.assistant.language.turn import AskBack, Declined, Dialogue, Reading, Said, Understanding, Understood
from segue.tools.registry import INVALID
from segue.tools.results import Headline, Result

SAME = 0.005
"""Two readings whose figures differ by no more than this fraction agree."""

NOTE = "segue"
"""Where the built-in model's messages carry what the Session needs beyond their text (in response_metadata)."""


class Reader(Protocol):
    """What understands questions: segue.assistant.language.understand.Understander."""

    def read(self, question: str, dialogue: Dialogue) -> Understanding:
        """What the question asks for."""
        ...


class BuiltinChatModel(BaseChatModel):
    """One question's chat model: `reader` understands it, `dialogue` is what was said before."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    reader: Any
    dialogue: Dialogue = Dialogue()
    _understood: Understanding | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "builtin"

    def bind_tools(self, tools: Sequence[Any], *, tool_choice: Any = None, **kwargs: Any) -> BuiltinChatModel:  # type: ignore[override]
        """It knows the tools already."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        last = messages[-1]
        if isinstance(last, HumanMessage):
            understood: Understanding = self.reader.read(last.text, self.dialogue)
            self._understood = understood
            message = first_message(understood)
        else:
            message = self._reply(messages)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        if not isinstance(self._understood, Understood):
            raise RuntimeError("tool results came without a question that asked for them")
        done = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
        return reply_message(self._understood, done)


def first_message(understood: Understanding) -> AIMessage:
    """The message that follows a question: tool calls for every reading, a question back, a refusal, or words."""
    match understood:
        case Understood():
            return _calling([
                (call.tool, call.arguments, call_id(number, place))
                for number, reading in enumerate(understood.readings)
                for place, call in enumerate(reading.calls)
            ])
        case AskBack(question=question, choices=choices):
            return _ask(question, choices)
        case Declined(reason=reason, instead=instead):
            return _calling([("decline", {"reason": reason, "instead": instead[:6]}, "decline")])
        case Said(reply=reply):
            return AIMessage(reply, response_metadata={"finish_reason": "stop", NOTE: {"said": True}})


def call_id(reading: int, place: int) -> str:
    """The id of a reading's call: it carries the reading's index."""
    return f"r{reading}c{place}"


def reply_message(understood: Understood, done: dict[str, ToolMessage]) -> AIMessage:
    """The message that follows the tools' results (tool messages by call id)."""
    outcomes = [_outcome(reading, number, done) for number, reading in enumerate(understood.readings)]
    answered = [o for o in outcomes if isinstance(o, _Outcome)]
    if not answered:
        reason = next(o for o in outcomes if isinstance(o, str))
        return _calling([("decline", {"reason": reason[:500], "instead": []}, "decline")])
    first, others = answered[0], [o for o in answered[1:] if not agree(answered[0].results, o.results)]
    if others and not understood.conventional:
        choices = [o.reading.choice for o in (first, *others) if o.reading.choice]
        return _ask("That can be read in more than one way, and the answers differ. Which do you mean?", choices)
    note = {
        "used": first.calls,
        "also": [id for o in others for id in o.calls],
        "assumptions": [*first.reading.assumptions, *(_other_reading(o) for o in others)],
    }
    reply = " ".join(r.summary for r in first.results)
    return AIMessage(reply, response_metadata={"finish_reason": "stop", NOTE: note})


class _Outcome:
    """A reading with its results, one a call, and its call ids."""

    def __init__(self, reading: Reading, calls: list[str], results: list[Result]) -> None:
        self.reading, self.calls, self.results = reading, calls, results


def _outcome(reading: Reading, number: int, done: dict[str, ToolMessage]) -> _Outcome | str:
    """The reading's results, or the reason that a tool gave for having none."""
    calls = [call_id(number, place) for place in range(len(reading.calls))]
    failed = next((done[id] for id in calls if not isinstance(done[id].artifact, Result)), None)
    if failed is None:
        return _Outcome(reading, calls, [done[id].artifact for id in calls])
    if failed.text.startswith(INVALID):
        raise RuntimeError(f"the built-in model called {failed.name} wrongly: {failed.text}")
    return failed.text


def _calling(calls: list[tuple[str, dict[str, Any], str]]) -> AIMessage:
    named = [{"name": name, "args": arguments, "id": id, "type": "tool_call"} for name, arguments, id in calls]
    return AIMessage("", tool_calls=named, response_metadata={"finish_reason": "tool_calls"})


def _ask(question: str, choices: list[str]) -> AIMessage:
    return _calling([("ask_back", {"question": question, "choices": list(dict.fromkeys(choices))[:6]}, "ask_back")])


def _other_reading(outcome: _Outcome) -> str:
    """The other reading and what it gives, for the assumptions: a figure that a reader may have meant."""
    meant = outcome.reading.choice.rstrip("?. ") or "read the other way"
    return f'Read as "{meant}": {" ".join(_first_sentence(r.summary) for r in outcome.results)}'


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", text.strip(), maxsplit=1)[0]


def agree(one: list[Result], other: list[Result]) -> bool:
    """Whether two readings come to the same answer: the same headlines, or where there are none the same rows."""
    return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))


def _same(a: Result, b: Result) -> bool:
    if (a.headline is None) != (b.headline is None):
        return False
    if a.headline is not None and b.headline is not None and not _same_headline(a.headline, b.headline):
        return False
    if a.segment is not None and b.segment is not None:
        return a.segment.size == b.segment.size and a.rows == b.rows
    if a.headline is not None and a.headline.label is None and min(a.row_count, b.row_count) <= 1:
        return True  # one figure, and it agrees: what else a row holds is detail
    return a.row_count == b.row_count and all(_same_row(x, y) for x, y in zip(a.rows, b.rows, strict=False))


def _same_headline(a: Headline, b: Headline) -> bool:
    return a.label == b.label and _same_cell(a.value, b.value)


def _same_row(a: tuple, b: tuple) -> bool:
    return len(a) == len(b) and all(_same_cell(x, y) for x, y in zip(a, b, strict=True))


def _same_cell(a: object, b: object) -> bool:
    numbers = [x for x in (a, b) if isinstance(x, (int, float)) and not isinstance(x, bool)]
    if len(numbers) < 2:
        return a == b
    return math.isclose(numbers[0], numbers[1], rel_tol=SAME, abs_tol=1e-12)
