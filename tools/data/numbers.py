"""Ways to read text as numbers and booleans: each a pattern to recognise by, and SQL that reads a whole column.

A pattern is written once and serves Python (on a sample) and DuckDB (on every row).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from segue.tools.data.names import text_literal
from segue.tools.results import CellType

Sample = Sequence[tuple[str, int]]
"""Distinct trimmed values of a column with how often each occurs in the sample; blanks and NA-likes are not in it."""

CODES = (
    "AED ARS AUD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR JPY KES KRW MXN MYR NGN NOK NZD PEN PHP PLN RON RUB"
    " SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)
CURRENCY = r"(?:[A-Z]{1,3}\$|[$€£¥₹₽₩₺₪฿₫₴]|Rs\.?|kr\.?|zł|Kč|Ft|" + "|".join(CODES.split()) + ")"
SPACE = "[ \u00a0\u202f\u2009]"
POINT_BODY = (
    rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}|[0-9]{{1,3}}(?:{SPACE}[0-9]{{3}})+"
    r"|[0-9]{1,3}(?:['’][0-9]{3})+|[0-9]+)(?:[.][0-9]*)?|[.][0-9]+"
)
COMMA_BODY = rf"(?:[0-9]{{1,3}}(?:[.][0-9]{{3}})+|[0-9]{{1,3}}(?:{SPACE}[0-9]{{3}})+|[0-9]{{1,3}}(?:['’][0-9]{{3}})+|[0-9]+)(?:,[0-9]*)?|,[0-9]+"
INTEGER = "[+-]?[0-9]+"
PLAIN = "[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?"
TRUTH = "(?i:true|false)"


@dataclass(frozen=True)
class Parser:
    """One way to read a column.

    kind     of its cells, once read;  `says` names the way to people
    pattern  what a value looks like in full;  `sql` reads `{v}`, giving NULL for what can't be read
    unit     "money" or "share" where the text says so
    """

    name: str
    kind: CellType
    says: str
    pattern: str
    sql: str
    unit: str | None = None

    def read(self, value: str) -> str:
        """SQL that reads the SQL expression `value`."""
        return self.sql.replace("{v}", value)

    def share(self, sample: Sample) -> float:
        """The share of the sample that looks like this."""
        found = re.compile(self.pattern)
        total = sum(n for _, n in sample)
        return sum(n for v, n in sample if found.fullmatch(v)) / total if total else 0.0


def _decorated(body: str) -> str:
    sign = "[-+−]?"
    return rf"[(]?{sign}{CURRENCY}?{SPACE}*{sign}(?:{body}){SPACE}*{CURRENCY}?[-−]?[)]?"


def _percent(body: str) -> str:
    return rf"[-+−]?(?:{body}){SPACE}*%"


def _decorated_sql(pattern: str, decimal: str, *, percent: bool = False) -> str:
    kept = f"regexp_replace(regexp_replace({{v}}, {text_literal(CURRENCY)}, '', 'g'), '[^0-9{decimal}]', '', 'g')"
    number = kept if decimal == "." else f"replace({kept}, ',', '.')"
    if percent:  # 99.9e-2 is 0.999; 99.9 / 100 is 0.9990000000000001
        number = f"concat({number}, 'e-2')"
    sign = "CASE WHEN regexp_matches({v}, '[-−(]') THEN -1 ELSE 1 END"
    return f"CASE WHEN regexp_full_match({{v}}, {text_literal(pattern)}) THEN {sign} * TRY_CAST({number} AS DOUBLE) END"


def _plain_sql() -> str:
    return f"CASE WHEN regexp_full_match({{v}}, '{PLAIN}') AND isfinite(TRY_CAST({{v}} AS DOUBLE)) THEN TRY_CAST({{v}} AS DOUBLE) END"


WHOLE = Parser(
    "integer", "integer", "whole numbers", INTEGER,
    f"CASE WHEN regexp_full_match({{v}}, '{INTEGER}') THEN TRY_CAST({{v}} AS BIGINT) END",
)  # fmt: skip
NUMBER = Parser("number", "number", "numbers", PLAIN, _plain_sql())
BOOLEAN = Parser(
    "boolean", "boolean", "true or false", TRUTH, "CASE lower({v}) WHEN 'true' THEN true WHEN 'false' THEN false END"
)
POINT = Parser(
    "point",
    "number",
    "numbers such as 1,234.50",
    _decorated(POINT_BODY),
    _decorated_sql(_decorated(POINT_BODY), "."),
    "money",
)
COMMA = Parser(
    "comma",
    "number",
    "numbers such as 1.234,50",
    _decorated(COMMA_BODY),
    _decorated_sql(_decorated(COMMA_BODY), ","),
    "money",
)
POINT_PERCENT = Parser(
    "point percent",
    "number",
    "percents",
    _percent(POINT_BODY),
    _decorated_sql(_percent(POINT_BODY), ".", percent=True),
    "share",
)
COMMA_PERCENT = Parser(
    "comma percent", "number", "percents with a decimal comma", _percent(COMMA_BODY),
    _decorated_sql(_percent(COMMA_BODY), ",", percent=True), "share",
)  # fmt: skip

NUMBERS = (WHOLE, NUMBER, POINT, COMMA, POINT_PERCENT, COMMA_PERCENT)
"""In order of preference: the first that reads every value is taken."""

HUGE = "[+-]?[0-9]{19,}"
LEADING_ZERO = "[+-]?0[0-9]+"
TELEPHONE = "[+][0-9]{7,}"


def currencies(sample: Sample) -> list[str]:
    """Currency signs and codes that stand beside the numbers, commonest first."""
    found: dict[str, int] = {}
    pattern = re.compile(CURRENCY)
    for value, count in sample:
        if match := pattern.search(value):
            found[match[0]] = found.get(match[0], 0) + count
    return sorted(found, key=lambda sign: -found[sign])
