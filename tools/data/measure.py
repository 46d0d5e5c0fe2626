"""Measures the facts of every column, in SQL, while a data version is built."""

from __future__ import annotations

import decimal
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb

from segue.tools.data.facts import SCHEMA, ColumnFacts, keeps_values, to_json
from segue.tools.data.names import quoted, text_literal
from segue.tools.results import CellType

AT_ONCE = 50
"""Columns measured in one pass: a statement over 2,000 columns takes longer to plan than to run."""
TOP = 20
FEW = 60_000
"""Columns with about so many distinct values or fewer have their values counted; of others only the number is counted."""
FLAGS = ({"yes", "no"}, {"y", "n"}, {"true", "false"}, {"t", "f"}, {"0", "1"}, {"on", "off"})


@dataclass(frozen=True)
class Told:
    """What the reader knows of a column beyond what SQL can measure."""

    unit: str | None = None
    currency: str | None = None


@dataclass(frozen=True)
class _Rough:
    """The first pass over a column."""

    present: int
    about: int
    minimum: Any
    maximum: Any
    mean: float | None
    whole: bool
    length: float | None


def prepare(c: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Makes the empty tables that hold facts in an attached database."""
    c.execute(f"CREATE SCHEMA {catalog}.{SCHEMA}")
    c.execute(f"CREATE TABLE {catalog}.{SCHEMA}.tables (position INTEGER, name VARCHAR, rows BIGINT, source VARCHAR)")
    c.execute(f"CREATE TABLE {catalog}.{SCHEMA}.columns (position INTEGER, facts VARCHAR)")
    c.execute(f'CREATE TABLE {catalog}.{SCHEMA}."values" (ref VARCHAR, value VARCHAR, count BIGINT)')


def measure(
    c: duckdb.DuckDBPyConnection,
    catalog: str,
    table: str,
    source: str,
    told: dict[str, Told],
    tick: Callable[[float], None] = lambda done: None,
) -> list[ColumnFacts]:
    """Measures a table of an attached database and stores the facts beside it."""
    place = f"{catalog}.main.{quoted(table)}"
    kinds: list[tuple[str, CellType]] = [
        (name, cell_type(kind)) for name, kind, *_ in c.execute(f"DESCRIBE {place}").fetchall()
    ]
    rows, rough = _first_pass(c, place, kinds)
    facts = []
    for number, (name, kind) in enumerate(kinds):
        facts.append(_column(c, catalog, table, name, kind, rows, rough[name], told.get(name, Told())))
        tick((number + 1) / len(kinds))
    _store(c, catalog, table, source, rows, facts)
    return facts


def cell_type(kind: str) -> CellType:
    """DuckDB's type as one of ours."""
    if kind in ("BIGINT", "INTEGER", "SMALLINT", "TINYINT"):
        return "integer"
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        return "number"
    return {"BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp"}.get(kind, "text")  # type: ignore[return-value]


def _first_pass(
    c: duckdb.DuckDBPyConnection, place: str, kinds: list[tuple[str, CellType]]
) -> tuple[int, dict[str, _Rough]]:
    rough: dict[str, _Rough] = {}
    rows = 0
    for start in range(0, len(kinds), AT_ONCE):
        part = kinds[start : start + AT_ONCE]
        parts = [expression for name, kind in part for expression in _rough_sql(quoted(name), kind)]
        rows, *found = c.execute(f"SELECT count(*), {', '.join(parts)} FROM {place}").fetchone() or (0,)
        for position, (name, _) in enumerate(part):
            rough[name] = _Rough(*found[position * 7 : position * 7 + 7])
    return rows, rough


def _rough_sql(name: str, kind: CellType) -> list[str]:
    numeric = kind in ("integer", "number")
    mean = (
        f"avg({name})::DOUBLE" if numeric else f"avg({name}::INTEGER)::DOUBLE" if kind == "boolean" else "NULL::DOUBLE"
    )
    whole = f"coalesce(bool_and({name} = trunc({name})), false)" if kind == "number" else "false"
    length = f"avg(length({name}))" if kind == "text" else "NULL::DOUBLE"
    return [f"count({name})", f"approx_count_distinct({name})", f"min({name})", f"max({name})", mean, whole, length]


def _column(
    c: duckdb.DuckDBPyConnection,
    catalog: str,
    table: str,
    name: str,
    kind: CellType,
    rows: int,
    rough: _Rough,
    told: Told,
) -> ColumnFacts:
    place, column = f"{catalog}.main.{quoted(table)}", quoted(name)
    top: tuple[tuple[Any, int], ...] = ()
    if rough.about <= FEW or rough.about < rough.present * 0.5:
        distinct, top = _counted(c, catalog, f"{table}.{name}", place, column, kind)
    else:
        distinct = _one(c, f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {place} WHERE {column} IS NOT NULL)")
    return ColumnFacts(
        table, name, kind, rows, rows - rough.present, distinct,
        minimum=_number(rough.minimum), maximum=_number(rough.maximum), mean=rough.mean, top=top,
        unique=distinct == rough.present and distinct > 0, whole=rough.whole and rough.present > 0,
        flag=_is_flag(kind, distinct, top), unit=told.unit, currency=told.currency, length=rough.length,
    )  # fmt: skip


def _counted(
    c: duckdb.DuckDBPyConnection, catalog: str, ref: str, place: str, column: str, kind: CellType
) -> tuple[int, tuple[tuple[Any, int], ...]]:
    """Counts every value once; keeps the commonest, and all where they are few enough."""
    counted = f"SELECT {column} v, count(*) n FROM {place} WHERE {column} IS NOT NULL GROUP BY 1"
    rows = c.execute(f"SELECT v, n, count(*) OVER () FROM ({counted}) ORDER BY n DESC, v LIMIT {TOP}").fetchall()
    distinct = rows[0][2] if rows else 0
    if keeps_values(kind, distinct) and distinct > TOP:
        values = f'{catalog}.{SCHEMA}."values"'
        c.execute(f"INSERT INTO {values} SELECT {text_literal(ref)}, v::VARCHAR, n FROM ({counted}) ORDER BY n DESC, v")
    if distinct > TOP and rows[0][1] == 1:
        return distinct, ()
    return distinct, tuple((_number(v), n) for v, n, _ in rows)


def _is_flag(kind: CellType, distinct: int, top: tuple[tuple[Any, int], ...]) -> bool:
    if kind not in ("text", "integer", "boolean") or distinct != 2:
        return False
    return {str(v).lower() for v, _ in top} in FLAGS


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, decimal.Decimal) else value


def _store(
    c: duckdb.DuckDBPyConnection, catalog: str, table: str, source: str, rows: int, facts: list[ColumnFacts]
) -> None:
    position = _one(c, f"SELECT count(*) FROM {catalog}.{SCHEMA}.tables")
    # written out, not as parameters: for those DuckDB imports pandas, which takes a second
    named = f"{text_literal(table)}, {rows}, {text_literal(source)}"
    c.execute(f"INSERT INTO {catalog}.{SCHEMA}.tables VALUES ({position}, {named})")
    first = _one(c, f"SELECT count(*) FROM {catalog}.{SCHEMA}.columns")
    stored = [f"({first + i}, {text_literal(json.dumps(to_json(f), ensure_ascii=False))})" for i, f in enumerate(facts)]
    for start in range(0, len(stored), 200):
        c.execute(f"INSERT INTO {catalog}.{SCHEMA}.columns VALUES {', '.join(stored[start : start + 200])}")


def _one(c: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = c.execute(sql).fetchone()
    return row[0] if row else None
