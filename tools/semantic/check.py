"""Checks a model: that every name in it names something, and (with the data at hand) that what it says is so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.tools.errors import did_you_mean
from segue.tools.semantic.schema import Metric, Model, TableSpec, Test, split

if TYPE_CHECKING:
    from segue.tools.data.facts import Facts
    from segue.tools.semantic.probe import Runs

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """Something that can't be. `path` leads to it in the file (("metrics", "revenue", "of")); `nearest` offers the name that was meant."""

    path: Path
    message: str
    nearest: str | None = None

    @property
    def key(self) -> str:
        """The path as people write it: metrics.revenue.of, joins[2].from."""
        out = ""
        for part in self.path:
            out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
        return out


@dataclass(frozen=True)
class Finding:
    """Something that is so in the data and worth knowing: a key with repeats, a join that covers less than the file says."""

    key: str
    message: str


# --- names --------------------------------------------------------------------------------------------------------------


def problems(model: Model) -> list[Problem]:
    """Every name in the model that names nothing, in the order of the file. [] for a model that holds together."""
    return [*_top(model), *_entities(model), *_metrics(model), *_labels(model), *_joins(model), *_tables(model)]


def _no_column(model: Model, ref: str, path: Path, home: str | None = None) -> Iterator[Problem]:
    """A problem where `ref` (table.column, or a column of `home`) is no column."""
    if home is not None and ref in model.tables[home].columns:
        return
    table, column = split(ref)
    if table in model.tables:
        if column not in model.tables[table].columns:
            near = did_you_mean(column, model.tables[table].columns)
            yield Problem(path, f"names {ref!r}, and table {table!r} has no such column.", near)
        return
    if home is not None and "." not in ref:
        yield Problem(
            path,
            f"names {ref!r}, and table {home!r} has no such column.",
            did_you_mean(ref, model.tables[home].columns),
        )
        return
    yield Problem(path, f"names {ref!r}, and there is no table {table!r}.", did_you_mean(ref, _refs(model)))


def _refs(model: Model) -> Iterable[str]:
    return [f"{t}.{c}" for t, spec in model.tables.items() for c in spec.columns]


def _unknown(name: str, names: Iterable[str], path: Path, what: str) -> Iterator[Problem]:
    known = list(names)
    if name not in known:
        yield Problem(path, f"names {name!r}, and there is no such {what}.", did_you_mean(name, known))


def _top(model: Model) -> Iterator[Problem]:
    if model.clock is not None:
        yield from _no_column(model, model.clock, ("clock",))
    if model.main_scheme not in (None, "rfm"):
        yield from _no_column(model, model.main_scheme or "", ("main_scheme",))
    if "customer" not in model.entities:
        yield Problem(("entities",), "has no 'customer'.", did_you_mean("customer", model.entities))


def _entities(model: Model) -> Iterator[Problem]:
    for name, entity in model.entities.items():
        yield from _no_column(model, entity.key, ("entities", name, "key"))
        if entity.name is not None:
            yield from _no_column(model, entity.name, ("entities", name, "name"))


def _metrics(model: Model) -> Iterator[Problem]:
    for name, metric in model.metrics.items():
        path: Path = ("metrics", name)
        if metric.of is not None:
            yield from _no_column(model, metric.of, (*path, "of"))
        if metric.count is not None:
            yield from _unknown(metric.count, [*model.entities, *model.tables], (*path, "count"), "entity or table")
        for other in metric.ratio or []:
            yield from _unknown(other, model.metrics, (*path, "ratio"), "metric")
        if metric.ratio and name in metric.ratio:
            yield Problem((*path, "ratio"), "is made of itself.")
        if metric.rate is not None:
            yield from _unknown(metric.rate, model.labels, (*path, "rate"), "label")
        yield from _metric_tests(model, metric, path)


def _metric_tests(model: Model, metric: Metric, path: Path) -> Iterator[Problem]:
    home = split(metric.of)[0] if metric.of else metric.count if metric.count in model.tables else None
    if metric.count in model.entities:
        home = split(model.entities[metric.count].key)[0]
    home = home if home in model.tables else None
    for key in ("excludes", "where"):
        test: Test | None = getattr(metric, key)
        if test is not None:
            yield from _no_column(model, test.column, (*path, key, "column"), home)


def _labels(model: Model) -> Iterator[Problem]:
    for name, label in model.labels.items():
        path: Path = ("labels", name)
        if label.test is not None:
            yield from _no_column(model, label.test.column, (*path, "test", "column"))
        if label.event is not None:
            yield from _unknown(label.event, model.tables, (*path, "event"), "table")
        yield from _unknown(label.of, model.entities, (*path, "of"), "entity")


def _joins(model: Model) -> Iterator[Problem]:
    for number, join in enumerate(model.joins):
        yield from _no_column(model, join.from_, ("joins", number, "from"))
        yield from _no_column(model, join.to, ("joins", number, "to"))
        if split(join.from_)[0] == split(join.to)[0]:
            yield Problem(("joins", number), "joins a table to itself.")


def _tables(model: Model) -> Iterator[Problem]:
    for name, table in model.tables.items():
        path: Path = ("tables", name)
        for key in ("key", "time"):
            if (ref := getattr(table, key)) is not None:
                yield from _no_column(model, ref, (*path, key), name)
        for key in ("cancelled", "engaged"):
            if (test := getattr(table, key)) is not None:
                yield from _no_column(model, test.column, (*path, key, "column"), name)
        yield from _derived(model, name, table)


def _derived(model: Model, name: str, table: TableSpec) -> Iterator[Problem]:
    for column, spec in table.columns.items():
        for source in spec.derived.inputs() if spec.derived else []:
            path: Path = ("tables", name, "columns", column, "derived")
            if source == column:
                yield Problem(path, "is made of itself.")
            else:
                yield from _no_column(model, source, path, name)


# --- data ---------------------------------------------------------------------------------------------------------------


def against_data(model: Model, facts: Facts) -> list[Problem]:
    """Tables and columns of the model that the data hasn't, and columns of another type there."""
    out: list[Problem] = []
    for name, table in model.tables.items():
        if name not in facts.tables:
            out.append(Problem(("tables", name), "is not in the data.", did_you_mean(name, facts.tables)))
            continue
        known = {f.column: f for f in facts.columns(name)}
        for column, spec in table.columns.items():
            path: Path = ("tables", name, "columns", column)
            if spec.derived is None and column not in known:
                out.append(Problem(path, "is not in the data.", did_you_mean(column, known)))
            elif spec.derived is None and spec.type != known[column].type:
                out.append(Problem((*path, "type"), f"says {spec.type}, and the data has {known[column].type}."))
    return out


def check(model: Model, engine: Runs, facts: Facts) -> tuple[list[Problem], list[Finding]]:
    """What can't be, and what is worth knowing. Nothing is measured while something can't be."""
    found = [*problems(model), *against_data(model, facts)]
    if found:
        return found, []
    return [*_values(model, facts), *_times(model)], [
        *_keys(model, facts),
        *_coverage(model, engine),
        *_unlisted(model, facts),
    ]


def _tests(model: Model) -> Iterator[tuple[Path, Test, str]]:
    """Every test with its path and its column's reference."""
    for name, table in model.tables.items():
        for key in ("cancelled", "engaged"):
            if (test := getattr(table, key)) is not None:
                yield ("tables", name, key), test, _ref(model, test.column, name)
    for name, label in model.labels.items():
        if label.test is not None:
            yield ("labels", name, "test"), label.test, label.test.column


def _ref(model: Model, column: str, home: str) -> str:
    return f"{home}.{column}" if column in model.tables[home].columns else column


def _values(model: Model, facts: Facts) -> Iterator[Problem]:
    """Values that a test, or a flag's yes and no, names and the column never holds."""
    for path, test, ref in _tests(model):
        if test.one_of is not None and facts.has(ref):
            yield from _absent(facts, ref, test.one_of, (*path, "in"))
    for name, table in model.tables.items():
        for column, spec in table.columns.items():
            for key in ("yes", "no"):
                if spec.derived is None and getattr(spec, key):
                    yield from _absent(
                        facts, f"{name}.{column}", getattr(spec, key), ("tables", name, "columns", column, key)
                    )


def _absent(facts: Facts, ref: str, values: list[Any], path: Path) -> Iterator[Problem]:
    held = [v for v, _ in facts.values(ref)]
    for value in values:
        if held and value not in held and value not in (0, 1):  # a yes or no that happens not to occur is no mistake
            yield Problem(
                path, f"names the value {value!r}, which {ref} never holds.", did_you_mean(str(value), map(str, held))
            )


def _times(model: Model) -> Iterator[Problem]:
    for name, table in model.tables.items():
        if table.time is not None:
            spec = model.column(_ref(model, table.time, name))
            if spec.type not in ("date", "timestamp"):
                yield Problem(("tables", name, "time"), f"names {table.time!r}, which holds {spec.type} and no dates.")
    if model.clock is not None and model.column(model.clock).type not in ("date", "timestamp"):
        yield Problem(("clock",), f"names {model.clock!r}, which holds no dates.")


def _keys(model: Model, facts: Facts) -> Iterator[Finding]:
    for name, table in model.tables.items():
        if table.key is None or table.columns[table.key].derived is not None:
            continue
        fact = facts.column(f"{name}.{table.key}")
        if not fact.unique:
            yield Finding(
                f"tables.{name}.key",
                f"{table.key} repeats: {fact.distinct:,} values in {fact.rows - fact.missing:,} rows.",
            )
        if fact.missing:
            yield Finding(f"tables.{name}.key", f"{table.key} is empty in {fact.missing:,} rows.")


def _coverage(model: Model, engine: Runs) -> Iterator[Finding]:
    from segue.tools.semantic.probe import coverage

    for number, join in enumerate(model.joins):
        if model.column(join.from_).derived is not None or model.column(join.to).derived is not None:
            continue
        share = coverage(engine, join.from_, join.to)
        if abs(share - join.coverage) > 0.005:
            yield Finding(
                f"joins[{number}]",
                f"{share:.1%} of {join.from_} is found in {join.to}; the file says {join.coverage:.1%}.",
            )
        elif share < 0.999:
            yield Finding(f"joins[{number}]", f"{1 - share:.1%} of {join.from_} is not found in {join.to}.")


def _unlisted(model: Model, facts: Facts) -> Iterator[Finding]:
    """Tables and columns of the data that the model doesn't speak of: nobody can ask about them."""
    for name in facts.tables:
        if name not in model.tables:
            yield Finding(f"tables.{name}", "is in the data and not in the file: nothing can be asked about it.")
            continue
        missing = [f.column for f in facts.columns(name) if f.column not in model.tables[name].columns]
        if missing:
            yield Finding(f"tables.{name}", f"has columns that are not in the file: {', '.join(missing[:10])}.")
