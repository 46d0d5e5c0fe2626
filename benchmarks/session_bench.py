"""Ten questions through Session.ask, warm, beside the same SQL written by hand, in one process on one data version."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.questions import QUESTIONS
from benchmarks.report import Figure, median, say

if TYPE_CHECKING:
    from segue.assistant.session import Session

TIMES = 5
RATIO, SECONDS = 1.2, 0.05
"""The budget of a warm lookup or breakdown: RATIO x the hand-written SQL + SECONDS."""


def measure(workspace: Path, lines: int) -> list[Figure]:
    """A figure a question, its target made of the hand-written SQL's own time; and whether each was answered."""
    from segue.assistant.session import Session
    from segue.tools.context import Context

    say(f"ten questions at {lines:,} order lines ...")
    context = Context.open(workspace)
    session = Session(context)
    began = time.perf_counter()
    session.prepare()
    prepared = time.perf_counter() - began
    figures = [Figure(f"{lines:,} lines: what is loaded before the first question", prepared, "s")]
    with duckdb.connect() as raw:
        raw.execute(f"ATTACH '{context.engine.database}' AS d (READ_ONLY)")
        raw.execute("USE d")
        for question, sql in QUESTIONS:
            figures.append(_compare(session, raw, question, sql, lines))
    return figures


def _compare(session: Session, raw: duckdb.DuckDBPyConnection, question: str, sql: str, lines: int) -> Figure:
    answer = session.ask(question)  # once unmeasured: both find their pages in memory
    raw.execute(sql).fetchall()
    by_hand = median(lambda: _timed(lambda: raw.execute(sql).fetchall()), TIMES)
    asked = median(lambda: _timed(lambda: session.ask(question)), TIMES)
    status = "" if answer.status == "answered" else f" [{answer.status}]"
    return Figure(f"{lines:,} lines: {question}{status} (SQL {by_hand:.3f} s)", asked, "s", RATIO * by_hand + SECONDS)


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
