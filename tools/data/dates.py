"""Ways to read text as dates and times: one order of day and month, and one separator, for a whole column."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from segue.tools.data.names import text_literal
from segue.tools.data.numbers import Parser, Sample

SHARE = 0.9
"""The share of a sample that must have the commonest shape for its reading to be tried on the whole column."""

TIME = r"(?P<gap>T| +|, *)(?P<h>\d{1,2}):\d{2}(?P<s>:\d{2})?(?P<f>\.\d{1,9})?(?P<ap> ?[AaPp]\.?[Mm]\.?)?(?P<zone> ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?))?"
MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"

SHAPES = {
    "ymd": r"\d{4}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2}",
    "packed": r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",
    "numeric": r"\d{1,2}(?P<sep>[-/. ])\d{1,2}(?P=sep)\d{4}",
    "numeric short": r"\d{1,2}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{2}",
    "day name": rf"\d{{1,2}}(?P<sep>[-/. ]){MONTHS}(?P=sep)\d{{4}}",
    "day name short": rf"\d{{1,2}}(?P<sep>[-/. ]){MONTHS}(?P=sep)\d{{2}}",
    "name day": rf"{MONTHS}(?P<sep> )\d{{1,2}}, ?\d{{4}}",
    "name day plain": rf"{MONTHS}(?P<sep> )\d{{1,2}} \d{{4}}",
    "month": r"\d{4}(?P<sep>-)(?:0[1-9]|1[0-2])",
    "name month": rf"{MONTHS}(?P<sep>[- ])\d{{4}}",
}
COMPILED = {name: re.compile(f"{body}(?:{TIME})?", re.IGNORECASE) for name, body in SHAPES.items()}

DAYS: dict[str, tuple[tuple[str, str], ...]] = {
    "ymd": (("year, month, day", "%Y{s}%m{s}%d"),),
    "packed": (("year, month, day", "%Y%m%d"),),
    "numeric": (("day first", "%d{s}%m{s}%Y"), ("month first", "%m{s}%d{s}%Y")),
    "numeric short": (("day first", "%d{s}%m{s}%y"), ("month first", "%m{s}%d{s}%y")),
    "day name": (("day, month, year", "%d{s}%b{s}%Y|%d{s}%B{s}%Y"),),
    "day name short": (("day, month, year", "%d{s}%b{s}%y|%d{s}%B{s}%y"),),
    "name day": (("month, day, year", "%b %d, %Y|%B %d, %Y"),),
    "name day plain": (("month, day, year", "%b %d %Y|%B %d %Y"),),
    "month": (("year and month, as its first day", "%Y-%m"),),
    "name month": (("month and year, as its first day", "%b{s}%Y|%B{s}%Y"),),
}
"""shape -> the orders that it can be read in, each with its formats (| between alternatives)."""


@dataclass(frozen=True)
class DateParser(Parser):
    """A way to read dates. `order` is what is asked where two fit; `precise` is false where values are months, not days."""

    order: str = ""
    precise: bool = True


def date_parsers(sample: Sample) -> list[DateParser]:
    """The readings that the sample's commonest shape allows: none, one, or two that differ in the order of day and month."""
    shape, separator, tails, zoned = _commonest(sample)
    if shape is None:
        return []
    if zoned:
        return [_zoned(shape)] if shape == "ymd" and separator == "-" else []
    return [_parser(shape, order, formats, separator, tails) for order, formats in DAYS[shape]]


def _commonest(sample: Sample) -> tuple[str | None, str, list[str], bool]:
    seen: Counter[tuple[str, str]] = Counter()
    tails: dict[tuple[str, str], Counter[str]] = {}
    zoned: Counter[tuple[str, str]] = Counter()
    for value, count in sample:
        found = next(((n, m) for n, p in COMPILED.items() if (m := p.fullmatch(value))), None)
        if found is None:
            continue
        name, match = found
        key = (name, match.groupdict().get("sep") or "")
        seen[key] += count
        tails.setdefault(key, Counter())[_tail(match)] += count
        zoned[key] += count if match["zone"] else 0
    total = sum(n for _, n in sample)
    if not seen or seen.most_common(1)[0][1] < SHARE * total:
        return None, "", [], False
    key = seen.most_common(1)[0][0]
    return key[0], key[1], [t for t, _ in tails[key].most_common()], zoned[key] > 0


def _tail(match: re.Match[str]) -> str:
    """The time's format, in DuckDB's letters; empty where there is no time."""
    if match["h"] is None:
        return ""
    gap = match["gap"]
    seconds = (":%S" if match["s"] else "") + (".%f" if match["f"] else "")
    if match["ap"] is None:
        return f"{gap}%H:%M{seconds}"
    return f"{gap}%I:%M{seconds}{' ' if match['ap'].startswith(' ') else ''}%p"


def _all_tails(seen: list[str]) -> list[str]:
    """The times seen, and their near kin: no seconds, seconds, no time at all (a day's midnight)."""
    tails = list(seen)
    for tail in seen:
        if ":%S" in tail:
            tails += [tail.replace(".%f", ""), tail.replace(".%f", "").replace(":%S", "")]
        elif tail:
            tails.append(tail.replace("%M", "%M:%S"))
    return list(dict.fromkeys([*tails, "", *([" %H:%M:%S", " %H:%M"] if not any(seen) else [])]))


def _parser(shape: str, order: str, formats: str, separator: str, tails: list[str]) -> DateParser:
    days = formats.replace("{s}", separator).split("|")
    written = [day + tail for tail in _all_tails(tails) for day in days]
    read = f"try_strptime({{v}}, [{', '.join(map(text_literal, written))}])"
    sql = f"CASE WHEN year({read}) BETWEEN 1000 AND 9999 THEN {read} END"
    if shape in ("numeric", "day name", "ymd"):
        # strptime takes 01/02/11 for the year 11: the pattern holds it to four digits, and to one separator
        sql = f"CASE WHEN regexp_matches({{v}}, {text_literal(_guard(shape, separator))}) THEN {read} END"
    return DateParser(
        f"{shape} {order}",
        "timestamp",
        f"dates ({order})",
        COMPILED[shape].pattern,
        sql,
        order=order,
        precise="month" not in shape,
    )


def _guard(shape: str, separator: str) -> str:
    s = "[.]" if separator == "." else separator
    middle = "[A-Za-z]+" if "name" in shape else "[0-9]{1,2}"
    return f"^[0-9]{{4}}{s}" if shape == "ymd" else f"^[0-9]{{1,2}}{s}{middle}{s}[0-9]{{4}}([T ,]|$)"


def _zoned(shape: str) -> DateParser:
    sql = (
        "CASE WHEN regexp_matches({v}, '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}') AND isfinite(TRY_CAST({v} AS TIMESTAMPTZ))"
        " THEN timezone('UTC', TRY_CAST({v} AS TIMESTAMPTZ)) END"
    )
    return DateParser("zoned", "timestamp", "times, as UTC", COMPILED[shape].pattern, sql, order="year, month, day")


def example(value: str, order: str) -> str:
    """A value read in an order, for the question to a person: 03/04/2011 is 3 April."""
    first, second = (int(n) for n in re.findall(r"\d+", value)[:2])
    day, month = (first, second) if order == "day first" else (second, first)
    names = "January February March April May June July August September October November December".split()
    return f"{order}: {value} is {day} {names[month - 1]}"
