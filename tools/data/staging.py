"""Where sources are put, untyped and untouched, before they are typed: a database of its own, thrown away afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from segue.tools.data.account import Losses
from segue.tools.data.names import quoted, text_literal

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
"""Cells times columns are what fills memory: a batch is so many rows of up to 20 columns, fewer of wider tables."""

Progress = Callable[[str, "float | None"], None]
"""Told what is being done and, where it can be known, how much of it is done (0 to 1)."""


@dataclass
class Staged:
    """One table as its source has it.

    name       what the source calls it (a file's stem, a sheet, a table);  source  says where it is from
    relation   the staged table, columns c0, c1, ... and where rows were set aside, `_line`, the row's line in its source
    headers    the columns' names as the source has them
    rows_read  data rows found, those in `losses` among them
    strict     a typed source: its text is typed only where all of it fits
    find_lines gives the source's lines for row numbers (from 0) of `relation`, where it has no `_line`
    """

    name: str
    source: str
    relation: str
    headers: list[str]
    rows_read: int
    losses: Losses = field(default_factory=Losses)
    notes: list[str] = field(default_factory=list)
    european: bool = False
    strict: bool = False
    find_lines: Callable[[Sequence[int]], list[int]] | None = None


class Stage:
    """The database that sources are staged in, and a directory for files made on the way."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, directory: Path, progress: Progress) -> None:
        self.c = connection
        self.directory = directory
        self.progress = progress
        self._made = 0

    def new_relation(self) -> str:
        """A name for a staged table."""
        self._made += 1
        return f"stage.main.t{self._made}"

    def new_file(self, suffix: str) -> Path:
        """A path for a file made on the way."""
        self._made += 1
        return self.directory / f"f{self._made}{suffix}"

    def rows(self, relation: str) -> int:
        """How many rows a staged table has."""
        return (self.c.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,))[0]

    def lines(self, staged: Staged, condition: str, limit: int) -> list[int]:
        """Lines, in the source, of the first rows for which a condition holds."""
        if staged.find_lines is None and not self.has_lines(staged.relation):
            return []
        place = "rowid" if staged.find_lines else "_line"
        sql = f"SELECT {place} FROM {staged.relation} WHERE {condition} ORDER BY rowid LIMIT {limit}"
        found = [r[0] for r in self.c.execute(sql).fetchall()]
        return staged.find_lines(found) if staged.find_lines else found

    def has_lines(self, relation: str) -> bool:
        """Whether the staged table says which line of the source each row is."""
        return any(name == "_line" for name, *_ in self.c.execute(f"DESCRIBE {relation}").fetchall())


class RowSink:
    """Takes rows of text cells with their lines and puts them into a staged table, in batches."""

    def __init__(self, stage: Stage, width: int) -> None:
        self.stage = stage
        self.width = width
        self.relation = stage.new_relation()
        self.count = 0
        self._limit = max(200, min(BATCH, BATCH * 20 // max(width, 1)))
        self._lines: list[int] = []
        self._rows: list[Sequence[str | None]] = []
        columns = ", ".join(["_line BIGINT", *(f"c{i} VARCHAR" for i in range(width))])
        stage.c.execute(f"CREATE TABLE {self.relation} ({columns})")

    def add(self, line: int, cells: Sequence[str | None]) -> None:
        """A row of exactly `width` cells."""
        self._lines.append(line)
        self._rows.append(cells)
        if len(self._rows) >= self._limit:
            self.flush()

    def flush(self) -> None:
        """Writes what has been added. Call once more after the last row."""
        if not self._rows:
            return
        import pyarrow as pa

        columns = [
            pa.array(self._lines, pa.int64()),
            *(pa.array(cells, pa.string()) for cells in zip(*self._rows, strict=True)),
        ]
        batch = pa.table(columns, names=["_line", *(f"c{i}" for i in range(self.width))])
        insert(self.stage.c, self.relation, batch)
        self.count += len(self._rows)
        self._lines, self._rows = [], []


def insert(c: duckdb.DuckDBPyConnection, relation: str, batch: pa.Table) -> None:
    """Appends an Arrow table to a staged one."""
    c.register("arriving", batch)
    try:
        c.execute(f"INSERT INTO {relation} SELECT * FROM arriving")
    finally:
        c.unregister("arriving")


def stage_query(stage: Stage, sql: str, headers: Sequence[str]) -> str:
    """Stages a query's rows, in order, as columns c0, c1, ...; returns the staged table's name."""
    relation = stage.new_relation()
    names = ", ".join(f"c{i}" for i in range(len(headers)))
    stage.c.execute(f"CREATE TABLE {relation} AS SELECT * FROM ({sql}) AS source({names})")
    return relation


def select_all(stage: Stage, place: str) -> tuple[str, list[str]]:
    """Stages a whole relation (a file function, an attached table) as it is typed."""
    headers = [name for name, *_ in stage.c.execute(f"DESCRIBE SELECT * FROM {place}").fetchall()]
    columns = ", ".join(quoted(h) for h in headers)
    return stage_query(stage, f"SELECT {columns} FROM {place}", headers), headers


def file_literal(path: Path) -> str:
    """A file's path for a DuckDB file function, its glob characters taken literally."""
    text = str(path)
    for sign in "[?*":
        text = text.replace(sign, f"[{sign}]")
    return text_literal(text)


def as_text(value: Any) -> str | None:
    """A cell of a typed source (a sheet, JSON, SQLite) as the text that is typed later. None stays None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
