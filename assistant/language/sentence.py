"""A question's spans with what every frame shares: reading conditions, bounds on groups, timelines."""

from __future__ import annotations

import re
from typing import Any

from segue.assistant.language.clause import Clause, fold
from segue.assistant.language.focus import Focus
from segue.assistant.language.groups import Shape
from segue.assistant.language.lexicon import Lexicon, column_kind
from segue.assistant.language.meanings import (
    Bound,
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
from segue.assistant.language.tokens import stems
from segue.assistant.language.world import World
from segue.tools.errors import QuestionError
from segue.tools.query.plan import (
    All,
    AnyOf,
    Condition,
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
    Sort,
    TopShare,
    ValueIs,
    Window,
)
from segue.tools.semantic.schema import words

Plan = Query | FindCustomers
"""What a frame makes."""


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
        put(query, "customers", fold(customers))
        put(query, "where", fold(where))
        if clause.windows:
            query["window"] = joined_windows(clause.windows)

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
                put(query, "customers", condition)
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


def put(query: dict[str, Any], key: str, condition: Condition | None) -> None:
    if condition is not None:
        query[key] = condition if query.get(key) is None else All(of=[query[key], condition])


def joined_windows(windows: list[Window]) -> Window:
    """One window of several: months that follow on are one stretch; else the last said counts."""
    first, last = windows[0], windows[-1]
    if len(windows) == 2 and first.end and last.start and first.start and last.end and (last.start - first.end).days == 1:
        return Window(start=first.start, end=last.end)
    if len(windows) > 1:
        raise QuestionError("Several separate periods are asked for at once.", "Ask for one period, or compare two.")
    return last


def about_customer(condition: Condition) -> bool:
    """Whether a condition is about customers whatever the rows are: what they did, are labelled, belong to."""
    if isinstance(condition, (All, AnyOf)):
        return any(about_customer(c) for c in condition.of)
    if isinstance(condition, Not):
        return about_customer(condition.of)
    return isinstance(condition, (HasLabel, InSegment, TopShare)) or (isinstance(condition, (ValueIs, Did)) and condition.per == "customer")


def use(s: Sentence, *categories: str) -> None:
    for span in s.spans:
        if span.word(*categories) and not span.of(Val, Col, Met, Ent, Lab, Time, Bound):
            span.used = True


def value_list_groups(s: Sentence, shape: Shape) -> None:
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


def ranking(shape: Shape, measure: Any, s: Sentence, timeline: bool = False) -> Sort | None:
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
