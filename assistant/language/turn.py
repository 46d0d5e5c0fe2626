"""What the built-in language makes of a question, and what it remembers of a conversation. JSON-plain throughout."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(Frozen):
    """A tool call: the tool's name and its arguments, valid against the tool's own schema."""

    tool: str
    arguments: dict[str, Any]


class Reading(Frozen):
    """One way to take the question.

    choice       the reading as a question that can be sent as it is (offered when readings differ)
    assumptions  what it decided that the question left open (the tool's own assumptions are added to these)
    """

    calls: list[Call]
    choice: str = ""
    assumptions: list[str] = []


class Understood(Frozen):
    """Readings, best first. Where there are several they are all run: if they agree the first is the answer; if they differ,
    `conventional` means that the first is the convention (answer it, state the other's figure); else ask back.
    """

    readings: list[Reading]
    conventional: bool = True


class AskBack(Frozen):
    """A question back. `choices`: questions that can be sent as they are; empty where only the person's words can tell."""

    question: str
    choices: list[str] = []


class Declined(Frozen):
    """Why it can't be answered, in one sentence, and what can be asked instead."""

    reason: str
    instead: list[str] = []


class Said(Frozen):
    """An answer in words alone (thanks, a greeting, what the last answer assumed)."""

    reply: str


Understanding = Understood | AskBack | Declined | Said


class PastTurn(Frozen):
    """What is remembered of an answered turn: enough for "and by country?", "only Germany", "who are they?".

    calls     the tool calls that the answer rested on
    labels    the first cells of the first rows, for "the second one", "that one"
    headline  {label, value, unit} or None
    segment   id of the segment that the answer made or is about
    choices   the readings offered, where the turn was a question back
    """

    question: str
    status: str
    calls: list[Call] = []
    labels: list[str] = []
    headline: dict[str, Any] | None = None
    segment: str | None = None
    choices: list[str] = []
    reply: str = ""


class Dialogue(Frozen):
    """The conversation so far, oldest first; at most the last 20 turns."""

    turns: list[PastTurn] = []
