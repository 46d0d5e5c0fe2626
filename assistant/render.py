"""Answers as text: one layout, for a terminal (a table that fits, bars for shares) and for a file or a pipe (nothing cut).

The numbers shown are the evidence's own, rounded by their unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.results import Cell

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from segue.assistant.answer import Answer, AnswerColumn, Evidence

MISSING = "–"
BAR = "█"
BAR_WIDTH = 20
LONGEST_CELL = 40
"""On a terminal a longer cell ends in an ellipsis."""


@dataclass(frozen=True)
class Layout:
    """How much is shown. `width` and `rows`: None means everything."""

    width: int | None = None
    rows: int | None = None
    bars: bool = False
    extras: bool = False  # suggestions, and what the answer is true for

    @classmethod
    def terminal(cls, width: int) -> Layout:
        """For a person at a screen this wide."""
        return cls(width=width, rows=20, bars=True, extras=True)


def cell_text(value: Cell, column: AnswerColumn) -> str:
    """A cell as people write it: 0.265 as 26.5%, money with two decimals, counts with thousands separators.

    Whole numbers without a unit (keys, years) stay as they are. None is a dash.
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return _number_text(value, column)


def _number_text(value: float, column: AnswerColumn) -> str:
    if column.unit == "share":
        return f"{value * 100:.2g}%" if 0 < abs(value) < 0.001 else f"{value * 100:.1f}%"
    if column.unit == "money":
        return f"{value:,.2f}"
    if isinstance(value, int) or (value.is_integer() and column.type == "integer"):
        return f"{value:.0f}" if column.unit is None else f"{value:,.0f}"
    if column.unit == "count":
        return f"{value:,.1f}"
    return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:,.2f}"


def heading(column: AnswerColumn) -> str:
    """The column's name, with its unit where the name doesn't say it."""
    unit = column.unit if column.unit in ("days", "months", "years", "hours", "minutes") else None
    name = column.name.replace("_", " ")
    return name if unit is None or unit in name else f"{name} ({unit})"


def worth_a_table(evidence: Evidence) -> bool:
    """Whether the rows say more than a sentence does."""
    return len(evidence.rows) > 1 or (len(evidence.rows) == 1 and len(evidence.columns) > 3)


def answer_text(answer: Answer) -> str:
    """The whole answer as plain text, nothing cut: for a file or a pipe."""
    return _as_text(lambda console: show_answer(answer, console, Layout()))


def table_text(evidence: Evidence) -> str:
    """The whole table as plain text, columns aligned."""
    return _as_text(lambda console: show_table(evidence, console, Layout()))


def _as_text(show: Callable[[Console], None]) -> str:
    import io

    from rich.console import Console

    console = Console(file=io.StringIO(), width=100_000, no_color=True, highlight=False)
    with console.capture() as shown:
        show(console)
    return "\n".join(line.rstrip() for line in shown.get().strip("\n").splitlines())


def show_answer(answer: Answer, console: Console, layout: Layout) -> None:
    """Prints the reply, its tables, the choices where it asks back, what to be careful about, what was assumed, and the files made."""
    _say(console, answer.reply)
    for evidence in answer.evidence:
        if worth_a_table(evidence):
            show_table(evidence, console, layout)
    _listed(console, "", [f"{n}. {choice}" for n, choice in enumerate(answer.choices or (), 1)])
    caveats = dict.fromkeys(caveat for evidence in answer.evidence for caveat in evidence.caveats)
    _listed(console, "Note", [caveat for caveat in caveats if caveat not in answer.reply], style="dim")
    _listed(console, "Assumed", answer.assumptions, style="dim")
    _listed(console, "Written", [*(f"{p.path} ({p.alt})" for p in answer.pictures), *answer.files])
    if layout.extras:
        _listed(console, "You could ask next", answer.suggestions, style="dim")


def show_table(evidence: Evidence, console: Console, layout: Layout) -> None:
    """Prints the rows as a table, and in words what of it is not shown."""
    columns = tuple(evidence.columns)
    rows = evidence.rows[: layout.rows]
    texts = [[_cut(cell_text(cell, column), layout) for cell, column in zip(row, columns, strict=True)] for row in rows]
    widths = _widths(columns, texts)
    fitting = _how_many_fit(widths, layout)
    bars = _bars(columns[:fitting], rows) if layout.bars else None
    if bars and layout.width is not None and sum(widths[:fitting]) + BAR_WIDTH > layout.width:
        bars = None
    console.print()
    console.print(_table(columns[:fitting], texts, bars), crop=False)
    if fitting < len(columns):
        left = ", ".join(heading(c) for c in columns[fitting:])
        _say(console, f"Too wide for this screen, not shown: {left}.", style="dim")
    if len(rows) < evidence.row_count:
        _say(console, f"The first {len(rows):,} of {evidence.row_count:,} rows.", style="dim")


def _table(columns: Sequence[AnswerColumn], texts: list[list[str]], bars: list[str] | None) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, column in enumerate(columns):
        numeric = column.type in ("integer", "number") and (place > 0 or column.unit is not None)  # a key stands first
        table.add_column(heading(column), justify="right" if numeric else "left", no_wrap=True)
    if bars:
        table.add_column("", no_wrap=True, style="cyan")
    for n, text in enumerate(texts):
        table.add_row(*map(_plain, text[: len(columns)]), *([bars[n]] if bars else []))
    return table


def _bars(columns: Sequence[AnswerColumn], rows: Sequence[Sequence[Cell]]) -> list[str] | None:
    """A bar a row for the first share, the longest for the largest; None where there is nothing to compare, or one is negative."""
    place = next((n for n, c in enumerate(columns) if c.unit == "share"), None)
    if place is None or len(rows) < 2:
        return None
    shares = [v if isinstance(v := row[place], (int, float)) else 0.0 for row in rows]
    largest = max(shares)
    if largest <= 0 or min(shares) < 0:
        return None
    return [BAR * round(BAR_WIDTH * share / largest) for share in shares]


def _widths(columns: Sequence[AnswerColumn], texts: list[list[str]]) -> list[int]:
    """How wide each column is, the space to the next one among it."""
    from rich.cells import cell_len

    return [2 + max([cell_len(heading(c)), *(cell_len(text[n]) for text in texts)]) for n, c in enumerate(columns)]


def _how_many_fit(widths: list[int], layout: Layout) -> int:
    """How many columns, from the left, fit the width: at least one."""
    if layout.width is None:
        return len(widths)
    room = layout.width + 2  # the last one needs no space after it
    for n, width in enumerate(widths):
        room -= width
        if room < 0:
            return max(n, 1)
    return len(widths)


def _cut(text: str, layout: Layout) -> str:
    text = " ".join(text.split())
    if layout.width is None or len(text) <= LONGEST_CELL:
        return text
    return text[: LONGEST_CELL - 1] + "…"


def _plain(text: str) -> Text:
    """Text that rich takes as it is: square brackets in the data are no markup."""
    from rich.text import Text

    return Text(text)


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=not console.is_terminal)


def _listed(console: Console, title: str, lines: Sequence[str], style: str = "") -> None:
    if not lines:
        return
    console.print()
    if title:
        _say(console, f"{title}:", style)
    from rich.padding import Padding
    from rich.text import Text

    for line in lines:  # what is too long goes on below its beginning, not below the margin
        console.print(Padding(Text(line, style=style), (0, 0, 0, 2), expand=False))
