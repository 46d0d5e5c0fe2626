"""Conditions and values as clauses of exact English; `english` makes whole plans of them.

A condition has two forms. As a modifier it follows a noun ("customers whose country is Germany, with no order in the last 60
days"); of a row it follows "where" ("country is Germany"). As a predicate it makes a sentence ("... of customers churned").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from segue.tools.query.phrasing import is_plural, joined, plural, say_day, say_number, say_percent, singular
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
from segue.tools.semantic.schema import Model, split, words

STATS = {
    "sum": "total", "mean": "average", "median": "median", "min": "lowest", "max": "highest", "distinct": "number of different",
    "stddev": "standard deviation of", "percentile": "percentile of",
}  # fmt: skip
DATE_STATS = {"min": "first", "max": "last"}
COMPARED = {"=": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}
DATED = {"=": "on", "!=": "not on", "<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
TIMES = {"=": "exactly", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least", "!=": "other than"}
PEOPLE = {"citizen", "member", "subscriber", "user", "student", "employee", "parent", "owner", "customer"}
BEING = {"active", "late", "new", "vip", "loyal", "inactive", "returning", "overdue", "urgent", "open", "valid", "on time"}
PARTS = {
    "weekday": "the day of the week", "hour_of_day": "the hour", "month_of_year": "the month of the year", "year": "year",
    "quarter": "quarter", "month": "month", "week": "week", "day": "day", "hour": "hour",
}  # fmt: skip

Dates = Callable[[Window, str | None], str | None]
"""A window on a table (None: whichever) as dates: "11 Oct 2011 to 9 Dec 2011"; None where it can't be told."""


def entity_plural(model: Model, name: str) -> str:
    """Several of an entity, or a table's rows: customers, orders, order items."""
    entity = model.entities.get(name)
    if entity is not None:
        return entity.plural or plural(words(name))
    return plural(row_noun(model, name))


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def row_noun(model: Model, table: str) -> str:
    """One row of a table: transactions -> transaction, order_items -> order item."""
    spec = model.tables.get(table)
    return singular((spec.label if spec is not None else None) or words(table))


@dataclass(frozen=True)
class Clauses:
    """Says conditions and values in the words of a model; with `dates`, what windows mean on the data is said beside them."""

    model: Model
    dates: Dates | None = None

    def value(self, value: Value) -> str:
        """A value with its own conditions and window."""
        text = self.value_of(value)
        if value.where is not None:
            text += f" where {self.condition(value.where, 'row')}"
        return f"{text} {self.window(value.window, self._table_of(value))}" if value.window is not None else text

    def _table_of(self, value: Value) -> str | None:
        metric = self.model.metrics.get(value.metric or "")
        ref = value.column or (metric.of if metric is not None else None)
        if ref is not None:
            return split(ref)[0]
        return value.count if value.count in self.model.tables else None

    def value_of(self, value: Value) -> str:
        if value.metric is not None:
            metric = self.model.metrics.get(value.metric)
            return (metric.label if metric else None) or words(value.metric)
        if value.count is not None:
            return f"number of {entity_plural(self.model, value.count)}"
        assert value.column is not None and value.stat is not None
        spec, name = self.model.column(value.column), self.model.plain(value.column)
        if spec.type in ("date", "timestamp") and value.stat in DATE_STATS:
            return f"{DATE_STATS[value.stat]} {name}"
        if value.stat == "percentile" and value.percentile is not None:
            return f"{say_percent(value.percentile)} point of {name}"
        if value.stat == "distinct":
            return f"number of different {plural(name)}"
        if value.stat == "mean" and (spec.type == "boolean" or spec.role == "flag"):
            return f"share with {name}"
        return f"{STATS[value.stat]} {name}"

    # --- conditions -----------------------------------------------------------------------------------------------

    def condition(self, condition: Condition, of: str = "customer") -> str:
        if isinstance(condition, All):
            return joined([self._bracketed(part, of, AnyOf) for part in condition.of])
        if isinstance(condition, AnyOf):
            return joined([self._bracketed(part, of, All) for part in condition.of], "or")
        if isinstance(condition, Not):
            return self._not(condition.of, of)
        if isinstance(condition, ColumnIs):
            return self._column(condition, of)
        if isinstance(condition, ValueIs):
            return self._value_is(condition, of)
        if isinstance(condition, Did):
            return f"{self._with(of)} {self._did(condition)}"
        if isinstance(condition, TopShare):
            return f"{'are ' if of == 'row' else ''}{self._top(condition)}"
        if isinstance(condition, InSegment):
            return f"in the segment {condition.segment}"
        return self._labelled(condition, of)

    def _bracketed(self, part: Condition, of: str, kind: type) -> str:
        text = self.condition(part, of)
        return f"({text})" if isinstance(part, kind) else text

    def _not(self, inner: Condition, of: str) -> str:
        if isinstance(inner, Did) and (inner.op, inner.times) == (">=", 1):
            return f"{self._with(of)} no {self._rows(inner)}"
        if isinstance(inner, HasLabel):
            return self._labelled(inner, of, negated=True)
        if isinstance(inner, ColumnIs) and not self._lies_in_events(inner, of):
            return self._column(inner, of, negated=True)
        if isinstance(inner, (InSegment, TopShare)):
            return f"not {self.condition(inner, of)}"
        if isinstance(inner, ColumnIs):
            return f"with no {row_noun(self.model, split(inner.column)[0])} {self._relative(inner)}"
        return f"not ({self.condition(inner, of)})"

    def _with(self, of: str) -> str:
        return "there is" if of == "row" else "with"

    def _lies_in_events(self, condition: ColumnIs, of: str) -> bool:
        """Whether the column is one of many rows of the entity, rather than a fact about it."""
        if of == "row" or of.endswith(":row"):
            return False
        entity, table = self.model.entities.get(of), split(condition.column)[0]
        if entity is None:
            return False
        home = split(entity.key)[0]
        return table != home or (self.model.tables[home].kind == "events" and self.model.tables[home].key != split(entity.key)[1])

    def _column(self, condition: ColumnIs, of: str, negated: bool = False) -> str:
        if self._lies_in_events(condition, of) and not negated:
            table = split(condition.column)[0]
            if self.model.tables[table].kind == "lookup":
                return f"with {self._name(condition)} {self._comparison(condition).removeprefix('is ').removeprefix('are ')}"
            noun = row_noun(self.model, table)
            return f"with {_a(noun)} {self._relative(condition)}"
        if of == "row":
            text = f"{self._name(condition)} {self._comparison(condition)}"
            return f"not ({text})" if negated else text
        if condition.op in ("yes", "no") and condition.part is None:
            return self._flag(condition, of, yes=(condition.op == "yes") != negated)
        text = f"whose {self._name(condition)} {self._comparison(condition)}"
        return f"not ({text})" if negated else text

    def _flag(self, condition: ColumnIs, of: str, yes: bool) -> str:
        """A flag of them: with paperless billing; that are late; who are senior citizens."""
        who = "who" if of == "customer" else "that"
        kind, name = self._flag_kind(condition)
        if kind == "be":
            return f"{who} are {'' if yes else 'not '}{name}"
        if kind == "person":
            return f"{who} are {'' if yes else 'not '}{plural(name)}"
        return f"{'with' if yes else 'without'} {name}"

    def _flag_kind(self, condition: ColumnIs) -> tuple[str, str]:
        spec, name = self.model.column(condition.column), self.model.plain(condition.column)
        if name.startswith("is "):
            return "be", name.removeprefix("is ")
        if spec.derived is not None or name.endswith("ed") or name in BEING:
            return "be", name
        if name.split()[-1] in PEOPLE:
            return "person", name
        return "have", name.removeprefix("has ")

    def _relative(self, condition: ColumnIs) -> str:
        if condition.op in ("yes", "no"):
            kind, name = self._flag_kind(condition)
            no = "" if condition.op == "yes" else "not "
            return f"that {'has ' + ('no ' if no else '') if kind == 'have' else 'is ' + no}{name}"
        return f"whose {self._name(condition)} {self._comparison(condition)}"

    def _name(self, condition: ColumnIs) -> str:
        name = self.model.plain(condition.column)
        return f"{PARTS[condition.part].removeprefix('the ')} of {name}" if condition.part is not None else name

    def _comparison(self, condition: ColumnIs) -> str:
        text = self._compared(condition)
        plurals = condition.part is None and is_plural(self.model.plain(condition.column))
        return "are" + text.removeprefix("is") if plurals and text.startswith("is ") else text

    def _compared(self, condition: ColumnIs) -> str:
        op, value = condition.op, condition.value
        if op in ("missing", "present"):
            return "is not recorded" if op == "missing" else "is recorded"
        if op in ("yes", "no"):
            return f"is {op}"
        if condition.other is not None:
            return f"{self._relation(condition)} {self.model.plain(condition.other)}"
        if op in ("in", "not in"):
            values = value if isinstance(value, list) else [value]
            return f"is {'' if op == 'in' else 'not '}{joined([self._shown(v, condition) for v in values], 'or')}"
        if op == "between" and isinstance(value, list):
            return f"is from {self._shown(value[0], condition)} to {self._shown(value[-1], condition)}"
        if op in ("contains", "starts with"):
            return f"{'contains' if op == 'contains' else 'begins with'} “{value}”"
        return f"{self._relation(condition)} {self._shown(value, condition)}"

    def _relation(self, condition: ColumnIs) -> str:
        dated = self.model.column(condition.column).type in ("date", "timestamp") and condition.part is None
        return f"is {DATED[condition.op]}" if dated else COMPARED[condition.op]

    def _shown(self, value: Any, condition: ColumnIs) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, dt.date):
            return say_day(value)
        spec = self.model.column(condition.column)
        if isinstance(value, str) and spec.type in ("date", "timestamp") and condition.part is None:
            return say_day(dt.date.fromisoformat(value[:10]))
        if isinstance(value, (int, float)):
            identifies = spec.role in ("key", "customer", "account", "order", "reference", "line")
            return f"{value:g}" if identifies and float(value).is_integer() and abs(value) < 1e6 else say_number(value)
        return str(value)

    def _value_is(self, condition: ValueIs, of: str) -> str:
        value = self.value(condition.value)
        if condition.date is not None:
            verb = "was" if condition.value.stat in DATE_STATS else "is"
            clause = f"{value} {verb} {DATED[condition.op]} {say_day(condition.date)}"
        elif (noun := self._counted(condition.value)) is not None:
            return self._has_so_many(condition, noun, of)
        else:
            verb = COMPARED[condition.op] if not is_plural(value) else COMPARED[condition.op].replace("is", "are", 1)
            clause = f"{value} {verb} {say_number(condition.number or 0)}"
        if of == condition.per:
            return f"whose {clause}"
        if of == "row":
            return f"the {condition.per}'s {clause}"
        return f"with {_a(words(condition.per))} whose {clause}"

    def _counted(self, value: Value) -> tuple[str, str] | None:
        """The noun (one, many) of what a value counts; None where it is no count."""
        metric = self.model.metrics.get(value.metric or "")
        name = value.count or (metric.count if metric is not None else None)
        if name is None:
            return None
        if name in self.model.entities:
            return words(name), entity_plural(self.model, name)
        return row_noun(self.model, name), plural(row_noun(self.model, name))

    def _has_so_many(self, condition: ValueIs, noun: tuple[str, str], of: str) -> str:
        number = condition.number or 0
        text = f"{TIMES[condition.op]} {say_number(number)} {noun[number != 1]}"
        if condition.value.where is not None:
            text += f" where {self.condition(condition.value.where, 'row')}"
        if condition.value.window is not None:
            text += f" {self.window(condition.value.window, self._table_of(condition.value))}"
        if of == condition.per:
            return f"with {text}"
        if of == "row":
            return f"the {condition.per} has {text}"
        return f"with {_a(words(condition.per))} that has {text}"

    def _did(self, condition: Did) -> str:
        if (condition.op, condition.times) == (">=", 1):
            return f"at least one {self._rows(condition)}"
        return f"{TIMES[condition.op]} {condition.times} {self._rows(condition, many=condition.times != 1)}"

    def _rows(self, condition: Did, many: bool = False) -> str:
        noun = row_noun(self.model, condition.table)
        text = plural(noun) if many else noun
        if condition.where is not None:
            text += f" where {self.condition(condition.where, 'row')}"
        return f"{text} {self.window(condition.window, condition.table)}" if condition.window is not None else text

    def _top(self, condition: TopShare) -> str:
        which = say_percent(condition.share) if condition.share is not None else say_number(condition.number or 1)
        return f"among the {condition.end} {which} of {entity_plural(self.model, condition.per)} by {self.value(condition.value)}"

    def _labelled(self, condition: HasLabel, of: str, negated: bool = False) -> str:
        word = self._label_word(condition)
        if of == "row":
            return f"the {self._label_of(condition)} {'did not have' if negated else 'had'} the label {word}"
        who = "who" if self._label_of(condition) == "customer" else "that"
        if word.endswith("ed") and " " not in word:
            return f"{who} have not {word}" if negated else f"{who} {word}"
        return f"{who} are {'not ' if negated else ''}{word}"

    def _label_word(self, condition: HasLabel) -> str:
        return words(condition.label)

    def _label_of(self, condition: HasLabel) -> str:
        label = self.model.labels.get(condition.label)
        return label.of if label is not None else "customer"

    # --- predicates -----------------------------------------------------------------------------------------------

    def predicate(self, condition: Condition, of: str) -> str:
        """What a sentence says of them: 26.5% of customers "churned", "have no order in the last 90 days"."""
        if isinstance(condition, (All, AnyOf)):
            parts = [self.predicate(part, of) for part in condition.of]
            same = parts[0].split()[0]
            if same in ("have", "are") and all(p.startswith(f"{same} ") for p in parts):
                parts[1:] = [p.removeprefix(f"{same} ") for p in parts[1:]]
            return joined(parts, "and" if isinstance(condition, All) else "or")
        text = self.condition(condition, of)
        if text.startswith(("who ", "that ")):
            return text.split(" ", 1)[1]
        if text.startswith("with "):
            return "have " + text.removeprefix("with ")
        if text.startswith("without "):
            return "have no " + text.removeprefix("without ")
        if text.startswith("whose "):
            return "have " + text.removeprefix("whose ").replace(" is ", " ", 1).replace(" are ", " ", 1)
        return f"are {text}"

    # --- time -----------------------------------------------------------------------------------------------------

    def window(self, window: Window, table: str | None) -> str:
        """A window in words, with its dates where they are known."""
        text = say_window_bare(window)
        if window.last is not None:
            text = f"in the {text}"
        elif window.calendar is None or text.startswith("the "):
            text = f"in {text}" if not text.startswith("the time ") else text.removeprefix("the time ")
        if window.column is not None:
            text += f" by {self.model.plain(window.column)}"
        known = self.dates(window, table) if self.dates is not None and window.start is None and window.end is None else None
        return f"{text} ({known})" if known else text


def say_window_bare(window: Window) -> str:
    """A window in words, without "in": last 90 days, last month, November 2011."""
    if window.last is not None and window.unit is not None:
        unit = window.unit.removesuffix("s") if window.last == 1 else window.unit
        text = f"last {unit}" if window.last == 1 else f"last {window.last} {unit}"
        return text if not window.before else f"{window.last} {unit} before the {text}"
    if window.calendar is not None:
        back = window.before - window.offset
        named = {0: f"this {window.calendar}", 1: f"last {window.calendar}"}
        return named.get(back) or f"the {window.calendar} {abs(back)} {'before' if back > 0 else 'after'} this one"
    from segue.tools.query.windows import say_span

    text = say_span(window.start, window.end)
    return text if not window.before else f"the same length of time before {text}"
