"""Windows as days, where a condition compares a date (first purchase in May, signed up last year)."""

from __future__ import annotations

import datetime as dt

from segue.assistant.language.world import World
from segue.tools.query.plan import Window
from segue.tools.semantic.schema import split


def as_of(world: World, ref: str | None = None) -> dt.date | None:
    """The last recorded day of a time column (default: the workspace's clock)."""
    ref = ref or world.model.clock
    if ref is None or not world.context.facts.has(ref):
        return None
    last = world.context.facts.column(ref).maximum
    return dt.date.fromisoformat(str(last)[:10]) if last else None


def window_days(window: Window, world: World, ref: str) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a window over the events of a time column; None where a side is open."""
    clock = world.model.clock
    now = as_of(world, clock if clock and split(clock)[0] != split(ref)[0] and world.model.column(ref).role == "signup" else ref) or dt.date(2000, 1, 1)
    if window.start or window.end:
        return window.start, window.end
    if window.last is not None:
        return shifted(now, -window.last, window.unit or "days") + dt.timedelta(days=1), now
    start = period_start(now, window.calendar or "month")
    for _ in range(-window.offset):
        start = period_start(start - dt.timedelta(days=1), window.calendar or "month")
    end = next_period(start, window.calendar or "month") - dt.timedelta(days=1)
    return start, end


def shifted(day: dt.date, n: int, unit: str) -> dt.date:
    """The day so many units away; a month's end is kept within the month."""
    if unit in ("days", "hours"):
        return day + dt.timedelta(days=n)
    if unit == "weeks":
        return day + dt.timedelta(weeks=n)
    months = n * {"months": 1, "quarters": 3, "years": 12}[unit]
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def period_start(day: dt.date, period: str) -> dt.date:
    """The first day of the calendar period that holds the day; weeks begin on Monday."""
    return {"day": day, "week": day - dt.timedelta(days=day.weekday()), "month": day.replace(day=1),
            "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1), "year": day.replace(month=1, day=1)}[period]


def next_period(start: dt.date, period: str) -> dt.date:
    """The first day of the period after the one that begins at `start`."""
    unit = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters", "year": "years"}[period]
    return shifted(start, 1, unit)
