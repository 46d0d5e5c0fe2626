"""Conditions from words: "still with us, on fibre, paying over 90 a month", "bought X or Y but never Z", "five or more orders".

A Clause reads spans from left to right with a little state: a pending negation, an open event (bought ... in May), a quantity
that waits for its number. What it understood is a list of Atoms; `tree` folds them into one condition. "or" binds more tightly
than "and" and "but": people say "tv or films but no backup".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from segue.assistant.language.bands import band_range, bands_within
from segue.assistant.language.lexicon import Lexicon, column_kind, load_words, table_of
from segue.assistant.language.meanings import (
    Bound,
    Col,
    DatePart,
    Dur,
    Ent,
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
from segue.assistant.language.vague import vague_condition
from segue.assistant.language.world import World, negated
from segue.tools.query.plan import (
    All,
    AnyOf,
    ColumnIs,
    Condition,
    Did,
    HasLabel,
    InSegment,
    Not,
    TopShare,
    Value,
    ValueIs,
    Window,
)
from segue.tools.semantic.schema import words


@dataclass
class Atom:
    """One condition and how it is joined to the one before. `ref`: the column whose values it lists, so that lists can grow."""

    condition: Condition
    joined: str = "and"
    ref: str | None = None
    negative: bool = False
    preposition: bool = False


@dataclass
class Event:
    """An event being described: its table, what its rows must be, when, how often or how much."""

    table: str
    act: str = "did"
    joined: str = "and"
    negative: bool = False
    objects: list[Atom] = field(default_factory=list)
    window: Window | None = None
    bound: Bound | None = None
    money: bool = False
    only: bool = False
    counted: Value | None = None


@dataclass
class Clause:
    """Reads conditions on a population. `rows`: on the rows that a figure is made of (then events are no conditions)."""

    world: World
    lexicon: Lexicon
    population: str = "customer"
    rows: bool = False
    table: str | None = None
    atoms: list[Atom] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    event: Event | None = None
    negative: bool = False
    joined: str = "and"
    pending: Col | Value | None = None
    only: bool = False
    order_word: str | None = None  # "first" or "last", waiting for a purchase
    preposition: bool = False
    unsaid: Span | None = None  # the negation read last
    broken: bool = False  # a comma or "and" came after the open event's last piece
    aside: bool = False  # in parentheses: "beauty stuff (health & beauty or perfumery)" says the same once more, exactly
    closed: Event | None = None  # the event closed last: "but nothing in the past 60 days" is about it

    def read(self, spans: list[Span]) -> Clause:
        """Takes in the unused spans, marking what it understood as used."""
        self.spans = spans
        for k, span in enumerate(spans):
            if not span.used:
                self._take(k, span)
        self._close()
        if self.negative and self.unsaid is not None:
            self.unsaid.used = False  # a negation that nothing took: the question isn't understood
        return self

    def tree(self) -> Condition | None:
        """Everything read as one condition; None where there was none."""
        return fold(self.atoms)

    # --- one span ---------------------------------------------------------------------------------------------------

    def _take(self, k: int, span: Span) -> None:
        if self._connector(k, span) or self._negation(k, span):
            return
        for reader in (self._born, self._label, self._numbered, self._blank, self._number, self._duration, self._value, self._segment, self._vague, self._date_part,
                       self._time, self._verb, self._noun, self._column):
            if reader(k, span):
                span.used = True
                self.preposition = False
                return
        if span.word("prep"):
            self.preposition = True

    def _connector(self, k: int, span: Span) -> bool:
        if span.text in ("(", ")"):
            self.aside = span.text == "("
            return True
        if span.word("comma", "dash", "stop"):
            self.broken = True
            self.joined = self._list_joiner(k)
            if self.joined == "and" and not self._list_goes_on(k):
                self.negative = False
            return True
        if span.of(Bound, Time, Val, Col):
            return False
        if span.word("but"):
            self._close()
            self.joined, self.negative, self.pending = "but", False, None
            return True
        if span.text in ("or", "either", "and or"):
            self.joined = "or" if span.text != "either" else self.joined
            span.used = True
            return True
        if span.word("and") and not span.of(Verb, Ent):
            self.broken = True
            self.joined = "and"
            if self.negative and not self._same_column_follows(k):
                self.negative = False
            span.used = True
            return True
        return False

    def _list_joiner(self, k: int) -> str:
        """What a comma stands for: the "and" or "or" that ends its list."""
        for span in self.spans[k + 1:]:
            if span.text == "or":
                return "or"
            if span.word("and", "but", "stop"):
                return "and"
            if not (span.of(Val) or span.word("comma", "det", "filler", "prep", "not", "pronoun")):
                return "and"
        return "and"

    def _list_goes_on(self, k: int) -> bool:
        return any(s.of(Val) for s in self.spans[k + 1:k + 3])

    def _same_column_follows(self, k: int) -> bool:
        last = self.atoms[-1].ref if self.atoms else None
        for span in self.spans[k + 1:k + 4]:
            value = span.of(Val)
            if value:
                return value.ref == last
            if not span.word("det", "filler", "prep", "pronoun"):
                return False
        return False

    def _negation(self, k: int, span: Span) -> bool:
        if span.of(Val, Lab, Time, Bound):
            return False
        if span.of(Verb) and span.of(Verb).act == "ignore" and self.world.received is not None:  # type: ignore[union-attr]
            return False
        if span.word("not", "except") and not (span.word("only") and not span.word("except")):
            self.unsaid = span
            if span.text in ("nor", "neither"):
                self.negative = True
            elif span.text == "not" and self._next_is_only(k):
                return True
            else:
                self.negative = not (self.negative and span.text == "not") or True
            if span.text in ("nothing", "none", "not a single", "nor any", "nobody", "not any") and (self.event or self.closed) is not None:
                self._again(negative=True)
                self.negative = False
            span.used = True
            return True
        if span.word("only"):
            self.only = True
            span.used = True
            return True
        if span.word("first", "new") or span.word("last"):
            nxt = self._next(k)
            if nxt is not None and (nxt.of(Verb) or nxt.of(Ent, Tab, Met)):
                self.order_word = "last" if span.word("last") and not span.word("first") else "first"
                span.used = True
                return True
        return False

    def _next_is_only(self, k: int) -> bool:
        nxt = self._next(k)
        return nxt is not None and nxt.word("only")

    def _next(self, k: int, skip: tuple[str, ...] = ("filler", "det", "prep", "aux", "pronoun", "distinct", "ever")) -> Span | None:
        for span in self.spans[k + 1:]:
            if span.word("comma", "stop", "dash", "and", "but") or span.used:
                return None
            if span.of(Val, Col, Ent, Tab, Met, Verb, Lab, Num, Bound, Dur, Time) or not span.word(*skip):
                return span
        return None

    # --- readers: each returns whether it took the span -------------------------------------------------------------

    def _label(self, k: int, span: Span) -> bool:
        label = span.of(Lab)
        if label is None or self.world.model.labels[label.name].of != self.population:
            return False
        if self.population != "customer" and span.of(Val):
            return False
        if span.of(Val) and self.event is None and self.world.model.labels[label.name].kind == "other":
            return False
        self._close()
        condition: Condition = HasLabel(label=label.name)
        self._add(Atom(condition if label.holds != self.negative else Not(of=condition), self.joined))
        self.negative = False
        return True

    def _numbered(self, k: int, span: Span) -> bool:
        """ "store 367", "campaign 18", "tier 2": a thing or a kind with its number."""
        nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
        number = nxt.of(Num) if nxt is not None and not nxt.used else None
        if number is None or number.unit is not None or nxt is None or span.of(Bound, Num, Verb) or span.text.endswith("s") or not float(number.value).is_integer():
            return False
        entity = span.of(Ent)
        ref = self.world.model.entities[entity.name].key if entity is not None and entity.name != "customer" else None
        if ref is None:
            ref = next((c.ref for c in span.every(Col) if self._is_code(c.ref)), None)
        if ref is None and (table := span.of(Tab)) is not None:
            key = self.world.model.tables[table.name].key
            ref = f"{table.name}.{key}" if key else None
        if ref is None:
            return False
        nxt.used = True
        condition = ColumnIs(column=ref, op="=", value=_same_type(number.value, self.world.model.column(ref).type))
        self._attach_value(k + 1, Atom(condition, self.joined, negative=self.negative), Val(ref, (number.value,)))
        return True

    def _is_code(self, ref: str) -> bool:
        facts = self.world.context.facts
        spec = self.world.model.column(ref)
        return spec.type in ("integer", "text") and spec.role not in ("money", "price", "quantity") and facts.has(ref) and (
            facts.column(ref).distinct <= 12 or spec.role in ("key", "reference", "category", "place", "product", "band"))

    def _blank(self, k: int, span: Span) -> bool:
        """ "the tenure is missing", "no manager assigned": rows without a value."""
        column = span.of(Col)
        if column is None or span.of(Val, Ent, Tab) or not self.world.context.facts.has(column.ref):
            return False
        later = [s for s in self.spans[k + 1:k + 4] if not s.used]
        blank = next((s for s in later if s.word("missing")), None) or next((s for s in self.spans[max(0, k - 2):k] if s.word("missing")), None)
        if blank is not None:
            blank.used = True
            self._add(Atom(ColumnIs(column=column.ref, op="present" if self.negative else "missing"), self.joined))
            self.negative = False
            return True
        facts = self.world.context.facts.column(column.ref)
        if self.negative and column_kind(self.world.model, column.ref) == "kind" and facts.missing and not self._has_none(column.ref):
            self._add(Atom(ColumnIs(column=column.ref, op="missing"), self.joined))
            self.negative = False
            return True
        return False

    def _has_none(self, ref: str) -> bool:
        return any(str(v).strip().lower() in ("no", "none", "n") for v in self.world.values(ref))

    def _number(self, k: int, span: Span) -> bool:
        bound = span.of(Bound)
        number = span.of(Num)
        if number is not None and k and self.spans[k - 1].word("last", "first"):
            return False  # "the last two" of something unsaid
        if bound is None and number is not None:
            bound = Bound("=", number.value, unit=number.unit)
        if bound is None:
            return False
        if number is not None and span.of(Val) and self._value(k, span):
            return True
        if bound.unit == "percent" and self.pending is None:
            return self._percent(k, bound)
        if self._after_people(k) and bound.unit is None and number is None and self._of_age(bound):
            return True
        return self._right_owner(k, bound) or self._left_owner(k, bound) or self._bare_number(k, bound, exact=number is not None)

    def _after_people(self, k: int) -> bool:
        """ "customers over 60": a bare bound right after people is an age."""
        before = next((s for s in reversed(self.spans[:k]) if not s.word("det", "aux")), None)
        nxt = self._next(k)
        owned = nxt is not None and nxt.start == self.spans[k].end and bool(nxt.of(Col, Ent, Tab, Met))
        return before is not None and bool(before.of(Ent, Lab)) and not before.of(Verb) and not owned and (before.of(Ent) is None or before.of(Ent).name == "customer")  # type: ignore[union-attr]

    def _of_age(self, bound: Bound) -> bool:
        if not 10 <= bound.value <= 110:
            return False
        if self.world.age:
            self._emit_number(self._column_bound(self.world.age, bound))
            return True
        return bool(self.world.age_band) and self._age_bands(bound)

    def _right_owner(self, k: int, bound: Bound) -> bool:
        owner = self._next(k)
        if owner is None or (isinstance(self.pending, Col) and not self._adjacent(k, owner)):
            return False
        condition = self._owned(owner, bound)
        if condition is None:
            return False
        owner.used = True
        self._emit_number(condition)
        return True

    def _adjacent(self, k: int, owner: Span) -> bool:
        return owner.start == self.spans[k].end

    def _owned(self, owner: Span, bound: Bound) -> Condition | None:
        """The condition of a number with the noun beside it: three orders, two products, four stars, over 5 tickets."""
        column = next((c for c in owner.every(Col) if column_kind(self.world.model, c.ref) == "number"), None)
        counted = None if column or self.rows else self.world.count_column(owner.text, self.population)
        if counted is not None:
            return self._column_bound(counted, bound)
        if column is not None and not self.rows and not self.world.is_attribute(column.ref, self.population) and self.world.summed(column.ref):
            return self._count_bound(Value(metric=self.world.summed(column.ref)), bound)
        if column is not None and (not owner.of(Ent, Tab) or self.world.is_attribute(column.ref, self.population)):
            return self._column_bound(column.ref, bound)
        entity, table = owner.of(Ent), owner.of(Tab)
        touched = table is not None and self.world.model.tables[table.name].subject in ("campaigns", "support", "reviews", "visits", "usage", "returns")
        if entity is not None and entity.name != self.population and not self.rows and not touched:
            return self._count_bound(Value(count=entity.name), bound)
        if table is not None and not self.rows and self.world.model.tables[table.name].kind == "events":
            return self._count_bound(Value(count=table.name), bound)
        metric = owner.of(Met)
        if metric is not None and not self.rows and not (owner.of(Verb) and self.event is not None):
            return self._count_bound(Value(metric=metric.name), bound)
        kind = owner.of(Col)
        if kind is not None and not self.rows and column_kind(self.world.model, kind.ref) != "number" and owner.text.endswith("s") \
                and self.world.model.tables[table_of(kind.ref)].kind == "events" and bound.op != "between" and self._rows_named(kind.ref):
            return self._value_is(Value(count=table_of(kind.ref)), bound)  # "3 friends": rows of referrals
        banded = self._banded(kind.ref, bound) if kind is not None else None
        if banded is not None:
            return banded
        if kind is not None and column_kind(self.world.model, kind.ref) == "kind" and bound.op != "=" and not self.rows:
            return self._count_bound(Value(column=kind.ref, stat="distinct"), bound)
        return None

    def _rows_named(self, ref: str) -> bool:
        """Whether the column's table is about something else than sales: its rows are what is counted."""
        return self.world.model.tables[table_of(ref)].subject not in ("sales", "payments")

    def _banded(self, ref: str, bound: Bound) -> Condition | None:
        """A bound on a column of bands ("3+", "100-124K"): the bands within it."""
        values = self.world.values(ref)
        if column_kind(self.world.model, ref) != "kind" or sum(band_range(str(v)) is not None for v in values) < max(2, len(values) / 2):
            return None
        within = bands_within(values, bound)
        return ColumnIs(column=ref, op="in", value=[*within]) if within else None

    def _count_bound(self, value: Value, bound: Bound) -> Condition:
        if self.event is not None and self.event.bound is None and not (self.broken and not self._empty(self.event)):
            self.event.counted, self.event.bound = value, bound
            return _TAKEN
        return self._value_is(value, bound)

    def _value_is(self, value: Value, bound: Bound) -> Condition:
        per = "order" if self.rows and self.population == "customer" and "order" in self.world.model.entities else self.population
        if bound.op == "between":
            return All(of=[ValueIs(value=value, op=">=", number=bound.value, per=per), ValueIs(value=value, op="<=", number=bound.high, per=per)])
        return ValueIs(value=value, op=bound.op, number=bound.value, per=per)

    def _column_bound(self, ref: str, bound: Bound) -> Condition:
        value, high = bound.value, bound.high
        if bound.unit == "percent" and self.world.model.column(ref).unit == "percent":
            value *= 100
        if bound.op == "between":
            return ColumnIs(column=ref, op="between", value=[_whole(value), _whole(high or value)])
        return ColumnIs(column=ref, op=bound.op, value=_whole(value))

    def _left_owner(self, k: int, bound: Bound) -> bool:
        if isinstance(self.pending, Col):
            self._emit_number(self._banded(self.pending.ref, bound) or self._column_bound(self.pending.ref, bound))
        elif isinstance(self.pending, Value):
            self._emit_number(self._value_is(self.pending, bound))
        elif self.event is not None and self.event.bound is None and not (self.broken and bound.unit == "money" and not self.event.money):
            return self._event_bound(k, bound)
        else:
            return False
        self.pending = None
        return True

    def _event_bound(self, k: int, bound: Bound) -> bool:
        assert self.event is not None
        if self.event.money or bound.unit == "money":
            per_month = self._per_month(k)
            spend = self.world.spend(per_month)
            if spend is None:
                return False
            if spend.column is not None:
                ref, joined = spend.column, self.event.joined
                self.event = None
                self._add(Atom(self._column_bound(ref, bound), joined))
                return True
            self.event.money = True
        elif bound.unit not in ("times", None):
            return False
        self.event.bound = bound
        return True

    def _per_month(self, k: int) -> bool:
        for span in self.spans[k + 1:k + 3]:
            if span.text in ("a month", "per month", "each month", "monthly", "every month"):
                span.used = True
                return True
        return False

    def _bare_number(self, k: int, bound: Bound, exact: bool) -> bool:
        """A number with no noun: money is spending, times are orders, "over-65s" are ages."""
        if bound.unit == "money":
            spend = self.world.spend(self._per_month(k))
            if spend is None:
                return False
            condition = self._column_bound(spend.column, bound) if spend.column else self._value_is(spend, bound)
            self._emit_number(condition)
            return True
        if bound.unit == "times" and not self.rows and "order" in self.world.model.entities:
            self._emit_number(self._value_is(Value(count="order"), bound))
            return True
        if not exact and bound.value >= 1000 and bound.unit is None and not self.rows and self._held(k, bound):
            return True
        if exact or not 10 <= bound.value <= 110:
            return self._spend_bound(k, bound, exact)
        if self.world.age:
            self._emit_number(self._column_bound(self.world.age, bound))
            return True
        if self.world.age_band:
            return self._age_bands(bound)
        return self._spend_bound(k, bound, exact)

    def _held(self, k: int, bound: Bound) -> bool:
        """A large bare figure is money: "on 50,000 to 100,000 a year" what they earn, "over 100k" what they are worth."""
        yearly = any(s.text in ("a year", "per year", "annually", "p a", "yearly", "each year") for s in self.spans[k + 1:k + 3])
        ref = self.world.column_by("salary", "income") if yearly else None
        if ref is not None:
            for s in self.spans[k + 1:k + 3]:
                s.used = s.used or s.text in ("a year", "per year", "annually", "yearly", "each year")
            self._emit_number(self._column_bound(ref, bound))
            return True
        worth = self.world.worth()
        if worth is None:
            return False
        self._emit_number(self._column_bound(worth.column, bound) if worth.column else self._value_is(worth, bound))
        return True

    def _spend_bound(self, k: int, bound: Bound, exact: bool) -> bool:
        """ "orders over 500": of an order, a bare bound is its value."""
        if exact or self.population != "order" or bound.unit is not None:
            return False
        spend = self.world.spend()
        if spend is None or spend.column:
            return False
        self._emit_number(self._value_is(spend, bound))
        return True

    def _age_bands(self, bound: Bound) -> bool:
        ref = self.world.age_band
        assert ref is not None
        values = bands_within(self.world.values(ref), bound)
        if not values:
            return False
        self._emit_number(ColumnIs(column=ref, op="in", value=[*values]))
        return True

    def _percent(self, k: int, bound: Bound) -> bool:
        """The top 10% by spend."""
        before = self.spans[k - 1] if k else None
        if before is None or not before.word("most", "least", "best", "worst"):
            return False
        before.used = True
        value = self._ranked_by(k) or self.world.spend() or Value(count="order")
        end = "bottom" if before.word("least") and not before.word("most") else "top"
        self._emit_number(TopShare(value=value, share=bound.value, end=end, per=self.population))
        return True

    def _ranked_by(self, k: int) -> Value | None:
        for span in self.spans[k + 1:k + 5]:
            metric = span.of(Met)
            if metric and not span.used:
                span.used = True
                return Value(metric=metric.name)
            verb = span.of(Verb)
            if verb and verb.act == "spend":
                span.used = True
                return self.world.spend()
        return None

    def _emit_number(self, condition: Condition) -> None:
        self.pending = None
        if condition is _TAKEN:
            return
        if self.event is not None and isinstance(condition, ColumnIs) and not self.rows \
                and self.world.reachable(self.event.table, condition.column) and not self.world.is_attribute(condition.column, self.population):
            self.event.objects.append(Atom(condition, self.joined, negative=self.negative))
            return
        self._add(Atom(Not(of=condition) if self.negative else condition, self.joined))
        self.negative = False

    def _duration(self, k: int, span: Span) -> bool:
        duration = span.of(Dur)
        if duration is None or span.of(Val):
            return False
        ref = self.pending.ref if isinstance(self.pending, Col) else None
        nxt = self._next(k)
        if k and self.spans[k - 1].word("first") and duration.op is None:
            self.spans[k - 1].used = True  # "in their first three months"
            duration = Dur(duration.n, duration.unit, "<=")
        if ref is None and nxt is not None and nxt.of(Col) and column_kind(self.world.model, nxt.every(Col)[0].ref) == "number" \
                and self.world.model.column(nxt.every(Col)[0].ref).role == "duration":
            ref, nxt.used = nxt.every(Col)[0].ref, True
        if ref is not None:
            n = self.world.in_unit(duration.n, duration.unit, ref)
            self._emit_number(ColumnIs(column=ref, op=duration.op or "=", value=_whole(n)))
            return True
        if self.event is not None and self.order_word == "last" and duration.op in (">", ">="):
            table = self.event.table
            self.event = None
            self.order_word = None
            self._add(Atom(Did(table=table, per=self.population), self.joined))
            self._add(Atom(Not(of=Did(table=table, window=Window(last=max(1, int(duration.n)), unit=duration.unit), per=self.population)), "and"))  # type: ignore[arg-type]
            return True
        if self.event is None and self._since_last(duration):
            return True
        if self.event is not None and self.event.window is None:
            self.event.window = Window(last=max(1, int(duration.n)), unit=duration.unit)  # type: ignore[arg-type]
            return True
        return self._tenure(duration)

    def _since_last(self, duration: Dur) -> bool:
        """ "last ordered more than two weeks ago" where the days since then are a column."""
        ref = next((f"{t}.{c}" for t, spec in self.world.model.tables.items() for c, a in spec.columns.items()
                    if a.type in ("integer", "number") and {"since", "last"} <= set(words(c).split())), None)
        if ref is None or not any(s.word("last") or s.text in ("last ordered", "last order", "since") for s in self.spans):
            return False
        for s in self.spans:
            s.used = s.used or s.word("last") or bool(s.of(Verb))
        n = self.world.in_unit(duration.n, duration.unit, ref)
        self._emit_number(ColumnIs(column=ref, op=duration.op or ">=", value=_whole(n)))
        return True

    def _tenure(self, duration: Dur) -> bool:
        """A length of time that nothing owns: the duration of the rows asked about, else how long someone has been a customer."""
        spec = self.world.model.tables.get(self.table or "")
        own = next((f"{self.table}.{c}" for c, about in spec.columns.items() if about.role == "duration"), None) if spec and spec.kind == "events" else None
        if own is not None and duration.op is not None:
            self._emit_number(ColumnIs(column=own, op=duration.op, value=_whole(self.world.in_unit(duration.n, duration.unit, own))))
            return True
        if self.population != "customer" or self.world.tenure is None:
            return False
        n = self.world.in_unit(duration.n, duration.unit, self.world.tenure)
        self._emit_number(ColumnIs(column=self.world.tenure, op=duration.op or ">=", value=_whole(n)))
        return True

    def _value(self, k: int, span: Span) -> bool:
        values = span.every(Val)
        if not values:
            return False
        value = self._best_value(values)
        for near in self.spans[max(0, k - 1):k + 2]:
            near.used = near.used or any(c.ref == value.ref for c in near.every(Col)) and not near.of(Val, Ent)
        if value.test in ("yes", "no"):
            condition: Condition = ColumnIs(column=value.ref, op=value.test)
            condition = negated(condition) if self.negative else condition
            atom = Atom(condition, self.joined)
        else:
            atom = Atom(self._value_condition(value), self.joined, ref=value.ref, negative=self.negative, preposition=self.preposition)
        self._attach_value(k, atom, value)
        return True

    def _best_value(self, values: list[Val]) -> Val:
        """Among columns that hold the word: one that the open event has, else an attribute of the population."""
        if self.event is not None:
            for value in values:
                if self.world.reachable(self.event.table, value.ref) and not self.world.is_attribute(value.ref, self.population):
                    return value
        return next((v for v in values if self.world.is_attribute(v.ref, self.population)), values[0])

    def _value_condition(self, value: Val) -> Condition:
        if value.test in ("missing", "present"):
            return ColumnIs(column=value.ref, op=value.test)
        if value.test == "cancelled":
            assert self.world.cancelled is not None
            return self.world.cancelled[1]
        if value.test == "contains" and len(value.values) > 1:
            return ColumnIs(column=value.ref, op="contains", value=value.text)
        return ColumnIs(column=value.ref, op="in", value=list(value.values))

    def _attach_value(self, k: int, atom: Atom, value: Val) -> None:
        event = self.event
        if event is not None and event.act in ("buy", "sell", "spend") and not self.world.reachable(event.table, value.ref) and self.world.sales_table \
                and self.world.reachable(self.world.sales_table, value.ref):
            event.table = self.world.sales_table
        if event is not None and not self.rows and self.world.reachable(event.table, value.ref) \
                and not self.world.is_attribute(value.ref, self.population):
            self._attach_object(k, event, atom)
            return
        if event is not None and not self.rows and not self.world.is_attribute(value.ref, self.population):
            self._close()
        self._add(atom)
        self.negative = self.negative and self._negation_goes_on(k)

    def _attach_object(self, k: int, event: Event, atom: Atom) -> None:
        """ "bought A or B" is one event with either; "bought A and B" is two events."""
        if self.aside and event.objects and event.objects[-1].ref == atom.ref:
            event.objects.pop()
            self.aside = False
        elif event.objects and event.objects[-1].ref == atom.ref and atom.ref is not None and self.joined == "and":
            self._again(negative=event.negative)
            assert self.event is not None
            self.event.objects = []
            event = self.event
        atom.negative = atom.negative and not event.negative
        event.objects.append(atom)
        event.only = event.only or self.only
        self.only = False
        self.negative = self.negative and self._negation_goes_on(k)

    def _negation_goes_on(self, k: int) -> bool:
        """ "no partner or kids": a negation carries over "or", and over the commas of an "or" list."""
        nxt = self.spans[k + 1] if k + 1 < len(self.spans) else None
        if nxt is None:
            return False
        if self.unsaid is not None and self.unsaid.word("except") and (nxt.word("and", "comma") or nxt.text == "or") and self._same_column_follows(k + 1):
            return True
        return nxt.text in ("or", "nor") or (nxt.word("comma") and self._list_joiner(k + 1) == "or")

    def _segment(self, k: int, span: Span) -> bool:
        segment = span.of(Seg)
        if segment is None or self.population != "customer" or (span.of(Vague, Lab) and not span.text.istitle() and segment.scheme == "rfm"):
            return False
        condition: Condition = InSegment(segment=segment.name, scheme=segment.scheme)
        self._add(Atom(Not(of=condition) if self.negative else condition, self.joined))
        self.negative = False
        return True

    def _vague(self, k: int, span: Span) -> bool:
        vague = span.of(Vague)
        if vague is not None and vague.name == "active" and self.rows:
            return True  # customers with rows in the window are the active ones
        if vague is not None and vague.name == "recent" and any(x.of(Vague) and x.of(Vague).name == "quiet" for x in self.spans[:k]):  # type: ignore[union-attr]
            return True
        if vague is None or span.of(Val, Col, Lab) or self.population != "customer":
            return False
        condition = vague_condition(vague.name, span.text, self.world)
        if condition is None:
            return False
        self._close()
        self._add(Atom(Not(of=condition) if self.negative else condition, self.joined))
        self.negative = False
        return True

    def _date_part(self, k: int, span: Span) -> bool:
        part = span.of(DatePart)
        table = self.event.table if self.event else self.world.orders_table
        when = self.world.time_of(table) if table else None
        if part is None or when is None:
            return False
        condition = ColumnIs(column=when, op="in", value=list(part.values), part=part.part)  # type: ignore[arg-type]
        if self.event is not None:
            self.event.objects.append(Atom(condition, self.joined))
        else:
            self._add(Atom(condition, self.joined))
        return True

    def _born(self, k: int, span: Span) -> bool:
        """ "born before 1960": a date of birth, or a year of it."""
        if span.text != "born":
            return False
        ref = next((f"{t}.{c}" for t, spec in self.world.model.tables.items() for c in spec.columns if {"birth", "born", "dob", "birthday", "birthdate"} & set(words(c).split())), None)
        time = next((s for s in self.spans[k + 1:k + 3] if s.of(Time)), None)
        window = time.of(Time).window if time is not None and time.of(Time) else None  # type: ignore[union-attr]
        if ref is None or time is None or window is None:
            return False
        time.used = True
        if column_kind(self.world.model, ref) == "date":
            self._date_column(ref, window)
            return True
        for op, day in ((">=", window.start), ("<=", window.end)):
            if day is not None:
                self._add(Atom(ColumnIs(column=ref, op=op, value=day.year), "and"))  # type: ignore[arg-type]
        return True

    def _time(self, k: int, span: Span) -> bool:
        time = span.of(Time)
        if time is None or time.window is None:
            return False
        if self.order_word and self.event is not None:
            self.event.window = time.window
            return True
        if isinstance(self.pending, Col) and column_kind(self.world.model, self.pending.ref) == "date":
            self._date_column(self.pending.ref, time.window)
            self.pending = None
            return True
        if self.event is None and self.negative and self.closed is not None and not self.rows:
            self._again(negative=True)  # "bought in 2014 but haven't in 2015"
            self.negative = False
        if self.event is not None:
            if self.event.window is not None:
                self._again(negative=self.negative)
                assert self.event is not None
            self.event.window = time.window
            return True
        if self.rows:
            self.windows.append(time.window)
            return True
        return self._time_alone(time.window)

    def _date_column(self, ref: str, window: Window) -> None:
        from segue.assistant.language.dates import window_days

        start, end = window_days(window, self.world, ref)
        parts: list[Condition] = [ColumnIs(column=ref, op=">=", value=start)] if start else []
        parts += [ColumnIs(column=ref, op="<=", value=end)] if end else []
        for part in parts:
            self._add(Atom(part, "and"))

    def _time_alone(self, window: Window) -> bool:
        """ "October people": those with an order then."""
        table = self.world.orders_table
        if table is None or self.world.time_of(table) is None:
            return False
        if self.population == "customer":
            self._add(Atom(Did(table=table, window=window, per=self.population), self.joined))
        else:
            self.windows.append(window)
        return True

    def _verb(self, k: int, span: Span) -> bool:
        verb = span.of(Verb)
        if verb is None or self.population not in self.world.model.entities:
            return False
        if span.of(Ent, Col, Met) and self._is_noun(k, span):
            return False
        if any(self.world.is_attribute(c.ref, self.population) and column_kind(self.world.model, c.ref) != "date" for c in span.every(Col)) and self._number_follows(k):
            return False  # "earning 100K and up" where income is known
        about = load_words("verbs")[verb.act]
        if verb.act == "join":
            return self._join(k)
        if verb.act == "receive" and (self.rows or self.population != "customer"):
            return True  # "gifts received": where rows are asked about, receiving them is no condition
        if about["subject"] == "campaigns" and not self.rows:
            return self._campaign(verb, about)
        if self.rows and not (self.negative and about["subject"] != "sales"):
            if verb.act == "return" and self.world.cancelled:
                self._add(Atom(self.world.cancelled[1], self.joined, negative=self.negative))
                self.negative = False
                return True
            return about.get("subject") == "sales"
        table = self.world.orders_table if about["subject"] == "sales" else self.world.act_table(about)
        if verb.act == "return" and table is None and self.world.cancelled:
            table = self.world.cancelled[0]
        if table is None:
            nxt = self._next(k)
            paid_by = verb.act == "spend" and not self.rows and nxt is not None and nxt.of(Val, Col) is not None
            return (verb.act == "spend" and self._open_money(verb)) or paid_by or self._act_flag(verb, about)
        if table == self.world.population_table(self.population) and self.population != "customer" and about.get("subject") == "sales":
            return True
        if self.event is not None and self.event.table == table and self._empty(self.event) and not self.negative:
            self.event.money = self.event.money or bool(about.get("money"))
            self.event.act = verb.act
            return True
        self._close()
        self.broken = False
        self.event = Event(table, verb.act, self.joined, self.negative, money=bool(about.get("money")), only=self.only)
        self.negative = False
        self._pending_money()
        return True

    def _act_flag(self, verb: Verb, about: dict) -> bool:
        """An act that the data holds as a flag: "complained" where there is a column Complain."""
        said = {s for phrase in about["words"] for s in stems(phrase)} - {"a", "the", "us", "be", "have", "make", "in", "on"}
        for table, spec in self.world.model.tables.items():
            for column in spec.columns:
                if column_kind(self.world.model, f"{table}.{column}") == "flag" and said & set(stems(words(column))):
                    self._add_flag(Atom(ColumnIs(column=f"{table}.{column}", op="no" if self.negative else "yes"), self.joined))
                    self.negative = False
                    return True
        return False

    def _campaign(self, verb: Verb, about: dict) -> bool:
        """Acts on campaigns: their table is that of who received them, or, where acts have one of their own, that."""
        table = self.world.received if verb.act in ("engage", "ignore", "receive") else self.world.act_table(about)
        if table is None:
            return False
        if self.event is not None and self.event.act == "receive" and verb.act in ("ignore", "engage") and self.event.table == table:
            self.event.act, self.event.negative = verb.act, self.negative
            self.negative = False
            return True
        self._close()
        self.broken = False
        self.event = Event(table, verb.act, self.joined, self.negative)
        self.negative = False
        return True

    def _empty(self, event: Event) -> bool:
        return not (event.objects or event.window or event.bound)

    def _open_money(self, verb: Verb) -> bool:
        spend = self.world.spend()
        if spend is None:
            return False
        self._close()
        self.event = Event(self.world.customer_table or "", verb.act, self.joined, self.negative, money=True)
        return True

    def _pending_money(self) -> None:
        """ "at least £2,000 spent": the bound came before its verb."""
        if self.atoms and self.event is not None and self.event.money and isinstance(self.atoms[-1].condition, ValueIs) \
                and self.atoms[-1].condition.value == self.world.spend() and self.atoms[-1].condition.value.window is None:
            self.event = None

    def _is_noun(self, k: int, span: Span) -> bool:
        """ "with three orders", "no purchases": after a number, a negation or an article the word is a thing, not an act."""
        before = self.spans[k - 1] if k else None
        if before is not None and before.text in ("that", "which", "who"):
            return False
        return before is not None and (before.word("det") or before.text in ("no", "without", "any") or before.of(Num, Bound) is not None)

    def _join(self, k: int) -> bool:
        self._close()
        if self.world.signup:
            self.pending = Col(self.world.signup)
            return True
        if self.world.tenure:
            self.pending = Col(self.world.tenure)
            return True
        table = self.world.orders_table
        if table and self.world.time_of(table):
            self.order_word = "first"
            self.event = Event(table, "buy", self.joined, self.negative)
            return True
        return False

    def _noun(self, k: int, span: Span) -> bool:
        """Another thing than the population: a ticket, orders. It opens an event, unless the open one is of the same table."""
        if self.rows:
            return False
        table = self._noun_table(span)
        if table is None:
            return False
        if self.event is not None and self.negative and not self.event.negative and (self.event.table == table or self.event.act in _CAMPAIGN_ACTS) and not self.event.objects:
            self.event.negative, self.negative = True, False  # "opened no campaign"
            return True
        if self.event is not None and (self.event.table == table or (self.event.act in ("buy", "sell") and self.world.model.tables[table].subject == "sales")):
            return True
        if self.event is not None and self._empty(self.event):
            if self.event.act in _CAMPAIGN_ACTS and self.world.model.tables[table].subject == "campaigns":
                return True
            self.event.table, self.event.act, self.event.negative = table, "did", self.event.negative or self.negative
            self.negative = False
            return True
        self._close()
        self.event = Event(table, "did", self.joined, self.negative)
        self.negative = False
        return True

    def _noun_table(self, span: Span) -> str | None:
        entity, table = span.of(Ent), span.of(Tab)
        if entity is not None and entity.name == self.population:
            return None
        name = table.name if table else table_of(self.world.model.entities[entity.name].key) if entity else None
        if name is None or self.world.model.tables[name].kind != "events" or name == self.world.population_table(self.population):
            return None
        return name

    def _column(self, k: int, span: Span) -> bool:
        columns = span.every(Col)
        if not columns:
            return False
        column = next((c for c in columns if self.world.is_attribute(c.ref, self.population)), columns[0])
        kind = column_kind(self.world.model, column.ref)
        if kind == "kind" and self.event is not None and table_of(column.ref) == self.event.table and self._empty(self.event):
            return True  # "been to an event": it only names what the event is
        if self.atoms and isinstance(self.atoms[-1].condition, ColumnIs) and self.atoms[-1].condition.column == column.ref and not self._number_follows(k):
            return True  # said once more: "used a coupon" of coupons used
        if kind == "flag":
            condition: Condition = ColumnIs(column=column.ref, op="no" if self.negative else "yes")
            self._add_flag(Atom(condition, self.joined))
            self.negative = self.negative and self._negation_goes_on(k)
            return True
        if kind == "kind" and self._number_follows(k) and any(band_range(str(v)) for v in self.world.values(column.ref)):
            self.pending = column
            return True
        if kind in ("number", "date"):
            summed = None if self.rows or self.world.is_attribute(column.ref, self.population) else self.world.summed(column.ref)
            self.pending = Value(metric=summed) if summed else column
            return self._number_follows(k) or (self.negative and kind == "number" and self._zero(column)) or (kind == "number" and self._some(k, column))
        return self._has_category(column)

    def _add_flag(self, atom: Atom) -> None:
        assert isinstance(atom.condition, ColumnIs)
        ref = atom.condition.column
        if self.event is not None and self.world.reachable(self.event.table, ref) and not self.world.is_attribute(ref, self.population):
            self.event.objects.append(atom)
        else:
            self._add(atom)

    def _zero(self, column: Col) -> bool:
        """ "no coupons used": of a count, none is 0."""
        self.pending = None
        self.negative = False
        self._add(Atom(ColumnIs(column=column.ref, op="=", value=0), self.joined))
        return True

    def _some(self, k: int, column: Col) -> bool:
        """ "with a discount", "used a coupon": of an amount, having some is more than 0."""
        before = [s.text for s in self.spans[max(0, k - 2):k]]
        role = self.world.model.column(column.ref).role
        if role not in ("discount", "fee", "quantity", "measure", "money") or not before or before[-1] not in ("a", "an", "any", "some") or self.negative:
            return False
        self._add(Atom(ColumnIs(column=column.ref, op=">", value=0), self.joined))
        return True

    def _number_follows(self, k: int) -> bool:
        """Whether the quantity that the column is gets its number: else the span stays free for a measure."""
        for span in self.spans[k + 1:k + 6]:
            if span.of(Bound, Num, Dur, Time):
                return True
            if not span.word("prep", "aux", "filler", "det", "pronoun", "relative"):
                break
        self.pending = None
        return False

    def _has_category(self, column: Col) -> bool:
        """ "internet customers": of a kind with a "No" among its values, having one is not being No."""
        values = self.world.values(column.ref)
        none = [v for v in values if str(v).strip().lower() in ("no", "none", "n")]
        if not none:
            return False
        condition: Condition = ColumnIs(column=column.ref, op="in", value=none)
        self._add(Atom(condition if self.negative else Not(of=condition), self.joined))
        self.negative = False
        return True

    # --- bookkeeping ------------------------------------------------------------------------------------------------

    def _add(self, atom: Atom) -> None:
        last = self.atoms[-1] if self.atoms else None
        if self.aside and last is not None and last.ref == atom.ref and atom.ref is not None:
            self.atoms.pop()
            last, self.aside = None, False
        both = atom.joined == "and" and not self.rows and not atom.negative and atom.ref is not None and not self.world.is_attribute(atom.ref, self.population) \
            and any(s.text == "both" for s in self.spans)
        if last is not None and not both and atom.ref is not None and last.ref == atom.ref and last.negative == atom.negative and _grows(last.condition, atom.condition):
            last.condition = _grown(last.condition, atom.condition)
        else:
            self.atoms.append(atom)
        self.joined = "and"

    def _again(self, negative: bool) -> None:
        """The same act once more: "in the last 6 months but nothing in the past 60 days"."""
        event = self.event or self.closed
        assert event is not None
        self._close()
        self.event = Event(event.table, event.act, "and" if self.joined == "but" else self.joined, negative, list(event.objects), money=event.money)

    def _close(self) -> None:
        if self.event is None:
            return
        event, self.event = self.event, None
        self.closed = event
        if not self.rows and not self._said_already(event):
            for condition in event_conditions(event, self.population, self.order_word, self.world):
                self.atoms.append(Atom(condition, event.joined))
                event = replace(event, joined="and")
        self.order_word = None
        self.only = False


    def _said_already(self, event: Event) -> bool:
        """Whether an event that says nothing by itself only named what other conditions are about ("got their order late")."""
        if not self._empty(event) or event.negative or self.order_word is not None:
            return False
        named = any(isinstance(a.condition, ColumnIs) and table_of(a.condition.column) == event.table for a in self.atoms)
        return event.money or named or (bool(self.atoms) and event.act == "buy")


_CAMPAIGN_ACTS = ("engage", "ignore", "receive", "open", "click", "redeem")
_TAKEN: Condition = HasLabel(label="")  # stands for "the open event took it"


def _same_type(n: float, type: str) -> float | int | str:
    return str(int(n)) if type == "text" else _whole(n)


def _whole(n: float) -> float | int:
    return int(n) if float(n).is_integer() else n


def _grows(a: Condition, b: Condition) -> bool:
    return isinstance(a, ColumnIs) and isinstance(b, ColumnIs) and a.op == b.op == "in"


def _grown(a: Condition, b: Condition) -> Condition:
    assert isinstance(a, ColumnIs) and isinstance(b, ColumnIs) and isinstance(a.value, list) and isinstance(b.value, list)
    return ColumnIs(column=a.column, op="in", value=[*a.value, *(v for v in b.value if v not in a.value)])


def fold(atoms: list[Atom]) -> Condition | None:
    """Atoms as one tree: runs joined by "or" first, then all of those together."""
    groups: list[list[Condition]] = []
    seen: list[Condition] = []
    for atom in atoms:
        condition = Not(of=atom.condition) if atom.negative else atom.condition
        if condition in seen:
            continue
        seen.append(condition)
        if atom.joined == "or" and groups:
            groups[-1].append(condition)
        else:
            groups.append([condition])
    parts = [g[0] if len(g) == 1 else AnyOf(of=g) for g in groups]
    return None if not parts else parts[0] if len(parts) == 1 else All(of=parts)


def event_conditions(event: Event, population: str, order_word: str | None, world: World) -> list[Condition]:
    """What a described event asks of the population."""
    where = fold(event.objects)
    if order_word is not None:
        return _first_or_last(event, order_word, where, population, world)
    if event.act in ("engage", "ignore") or (event.act in ("open", "click", "redeem") and world.engaged(event.table) is not None):
        return _engagement(event, where, population, world)
    if event.act == "return" and world.cancelled and event.table == world.cancelled[0]:
        where = world.cancelled[1] if where is None else All(of=[where, world.cancelled[1]])
    if event.bound is not None:
        return [_counted(event, where, population, world)]
    did: Condition = Did(table=event.table, where=where, window=event.window, per=population)
    if event.only and where is not None:
        return [did, Not(of=Did(table=event.table, where=negated(where), window=event.window, per=population))]
    return [Not(of=did) if event.negative else did]


def _counted(event: Event, where: Condition | None, population: str, world: World) -> Condition:
    assert event.bound is not None
    spend = world.spend()
    base = event.counted or (spend if event.money and spend else Value(count="order" if "order" in world.model.entities else event.table))
    if event.act in ("complain", "review", "visit", "use", "receive") and event.counted is None:
        base = Value(count=event.table)
    value = base.model_copy(update={"where": where, "window": event.window})
    if event.bound.op == "between":
        low = ValueIs(value=value, op=">=", number=event.bound.value, per=population)
        return All(of=[low, ValueIs(value=value, op="<=", number=event.bound.high, per=population)])
    condition: Condition = ValueIs(value=value, op=event.bound.op, number=event.bound.value, per=population)
    return Not(of=condition) if event.negative else condition


def _engagement(event: Event, where: Condition | None, population: str, world: World) -> list[Condition]:
    engaged = world.engaged(event.table)
    if engaged is None and world.acted is not None:
        return _acted_elsewhere(event, where, population, world)
    received = Did(table=event.table, where=where, window=event.window, per=population)
    if engaged is None:
        return [Not(of=received) if event.negative or event.act == "ignore" else received]
    acted = Did(table=event.table, where=engaged if where is None else All(of=[where, engaged]), window=event.window, per=population)
    if event.act == "ignore" and not event.negative:
        return [received, Not(of=acted)]
    return [Not(of=acted) if event.negative else acted]


def _acted_elsewhere(event: Event, where: Condition | None, population: str, world: World) -> list[Condition]:
    """Engagement with a table of its own: the campaign's conditions hold on both sides."""
    assert world.acted is not None
    moved = _moved(where, event.table, world.acted, world)
    acted = Did(table=world.acted, where=moved, window=event.window, per=population)
    if event.act == "ignore" and not event.negative:
        return [Did(table=event.table, where=where, window=event.window, per=population), Not(of=acted)]
    return [Not(of=acted) if event.negative else acted]


def _moved(where: Condition | None, source: str, target: str, world: World) -> Condition | None:
    """A condition on one table's column said of the same-named column of another, where there is one."""
    if isinstance(where, ColumnIs) and table_of(where.column) == source:
        column = where.column.partition(".")[2]
        return where.model_copy(update={"column": f"{target}.{column}"}) if column in world.model.tables[target].columns else None
    return where


def _first_or_last(event: Event, word: str, where: Condition | None, population: str, world: World) -> list[Condition]:
    from segue.assistant.language.dates import window_days

    when = world.time_of(event.table)
    if when is None or event.window is None:
        return [Did(table=event.table, where=where, window=event.window, per=population)]
    start, end = window_days(event.window, world, when)
    value = Value(column=when, stat="min" if word == "first" else "max", where=where)
    out: list[Condition] = [ValueIs(value=value, op=">=", date=start, per=population)] if start else []
    return out + ([ValueIs(value=value, op="<=", date=end, per=population)] if end else [])
