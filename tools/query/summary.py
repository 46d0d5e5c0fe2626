"""A Result's own words: the answer first, then what matters, short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from segue.tools.query.compile import Compiled
from segue.tools.query.phrasing import capital, say_value
from segue.tools.results import Cell, Column, Headline


@dataclass
class Table:
    """Rows as shown, and what is known of the rest: `beyond` the limit, groups `in_all`, the `total` of the first measure."""

    columns: list[Column]
    rows: list[list[Cell]]
    beyond: list[list[Cell]]
    row_count: int
    in_all: int
    total: Any
    counts: dict[str, list[Any]]
    names: list[str]


@dataclass
class Said:
    """What a Result says of itself."""

    headline: Headline | None
    summary: str
    assumptions: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    method: str | None = None
    as_of: str | None = None


def summarise(compiled: Compiled, table: Table) -> Said:
    shown = compiled.shown[0]
    n = len(compiled.groupings)
    head = None
    if table.rows:
        row = table.rows[0]
        label = str(row[0]) if n or compiled.query.rank_measures else None
        head = Headline(label, row[max(n, 1) if compiled.query.rank_measures else n], shown.unit)
    text = f"{capital(shown.heading)}: {say_value(head.value, shown.unit)}." if head else "No rows."
    return Said(head, text, compiled.catalog.notes.assumptions, compiled.catalog.notes.caveats)
