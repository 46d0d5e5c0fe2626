"""What a provider's chat model is told of a workspace: the model file in few words, and values of safe columns only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue import prompts
from segue.tools.semantic.schema import ColumnSpec, Metric, Model, TableSpec, Test

if TYPE_CHECKING:
    from segue.tools.context import Context
    from segue.tools.data.facts import Facts

SAMPLE = 12
"""Values shown of a safe text column."""

LONGEST = 40
"""Characters of a value that is shown."""

COLUMNS = 120
"""Columns of a table that are listed, those with a role first; the describe tool has the others."""


def system_prompt(context: Context) -> str:
    """The system prompt for a workspace."""
    return prompts.load("system", workspace=context.model.name, schema=schema_text(context.model, context.facts))


def schema_text(model: Model, facts: Facts) -> str:
    """Tables, columns, joins, metrics, entities and labels, one a line."""
    lines = [f"Currency: {model.currency}." if model.currency else "", f"Clock: {model.clock or 'none, the data has no dates'}."]
    lines.append(f"Main scheme of segments: {model.main_scheme or 'none'}.")
    for name, table in model.tables.items():
        lines += ["", *_table(name, table, facts)]
    lines += _section("Joins (each row leads to at most one)", [f"{j.from_} -> {j.to}" for j in model.joins])
    lines += _section(
        "Entities (to count, or to work out values for each)",
        [f"{name}: key {entity.key}{_called(entity.called)}" for name, entity in model.entities.items()],
    )
    metrics = [f"{name}{_unit(m.unit)}: {_meaning(m)}{_called([m.label or '', *m.called])}" for name, m in model.metrics.items()]
    lines += _section("Metrics", metrics)
    lines += _section("Labels (outcomes)", [f"{n}: {lb.kind}, of {lb.of}{_called(lb.called)}" for n, lb in model.labels.items()])
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1]))


def _section(title: str, items: list[str]) -> list[str]:
    return ["", f"{title}:" if items else f"{title}: none.", *(f"- {_flat(item)}" for item in items)]


def _meaning(metric: Metric) -> str:
    """How a metric is worked out, in a few words."""
    rows = "".join(f", {word} where {t.column} {_test(t)}" for word, t in (("without rows", metric.excludes), ("rows", metric.where)) if t)
    if metric.ratio is not None:
        return f"{metric.ratio[0]} divided by {metric.ratio[1]}{rows}"
    if metric.rate is not None:
        return f"the share for whom {metric.rate} holds{rows}"
    return f"number of {metric.count}{rows}" if metric.count is not None else f"{metric.stat} of {metric.of}{rows}"


def _test(test: Test) -> str:
    if test.one_of is not None:
        return "is " + " or ".join(str(v) for v in test.one_of)
    if test.starts_with is not None:
        return f"begins with {test.starts_with}"
    if test.present is not None:
        return "has a value" if test.present else "has none"
    return f"is below {test.below:g}" if test.below is not None else f"is above {test.above:g}"


def _table(name: str, table: TableSpec, facts: Facts) -> list[str]:
    rows = facts.tables.get(name)
    about = [table.kind, table.subject, f"{rows:,} rows" if rows is not None else "", f"time {table.time}" if table.time else ""]
    head = f"Table {name} ({', '.join(a for a in about if a)}){_called([table.label or '', *table.called])}"
    listed = sorted(table.columns.items(), key=lambda c: c[1].role is None) if len(table.columns) > COLUMNS else list(table.columns.items())
    lines = [f"- {_flat(f'{name}.{column}')}: {_column(f'{name}.{column}', spec, facts)}" for column, spec in listed[:COLUMNS]]
    more = len(table.columns) - COLUMNS
    return [head, *lines, *([f"- and {more:,} more columns; the describe tool lists them"] if more > 0 else [])]


def _column(ref: str, spec: ColumnSpec, facts: Facts) -> str:
    said = f"{spec.type}{_unit(spec.unit)}"
    if spec.role:
        said += f", {spec.role}"
    if spec.class_ != "safe":
        return f"{said}, {spec.class_}{_called([spec.label or '', *spec.called])}"
    said += _called([spec.label or "", *spec.called])
    values = facts.values(ref) if spec.type == "text" and spec.derived is None else []
    shown = [_flat(str(value))[:LONGEST] for value, _ in values[:SAMPLE]]
    if not shown:
        return said
    return f"{said}; values: {', '.join(shown)}{f' and {len(values) - SAMPLE:,} more' if len(values) > SAMPLE else ''}"


def _unit(unit: str | None) -> str:
    return f" [{unit}]" if unit else ""


def _called(names: list[str]) -> str:
    real = list(dict.fromkeys(n for n in names if n))
    return f"; also called {', '.join(real)}" if real else ""


def _flat(text: str) -> str:
    """On one line: a value of the data can't begin a line of the prompt."""
    return " ".join(text.split())
