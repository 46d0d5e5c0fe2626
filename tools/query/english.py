"""Plans as exact English: every threshold stated, so that a reading can be checked without reading SQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from segue.tools.query.phrasing import joined, plural, say_day, say_number, say_share
from segue.tools.query.plan import (
    All,
    AnyMeasure,
    AnyOf,
    ColumnIs,
    Concentration,
    Condition,
    Correlation,
    Did,
    FindCustomers,
    Group,
    HasLabel,
    InSegment,
    Measure,
    Not,
    Query,
    Rate,
    Ratio,
    TopShare,
    Value,
    ValueIs,
    Window,
)
from segue.tools.semantic.schema import Model, words

STATS = {
    "sum": "total", "mean": "average", "median": "median", "min": "least", "max": "greatest", "distinct": "number of different",
    "stddev": "standard deviation of", "percentile": "percentile of",
}  # fmt: skip
DATE_STATS = {"min": "first", "max": "last"}
OVERS = STATS | {"sum": "sum of the", "percentile": "percentile of the"}
COMPARED = {"=": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}
DATED = {"=": "on", "!=": "not on", "<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
TIMES = {"=": "exactly", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least", "!=": "other than"}


def say_query(model: Model, query: Query) -> str:
    """The whole plan as one sentence, without the full stop."""
    text = joined([say_measure(model, m) for m in query.measures])
    if query.by:
        text += " by " + joined([say_group(model, g) for g in query.by])
    if query.where is not None:
        text += f", where {say_condition(model, query.where, of='row')}"
    if query.customers is not None:
        text += f", of {entity_plural(model, 'customer')} who {say_condition(model, query.customers)}"
    if query.window is not None:
        text += f", {say_window(query.window)}"
    for having in query.having:
        text += f", only groups whose {say_measure(model, having.measure)} {COMPARED[having.op]} {say_number(having.number)}"
    if query.compare == "previous":
        text += ", compared with the period before"
    if query.compare == "difference":
        text += ", the first group less the second"
    return text + _say_order(model, query)


def _say_order(model: Model, query: Query) -> str:
    if query.rank_measures:
        return ", largest first"
    if not query.by:
        return ""
    text = ""
    if query.sort is not None:
        by = say_group(model, query.by[query.sort.group]) if query.sort.group is not None else None
        by = by or say_measure(model, query.measures[query.sort.measure or 0])
        text = f", {'largest' if query.sort.descending else 'smallest'} {by} first"
    return text + (f", the first {query.limit}" if query.limit else "")


def say_find(model: Model, plan: FindCustomers) -> str:
    """Who a question for customers is after: "customers whose ...": a segment's definition."""
    text = entity_plural(model, plan.of)
    if plan.condition is not None:
        text += f" {_who(plan.of)} {say_condition(model, plan.condition, of=plan.of)}"
    if plan.limit is not None:
        by = f" by {say_value_of(model, plan.show[0])}" if plan.show else ""
        text = f"the {'last' if plan.ascending else 'first'} {plan.limit}{by} of {text}"
    return text


def _who(entity: str) -> str:
    return "who" if entity == "customer" else "that"


# --- measures and groups ----------------------------------------------------------------------------------------------


def say_measure(model: Model, measure: AnyMeasure) -> str:
    """A measure, with its own conditions and window."""
    if isinstance(measure, Measure):
        return _say_measure(model, measure)
    if isinstance(measure, Rate):
        whom = entity_plural(model, measure.of)
        among = f" {_who(measure.of)} {say_condition(model, measure.among, of=measure.of)}" if measure.among else ""
        return f"the share of {whom}{among} {_who(measure.of)} {say_condition(model, measure.condition, of=measure.of)}"
    if isinstance(measure, Ratio):
        return f"{say_measure(model, measure.top)} divided by {say_measure(model, measure.bottom)}"
    if isinstance(measure, Correlation):
        of = f"per {measure.over}" if measure.over in model.entities else f"over {_table(model, measure.over)}"
        return f"the correlation of {say_value(model, measure.x)} and {say_value(model, measure.y)} {of}"
    assert isinstance(measure, Concentration)
    return (
        f"the share of {say_value(model, measure.value)} that the top {say_share(measure.share)} "
        f"of {entity_plural(model, measure.per)} hold"
    )


def _say_measure(model: Model, measure: Measure) -> str:
    text = say_value(model, measure)
    if measure.per is not None:
        over = f"{measure.over_percentile:.0%} point of the" if measure.over_percentile is not None else f"{OVERS[measure.over]}"
        text = f"the {over} {text} per {measure.per}"
    if measure.share is not None:
        text = f"{text} as a share of {'its group' if measure.share == 'group' else 'the total'}"
    return text


def say_value(model: Model, value: Value) -> str:
    """A value with its own conditions and window."""
    text = say_value_of(model, value)
    if value.where is not None:
        text += f" (where {say_condition(model, value.where, of='row')})"
    return f"{text} {say_window(value.window)}" if value.window is not None else text


def say_value_of(model: Model, value: Value) -> str:
    """What is summarised, without conditions: "revenue", "number of orders", "average review score"."""
    if value.metric is not None:
        metric = model.metrics.get(value.metric)
        return (metric.label if metric else None) or words(value.metric)
    if value.count is not None:
        return f"number of {entity_plural(model, value.count)}"
    assert value.column is not None and value.stat is not None
    spec, name = model.column(value.column), model.plain(value.column)
    if spec.type in ("date", "timestamp") and value.stat in DATE_STATS:
        return f"{DATE_STATS[value.stat]} {name}"
    if value.stat == "percentile" and value.percentile is not None:
        return f"{value.percentile:.0%} point of {name}"
    if value.stat == "distinct":
        return f"number of different {plural(name)}"
    if value.stat == "mean" and (spec.type == "boolean" or spec.role == "flag"):
        return f"share with {name}"
    return f"{STATS[value.stat]} {name}"


def say_group(model: Model, group: Group) -> str:
    """A breakdown."""
    if group.scheme is not None:
        return model.plain(group.scheme) if "." in group.scheme else f"{group.scheme.upper()} segment"
    if group.condition is not None:
        return group.name or f"whether {say_condition(model, group.condition, of=group.per)}"
    if group.value is not None:
        name = f"{say_value(model, group.value)} per {group.per}"
    else:
        name = model.plain(group.column or "")
    if group.part is not None:
        return f"{group.part.replace('_', ' ')} of {name}"
    if group.bands is not None:
        return f"{name} in bands from {joined([say_number(b) for b in group.bands])}"
    return f"{name} in {group.natural} bands" if group.natural else name


# --- conditions -------------------------------------------------------------------------------------------------------


def say_condition(model: Model, condition: Condition, of: str = "customer") -> str:
    """A condition as a clause that follows "customers who" (or "rows where", of="row"): every threshold stated."""
    if isinstance(condition, All):
        return joined([_bracketed(model, part, of, AnyOf) for part in condition.of])
    if isinstance(condition, AnyOf):
        return joined([_bracketed(model, part, of, All) for part in condition.of], "or")
    if isinstance(condition, Not):
        return _say_not(model, condition.of, of)
    if isinstance(condition, ColumnIs):
        return _say_column(model, condition, of)
    if isinstance(condition, ValueIs):
        return _say_value_is(model, condition, of)
    if isinstance(condition, Did):
        return _say_did(model, condition, of)
    if isinstance(condition, TopShare):
        which = say_share(condition.share) if condition.share is not None else say_number(condition.number or 1)
        return f"{_be(of)} among the {condition.end} {which} {entity_plural(model, condition.per)} by {say_value(model, condition.value)}"
    if isinstance(condition, InSegment):
        return f"{_be(of)} in the segment {condition.segment}"
    return _say_label(model, condition)


def _bracketed(model: Model, part: Condition, of: str, kind: type) -> str:
    text = say_condition(model, part, of)
    return f"({text})" if isinstance(part, kind) else text


def _be(of: str) -> str:
    return "is" if of == "row" else "are"


def _say_not(model: Model, inner: Condition, of: str) -> str:
    if isinstance(inner, Did) and (inner.op, inner.times) == (">=", 1):
        return _rows_did(model, inner, "no")
    if isinstance(inner, HasLabel):
        return f"not {_say_label(model, inner)}" if of == "row" else f"are not {_label_word(model, inner)}"
    return f"not ({say_condition(model, inner, of)})"


def _say_column(model: Model, condition: ColumnIs, of: str) -> str:
    name = model.plain(condition.column)
    if condition.part is not None:
        name = f"the {condition.part.replace('_', ' ')} of {name}"
    clause = _comparison(model, condition)
    return f"{name} {clause}" if of == "row" else f"have {name} {clause.removeprefix('is ')}"


def _comparison(model: Model, condition: ColumnIs) -> str:
    op, value = condition.op, condition.value
    if op in ("missing", "present"):
        return "is not recorded" if op == "missing" else "is recorded"
    if op in ("yes", "no"):
        return f"is {op}"
    if condition.other is not None:
        return f"{_relation(model, condition)} {model.plain(condition.other)}"
    if op in ("in", "not in"):
        values = value if isinstance(value, list) else [value]
        return f"is {'' if op == 'in' else 'not '}{joined([_shown(v) for v in values], 'or')}"
    if op == "between" and isinstance(value, list):
        return f"is from {_shown(value[0])} to {_shown(value[-1])}"
    if op == "contains":
        return f"contains {_shown(value)}"
    if op == "starts with":
        return f"begins with {_shown(value)}"
    return f"{_relation(model, condition)} {_shown(value)}"


def _relation(model: Model, condition: ColumnIs) -> str:
    dated = model.column(condition.column).type in ("date", "timestamp") and condition.part is None
    return f"is {DATED[condition.op]}" if dated else COMPARED[condition.op]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return say_number(value)
    if isinstance(value, dt.date):
        return say_day(value)
    return str(value)


def _say_value_is(model: Model, condition: ValueIs, of: str) -> str:
    value = say_value(model, condition.value)
    if condition.date is not None:
        compared = f"{'was' if _is_first_or_last(condition) else 'is'} {DATED[condition.op]} {say_day(condition.date)}"
    else:
        compared = f"{COMPARED[condition.op]} {say_number(condition.number or 0)}"
    of_whom = "" if of in (condition.per, "row") and of != "row" else f" of the {condition.per}"
    return f"have {value}{of_whom} {compared.removeprefix('is ')}" if of != "row" else f"the {value}{of_whom} {compared}"


def _is_first_or_last(condition: ValueIs) -> bool:
    return condition.value.stat in DATE_STATS


def _say_did(model: Model, condition: Did, of: str) -> str:
    if (condition.op, condition.times) == (">=", 1):
        return _rows_did(model, condition, "at least 1")
    return _rows_did(model, condition, f"{TIMES[condition.op]} {condition.times}")


def _rows_did(model: Model, condition: Did, how_many: str) -> str:
    text = f"have {how_many} {_table(model, condition.table, one=how_many.endswith(' 1'))}"
    if condition.where is not None:
        text += f" where {say_condition(model, condition.where, of='row')}"
    return f"{text} {say_window(condition.window)}" if condition.window is not None else text


def _say_label(model: Model, condition: HasLabel) -> str:
    return f"are {_label_word(model, condition)}"


def _label_word(model: Model, condition: HasLabel) -> str:
    label = model.labels.get(condition.label)
    return label.called[0] if label is not None and label.called else words(condition.label)


# --- names and time ---------------------------------------------------------------------------------------------------


def entity_plural(model: Model, name: str) -> str:
    """Several of an entity, or a table's rows: customers, orders, order lines."""
    entity = model.entities.get(name)
    if entity is not None:
        return entity.plural or plural(words(name))
    return _table(model, name)


def _table(model: Model, table: str, one: bool = False) -> str:
    spec = model.tables.get(table)
    name = (spec.label if spec is not None else None) or words(table)
    singular = name[:-1] if name.endswith("s") and not name.endswith("ss") else name
    return f"{singular} row" if one and singular == name else singular if one else name if name.endswith("s") else f"{name} rows"


def say_window(window: Window) -> str:
    """A window in words; what it means on the data at hand is said by its dates, in the assumptions."""
    return f"in {_window(window)}" if window.last is None else f"in the {_window(window)}"


def _window(window: Window) -> str:
    if window.last is not None and window.unit is not None:
        unit = window.unit.removesuffix("s") if window.last == 1 else window.unit
        text = f"last {unit}" if window.last == 1 else f"last {window.last} {unit}"
        return text if not window.before else f"{window.last} {unit} before the {text}"
    if window.calendar is not None:
        back = window.before - window.offset
        named = {0: f"this {window.calendar}", 1: f"last {window.calendar}"}
        return named.get(back) or f"the {window.calendar} {abs(back)} {'before' if back > 0 else 'after'} this one"
    from segue.tools.query.windows import say_span

    text = say_span(window.start, window.end)
    return text if not window.before else f"the same length of time before {text}"
