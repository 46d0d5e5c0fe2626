"""Plain figures: a measure, perhaps by groups, ranked or over time; and the few special ways to ask for one."""

from __future__ import annotations

from typing import Any

from segue.assistant.language.clause import fold
from segue.assistant.language.comparisons import order_value
from segue.assistant.language.focus import Finder, Focus, value_of
from segue.assistant.language.groups import Shape, Shaper
from segue.assistant.language.lexicon import column_kind, table_of
from segue.assistant.language.lists import top_customers
from segue.assistant.language.meanings import (
    Col,
    Ent,
    Met,
    Tab,
    Val,
    Verb,
)
from segue.assistant.language.sentence import Plan, Sentence, ranking, use, value_list_groups
from segue.tools.query.plan import (
    All,
    ColumnIs,
    Did,
    Group,
    HasLabel,
    Measure,
    Query,
    Rate,
    Ratio,
    Sort,
    Value,
    ValueIs,
)


def rank_flags(s: Sentence) -> Plan | None:
    """ "which extra do people take most: security, backup, tv or films": several flags side by side."""
    flags = [x for x in s.spans if any(column_kind(s.model, c.ref) == "flag" for c in x.every(Col)) and not x.used]
    if len(flags) < 3 or not any(x.word("most", "least", "best") for x in s.spans):
        return None
    least = any(x.word("least") for x in s.spans)
    measures = []
    for span in flags:
        span.used = True
        ref = next(c.ref for c in span.every(Col) if column_kind(s.model, c.ref) == "flag")
        measures.append(Measure(name=s.model.plain(ref), count="customer", where=ColumnIs(column=ref, op="yes")))
    use(s, "most", "least", "best", "or")
    for x in s.spans:
        x.used = x.used or x.unknown and x.text in ("extra", "extras", "add", "ons", "addon", "addons", "service", "services", "option", "options", "feature", "features")
    query: dict[str, Any] = {}
    s.conditions(Focus(measures[0]), query)
    return Query(measures=measures, rank_measures=True, sort=Sort(descending=not least), **query)


def new_customers(s: Sentence) -> Plan | None:
    """ "how many new customers in each month of 2011", "brand new customers in the past month"."""
    new = next((x for x in s.spans if x.word("new") and not x.used and not x.of(Val)), None)
    joiners = new is not None and new.text not in ("new", "brand new", "first time", "newly acquired", "newly won")
    if new is None or not joiners and not any(e is not None and e.name == "customer" for e in (x.of(Ent) for x in s.spans)):
        return None
    from segue.assistant.language.dates import window_days

    when = s.world.signup or (s.world.time_of(s.world.orders_table) if s.world.orders_table else None)
    if when is None:
        return None
    new.used = True
    for x in s.spans:
        entity = x.of(Ent)
        x.used = x.used or (entity is not None and entity.name == "customer") or x.word("count") or x.text in ("win", "won", "acquire", "acquired", "gain", "gained", "did we win", "get", "sign")
    shape = Shaper(s.spans, s.world).find()
    clause = s.clause(s.spans, "customer", rows=True)
    conditions = [fold(clause.atoms)] if clause.atoms else []
    own = s.world.signup is not None
    value = None if own else Value(column=when, stat="min")
    if clause.windows:
        start, end = window_days(clause.windows[-1], s.world, when)
        for op, day in ((">=", start), ("<=", end)):
            if day is not None:
                conditions.append(ColumnIs(column=when, op=op, value=day) if value is None else ValueIs(value=value, op=op, date=day))  # type: ignore[arg-type]
    elif shape.timeline is None:
        return None
    group = [] if shape.timeline is None else [Group(column=when, part=shape.timeline) if value is None else Group(value=value, part=shape.timeline)]
    s.assumptions.append("New customers are those whose " + (f"{s.model.plain(when)} falls" if own else "first order falls") + " in the period.")
    kept = [c for c in conditions if c is not None]
    return Query(measures=[Measure(count="customer")], by=[*group, *shape.groups], customers=kept[0] if len(kept) == 1 else All(of=kept) if kept else None)


def distribution(s: Sentence) -> Plan | None:
    """ "distribution of registered devices", "how are household sizes distributed": how many at each value."""
    asked = next((x for x in s.spans if x.word("distribution") and not x.used and not x.of(Col, Val)), None)
    if asked is None:
        return None
    asked.used = True
    for x in s.spans:
        column = next((c.ref for c in x.every(Col) if column_kind(s.model, c.ref) in ("number", "kind", "flag")), None)
        if column is None or x.used:
            continue
        x.used = True
        use(s, "distribution", "count")
        table = table_of(column)
        own = s.world.is_attribute(column, "customer")
        shaper = Shaper([], s.world)
        group = shaper._number_group(column) if column_kind(s.model, column) == "number" else Group(column=column)
        focus = Focus(Measure(count="customer")) if own else Focus(Measure(count=table), rows=True, table=table)
        query: dict[str, Any] = {}
        s.conditions(focus, query)
        return Query(measures=[focus.measure], by=[group], **query)
    entity = next((x for x in s.spans if (x.of(Ent) and x.of(Ent).name == "order" or x.of(Met)) and not x.used), None)  # type: ignore[union-attr]
    if entity is None:
        return None
    entity.used = True
    value = Value(count="order") if entity.of(Ent) else Value(metric=entity.of(Met).name)  # type: ignore[union-attr]
    query = {}
    s.conditions(Focus(Measure(count="customer")), query)
    return Query(measures=[Measure(count="customer")], by=[Group(value=value, natural=None if value.count else 6)], **query)


def figures(s: Sentence) -> Plan | None:
    """Everything else: a measure, perhaps by groups, ranked or over time."""
    shape = Shaper(s.spans, s.world).find()
    finder = Finder(s.spans, s.world)
    spare = s.has("rate")
    if spare is not None and not spare.of(Met, Col, Val):
        spare.used = True
    focus = _score_of_reviews(s, shape) or finder.find()
    if shape.ranked and not shape.groups and shape.entity is None:
        _late_dimension(s, shape)
    if shape.entity == "customer" and (focus is None or value_of(focus.measure) is not None):
        return top_customers(s, shape, focus)
    counted = focus is None or (isinstance(focus.measure, Measure) and focus.measure.count == "customer")
    if counted and not shape.groups and not shape.timeline and any(x.word("what") for x in s.spans[:3]) and not any(x.word("count") for x in s.spans):
        _late_dimension(s, shape)
        if shape.groups:
            shape.ranked, shape.common = "top", True
    if focus is None:
        focus = _default_focus(s, shape)
    if focus is None:
        return None
    extreme = _extreme(s, shape, focus)
    if extreme is not None:
        focus = extreme
    if shape.ranked and shape.limit and not shape.groups and not shape.timeline and isinstance(focus.measure, Measure) and value_of(focus.measure) and not focus.rows:
        return top_customers(s, shape, focus)
    s.assumptions += focus.assumptions
    focus = _fit(s, focus, shape)
    measures = finder.all_measures(focus)
    having = s.having(shape, focus)
    query: dict[str, Any] = {}
    if _each(s) or isinstance(focus.measure, (Rate, Ratio)):
        value_list_groups(s, shape)
    timeline = s.time_group(shape, focus)
    if timeline is None and shape.timeline is not None:
        return None
    read = Focus(focus.measure, focus.population, True, focus.table) if timeline is not None and focus.population == "customer" else focus
    s.conditions(read, query)
    by = [timeline, *shape.groups] if timeline else shape.groups
    if finder.bare and not by and not query and len(s.spans) > 4:
        return None  # "what did guests think of it": a noun in passing is no question for their number
    moved = _leavers_over_time(s, focus, query, shape)
    if moved is not None:
        return moved
    sort = ranking(shape, measures[0], s, timeline is not None and not shape.ranked)
    if sort is not None and s.world.cancelled and s.world.cancelled[1] in (query.get("where"), getattr(measures[0], "where", None)) and getattr(measures[0], "metric", None):
        sort = Sort(descending=not sort.descending)  # returns are negative: the most is the lowest figure
    return Query(measures=measures, by=by, having=having, sort=sort, limit=shape.limit, **query)


def _extreme(s: Sentence, shape: Shape, focus: Focus) -> Focus | None:
    """ "the highest monthly charge": with nothing to rank, the highest is the maximum."""
    measure = focus.measure
    if not shape.ranked or shape.groups or shape.timeline or shape.entity or shape.limit or focus.rows or not isinstance(measure, Measure) or measure.per:
        return None
    metric = s.model.metrics.get(measure.metric or "")
    ref = measure.column or (metric.of if metric else None)
    top = shape.ranked == "top"
    shape.ranked = None if ref else shape.ranked
    return Finder(s.spans, s.world).of_column(ref, "max" if top else "min") if ref else None


def _score_of_reviews(s: Sentence, shape: Shape) -> Focus | None:
    """ "the worst reviews": not how many, but how good."""
    text = " ".join(x.text for x in s.spans)
    if not shape.ranked or not any(w in text for w in ("worst", "best", "poorest", "lowest", "highest")) or any(x.word("count") or x.text == "most" for x in s.spans):
        return None
    for span in s.spans:
        table = span.of(Tab)
        if table is None or span.used or s.model.tables[table.name].subject != "reviews":
            continue
        score = next((f"{table.name}.{c}" for c, about in s.model.tables[table.name].columns.items() if about.role == "score"), None)
        if score is not None:
            span.used = True
            return Finder(s.spans, s.world).of_column(score, "mean")
    return None


def _late_dimension(s: Sentence, shape: Shape) -> None:
    """ "what do they spend most on? category and amount": the dimension is named afterwards."""
    for span in s.spans:
        column = next((c.ref for c in span.every(Col) if column_kind(s.model, c.ref) == "kind"), None)
        if column is not None and not span.used and not span.of(Val, Met):
            shape.groups.append(Group(column=column))
            span.used = True
            return


def _leavers_over_time(s: Sentence, focus: Focus, query: dict[str, Any], shape: Shape) -> Plan | None:
    """ "how many left in each month": where leaving is an event, its own date is meant."""
    condition = query.get("customers")
    parts = list(condition.of) if isinstance(condition, All) else [condition]
    label = next((c for c in parts if isinstance(c, HasLabel) and s.model.labels[c.label].event), None)
    timed = shape.timeline is not None or "window" in query or any(isinstance(c, Did) and c.window for c in parts)
    if label is None or not timed or not isinstance(focus.measure, Measure) or focus.measure.count != "customer":
        return None
    table = s.model.labels[label.label].event or ""
    when = s.world.time_of(table)
    window = query.get("window") or next((c.window for c in parts if isinstance(c, Did) and c.window), None)
    rest = [c for c in parts if c is not None and c is not label and not (isinstance(c, Did) and c.window is window)]
    timeline = [Group(column=when, part=shape.timeline)] if shape.timeline and when else []
    update: dict[str, Any] = {"customers": rest[0] if len(rest) == 1 else All(of=rest)} if rest else {}
    return Query(measures=[Measure(count=table)], by=[*timeline, *shape.groups], window=window, **update)


def _each(s: Sentence) -> bool:
    if any(x.text in ("split", "split between", "compare", "breakdown", "break down") for x in s.spans):
        return True
    return any(x.word("each") and x.text in ("each", "respectively", "both", "separately", "side by side") for x in s.spans)


def _fit(s: Sentence, focus: Focus, shape: Shape) -> Focus:
    """ "best-earning product", "biggest orders": counts that a ranking word turns into money."""
    text = " ".join(x.text for x in s.spans)
    if shape.ranked and isinstance(focus.measure, Measure) and focus.measure.count == "order" and any(w in text for w in ("bigger order", "biggest order", "largest order")):
        return order_value(s) or focus
    return focus


def _default_focus(s: Sentence, shape: Shape) -> Focus | None:
    """What a ranking is by where nothing is said: how many for "most common", money for "best" and "biggest"."""
    if not shape.groups and not shape.timeline:
        return None
    finder = Finder(s.spans, s.world)
    returned = next((x for x in s.spans if x.of(Verb) and x.of(Verb).act == "return" and not x.used), None)  # type: ignore[union-attr]
    if returned is not None and s.world.cancelled:
        returned.used = True
        table, condition = s.world.cancelled
        metric = "units" if "units" in s.model.metrics else None
        measure = Measure(metric=metric, where=condition) if metric else Measure(count=table, where=condition)
        return Focus(measure, rows=True, table=table)
    column = shape.groups[0].column if shape.groups else None
    buying = any(x.of(Verb) and x.of(Verb).act in ("buy", "spend", "sell") for x in s.spans)  # type: ignore[union-attr]
    if (shape.common or shape.most and not buying) and column is not None:
        if s.world.is_attribute(column, "customer"):
            return Focus(Measure(count="customer"))
        return Focus(Measure(count="order"), population="order") if "order" in s.model.entities else None
    spend = s.world.spend()
    if spend is not None and spend.metric is not None:
        return finder.of_metric(spend.metric)
    return Focus(Measure(count="customer"))
