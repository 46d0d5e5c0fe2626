"""Counts over whole columns of text: what a reading would leave unread, and what a cell that says nothing looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from segue.tools.data.dates import DateParser
from segue.tools.data.names import quoted, text_literal
from segue.tools.data.numbers import (
    COMMA,
    COMMA_PERCENT,
    CURRENCY,
    HUGE,
    LEADING_ZERO,
    POINT,
    POINT_PERCENT,
    TELEPHONE,
    Parser,
)
from segue.tools.data.plans import Source

BLANKS = " \t\r\n\x0b\x0c\u00a0\u2007\u202f\u3000\ufeff"
MISSING_TEXT = ("na", "n/a", "#n/a", "null", "nan", "<na>", "-", "--", "?", "\\n")
MISSING_TYPED = (
    *MISSING_TEXT,
    "none",
    "nil",
    "n.a.",
    "nat",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "00/00/0000",
    "inf",
    "-inf",
    "infinity",
    "-infinity",
)


@dataclass
class Check:
    """Counts over a whole text column."""

    given: int = 0
    like_missing: int = 0
    unfit: dict[str, int] = field(default_factory=dict)
    zeros: int = 0
    huge: int = 0
    timed: bool = False
    midnight: bool = True
    signs: int = 0

    @property
    def present(self) -> int:
        """Cells that say something."""
        return self.given - self.like_missing

    def add(self, more: Check) -> None:
        """What a second pass, with other ways to read, has found."""
        self.unfit |= more.unfit
        self.zeros, self.huge = max(self.zeros, more.zeros), max(self.huge, more.huge)
        self.signs = max(self.signs, more.signs)


@dataclass(frozen=True)
class Value:
    """A staged text cell in SQL, without surrounding blanks, NULL where nothing is left; and how many had any."""

    column: str
    sql: str
    padded: int


def read_values(c: duckdb.DuckDBPyConnection, source: Source, columns: Sequence[str]) -> dict[str, Value]:
    """Trimming is what takes longest, so only columns that need it get it."""
    edge = text_literal(f"^[{BLANKS}]|[{BLANKS}]$")
    values: dict[str, Value] = {}
    for start in range(0, len(columns), 100):
        part = columns[start : start + 100]
        counts = [f"count(*) FILTER ({quoted(x)} = '' OR regexp_matches({quoted(x)}, {edge}))" for x in part]
        found = c.execute(f"SELECT {', '.join(counts)} FROM {source.relation}").fetchone() or ()
        for column, padded in zip(part, found, strict=True):
            trimmed = f"nullif(trim({quoted(column)}, {text_literal(BLANKS)}), '')"
            values[column] = Value(quoted(column), trimmed if padded else quoted(column), padded)
    return values


def is_missing(value: str, words: Sequence[str]) -> str:
    return f"coalesce(length({value}) <= {max(map(len, words))} AND lower({value}) IN ({', '.join(map(text_literal, words))}), false)"


def run_checks(
    c: duckdb.DuckDBPyConnection,
    source: Source,
    values: dict[str, Value],
    tried: dict[str, list[Parser]],
    at_once: int = 40,
) -> dict[str, Check]:
    checks: dict[str, Check] = {}
    columns = list(tried)
    for start in range(0, len(columns), at_once):
        part = columns[start : start + at_once]
        parts = {column: _check_sql(quoted("v" + column), tried[column]) for column in part}
        flat = [sql for column in part for sql in parts[column].values()]
        inner = ", ".join(f"{values[column].sql} AS {quoted('v' + column)}" for column in part)
        row = iter(c.execute(f"SELECT {', '.join(flat)} FROM (SELECT {inner} FROM {source.relation})").fetchone() or ())
        for column in part:
            checks[column] = _checked({key: next(row) for key in parts[column]})
    return checks


def _check_sql(v: str, parsers: list[Parser]) -> dict[str, str]:
    missing = is_missing(v, MISSING_TYPED if parsers else MISSING_TEXT)
    sql = {"given": f"count({v})", "like_missing": f"count(*) FILTER ({missing})"}
    for parser in parsers:
        sql[f"unfit {parser.name}"] = (
            f"count(*) FILTER ({v} IS NOT NULL AND {parser.read(v)} IS NULL AND NOT {missing})"
        )
    if any(p.kind in ("number", "integer") for p in parsers):
        codes = f"({LEADING_ZERO}|{TELEPHONE})"
        sql["zeros"] = f"count(*) FILTER (left({v}, 1) IN ('0', '+', '-') AND regexp_full_match({v}, '{codes}'))"
        sql["huge"] = (
            f"count(*) FILTER (length({v}) >= 19 AND regexp_full_match({v}, '{HUGE}') AND TRY_CAST({v} AS BIGINT) IS NULL)"
        )
    if any(p.unit == "money" for p in parsers):
        sql["signs"] = f"count(DISTINCT nullif(regexp_extract({v}, {text_literal(CURRENCY)}), ''))"
    for parser in parsers:
        if isinstance(parser, DateParser):
            sql["timed"] = f"coalesce(bool_or(contains({v}, ':')), false)"
            sql["midnight"] = f"coalesce(bool_and({parser.read(v)} = date_trunc('day', {parser.read(v)})), true)"
    return sql


def _checked(found: dict[str, int]) -> Check:
    unfit = {key.removeprefix("unfit "): n for key, n in found.items() if key.startswith("unfit ")}
    rest = {key: n for key, n in found.items() if not key.startswith("unfit ")}
    return Check(unfit=unfit, **rest)  # type: ignore[arg-type]


def uses_decimal_commas(tried: dict[str, list[Parser]], checks: dict[str, Check]) -> bool:
    """Whether some column of the table can be read with a decimal comma only."""
    return any(
        checks[column].unfit.get(comma.name, 1) == 0 and checks[column].unfit.get(point.name, 1) > 0
        for column in tried
        for comma, point in ((COMMA, POINT), (COMMA_PERCENT, POINT_PERCENT))
    )
