"""What is decided of a column before its table is written, and what it is decided from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb

from segue.tools.data.measure import Told

Decide = Callable[[str, Sequence[str]], "str | None"]
"""Asks a person a question with choices; returns one of them, or None where nobody is there to ask."""


@dataclass
class ColumnPlan:
    """How a staged column becomes a column of the data.

    sql    reads it;  unfit  a condition that holds for given cells which can't be read, with the reason, or None
    count  how many those are
    """

    name: str
    sql: str
    told: Told = field(default_factory=Told)
    unfit: str | None = None
    reason: str = ""
    count: int = 0
    notes: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """What a column is read from: the staged table, its name to people, and what its file suggests.

    european  semicolons between cells: decimal commas are to be expected
    strict    a typed source (Parquet, a database): its text is typed only where every value fits
    decided   answers that a person gave before, by table.column
    """

    relation: str
    table: str
    rows: int
    european: bool = False
    strict: bool = False
    decided: dict[str, str] = field(default_factory=dict)


def count(c: duckdb.DuckDBPyConnection, relation: str, condition: str) -> int:
    """How many staged rows a condition holds for."""
    return (c.execute(f"SELECT count(*) FILTER ({condition}) FROM {relation}").fetchone() or (0,))[0]
