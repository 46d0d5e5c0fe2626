"""Decides each column's type over the whole column, and how every cell is read: nothing is guessed row by row.

A sample says which readings are worth trying; counts over every row decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import duckdb

from segue.tools.data.checks import MISSING_TYPED, Value, read_values, run_checks, uses_decimal_commas
from segue.tools.data.dates import DateParser, date_parsers
from segue.tools.data.native import native
from segue.tools.data.numbers import BOOLEAN, COMMA, NUMBER, NUMBERS, WHOLE, Parser, Sample
from segue.tools.data.plans import ColumnPlan, Decide, Source
from segue.tools.data.settle import Settle

TRIED = 0.9
SAMPLE = 20_000
FEW = 1_000
"""Rows of a table that is sampled whole."""


def plan_columns(
    c: duckdb.DuckDBPyConnection, source: Source, names: Sequence[str], decide: Decide
) -> list[ColumnPlan]:
    """A plan for every column of a staged table, whose columns are in the order of `names`."""
    kinds = [(column, kind) for column, kind, *_ in c.execute(f"DESCRIBE {source.relation}").fetchall()]
    kinds = [(column, kind) for column, kind in kinds if column != "_line"]
    plans: list[ColumnPlan] = []
    values = read_values(c, source, [column for column, kind in kinds if kind == "VARCHAR"])
    samples = _samples(c, source, values)
    tried = {column: _candidates(samples[column]) for column in values}
    checks = run_checks(c, source, values, {column: _first(tried[column], samples[column]) for column in values})
    open_ = {column: values[column] for column in values if tried[column] and 0 not in checks[column].unfit.values()}
    rest = {column: [p for p in tried[column] if p.name not in checks[column].unfit] for column in open_}
    for column, more in run_checks(c, source, open_, rest).items():
        checks[column].add(more)
    commas = uses_decimal_commas(tried, checks) or source.european
    for (column, kind), name in zip(kinds, names, strict=True):
        if kind == "VARCHAR":
            known = [p for p in tried[column] if p.name in checks[column].unfit]
            settle = Settle(c, source, values[column], name, samples[column], checks[column], known, commas, decide)
            plans.append(settle.plan())
        else:
            plans.append(native(c, source, column, name, kind))
    return plans


# -- what is tried


def _samples(
    c: duckdb.DuckDBPyConnection, source: Source, values: dict[str, Value]
) -> dict[str, list[tuple[str, int]]]:
    if source.rows <= FEW:
        return _whole_samples(c, source, values)
    step = max(1, source.rows // SAMPLE)
    c.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS SELECT * FROM {source.relation} WHERE rowid % {step} = 0")
    samples = {}
    for column, value in ((column, v.sql) for column, v in values.items()):
        found = _distinct(c, f"SELECT {value} v FROM sampled")
        if sum(n for _, n in found) < 100 and step > 1:  # mostly blank: look at those that are given
            found = _distinct(c, f"SELECT {value} v FROM {source.relation} WHERE {value} IS NOT NULL LIMIT {SAMPLE}")
        samples[column] = found
    c.execute("DROP TABLE sampled")
    return samples


def _whole_samples(
    c: duckdb.DuckDBPyConnection, source: Source, values: dict[str, Value]
) -> dict[str, list[tuple[str, int]]]:
    """All values of a small table, in one statement: a wide one would need thousands."""
    if not values:
        return {}
    rows = c.execute(f"SELECT {', '.join(v.sql for v in values.values())} FROM {source.relation}").fetchall()
    counts = [Counter(v for v in column if v is not None) for column in zip(*rows, strict=True)] or [
        Counter() for _ in values
    ]
    return {
        name: sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        for name, found in zip(values, counts, strict=True)
    }


def _distinct(c: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, int]]:
    rows = c.execute(
        f"SELECT v, count(*) FROM ({sql}) WHERE v IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2000"
    ).fetchall()
    return [(v, n) for v, n in rows]


def _candidates(sample: Sample) -> list[Parser]:
    """The ways to read that the sample makes worth trying on the whole column."""
    given = [(v, n) for v, n in sample if v.lower() not in MISSING_TYPED]
    if not given:
        return []
    if BOOLEAN.share(given) >= TRIED:
        return [BOOLEAN]
    dates: list[Parser] = [p for p in date_parsers(given) if p.name != "packed year, month, day" or _many_days(given)]
    numbers = [p for p in NUMBERS if p.share(given) >= TRIED]
    return dates + numbers


def _first(parsers: list[Parser], sample: Sample) -> list[Parser]:
    """Those of the candidates to check first: the plainest, where it reads the whole sample. Most columns need no other."""
    dates: list[Parser] = [p for p in parsers if isinstance(p, DateParser)]
    if dates or not parsers:
        return dates
    given = [(v, n) for v, n in sample if v.lower() not in MISSING_TYPED]
    plain = parsers[0]
    unsettled = plain is NUMBER and COMMA in parsers  # 1.234 may be either
    return [plain] if plain in (WHOLE, NUMBER, BOOLEAN) and plain.share(given) == 1.0 and not unsettled else parsers


def _many_days(sample: Sample) -> bool:
    """Whether 8-digit numbers are days rather than codes: a code that happens to look like one day is no date."""
    return len(sample) >= 10 or all(re.fullmatch(r"(?:19|20)\d{6}", v) for v, _ in sample) and len(sample) >= 3
