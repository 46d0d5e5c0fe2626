"""Follow-ups: a question that edits the last plan, or asks something new about the same people."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from segue.assistant.language.clause import fold
from segue.assistant.language.dates import next_period, period_start, shifted
from segue.assistant.language.focus import Finder, Focus, value_of
from segue.assistant.language.frames import FRAMES
from segue.assistant.language.groups import Shape, Shaper
from segue.assistant.language.lexicon import Lexicon
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
from segue.assistant.language.sentence import Plan, Sentence, about_customer
from segue.assistant.language.turn import Call, Dialogue, PastTurn
from segue.assistant.language.world import World
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
    InSegment,
    Measure,
    Not,
    Query,
    Rate,
    Sort,
    ValueIs,
    Window,
    plain,
)
from segue.tools.segments.arguments import ExplainChange, Profile

Followed = tuple[Call, list[Span], list[str]]

_LEAD = re.compile(r"^\W*(and|but|now|only|just|what about|how about|same|ok(ay)?|so|then|also|instead|no[, ]|i meant|i mean|make (it|that)|again|with|without|excluding|except|leave|split|show (that|it|them|this)|break|by|for|in|top|of (those|them|these))\b", re.I)
_THEM = re.compile(r"\b(them|they|their|those|these|of that|that (lot|group|segment|list)|this (lot|group|segment|list)|such (people|customers)|the same (people|customers|ones|group))\b", re.I)
_RANK_ONLY = r"^\W*(who|which|what|where)('s| is| are|s|'re)?( (one|ones|of (those|them|these)))?( (is|are|has|have|had|does|do|did))?( the| it)? (worst|best|highest|lowest|top|bottom|biggest|largest|smallest|most|least|fewest|cheapest|\w{3,}est)\b.{0,12}$"
LEANS = re.compile(_RANK_ONLY + "|" + _LEAD.pattern + "|" + _THEM.pattern + r"|\b(that one|this one|the same|there)\b", re.I)
_WHY = re.compile(r"^\W*(and |but |so |ok )?(why|how come|what('s| is| was)? (behind|driving|the reason)|what explains)\b.{0,25}$", re.I)
_WHO = re.compile(r"^\W*(and |so |ok )?(who (are|is|were) (they|these|those|that)|list them|show (me )?(them|the list|the names)|give me (the list|them|the names)|names?( please)?|which (customers|ones|people)( are (they|those))?|can i (see|have) (them|the list))\b", re.I)


def follow(text: str, spans: list[Span], dialogue: Dialogue, world: World, lexicon: Lexicon) -> Followed | None:
    """The edited plan as a call, with the spans (read ones marked) and assumptions; None where the question stands by itself."""
    last = next((t for t in reversed(dialogue.turns) if t.calls and t.status == "answered"), None)
    if last is None:
        return None
    plan = _plan_of(last.calls[0])
    if _WHY.match(text):
        return _why(last, plan, spans, world)
    if plan is None:
        group = _group_of(last, world) if _WHO.match(text) else None
        return _done("find_customers", FindCustomers(condition=group), _all_read(spans)) if group is not None else None
    if _WHO.match(text):
        return _who(plan, last, spans, world)
    return Follower(text, spans, plan, last, world, lexicon).follow()


def _plan_of(call: Call) -> Plan | None:
    kinds: dict[str, type[BaseModel]] = {"query": Query, "find_customers": FindCustomers}
    kind = kinds.get(call.tool)
    return None if kind is None else kind.model_validate(call.arguments)  # type: ignore[return-value]


def _done(tool: str, plan: BaseModel, spans: list[Span], notes: list[str] | None = None) -> Followed:
    return Call(tool=tool, arguments=plain(plan)), spans, notes or []


def _all_read(spans: list[Span]) -> list[Span]:
    for span in spans:
        span.used = True
    return spans


def _why(last: PastTurn, plan: Plan | None, spans: list[Span], world: World) -> Followed | None:
    """Why: of a change or a figure in time, where it comes from; of a group, what sets it apart."""
    top = last.labels[0] if last.labels else (last.headline or {}).get("label")
    if isinstance(plan, FindCustomers):
        return _done("profile", Profile(condition=plan.condition), _all_read(spans)) if plan.condition else None
    if isinstance(plan, Query) and plan.measures and isinstance(plan.measures[0], Measure) and world.model.clock and (plan.window or plan.compare == "previous"):
        name = plan.measures[0].metric or plan.measures[0].count
        if name:
            where = plan.where
            return _done("explain_change", ExplainChange(metric=name, window=plan.window, where=where, customers=plan.customers), _all_read(spans))
    if isinstance(plan, Query) and plan.by and plan.by[0].column and top is not None and plan.by[0].part is None:
        return _done("profile", Profile(condition=ColumnIs(column=plan.by[0].column, op="=", value=top)), _all_read(spans))
    if last.calls and last.calls[0].tool == "churn_risk" and top is not None:
        by = (last.calls[0].arguments.get("by") or [world.model.main_scheme])[0]
        profile = Profile(condition=ColumnIs(column=by, op="=", value=top)) if by and "." in by else Profile(segment=str(top), scheme=by)
        return _done("profile", profile, _all_read(spans))
    condition = _population(plan, last)
    return _done("profile", Profile(condition=condition), _all_read(spans)) if condition is not None else None


def _group_of(last: PastTurn, world: World) -> Condition | None:
    """The group that a profile or a risk was about: the one described, or the one that came first."""
    call = last.calls[0]
    if call.tool == "profile":
        profile = Profile.model_validate(call.arguments)
        return profile.condition or InSegment(segment=profile.segment or "", scheme=profile.scheme or world.model.main_scheme)
    top = last.labels[0] if last.labels else None
    by = (call.arguments.get("by") or [world.model.main_scheme])[0] if call.tool == "churn_risk" else None
    if top is None or by is None:
        return None
    return ColumnIs(column=by, op="=", value=top) if "." in by else InSegment(segment=str(top), scheme=by)


def _who(plan: Plan, last: PastTurn, spans: list[Span], world: World) -> Followed | None:
    condition = _population(plan, last, world)
    if condition is None:
        return None
    return _done("find_customers", FindCustomers(condition=condition), _all_read(spans))


def _population(plan: Plan | None, last: PastTurn, world: World | None = None) -> Condition | None:
    """The customers that an answer was about, as a condition."""
    if isinstance(plan, FindCustomers):
        return InSegment(segment=last.segment) if plan.limit and last.segment else plan.condition
    if not isinstance(plan, Query):
        return InSegment(segment=last.segment) if last.segment else None
    parts = [c for c in (plan.customers,) if c is not None]
    measure = plan.measures[0]
    of_people = isinstance(measure, Rate) or (isinstance(measure, Measure) and measure.count == "customer")
    if world is not None and not of_people and (plan.window is not None or plan.where is not None) and world.sales_table:
        table = world.sales_table if plan.where is None or not isinstance(plan.where, ColumnIs) or world.reachable(world.sales_table, plan.where.column) else None
        if table is not None:  # "revenue of the North last quarter ... who are they?": those who bought there then
            return _and(_together(parts), Did(table=table, where=plan.where, window=plan.window))
    if isinstance(measure, Rate):
        parts += [c for c in (measure.among, measure.condition) if c is not None]
    if plan.where is not None:
        parts.append(plan.where)
    if of_people and plan.window is not None and world is not None and world.orders_table:
        parts.append(Did(table=world.orders_table, window=plan.window))
    return _together(parts)


def _together(parts: list[Condition]) -> Condition | None:
    return None if not parts else parts[0] if len(parts) == 1 else All(of=parts)


class Follower:
    """Edits one plan by one question."""

    def __init__(self, text: str, spans: list[Span], plan: Plan, last: PastTurn, world: World, lexicon: Lexicon) -> None:
        self.text, self.spans, self.plan, self.last, self.world, self.lexicon = text, spans, plan, last, world, lexicon
        self.lead = bool(_LEAD.match(text))
        self.them = bool(_THEM.search(text))

    def follow(self) -> Followed | None:
        """Tries: the same people, another measure, an edit of shape, conditions or window."""
        ranking = any(s.word("most", "least", "best", "worst") for s in self.spans)
        if ranking and (self.lead or self.them or len(self.spans) <= 6):
            found = self._rerank()
            if found is not None:
                return found
        if not ranking and self._that_one():
            found = self._same_people() or self._edit()
            if found is not None:
                return found
        if self.them:
            found = self._rerank() or self._same_people()
            if found is not None:
                return found
        has_focus = self._has_focus()
        if has_focus and not self.lead:
            return None
        if has_focus and self.lead and self._only_measure():
            return self._other_measure()
        if has_focus and self._complete():
            return None
        return self._edit()

    def _that_one(self) -> bool:
        """ "how much did that one take?": the row that came first joins the conditions."""
        if not re.search(r"\b(that one|this one|that (store|region|country|product|category|state|segment|plan|branch|one)|it|there)\b", self.text, re.I) or not isinstance(self.plan, Query):
            return False
        label = (self.last.headline or {}).get("label") or (self.last.labels[0] if self.last.labels else None)
        column = self.plan.by[0].column if self.plan.by and self.plan.by[0].part is None else None
        if label is None or column is None:
            return False
        only = ColumnIs(column=column, op="=", value=label)
        self.plan = Query(measures=self.plan.measures, where=_and(self.plan.where, only), customers=self.plan.customers, window=self.plan.window)
        return True

    def _has_focus(self) -> bool:
        finder = Finder(copy.deepcopy(self.spans), self.world)
        if any(s.word("count", "share", "how_much") and not s.of(Met) for s in self.spans):
            return True
        return finder._summary() is not None or finder._metric() is not None or any(self._asks_who(k, s) for k, s in enumerate(self.spans))

    def _asks_who(self, k: int, span: Span) -> bool:
        return k == 0 and span.word("what", "who") and any(s.of(Ent, Verb, Met) for s in self.spans)

    def _complete(self) -> bool:
        return any(s.of(Val, Lab, Time, Every, Seg, Verb) for s in self.spans)

    def _only_measure(self) -> bool:
        return not any(s.of(Val, Lab, Time, Every, Seg, Bound, Num) or s.word("by") and s.of(Col) for s in self.spans)

    # --- the same people ------------------------------------------------------------------------------------------------

    def _rerank(self) -> Followed | None:
        """ "which of those is lowest?": the same rows the other way up."""
        if not isinstance(self.plan, Query) or not self.plan.by:
            return None
        spans = copy.deepcopy(self.spans)
        shape = Shaper(spans, self.world).find()
        if shape.ranked is None or any(s.of(Val, Lab, Time, Met) and not s.used for s in spans):
            return None
        descending = shape.ranked == "top" if not shape.worst else True
        edited = self.plan.model_copy(update={"sort": Sort(measure=0, descending=descending), "limit": shape.limit or self.plan.limit})
        return _done("query", edited, _all_read(spans))

    def _same_people(self) -> Followed | None:
        """A new question whose population is the last answer's."""
        best: tuple[int, Followed] | None = None
        for frame in FRAMES:
            sentence = Sentence(copy.deepcopy(self.spans), self.world, self.lexicon)
            try:
                made = frame(sentence)
                merged = self._merged(made) if made is not None else None
            except (ValidationError, KeyError):
                continue
            if merged is None:
                continue
            left = sum(not s.used and (s.unknown or bool(s.of(Val, Lab, Num, Bound, Time, Met))) for s in sentence.spans)
            if best is None or left < best[0]:
                best = left, _done("find_customers" if isinstance(merged, FindCustomers) else "query", merged, sentence.spans, sentence.assumptions)
            if left == 0:
                break
        return best[1] if best else None

    def _counted_again(self, made: Query) -> Query:
        """ "how many of those were high?": no noun of its own counts what was counted before."""
        mine, theirs = made.measures[0], self.plan.measures[0] if isinstance(self.plan, Query) else None
        own_noun = any(s.of(Ent) and s.of(Ent).name == "customer" and s.text not in ("those", "they", "them") for s in self.spans)  # type: ignore[union-attr]
        if isinstance(mine, Measure) and mine.count == "customer" and isinstance(theirs, Measure) and self._counts_things(theirs) and not own_noun:
            conditions = _and(made.where, made.customers)
            return made.model_copy(update={"measures": [theirs], "where": conditions, "customers": None})
        return made

    def _counts_things(self, measure: Measure) -> bool:
        metric = self.world.model.metrics.get(measure.metric or "")
        return (measure.count or (metric.count if metric else None)) not in (None, "customer")

    def _merged(self, made: Plan) -> Plan | None:
        made = self._counted_again(made) if isinstance(made, Query) else made
        population = _population(self.plan, self.last)
        if isinstance(made, FindCustomers):
            return made.model_copy(update={"condition": _and(population, made.condition)})
        update: dict[str, Any] = {}
        if isinstance(self.plan, Query) and not self._counts_customers(self.plan) and self.plan.where is not None:
            update["where"] = _and(self.plan.where, made.where)
            update["customers"] = _and(self.plan.customers, made.customers)
        else:
            update["customers"] = _and(population, made.customers)
        if isinstance(self.plan, Query) and self.plan.window is not None and made.window is None:
            if self._counts_customers(self.plan):
                table = self.world.orders_table
                update["customers"] = _and(Did(table=table, window=self.plan.window), update["customers"]) if table else update["customers"]
            else:
                update["window"] = self.plan.window
        return made.model_copy(update=update)

    def _counts_customers(self, plan: Query) -> bool:
        measure = plan.measures[0]
        return (isinstance(measure, Measure) and measure.count == "customer") or (isinstance(measure, Rate) and measure.of == "customer")

    # --- edits ------------------------------------------------------------------------------------------------------

    def _other_measure(self) -> Followed | None:
        finder = Finder(self.spans, self.world)
        focus = finder.find()
        if focus is None:
            return None
        self._instead_words()
        if isinstance(self.plan, FindCustomers):
            value = value_of(focus.measure)
            return _done("find_customers", self.plan.model_copy(update={"show": [value]}), self.spans) if value else None
        edited = self.plan.model_copy(update={"measures": [focus.measure], "sort": self.plan.sort, "compare": self.plan.compare})
        if isinstance(focus.measure, (Correlation, Concentration)):
            return None
        return _done("query", self._retimed(edited, focus), self.spans, focus.assumptions)

    def _retimed(self, query: Query, focus: Focus) -> Query:
        """Timelines move to the new measure's own time."""
        when = self.world.time_of(focus.table) if focus.table else None
        by = [g.model_copy(update={"column": when}) if g.part and g.column and when and self._is_time(g.column) else g for g in query.by]
        return query.model_copy(update={"by": by})

    def _is_time(self, ref: str) -> bool:
        return any(self.world.time_of(t) == ref for t in self.world.model.tables)

    def _instead_words(self) -> None:
        for span in self.spans:
            if span.word("instead", "follow", "grow", "compare"):
                span.used = True

    def _edit(self) -> Followed | None:
        shape = Shaper(self.spans, self.world).find()
        self._instead_words()
        if isinstance(self.plan, FindCustomers):
            return self._edit_find(shape)
        return self._edit_query(self.plan, shape)

    def _edit_find(self, shape: Shape) -> Followed | None:
        assert isinstance(self.plan, FindCustomers)
        update: dict[str, Any] = {}
        if shape.limit:
            update["limit"] = shape.limit
        sentence = Sentence(self.spans, self.world, self.lexicon)
        clause = sentence.clause(self.spans, self.plan.of)
        condition = self.plan.condition
        for window in clause.windows:
            condition = replace_windows(condition, lambda w, new=window: new)
        update["condition"] = narrowed(condition, [a.condition if not a.negative else Not(of=a.condition) for a in clause.atoms])
        if update["condition"] == self.plan.condition and "limit" not in update:
            return None
        return _done("find_customers", self.plan.model_copy(update=update), self.spans)

    def _edit_query(self, plan: Query, shape: Shape) -> Followed | None:
        update: dict[str, Any] = {}
        focus = self._focus_of(plan)
        sentence = Sentence(self.spans, self.world, self.lexicon)
        timeline = sentence.time_group(shape, focus)
        if shape.groups or timeline:
            update["by"] = ([timeline] if timeline else []) + shape.groups
            update["compare"] = None
        if shape.limit:
            update["limit"] = shape.limit
        if shape.ranked and not shape.limit:
            update["sort"] = Sort(measure=0, descending=shape.ranked == "top" or shape.worst)
        plan = self._window_edit(plan, update)
        self._condition_edit(plan, update, sentence)
        if not update and plan is self.plan:
            return None
        return _done("query", plan.model_copy(update=update), self.spans)

    def _window_edit(self, plan: Query, update: dict[str, Any]) -> Query:
        for span in self.spans:
            time = span.of(Time)
            if time is None or span.used:
                continue
            span.used = True
            if time.shift and re.search(r"\b(compare|compared|versus|vs|against|change|changed|up or down|up on|down on)\b", self.text, re.I):
                update["compare"] = "previous"
                if plan.window is None:
                    update["window"] = Window(calendar=time.period or "month", offset=-1)
                continue
            shift = (lambda w, t=time: moved(w, t.period)) if time.shift else None
            new = time.window
            if plan.window is not None:
                update["window"] = shift(plan.window) if shift else new
            elif has_window(plan.customers):
                plan = plan.model_copy(update={"customers": replace_windows(plan.customers, shift or (lambda w, n=new: n))})
            elif new is not None:
                timed = with_window(plan.customers, new)
                if self._counts_customers(plan) and not plan.by and timed != plan.customers:
                    update["customers"] = timed
                elif self._counts_customers(plan) and self.world.orders_table and not plan.by:
                    update["customers"] = _and(plan.customers, Did(table=self.world.orders_table, window=new))
                else:
                    update["window"] = new
        return plan

    def _condition_edit(self, plan: Query, update: dict[str, Any], sentence: Sentence) -> None:
        focus = self._focus_of(plan)
        clause = sentence.clause(self.spans, focus.population, rows=focus.rows)
        where: list[Condition] = []
        customers: list[Condition] = []
        for atom in clause.atoms:
            condition = Not(of=atom.condition) if atom.negative else atom.condition
            of_customer = (not focus.rows and focus.population == "customer") or (focus.rows and about_customer(condition))
            (customers if of_customer else where).append(condition)
        if where:
            update["where"] = narrowed(update.get("where", plan.where), where)
        if customers:
            update["customers"] = narrowed(update.get("customers", plan.customers), customers)

    def _focus_of(self, plan: Query) -> Focus:
        """How the last plan's measure reads its conditions."""
        measure = plan.measures[0]
        finder = Finder([], self.world)
        if isinstance(measure, Rate):
            return Focus(measure, measure.of, measure.of not in self.world.model.entities, self.world.orders_table)
        if isinstance(measure, Measure) and measure.metric:
            return finder.of_metric(measure.metric)
        if isinstance(measure, Measure) and measure.count in self.world.model.entities:
            focus = finder._count_of(measure.count or "customer")
            return Focus(focus.measure, focus.population, bool(plan.by and plan.by[0].part) or bool(plan.window), focus.table)
        if isinstance(measure, Measure) and measure.column:
            return finder.of_column(measure.column, measure.stat)
        table = measure.count if isinstance(measure, Measure) else self.world.sales_table
        return Focus(measure, rows=True, table=table)


def _and(a: Condition | None, b: Condition | None) -> Condition | None:
    parts = [c for c in (a, b) if c is not None]
    return None if not parts else parts[0] if len(parts) == 1 else All(of=parts)


def narrowed(condition: Condition | None, new: list[Condition]) -> Condition | None:
    """The condition with new ones added; a new value of the same column takes the old one's place."""
    parts: list[Condition] = [] if condition is None else list(condition.of) if isinstance(condition, All) else [condition]
    for one in new:
        if isinstance(one, ColumnIs) and one.op in ("in", "=", "yes", "no"):
            parts = [p for p in parts if not (isinstance(p, ColumnIs) and p.column == one.column and p.op in ("in", "=", "yes", "no"))]
        parts.append(one)
    return None if not parts else parts[0] if len(parts) == 1 else All(of=parts)


def has_window(condition: Condition | None) -> bool:
    """Whether a window stands anywhere in the condition."""
    if isinstance(condition, (All, AnyOf)):
        return any(has_window(c) for c in condition.of)
    if isinstance(condition, Not):
        return has_window(condition.of)
    if isinstance(condition, Did):
        return condition.window is not None
    return isinstance(condition, ValueIs) and condition.value.window is not None


def with_window(condition: Condition | None, window: Window) -> Condition | None:
    """The condition with the window on every deed that has none."""
    if isinstance(condition, (All, AnyOf)):
        return type(condition)(of=[with_window(c, window) for c in condition.of])  # type: ignore[misc]
    if isinstance(condition, Not):
        inner = with_window(condition.of, window)
        return Not(of=inner) if inner is not None else None
    if isinstance(condition, Did) and condition.window is None:
        return condition.model_copy(update={"window": window})
    if isinstance(condition, ValueIs) and condition.value.window is None and condition.value.column is None:
        return condition.model_copy(update={"value": condition.value.model_copy(update={"window": window})})
    return condition


def replace_windows(condition: Condition | None, change: Callable[[Window], Window | None]) -> Condition | None:
    """The condition with every window changed."""
    if isinstance(condition, (All, AnyOf)):
        return type(condition)(of=[replace_windows(c, change) for c in condition.of])  # type: ignore[misc]
    if isinstance(condition, Not):
        inner = replace_windows(condition.of, change)
        return Not(of=inner) if inner is not None else None
    if isinstance(condition, Did) and condition.window is not None:
        return condition.model_copy(update={"window": change(condition.window)})
    if isinstance(condition, ValueIs) and condition.value.window is not None:
        return condition.model_copy(update={"value": condition.value.model_copy(update={"window": change(condition.value.window)})})
    return condition


def moved(window: Window, period: str | None) -> Window:
    """The window one period earlier: the month before it, the year before it, or its own length before."""
    if window.calendar is not None and period in (None, window.calendar):
        return window.model_copy(update={"offset": window.offset - 1})
    if window.start and window.end:
        return _moved_days(window.start, window.end, period)
    return window.model_copy(update={"before": window.before + 1})


def _moved_days(start: dt.date, end: dt.date, period: str | None) -> Window:
    if period is None:
        length = end - start + dt.timedelta(days=1)
        return Window(start=start - length, end=start - dt.timedelta(days=1))
    if period_start(start, period) == start and next_period(start, period) == end + dt.timedelta(days=1):
        before = period_start(start - dt.timedelta(days=1), period)
        return Window(start=before, end=start - dt.timedelta(days=1))
    unit = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters", "year": "years"}[period]
    return Window(start=shifted(start, -1, unit), end=shifted(end, -1, unit))


__all__ = ["Group", "Tab", "Vague", "fold", "follow"]
