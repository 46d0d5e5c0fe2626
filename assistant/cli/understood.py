"""The model of a workspace in a few lines, for a person who has never seen a schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from segue.tools.semantic.schema import Label, Metric, Model, split, words

if TYPE_CHECKING:
    from segue.tools.data.facts import Facts

MOST_NAMED = 8


def understood(model: Model, facts: Facts) -> list[str]:
    """What was understood, a line a thing: the tables, who a customer is, what counts as revenue, when now is, who left."""
    said = [(what, text) for what, text in _said(model, facts) if text]
    width = max(len(what) for what, _ in said)
    return [f"  {what:<{width}}  {text}" for what, text in said]


def _said(model: Model, facts: Facts) -> Iterator[tuple[str, str]]:
    yield "what is known of customers", ", ".join(_tables(model, "customers"))
    yield "what happened", ", ".join(_tables(model, "events"))
    yield "what things are called", ", ".join(_tables(model, "lookup"))
    yield "counted", ", ".join(f"{entity.plural or f'{words(name)}s'} by {entity.key}" for name, entity in model.entities.items())
    revenue = model.metrics.get("revenue")
    if revenue is not None:
        yield "revenue", _metric(revenue) + (f", in {model.currency}" if model.currency else "")
    yield "now", _now(model, facts)
    for name, label in model.labels.items():
        yield words(name), _label(label)
    yield "figures", _few([spec.label or words(name) for name, spec in model.metrics.items()])
    yield "broken down by", _few(_dimensions(model))


def _tables(model: Model, kind: str) -> Iterator[str]:
    for table, spec in model.tables.items():
        if spec.kind == kind:
            yield f"{table} ({spec.subject})" if kind == "events" and spec.subject not in ("other", table) else table


def _metric(metric: Metric) -> str:
    if metric.of is None:
        return ""
    return f"the {metric.stat} of {metric.of}" + (", some rows left out" if metric.excludes else "")


def _now(model: Model, facts: Facts) -> str:
    if model.clock is None:
        return "there are no dates, so there is no now"
    last = facts.column(model.clock).maximum if facts.has(model.clock) else None
    return f"{str(last)[:10]}, the last day in {model.clock}" if last is not None else f"the last day in {model.clock}"


def _label(label: Label) -> str:
    if label.event is not None:
        return f"a {label.of} with a row in {label.event}"
    return f"by {label.test.column}" if label.test is not None else ""


def _dimensions(model: Model) -> list[str]:
    kinds = ("category", "product", "place", "channel", "status", "flag", "band")
    found = [f"{t}.{c}" for t, spec in model.tables.items() for c, column in spec.columns.items() if column.role in kinds]
    return list(dict.fromkeys(model.plain(ref) for ref in found if split(ref)[0] in model.tables))


def _few(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
