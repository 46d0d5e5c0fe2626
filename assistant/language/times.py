"""Stretches of time in words: "last month", "in Q3 2011", "since March", "month by month", "at weekends".

The conventions (contract: what words mean): the last N units roll back from now; last month is the previous calendar one and "the last month"
is the same; "in the past month" rolls; a bare month is the most recent one in the data.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable

from segue.assistant.language.meanings import DatePart, Every, Meaning, Missing, Span, Time
from segue.assistant.language.tokens import Token
from segue.tools.query.plan import Window

_MONTHS = {name.lower(): n for n in range(1, 13) for name in (calendar.month_name[n], calendar.month_abbr[n])} | {"sept": 9}
_DAYS = {name.lower() + s: calendar.day_name[n] for n in range(7) for name in (calendar.day_name[n], calendar.day_abbr[n]) for s in ("", "s")}
_SMALL = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)) | {
    "a": 1, "an": 1, "couple": 2, "fifteen": 15, "eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40, "forty five": 45, "sixty": 60, "ninety": 90}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4, "final": 4}

_M = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_Y = r"((?:19|20)\d\d)"
_N = r"((?:a )?(?:couple of|" + "|".join(sorted(_SMALL, key=len, reverse=True)) + r")|\d+)"
_U = r"(hours?|days?|weeks?|months?|mths?|quarters?|years?|fortnights?)"
_IN = r"(?:(?:in|on|at|during|within|for|over|across|through|throughout|of|from) )?"
_PARTS = {"day": "day", "daily": "day", "week": "week", "weekly": "week", "month": "month", "monthly": "month", "quarter": "quarter", "quarterly": "quarter",
          "year": "year", "yearly": "year", "annual": "year", "annually": "year", "hour": "hour_of_day", "hourly": "hour_of_day", "weekday": "weekday",
          "calendar month": "month"}

_PREPOSITIONS = frozenset("in on at during within for over across through throughout of".split())
Maker = Callable[[re.Match[str], dt.date], "Meaning | None"]


def time_spans(tokens: list[Token], now: dt.date | None) -> list[Span]:
    """Every time expression among the tokens. `now` is the workspace's as-of day (None: no dates; relative windows only)."""
    starts, text = _line(tokens)
    spans = []
    for pattern, make in _RULES:
        for match in pattern.finditer(text):
            meaning = make(match, now or dt.date(2000, 1, 1))
            if meaning is None:
                continue
            first = next(i for i, at in enumerate(starts) if at >= match.start())
            last = max(i for i, at in enumerate(starts) if at < match.end())
            spans.append(Span(first, last + 1, match.group().strip(), [meaning]))
            if last > first and tokens[first].low in _PREPOSITIONS:  # "came in last month": the word may belong to what stands before
                spans.append(Span(first + 1, last + 1, match.group().strip(), [meaning]))
    return spans


def _line(tokens: list[Token]) -> tuple[list[int], str]:
    starts, parts, at = [], [], 0
    for token in tokens:
        word = token.low if token.kind != "punct" else {"-": "to", "–": "to", "—": "-"}.get(token.low, token.low)
        starts.append(at)
        parts.append(word)
        at += len(word) + 1
    return starts, " ".join(parts) + " "


def _rolling(m: re.Match[str], now: dt.date) -> Meaning | None:
    n, unit = _count(m[1]), _unit(m[2])
    return Time(Window(last=n * 2, unit="weeks")) if unit == "fortnights" else Time(Window(last=n, unit=unit))  # type: ignore[arg-type]


def _count(text: str) -> int:
    text = text.removeprefix("a ") if text.startswith("a couple") else text
    return 2 if text.startswith("couple") else int(text) if text.isdigit() else _SMALL[text]


def _unit(text: str) -> str:
    return {"mth": "months"}.get(text.rstrip("s"), text.rstrip("s") + "s")


def _calendar(offset: int) -> Maker:
    return lambda m, now: Time(Window(calendar=m[1], offset=offset))  # type: ignore[arg-type]


def _between(start: dt.date | None, end: dt.date | None) -> Time:
    return Time(Window(start=start, end=end))


def _month(year: int, month: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _recent_year(month: int, now: dt.date) -> int:
    """The year of the most recent such month that has begun by now."""
    return now.year if month <= now.month else now.year - 1


def _bounded(word: str | None, start: dt.date, end: dt.date) -> Time:
    word = (word or "").strip()
    day = dt.timedelta(days=1)
    if word in ("since", "from", "since the start of", "since the beginning of", "from the start of", "from the beginning of", "as of", "starting", "starting in", "since early"):
        return _between(start, None)
    if word in ("until", "till", "up to", "up until", "to the end of", "through to", "by the end of", "up to the end of", "by"):
        return _between(None, end)
    if word in ("before", "prior to", "pre"):
        return _between(None, start - day)
    if word in ("after", "post", "past", "later than", "since the end of"):
        return _between(end + day, None)
    return _between(start, end)


_B = (r"(?:(since the start of|since the beginning of|from the start of|from the beginning of|by the end of|up to the end of|to the end of|through to|since the end of|"
      r"since early|since|up until|until|till|up to|before|prior to|after|later than|starting in|starting|from|in|during|for|of|over|throughout|through|across|by|on|within) )?(?:the )?(?:whole of |all of |year )?")


def _one_month(m: re.Match[str], now: dt.date) -> Meaning | None:
    word, name, year = m[1], m[2], m[3]
    if name == "may" and not year and word in (None, "", "by"):
        return None
    if name in ("mar", "march", "sun", "sat", "dec", "jan", "jun", "jul", "sep", "oct", "nov", "aug", "apr", "feb", "june") and name == "march" and not year and not word:
        return None
    month = _MONTHS[name]
    return _bounded(word, *_month(int(year) if year else _recent_year(month, now), month))


def _month_range(m: re.Match[str], now: dt.date) -> Meaning | None:
    low, high = _MONTHS[m[1]], _MONTHS[m[3]]
    end_year = int(m[4]) if m[4] else int(m[2]) if m[2] and high >= low else _recent_year(high, now)
    start_year = int(m[2]) if m[2] else end_year if low <= high else end_year - 1
    start, end = _month(start_year, low)[0], _month(end_year, high)[1]
    return _between(start, end) if start <= end else None


def _one_day(day: str, month: str, year: str | None, word: str | None, now: dt.date) -> Meaning | None:
    n, m = int(re.sub(r"\D", "", day)), _MONTHS[month]
    y = int(year) if year else _recent_year(m, now)
    try:
        date = dt.date(y, m, n)
    except ValueError:
        return None
    return _bounded(word, date, date)


def _iso(text: str) -> tuple[dt.date, dt.date] | None:
    parts = [int(p) for p in text.split("-")]
    try:
        return (dt.date(*parts), dt.date(*parts)) if len(parts) == 3 else _month(*parts)
    except (ValueError, calendar.IllegalMonthError):
        return None


def _iso_day(m: re.Match[str], now: dt.date) -> Meaning | None:
    found = _iso(m[2])
    return _bounded(m[1], *found) if found else None


def _iso_range(m: re.Match[str], now: dt.date) -> Meaning | None:
    low, high = _iso(m[1]), _iso(m[2])
    return _between(low[0], high[1]) if low and high and low[0] <= high[1] else None


def _quarter(m: re.Match[str], now: dt.date) -> Meaning | None:
    word, n = m[1], int(m[2]) if m[2].isdigit() else _ORDINALS[m[2]]
    year = int(m[3]) if m[3] else now.year if n <= (now.month + 2) // 3 else now.year - 1
    return _bounded(word, dt.date(year, 3 * n - 2, 1), _month(year, 3 * n)[1])


def _half(m: re.Match[str], now: dt.date) -> Meaning | None:
    n = int(m[2]) if m[2].isdigit() else _ORDINALS[m[2]]
    year = int(m[3]) if m[3] else now.year
    if n not in (1, 2) and m[2] != "last":
        return None
    start = dt.date(year, 1 if n == 1 else 7, 1)
    return _bounded(m[1], start, _month(year, 6 if n == 1 else 12)[1])


def _year(m: re.Match[str], now: dt.date) -> Meaning | None:
    year = int(m[2])
    return _bounded(m[1], dt.date(year, 1, 1), dt.date(year, 12, 31))


def _year_range(m: re.Match[str], now: dt.date) -> Meaning | None:
    return _between(dt.date(int(m[1]), 1, 1), dt.date(int(m[2]), 12, 31)) if m[1] < m[2] else None


def _every(m: re.Match[str], now: dt.date) -> Meaning | None:
    return Every(_PARTS[m[1]])  # type: ignore[arg-type]


def _weekday(m: re.Match[str], now: dt.date) -> Meaning | None:
    return DatePart("weekday", (_DAYS[m[1]],))


def _season(m: re.Match[str], now: dt.date) -> Meaning | None:
    first, last = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}[m[1]]
    year = int(m[2]) if m[2] else _recent_year(first, now)
    return _between(_month(year, first)[0], _month(year, last)[1])



def _rule(pattern: str, make: Maker) -> tuple[re.Pattern[str], Maker]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?= )"), make


_RULES: list[tuple[re.Pattern[str], Maker]] = [
    _rule(rf"{_IN}(?:the |our |any )?(?:last|past|previous|prior|latest|most recent|preceding|trailing) {_N} {_U}", _rolling),
    _rule(rf"{_N} {_U} (?:to date|up to now|back to now)", _rolling),
    _rule(rf"within {_N} {_U}", _rolling),
    _rule(rf"{_IN}(?:the )?past (hour|day|week|month|quarter|year|fortnight)", lambda m, now: _rolling_one(m[1])),
    _rule(rf"{_IN}(?:the )?(?:last|previous|preceding) (?:calendar |full )?(day|week|month|quarter|year)(?: alone| only)?", _calendar(-1)),
    _rule(rf"{_IN}this (day|week|month|quarter|year)(?: so far| to date)?|so far this (day|week|month|quarter|year)",
          lambda m, now: Time(Window(calendar=m[1] or m[2]))),  # type: ignore[arg-type]
    _rule(r"(year|month|quarter|week) to date", _calendar(0)),
    _rule(r"ytd", lambda m, now: Time(Window(calendar="year"))),
    _rule(r"mtd", lambda m, now: Time(Window(calendar="month"))),
    _rule(r"(?:on )?today", lambda m, now: Time(Window(calendar="day"))),
    _rule(r"(?:on )?yesterday", lambda m, now: Time(Window(calendar="day", offset=-1))),
    _rule(rf"(?:from |between )?{_M}(?: {_Y})? (?:to|through|until|till) {_M}(?: {_Y})?(?: inclusive)?", _month_range),
    _rule(rf"between {_M}(?: {_Y})? and {_M}(?: {_Y})?(?: inclusive)?", _month_range),
    _rule(rf"{_B}(?:month of )?{_M}(?: of)?(?: {_Y})?", _one_month),
    _rule(rf"{_B}(\d{{1,2}}(?:st|nd|rd|th)?)(?: of)? {_M}(?: {_Y})?", lambda m, now: _one_day(m[2], m[3], m[4], m[1], now)),
    _rule(rf"{_B}{_M} (\d{{1,2}}(?:st|nd|rd|th)?)(?:(?: ,)? {_Y})?", lambda m, now: _one_day(m[3], m[2], m[4], m[1], now)),
    _rule(rf"{_B}(\d{{4}}-\d{{1,2}}(?:-\d{{1,2}})?)", _iso_day),
    _rule(r"(?:from |between )?(\d{4}-\d{1,2}(?:-\d{1,2})?) (?:to|and|until) (\d{4}-\d{1,2}(?:-\d{1,2})?)", _iso_range),
    _rule(rf"{_B}q([1-4])(?: of)?(?: {_Y})?", _quarter),
    _rule(rf"{_B}(first|1st|second|2nd|third|3rd|fourth|4th|final|last) quarter (?:of |in )?{_Y}", _quarter),
    _rule(rf"{_B}(first|1st|second|2nd|last) half (?:of |in )?{_Y}", _half),
    _rule(rf"{_B}h([12])(?: of)?(?: {_Y})?", _half),
    _rule(rf"{_B}{_Y}", _year),
    _rule(rf"(?:from |between ){_Y} (?:to|and) {_Y}", _year_range),
    _rule(rf"(?:in |last |this |over )?(?:the )?(spring|summer|autumn)(?: of)?(?: {_Y})?", _season),
    _rule(r"(?:by|per|each|every|for each|for every|in each) (?:calendar )?(day|week|month|quarter|year|hour)(?: of the data)?", _every),
    _rule(r"(?:by |per |each |every )?(monthly|weekly|daily|quarterly|yearly|annually|hourly)(?: basis)?", _every),
    _rule(r"(day|week|month|quarter|year) (?:by|on|over|after) (?:day|week|month|quarter|year)", _every),
    _rule(r"(?:by |per |each |every |for each |on each |which |what )?(?:day of the week|day of week|weekday|week day)s?", lambda m, now: Every("weekday")),
    _rule(r"(?:by |per |each |every |which |what )?(?:hour of the day|time of day|time of the day|hour of day)", lambda m, now: Every("hour_of_day")),
    _rule(r"(?:which|what) (day|week|month|quarter|year|hour)s?", lambda m, now: Every("weekday" if m[1] == "day" else _PARTS[m[1]])),  # type: ignore[arg-type]
    _rule(r"(?:by |per |each |every |which |what )?(?:month of the year|calendar month)", lambda m, now: Every("month_of_year")),
    _rule(r"(?:at |on |over )?(?:the )?weekends?", lambda m, now: DatePart("weekday", ("Saturday", "Sunday"))),
    _rule(r"(?:on )(?:a )?(" + "|".join(sorted(_DAYS, key=len, reverse=True)) + ")", _weekday),
    _rule(r"(?:the )?(day|week|month|quarter|year) before(?: (?:that|last|then|it))?", lambda m, now: Time(shift=1, period=m[1])),  # type: ignore[arg-type]
    _rule(r"(?:the )?same (?:day|week|month|quarter|period|time|months?) (?:last year|the year before|a year earlier|the previous year)", lambda m, now: Time(shift=1, period="year")),
    _rule(r"(?:on |versus |compared with )?(?:a )?year (?:earlier|ago)", lambda m, now: Time(shift=1, period="year")),
    _rule(r"(?:(?:in|for|over|by|during) )?(?:the )?(?:next|coming|following|upcoming) (?:\w+ )?(?:days?|weeks?|months?|quarters?|years?|seasons?)", lambda m, now: Missing("the future")),
    _rule(rf"(?:this |the )?(?:coming|upcoming|next) {_M}", lambda m, now: Missing("the future")),
    _rule(r"tomorrow|(?:by |at )(?:the )?(?:year end|end of (?:the|this|next) (?:year|month|quarter))", lambda m, now: Missing("the future")),
]


def _rolling_one(unit: str) -> Time:
    return Time(Window(last=2, unit="weeks")) if unit == "fortnight" else Time(Window(last=1, unit=unit + "s"))  # type: ignore[arg-type]
