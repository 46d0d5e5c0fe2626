"""Columns that their source has typed: the type is kept, in the nearest of those that Segue works with."""

from __future__ import annotations

import re

import duckdb

from segue.tools.data.names import quoted
from segue.tools.data.plans import ColumnPlan, Source, count


def native(c: duckdb.DuckDBPyConnection, source: Source, column: str, name: str, kind: str) -> ColumnPlan:
    """The plan for a column that its source has typed: the type is kept, in the nearest of the types that Segue works with."""
    q = quoted(column)
    if kind in ("DOUBLE", "FLOAT"):
        return _float(c, source, name, q, kind)
    if kind in ("BOOLEAN", "DATE", "TIMESTAMP", "BIGINT"):
        sql = f"CASE WHEN isfinite({q}) THEN {q} END" if kind in ("DATE", "TIMESTAMP") else q
        return ColumnPlan(name, sql)
    if kind in ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"):
        return ColumnPlan(name, f"CAST({q} AS BIGINT)")
    if kind in ("UBIGINT", "HUGEINT", "UHUGEINT"):
        fits = count(c, source.relation, f"{q} IS NOT NULL AND TRY_CAST({q} AS BIGINT) IS NULL") == 0
        return ColumnPlan(name, f"CAST({q} AS {'BIGINT' if fits else 'VARCHAR'})")
    if kind.startswith("DECIMAL"):
        width, scale = (int(n) for n in re.findall(r"\d+", kind))
        return ColumnPlan(
            name, f"CAST({q} AS {'BIGINT' if scale == 0 and width <= 18 else 'DOUBLE' if width <= 15 else kind})"
        )
    if kind == "TIMESTAMP WITH TIME ZONE":
        return ColumnPlan(name, f"timezone('UTC', {q})", notes=[f"{name}: times with a zone, kept as UTC."])
    if kind.startswith("TIMESTAMP"):
        return ColumnPlan(name, f"CAST({q} AS TIMESTAMP)")
    if kind in ("BLOB", "BIT"):
        return ColumnPlan(
            name, "CAST(NULL AS VARCHAR)", notes=[f"{name}: binary values are not read; the column is empty."]
        )
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return ColumnPlan(
            name, f"CAST(to_json({q}) AS VARCHAR)", notes=[f"{name}: lists or records, kept as JSON text."]
        )
    return ColumnPlan(name, f"CAST({q} AS VARCHAR)")


def _float(c: duckdb.DuckDBPyConnection, source: Source, name: str, q: str, kind: str) -> ColumnPlan:
    # 2.55 as a FLOAT is 2.5499999523 as a DOUBLE: by way of text it stays 2.55
    value = q if kind == "DOUBLE" else f"CAST(CAST({q} AS VARCHAR) AS DOUBLE)"
    odd = count(c, source.relation, f"{q} IS NOT NULL AND NOT isfinite({q})")
    if not odd:
        return ColumnPlan(name, value)
    plan = ColumnPlan(name, f"CASE WHEN isfinite({q}) THEN {value} END", count=odd)
    plan.unfit, plan.reason = f"{q} IS NOT NULL AND NOT isfinite({q})", f"in {name}, NaN or infinite"
    return plan
