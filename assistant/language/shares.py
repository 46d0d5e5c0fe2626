"""Shares: of a population ("what share of customers left"), of money ("what % comes through card"), held by the top few."""

from __future__ import annotations

from typing import Any

from segue.assistant.language.clause import Atom, fold
from segue.assistant.language.focus import Finder, Focus, value_of
from segue.assistant.language.groups import Shape, Shaper
from segue.assistant.language.lexicon import column_kind, table_of
from segue.assistant.language.meanings import (
    Col,
    Ent,
    Lab,
    Met,
    Num,
    Span,
    Tab,
    Time,
    Val,
    Verb,
)
from segue.assistant.language.sentence import Plan, Sentence, ranking, use, value_list_groups
from segue.tools.query.plan import (
    All,
    ColumnIs,
    Concentration,
    Condition,
    HasLabel,
    Measure,
    Query,
    Rate,
    Ratio,
    TopShare,
    Value,
)


def concentration(s: Sentence) -> Plan | None:
    """ "what slice of revenue comes from the top 10% of customers"."""
    if not s.has("share", "how_much"):
        return None
    for k, span in enumerate(s.spans):
        number = span.of(Num)
        ranked = k and s.spans[k - 1].word("most", "best") or k + 1 < len(s.spans) and s.spans[k + 1].word("most", "best")
        if number is not None and number.unit is None and ranked and number.value >= 2:
            return _held_by(s, k, int(number.value))
        if number is None or number.unit != "percent" or k == 0 or not s.spans[k - 1].word("most", "best"):
            continue
        entity = next((x.of(Ent) for x in s.spans[k + 1:k + 5] if x.of(Ent)), None)
        for x in [span, s.spans[k - 1], *(y for y in s.spans[k + 1:k + 5] if y.of(Ent))]:
            x.used = True
        use(s, "share", "comes_from", "how_much", "mean")
        focus = Finder(s.spans, s.world).find()
        value = value_of(focus.measure) if focus else None
        if value is None or value.count == "customer":
            value = s.world.spend()
        if value is None:
            return None
        query: dict[str, Any] = {}
        s.conditions(focus or Focus(Measure(metric="revenue"), rows=True), query)
        return Query(measures=[Concentration(value=value, per=entity.name if entity else "customer", share=number.value)], **query)
    return None


def _held_by(s: Sentence, k: int, number: int) -> Plan | None:
    """ "how much of our revenue depends on the ten largest customers"."""
    near = s.spans[max(0, k - 1):k + 4]
    entity = next((x.of(Ent) for x in near if x.of(Ent)), None)
    value = s.world.spend()
    if entity is None or value is None or value.metric is None:
        return None
    for x in near:
        x.used = x.used or bool(x.of(Ent, Num)) or x.word("most", "best")
    for x in s.spans:
        x.used = x.used or x.text in ("depend", "depends", "depends on", "depend on", "rely", "relies", "rests") or bool(x.of(Met, Verb))
    use(s, "share", "comes_from", "how_much")
    top = Measure(metric=value.metric, where=TopShare(value=value, number=number, per=entity.name))
    return Query(measures=[Ratio(top=top, bottom=Measure(metric=value.metric))])


def flag_rate(s: Sentence) -> Plan | None:
    """ "cancellation rate by deposit type": the share of rows that are so."""
    for k, span in enumerate(s.spans[:-1]):
        value, flag = span.of(Val), next((c.ref for c in span.every(Col) if column_kind(s.model, c.ref) == "flag"), None)
        if not s.spans[k + 1].word("rate") or s.spans[k + 1].text not in ("rate", "rates") or span.of(Lab, Met) or span.used or (value is None and flag is None):
            continue
        ref = flag or (value.ref if value else "")
        if value is not None and value.test == "cancelled":
            return None
        condition = ColumnIs(column=ref, op="yes") if flag else ColumnIs(column=ref, op="in", value=list(value.values))  # type: ignore[union-attr]
        span.used = s.spans[k + 1].used = True
        table = table_of(ref)
        of = "customer" if s.world.is_attribute(ref, "customer") else "order" if "order" in s.model.entities and s.world.is_attribute(ref, "order") else table
        shape = Shaper(s.spans, s.world).find()
        focus = Focus(Measure(count=of), of if of in s.model.entities else "customer", of not in s.model.entities, table)
        rate = Rate(of=of, condition=condition)
        timeline = s.time_group(shape, focus)
        query: dict[str, Any] = {}
        s.conditions(focus, query)
        return Query(measures=[rate], by=[timeline, *shape.groups] if timeline else shape.groups, sort=ranking(shape, rate, s), limit=shape.limit, **query)
    return None


def share(s: Sentence) -> Plan | None:
    """ "what share of POPULATION is CONDITION", "what % of REVENUE comes through CONDITION", "X as a share of Y"."""
    asked = s.has("share")
    if asked is None and not _likely(s):
        if not (s.has("how_much") and s.has("comes_from") and any(x.of(Met) for x in s.spans)):
            return None
        asked = s.has("how_much")
    asked = asked or s.has("rate")
    assert asked is not None
    k = s.index(asked)
    ratio = _ratio(s, k)
    if ratio is not None:
        return ratio
    shaper = Shaper(s.spans, s.world)
    asked.used = True
    shape = shaper.find()
    if not shape.groups:
        value_list_groups(s, shape)
    money = next((x for x in s.spans[k:k + 5] if _is_money(x, s)), None)
    if money is not None and any(x.of(Ent, Tab) for x in s.spans[k + 1:s.index(money)]):
        money = None
    verb = next((x for x in s.spans[k:k + 5] if x.of(Verb) and x.of(Verb).act == "spend" and not x.used), None)  # type: ignore[union-attr]
    if money is None and verb is not None and not any(x.of(Ent, Tab) for x in s.spans[k:s.index(verb)]):
        money = verb
    if money is not None and s.index(money) - k <= 4:
        return _money_share(s, money, shape)
    return _population_share(s, k, shape)


def _is_money(span: Span, s: Sentence) -> bool:
    if span.used:
        return False
    metric = span.of(Met)
    return metric is not None and s.model.metrics[metric.name].unit == "money" or any(s.world.summed(c.ref) for c in span.every(Col))


def _likely(s: Sentence) -> bool:
    return s.has("rate") is not None and s.has("rate").text in ("likelihood", "odds", "chance", "chances", "probability", "how likely")  # type: ignore[union-attr]


def _ratio(s: Sentence, k: int) -> Plan | None:
    """ "freight as a share of the goods' price"."""
    if not s.spans[k].text.startswith(("as a", "as the")) and not (s.spans[k].text.startswith("share") and k and s.spans[k - 1].text in ("a", "as a")):
        return None
    left = next((x for x in reversed(s.spans[:k]) if _money_value(x, s)), None)
    right = next((x for x in s.spans[k + 1:] if _money_value(x, s)), None)
    if left is None or right is None:
        return None
    top, bottom = _money_value(left, s), _money_value(right, s)
    assert top is not None and bottom is not None
    if top == bottom:
        return None
    for x in (left, right, s.spans[k]):
        x.used = True
    use(s, "how_much")
    shape = Shaper(s.spans, s.world).find()
    value_list_groups(s, shape)
    query: dict[str, Any] = {}
    focus = Focus(top, rows=True)
    s.conditions(focus, query)
    return Query(measures=[Ratio(top=top, bottom=bottom)], by=shape.groups, **query)


def _money_value(span: Span, s: Sentence) -> Measure | None:
    if span.used:
        return None
    column = next((c for c in span.every(Col) if column_kind(s.model, c.ref) == "number"), None)
    metric = span.of(Met)
    if metric is not None:
        return Measure(metric=metric.name)
    return Measure(column=column.ref, stat="sum") if column else None


def _money_share(s: Sentence, money: Span, shape: Shape) -> Plan | None:
    money.used = True
    metric = money.of(Met)
    summed = next((m for c in money.every(Col) if (m := s.world.summed(c.ref))), None)
    value = Value(metric=metric.name) if metric else Value(metric=summed) if summed else s.world.spend()
    if value is None or value.column is not None:
        return None
    use(s, "comes_from", "how_much")
    finder = Finder(s.spans, s.world)
    focus = finder.of_metric(value.metric or "")
    unknown = _unknown_customer(s)
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    condition = query.pop("where", None)
    customers = query.pop("customers", None)
    if unknown is not None:
        condition = unknown if condition is None else All(of=[condition, unknown])
    if condition is None and customers is None:
        if not shape.groups:
            return None
        return Query(measures=[Measure(metric=value.metric, share="total")], by=shape.groups, **query)
    if customers is not None:
        condition = customers if condition is None else All(of=[condition, customers])
    value = _nearer_metric(value, condition, s)
    return Query(measures=[Ratio(top=Measure(metric=value.metric, where=condition), bottom=Measure(metric=value.metric))], by=shape.groups, **query)


def _nearer_metric(value: Value, condition: Condition | None, s: Sentence) -> Value:
    """Money told apart by how it was paid is the money paid: the metric of the table that the condition is about."""
    if not isinstance(condition, ColumnIs) or value.metric is None:
        return value
    table = table_of(condition.column)
    own = next((n for n, m in s.model.metrics.items() if m.of and m.stat == "sum" and m.unit == "money" and table_of(m.of) == table), None)
    home = s.model.metrics[value.metric].of
    return Value(metric=own) if own and home and not s.world.reachable(table_of(home), condition.column) else value


def _unknown_customer(s: Sentence) -> Condition | None:
    """ "can't pin on a known customer", "anonymous", "without a customer": rows with no customer key."""
    text = " ".join(x.text for x in s.spans)
    if not any(w in text for w in ("known customer", "identified customer", "anonymous", "unidentified", "unknown customer", "no customer", "without a customer", "guest checkout", "not linked", "not attributed")):
        return None
    for span in s.spans:
        if span.unknown or span.word("not", "filler", "det") or span.of(Ent, Verb) or span.text in ("known", "anonymous", "pin", "identified"):
            span.used = True
    table = s.world.sales_table
    key = next((c for c, about in s.model.tables[table].columns.items() if about.role == "customer"), None) if table else None
    return ColumnIs(column=f"{table}.{key}", op="missing") if key else None


def _population_share(s: Sentence, k: int, shape: Shape) -> Plan | None:
    """Splits at the verb: before it whom, after it what holds for them; "of those who left, what share ..." puts whom first."""
    population, noun = _share_noun(s, k)
    before = s.spans[:k]
    rows = population not in s.model.entities
    among: list[Atom] = []
    if any(x.word("of_those") or x.of(Lab, Val) or x.word("who") for x in before if not x.used) and _ahead(before):
        among += s.clause(before, population if not rows else "customer").atoms
    start = s.index(noun) if noun is not None else k
    if noun is not None:
        noun.used = True
    split_at = next((j for j in range(start + 1, len(s.spans)) if _splits(s, j)), len(s.spans))
    before_noun = s.clause(s.spans[k + 1:start], population, rows)
    head = s.clause(s.spans[start:split_at], population, rows)
    tail = s.clause(s.spans[split_at:], population, rows)
    relative = split_at < len(s.spans) and s.spans[split_at].word("relative") and not s.spans[split_at].word("aux")
    if relative and len(tail.atoms) > 1 and isinstance(tail.atoms[0].condition, HasLabel):
        head.atoms.append(tail.atoms.pop(0))  # "accounts that left blamed pricing": the relative clause says whom
    condition_atoms = tail.atoms or head.atoms
    among += before_noun.atoms + (head.atoms if tail.atoms else [])
    if not condition_atoms and not shape.groups:
        condition_atoms, among = among, []
    labels = [a for a in among if isinstance(a.condition, HasLabel)]
    said = [a.condition for a in condition_atoms]
    among = [a for a in among if a.condition not in said]
    if not condition_atoms and shape.groups and labels and shape.ranked:
        condition_atoms, among = labels, [a for a in among if a not in labels]
    condition_atoms, moved = _places_apart(condition_atoms, among)
    among += moved
    windows = [*before_noun.windows, *head.windows, *tail.windows]
    extra: dict[str, Any] = {"window": windows[-1]} if windows else {}
    if not condition_atoms:
        if not shape.groups:
            return None
        measure = Measure(count=population, share="total")
        key = "customers" if population == "customer" else "where"
        if among:
            extra[key] = fold(among)
        return Query(measures=[measure], by=shape.groups, **extra)
    having = s.having(shape, Focus(Measure(count=population)))
    rate = Rate(of=population, condition=fold(condition_atoms), among=fold(among))  # type: ignore[arg-type]
    timeline = s.time_group(shape, Focus(Measure(count=population), table=s.world.orders_table))
    by = [timeline, *shape.groups] if timeline else shape.groups
    return Query(measures=[rate], by=by, having=having, sort=ranking(shape, rate, s), limit=shape.limit, **extra)


def _ahead(before: list[Span]) -> bool:
    return any(x.of(Lab, Val, Col, Verb) for x in before)


def _splits(s: Sentence, j: int) -> bool:
    span = s.spans[j]
    if span.used:
        return False
    if span.of(Val, Col, Ent, Met, Time) and not span.of(Verb):
        return False
    return span.word("aux", "relative", "comes_from") or bool(span.of(Verb, Lab)) or span.text in ("end up", "ended up", "turn out", "turned up", "with", "without", "in", "on", "who", "that")


def _share_noun(s: Sentence, k: int) -> tuple[str, Span | None]:
    for span in s.spans[k + 1:k + 7]:
        entity, table = span.of(Ent), span.of(Tab)
        if entity is not None and not span.used:
            return entity.name, span
        if table is not None and not span.used:
            return table.name, span
        if span.of(Verb) and not span.of(Ent):
            break
    for span in s.spans[:k]:
        entity = span.of(Ent)
        if entity is not None:
            return entity.name, span
    return "customer", None


def _places_apart(atoms: list[Atom], among: list[Atom]) -> tuple[list[Atom], list[Atom]]:
    """ "churned in the UK": with a label or a deed as the condition, places and kinds named after a preposition are whom it is about."""
    predicates = [a for a in atoms if not a.preposition]
    if predicates and len(predicates) < len(atoms) and any(not isinstance(a.condition, ColumnIs) for a in predicates):
        return predicates, [a for a in atoms if a.preposition]
    return atoms, []
