"""Small data versions for the tests: tables of Python columns or of SQL, measured as they are when data is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from segue.tools.data import measure
from segue.tools.data.engine import Engine
from segue.tools.data.facts import ColumnFacts, Facts

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def _plain(c: duckdb.DuckDBPyConnection, select: str) -> str:
    """The SELECT with unsigned and huge integers as the integers that reading a file would give."""
    odd = [
        name
        for name, kind, *_ in c.execute(f"DESCRIBE {select}").fetchall()
        if kind in ("UBIGINT", "HUGEINT", "UINTEGER")
    ]
    replaced = ", ".join(f'"{name}"::BIGINT AS "{name}"' for name in odd)
    return f"SELECT * REPLACE ({replaced}) FROM ({select})" if odd else select


def made(folder: Path, tables: dict[str, dict[str, list[Any]] | str]) -> tuple[Facts, Engine]:
    """A data version in `folder`. A table is a dict of columns, or a SELECT that DuckDB runs."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "made.duckdb"
    rows: dict[str, int] = {}
    columns: dict[str, ColumnFacts] = {}
    with duckdb.connect() as c:
        c.execute(f"ATTACH '{database}' AS d")
        measure.prepare(c, "d")
        for name, table in tables.items():
            if isinstance(table, str):
                c.execute(f'CREATE TABLE d.main."{name}" AS {_plain(c, table)}')
            else:
                import pyarrow as pa

                frame = pa.table(table)
                c.register("frame", frame)
                c.execute(f'CREATE TABLE d.main."{name}" AS SELECT * FROM frame')
                c.unregister("frame")
            facts = measure.measure(c, "d", name, name, {})
            columns |= {f.ref: f for f in facts}
            rows[name] = facts[0].rows if facts else 0
    members = folder / "members"
    members.mkdir(exist_ok=True)
    return Facts(database, rows, columns), Engine(database, members)
