"""What Tab completes in the chat: commands, and the words of the workspace's own data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

if TYPE_CHECKING:
    from segue.tools.context import Context

MOST_OFFERED = 50
MOST_VALUES = 200
"""Values of one column that are offered: the most frequent ones."""
LONGEST_VALUE = 60


class ChatCompleter(Completer):
    """Completes a /command at the start of the line, else a name that the last one to three words begin.

    commands  name -> what it does
    names     gives name -> what it is; called at each completion, since the workspace loads behind the prompt
    """

    def __init__(self, commands: Mapping[str, str], names: Callable[[], Mapping[str, str]]) -> None:
        self._commands = commands
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """The completions for what stands before the cursor."""
        text = document.text_before_cursor
        if text.startswith("/"):
            yield from _matching(text, self._commands)
            return
        for begun in _last_words(text):
            found = list(_matching(begun, self._names()))
            if found:
                yield from found[:MOST_OFFERED]
                return


def _last_words(text: str) -> Iterable[str]:
    """The last three words, the last two, the last: the longest that begins a name is what is being typed."""
    line = text.rpartition("\n")[2].lstrip()
    words = line.split(" ")
    return [begun for n in (3, 2, 1) if len(words) >= n and len(begun := " ".join(words[-n:]).lstrip("\"'(")) >= 2]


def _matching(begun: str, names: Mapping[str, str]) -> Iterator[Completion]:
    low = begun.lower()
    for name, what in names.items():
        if name.lower().startswith(low) and name != begun:
            yield Completion(name, start_position=-len(begun), display_meta=what)


def workspace_names(context: Context) -> dict[str, str]:
    """Every name that a question may use: name -> what it is, the model's own first, then values, then segments."""
    model = context.model
    names: dict[str, str] = {}
    for metric, spec in model.metrics.items():
        names.setdefault(spec.label or metric.replace("_", " "), "metric")
    for table, spec in model.tables.items():
        names.setdefault(spec.label or table, "table")
        for column in spec.columns:
            names.setdefault(model.plain(f"{table}.{column}"), f"column of {table}")
    for segment in context.state.segments():
        if segment.name:
            names[segment.name] = f"segment of {segment.size:,}"
    names.update({value: what for value, what in _values(context) if value not in names})
    return names


def _values(context: Context) -> Iterator[tuple[str, str]]:
    """The frequent values of columns that hold kinds of things. People's own names and keys are not offered."""
    for table, spec in context.model.tables.items():
        for column, described in spec.columns.items():
            if described.class_ != "safe" or described.type != "text" or described.derived:
                continue
            for value, _ in context.facts.values(f"{table}.{column}")[:MOST_VALUES]:
                if 2 <= len(str(value)) <= LONGEST_VALUE:
                    yield str(value), f"{column} of {table}"
