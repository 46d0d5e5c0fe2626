"""Whether a table's first row names its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segue.tools.data.dates import COMPILED
from segue.tools.data.numbers import COMMA, NUMBER, POINT, POINT_PERCENT

VALUES = [re.compile(p.pattern) for p in (NUMBER, POINT, COMMA, POINT_PERCENT)] + list(COMPILED.values())


def is_header(first: Sequence[str | None], rest: Sequence[Sequence[str | None]]) -> bool:
    """Whether `first` is a header over the rows `rest` (a sample): its cells are names where the rows have values.

    Where nothing tells (all is text) it is one, unless its own cells turn up again as values.
    """
    if not any(_given(c) for c in first):
        return False
    names = values = 0
    for position, cell in enumerate(first):
        below = [row[position] for row in rest if position < len(row) and _given(row[position])]
        if not _given(cell):
            continue
        if rest and (not below or sum(map(_is_value, below)) < 0.8 * len(below)):
            continue
        if _is_value(cell):
            values += not _is_year(cell, below)
        else:
            names += bool(below)
    if names or values:
        return names >= values
    return not _turns_up_again(first, rest) and not (not rest and any(map(_is_value, first)))


def _given(cell: str | None) -> bool:
    return cell is not None and bool(cell.strip())


def _is_value(cell: str | None) -> bool:
    text = (cell or "").strip()
    return any(pattern.fullmatch(text) for pattern in VALUES)


def _is_year(cell: str | None, below: Sequence[str | None]) -> bool:
    """A column headed 2019 over figures that are no years is named so."""
    year = re.compile("(?:19|20)[0-9]{2}")
    return bool(year.fullmatch((cell or "").strip())) and not any(year.fullmatch((b or "").strip()) for b in below)


def _turns_up_again(first: Sequence[str | None], rest: Sequence[Sequence[str | None]]) -> bool:
    given = [(i, c) for i, c in enumerate(first) if _given(c)]
    again = sum(any(i < len(row) and row[i] == c for row in rest if list(row) != list(first)) for i, c in given)
    return again * 2 > len(given)
