"""SQLite and DuckDB files: every table of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

from segue.tools.data.names import quoted, text_literal
from segue.tools.data.staging import RowSink, Stage, Staged, as_text, select_all
from segue.tools.errors import DataError

AT_ONCE = 10_000


def read_sqlite(path: Path, stage: Stage, shown: str) -> list[Staged]:
    """Stages every table of a SQLite file (a file called .db may be DuckDB's: then its). DataError where it is neither."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[8:12] == b"DUCK":
        return read_duckdb(path, stage, shown)
    if not head.startswith(b"SQLite format 3\x00"):
        raise DataError(f"{shown} is no SQLite file.", "Name the right file, or export its tables as CSV.")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        tables = [r[0] for r in connection.execute(_TABLES)]
        if not tables:
            raise DataError(f"{shown} holds no table.", "Name a file that does.")
        return [_sqlite_table(connection, stage, t, shown) for t in tables]
    except sqlite3.Error as error:
        raise DataError(
            f"{shown} can't be read ({error}).", "Make a fresh copy of it with SQLite's .backup."
        ) from error
    finally:
        connection.close()


_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
)


def _sqlite_table(connection: sqlite3.Connection, stage: Stage, table: str, shown: str) -> Staged:
    stage.progress(f"Reading {shown}, table {table}", None)
    cursor = connection.execute(f"SELECT * FROM {quoted(table)}")
    headers = [d[0] for d in cursor.description]
    sink = RowSink(stage, len(headers))
    binary = 0
    row = 0
    while batch := cursor.fetchmany(AT_ONCE):
        for cells in batch:
            row += 1
            binary += sum(isinstance(c, bytes) for c in cells)
            sink.add(row, [None if isinstance(c, bytes) else as_text(c) for c in cells])
    sink.flush()
    staged = Staged(table, f"{shown}, table {table}", sink.relation, headers, row, strict=True)
    if binary:
        staged.notes.append(f"{binary:,} cells hold binary values, which are not read.")
    return staged


def read_duckdb(path: Path, stage: Stage, shown: str) -> list[Staged]:
    """Stages every table of a DuckDB file, read-only; views are passed over (a view can read any file). DataError where it is none."""
    try:
        stage.c.execute(f"ATTACH {text_literal(str(path))} AS given (READ_ONLY)")
    except duckdb.Error as error:
        raise DataError(
            f"{shown} can't be opened as DuckDB: it is no DuckDB file, a newer one, or another program has it open.",
            "Close the other program, or export its tables as Parquet.",
        ) from error
    try:
        return _duckdb_tables(stage, shown)
    finally:
        stage.c.execute("DETACH given")


def _duckdb_tables(stage: Stage, shown: str) -> list[Staged]:
    names = stage.c.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'given' AND NOT internal ORDER BY table_oid"
    ).fetchall()
    views = stage.c.execute(
        "SELECT view_name FROM duckdb_views() WHERE database_name = 'given' AND NOT internal"
    ).fetchall()
    if not names:
        raise DataError(f"{shown} holds no table.", "Name a file that does.")
    staged = []
    for schema, table in names:
        stage.progress(f"Reading {shown}, table {table}", None)
        relation, headers = select_all(stage, f"given.{quoted(schema)}.{quoted(table)}")
        source = f"{shown}, table {table}"
        found = Staged(
            table,
            source,
            relation,
            headers,
            stage.rows(relation),
            strict=True,
            find_lines=lambda rows: [r + 1 for r in rows],
        )
        staged.append(found)
    staged[0].notes += [f"View {v} is passed over: only tables are read." for (v,) in views]
    return staged
