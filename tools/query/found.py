"""What a compiled query found, before words are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from segue.tools.results import Cell, Column


@dataclass
class Table:
    """Rows as shown, and what is known of the rest.

    beyond  rows after the limit;  in_all  groups there are;  total  of the first measure over all groups
    counts  measure's SQL name -> for each row how many members it rests on
    """

    columns: list[Column]
    rows: list[list[Cell]]
    beyond: list[list[Cell]]
    row_count: int
    in_all: int
    total: Any
    counts: dict[str, list[Any]]
    names: list[str]
