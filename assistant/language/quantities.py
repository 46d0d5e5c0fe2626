"""Numbers in clauses: whose number it is ("over 3 orders", "credit score under 600", "five years or more"), and the condition it makes."""

from __future__ import annotations

from segue.assistant.language.bands import band_range, bands_within
from segue.assistant.language.clause_state import ClauseState
from segue.assistant.language.events import (
    TAKEN,
    Atom,
    whole,
)
from segue.assistant.language.lexicon import column_kind, table_of
from segue.assistant.language.meanings import (
    Bound,
    Col,
    Dur,
    Ent,
    Lab,
    Met,
    Num,
    Span,
    Tab,
    Val,
    Verb,
)
from segue.tools.query.plan import (
    All,
    ColumnIs,
    Condition,
    Did,
    Not,
    TopShare,
    Value,
    ValueIs,
    Window,
)
from segue.tools.semantic.schema import words


class Quantities(ClauseState):
    """The readers of numbers, bounds, shares and lengths of time."""

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
            return TAKEN
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
            return ColumnIs(column=ref, op="between", value=[whole(value), whole(high or value)])
        return ColumnIs(column=ref, op=bound.op, value=whole(value))

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
        last = self.atoms[-1].condition if self.atoms else None
        if bound.unit == "times" and not self.rows and isinstance(last, ColumnIs) and not self.world.is_attribute(last.column, self.population):
            self.atoms.pop()  # "cancelled three times or more": so many rows of that kind
            order = "order" if "order" in self.world.model.entities and self.world.is_attribute(last.column, "order") else table_of(last.column)
            self._emit_number(self._value_is(Value(count=order, where=last), bound))
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
        if condition is TAKEN:
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
            self._emit_number(ColumnIs(column=ref, op=duration.op or "=", value=whole(n)))
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
        self._emit_number(ColumnIs(column=ref, op=duration.op or ">=", value=whole(n)))
        return True

    def _tenure(self, duration: Dur) -> bool:
        """A length of time that nothing owns: the duration of the rows asked about, else how long someone has been a customer."""
        spec = self.world.model.tables.get(self.table or "")
        lengths = [f"{self.table}.{c}" for c, about in spec.columns.items() if about.role == "duration"] if spec and spec.kind == "events" else []
        own = lengths[0] if len(lengths) == 1 else None
        if own is not None and duration.op is not None:
            self._emit_number(ColumnIs(column=own, op=duration.op, value=whole(self.world.in_unit(duration.n, duration.unit, own))))
            return True
        if self.population != "customer" or self.world.tenure is None:
            return False
        n = self.world.in_unit(duration.n, duration.unit, self.world.tenure)
        self._emit_number(ColumnIs(column=self.world.tenure, op=duration.op or ">=", value=whole(n)))
        return True
