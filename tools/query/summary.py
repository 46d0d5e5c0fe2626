"""A Result's own words: the answer in the first sentence, then what matters, short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from segue.tools.query import remarks
from segue.tools.query.compile import Compiled, Shown
from segue.tools.query.english import entity_plural, row_noun
from segue.tools.query.found import Table
from segue.tools.query.groups import NOT_RECORDED
from segue.tools.query.phrasing import (
    capital,
    counted,
    joined,
    plural,
    say_difference,
    say_number,
    say_percent,
    say_period_cell,
    say_share,
    say_value,
)
from segue.tools.query.plan import Concentration, Correlation, Rate
from segue.tools.query.subject import Subject
from segue.tools.results import Cell, Headline

LISTED = 5
"""A table of so many rows or fewer is said whole."""
ENOUGH = 10
"""A rate over fewer is chance: 4 of 4 has a 95% Wilson interval from 51% to 100%."""


@dataclass
class Said:
    """What a Result says of itself."""

    headline: Headline | None
    summary: str
    assumptions: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    method: str | None = None
    as_of: str | None = None


def summarise(compiled: Compiled, table: Table) -> Said:
    """Words for a table."""
    voice = Voice(compiled, table)
    headline, summary = voice.answer()
    notes = compiled.catalog.notes
    return Said(
        headline,
        summary,
        [*remarks.assumptions(compiled), *notes.assumptions],
        [*remarks.caveats(compiled, table), *notes.caveats],
        remarks.suggestions(compiled, table),
        remarks.method(compiled),
        remarks.as_of(compiled),
    )


class Voice:
    """Says one table."""

    def __init__(self, compiled: Compiled, table: Table) -> None:
        self.c, self.t = compiled, table
        self.groups = compiled.groupings
        self.n = len(self.groups)
        self.shown = compiled.shown
        self.subject = Subject(compiled)

    def answer(self) -> tuple[Headline | None, str]:
        """The headline and the summary."""
        query = self.c.query
        if query.rank_measures:
            return self._ranked_measures()
        if not self.n:
            if query.compare == "previous":
                return self._grown()
            return self._figures()
        if not self.t.rows:
            return None, f"There is nothing to show: {self.subject.nothing()}."
        if query.compare == "difference":
            return self._difference()
        if query.compare == "previous":
            return self._moved()
        if self.n > 1:
            return self._cross()
        return self._along() if self.c.sort is None else self._ranking()

    # --- figures without groups -----------------------------------------------------------------------------------

    def _figures(self) -> tuple[Headline | None, str]:
        row = self.t.rows[0]
        texts = [self._figure(shown, row[i], i) for i, shown in enumerate(self.shown)]
        return Headline(None, number(row[0]), self.shown[0].unit), " ".join(texts)

    def _figure(self, shown: Shown, cell: Cell, position: int) -> str:
        plan = shown.formula.plan
        if cell is None:
            return f"{capital(self.subject.measure(shown))} can't be worked out: {self.subject.nothing()}."
        if isinstance(plan, Correlation):
            return self._correlation(plan, cell, shown)
        if isinstance(plan, Concentration):
            return self._concentration(plan, cell, shown)
        if isinstance(plan, Rate) or shown.formula.kind == "rate":
            return self._rate(shown, cell)
        return f"{self.subject.statement(shown, self.value(cell, shown))}."

    def _rate(self, shown: Shown, cell: Cell) -> str:
        of = self.t.counts[shown.name][0]
        members = round(float(cell or 0) * of)
        return f"{say_share(float(cell or 0))} of {self.subject.rate(shown)}: {members:,} of {of:,}."

    def _correlation(self, plan: Correlation, cell: Cell, shown: Shown) -> str:
        r, of = float(cell or 0), self.t.counts[shown.name][0]
        size = abs(r)
        strength = "no" if size < 0.1 else "a weak" if size < 0.3 else "a moderate" if size < 0.6 else "a strong"
        sign = " positive" if r > 0 else " negative"
        if plan.over in self.c.catalog.model.entities:
            many = entity_plural(self.c.catalog.model, plan.over)
        else:
            many = plural(row_noun(self.c.catalog.model, plan.over))
        whole = f"{strength}{'' if size < 0.1 else sign} link" if size >= 0.1 else "no link to speak of"
        x, y = self.subject.speech.value(plan.x), self.subject.speech.value(plan.y)
        text = f"The correlation of {x} and {y}{self.subject.tail(shown)} is {r:.3f}, over {of:,} {many}: {whole}."
        together = "rise together" if r > 0 else "go opposite ways: where one is high the other tends to be low"
        return text + (f" The two {together}; that doesn't show that one causes the other." if size >= 0.1 else "")

    def _concentration(self, plan: Concentration, cell: Cell, shown: Shown) -> str:
        many = entity_plural(self.c.catalog.model, plan.per)
        value = self.subject.speech.value(plan.value)
        whole = f"the top {say_percent(plan.share)} of {many} by {value}{self.subject.tail(shown)}"
        return f"{capital(whole)} hold {say_share(float(cell or 0))} of the {value}."

    def _grown(self) -> tuple[Headline | None, str]:
        row = {s.name: cell for s, cell in zip(self.shown, self.t.rows[0], strict=True)}
        texts, headline = [], None
        for shown in [s for s in self.shown if s.role == "value"]:
            now, before = number(row[shown.name]), number(row[f"{shown.name}_before"])
            change, share = number(row[f"{shown.name}_change"]), number(row.get(f"{shown.name}_change_share"))
            texts.append(self._growth(shown, now, before, change, share))
            if headline is None:
                amount = share is None or self.c.query.change == "amount"
                headline = Headline(None, change if amount else share, shown.unit if amount else "share")
        return headline, " ".join(texts)

    def _growth(self, shown: Shown, now: float | None, before: float | None, change: float | None, share: float | None) -> str:
        if now is None or before is None or change is None:
            return f"{capital(self.subject.measure(shown))} can't be compared: {self.subject.nothing()} in one of the two periods."
        earlier = self.subject.period_before(shown)
        text = self.subject.statement(shown, self.value(now, shown))
        if change == 0:
            return f"{text}, the same as {earlier}."
        percent = f" ({say_share(abs(share))})" if share is not None else ""
        return f"{text}, {'up' if change > 0 else 'down'} {self.gap(change, shown)}{percent} from {self.value(before, shown)} {earlier}."

    # --- one grouping ---------------------------------------------------------------------------------------------

    def _ranking(self) -> tuple[Headline | None, str]:
        assert self.c.sort is not None
        by = next(i for i, s in enumerate(self.shown) if s.name == self.c.sort[0])
        shown, place = self.shown[by], self.n + by
        named = [r for r in self.t.rows if r[0] not in (None, NOT_RECORDED) and r[place] is not None] or self.t.rows
        few = self._too_few(named, shown)
        named = [r for r in named if r not in few] or named
        if len(self.t.rows) == 1 and self.t.in_all == 1:
            only = f"{capital(self.subject.measure(shown))}{self.subject.tail(shown)} is {self.value(named[0][place], shown)}"
            return Headline(str(named[0][0]), number(named[0][place]), shown.unit), f"{only}, all of it for {self._called(named[0])}."
        first = named[0]
        headline = Headline(str(first[0]), number(first[place]), shown.unit)
        beyond = self.t.beyond[:1] if len(named) == 1 else []
        others = [r for r in [*named, *beyond] if r is not first and r[place] is not None]
        most = self.subject.superlative(shown, highest=self.c.sort[1])
        tied = [r for r in others if r[place] == first[place]]
        if tied and len(named) > 1:
            names = joined([self._called(r) for r in (first, *tied)][:LISTED])
            text = f"{names} share first place with {most}: {self.value(first[place], shown)} each"
            others = [r for r in others if r not in tied]
        else:
            text = f"{self._called(first)} has {most}: {self.value(first[place], shown)}{self._part(first, shown, place)}"
        rest = self._other_measures(named, by)
        small = [f"{self._called(r)} ({self.value(r[place], shown)}{self._part(r, shown, place)})" for r in few[:LISTED]]
        aside = "" if not few or first in few else f" Too few to say: {joined(small)}."
        return headline, f"{text}{self._runners(others, place, shown)}.{aside}{rest}{self._closing(named, place, shown)}"

    def _too_few(self, rows: Sequence[list[Cell]], shown: Shown) -> list[list[Cell]]:
        """Groups whose rate rests on so few that chance decides it: they never win a ranking."""
        if shown.formula.kind != "rate" or shown.name not in self.t.counts:
            return []
        return [r for r in rows if self.t.counts[shown.name][self.t.rows.index(r)] < ENOUGH]

    def _other_measures(self, rows: Sequence[list[Cell]], by: int) -> str:
        """Who comes first by the other measures of the table."""
        text = ""
        for i, shown in enumerate(self.shown):
            known = [r for r in rows if number(r[self.n + i]) is not None]
            if i != by and shown.role == "value" and known and len(rows) > 1 and self.c.query.limit is None:
                first = max(known, key=lambda r: float(r[self.n + i] or 0))
                most = self.subject.superlative(shown, highest=True)
                text += f" {self._called(first)} has {most}: {self.value(first[self.n + i], shown)}."
        return text

    def _called(self, row: list[Cell]) -> str:
        """The group's name; a bare number with what it is a number of."""
        if isinstance(row[0], (int, float)) and not isinstance(row[0], bool):
            return f"{capital(self.groups[0].heading)} {row[0]}"
        return str(row[0])

    def _part(self, row: list[Cell], shown: Shown, place: int) -> str:
        """The share of the total, or how many members a rate rests on."""
        if shown.name in self.t.counts:
            of = self.t.counts[shown.name][self.t.rows.index(row)]
            return f" ({round(float(row[place] or 0) * of):,} of {of:,})" if shown.formula.kind == "rate" else ""
        total = number(self.t.total)
        if shown is not self.shown[0] or not total or total <= 0 or (number(row[place]) or 0) < 0:
            return ""
        return f" ({say_share(float(row[place] or 0) / total)} of all {self.value(self.t.total, shown)})"

    def _runners(self, others: Sequence[list[Cell]], place: int, shown: Shown) -> str:
        whole = len(self.t.rows) <= LISTED
        listed = others[: (LISTED if whole else 2)]
        if not listed:
            return ""
        return ", then " + joined([f"{r[0]} ({self.value(r[place], shown)})" for r in listed])

    def _closing(self, rows: Sequence[list[Cell]], place: int, shown: Shown) -> str:
        if len(rows) == 2 and self.t.in_all == 2:
            return self._apart(rows[0], rows[1], place, shown)
        limited = self.c.query.limit is not None and self.t.in_all > len(self.t.rows)
        if limited and self.groups[0].part is None and self.groups[0].labels is None:
            return f" There are {counted(self.t.in_all, self.groups[0].heading)} in all."
        return f" The table has all {self.t.in_all:,}." if len(self.t.rows) > LISTED else ""

    def _apart(self, one: list[Cell], other: list[Cell], place: int, shown: Shown) -> str:
        a, b = number(one[place]), number(other[place])
        if a is None or b is None:
            return ""
        small = abs(a - b) < (0.01 if shown.unit == "share" else 0.01 * max(abs(a), abs(b)))
        return f" The difference is {self.gap(a - b, shown)}{', which is very little' if small else ''}."

    def _along(self) -> tuple[Headline | None, str]:
        """A table in its own order: along time, or by bands."""
        shown, place, line = self.shown[0], self.n, self.groups[0]
        rows = [r for r in self.t.rows if r[0] not in (None, NOT_RECORDED) and r[place] is not None]
        if not rows:
            return None, f"There is nothing to show: {self.subject.nothing()}."
        partial = remarks.part_periods(self.c, self.t, line, 0)
        whole_ones = [r for r in rows if str(r[0]) not in partial] or rows
        top, low = (pick(whole_ones, key=lambda r: float(r[place] or 0)) for pick in (max, min))
        measure = capital(self.subject.measure(shown)) + self.subject.tail(shown)
        if len(rows) <= LISTED or not line.timeline:
            whole = joined([f"{self._label(r)} ({self.value(r[place], shown)})" for r in rows[:12]])
            rest = "" if len(rows) <= 12 else f" The table has all {len(rows):,}."
            return None, f"{measure} by {line.heading}: {whole}.{rest}"
        text = f"{measure} by {line.heading} went from {self.value(rows[0][place], shown)} in {self._label(rows[0])}"
        so_far = " (so far)" if str(rows[-1][0]) in partial else ""
        text += f" to {self.value(rows[-1][place], shown)} in {self._label(rows[-1])}{so_far}."
        return None, (
            f"{text} The highest was {self.value(top[place], shown)} in {self._label(top)}, "
            f"the lowest {self.value(low[place], shown)} in {self._label(low)}."
        )

    def _label(self, row: list[Cell]) -> str:
        return say_period_cell(row[0], self.groups[0].part)

    # --- comparisons ----------------------------------------------------------------------------------------------

    def _difference(self) -> tuple[Headline | None, str]:
        shown, place = self.shown[0], self.n
        a, b = self.t.rows[0], self.t.rows[1]
        x, y = number(a[place]), number(b[place])
        if x is None or y is None:
            return None, f"{capital(self.subject.measure(shown))} can't be compared: one of the two groups has no figure."
        headline = Headline(None, x - y, shown.unit)
        if x == y:
            return headline, f"{capital(self.subject.measure(shown))} is the same for {a[0]} and {b[0]}: {self.value(x, shown)}."
        more = "higher" if x > y else "lower"
        text = (
            f"{capital(self.subject.measure(shown))}{self.subject.tail(shown)} is {self.gap(x - y, shown)} {more} for {a[0]} "
            f"({self.value(x, shown)}) than for {b[0]} ({self.value(y, shown)})."
        )
        small = abs(x - y) < (0.01 if shown.unit == "share" else 0.01 * max(abs(x), abs(y)))
        return headline, text + (" That is very little." if small else "")

    def _moved(self) -> tuple[Headline | None, str]:
        """Groups beside themselves in the period before."""
        shown = self.shown[0]
        index = {s.name: self.n + i for i, s in enumerate(self.shown)}
        before, change = index[f"{shown.name}_before"], index[f"{shown.name}_change"]
        rows = [r for r in self.t.rows if r[change] is not None]
        if not rows:
            return None, f"There is nothing to compare: {self.subject.nothing()}."
        if self.groups[0].timeline:
            return self._along()
        up, down = max(rows, key=lambda r: float(r[change] or 0)), min(rows, key=lambda r: float(r[change] or 0))
        parts = []
        for row, word in ((up, "rise"), (down, "fall")):
            if (float(row[change] or 0) > 0) == (word == "rise") and row[change] != 0:
                now, then = self.value(row[self.n], shown), self.value(row[before], shown)
                gap = self.gap(number(row[change]) or 0, shown)
                parts.append(f"{self._name(row)} with the largest {word}, {gap}, from {then} to {now}")
        ranked = rows[0]
        headline = Headline(self._name(ranked), number(ranked[change]), shown.unit) if self.n == 1 else None
        then = self.subject.period_before(shown).removeprefix("in ").removeprefix("on ")
        text = f"Of {self.subject.measure(shown)}{self.subject.tail(shown)}, compared with {then}: "
        return headline, text + (joined(parts) or "nothing changed") + "."

    def _name(self, row: list[Cell]) -> str:
        return ", ".join(str(c) for c in row[: self.n])

    def _cross(self) -> tuple[Headline | None, str]:
        shown, place = self.shown[0], self.n
        rows = [r for r in self.t.rows if r[place] is not None]
        if not rows:
            return None, f"There is nothing to show: {self.subject.nothing()}."
        top, low = max(rows, key=lambda r: float(r[place] or 0)), min(rows, key=lambda r: float(r[place] or 0))
        by = joined([g.heading for g in self.groups])
        text = (
            f"{capital(self.subject.measure(shown))}{self.subject.tail(shown)} by {by} is highest for {self._name(top)} at "
            f"{self.value(top[place], shown)} and lowest for {self._name(low)} at {self.value(low[place], shown)}."
        )
        return None, f"{text} The table has {say_number(self.t.row_count)} rows."

    def _ranked_measures(self) -> tuple[Headline | None, str]:
        rows = self.t.rows
        unit = self.t.columns[1].unit or self.shown[0].unit
        shown = self.shown[0]
        first = rows[0]
        headline = Headline(str(first[0]), number(first[1]), unit)
        rest = joined([f"{r[0]} ({self.value(r[1], shown)})" for r in [*rows[1:], *self.t.beyond][:LISTED]])
        word = "lowest" if self.c.query.sort is not None and not self.c.query.sort.descending else "highest"
        text = f"{first[0]} is the {word}{self.subject.tail(shown)} at {self.value(first[1], shown)}{f', then {rest}' if rest else ''}."
        return headline, text

    # --- figures --------------------------------------------------------------------------------------------------

    def value(self, cell: Any, shown: Shown) -> str:
        """A figure of a measure."""
        return say_value(cell, shown.unit, self.c.catalog.model.currency)

    def gap(self, difference: float, shown: Shown) -> str:
        """A difference of two of them, without its sign."""
        return say_difference(difference, shown.unit, self.c.catalog.model.currency)


def number(cell: Any) -> float | int | None:
    """The cell where it is a number."""
    return cell if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


