"""The few figures that inference has to measure on the data itself, beyond the stored facts. Each is one aggregate query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from segue.tools.semantic.schema import split

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


class Runs(Protocol):
    """What inference needs of an engine."""

    def table(self, name: str) -> ir.Table: ...

    def run(self, expr: ir.Expr) -> pa.Table: ...


def coverage(engine: Runs, from_: str, to: str) -> float:
    """The share of `from_`'s rows with a value whose value is found in `to`; 0 where none has a value."""
    import ibis

    (left, a), (right, b) = split(from_), split(to)
    source, target = engine.table(left), engine.table(right)
    keys = target.select(found=_comparable(target[b], source[a])).filter(ibis._.found.notnull()).distinct()
    rows = source.select(key=_comparable(source[a], target[b])).filter(ibis._.key.notnull())
    counts = rows.group_by("key").aggregate(n=ibis._.count())
    joined = counts.left_join(keys, counts.key == keys.found)
    total = joined.aggregate(n=joined.n.sum(), hit=ibis.ifelse(joined.found.notnull(), joined.n, 0).sum())
    (row,) = engine.run(total).to_pylist()
    return float(row["hit"] or 0) / float(row["n"]) if row["n"] else 0.0


def _comparable(column: ir.Column, other: ir.Column) -> ir.Value:
    """A number column as it can be compared with a number column of another type."""
    both = column.type().is_numeric() and other.type().is_numeric() and column.type() != other.type()
    return column.cast("float64") if both else column


def one_each(engine: Runs, table: str, key: str, other: str) -> float:
    """The share of `key`'s distinct values that go with one value of `other` at most."""
    import ibis

    t = engine.table(table)
    t = t.select(key=t[key], other=t[other])
    each = t.filter(t.key.notnull()).group_by("key").aggregate(n=ibis._.other.nunique())
    total = each.aggregate(one=ibis.ifelse(each.n <= 1, 1, 0).sum(), n=each.count())
    (row,) = engine.run(total).to_pylist()
    return float(row["one"] or 0) / float(row["n"]) if row["n"] else 0.0


def in_order(engine: Runs, table: str, earlier: str, later: str) -> tuple[int, float]:
    """Rows with both dates, and the share of them in which `later` isn't before `earlier`."""
    import ibis

    t = engine.table(table)
    a, b = t[earlier].cast("timestamp"), t[later].cast("timestamp")
    both = t.select(a=a, b=b).filter(ibis._.a.notnull(), ibis._.b.notnull())
    (row,) = engine.run(both.aggregate(n=both.count(), ok=ibis.ifelse(both.b >= both.a, 1, 0).sum())).to_pylist()
    return int(row["n"]), (float(row["ok"] or 0) / row["n"] if row["n"] else 0.0)


def crossed(engine: Runs, table: str, first: str, second: str) -> list[tuple[Any, Any, int]]:
    """How often each pair of values of two columns of a table occurs. For columns with few values."""
    t = engine.table(table)
    pairs = t.select(a=t[first], b=t[second]).group_by(["a", "b"]).agg(n=lambda x: x.count())
    return [(r["a"], r["b"], int(r["n"])) for r in engine.run(pairs).to_pylist()]


def total(engine: Runs, table: str, *factors: str) -> float:
    """The sum over the rows of a column, or of the product of several."""
    t = engine.table(table)
    value = t[factors[0]].cast("float64")
    for f in factors[1:]:
        value = value * t[f].cast("float64")
    (row,) = engine.run(t.aggregate(v=value.sum())).to_pylist()
    return float(row["v"] or 0)


def below_zero(engine: Runs, table: str, column: str, starts: tuple[str, str] | None = None) -> tuple[int, int]:
    """How many rows are below zero in `column`, and how many of those whose `starts[0]` begins with `starts[1]` are."""
    import ibis

    t = engine.table(table)
    negative = ibis.ifelse(t[column] < 0, 1, 0)
    marked = t[starts[0]].cast("string").startswith(starts[1]) if starts else ibis.literal(False)
    out = t.aggregate(n=negative.sum(), marked=ibis.ifelse(marked, negative, 0).sum())
    (row,) = engine.run(out).to_pylist()
    return int(row["n"] or 0), int(row["marked"] or 0)


def beginning(engine: Runs, table: str, column: str, prefix: str) -> int:
    """How many rows of a text column begin with `prefix`."""
    import ibis

    t = engine.table(table)
    (row,) = engine.run(t.aggregate(n=ibis.ifelse(t[column].startswith(prefix), 1, 0).sum())).to_pylist()
    return int(row["n"] or 0)


def first_letters(engine: Runs, table: str, text: str, signed: str) -> list[tuple[str, int, int]]:
    """(first letter of `text`, rows, rows of them where `signed` is below zero), commonest first."""
    import ibis

    t = engine.table(table)
    t = t.select(letter=t[text].left(1).upper(), negative=ibis.ifelse(t[signed] < 0, 1, 0)).filter(ibis._.letter.notnull())
    counts = t.group_by("letter").agg(n=ibis._.count(), negative=ibis._.negative.sum()).order_by(ibis.desc("n"), "letter").limit(40)
    return [(r["letter"], int(r["n"]), int(r["negative"])) for r in engine.run(counts).to_pylist()]
