"""How answers look: whole outputs, at a terminal of 80 columns and in a pipe."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from segue.assistant.answer import Answer, AnswerColumn, AnswerPicture, Evidence
from segue.assistant.render import Layout, answer_text, cell_text, show_answer


def evidence(columns: list[AnswerColumn], rows: list[list[Any]], row_count: int | None = None) -> Evidence:
    count = len(rows) if row_count is None else row_count
    return Evidence(id="e1", tool="query", arguments={}, columns=columns, rows=rows, row_count=count, truncated=count > len(rows))


def answer(**fields: Any) -> Answer:
    return Answer(**{"question": "?", "status": "answered", "reply": "France buys most.", "model": "builtin", **fields})


COUNTRY = AnswerColumn(name="country", type="text")
CUSTOMERS = AnswerColumn(name="customers", type="integer", unit="count")
SHARE = AnswerColumn(name="share_of_customers", type="number", unit="share")
REVENUE = AnswerColumn(name="revenue", type="number", unit="money")
BY_COUNTRY = evidence(
    [COUNTRY, CUSTOMERS, SHARE, REVENUE],
    [["France", 1200, 0.6, 98765.4], ["[red]Eire", 600, 0.3, 1234.5], [None, 200, 0.1, -3]],
)


def on_terminal(shown: Answer, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, no_color=True, highlight=False, color_system=None)
    with console.capture() as captured:
        show_answer(shown, console, Layout.terminal(width))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def test_terminal_shows_table_bars_assumptions_and_suggestions() -> None:
    shown = on_terminal(answer(evidence=[BY_COUNTRY], assumptions=["All time."], suggestions=["and by month?"]))
    assert shown == "\n".join([
        "France buys most.",
        "",
        "country    customers  share of customers    revenue",
        "France         1,200               60.0%  98,765.40  ████████████████████",
        "[red]Eire        600               30.0%   1,234.50  ██████████",
        "–                200               10.0%      -3.00  ███",
        "",
        "Assumed:",
        "  All time.",
        "",
        "You could ask next:",
        "  and by month?",
    ])  # fmt: skip


def test_a_pipe_gets_everything_and_no_bars() -> None:
    rows = [[f"a name that is far longer than any terminal shows in one cell {n}", n] for n in range(30)]
    text = answer_text(answer(evidence=[evidence([COUNTRY, CUSTOMERS], rows)], suggestions=["not data"]))
    lines = text.splitlines()
    assert lines[:2] == ["France buys most.", ""]
    assert lines[2].split() == ["country", "customers"]
    assert [line.rsplit(None, 1) for line in lines[3:]] == [[row[0], str(row[1])] for row in rows]


def test_a_long_table_says_what_is_left_out() -> None:
    shown = on_terminal(answer(evidence=[evidence([COUNTRY, CUSTOMERS], [[f"c{n}", n] for n in range(1000)], 4321)]))
    assert shown.splitlines()[-1] == "The first 20 of 4,321 rows."
    assert len(shown.splitlines()) == 2 + 1 + 20 + 1


def test_columns_that_do_not_fit_are_named() -> None:
    columns = [AnswerColumn(name=f"measure number {n}", type="number") for n in range(8)]
    shown = on_terminal(answer(evidence=[evidence(columns, [[1.5] * 8, [2.25] * 8])]), width=60)
    assert max(map(len, shown.splitlines())) <= 60
    assert "Too wide for this screen, not shown: measure number 3," in shown


def test_one_figure_needs_no_table() -> None:
    assert answer_text(answer(evidence=[evidence([CUSTOMERS], [[12]])])) == "France buys most."


def test_a_question_back_numbers_its_choices() -> None:
    shown = answer_text(answer(status="clarify", reply="Which one?", choices=["By value?", "By count?"]))
    assert shown == "Which one?\n\n  1. By value?\n  2. By count?"


@pytest.mark.parametrize(
    ("value", "type", "unit", "text"),
    [
        (None, "number", "money", "–"),
        (True, "boolean", None, "yes"),
        (0.2653, "number", "share", "26.5%"),
        (0.00042, "number", "share", "0.042%"),
        (0, "number", "share", "0.0%"),
        (2011, "integer", None, "2011"),
        (12345, "integer", "count", "12,345"),
        (12345.0, "integer", "count", "12,345"),
        (1234.567, "number", "money", "1,234.57"),
        (0.5, "number", "money", "0.50"),
        (8, "number", "money", "8.00"),
        (3.14159, "number", None, "3.14"),
        (0.123456, "number", None, "0.123"),
        (2.5, "number", "count", "2.5"),
        ("2011-03", "date", None, "2011-03"),
    ],
)
def test_cells(value: Any, type: Any, unit: str | None, text: str) -> None:
    assert cell_text(value, AnswerColumn(name="x", type=type, unit=unit)) == text


def test_caveats_that_the_reply_does_not_say_pictures_and_files() -> None:
    careful = BY_COUNTRY.model_copy(update={"rows": [], "caveats": ["October is not over.", "France buys most."]})
    shown = answer_text(answer(evidence=[careful], pictures=[AnswerPicture(path="p.png", alt="Bars.")], files=["all.csv"]))
    assert shown == "France buys most.\n\nNote:\n  October is not over.\n\nWritten:\n  p.png (Bars.)\n  all.csv"
