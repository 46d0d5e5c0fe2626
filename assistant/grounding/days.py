"""Days, months, quarters and years in prose, as (year, month or quarter, day) parts that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

Parts = tuple[int | None, int | None, int | None, int | None]
"""(year, quarter, month, day), None for what is left open."""

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)
_MONTH = "|".join([*_MONTHS, *(m[:3] for m in _MONTHS if m != "may"), "sept"])
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_FORMS = [
    re.compile(p, re.IGNORECASE)
    for p in (
        rf"\b{_YEAR}-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d)?)?\b",
        rf"\b{_YEAR}-(?P<m>0[1-9]|1[0-2])\b(?!-\d)",
        rf"\b{_YEAR}[- ]?Q(?P<q>[1-4])\b",
        rf"\bQ(?P<q>[1-4])(?:,? (?:of )?|[- ]){_YEAR}\b",
        rf"\b{_DAY}(?: of)? (?P<mon>{_MONTH})\.?,?(?: of)? {_YEAR}\b",
        rf"\b(?P<mon>{_MONTH})\.? {_DAY},? {_YEAR}\b",
        rf"\b(?P<mon>{_MONTH})\.?,?(?: of)? {_YEAR}\b",
        rf"\b{_DAY}(?: of)? (?P<mon>{_MONTH})\b",
        rf"\b(?P<mon>{_MONTH})\.? {_DAY}\b(?![,.]?\d)",
        r"\bQ(?P<q>[1-4])\b",
        rf"(?<![\d.,$£€-]){_YEAR}\b(?![,.]?\d|%|-\d)",
    )
]


@dataclass(frozen=True)
class Day:
    """A date as far as the text tells it. `known` gives the parts to compare."""

    text: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    quarter: int | None = None
    day: int | None = None

    @property
    def parts(self) -> Parts:
        """(year, quarter, month, day), None for what the text leaves open."""
        return (self.year, self.quarter, self.month, self.day)

    @property
    def only_year(self) -> bool:
        """A bare year: it may be a figure after all."""
        return self.quarter is None and self.month is None


def find_days(text: str) -> list[Day]:
    """The dates of a text, in order of place; the fullest reading of each."""
    found: list[Day] = []
    for form in _FORMS:
        for m in form.finditer(text):
            if not any(m.start() < day.end and day.start < m.end() for day in found):
                found.append(_day(m))
    return sorted(found, key=lambda day: day.start)


def _day(m: re.Match[str]) -> Day:
    given = {k: v for k, v in m.groupdict().items() if v}
    month = int(given["m"]) if "m" in given else _month(given.get("mon"))
    number = {k: int(re.sub(r"\D", "", given[k])) for k in ("y", "q", "d") if k in given}
    return Day(m[0], m.start(), m.end(), number.get("y"), month, number.get("q"), number.get("d"))


def _month(name: str | None) -> int | None:
    if name is None:
        return None
    return next(i for i, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))


def covers(day: Day, known: set[Parts]) -> bool:
    """Whether one of the known dates is this one, or lies within it (a day within its month, quarter, year)."""
    return any(_within(day, parts) for parts in known)


def _within(day: Day, parts: Parts) -> bool:
    year, quarter, month, of_month = parts
    quarter = quarter or (month and (month + 2) // 3)
    pairs = ((day.year, year), (day.quarter, quarter), (day.month, month), (day.day, of_month))
    return all(said is None or said == known for said, known in pairs)
