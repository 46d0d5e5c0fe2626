"""The model while it is being inferred: mutable tables and columns, with what is known of each, and what is unsure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segue.tools.semantic.names import is_row_number, key_noun, tidy
from segue.tools.semantic.schema import (
    ColumnClass,
    ColumnSpec,
    Derived,
    Entity,
    Join,
    Label,
    Metric,
    Model,
    Role,
    Subject,
    TableKind,
    TableSpec,
    Test,
)

if TYPE_CHECKING:
    from segue.tools.data.facts import ColumnFacts, Facts

NUMBERS = ("integer", "number")
DATES = ("date", "timestamp")


@dataclass
class Col:
    """A column. `noun`: what it would be a key of ("" for a bare "id"); None where it is no key."""

    table: str
    name: str
    type: Any
    facts: ColumnFacts | None
    words: str
    noun: str | None = None
    role: Role | None = None
    class_: ColumnClass | None = None
    unit: str | None = None
    label: str | None = None
    called: list[str] = field(default_factory=list)
    yes: list[Any] = field(default_factory=list)
    no: list[Any] = field(default_factory=list)
    derived: Derived | None = None

    @property
    def ref(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def distinct(self) -> int:
        return self.facts.distinct if self.facts else 0

    @property
    def filled(self) -> int:
        """Rows that have a value."""
        return self.facts.rows - self.facts.missing if self.facts else 0

    @property
    def unique(self) -> bool:
        """Every row has a value and no two have the same."""
        return self.facts is not None and self.facts.rows > 0 and self.facts.unique and self.facts.missing == 0

    @property
    def values(self) -> list[Any]:
        """The most frequent values, at most 20; none where nearly all differ."""
        return [v for v, _ in self.facts.top if v is not None] if self.facts else []

    @property
    def samples(self) -> list[Any]:
        """Some values to look at: the most frequent, else the least and the greatest."""
        if self.values or self.facts is None:
            return self.values
        return [v for v in (self.facts.minimum, self.facts.maximum) if v is not None]

    @property
    def length(self) -> float:
        """Mean length of a text column, in characters; 0 for others."""
        return (self.facts.length or 0) if self.facts else 0

    @property
    def whole(self) -> bool:
        """An integer column, or a number column that holds nothing but whole numbers (12345.0)."""
        return self.type == "integer" or (self.type == "number" and self.facts is not None and self.facts.whole)

    @property
    def number(self) -> bool:
        return self.type in NUMBERS

    @property
    def dated(self) -> bool:
        return self.type in DATES

    @property
    def low(self) -> float | None:
        return as_number(self.facts.minimum) if self.facts else None

    @property
    def high(self) -> float | None:
        return as_number(self.facts.maximum) if self.facts else None

    @property
    def mean(self) -> float | None:
        return as_number(self.facts.mean) if self.facts else None


@dataclass
class Tab:
    """A table. `key`: its own primary key, where a column is unique and named like one."""

    name: str
    rows: int
    words: str
    cols: dict[str, Col]
    kind: TableKind | None = None
    subject: Subject = "other"
    key: str | None = None
    time: str | None = None
    cancelled: Test | None = None
    engaged: Test | None = None
    label: str | None = None
    source: str | None = None

    def of_role(self, *roles: str) -> list[Col]:
        """Columns of one of these roles, in order."""
        return [c for c in self.cols.values() if c.role in roles]


@dataclass
class Draft:
    """The whole. `customer`: the reference of the customer's key; `knows_customers`: whether anything identifies one."""

    tables: dict[str, Tab]
    joins: list[Join] = field(default_factory=list)
    entities: dict[str, Entity] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    customer: str | None = None
    knows_customers: bool = True
    clock: str | None = None
    currency: str | None = None
    main_scheme: str | None = None
    unsure: list[str] = field(default_factory=list)

    def col(self, ref: str) -> Col:
        table, _, name = ref.partition(".")
        return self.tables[table].cols[name]

    def doubt(self, text: str) -> None:
        if text not in self.unsure:
            self.unsure.append(text)

    def cols(self) -> list[Col]:
        return [c for t in self.tables.values() for c in t.cols.values()]

    def leads_to(self, table: str) -> dict[str, list[Join]]:
        """Every table that rows of `table` lead to, many to one, with the shortest path of joins there (itself: no joins)."""
        paths: dict[str, list[Join]] = {table: []}
        queue = [table]
        while queue:
            here = queue.pop(0)
            for join in self.joins:
                there = join.to.partition(".")[0]
                if join.from_.partition(".")[0] == here and there not in paths:
                    paths[there] = [*paths[here], join]
                    queue.append(there)
        return paths

    def add_derived(self, table: str, name: str, type_: str, derived: Derived, **given: Any) -> Col:
        """A derived column under a name that is free in the table."""
        cols = self.tables[table].cols
        taken = {c.lower() for c in cols}
        free = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 99))) if n.lower() not in taken)
        cols[free] = Col(table, free, type_, None, tidy(free), derived=derived, class_="safe", **given)
        return cols[free]


def headerless(tab: Tab) -> bool:
    """Whether no column has a name that says anything."""
    return all(is_row_number(c.words) for c in tab.cols.values() if c.derived is None)


def as_number(value: Any) -> float | None:
    """A fact's value as a number; None for dates, text and nothing."""
    if value is None or isinstance(value, (dt.date, dt.datetime)):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def draft_of(facts: Facts) -> Draft:
    """A draft with every table and column, nothing decided yet."""
    tables = {}
    for name, rows in facts.tables.items():
        cols = {}
        for f in facts.columns(name):
            text = tidy(f.column)
            cols[f.column] = Col(name, f.column, f.type, f, text, noun=_noun(text, f))
        tables[name] = Tab(name, rows, tidy(name), cols)
    return Draft(tables)


def _noun(text: str, facts: ColumnFacts) -> str | None:
    """The key's noun, unless the values can't be keys (dates, fractions, a handful of measurements)."""
    noun = key_noun(text)
    if noun is None or facts.type in (*DATES, "boolean"):
        return None
    if facts.type == "number" and not facts.whole:
        return None
    seen = [v for v, _ in facts.top[:5]] or [facts.minimum, facts.maximum]
    if noun == text and any(isinstance(v, str) and not re.fullmatch(r"\S*\d\S*", v.strip()) for v in seen):
        return None  # "client: Acme Ltd" is a name, "store: Leeds" a place
    if noun == text and facts.type == "integer" and facts.distinct <= 2 and facts.minimum == 0:
        return None  # "coupon: 0 or 1" says whether there was one
    return noun


def to_model(draft: Draft, name: str) -> Model:
    """The draft as a Model. What no one could class is personal."""
    tables = {t.name: _table(t) for t in draft.tables.values()}
    return Model(
        name=name,
        currency=draft.currency,
        clock=draft.clock,
        main_scheme=draft.main_scheme,
        entities=draft.entities,
        tables=tables,
        joins=draft.joins,
        metrics=draft.metrics,
        labels=draft.labels,
    )


def _table(t: Tab) -> TableSpec:
    return TableSpec(
        source=t.source,
        kind=t.kind or "lookup",
        subject=t.subject,
        key=t.key,
        time=t.time,
        cancelled=t.cancelled,
        engaged=t.engaged,
        label=t.label,
        columns={c.name: _column(c) for c in t.cols.values()},
    )


def _column(c: Col) -> ColumnSpec:
    spec: dict[str, Any] = {
        "type": c.type,
        "role": c.role,
        "class_": c.class_ or "personal",
        "unit": c.unit,
        "label": c.label,
    }
    return ColumnSpec(**spec, called=c.called, yes=c.yes, no=c.no, derived=c.derived)
