"""What was measured of every column when the data was read; loaded without touching the data."""

from __future__ import annotations

import datetime as dt
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from segue.tools.data.names import text_literal
from segue.tools.errors import DefinitionError, did_you_mean
from segue.tools.results import CellType

SCHEMA = "segue_facts"
MOST_VALUES = 50_000
"""Text columns with at most so many distinct values have all of them kept, with their counts."""
MOST_NUMBERS = 200
"""The same for integer columns."""


@dataclass(frozen=True)
class ColumnFacts:
    """One column of one table, as measured when the data was read.

    rows, missing, distinct  exact; `distinct` doesn't count missing
    minimum, maximum         of the column's type (dates as date, timestamps as datetime); text in byte order; None where all is missing
    mean                     of numbers (booleans: the share of true), else None
    top                      at most 20 (value, count), commonest first; () where nearly all values differ
    unique                   no value occurs twice (missing ones don't count)
    whole                    a number column all of whose values are whole: 12345.0 may be a key
    flag                     a text, integer or boolean column with two values that mean yes and no
    unit                     "money" where the source wrote currency signs, "share" where it wrote percents (26.5% is stored as 0.265)
    currency                 the sign or code that the source wrote, or None
    length                   mean length of text in characters, else None
    """

    table: str
    column: str
    type: CellType
    rows: int
    missing: int
    distinct: int
    minimum: Any = None
    maximum: Any = None
    mean: float | None = None
    top: tuple[tuple[Any, int], ...] = ()
    unique: bool = False
    whole: bool = False
    flag: bool = False
    unit: str | None = None
    currency: str | None = None
    length: float | None = None

    @property
    def ref(self) -> str:
        """table.column"""
        return f"{self.table}.{self.column}"


class Facts:
    """The facts of one data version. Safe to use from any thread."""

    def __init__(self, database: Path, tables: dict[str, int], columns: dict[str, ColumnFacts]) -> None:
        self.database = database
        self.tables = tables
        """table -> number of rows, in the order of the sources"""
        self._columns = columns
        self._values: dict[str, list[tuple[Any, int]]] = {}
        self._lock = threading.Lock()

    @classmethod
    def load(cls, database: Path) -> Facts:
        """Reads the facts that are stored in a version's file."""
        with _attached(database) as c:
            tables = dict(c.execute(f"SELECT name, rows FROM d.{SCHEMA}.tables ORDER BY position").fetchall())
            rows = c.execute(f"SELECT facts FROM d.{SCHEMA}.columns ORDER BY position").fetchall()
        facts = [from_json(json.loads(r[0])) for r in rows]
        return cls(database, tables, {f.ref: f for f in facts})

    def column(self, ref: str) -> ColumnFacts:
        """The facts of `table.column`. DefinitionError where there is no such column."""
        try:
            return self._columns[ref]
        except KeyError:
            raise DefinitionError(
                f"There is no column {ref!r} in the data.", did_you_mean(ref, self._columns)
            ) from None

    def has(self, ref: str) -> bool:
        """Whether the data has `table.column`."""
        return ref in self._columns

    def columns(self, table: str) -> list[ColumnFacts]:
        """The columns of a table, in its order. DefinitionError where there is no such table."""
        if table not in self.tables:
            raise DefinitionError(f"There is no table {table!r} in the data.", did_you_mean(table, self.tables))
        return [f for f in self._columns.values() if f.table == table]

    def values(self, ref: str) -> list[tuple[Any, int]]:
        """Every distinct value with its count, commonest first: text columns with at most MOST_VALUES, integer columns with at
        most MOST_NUMBERS, boolean columns. [] for all others.
        """
        with self._lock:
            if ref not in self._values:
                self._values[ref] = self._read_values(self.column(ref))
            return self._values[ref]

    def _read_values(self, facts: ColumnFacts) -> list[tuple[Any, int]]:
        if not keeps_values(facts.type, facts.distinct):
            return []
        if facts.distinct <= len(facts.top):
            return list(facts.top)
        with _attached(self.database) as c:
            # a literal: DuckDB imports pandas (half a second) to look at a parameter
            sql = f"SELECT value, count FROM d.{SCHEMA}.values WHERE ref = {text_literal(facts.ref)} ORDER BY count DESC, value"
            rows = c.execute(sql).fetchall()
        if facts.type == "integer":
            return sorted(((int(v), n) for v, n in rows), key=lambda pair: (-pair[1], pair[0]))
        return rows


def keeps_values(type: CellType, distinct: int) -> bool:
    """Whether all values of such a column are kept."""
    most = {"text": MOST_VALUES, "integer": MOST_NUMBERS, "boolean": 2}.get(type, 0)
    return 0 < distinct <= most


def to_json(facts: ColumnFacts) -> dict[str, Any]:
    """Facts as JSON-plain data, what is default left out."""
    plain = {k: v for k, v in vars(facts).items() if v is not None and v is not False and v != ()}
    plain["top"] = [[_plain(v), n] for v, n in facts.top]
    return plain | {k: _plain(getattr(facts, k)) for k in ("minimum", "maximum")}


def from_json(plain: dict[str, Any]) -> ColumnFacts:
    """The opposite of `to_json`."""
    type = plain["type"]
    read = dict(plain)
    read["top"] = tuple((_typed(v, type), n) for v, n in plain["top"])
    read["minimum"], read["maximum"] = _typed(plain["minimum"], type), _typed(plain["maximum"], type)
    return ColumnFacts(**read)


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return value


def _typed(value: Any, type: CellType) -> Any:
    if value is None or type not in ("date", "timestamp"):
        return value
    return dt.date.fromisoformat(value) if type == "date" else dt.datetime.fromisoformat(value)


def _attached(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection of its own beside the engine's, which holds the same file with another configuration."""
    connection = duckdb.connect(
        config={
            "threads": 1,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
    connection.execute(f"ATTACH {text_literal(str(database))} AS d (READ_ONLY)")
    return connection
