"""The /commands of the chat. Each returns the text to show; /quit is the loop's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.errors import did_you_mean

if TYPE_CHECKING:
    from segue.assistant.answer import Answer
    from segue.tools.context import Context

HELP = """Ask in plain English. A question may go on from the one before: "and by country?", "only Germany", "who are they?".

{commands}

Tab completes commands and the names in your data. Esc Enter or Ctrl-J begins a new line.
Ctrl-C clears the line, stops a question, and leaves on an empty line; Ctrl-D leaves."""


@dataclass(frozen=True)
class Command:
    """What it does, in a few words, and how."""

    about: str
    run: Callable[[Context, Answer | None], str]


def run_command(line: str, context: Context, last: Answer | None) -> str:
    """What to show for a line that begins with a slash. `last` is the last answer, None before the first."""
    name = line.split()[0].lower()
    if name in COMMANDS:
        return COMMANDS[name].run(context, last)
    near = did_you_mean(name, COMMANDS)
    return " ".join(filter(None, (f"There is no {name}.", near, "/help lists what there is.")))


def _help(context: Context, last: Answer | None) -> str:
    width = max(map(len, COMMANDS))
    return HELP.format(commands="\n".join(f"  {name:<{width}}  {c.about}" for name, c in COMMANDS.items()))


def _sql(context: Context, last: Answer | None) -> str:
    queries = [e.sql for e in last.evidence if e.sql] if last else []
    return "\n\n".join(queries) or "No query has run yet: ask something first."


def _rows(context: Context, last: Answer | None) -> str:
    from segue.assistant.render import table_text

    tables = [table_text(e) for e in last.evidence if e.rows] if last else []
    return "\n\n".join(tables) or "There is no table yet: ask something first."


def _tables(context: Context, last: Answer | None) -> str:
    lines = []
    for table, spec in context.model.tables.items():
        lines.append(f"{table}: {context.facts.tables.get(table, 0):,} rows ({spec.kind})")
        lines += [f"    {column}{_also(spec.columns[column].label)}" for column in spec.columns]
    return "\n".join(lines)


def _also(label: str | None) -> str:
    return f" ({label})" if label else ""


def _model(context: Context, last: Answer | None) -> str:
    path = context.workspace.model_path
    return f"{path}\n\n{path.read_text(encoding='utf-8').rstrip()}"


def _segments(context: Context, last: Answer | None) -> str:
    named = [f"{s.name} ({s.size:,}): {s.english}" for s in context.state.segments()] or ["No segment has been named yet."]
    scheme = context.model.main_scheme
    return "\n".join([*named, f'All customers are split by {scheme}: ask "what segments are there?"'] if scheme else named)


def _quit(context: Context, last: Answer | None) -> str:
    return ""


QUIT = "/quit"
COMMANDS = {
    "/help": Command("this help", _help),
    "/sql": Command("the SQL behind the last answer", _sql),
    "/rows": Command("every row of the last answer", _rows),
    "/tables": Command("the tables and columns there are", _tables),
    "/model": Command("what Segue understood of your data (segue.yaml)", _model),
    "/segments": Command("the segments that have a name", _segments),
    QUIT: Command("leave", _quit),
}
