"""Questions for the customers themselves: who they are, the top ten, those who ..."""

from __future__ import annotations

from segue.assistant.language.focus import Finder, Focus, value_of
from segue.assistant.language.groups import Shape, Shaper
from segue.assistant.language.meanings import (
    Bound,
    Col,
    Ent,
    Lab,
    Met,
    Seg,
    Span,
    Vague,
    Val,
    Verb,
)
from segue.assistant.language.sentence import Plan, Sentence
from segue.tools.query.plan import (
    Condition,
    Did,
    FindCustomers,
    Rate,
    Value,
)


def members(s: Sentence) -> Plan | None:
    """ "which customers ...", "who ...", "give me the accounts that ...": the customers themselves."""
    if any(x.word("count", "share", "how_much", "mean", "median") and not x.used and not x.of(Met, Col) for x in s.spans):
        return None
    first = next((x for x in s.spans if not x.used and x.word("list", "who", "what") or x.of(Ent)), None)
    noun = next((x for x in s.spans if x.of(Ent) and not x.used and not (x.of(Verb) and x.text.endswith("ed"))), None)
    asked = first is not None and (first.word("who") or any(x.word("list") for x in s.spans[:6])) or any(x.word("who") for x in s.spans[:3])
    which = noun is not None and _which_noun(s, s.index(noun))
    holder = next((x for x in s.spans[:5] if x.of(Vague, Lab, Val, Seg) and not x.used), None)
    which = which or (noun is None and holder is not None and s.spans[0].word("what") and s.spans[0].text == "which")
    bare = noun is not None and noun.of(Ent).name == "customer" and s.index(noun) <= 2 and any(x.word("relative") or x.text in ("with", "without") or x.of(Verb, Val) for x in s.spans)  # type: ignore[union-attr]
    if not (asked or which or bare):
        return None
    population = noun.of(Ent).name if noun is not None and not first_is_who(first) else "customer"  # type: ignore[union-attr]
    if population == "order" and not which:
        return None
    shape = Shaper(s.spans, s.world).find()
    if shape.groups or shape.timeline:
        return None
    return _find(s, shape, population)


def _which_noun(s: Sentence, k: int) -> bool:
    """ "which customers", "which live accounts": nothing but what describes them stands between."""
    start = next((i for i, x in enumerate(s.spans[:k]) if x.text in ("which", "what")), None)
    return start is not None and all(x.word("filler", "det", "pronoun", "of_those", "prep") or x.of(Val, Lab, Vague, Seg) for x in s.spans[start + 1:k]) \
        and not any(x.of(Met) for x in s.spans[start + 1:k])


def first_is_who(first: Span | None) -> bool:
    """ "who got their order late": whoever else is named, people are asked for."""
    return first is not None and first.word("who")


def _find(s: Sentence, shape: Shape, population: str) -> Plan | None:
    for x in s.spans:
        entity = x.of(Ent)
        if entity is not None and entity.name == population and not x.of(Lab, Vague, Val):
            x.used = True
    ranked = shape.ranked is not None or shape.limit is not None
    show: list[Value] = []
    if ranked:
        focus = Finder(s.spans, s.world).find()
        value = value_of(focus.measure) if focus and not isinstance(focus.measure, Rate) else None
        if value is None or value.count == population:
            value = s.world.spend() or (Value(count="order") if "order" in s.model.entities else None)
        if value is None:
            return None
        show = [value if value.column is None or not s.world.is_attribute(value.column, population) else value.model_copy(update={"stat": "max"})]
    clause = s.clause(s.spans, population)
    if ranked and clause.windows and show:
        show = [show[0].model_copy(update={"window": clause.windows[-1]})]
    condition = clause.tree()
    if condition is None and not ranked:
        return None
    condition, show = window_to_value(condition, show)
    return FindCustomers(condition=condition, of=population, show=show, limit=shape.limit or (10 if ranked else None), ascending=shape.ranked == "bottom")


def window_to_value(condition: Condition | None, show: list[Value]) -> tuple[Condition | None, list[Value]]:
    """ "top spenders last year": the window is the spending's, no condition of its own."""
    if show and isinstance(condition, Did) and condition.window is not None and condition.where is None:
        return None, [show[0].model_copy(update={"window": condition.window})]
    return condition, show


def top_customers(s: Sentence, shape: Shape, focus: Focus | None) -> Plan | None:
    value = value_of(focus.measure) if focus else None
    if value is None or value.count == "customer":
        value = s.world.spend() or (Value(count="order") if "order" in s.model.entities else None)
    if value is None:
        return None
    if value.column is not None and s.world.is_attribute(value.column, "customer"):
        value = value.model_copy(update={"stat": "max"})
    for x in s.spans:
        x.used = x.used or (bool(x.of(Verb)) and x.of(Verb).act in ("spend", "buy", "sell") and not x.of(Bound))  # type: ignore[union-attr]
    clause = s.clause(s.spans, "customer")
    condition, show = window_to_value(clause.tree(), [value])
    return FindCustomers(condition=condition, show=show, limit=shape.limit or 10, ascending=shape.ranked == "bottom")
