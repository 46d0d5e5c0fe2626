"""Decides each column's type over the whole column, and how every cell is read: nothing is guessed row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb

from segue.tools.data.dates import DateParser, date_parsers, example
from segue.tools.data.measure import Told
from segue.tools.data.names import quoted, text_literal
from segue.tools.data.numbers import (
    BOOLEAN,
    COMMA,
    COMMA_PERCENT,
    CURRENCY,
    HUGE,
    LEADING_ZERO,
    NUMBER,
    NUMBERS,
    POINT,
    POINT_PERCENT,
    TELEPHONE,
    WHOLE,
    Parser,
    Sample,
    currencies,
)

Decide = Callable[[str, Sequence[str]], "str | None"]
"""Asks a person a question with choices; returns one of them, or None where nobody is there to ask."""

TOLERATED = 0.01
"""The share of cells that may fail to be what all others of their column are; they become missing and are reported."""
TRIED = 0.9
NEARLY = 0.8
SAMPLE = 20_000
BLANKS = " \t\r\n\x0b\x0c\u00a0\u2007\u202f\u3000\ufeff"
MISSING_TEXT = ("na", "n/a", "#n/a", "null", "nan", "<na>", "-", "--", "?", "\\n")
MISSING_TYPED = (*MISSING_TEXT, "none", "nil", "n.a.", "nat", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "inf", "-inf", "infinity", "-infinity")


@dataclass
class ColumnPlan:
    """How a staged column becomes a column of the data.

    sql    reads it;  unfit  a condition that holds for given cells which can't be read, with the reason, or None
    count  how many those are
    """

    name: str
    sql: str
    told: Told = field(default_factory=Told)
    unfit: str | None = None
    reason: str = ""
    count: int = 0
    notes: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """What a column is read from: the staged table, its name to people, and what its file suggests.

    european  semicolons between cells: decimal commas are to be expected
    strict    a typed source (Parquet, a database): its text is typed only where every value fits
    decided   answers that a person gave before, by table.column
    """

    relation: str
    table: str
    rows: int
    european: bool = False
    strict: bool = False
    decided: dict[str, str] = field(default_factory=dict)


@dataclass
class _Check:
    """Counts over a whole text column."""

    given: int = 0
    like_missing: int = 0
    unfit: dict[str, int] = field(default_factory=dict)
    zeros: int = 0
    huge: int = 0
    timed: bool = False
    midnight: bool = True
    signs: int = 0

    @property
    def present(self) -> int:
        """Cells that say something."""
        return self.given - self.like_missing

    def add(self, more: _Check) -> None:
        """What a second pass, with other ways to read, has found."""
        self.unfit |= more.unfit
        self.zeros, self.huge = max(self.zeros, more.zeros), max(self.huge, more.huge)
        self.signs = max(self.signs, more.signs)


def plan_columns(c: duckdb.DuckDBPyConnection, source: Source, names: Sequence[str], decide: Decide) -> list[ColumnPlan]:
    """A plan for every column of a staged table, whose columns are in the order of `names`."""
    kinds = [(column, kind) for column, kind, *_ in c.execute(f"DESCRIBE {source.relation}").fetchall()]
    kinds = [(column, kind) for column, kind in kinds if column != "_line"]
    plans: list[ColumnPlan] = []
    values = _values(c, source, [column for column, kind in kinds if kind == "VARCHAR"])
    samples = _samples(c, source, values)
    tried = {column: _candidates(samples[column]) for column in values}
    checks = _check(c, source, values, {column: _first(tried[column], samples[column]) for column in values})
    open_ = {column: values[column] for column in values if tried[column] and 0 not in checks[column].unfit.values()}
    rest = {column: [p for p in tried[column] if p.name not in checks[column].unfit] for column in open_}
    for column, more in _check(c, source, open_, rest).items():
        checks[column].add(more)
    commas = _uses_decimal_commas(tried, checks) or source.european
    for (column, kind), name in zip(kinds, names, strict=True):
        if kind == "VARCHAR":
            known = [p for p in tried[column] if p.name in checks[column].unfit]
            settle = _Settle(c, source, values[column], name, samples[column], checks[column], known, commas, decide)
            plans.append(settle.plan())
        else:
            plans.append(native(c, source, column, name, kind))
    return plans


@dataclass(frozen=True)
class _Value:
    """A staged text cell in SQL, without surrounding blanks, NULL where nothing is left; and how many had any."""

    column: str
    sql: str
    padded: int


def _values(c: duckdb.DuckDBPyConnection, source: Source, columns: Sequence[str]) -> dict[str, _Value]:
    """Trimming is what takes longest, so only columns that need it get it."""
    edge = text_literal(f"^[{BLANKS}]|[{BLANKS}]$")
    values: dict[str, _Value] = {}
    for start in range(0, len(columns), 100):
        part = columns[start : start + 100]
        counts = [f"count(*) FILTER ({quoted(x)} = '' OR regexp_matches({quoted(x)}, {edge}))" for x in part]
        found = c.execute(f"SELECT {', '.join(counts)} FROM {source.relation}").fetchone() or ()
        for column, padded in zip(part, found, strict=True):
            trimmed = f"nullif(trim({quoted(column)}, {text_literal(BLANKS)}), '')"
            values[column] = _Value(quoted(column), trimmed if padded else quoted(column), padded)
    return values


def _is_missing(value: str, words: Sequence[str]) -> str:
    return f"coalesce(length({value}) <= {max(map(len, words))} AND lower({value}) IN ({', '.join(map(text_literal, words))}), false)"


# -- what is tried


def _samples(c: duckdb.DuckDBPyConnection, source: Source, values: dict[str, _Value]) -> dict[str, list[tuple[str, int]]]:
    step = max(1, source.rows // SAMPLE)
    c.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS SELECT * FROM {source.relation} WHERE rowid % {step} = 0")
    samples = {}
    for column, value in ((column, v.sql) for column, v in values.items()):
        found = _distinct(c, f"SELECT {value} v FROM sampled")
        if sum(n for _, n in found) < 100 and step > 1:  # mostly blank: look at those that are given
            found = _distinct(c, f"SELECT {value} v FROM {source.relation} WHERE {value} IS NOT NULL LIMIT {SAMPLE}")
        samples[column] = found
    c.execute("DROP TABLE sampled")
    return samples


def _distinct(c: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, int]]:
    rows = c.execute(f"SELECT v, count(*) FROM ({sql}) WHERE v IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2000").fetchall()
    return [(v, n) for v, n in rows]


def _candidates(sample: Sample) -> list[Parser]:
    """The ways to read that the sample makes worth trying on the whole column."""
    given = [(v, n) for v, n in sample if v.lower() not in MISSING_TYPED]
    if not given:
        return []
    if BOOLEAN.share(given) >= TRIED:
        return [BOOLEAN]
    dates: list[Parser] = [p for p in date_parsers(given) if p.name != "packed year, month, day" or _many_days(given)]
    numbers = [p for p in NUMBERS if p.share(given) >= TRIED]
    return dates + numbers


def _first(parsers: list[Parser], sample: Sample) -> list[Parser]:
    """Those of the candidates to check first: the plainest, where it reads the whole sample. Most columns need no other."""
    dates: list[Parser] = [p for p in parsers if isinstance(p, DateParser)]
    if dates or not parsers:
        return dates
    given = [(v, n) for v, n in sample if v.lower() not in MISSING_TYPED]
    plain = parsers[0]
    unsettled = plain is NUMBER and COMMA in parsers  # 1.234 may be either
    return [plain] if plain in (WHOLE, NUMBER, BOOLEAN) and plain.share(given) == 1.0 and not unsettled else parsers


def _many_days(sample: Sample) -> bool:
    """Whether 8-digit numbers are days rather than codes: a code that happens to look like one day is no date."""
    return len(sample) >= 10 or all(re.fullmatch(r"(?:19|20)\d{6}", v) for v, _ in sample) and len(sample) >= 3


# -- what holds for the whole column


def _check(
    c: duckdb.DuckDBPyConnection, source: Source, values: dict[str, _Value], tried: dict[str, list[Parser]], at_once: int = 40
) -> dict[str, _Check]:
    checks: dict[str, _Check] = {}
    columns = list(tried)
    for start in range(0, len(columns), at_once):
        part = columns[start : start + at_once]
        parts = {column: _check_sql(quoted("v" + column), tried[column]) for column in part}
        flat = [sql for column in part for sql in parts[column].values()]
        inner = ", ".join(f"{values[column].sql} AS {quoted('v' + column)}" for column in part)
        row = iter(c.execute(f"SELECT {', '.join(flat)} FROM (SELECT {inner} FROM {source.relation})").fetchone() or ())
        for column in part:
            checks[column] = _checked({key: next(row) for key in parts[column]})
    return checks


def _check_sql(v: str, parsers: list[Parser]) -> dict[str, str]:
    missing = _is_missing(v, MISSING_TYPED if parsers else MISSING_TEXT)
    sql = {"given": f"count({v})", "like_missing": f"count(*) FILTER ({missing})"}
    for parser in parsers:
        sql[f"unfit {parser.name}"] = f"count(*) FILTER ({v} IS NOT NULL AND {parser.read(v)} IS NULL AND NOT {missing})"
    if any(p.kind in ("number", "integer") for p in parsers):
        codes = f"({LEADING_ZERO}|{TELEPHONE})"
        sql["zeros"] = f"count(*) FILTER (left({v}, 1) IN ('0', '+', '-') AND regexp_full_match({v}, '{codes}'))"
        sql["huge"] = f"count(*) FILTER (length({v}) >= 19 AND regexp_full_match({v}, '{HUGE}') AND TRY_CAST({v} AS BIGINT) IS NULL)"
    if any(p.unit == "money" for p in parsers):
        sql["signs"] = f"count(DISTINCT nullif(regexp_extract({v}, {text_literal(CURRENCY)}), ''))"
    for parser in parsers:
        if isinstance(parser, DateParser):
            sql["timed"] = f"coalesce(bool_or(contains({v}, ':')), false)"
            sql["midnight"] = f"coalesce(bool_and({parser.read(v)} = date_trunc('day', {parser.read(v)})), true)"
    return sql


def _checked(found: dict[str, int]) -> _Check:
    unfit = {key.removeprefix("unfit "): n for key, n in found.items() if key.startswith("unfit ")}
    rest = {key: n for key, n in found.items() if not key.startswith("unfit ")}
    return _Check(unfit=unfit, **rest)  # type: ignore[arg-type]


def _uses_decimal_commas(tried: dict[str, list[Parser]], checks: dict[str, _Check]) -> bool:
    """Whether some column of the table can be read with a decimal comma only."""
    return any(
        checks[column].unfit.get(comma.name, 1) == 0 and checks[column].unfit.get(point.name, 1) > 0
        for column in tried
        for comma, point in ((COMMA, POINT), (COMMA_PERCENT, POINT_PERCENT))
    )


# -- what is settled


@dataclass
class _Settle:
    """Settles one text column."""

    c: duckdb.DuckDBPyConnection
    source: Source
    staged: _Value
    name: str
    sample: Sample
    check: _Check
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
        self.unsure.append(f"{self._ref()}: dates that can be read day first or month first ({differing}): kept as text.")
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
        both = (COMMA in fitting and (POINT in fitting or NUMBER in fitting)) or (COMMA_PERCENT in fitting and POINT_PERCENT in fitting)
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
        return f"{self.value} IS NOT NULL AND NOT {_is_missing(self.value, words)}"

    def _typed(self, parser: Parser) -> ColumnPlan:
        missing = f"CASE WHEN {self._given(MISSING_TYPED)} THEN {self.value} END" if self.check.like_missing else self.value
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
        return not any(re.search(rf"{sign}\d*\D*$", v) for v, _ in self.sample) and bool((self.c.execute(sql).fetchone() or (False,))[0])

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
            self.check.like_missing = _count(self.c, self.source.relation, _is_missing(self.value, MISSING_TEXT))
            plan.sql = f"CASE WHEN {self._given(MISSING_TEXT)} THEN {self.value} END"
        self._note_missing(plan, MISSING_TEXT)
        if self.staged.padded and not self.source.strict and self.check.given and (around := self._padded()):
            many = "1 value" if around == 1 else f"{around:,} values"
            plan.notes.append(f"{self.name}: blanks around {many} dropped.")
        return plan

    def _padded(self) -> int:
        """Values with blanks around them, cells of blanks alone not counted."""
        rows = _count(self.c, self.source.relation, f"{self.value} IS NULL")
        return self.staged.padded - (rows - _count(self.c, self.source.relation, f"{self.staged.column} IS NULL"))

    def _missing_is_a_code(self) -> bool:
        """Whether NA stands among codes such as EU and APAC: there it means North America."""
        values = [v for v, _ in self.sample]
        codes = [v for v in values if re.fullmatch("[A-Z]{2,5}", v)]
        return "NA" in values and len(codes) >= 3 and len(codes) >= 0.8 * len(values)

    def _note_missing(self, plan: ColumnPlan, words: Sequence[str]) -> None:
        if self.check.like_missing:
            found = sorted({v for v, _ in self.sample if v.lower() in words})[:3]
            said = f" ({', '.join(found)})" if found else ""
            cells = "1 cell that says there is no value{} is" if self.check.like_missing == 1 else "{:,} cells that say there is no value{} are"
            count = (said,) if self.check.like_missing == 1 else (self.check.like_missing, said)
            plan.notes.append(f"{self.name}: {cells.format(*count)} missing.")

    def _say_nearly(self, best: Parser) -> None:
        share = 1 - self._unfit(best) / self.check.present
        if share >= NEARLY and self.check.present > self._unfit(best) and not (self.source.strict and share < 0.99):
            odd = self.c.execute(
                f"SELECT {self.value} FROM {self.source.relation} WHERE {self._given(MISSING_TYPED)} AND {best.read(self.value)} IS NULL LIMIT 1"
            ).fetchone()
            said = f", such as {odd[0]!r}" if odd else ""
            self.unsure.append(f"{self._ref()}: {self._unfit(best):,} of {self.check.present:,} values are not {best.says}{said}: kept as text.")

    def _ref(self) -> str:
        return f"{self.source.table}.{self.name}"


def _count(c: duckdb.DuckDBPyConnection, relation: str, condition: str) -> int:
    return (c.execute(f"SELECT count(*) FILTER ({condition}) FROM {relation}").fetchone() or (0,))[0]


# -- columns that have a type already


def native(c: duckdb.DuckDBPyConnection, source: Source, column: str, name: str, kind: str) -> ColumnPlan:
    """The plan for a column that its source has typed: the type is kept, in the nearest of the types that Segue works with."""
    q = quoted(column)
    if kind in ("DOUBLE", "FLOAT"):
        return _float(c, source, name, q, kind)
    if kind in ("BOOLEAN", "DATE", "TIMESTAMP", "BIGINT"):
        sql = f"CASE WHEN isfinite({q}) THEN {q} END" if kind in ("DATE", "TIMESTAMP") else q
        return ColumnPlan(name, sql)
    if kind in ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"):
        return ColumnPlan(name, f"CAST({q} AS BIGINT)")
    if kind in ("UBIGINT", "HUGEINT", "UHUGEINT"):
        fits = _count(c, source.relation, f"{q} IS NOT NULL AND TRY_CAST({q} AS BIGINT) IS NULL") == 0
        return ColumnPlan(name, f"CAST({q} AS {'BIGINT' if fits else 'VARCHAR'})")
    if kind.startswith("DECIMAL"):
        width, scale = (int(n) for n in re.findall(r"\d+", kind))
        return ColumnPlan(name, f"CAST({q} AS {'BIGINT' if scale == 0 and width <= 18 else 'DOUBLE' if width <= 15 else kind})")
    if kind == "TIMESTAMP WITH TIME ZONE":
        return ColumnPlan(name, f"timezone('UTC', {q})", notes=[f"{name}: times with a zone, kept as UTC."])
    if kind.startswith("TIMESTAMP"):
        return ColumnPlan(name, f"CAST({q} AS TIMESTAMP)")
    if kind in ("BLOB", "BIT"):
        return ColumnPlan(name, "CAST(NULL AS VARCHAR)", notes=[f"{name}: binary values are not read; the column is empty."])
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return ColumnPlan(name, f"CAST(to_json({q}) AS VARCHAR)", notes=[f"{name}: lists or records, kept as JSON text."])
    return ColumnPlan(name, f"CAST({q} AS VARCHAR)")


def _float(c: duckdb.DuckDBPyConnection, source: Source, name: str, q: str, kind: str) -> ColumnPlan:
    # 2.55 as a FLOAT is 2.5499999523 as a DOUBLE: by way of text it stays 2.55
    value = q if kind == "DOUBLE" else f"CAST(CAST({q} AS VARCHAR) AS DOUBLE)"
    odd = _count(c, source.relation, f"{q} IS NOT NULL AND NOT isfinite({q})")
    if not odd:
        return ColumnPlan(name, value)
    plan = ColumnPlan(name, f"CASE WHEN isfinite({q}) THEN {value} END", count=odd)
    plan.unfit, plan.reason = f"{q} IS NOT NULL AND NOT isfinite({q})", f"in {name}, NaN or infinite"
    return plan
