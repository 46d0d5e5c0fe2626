"""Comparisons: of groups, of periods, and of two values over customers (correlation)."""

from __future__ import annotations

from typing import Any

from segue.assistant.language.focus import Finder, Focus
from segue.assistant.language.groups import Shaper
from segue.assistant.language.lexicon import column_kind, table_of
from segue.assistant.language.meanings import (
    Bound,
    Col,
    Ent,
    Lab,
    Met,
    Span,
    Tab,
    Time,
    Val,
    Verb,
)
from segue.assistant.language.sentence import Plan, Sentence, put, use
from segue.assistant.language.world import World, negated
from segue.tools.query.plan import (
    ColumnIs,
    Condition,
    Correlation,
    Group,
    HasLabel,
    Measure,
    Not,
    Query,
    Value,
    Window,
)


def correlation(s: Sentence) -> Plan | None:
    """ "correlation between X and Y", "do people with bigger X stay longer"."""
    asked = next((x for x in s.spans if x.text in ("correlation", "correlate", "correlated", "correlation between", "correlates")), None)
    if asked is None:
        asked = _goes_with(s)
    if asked is None:
        return None
    values = _two_values(s)
    if len(values) != 2:
        return None
    asked.used = True
    for span in s.spans:
        span.used = span.used or span.word("more", "fewer", "most", "mean", "grow", "difference", "compare", "rate", "count", "how_much") or bool(span.of(Ent)) or span.text in (
            "related", "relationship", "link", "linked", "go with", "associated", "tied", "depend", "slow", "fast", "connection", "goes with", "often", "worse", "better")
    over = _common_population(values, s.world)
    return Query(measures=[Correlation(x=values[0], y=values[1], over=over)])


def _goes_with(s: Sentence) -> Span | None:
    text = " ".join(x.text for x in s.spans)
    for phrase in ("go with", "goes with", "related to", "relationship between", "link between", "linked to", "associated with", "also"):
        if phrase in text and (phrase != "also" or sum(x.word("more", "fewer") for x in s.spans) >= 2):
            return s.spans[0]
    return None


def _two_values(s: Sentence) -> list[Value]:
    values: list[Value] = []
    for span in s.spans:
        if span.used or len(values) == 2:
            continue
        value = _as_value(span, s)
        if value is not None and value not in values:
            values.append(value)
            span.used = True
    return values


def _as_value(span: Span, s: Sentence) -> Value | None:
    metric, entity, verb = span.of(Met), span.of(Ent), span.of(Verb)
    label = span.of(Lab)
    if s.world.tenure and span.text in ("stay", "stayed", "stays", "stay with us", "last"):
        return Value(column=s.world.tenure, stat="max")
    if label is not None and s.model.labels[label.name].test is not None:
        test = s.model.labels[label.name].test
        assert test is not None
        own = test.column if "." in test.column else f"{s.world.customer_table}.{test.column}"
        return Value(column=own, stat="mean")
    column = next((c for c in span.every(Col) if column_kind(s.model, c.ref) == "number"), None)
    if column is not None:
        own = s.world.is_attribute(column.ref, "customer")
        if not own and s.world.summed(column.ref):
            return Value(metric=s.world.summed(column.ref))
        return Value(column=column.ref, stat="max" if own else "mean")
    if column is None and metric is not None and not s.model.metrics[metric.name].rate and s.model.metrics[metric.name].count != "customer":
        return Value(metric=metric.name)
    if entity is not None and entity.name == "order":
        return Value(count="order")
    if verb is not None and verb.act == "buy" and "order" in s.model.entities:
        return Value(count="order")
    if verb is not None and verb.act == "spend":
        return s.world.spend()
    return None


def _common_population(values: list[Value], world: World) -> str:
    """What the two are values of: rows of one table where both are columns that it reaches, else customers."""
    refs = [v.column for v in values]
    if None in refs:
        return "customer"
    if all(world.is_attribute(str(r), "customer") for r in refs):
        return "customer"
    for table in world.model.tables:
        if all(world.reachable(table, str(r)) for r in refs):
            return table
    order = world.model.entities.get("order")
    return "order" if order else "customer"


def difference(s: Sentence) -> Plan | None:
    """ "how much higher is churn for A than for B": two sides, first minus second."""
    text = " ".join(x.text for x in s.spans)
    than = next((i for i, x in enumerate(s.spans) if is_than(x)), None)
    asked = s.has("difference")
    counted = " how many " in f" {text} " and than is not None and any(x.word("more", "fewer") or x.text.endswith(" than") for x in s.spans)
    if asked is None and not counted:
        return None
    if than is None and not (asked is not None and any(w in text for w in ("between", "difference in", "gap"))):
        return None
    sides = _sides(s, than)
    if sides is None:
        return None
    group, focus, only = sides
    use(s, "difference", "more", "fewer", "than", "count", "rest", "how_much", "more_than", "less_than")
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    put(query, "customers" if not focus.rows and focus.population == "customer" else "where", only)
    return Query(measures=[focus.measure], by=[group], compare="difference", **query)


def is_than(span: Span) -> bool:
    """The "than" of a comparison of groups, not of "other than" or "more than 3"."""
    return (span.word("than") or span.text.endswith(" than")) and not span.of(Bound) and not span.word("except")


def _sides(s: Sentence, than: int | None) -> tuple[Group, Focus, Condition | None] | None:
    """The two groups of a comparison, what is compared of them, and the condition that keeps to the two."""
    values = [x for x in s.spans if x.of(Val) and not x.used]
    first_word = next((i for i, x in enumerate(s.spans) if x.word("count", "difference", "how_much")), None)
    if first_word is not None and not s.spans[first_word].of(Met, Col):
        s.spans[first_word].used = True
    focus = _compared_focus(s)
    if focus is None:
        return None
    labelled = [x for x in s.spans if x.of(Lab) and not x.used]
    if len(labelled) == 2 and labelled[0].of(Lab).name == labelled[1].of(Lab).name and labelled[0].of(Lab).holds != labelled[1].of(Lab).holds:  # type: ignore[union-attr]
        one = labelled[0].of(Lab)
        for x in labelled:
            x.used = True
        condition: Condition = HasLabel(label=one.name) if one.holds else Not(of=HasLabel(label=one.name))  # type: ignore[union-attr]
        return Group(condition=condition, labels=(labelled[0].text, labelled[1].text)), focus, None
    both = next((x for x in s.spans if " and " in x.text and not x.used and (c := x.of(Col)) and len(s.world.values(c.ref)) == 2), None)
    if both is not None:
        both.used = True
        ref = both.of(Col).ref  # type: ignore[union-attr]
        one, other = sorted(map(str, s.world.values(ref)), key=lambda v: both.text.find(v[:2].lower()))
        return Group(condition=ColumnIs(column=ref, op="in", value=[one]), labels=(one, other)), focus, None
    pair = _value_pair(values) if values else None
    if pair is not None:
        return pair[0], focus, pair[1]
    group = _condition_pair(s, than, focus)
    return None if group is None else (group, focus, None)


def _compared_focus(s: Sentence) -> Focus | None:
    label = next((x for x in s.spans if x.of(Lab) and x.of(Lab).holds and not x.used and s.model.labels[x.of(Lab).name].kind == "response"), None)  # type: ignore[union-attr]
    label = label or next((x for x in s.spans if x.of(Lab) and not x.used and s.model.labels[x.of(Lab).name].kind == "churn" and x.text in ("churn", "churn rate", "leave", "leaving", "quit", "cancel", "attrition", "exit", "churning")), None)  # type: ignore[union-attr]
    finder = Finder(s.spans, s.world)
    if label is not None:
        label.used = True
        return finder.rate_of(label.of(Lab).name)  # type: ignore[union-attr]
    focus = finder.find()
    named = s.model.metrics.get(focus.measure.metric or "") if focus is not None and isinstance(focus.measure, Measure) else None
    if named is not None and named.of and named.stat == "sum" and s.model.tables[table_of(named.of)].kind == "customers":
        use(s, "mean")
        return finder.of_column(named.of, "mean")  # groups differ in size: it is what each pays that compares
    if focus is not None and isinstance(focus.measure, Measure) and focus.measure.count not in (None, "customer") and focus.measure.per is None and _per_person(s):
        return Focus(focus.measure.model_copy(update={"per": "customer"}), "customer", True, focus.table)
    if focus is not None and isinstance(focus.measure, Measure) and focus.measure.stat == "sum" and any(x.word("more", "fewer") for x in s.spans):
        ref = focus.measure.column
        if ref is not None:
            focus = finder.of_column(ref, "mean")
    return focus


def _per_person(s: Sentence) -> bool:
    """Whether counts are compared per head: "on average", "does a household make"."""
    mean = [x for x in s.spans if x.word("mean") and not x.of(Met, Col)]
    for x in mean:
        x.used = True
    people = any(x.of(Ent) and x.of(Ent).name == "customer" and k and s.spans[k - 1].text in ("a", "an", "one", "each") for k, x in enumerate(s.spans))  # type: ignore[union-attr]
    return bool(mean) or people


def _value_pair(values: list[Span]) -> tuple[Group, Condition] | None:
    """Two values of one column: "men ... women"; the plan filters to the two in the order said."""
    for i, a in enumerate(values):
        for b in values[i + 1:]:
            for x in a.every(Val):
                for y in b.every(Val):
                    if x.ref == y.ref and x.values != y.values and x.test == y.test == "in":
                        a.used = b.used = True
                        group = Group(condition=ColumnIs(column=x.ref, op="in", value=list(x.values)), labels=(_label(x), _label(y)))
                        return group, ColumnIs(column=x.ref, op="in", value=[*x.values, *y.values])
    return None


def _label(value: Val) -> str:
    return str(value.values[0]) if value.values else value.text


def _condition_pair(s: Sentence, than: int | None, focus: Focus) -> Group | None:
    """A condition and its opposite: seniors and everybody else, late orders and those on time."""
    end = than if than is not None else len(s.spans)
    clause = s.clause(s.spans[:end], focus.population, rows=focus.rows)
    condition = clause.tree()
    tail = s.spans[end:]
    if condition is None:
        condition = s.clause(tail, focus.population, focus.rows).tree()
        condition = negated(condition) if condition is not None else None
    else:
        for span in tail:
            span.used = True
    return Group(condition=condition) if condition is not None else None


def compare(s: Sentence) -> Plan | None:
    """ "do men leave more than women", "who places bigger orders, the Germans or the French": both figures."""
    text = f" {' '.join(x.text for x in s.spans)} "
    more = any(x.word("more", "fewer") or is_than(x) for x in s.spans)
    versus = any(x.word("compare") and x.text != "or" for x in s.spans)
    pair = " or " in text and (more or "better" in text or any(x.word("most", "best", "worst", "least") for x in s.spans))
    if not (more and any(is_than(x) for x in s.spans)) and not versus and not pair:
        return None
    if any(x.word("period_before") or x.of(Time) and x.of(Time).shift for x in s.spans):  # type: ignore[union-attr]
        return None
    values = [x for x in s.spans if x.of(Val) and not x.used]
    ref = _shared_column(values)
    if ref is None:
        return _compare_column(s) or _compare_conditions(s)
    use(s, "more", "fewer", "than", "most", "best", "least", "worst", "more_than", "less_than", "rate")
    clear = [x for x in s.spans if x.word("compare")]
    for x in clear:
        x.used = True
    chosen: list[Any] = []
    for span in values:
        value = next((v for v in span.every(Val) if v.ref == ref), None)
        if value is not None:
            chosen += value.values
            span.used = True
    focus = _compared_focus(s)
    if focus is None and s.world.is_attribute(ref, "customer") and not any(x.unknown or x.of(Met, Col, Ent, Lab) for x in s.spans if not x.used):
        focus = Focus(Measure(count="customer"))  # "are there more men or women"
    if focus is None or (isinstance(focus.measure, Measure) and focus.measure.count == "order" and "bigger" in text):
        focus = order_value(s) or focus
    if focus is None:
        return None
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    key = "customers" if not focus.rows and focus.population == "customer" and s.world.is_attribute(ref, "customer") else "where"
    put(query, key, ColumnIs(column=ref, op="in", value=chosen))
    return Query(measures=[focus.measure], by=[Group(column=ref)], **query)


def order_value(s: Sentence) -> Focus | None:
    if "average_order_value" not in s.model.metrics:
        return None
    use(s, "mean")
    for x in s.spans:
        if x.of(Ent) or x.of(Verb):
            x.used = True
    return Finder(s.spans, s.world).of_metric("average_order_value")


def _shared_column(values: list[Span]) -> str | None:
    counts: dict[str, int] = {}
    for span in values:
        for ref in {v.ref for v in span.every(Val) if v.test == "in"}:
            counts[ref] = counts.get(ref, 0) + 1
    best = max(counts, key=lambda r: counts[r], default=None)
    return best if best is not None and counts[best] >= 2 else None


def _compare_column(s: Sentence) -> Plan | None:
    """ "do men or women cost us more": the two are all that a column holds."""
    both = next((x for x in s.spans if (" or " in x.text or " and " in x.text) and any(column_kind(s.model, c.ref) in ("kind", "flag") for c in x.every(Col)) and not x.used), None)
    if both is None:
        return None
    both.used = True
    use(s, "more", "fewer", "than", "most", "best", "least", "worst", "each", "compare")
    focus = _compared_focus(s)
    if focus is None:
        return None
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    ref = next(c.ref for c in both.every(Col) if column_kind(s.model, c.ref) in ("kind", "flag"))
    return Query(measures=[focus.measure], by=[Group(column=ref)], **query)


def _compare_conditions(s: Sentence) -> Plan | None:
    """ "do customers with tech support leave less than those without"."""
    than = next((i for i, x in enumerate(s.spans) if is_than(x) or x.word("compare") and x.text != "or"), None)
    if than is None:
        return None
    focus = _compared_focus(s)
    if focus is None:
        return None
    group = _condition_pair(s, than, focus)
    if group is None:
        return None
    use(s, "more", "fewer", "than", "compare", "rest", "more_than", "less_than")
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    return Query(measures=[focus.measure], by=[group], **query)


def change(s: Sentence) -> Plan | None:
    """ "by how much did sales grow last month compared with the month before"."""
    grow, before = s.has("grow"), s.has("period_before")
    shift = next((x for x in s.spans if x.of(Time) and x.of(Time).shift and not x.used), None)  # type: ignore[union-attr]
    if grow is None and before is None and shift is None:
        return None
    for x in (grow, before, shift):
        if x is not None:
            x.used = True
    use(s, "grow", "compare", "period_before", "how_much", "share", "difference", "more", "fewer", "than")
    shape = Shaper(s.spans, s.world).find()
    focus = Finder(s.spans, s.world).find()
    if focus is None:
        return None
    query: dict[str, Any] = {}
    windows_focus = Focus(focus.measure, focus.population, True, focus.table) if focus.population == "customer" and not focus.rows and focus.table else focus
    s.conditions(windows_focus, query)
    if shape.timeline and "window" not in query and not shape.groups:
        timeline = s.time_group(shape, focus)
        return Query(measures=[focus.measure], by=[timeline] if timeline else [], **query)
    period = _unit_of(before or shift) or "month"
    window = query.pop("window", None) or Window(calendar=period, offset=-1)  # type: ignore[arg-type]
    return Query(measures=[focus.measure], by=shape.groups, window=window, compare="previous", **query)


def two_periods(s: Sentence) -> Plan | None:
    """ "did we sell more in Q3 than in Q2", "compare October with September": one period beside another."""
    times = _two_times(s)
    comparing = any(x.word("more", "fewer", "compare", "difference", "grow") and x.text != "or" or is_than(x) for x in s.spans)
    if len(times) != 2 or not comparing or s.has("share"):
        return None
    for x in times:
        x.used = True
    use(s, "more", "fewer", "than", "compare", "difference", "grow", "how_much", "more_than", "less_than")
    shape = Shaper(s.spans, s.world).find()
    counting = any(x.text in ("how many more", "how many fewer", "how much more", "how much less") for x in s.spans)
    focus = Finder(s.spans, s.world).find() or takings(s) or (_spend_focus(s) if not any(x.of(Ent, Tab, Col, Met) for x in s.spans if not x.used) else None)
    if focus is None:
        return None
    query: dict[str, Any] = {}
    s.conditions(Focus(focus.measure, focus.population, True, focus.table), query)
    first, second = (x.of(Time).window for x in times)  # type: ignore[union-attr]
    if not any(is_than(x) for x in s.spans) and first.start and second.start and first.start < second.start:  # type: ignore[union-attr]
        first, second = second, first  # with no "than", the later is held against the earlier
    if any(x.text in ("from", "between") or x.text.startswith(("from ", "between ")) for x in s.spans[max(0, s.index(times[0]) - 1):s.index(times[0]) + 1]):
        first, second = second, first  # "the change from May to June" ends in June
    return Query(measures=[focus.measure], by=shape.groups, window=first, versus=second, compare="previous", change="amount" if counting else "share", **query)


def _two_times(s: Sentence) -> list[Span]:
    """The windows of the question; of several sentences, those of the one that has two."""
    sentences: list[list[Span]] = [[]]
    for x in s.spans:
        if x.of(Time) and x.of(Time).window and not x.used:  # type: ignore[union-attr]
            sentences[-1].append(x)
        if x.word("stop"):
            sentences.append([])
    every = [x for part in sentences for x in part]
    two = next((part for part in sentences if len(part) == 2), None)
    if two is None or len(every) == 2:
        return every
    for x in every:
        x.used = x.used or x not in two
    return two


def _spend_focus(s: Sentence) -> Focus | None:
    """ "are we up on last year": how the business does is what it takes."""
    value = s.world.spend()
    return Finder(s.spans, s.world).of_metric(value.metric) if value is not None and value.metric else None


def takings(s: Sentence) -> Focus | None:
    """ "did we sell more": the verb is the measure, and no word asks how much."""
    verb = next((x for x in s.spans if x.of(Verb) and x.of(Verb).act in ("sell", "spend") and not x.used), None)  # type: ignore[union-attr]
    value = s.world.spend()
    if verb is None or value is None or value.metric is None:
        return None
    verb.used = True
    return Finder(s.spans, s.world).of_metric(value.metric)


def _unit_of(span: Span | None) -> str | None:
    return next((u for u in ("month", "year", "quarter", "week", "day") if span is not None and u in span.text), None)
