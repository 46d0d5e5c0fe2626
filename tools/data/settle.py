"""Settles what one text column is, by what was counted over the whole of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from segue.tools.data.checks import MISSING_TEXT, MISSING_TYPED, Check, Value, is_missing
from segue.tools.data.dates import DateParser, example
from segue.tools.data.measure import Told
from segue.tools.data.numbers import (
    BOOLEAN,
    COMMA,
    COMMA_PERCENT,
    NUMBER,
    POINT,
    POINT_PERCENT,
    WHOLE,
    Parser,
    Sample,
    currencies,
)
from segue.tools.data.plans import ColumnPlan, Decide, Source, count

TOLERATED = 0.01
"""The share of cells that may fail to be what all others of their column are; they become missing and are reported."""
NEARLY = 0.8


@dataclass
class Settle:
    """Settles one text column."""

    c: duckdb.DuckDBPyConnection
    source: Source
    staged: Value
    name: str
    sample: Sample
    check: Check
    tried: list[Parser]
    commas: bool
    decide: Decide

    def __post_init__(self) -> None:
        self.value = self.staged.sql
        self.unsure: list[str] = []

    def plan(self) -> ColumnPlan:
        chosen = self._choose() if self.tried and self.check.present else None
        plan = self._text() if chosen is None else self._typed(chosen)
        plan.unsure += self.unsure
        return plan

    def _choose(self) -> Parser | None:
        dates = [p for p in self.tried if isinstance(p, DateParser)]
        if dates and (date := self._date(dates)) is not None:
            return date
        if self.tried == [BOOLEAN]:
            return BOOLEAN if self._fits(BOOLEAN) else None
        return self._number([p for p in self.tried if not isinstance(p, DateParser) and p is not BOOLEAN])

    def _unfit(self, parser: Parser) -> int:
        return self.check.unfit[parser.name]

    def _fits(self, parser: Parser) -> bool:
        allowed = 0 if self.source.strict else TOLERATED * self.check.present
        return self._unfit(parser) <= allowed

    # -- dates

    def _date(self, parsers: list[DateParser]) -> Parser | None:
        whole = [p for p in parsers if self._unfit(p) == 0]
        if len(whole) == 1:
            return whole[0]
        if len(whole) == 2:
            return whole[0] if self._same(whole) else self._asked(whole)
        best = min(parsers, key=self._unfit)
        if not self._fits(best):
            self._say_nearly(best)
            return None
        if len(parsers) == 2 and self._mixed(best, next(p for p in parsers if p is not best)):
            self.unsure.append(f"{self._ref()}: dates in both orders, day first and month first: kept as text.")
            return None
        return best

    def _same(self, parsers: list[DateParser]) -> bool:
        one, other = (p.read(self.value) for p in parsers)
        sql = f"SELECT count(*) FROM {self.source.relation} WHERE {one} IS DISTINCT FROM {other}"
        return (self.c.execute(sql).fetchone() or (0,))[0] == 0

    def _mixed(self, best: Parser, other: Parser) -> bool:
        sql = f"SELECT count(*) FROM {self.source.relation} WHERE {best.read(self.value)} IS NULL AND {other.read(self.value)} IS NOT NULL"
        return (self.c.execute(sql).fetchone() or (0,))[0] > 0

    def _asked(self, parsers: list[DateParser]) -> Parser | None:
        known = self.source.decided.get(self._ref())
        differing = next((v for v, _ in self.sample if len(set(re.findall(r"\d+", v)[:2])) == 2), self.sample[0][0])
        choices = [example(differing, p.order) for p in parsers]
        question = f"Which order do the dates in {self._ref()} have? Every one can be read in both."
        answer = known or self.decide(question, choices)
        for parser, choice in zip(parsers, choices, strict=True):
            if answer in (choice, parser.order):
                self.source.decided[self._ref()] = parser.order
                return parser
        self.unsure.append(
            f"{self._ref()}: dates that can be read day first or month first ({differing}): kept as text."
        )
        return None

    # -- numbers

    def _number(self, parsers: list[Parser]) -> Parser | None:
        if self.check.zeros or self.check.huge or not parsers:
            return None
        if self.check.signs > 1:
            signs = " and ".join(currencies(self.sample)[:3])
            self.unsure.append(f"{self._ref()}: amounts in several currencies ({signs}): kept as text.")
            return None
        whole = [p for p in parsers if self._unfit(p) == 0]
        if whole:
            return self._style(whole)
        best = min(parsers, key=self._unfit)
        if not self._fits(best) or (best is WHOLE and self._codes(best)):
            self._say_nearly(best)
            return None
        return best

    def _style(self, fitting: list[Parser]) -> Parser | None:
        """Settles whether a comma or a point is the decimal sign, where every value can be read both ways."""
        if WHOLE in fitting:
            return WHOLE
        both = (COMMA in fitting and (POINT in fitting or NUMBER in fitting)) or (
            COMMA_PERCENT in fitting and POINT_PERCENT in fitting
        )
        if not both or not any(set(v) & {",", "."} for v, _ in self.sample):
            return fitting[0]
        comma = next(p for p in (COMMA, COMMA_PERCENT) if p in fitting)
        return comma if self.commas else next(p for p in fitting if p not in (COMMA, COMMA_PERCENT))

    def _codes(self, parser: Parser) -> bool:
        """Whether what isn't a whole number looks like a code (A563185): then the column is one of codes, not of numbers."""
        sql = (
            f"SELECT count(*) FROM {self.source.relation} WHERE {self._given(MISSING_TYPED)} AND {parser.read(self.value)} IS NULL"
            f" AND regexp_matches({self.value}, '[A-Za-z]') AND regexp_matches({self.value}, '[0-9]')"
        )
        return (self.c.execute(sql).fetchone() or (0,))[0] > 0

    # -- plans

    def _given(self, words: Sequence[str]) -> str:
        return f"{self.value} IS NOT NULL AND NOT {is_missing(self.value, words)}"

    def _typed(self, parser: Parser) -> ColumnPlan:
        missing = (
            f"CASE WHEN {self._given(MISSING_TYPED)} THEN {self.value} END" if self.check.like_missing else self.value
        )
        read = parser.read(f"({missing})")
        plan = ColumnPlan(self.name, self._cast(parser, read), self._told(parser))
        if parser.kind in ("date", "timestamp") and not getattr(parser, "precise", True):
            plan.notes.append(f"{self.name}: months, kept as their first day.")
        if parser.name == "zoned":
            plan.notes.append(f"{self.name}: times with a zone, kept as UTC.")
        if parser in (COMMA, COMMA_PERCENT):
            plan.notes.append(f"{self.name}: a comma is read as the decimal sign.")
        if self._unfit(parser):
            plan.unfit = f"{self._given(MISSING_TYPED)} AND {parser.read(self.value)} IS NULL"
            plan.reason, plan.count = f"in {self.name}, not {parser.says} as the others are", self._unfit(parser)
        self._note_missing(plan, MISSING_TYPED)
        return plan

    def _cast(self, parser: Parser, read: str) -> str:
        if isinstance(parser, DateParser) and (not self.check.timed or self.check.midnight):
            return f"CAST({read} AS DATE)"
        if parser in (POINT, COMMA) and self._no_decimals(parser):
            return f"CAST({read} AS BIGINT)"
        return read

    def _no_decimals(self, parser: Parser) -> bool:
        """Whether amounts such as 1,234 and 12 never have a decimal part: then they are whole numbers."""
        read = parser.read(self.value)
        sql = f"SELECT coalesce(bool_and({read} = trunc({read}) AND abs({read}) < 1e15), false) FROM {self.source.relation}"
        sign = re.escape("." if parser is POINT else ",")
        return not any(re.search(rf"{sign}\d*\D*$", v) for v, _ in self.sample) and bool(
            (self.c.execute(sql).fetchone() or (False,))[0]
        )

    def _told(self, parser: Parser) -> Told:
        signs = currencies(self.sample) if parser.unit == "money" else []
        if signs:
            return Told("money", signs[0])
        return Told("share") if parser.unit == "share" else Told()

    def _text(self) -> ColumnPlan:
        plan = ColumnPlan(self.name, self.value)
        if self._missing_is_a_code():
            plan.notes.append(f"{self.name}: NA is kept as a value, as the other values are codes like it.")
            self.check.like_missing = 0
        elif self.check.like_missing:
            # counted anew: a column that might have been numbers or dates was counted with more words
            self.check.like_missing = count(self.c, self.source.relation, is_missing(self.value, MISSING_TEXT))
            plan.sql = f"CASE WHEN {self._given(MISSING_TEXT)} THEN {self.value} END"
        self._note_missing(plan, MISSING_TEXT)
        if self.staged.padded and not self.source.strict and self.check.given and (around := self._padded()):
            many = "1 value" if around == 1 else f"{around:,} values"
            plan.notes.append(f"{self.name}: blanks around {many} dropped.")
        return plan

    def _padded(self) -> int:
        """Values with blanks around them, cells of blanks alone not counted."""
        rows = count(self.c, self.source.relation, f"{self.value} IS NULL")
        return self.staged.padded - (rows - count(self.c, self.source.relation, f"{self.staged.column} IS NULL"))

    def _missing_is_a_code(self) -> bool:
        """Whether NA stands among codes such as EU and APAC: there it means North America."""
        values = [v for v, _ in self.sample]
        codes = [v for v in values if re.fullmatch("[A-Z]{2,5}", v)]
        return "NA" in values and len(codes) >= 3 and len(codes) >= 0.8 * len(values)

    def _note_missing(self, plan: ColumnPlan, words: Sequence[str]) -> None:
        if self.check.like_missing:
            found = sorted({v for v, _ in self.sample if v.lower() in words})[:3]
            said = f" ({', '.join(found)})" if found else ""
            cells = (
                "1 cell that says there is no value{} is"
                if self.check.like_missing == 1
                else "{:,} cells that say there is no value{} are"
            )
            count = (said,) if self.check.like_missing == 1 else (self.check.like_missing, said)
            plan.notes.append(f"{self.name}: {cells.format(*count)} missing.")

    def _say_nearly(self, best: Parser) -> None:
        share = 1 - self._unfit(best) / self.check.present
        if share >= NEARLY and self.check.present > self._unfit(best) and not (self.source.strict and share < 0.99):
            odd = self.c.execute(
                f"SELECT {self.value} FROM {self.source.relation} WHERE {self._given(MISSING_TYPED)} AND {best.read(self.value)} IS NULL LIMIT 1"
            ).fetchone()
            said = f", such as {odd[0]!r}" if odd else ""
            self.unsure.append(
                f"{self._ref()}: {self._unfit(best):,} of {self.check.present:,} values are not {best.says}{said}: kept as text."
            )

    def _ref(self) -> str:
        return f"{self.source.table}.{self.name}"
