"""One agent loop for either chat model: LangChain's create_agent over the tools, with limits and a guard round every model call."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain.agents import create_agent
from langchain.agents.middleware import ModelCallLimitMiddleware
from langchain.agents.middleware.model_call_limit import ModelCallLimitExceededError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.errors import GraphRecursionError

from segue.assistant.asked import Turn
from segue.assistant.builtin import NOTE
from segue.assistant.config import Settings
from segue.assistant.guard import BuiltinGuard, ProviderGuard, Writer
from segue.tools.disclosure import Placeholders
from segue.tools.errors import LimitError
from segue.tools.registry import AskBack, Decline, tools_for
from segue.tools.results import Result

if TYPE_CHECKING:
    from segue.tools.context import Context

STEPS = 25
"""Steps of the graph in one turn: LangGraph's own limit is 9,999."""

_turn: contextvars.ContextVar[Turn] = contextvars.ContextVar("segue_asked")
"""The turn that a shared agent's thread works on: LangGraph's threads copy the context of the one that asked."""


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
    messages = [*turn.before, HumanMessage(turn.question)]
    turn.step("Understanding the question")
    agent, callbacks = _agent(turn)
    token = _turn.set(turn)
    try:
        state = agent.invoke({"messages": messages}, {"recursion_limit": STEPS, "callbacks": callbacks})
    except (ModelCallLimitExceededError, GraphRecursionError) as error:
        raise LimitError("The chat model kept calling tools without coming to an answer.", "Ask a narrower question.") from error
    finally:
        _turn.reset(token)
    turn.cancel.check()
    return finish(state["messages"][len(messages) :], turn.placeholders)


def shared_agent(context: Context, settings: Settings, chat_model: BaseChatModel) -> Any:
    """An agent for every turn of the built-in chat model (each brings its own): compiling one takes as long as a small question."""
    return _compile(context, settings, chat_model, _turn.get, BuiltinGuard(_turn.get))


def _agent(turn: Turn) -> tuple[Any, list[Any]]:
    """The turn's agent, and the callbacks that go with it."""
    if turn.placeholders is None:
        return turn.agent or shared_agent(turn.context, turn.settings, turn.chat_model), []
    writer = Writer(turn)
    guard = ProviderGuard(turn, writer)
    made = _compile(turn.context, turn.settings, turn.chat_model, lambda: turn, guard, turn.placeholders, turn.system_prompt)
    return made, [writer]


def _compile(
    context: Context,
    settings: Settings,
    chat_model: BaseChatModel,
    turn: Callable[[], Turn],
    guard: BuiltinGuard | ProviderGuard,
    placeholders: Placeholders | None = None,
    system_prompt: str | None = None,
) -> Any:
    tools = tools_for(
        context,
        see=lambda result: turn().see(result),
        placeholders=placeholders,
        step=lambda text: turn().step(text),
        max_rows=settings.provider_rows,
    )
    middleware: list[Any] = [ModelCallLimitMiddleware(run_limit=settings.provider_calls, exit_behavior="error"), guard]
    return create_agent(chat_model, tools, system_prompt=system_prompt, middleware=middleware)


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
        masked=ending.question if isinstance(ending, AskBack) else masked,
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
