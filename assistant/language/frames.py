"""The ways questions are put: shares, differences, comparisons, changes, correlations, concentration, lists, plain figures.

A frame looks at the spans, and either makes tool calls of them or passes. They are tried in the order of FRAMES; what is left
unread afterwards is for the caller to report.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from segue.assistant.language.clause import Atom, Clause, fold
from segue.assistant.language.focus import Finder, Focus, value_of
from segue.assistant.language.groups import Shape, Shaper
from segue.assistant.language.lexicon import Lexicon, column_kind, table_of
from segue.assistant.language.meanings import (
    Bound,
    Col,
    Ent,
    Every,
    Lab,
    Met,
    Num,
    Seg,
    Span,
    Tab,
    Time,
    Vague,
    Val,
    Verb,
)
from segue.assistant.language.tokens import stems
from segue.assistant.language.world import World, negated
from segue.tools.query.plan import (
    All,
    AnyOf,
    ColumnIs,
    Concentration,
    Condition,
    Correlation,
    Did,
    FindCustomers,
    Group,
    HasLabel,
    Having,
    InSegment,
    Measure,
    Not,
    Query,
    Rate,
    Ratio,
    Sort,
    TopShare,
    Value,
    ValueIs,
    Window,
    plain,
)
from segue.tools.semantic.schema import words

Plan = Query | FindCustomers


class Sentence:
    """A question's spans with everything that frames need."""

    def __init__(self, spans: list[Span], world: World, lexicon: Lexicon) -> None:
        self.spans, self.world, self.lexicon, self.model = spans, world, lexicon, world.model
        self.assumptions: list[str] = []

    def has(self, *categories: str) -> Span | None:
        """The first unused span of one of the categories."""
        return next((s for s in self.spans if not s.used and s.word(*categories)), None)

    def index(self, span: Span) -> int:
        """Where a span stands."""
        return next(i for i, s in enumerate(self.spans) if s is span)

    def clause(self, spans: list[Span], population: str, rows: bool = False, table: str | None = None) -> Clause:
        """Conditions read from some of the spans."""
        read = Clause(self.world, self.lexicon, population, rows, table).read(spans)
        self.assumptions += read.assumptions
        return read

    # --- pieces that several frames share ---------------------------------------------------------------------------

    def conditions(self, focus: Focus, query: dict[str, Any]) -> None:
        """Reads what is left as conditions and the window of a query about `focus`."""
        if focus.rows:
            self._relative(query)
        own = set(stems(words(focus.table))) if focus.table else set()
        for span in self.spans:  # "minutes in the app" of app usage: the word says which table, no condition
            if focus.rows and span.of(Val) and not span.of(Num) and set(stems(span.text)) - {"in", "the", "on", "at", "of"} <= own:
                span.used = True
        clause = self.clause(self.spans, focus.population, focus.rows, focus.table)
        where, customers = [], []
        for atom in clause.atoms:
            of_customer = (not focus.rows and focus.population == "customer") or (focus.rows and about_customer(atom.condition))
            (customers if of_customer else where).append(atom)
        _put(query, "customers", fold(customers))
        _put(query, "where", fold(where))
        if clause.windows:
            query["window"] = clause.windows[-1]

    def _relative(self, query: dict[str, Any]) -> None:
        """ "revenue of customers who bought shoes last month": the relative clause is about customers."""
        for k, span in enumerate(self.spans):
            entity = span.of(Ent)
            nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
            starts = (entity is not None and entity.name == "customer" and nxt is not None and (nxt.word("relative") or nxt.text in ("with", "without"))) or (
                span.word("who") and span.text in ("those who", "anyone who", "everyone who", "the ones", "ones", "people who"))
            if not starts:
                continue
            end = next((j for j in range(k + 1, len(self.spans)) if self.spans[j].word("stop") or self.spans[j].used and self.spans[j].word("by")), len(self.spans))
            condition = self.clause(self.spans[k + 1:end], "customer").tree()
            if condition is not None:
                span.used = True
                _put(query, "customers", condition)
            return

    def having(self, shape: Shape, focus: Focus) -> list[Having]:
        """ "just countries with ten or more customers", "skip anywhere with under 10": a bound on the groups."""
        if not shape.groups:
            return []
        out = []
        dims = {g.column for g in shape.groups}
        for span in self.spans:
            if any(c.ref in dims for c in span.every(Col)):
                span.used = True
        for k, span in enumerate(self.spans):
            bound = span.of(Bound)
            if bound is None or span.used or bound.unit in ("money", "percent", "times") or bound.op == "between":
                continue
            measure = self._having_measure(k, focus)
            if measure is None:
                continue
            span.used = True
            op = bound.op
            leaving_out = [s for s in self.spans[max(0, k - 5):k] if s.word("except")]
            if leaving_out:
                leaving_out[-1].used = True
                op = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}.get(op, op)
            out.append(Having(measure=measure, op=op, number=bound.value))  # type: ignore[arg-type]
        return out

    def _having_measure(self, k: int, focus: Focus) -> Measure | None:
        before = [s for s in self.spans[max(0, k - 5):k] if s.word("only", "except") or not s.word("det", "filler", "aux", "pronoun", "prep", "relative", "but")]
        about_groups = before and (before[-1].text in ("anywhere", "any", "those", "countries", "the ones") or before[-1].used or before[-1].word("only", "except"))
        for span in self.spans[k + 1:k + 3]:
            noun = span.of(Ent, Tab)
            if noun is not None and about_groups:
                span.used = True
                return Measure(count=noun.name)
            if not span.word("det", "filler", "prep", "distinct"):
                break
        if about_groups and isinstance(focus.measure, Measure) and (k + 1 >= len(self.spans) or not self.spans[k + 1].of(Col)):
            return focus.measure if focus.measure.count else Measure(count="customer") if not focus.rows else None
        return None

    def time_group(self, shape: Shape, focus: Focus) -> Group | None:
        """The timeline of a focus: by the time of its rows."""
        if shape.timeline is None:
            return None
        table = focus.table or self.world.orders_table
        when = self.world.time_of(table) if table else None
        when = self._order_time() or when or self.model.clock
        return Group(column=when, part=shape.timeline) if when else None


    def _order_time(self) -> str | None:
        """ "by quarter the order was placed": the order's own time."""
        text = " ".join(x.text for x in self.spans)
        if not re.search(r"\b(order|purchase) (was|is|were|are) (placed|made)|\border date\b|\bpurchase date\b|\bdate of (order|purchase)\b|\bthey (ordered|bought)\b", text) or not self.world.orders_table:
            return None
        for x in self.spans:
            x.used = x.used or bool(x.of(Ent) and x.of(Ent).name == "order") or x.text in ("placed", "order date", "purchase date", "was placed") or bool(x.of(Verb))  # type: ignore[union-attr]
        return self.world.time_of(self.world.orders_table)


def _put(query: dict[str, Any], key: str, condition: Condition | None) -> None:
    if condition is not None:
        query[key] = condition if query.get(key) is None else All(of=[query[key], condition])


def about_customer(condition: Condition) -> bool:
    """Whether a condition is about customers whatever the rows are: what they did, are labelled, belong to."""
    if isinstance(condition, (All, AnyOf)):
        return any(about_customer(c) for c in condition.of)
    if isinstance(condition, Not):
        return about_customer(condition.of)
    return isinstance(condition, (HasLabel, InSegment, TopShare)) or (isinstance(condition, (ValueIs, Did)) and condition.per == "customer")


# --- frames --------------------------------------------------------------------------------------------------------


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
        _use(s, "share", "comes_from", "how_much", "mean")
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
    _use(s, "share", "comes_from", "how_much")
    top = Measure(metric=value.metric, where=TopShare(value=value, number=number, per=entity.name))
    return Query(measures=[Ratio(top=top, bottom=Measure(metric=value.metric))])


def _use(s: Sentence, *categories: str) -> None:
    for span in s.spans:
        if span.word(*categories) and not span.of(Val, Col, Met, Ent, Lab, Time, Bound):
            span.used = True


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
        _value_list_groups(s, shape)
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
    _use(s, "how_much")
    shape = Shaper(s.spans, s.world).find()
    _value_list_groups(s, shape)
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
    _use(s, "comes_from", "how_much")
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
    return Query(measures=[rate], by=by, having=having, sort=_sort(shape, rate, s), limit=shape.limit, **extra)


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


def _value_list_groups(s: Sentence, shape: Shape) -> None:
    """ "In the UK, Germany and France, what share ...": values of one column listed for a rate are a grouping."""
    runs: dict[str, list[Val]] = {}
    for span in s.spans:
        value = span.of(Val)
        if value is not None and not span.used and value.test == "in":
            runs.setdefault(value.ref, []).append(value)
    listed = [(ref, vals) for ref, vals in runs.items() if len({v.values for v in vals}) >= 2]
    text = " ".join(x.text for x in s.spans)
    if len(listed) == 1 and not shape.groups and " or " not in f" {text} " and column_kind(s.model, listed[0][0]) == "kind":
        shape.groups.append(Group(column=listed[0][0]))


def difference(s: Sentence) -> Plan | None:
    """ "how much higher is churn for A than for B": two sides, first minus second."""
    text = " ".join(x.text for x in s.spans)
    than = next((i for i, x in enumerate(s.spans) if _is_than(x)), None)
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
    _use(s, "difference", "more", "fewer", "than", "count", "rest", "how_much", "more_than", "less_than")
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    _put(query, "customers" if not focus.rows and focus.population == "customer" else "where", only)
    return Query(measures=[focus.measure], by=[group], compare="difference", **query)


def _is_than(span: Span) -> bool:
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
        _use(s, "mean")
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
    more = any(x.word("more", "fewer") or _is_than(x) for x in s.spans)
    versus = any(x.word("compare") and x.text != "or" for x in s.spans)
    pair = " or " in text and (more or "better" in text or any(x.word("most", "best", "worst", "least") for x in s.spans))
    if not (more and any(_is_than(x) for x in s.spans)) and not versus and not pair:
        return None
    if any(x.word("period_before") or x.of(Time) and x.of(Time).shift for x in s.spans):  # type: ignore[union-attr]
        return None
    values = [x for x in s.spans if x.of(Val) and not x.used]
    ref = _shared_column(values)
    if ref is None:
        return _compare_column(s) or _compare_conditions(s)
    _use(s, "more", "fewer", "than", "most", "best", "least", "worst", "more_than", "less_than", "rate")
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
    if focus is None or (isinstance(focus.measure, Measure) and focus.measure.count == "order" and "bigger" in text):
        focus = _order_value(s) or focus
    if focus is None:
        return None
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    key = "customers" if not focus.rows and focus.population == "customer" and s.world.is_attribute(ref, "customer") else "where"
    _put(query, key, ColumnIs(column=ref, op="in", value=chosen))
    return Query(measures=[focus.measure], by=[Group(column=ref)], **query)


def _order_value(s: Sentence) -> Focus | None:
    if "average_order_value" not in s.model.metrics:
        return None
    _use(s, "mean")
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
    both = next((x for x in s.spans if " or " in x.text and any(column_kind(s.model, c.ref) in ("kind", "flag") for c in x.every(Col)) and not x.used), None)
    if both is None:
        return None
    both.used = True
    _use(s, "more", "fewer", "than", "most", "best", "least", "worst", "each")
    focus = _compared_focus(s)
    if focus is None:
        return None
    query: dict[str, Any] = {}
    s.conditions(focus, query)
    ref = next(c.ref for c in both.every(Col) if column_kind(s.model, c.ref) in ("kind", "flag"))
    return Query(measures=[focus.measure], by=[Group(column=ref)], **query)


def _compare_conditions(s: Sentence) -> Plan | None:
    """ "do customers with tech support leave less than those without"."""
    than = next((i for i, x in enumerate(s.spans) if _is_than(x) or x.word("compare") and x.text != "or"), None)
    if than is None:
        return None
    focus = _compared_focus(s)
    if focus is None:
        return None
    group = _condition_pair(s, than, focus)
    if group is None:
        return None
    _use(s, "more", "fewer", "than", "compare", "rest", "more_than", "less_than")
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
    _use(s, "grow", "compare", "period_before", "how_much", "share", "difference", "more", "fewer", "than")
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
    comparing = any(x.word("more", "fewer", "compare", "difference", "grow") and x.text != "or" or _is_than(x) for x in s.spans)
    if len(times) != 2 or not comparing or s.has("share"):
        return None
    for x in times:
        x.used = True
    _use(s, "more", "fewer", "than", "compare", "difference", "grow", "how_much", "more_than", "less_than")
    shape = Shaper(s.spans, s.world).find()
    counting = any(x.text in ("how many more", "how many fewer", "how much more", "how much less") for x in s.spans)
    focus = Finder(s.spans, s.world).find() or _takings(s) or (_spend_focus(s) if not any(x.of(Ent, Tab, Col, Met) for x in s.spans if not x.used) else None)
    if focus is None:
        return None
    query: dict[str, Any] = {}
    s.conditions(Focus(focus.measure, focus.population, True, focus.table), query)
    first, second = (x.of(Time).window for x in times)  # type: ignore[union-attr]
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


def _takings(s: Sentence) -> Focus | None:
    """ "did we sell more": the verb is the measure, and no word asks how much."""
    verb = next((x for x in s.spans if x.of(Verb) and x.of(Verb).act in ("sell", "spend") and not x.used), None)  # type: ignore[union-attr]
    value = s.world.spend()
    if verb is None or value is None or value.metric is None:
        return None
    verb.used = True
    return Finder(s.spans, s.world).of_metric(value.metric)


def _unit_of(span: Span | None) -> str | None:
    return next((u for u in ("month", "year", "quarter", "week", "day") if span is not None and u in span.text), None)


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
    _use(s, "most", "least", "best", "or")
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


def members(s: Sentence) -> Plan | None:
    """ "which customers ...", "who ...", "give me the accounts that ...": the customers themselves."""
    if any(x.word("count", "share", "how_much", "mean", "median") and not x.used and not x.of(Met, Col) for x in s.spans):
        return None
    first = next((x for x in s.spans if not x.used and x.word("list", "who", "what") or x.of(Ent)), None)
    noun = next((x for x in s.spans if x.of(Ent) and not x.used), None)
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
    condition, show = _window_to_value(condition, show)
    return FindCustomers(condition=condition, of=population, show=show, limit=shape.limit or (10 if ranked else None), ascending=shape.ranked == "bottom")


def _window_to_value(condition: Condition | None, show: list[Value]) -> tuple[Condition | None, list[Value]]:
    """ "top spenders last year": the window is the spending's, no condition of its own."""
    if show and isinstance(condition, Did) and condition.window is not None and condition.where is None:
        return None, [show[0].model_copy(update={"window": condition.window})]
    return condition, show


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
        _use(s, "distribution", "count")
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
        return _top_customers(s, shape, focus)
    counted = focus is None or (isinstance(focus.measure, Measure) and focus.measure.count == "customer")
    if counted and not shape.groups and not shape.timeline and any(x.word("what") for x in s.spans[:3]) and not any(x.word("count") for x in s.spans):
        _late_dimension(s, shape)
        if shape.groups:
            shape.ranked, shape.common = "top", True
    if focus is None:
        focus = _default_focus(s, shape)
    if focus is None:
        return None
    if shape.ranked and shape.limit and not shape.groups and not shape.timeline and isinstance(focus.measure, Measure) and value_of(focus.measure) and not focus.rows:
        return _top_customers(s, shape, focus)
    s.assumptions += focus.assumptions
    focus = _fit(s, focus, shape)
    measures = finder.all_measures(focus)
    having = s.having(shape, focus)
    query: dict[str, Any] = {}
    if _each(s) or isinstance(focus.measure, (Rate, Ratio)):
        _value_list_groups(s, shape)
    timeline = s.time_group(shape, focus)
    if timeline is None and shape.timeline is not None:
        return None
    read = Focus(focus.measure, focus.population, True, focus.table) if timeline is not None and focus.population == "customer" else focus
    s.conditions(read, query)
    by = [timeline, *shape.groups] if timeline else shape.groups
    moved = _leavers_over_time(s, focus, query, shape)
    if moved is not None:
        return moved
    sort = _sort(shape, measures[0], s, timeline is not None and not shape.ranked)
    if sort is not None and s.world.cancelled and query.get("where") == s.world.cancelled[1] and getattr(measures[0], "metric", None):
        sort = Sort(descending=not sort.descending)  # returns are negative: the most is the lowest figure
    return Query(measures=measures, by=by, having=having, sort=sort, limit=shape.limit, **query)


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
        return _order_value(s) or focus
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


def _sort(shape: Shape, measure: Any, s: Sentence, timeline: bool = False) -> Sort | None:
    if timeline or shape.ranked is None:
        return None
    descending = shape.ranked == "top"
    if shape.worst:
        descending = higher_is_worse(measure, s.model)
    return Sort(measure=0, descending=descending)


def higher_is_worse(measure: Any, model: Any) -> bool:
    """Whether much of it is bad: churn, complaints, lateness; "worst" then means highest."""
    if isinstance(measure, Rate):
        return not isinstance(measure.condition, Not)
    name = getattr(measure, "metric", None)
    if name is not None and name in model.metrics:
        return model.metrics[name].higher_is == "worse"
    return False


def _top_customers(s: Sentence, shape: Shape, focus: Focus | None) -> Plan | None:
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
    condition, show = _window_to_value(clause.tree(), [value])
    return FindCustomers(condition=condition, show=show, limit=shape.limit or 10, ascending=shape.ranked == "bottom")


FRAMES: tuple[Callable[[Sentence], Plan | None], ...] = (
    correlation, concentration, share, two_periods, difference, compare, change, rank_flags, new_customers, members, distribution, figures,
)

__all__ = ["FRAMES", "Every", "Plan", "Sentence", "about_customer", "plain"]
