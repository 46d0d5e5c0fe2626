"""Parquet files: typed already; DuckDB reads them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from segue.tools.data.staging import Stage, Staged, file_literal, select_all
from segue.tools.errors import DataError


def read_parquet(path: Path, stage: Stage, shown: str) -> list[Staged]:
    """Stages a Parquet file. DataError where it is damaged or is none."""
    stage.progress(f"Reading {shown}", None)
    place = f"read_parquet({file_literal(path)})"
    try:
        relation, headers = select_all(stage, place)
        rows = (
            stage.c.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({file_literal(path)})").fetchone() or (0,)
        )[0]
    except duckdb.Error as error:
        raise DataError(
            f"{shown} can't be read as Parquet: it is damaged or of another kind.", "Write it again."
        ) from error
    found = stage.rows(relation)
    if found != rows:
        raise DataError(f"{shown} promises {rows:,} rows and gives {found:,}.", "Write it again.")
    return [
        Staged(path.stem, shown, relation, headers, found, strict=True, find_lines=lambda rows: [r + 1 for r in rows])
    ]
