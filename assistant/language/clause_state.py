"""What a clause keeps in mind while it reads: a pending negation, an open event, a quantity that waits for its number."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from segue.assistant.language.events import (
    Atom,
    Event,
    event_conditions,
    grown,
    grows,
)
from segue.assistant.language.lexicon import Lexicon, table_of
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
    Time,
    Val,
    Verb,
)
from segue.assistant.language.world import World, negated
from segue.tools.query.plan import (
    ColumnIs,
    Condition,
    Value,
    Window,
)


@dataclass
class ClauseState:
    """The state of a Clause, and the readers that most others lean on: connectors, negation, values.

    rows  conditions are on the rows that a figure is made of (then events are no conditions);  table  those rows' table
    """

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
    leading: Window | None = None  # "in the last 90 days, how many have not ordered": a window said before its verb
    unsaid: Span | None = None  # the negation read last
    broken: bool = False  # a comma or "and" came after the open event's last piece
    aside: bool = False  # in parentheses: "beauty stuff (health & beauty or perfumery)" says the same once more, exactly
    closed: Event | None = None  # the event closed last: "but nothing in the past 60 days" is about it
    spans: list[Span] = field(default_factory=list)

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
                if self.event is not None and self._empty(self.event):
                    self.event.negative = True  # "bought nothing in November"
                else:
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
        if atom.negative and not event.negative and event.objects:
            self._close()  # "bought bakery but not the deli": never the deli, not some line of something else
            atom.negative = False
            self.event = event = Event(event.table, event.act, "and", True, window=event.window)
        elif self.aside and event.objects and event.objects[-1].ref == atom.ref:
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

    def _number_follows(self, k: int) -> bool:
        """Whether the quantity that the column is gets its number: else the span stays free for a measure."""
        for span in self.spans[k + 1:k + 6]:
            if span.of(Bound, Num, Dur, Time):
                return True
            if not span.word("prep", "aux", "filler", "det", "pronoun", "relative"):
                break
        self.pending = None
        return False

    def _empty(self, event: Event) -> bool:
        return not (event.objects or event.window or event.bound)

    def _add(self, atom: Atom) -> None:
        last = self.atoms[-1] if self.atoms else None
        if self.aside and last is not None and last.ref == atom.ref and atom.ref is not None:
            self.atoms.pop()
            last, self.aside = None, False
        both = atom.joined == "and" and not self.rows and not atom.negative and atom.ref is not None and not self.world.is_attribute(atom.ref, self.population) \
            and any(s.text == "both" for s in self.spans)
        if last is not None and not both and atom.ref is not None and last.ref == atom.ref and last.negative == atom.negative and grows(last.condition, atom.condition):
            last.condition = grown(last.condition, atom.condition)
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
        if event.window is None and self.leading is not None:
            event.window, self.leading = self.leading, None
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
