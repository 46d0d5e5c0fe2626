"""What measures are called: headings for people, names in SQL."""

from __future__ import annotations

import re

from segue.tools.query.english import entity_plural, say_condition, say_value_of
from segue.tools.query.plan import AnyMeasure, Concentration, Correlation, Measure, Rate, Ratio, Value
from segue.tools.semantic.schema import Model, split, words


def measure_heading(model: Model, measure: AnyMeasure) -> str:
    """A short heading: what the plan calls it, else what it is."""
    if measure.name:
        return measure.name
    if isinstance(measure, Measure):
        value = say_value_of(model, measure)
        text = f"{_OVER[measure.over]} {value} per {measure.per}" if measure.per else value
        return f"share of {text}" if measure.share else text
    if isinstance(measure, Rate):
        of = measure.of if measure.of in model.entities else f"{measure.of}:row"
        return f"share of {entity_plural(model, measure.of)} {say_condition(model, measure.condition, of=of)}"
    if isinstance(measure, Ratio):
        return f"{say_value_of(model, measure.top)} / {say_value_of(model, measure.bottom)}"
    if isinstance(measure, Correlation):
        return "correlation"
    return f"share of the top {measure.share * 100:g}%"


_OVER = {  # before the value's own name
    "mean": "average", "median": "median", "sum": "total", "min": "lowest", "max": "highest",
    "percentile": "percentile of", "stddev": "standard deviation of",
}  # fmt: skip


def measure_name(measure: AnyMeasure, taken: set[str]) -> str:
    """A name in SQL that no other column has."""
    name = re.sub(r"\W+", "_", (measure.name or _plain_name(measure)).lower()).strip("_") or "value"
    wanted, n = name, 1
    while wanted in taken:
        n += 1
        wanted = f"{name}_{n}"
    taken.add(wanted)
    return wanted


def _plain_name(measure: AnyMeasure) -> str:
    if isinstance(measure, Measure):
        return _value_name(measure)
    if isinstance(measure, Ratio):
        return f"{_value_name(measure.top)}_over_{_value_name(measure.bottom)}"
    kinds = {Rate: "rate", Correlation: "correlation", Concentration: "held"}
    return kinds[type(measure)]


def _value_name(value: Value) -> str:
    if value.metric is not None:
        return value.metric
    if value.count is not None:
        return f"{words(value.count)}s" if not value.count.endswith("s") else value.count
    return f"{value.stat}_{split(value.column or '')[1]}"
