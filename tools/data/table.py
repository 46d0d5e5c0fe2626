"""Turns one staged table into a table of the data: named, typed, measured, and accounted for."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from segue.tools.data.account import SHOWN, Losses, TableAccount
from segue.tools.data.checks import BLANKS
from segue.tools.data.columns import plan_columns
from segue.tools.data.facts import MOST_VALUES, ColumnFacts
from segue.tools.data.measure import measure
from segue.tools.data.names import column_names, quoted, table_name, text_literal
from segue.tools.data.plans import ColumnPlan, Decide, Source
from segue.tools.data.staging import Stage, Staged

Tick = Callable[[str, float], None]

SMALL = 2_000
"""Rows of a table over which planning a statement better takes longer than running it plainly: wide ones have thousands."""


class Builder:
    """Adds tables to a data version that is being built.

    catalog  the attached database;  decided  answers given before, by table.column: those given now are added
    """

    def __init__(self, c: duckdb.DuckDBPyConnection, catalog: str, decide: Decide, decided: dict[str, str]) -> None:
        self.c = c
        self.catalog = catalog
        self.decide = decide
        self.decided = decided
        self.tables: list[TableAccount] = []
        self.unsure: list[str] = []

    def add(self, stage: Stage, staged: Staged, tick: Tick) -> None:
        """Types, writes and measures a staged table, and drops it from the stage."""
        small = stage.rows(staged.relation) <= SMALL
        self.c.execute(f"PRAGMA {'disable' if small else 'enable'}_optimizer")
        try:
            self._add(stage, staged, tick)
        finally:
            self.c.execute("PRAGMA enable_optimizer")

    def _add(self, stage: Stage, staged: Staged, tick: Tick) -> None:
        name = table_name(staged.name, [t.name for t in self.tables])
        tick(f"Typing {name}", 0.0)
        _drop_blank_columns(stage, staged)
        names, notes = column_names(staged.headers)
        notes = [*staged.notes, *(notes if any(h.strip() for h in staged.headers) else [])]
        plans = plan_columns(self.c, self._source(staged, name), names, self.decide)
        tick(f"Writing {name}", 0.2)
        self._write(staged, name, plans)
        cells = _cells(stage, staged, plans)
        tick(f"Measuring {name}", 0.5)
        told = {p.name: p.told for p in plans}
        facts = measure(
            self.c, self.catalog, name, staged.source, told, lambda done: tick(f"Measuring {name}", 0.5 + done / 2)
        )
        notes += [n for p in plans for n in p.notes] + self._about(name, facts)
        self.unsure += [u for p in plans for u in p.unsure]
        rows = stage.rows(staged.relation)
        self.tables.append(
            TableAccount(name, staged.source, staged.rows_read, rows, staged.losses.frozen(), cells, tuple(notes))
        )
        self.c.execute(f"DROP TABLE {staged.relation}")

    def _source(self, staged: Staged, name: str) -> Source:
        rows = (self.c.execute(f"SELECT count(*) FROM {staged.relation}").fetchone() or (0,))[0]
        return Source(staged.relation, name, rows, staged.european, staged.strict, self.decided)

    def _write(self, staged: Staged, name: str, plans: list[ColumnPlan]) -> None:
        columns = ", ".join(f"{p.sql} AS {quoted(p.name)}" for p in plans)
        self.c.execute(f"CREATE TABLE {self.catalog}.main.{quoted(name)} AS SELECT {columns} FROM {staged.relation}")

    def _about(self, name: str, facts: list[ColumnFacts]) -> list[str]:
        """What is worth knowing of the rows kept: duplicates, and values that differ by case alone."""
        place = f"{self.catalog}.main.{quoted(name)}"
        notes = [note for f in facts if (note := self._case_variants(place, f))]
        if not any(f.unique and f.missing == 0 for f in facts) and (again := self._duplicates(place)):
            noun = "1 row repeats an earlier one" if again == 1 else f"{again:,} rows repeat an earlier one"
            notes.insert(0, f"{noun} exactly; kept.")
        return notes

    def _duplicates(self, place: str) -> int:
        rows, different = self.c.execute(f"SELECT count(*), count(DISTINCT hash(t)) FROM {place} t").fetchone() or (
            0,
            0,
        )
        return rows - different

    def _case_variants(self, place: str, facts: ColumnFacts) -> str | None:
        if facts.type != "text" or not 1 < facts.distinct <= MOST_VALUES or facts.unique:
            return None
        column = quoted(facts.column)
        found = self.c.execute(
            f"SELECT list(v ORDER BY v), count(*) OVER () FROM (SELECT DISTINCT {column} v FROM {place} WHERE {column} IS NOT NULL)"
            " GROUP BY lower(v) HAVING count(*) > 1 ORDER BY min(v) LIMIT 1"
        ).fetchone()
        if found is None:
            return None
        many = "1 value is" if found[1] == 1 else f"{found[1]:,} values are"
        return f"{facts.column}: {many} spelled in ways that differ by case alone, such as {' and '.join(map(repr, found[0][:2]))}; kept apart."


def _cells(stage: Stage, staged: Staged, plans: list[ColumnPlan]):
    losses = Losses()
    for plan in plans:
        if plan.unfit and plan.count:
            losses.add_lines(plan.reason, plan.count, stage.lines(staged, plan.unfit, SHOWN))
    return losses.frozen()


def _drop_blank_columns(stage: Stage, staged: Staged) -> None:
    """Columns with neither a name nor a value are padding: they go, and are noted."""
    nameless = [i for i, h in enumerate(staged.headers) if not h.strip()]
    if not nameless or len(nameless) == len(staged.headers):
        return
    given = ", ".join(f"count(nullif(trim(CAST(c{i} AS VARCHAR), {text_literal(BLANKS)}), ''))" for i in nameless)
    counts = stage.c.execute(f"SELECT {given} FROM {staged.relation}").fetchone() or ()
    blank = [i for i, count in zip(nameless, counts, strict=True) if count == 0]
    for i in blank:
        stage.c.execute(f"ALTER TABLE {staged.relation} DROP COLUMN c{i}")
    staged.headers = [h for i, h in enumerate(staged.headers) if i not in set(blank)]
    if blank:
        many = "1 column" if len(blank) == 1 else f"{len(blank):,} columns"
        staged.notes.append(f"{many} without a name and without a value left out.")
