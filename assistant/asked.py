"""A question on its way: what the agent, its guards and its tools need to know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AnyMessage

from segue.assistant.config import Settings
from segue.assistant.limits import Cancel
from segue.tools.disclosure import Placeholders
from segue.tools.results import Result

if TYPE_CHECKING:
    from segue.tools.context import Context

OnProgress = Callable[[Literal["step", "text"], str], None]
"""Called with ("step", what Segue is doing) and ("text", a checked piece of the reply as it is written; the Answer's reply
replaces what was shown). From other threads than the asker's."""


@dataclass
class Turn:
    """A question on its way through the agent.

    before        earlier messages of the conversation, as a provider may see them
    placeholders  given for a provider's chat model
    close         breaks off what the chat model is doing
    agent         a compiled loop that serves many turns (`shared_agent`); None: one is made for this turn
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
    agent: Any = None

    def step(self, text: str) -> None:
        """Reports what is being done; raises where the question was stopped."""
        self.cancel.check()
        if self.on_progress is not None:
            self.on_progress("step", text)
