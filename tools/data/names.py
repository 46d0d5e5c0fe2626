"""Safe and unique names: tables from file names, columns from headers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST = 255


def quoted(name: str) -> str:
    """A name as a SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """Text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def table_name(stem: str, taken: Iterable[str]) -> str:
    """A table's name from a file's stem or a sheet's name: [a-z0-9_], beginning with a letter, none of `taken`."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", plain)
    safe = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")[:60].strip("_")
    if not safe:
        safe = "table"
    elif safe[0].isdigit():
        safe = f"t_{safe}"
    return _unique(safe, {t.lower() for t in taken})


def column_names(headers: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Columns' names from a header row, and notes on what was changed.

    The header's own spelling is kept, but for surrounding blanks and control characters. An empty one becomes column_3;
    one that is there already (in any case: names that differ by case alone can't be told apart in SQL) gets a number.
    """
    names: list[str] = []
    notes: list[str] = []
    taken: set[str] = set()
    wished = {_clean(h).lower() for h in headers}
    for position, header in enumerate(headers, 1):
        plain = _clean(header)
        name = _unique(
            plain or f"column_{position}", taken | (wished - {plain.lower()}) if not plain else taken, wished
        )
        taken.add(name.lower())
        names.append(name)
        if note := _note(position, header, plain, name):
            notes.append(note)
    return names, notes


def _clean(header: str | None) -> str:
    flat = re.sub(r"[\x00-\x1f\x7f\u200b\ufeff\s]+", " ", header or "").strip()
    return flat[:LONGEST].strip()


def _unique(name: str, taken: set[str], avoid: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    if name.lower() not in taken:
        return name
    number = 2
    while f"{name}_{number}".lower() in taken or f"{name}_{number}".lower() in avoid:
        number += 1
    return f"{name}_{number}"


def _note(position: int, header: str | None, plain: str, name: str) -> str | None:
    if not plain:
        return f"Column {position} has no header: named {name}."
    if name != plain:
        return f"Column {position} is called {plain!r}, as another is: renamed {name}."
    if plain != (header or "").strip():
        return f"Column {position}'s header was cleaned of odd characters or shortened: named {name}."
    return None
