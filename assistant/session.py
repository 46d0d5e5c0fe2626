"""The conversation's one door: every front end calls `Session.ask` and renders the Answer."""

from __future__ import annotations

import contextvars
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segue.assistant.answer import Answer, Status, from_results
from segue.assistant.config import Settings, read_settings
from segue.assistant.language.turn import Call, Dialogue, PastTurn
from segue.assistant.limits import Cancel, Deadline
from segue.assistant.log import note_fault
from segue.assistant.visibility import OWNER, visible
from segue.tools.errors import CancelledError, SegueError
from segue.tools.results import Result

if TYPE_CHECKING:
    from langchain_core.messages import AnyMessage

    from segue.assistant.agent import Finished
    from segue.assistant.asked import OnProgress, Turn
    from segue.assistant.builtin import BuiltinChatModel, Reader
    from segue.tools.context import Context
    from segue.tools.disclosure import Placeholders

GRACE_SECONDS = 0.9
"""How long a stopped question may take to end by itself; then it is left behind."""

REMEMBERED = 20
"""Turns of a conversation that are remembered."""


@dataclass
class _Memory:
    """A conversation as it is kept: the turns, and for a provider its own replies with placeholders in them."""

    turns: list[PastTurn] = field(default_factory=list)
    masked: list[str | None] = field(default_factory=list)
    placeholders: dict[str, Any] = field(default_factory=dict)


class Session:
    """Asks one workspace questions. Any thread may call `ask`, several at once.

    settings   None: read from the environment and the settings file
    reader     what the built-in chat model understands questions with; None: the workspace's Understander, made at the first question
    """

    def __init__(self, context: Context, settings: Settings | None = None, *, reader: Reader | None = None) -> None:
        self.context = context
        self.settings = read_settings() if settings is None else settings
        self._reader = reader
        self._kept_open = context.state.keep_open()
        self._agent: Any = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Loads what the first question needs (about two seconds), so that it needn't wait for it. Any thread."""
        import segue.assistant.agent  # noqa: F401

        if self.settings.is_builtin:
            self._the_reader()
        engine = self.context.engine
        rows = engine.table(next(iter(self.context.model.tables))).count()
        engine.run(rows)
        engine.readable_sql(rows)

    def ask(
        self,
        question: str,
        conversation: str | None = None,
        asker: str = OWNER,
        audience: str = "terminal",
        on_progress: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> Answer:
        """The answer to a question. Never raises what a question, the data or a provider can cause: that is a `failed` Answer.

        conversation  goes on with the conversation of that id, or begins one; None begins one with an id of its own
        on_progress   called with ("step", what is being done) and ("text", a checked piece of the reply)
        cancel        its `cancel()` stops the question within a second, from any thread or signal handler
        """
        began = time.monotonic()
        conversation = printable(conversation or "").strip() or f"c-{secrets.token_hex(4)}"
        asked = clean(question)
        fields = self._refused(asked)
        if fields is None:
            stop = cancel or Cancel()
            fields = self._in_time(lambda: self._answer(asked, conversation, asker, audience, on_progress, stop), stop)
        answer = Answer(
            question=printable(question),
            conversation=conversation,
            model=self.settings.chat_model,
            data_version=self.context.data_version,
            seconds=round(time.monotonic() - began, 3),
            **fields,
        )
        self._note(answer, asker, audience)
        return answer

    # --- before and after -----------------------------------------------------------------------------------------

    def _refused(self, asked: str) -> dict[str, Any] | None:
        """The fields of an answer to what is no question; None where it may be one."""
        if not asked:
            return {"status": "declined", "reply": "There is no question. Ask one in plain words."}
        limit = self.settings.question_characters
        if len(asked) > limit:
            return {
                "status": "declined",
                "reply": f"The question has {len(asked):,} characters; at most {limit:,} can be read. Ask it in fewer words.",
            }
        return None

    def _note(self, answer: Answer, asker: str, audience: str) -> None:
        detail = {
            "question": answer.question[:500],
            "conversation": answer.conversation,
            "status": answer.status,
            "tools": [e.tool for e in answer.evidence],
            "model": answer.model,
            "audience": audience,
            "seconds": answer.seconds,
            "error": answer.error,
        }
        try:
            self.context.state.log(asker, "question", detail)
        except SegueError as error:
            self._log(error, "the audit log")

    def _log(self, error: BaseException, about: str) -> None:
        note_fault(self.context.workspace.hidden / "segue.log", error, about)

    # --- in time --------------------------------------------------------------------------------------------------

    def _in_time(self, job: Callable[[], dict[str, Any]], cancel: Cancel) -> dict[str, Any]:
        """The job's outcome, or a failure when its time is up or it is stopped, at most GRACE_SECONDS later.

        It runs on a thread of its own, which is left behind where it can't be interrupted.
        """
        outcome: list[dict[str, Any]] = []
        finished = threading.Event()

        def work() -> None:
            try:
                outcome.append(job())
            except Exception as error:  # noqa: BLE001 (the last resort: every question ends in an Answer)
                outcome.append(self._failed(error))
            finally:
                finished.set()

        deadline = Deadline(self.settings.question_seconds)
        threading.Thread(target=contextvars.copy_context().run, args=[work], name="segue-question", daemon=True).start()
        try:
            _wait(finished, deadline, cancel)
        except KeyboardInterrupt:
            cancel.cancel()
            finished.wait(GRACE_SECONDS)
            raise
        if cancel.error is not None and not (outcome and outcome[0]["status"] != "failed"):
            return self._failed(cancel.error)
        return outcome[0]

    def _failed(self, error: Exception) -> dict[str, Any]:
        """The fields of a failed answer: a known fault in words, a bug by its kind (the text may hold data: it goes to the log)."""
        if not isinstance(error, CancelledError):
            self._log(error, "a question failed")
        kind = type(error).__name__
        if isinstance(error, SegueError):
            return {"status": "failed", "reply": str(error), "error": f"{kind}: {error.reason}"}
        reply = f"Something went wrong inside Segue ({kind}). The details are in {self.context.workspace.hidden.name}/segue.log."
        return {"status": "failed", "reply": reply, "error": kind}

    # --- answering ------------------------------------------------------------------------------------------------

    def _answer(
        self, asked: str, conversation: str, asker: str, audience: str, on_progress: OnProgress | None, cancel: Cancel
    ) -> dict[str, Any]:
        from segue.assistant import agent

        memory = self._recall(conversation)
        engine = self.context.engine
        with engine.turn() as queries, cancel.interrupts(lambda: engine.cancel(queries)):
            turn = self._turn(asked, memory, lambda r: visible(r, asker, audience), on_progress, cancel)
            try:
                finished = agent.run(turn)
            finally:
                turn.close()
        fields = _fields(finished)
        self._remember(conversation, asked, fields, finished, turn.placeholders)
        return fields

    def _turn(
        self,
        asked: str,
        memory: _Memory,
        see: Callable[[Result], Result],
        on_progress: OnProgress | None,
        cancel: Cancel,
    ) -> Turn:
        from segue.assistant.asked import Turn

        shared: dict[str, Any] = {
            "context": self.context,
            "settings": self.settings,
            "question": asked,
            "cancel": cancel,
            "see": see,
            "on_progress": on_progress,
        }
        if self.settings.is_builtin:
            from segue.assistant.builtin import BuiltinChatModel

            chat_model = BuiltinChatModel(reader=self._the_reader(), dialogue=Dialogue(turns=memory.turns))
            return Turn(**shared, chat_model=chat_model, agent=self._the_agent(chat_model))
        from segue.assistant.briefing import system_prompt
        from segue.assistant.provider import open_provider
        from segue.tools.disclosure import Placeholders

        provider = open_provider(self.settings, stream=on_progress is not None)
        return Turn(
            **shared,
            chat_model=provider.chat_model,
            before=_messages(memory),
            system_prompt=system_prompt(self.context),
            placeholders=Placeholders(memory.placeholders),
            close=provider.close,
        )

    def _the_reader(self) -> Reader:
        with self._lock:
            if self._reader is None:
                from segue.assistant.language.understand import Understander

                self._reader = Understander(self.context)
            return self._reader

    def _the_agent(self, chat_model: BuiltinChatModel) -> Any:
        from segue.assistant.agent import shared_agent

        with self._lock:
            if self._agent is None:
                self._agent = shared_agent(self.context, self.settings, chat_model)
            return self._agent

    # --- memory ---------------------------------------------------------------------------------------------------

    def _recall(self, conversation: str) -> _Memory:
        memory = _Memory()
        for kept in self.context.state.turns(conversation)[-REMEMBERED:]:
            memory.turns.append(PastTurn.model_validate(kept["turn"]))
            memory.masked.append(kept.get("masked"))
            memory.placeholders |= kept.get("placeholders", {})
        return memory

    def _remember(
        self, conversation: str, asked: str, fields: dict[str, Any], finished: Finished, placeholders: Placeholders | None
    ) -> None:
        kept: dict[str, Any] = {"turn": _past_turn(asked, fields, finished).model_dump(mode="json")}
        if placeholders is not None:
            kept["masked"] = finished.masked if finished.masked and not finished.fallback else None
            kept["placeholders"] = placeholders.known()
        try:
            self.context.state.append_turn(conversation, kept)
        except SegueError as error:
            self._log(error, "the conversation")


def clean(question: str) -> str:
    """The question without control, formatting and unassigned characters, on one line of single spaces."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in question)
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")).split())


def printable(text: str) -> str:
    """The text as it can be written out: lone surrogates (bytes that were no text) become question marks."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _wait(finished: threading.Event, deadline: Deadline, cancel: Cancel) -> None:
    """Until the job ends, its time is up, or it is stopped and was given its grace.

    It looks at the switch every tenth of a second and never waits on it: a signal handler throws it on this very thread.
    """
    while not finished.wait(min(0.1, deadline.left)):
        if deadline.left <= 0:
            cancel.cancel(deadline.error())
        if cancel.thrown:
            finished.wait(GRACE_SECONDS)
            return


def _fields(finished: Finished) -> dict[str, Any]:
    """The fields of the Answer that a finished turn comes to."""
    from segue.tools.registry import AskBack, Decline

    match finished.ending:
        case AskBack(question=reply, choices=choices):
            return {"status": "clarify", "reply": reply, "choices": choices}
        case Decline(reason=reply, instead=instead):
            return {"status": "declined", "reply": reply, "suggestions": instead}
    status: Status = "answered"
    main = main_result(finished.results, finished.reply)
    made = from_results(finished.results, main=main, assumptions=finished.assumptions, also=finished.also)
    return {"status": status, "reply": finished.reply, **made}


def main_result(results: list[Result], reply: str) -> Result | None:
    """The result that the reply is about: the one whose headline the reply gives first, else the first that is no description."""
    from segue.assistant.grounding import position

    places = [(position(r.headline, reply), i) for i, r in enumerate(results) if r.headline is not None]
    found = [(place, i) for place, i in places if place is not None]
    if found:
        return results[min(found)[1]]
    return next((r for r in results if r.tool != "describe"), results[0] if results else None)


def _past_turn(asked: str, fields: dict[str, Any], finished: Finished) -> PastTurn:
    main = main_result(finished.results, finished.reply) if finished.results else None
    segment = fields.get("segment")
    headline = fields.get("headline")
    return PastTurn(
        question=asked,
        status=fields["status"],
        calls=[Call(tool=name, arguments=arguments) for name, arguments in finished.calls],
        labels=[str(row[0]) for row in (main.rows[:REMEMBERED] if main else ()) if row and row[0] is not None],
        headline=headline.model_dump() if headline is not None else None,
        segment=segment.id if segment is not None else None,
        choices=list(fields.get("choices", [])),
        reply=fields["reply"],
    )


def _messages(memory: _Memory) -> list[AnyMessage]:
    """The conversation so far for a provider: the questions, and its own replies as it wrote them.

    Replies that the built-in model gave may hold keys: the provider learns only that there was one.
    """
    from langchain_core.messages import AIMessage, HumanMessage

    messages: list[AnyMessage] = []
    for turn, masked in zip(memory.turns, memory.masked, strict=True):
        said = masked or (turn.reply if turn.status == "clarify" else "(Answered. Call a tool again for its figures.)")
        messages += [HumanMessage(turn.question), AIMessage(said)]
    return messages


