"""Windows as dates: what "the last 90 days", "last month" and "in 2011" mean on this data, and how they are said."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from segue.tools.query.phrasing import say_day
from segue.tools.query.plan import Period, Unit, Window

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Moments from `start` (included) to `end` (excluded); either may be open.

    text   the span said for people, its dates in it;  partial  why it is only part of a period, or None
    hours  the bounds are moments within days
    """

    start: dt.datetime | None
    end: dt.datetime | None
    text: str
    phrase: str = ""
    partial: str | None = None

    def holds(self, time: Any) -> Any:
        """The time column lies within, as Ibis."""
        kind = time.type()
        conditions = []
        if self.start is not None:
            conditions.append(time >= (self.start.date() if kind.is_date() else self.start))
        if self.end is not None:
            conditions.append(time < (self.end.date() if kind.is_date() else self.end))
        return conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]


def resolve(window: Window, last: dt.date | dt.datetime, first: dt.date | dt.datetime | None = None) -> Span:
    """The window on data recorded from `first` to `last` (both included); `last` is "now"."""
    now = last.date() if isinstance(last, dt.datetime) else last
    if window.last is not None and window.unit is not None:
        return _rolling(window, last, now)
    if window.calendar is not None:
        begin, end = period_bounds(window.calendar, now, window.offset - window.before)
    else:
        begin, end = _shifted(window.start, window.end, window.before)
    last_day = end - DAY if end is not None else None
    span = Span(_moment(begin), _moment(end), say_span(begin, last_day), say_period(begin, last_day))
    return _marked(span, begin, end, now, first)


def _rolling(window: Window, last: dt.date | dt.datetime, now: dt.date) -> Span:
    n, unit = window.last or 1, window.unit or "days"
    if unit == "hours":
        moment = last if isinstance(last, dt.datetime) else dt.datetime.combine(last, dt.time(23, 59, 59))
        end = moment - dt.timedelta(hours=n * window.before)
        start = end - dt.timedelta(hours=n)
        text = f"the {n} hours to {say_day(end.date())} {end:%H:%M}"
        # "date > now - n hours, and <= now" in whole microseconds
        tick = dt.timedelta(microseconds=1)
        return Span(start + tick, end + tick, text, f"in {text}")
    end = back(now, n * window.before, unit)
    start = back(now, n * (window.before + 1), unit)
    return Span(_moment(start + DAY), _moment(end + DAY), say_span(start + DAY, end), say_period(start + DAY, end))


def _marked(span: Span, begin: dt.date | None, end: dt.date | None, now: dt.date, first: Any) -> Span:
    """Says where the data covers only part of the span."""
    whole = span.text
    partial = None
    if end is not None and end - DAY > now and (begin is None or begin <= now):
        partial = f"the data ends on {say_day(now)}, so {whole} is not complete"
    begun = first.date() if isinstance(first, dt.datetime) else first
    if partial is None and begun is not None and begin is not None and begin < begun and (end is None or end > begun):
        partial = f"the data begins on {say_day(begun)}, so {whole} is not complete"
    return replace(span, partial=partial)


def _shifted(start: dt.date | None, end: dt.date | None, before: int) -> tuple[dt.date | None, dt.date | None]:
    """Start and the day after the end, shifted back; a span of whole months moves by months, others by their days."""
    after = end + DAY if end is not None else None
    if not before or start is None or after is None:
        return start, after
    if start.day == 1 and after.day == 1:
        months = ((after.year - start.year) * 12 + after.month - start.month) * before
        return add_months(start, -months), add_months(after, -months)
    length = (after - start) * before
    return start - length, after - length


def back(day: dt.date, n: int, unit: Unit) -> dt.date:
    """The day n units earlier; months end where the month does (31 May less a month is 30 April)."""
    if unit in ("days", "weeks"):
        return day - dt.timedelta(days=n * (7 if unit == "weeks" else 1))
    return add_months(day, -n * {"months": 1, "quarters": 3, "years": 12}[unit])


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def period_bounds(period: Period, day: dt.date, offset: int = 0) -> tuple[dt.date, dt.date]:
    """First day of the calendar period around `day`, `offset` periods on, and the first day after it."""
    if period == "day":
        start = day + dt.timedelta(days=offset)
        return start, start + DAY
    if period == "week":
        start = day - dt.timedelta(days=day.weekday()) + dt.timedelta(weeks=offset)
        return start, start + dt.timedelta(weeks=1)
    length = {"month": 1, "quarter": 3, "year": 12}[period]
    first = dt.date(day.year, (day.month - 1) // length * length + 1, 1)
    start = add_months(first, offset * length)
    return start, add_months(start, length)


def say_span(first: dt.date | None, last: dt.date | None) -> str:
    """Days from first to last, both included, as people say it: "November 2011", "Q3 2011", "10 Sep 2011 to 9 Dec 2011"."""
    if first is None:
        return f"the time up to {say_day(last)}" if last else "all time"
    if last is None:
        return f"the time since {say_day(first)}"
    if first == last:
        return say_day(first)
    if first.day == 1 and (last + DAY).day == 1:
        named = _named_months(first, last)
        if named:
            return named
    return f"{say_day(first)} to {say_day(last)}"


def say_period(first: dt.date | None, last: dt.date | None) -> str:
    """`say_span` as it follows a verb: in November 2011, from 10 Sep 2011 to 9 Dec 2011, since 1 Jan 2017, on 9 Dec 2011."""
    text = say_span(first, last)
    if first is None or last is None:
        return {True: "over all time"}.get(first is last, text.removeprefix("the time "))
    if first == last:
        return f"on {text}"
    return f"from {text}" if " to " in text else f"in {text}"


def _named_months(first: dt.date, last: dt.date) -> str | None:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        return f"{first:%B %Y}"
    if months == 3 and first.month in (1, 4, 7, 10):
        return f"Q{(first.month + 2) // 3} {first.year}"
    if months == 12 and first.month == 1:
        return str(first.year)
    return None


def _moment(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time())
