"""What every tool returns: one frozen Result that can speak for itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

CellType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
Cell = str | int | float | bool | None

MAX_ROWS = 1000
"""Rows that a Result carries. The exact count before the cut is `row_count`."""


@dataclass(frozen=True)
class Column:
    """A column of a Result. `unit` is one of: count, share, money, days, months, score, ratio, date, ... or None.

    `key` marks the keys of people or things (customer, order): a provider's chat model sees a placeholder instead.
    """

    name: str
    type: CellType
    unit: str | None = None
    key: bool = False


@dataclass(frozen=True)
class Headline:
    """The answer itself, for a program: a number, or the name that comes first with its number."""

    label: str | None
    value: float | int | None
    unit: str | None


@dataclass(frozen=True)
class SegmentRef:
    """The segment a Result made or is about. `size` is exact."""

    id: str
    name: str
    size: int
    definition: str


@dataclass(frozen=True)
class Picture:
    """A PNG or SVG file in the workspace, with its text alternative."""

    path: str
    alt: str


@dataclass(frozen=True)
class Result:
    """A tool's output.

    rows         at most MAX_ROWS, cells JSON-plain: dates as ISO text, months as 2011-03, quarters as 2011-Q1
    row_count    exact, before any cut
    summary      plain English, the answer in its first sentence, every number in digits; the built-in model's reply is made of it
    reading      the plan as one exact English sentence: people check readings, not SQL
    assumptions  what the question left open and Segue decided
    sql          readable SQL that can be run again; None where no query ran
    as_of        the day (or time) that the result is true for, ISO; None where the data has no dates
    """

    tool: str
    arguments: dict[str, Any]
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    row_count: int = 0
    truncated: bool = False
    headline: Headline | None = None
    summary: str = ""
    reading: str = ""
    assumptions: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    method: str | None = None
    sql: str | None = None
    segment: SegmentRef | None = None
    pictures: tuple[Picture, ...] = ()
    files: tuple[str, ...] = ()
    as_of: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def plain_cell(value: Any, *, part: str | None = None) -> Cell:
    """A value as a JSON-plain cell. `part` spells a truncated date ("month" -> 2011-03, "quarter" -> 2011-Q1, "year" -> 2011).

    NaN, infinities and pandas' NaT become None: they are never shown as findings.
    """
    if value is None:
        return None
    if isinstance(value, (dt.datetime, dt.date)):
        return _plain_date(value, part)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else value
    if isinstance(value, (bool, int, str)):
        return value
    number = _as_float(value)
    return str(value) if number is None else number


def _as_float(value: Any) -> float | None:
    import decimal

    return float(value) if isinstance(value, decimal.Decimal) and value.is_finite() else None


def _plain_date(value: dt.datetime | dt.date, part: str | None) -> str | None:
    if value != value:  # NaT
        return None
    if part == "month":
        return f"{value.year}-{value.month:02d}"
    if part == "quarter":
        return f"{value.year}-Q{(value.month + 2) // 3}"
    if part == "year":
        return str(value.year)
    if part in ("day", "week") or not isinstance(value, dt.datetime):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    return value.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
