"""Conditions from words: "still with us, on fibre, paying over 90 a month", "bought X or Y but never Z", "five or more orders".

A Clause reads spans from left to right with a little state: a pending negation, an open event (bought ... in May), a quantity
that waits for its number. What it understood is a list of Atoms; `tree` folds them into one condition. "or" binds more tightly
than "and" and "but": people say "tv or films but no backup".
"""

from __future__ import annotations

from segue.assistant.language.bands import band_range
from segue.assistant.language.events import (
    CAMPAIGN_ACTS,
    Atom,
    Event,
    fold,
    same_type,
)
from segue.assistant.language.lexicon import column_kind, load_words, table_of
from segue.assistant.language.meanings import (
    Bound,
    Col,
    DatePart,
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
from segue.assistant.language.quantities import Quantities
from segue.assistant.language.tokens import stems
from segue.assistant.language.vague import vague_condition
from segue.tools.query.plan import (
    ColumnIs,
    Condition,
    Did,
    HasLabel,
    InSegment,
    Not,
    Value,
    ValueIs,
    Window,
)
from segue.tools.semantic.schema import words


class Clause(Quantities):
    """Reads conditions on a population. `rows`: on the rows that a figure is made of (then events are no conditions)."""

    def read(self, spans: list[Span]) -> Clause:
        """Takes in the unused spans, marking what it understood as used."""
        self.spans = spans
        for k, span in enumerate(spans):
            if not span.used:
                self._take(k, span)
        self._close()
        if self.leading is not None:
            self._time_alone(self.leading)
        if self.negative and self.unsaid is not None:
            self.unsaid.used = False  # a negation that nothing took: the question isn't understood
        return self

    def tree(self) -> Condition | None:
        """Everything read as one condition; None where there was none."""
        return fold(self.atoms)

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
        entity = span.of(Ent)
        if entity is not None and entity.name == "customer" and nxt is not None and nxt.unknown and any(c.isdigit() for c in nxt.text) and not nxt.used:
            nxt.used = True  # "customer 7590-VHVEG"
            self._add(Atom(ColumnIs(column=self.world.model.entities["customer"].key, op="=", value=nxt.text), self.joined))
            return True
        if number is None or number.unit is not None or nxt is None or span.of(Bound, Num, Verb) or span.text.endswith("s") or not float(number.value).is_integer():
            return False
        ref = self.world.model.entities[entity.name].key if entity is not None and (entity.name != "customer" or number.value > 999) else None
        if ref is None:
            ref = next((c.ref for c in span.every(Col) if self._is_code(c.ref)), None)
        if ref is None and (table := span.of(Tab)) is not None:
            key = self.world.model.tables[table.name].key
            ref = f"{table.name}.{key}" if key else None
        if ref is None:
            return False
        nxt.used = True
        condition = ColumnIs(column=ref, op="=", value=same_type(number.value, self.world.model.column(ref).type))
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
                self.negative = False
                assert self.event is not None
            self.event.window = time.window
            return True
        if self.rows:
            self.windows.append(time.window)
            return True
        if not self.atoms and self.leading is None and any(s.of(Verb) and not s.used and not s.of(Lab) for s in self.spans[k + 1:]):
            self.leading = time.window
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
        if self.event is not None and self.negative and not self.event.negative and (self.event.table == table or self.event.act in CAMPAIGN_ACTS) and not self.event.objects:
            self.event.negative, self.negative = True, False  # "opened no campaign"
            return True
        if self.event is not None and (self.event.table == table or (self.event.act in ("buy", "sell") and self.world.model.tables[table].subject == "sales")):
            return True
        if self.event is not None and self._empty(self.event):
            if self.event.act in CAMPAIGN_ACTS and self.world.model.tables[table].subject == "campaigns":
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


__all__ = ["Atom", "Clause", "fold"]
