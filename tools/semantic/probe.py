"""The few figures that inference has to measure on the data itself, beyond the stored facts. Each is one aggregate query."""

from __future__ import annotations

from typing import Any, Protocol

from segue.tools.semantic.schema import Test, split


class Runs(Protocol):
    """What inference needs of an engine: unbound Ibis tables by name, and a run of an expression that gives Arrow."""

    def table(self, name: str) -> Any: ...

    def run(self, expr: Any) -> Any: ...


def coverage(engine: Runs, from_: str, to: str) -> float:
    """The share of `from_`'s rows with a value whose value is found in `to`; 0 where none has a value."""
    (left, a), (right, b) = split(from_), split(to)
    source, target = engine.table(left), engine.table(right)
    keys = target.select(found=_comparable(target[b], source[a]))
    keys = keys.filter(keys.found.notnull()).distinct()
    rows = source.select(key=_comparable(source[a], target[b]))
    rows = rows.filter(rows.key.notnull())
    counts = rows.group_by("key").aggregate(n=rows.count())
    joined = counts.left_join(keys, counts.key == keys.found)
    row = _row(engine, joined.aggregate(n=joined.n.sum(), hit=(joined.n * _ones(joined.found.notnull())).sum()))
    return float(row["hit"] or 0) / float(row["n"]) if row["n"] else 0.0


def _comparable(column: Any, other: Any) -> Any:
    """A number column as it can be compared with a number column of another type."""
    both = column.type().is_numeric() and other.type().is_numeric() and column.type() != other.type()
    return column.cast("float64") if both else column


def in_order(engine: Runs, table: str, earlier: str, later: str) -> tuple[int, float]:
    """Rows with both dates, and the share of them in which `later` isn't before `earlier`."""
    t = engine.table(table)
    both = t.select(a=t[earlier].cast("timestamp"), b=t[later].cast("timestamp"))
    both = both.filter(both.a.notnull(), both.b.notnull())
    row = _row(engine, both.aggregate(n=both.count(), ok=_ones(both.b >= both.a).sum()))
    return int(row["n"]), (float(row["ok"] or 0) / row["n"] if row["n"] else 0.0)


def crossed(engine: Runs, table: str, first: str, second: str) -> list[tuple[Any, Any, int]]:
    """How often each pair of values of two columns of a table occurs. For columns with few values."""
    t = engine.table(table)
    pairs = t.select(a=t[first], b=t[second]).group_by(["a", "b"]).agg(n=lambda x: x.count())
    return [(r["a"], r["b"], int(r["n"])) for r in engine.run(pairs).to_pylist()]


def crossed_with_rows(engine: Runs, table: str, column: str, key: str, events: str) -> list[tuple[Any, bool, int]]:
    """How often each value of a column occurs among rows whose `key` is, and isn't, a value of the column `events`."""
    other, holder = split(events)
    t, source = engine.table(table), engine.table(other)
    named = source.select(named=source[holder]).distinct()
    joined = t.left_join(named, t[key] == named.named)
    pairs = joined.select(a=joined[column], b=joined.named.notnull()).group_by(["a", "b"]).agg(n=lambda x: x.count())
    return [(r["a"], bool(r["b"]), int(r["n"])) for r in engine.run(pairs).to_pylist()]


def first_letters(engine: Runs, table: str, text: str, signed: str) -> list[tuple[str, int, int]]:
    """(first letter of `text`, rows, rows of them where `signed` is below zero), commonest first, at most 40."""
    import ibis

    t = engine.table(table)
    t = t.select(letter=t[text].left(1).upper(), negative=_ones(t[signed] < 0))
    t = t.filter(t.letter.notnull())
    counts = (
        t.group_by("letter").agg(n=t.count(), negative=t.negative.sum()).order_by(ibis.desc("n"), "letter").limit(40)
    )
    return [(r["letter"], int(r["n"]), int(r["negative"])) for r in engine.run(counts).to_pylist()]


def agreement(engine: Runs, table: str, key: str, first: Test, other: Test | str) -> tuple[int, int, int]:
    """Of a table with one row a customer: how many the first test holds for, how many the other (a test of the same table, or the
    reference of a column whose values are the customers' keys), and how many both.
    """
    t = engine.table(table)
    if isinstance(other, Test):
        rows = t.select(a=_holds(t, first), b=_holds(t, other))
    else:
        events, column = split(other)
        source = engine.table(events)
        named = source.select(named=source[column]).distinct()
        joined = t.left_join(named, t[key] == named.named)
        rows = joined.select(a=_holds(joined, first), b=joined.named.notnull())
    a, b = (_ones(rows[c].fill_null(False)) for c in "ab")
    row = _row(engine, rows.aggregate(a=a.sum(), b=b.sum(), both=(a * b).sum()))
    return int(row["a"] or 0), int(row["b"] or 0), int(row["both"] or 0)


def _holds(t: Any, test: Test) -> Any:
    """The test as an expression: values, or a value at all (labels have no others)."""
    column = t[split(test.column)[1] if "." in test.column else test.column]
    if test.one_of is not None:
        return column.isin(test.one_of)
    return column.notnull() if test.present else column.isnull()


def _ones(condition: Any) -> Any:
    """1 where the condition holds, else 0."""
    import ibis

    return ibis.ifelse(condition, 1, 0)


def _row(engine: Runs, expr: Any) -> dict[str, Any]:
    """The one row of an aggregate."""
    (row,) = engine.run(expr).to_pylist()
    return row
