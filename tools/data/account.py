"""The account of what was read: rows read = rows kept + rows reported, and every cell that was set aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SHOWN = 20
"""Lines that are named for each reason; the counts are always whole."""


class Losses:
    """What a reader sets aside, by reason, with the first lines of each. It may be added to while reading."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.lines: dict[str, list[int]] = {}

    def add(self, reason: str, line: int | None = None, count: int = 1) -> None:
        """Notes that `count` rows or cells were set aside for a reason, the first of them on `line`."""
        self.counts[reason] += count
        shown = self.lines.setdefault(reason, [])
        if line is not None and len(shown) < SHOWN:
            shown.append(line)

    def add_lines(self, reason: str, count: int, lines: list[int]) -> None:
        """Notes `count` rows or cells at once, with their first lines."""
        self.counts[reason] += count
        shown = self.lines.setdefault(reason, [])
        shown.extend(lines[: SHOWN - len(shown)])

    def total(self) -> int:
        """How many were set aside."""
        return sum(self.counts.values())

    def frozen(self) -> tuple[Reported, ...]:
        """All of it, the commonest reason first."""
        return tuple(Reported(r, n, tuple(self.lines.get(r, ()))) for r, n in self.counts.most_common())


@dataclass(frozen=True)
class Reported:
    """A reason, how many rows or cells it set aside, and the lines of the first SHOWN of them (1 is the file's first line)."""

    reason: str
    count: int
    lines: tuple[int, ...] = ()

    def text(self) -> str:
        """`3 rows: too few cells (lines 4, 9 and 17)`, without the noun."""
        return f"{self.reason}{_said_lines(self.lines, self.count)}"


@dataclass(frozen=True)
class TableAccount:
    """What became of one table's source.

    rows_read   data rows found in the source (a header is none)
    rows        rows left out, by reason: rows_read = rows_kept + their sum
    cells       cells that were given but are missing now, by reason; their rows are kept
    notes       what else a person should know of: encoding, renamed columns, spellings
    """

    name: str
    source: str
    rows_read: int
    rows_kept: int
    rows: tuple[Reported, ...] = ()
    cells: tuple[Reported, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether every row read is kept or reported."""
        return self.rows_read == self.rows_kept + sum(r.count for r in self.rows)

    def lines(self) -> list[str]:
        """The account in plain English: one line for the whole, then one for each thing reported."""
        left_out = self.rows_read - self.rows_kept
        tail = f", {_many(left_out, 'row')} left out" if left_out else ""
        head = f"{self.name}: {_many(self.rows_read, 'row')} read from {self.source}, {self.rows_kept:,} kept{tail}"
        rows = [f"  {_many(r.count, 'row')} left out: {r.text()}" for r in self.rows]
        cells = [f"  {_many(r.count, 'cell')} read as missing: {r.text()}" for r in self.cells]
        return [head, *rows, *cells, *(f"  {n}" for n in self.notes)]


@dataclass(frozen=True)
class Account:
    """What a read of the sources found, lost and is unsure of. `version` is the data version that it made."""

    version: str
    tables: tuple[TableAccount, ...]
    notes: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def lines(self) -> list[str]:
        """The whole account in plain English, one thing a line."""
        lines = [line for table in self.tables for line in table.lines()]
        return lines + list(self.notes) + [f"Unsure: {u}" for u in self.unsure]


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _said_lines(lines: tuple[int, ...], count: int) -> str:
    if not lines:
        return ""
    shown = [str(n) for n in lines[:5]]
    if count > len(shown):
        return f" (lines {', '.join(shown)} and {count - len(shown):,} more)"
    return f" (line {shown[0]})" if len(shown) == 1 else f" (lines {', '.join(shown[:-1])} and {shown[-1]})"
