"""Two periods that can be compared: as long as each other, and both within the data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.query.catalog import Catalog, day
from segue.tools.query.leaves import base_of, expand, tree_leaves
from segue.tools.query.plan import Value, Window
from segue.tools.query.windows import DAY, resolve, say_span

if TYPE_CHECKING:
    from segue.tools.context import Context

EARLIER = 6
"""Earlier changes that a change is held against."""


@dataclass(frozen=True)
class Periods:
    """after  the period asked about;  before  what it is compared with; both windows with days, both ends included.

    earlier  the windows before `before`, newest first, as long; [] where another comparison was asked for
    """

    after: Window
    before: Window
    earlier: list[Window]
    assumptions: list[str]

    @property
    def said_after(self) -> str:
        return say_span(self.after.start, self.after.end)

    @property
    def said_before(self) -> str:
        return say_span(self.before.start, self.before.end)


def periods(context: Context, value: Value, window: Window | None, versus: Window | None) -> Periods:
    """Resolves the two. A period that the data covers in part is compared with the same part of the one before.

    QuestionError where the value has no dates, or where there is nothing to compare with.
    """
    catalog = Catalog(context)
    ref = _time(catalog, value, window)
    first, last = (day(x) for x in catalog.bounds(ref))
    if first is None or last is None:
        raise QuestionError(f"{catalog.plain(ref)} has no dates in it.", "Ask about another figure.")
    notes = []
    if window is None:
        whole = (last + DAY).day == 1
        window = Window(calendar="month", offset=0 if whole else -1)
        notes.append("No period was named: the last whole month in the data is taken.")
    after, clipped = _days(window, last, first)
    if versus is not None:
        before = _days(versus, last, first)[0]
        return Periods(_as_window(after, ref, window), _as_window(before, ref, window), [], notes)
    previous = [_previous(window, k, last, first, after if clipped else None) for k in range(1, EARLIER + 2)]
    if clipped:
        notes.append(f"The period is not over: {say_span(*after)} is compared with the same days of the one before.")
    if previous[0][0] < first:
        raise QuestionError(
            f"There is no period before {say_span(*after)} to compare it with: the data begins on {say_span(first, first)}.",
            "Name a later period, or what to compare with.",
        )
    earlier = [_as_window(p, ref, window) for p in previous[1:] if p[0] >= first]
    return Periods(_as_window(after, ref, window), _as_window(previous[0], ref, window), earlier, notes)


def _time(catalog: Catalog, value: Value, window: Window | None) -> str:
    if window is not None and window.column is not None:
        return window.column
    base = counted_in(catalog, value)
    if base is None:
        raise QuestionError("Nothing dated in the data tells of this figure.", "Ask about another one.")
    return catalog.requires_time(base).ref


def counted_in(catalog: Catalog, value: Value) -> str | None:
    """The table whose rows a value (of a ratio, its numerator) is counted in."""
    leaf = tree_leaves(expand(catalog, value))[0]
    return base_of(catalog, leaf, timed=True) or (catalog.home(leaf.entity) if leaf.entity else None)


def _days(window: Window, last: dt.date, first: dt.date) -> tuple[tuple[dt.date, dt.date], bool]:
    """(first and last day of the window, whether it was cut at the end of the data)."""
    if window.unit == "hours":
        raise DefinitionError("A change is explained between days, not hours.", "Give days, weeks, months or more.")
    span = resolve(window, last, first)
    start = span.start.date() if span.start else first
    end = span.end.date() - DAY if span.end else last
    if start > last:
        raise QuestionError(f"{say_span(start, end)} is after the end of the data ({say_span(last, last)}).", "Name an earlier period.")
    return (start, min(end, last)), end > last


def _previous(
    window: Window, k: int, last: dt.date, first: dt.date, cut: tuple[dt.date, dt.date] | None
) -> tuple[dt.date, dt.date]:
    earlier = window
    if window.last is None and window.calendar is None and (window.start is None or window.end is None):
        earlier = Window(start=window.start or first, end=window.end or last, column=window.column)
    span = resolve(earlier.model_copy(update={"before": earlier.before + k}), last, first)
    assert span.start is not None and span.end is not None
    start, end = span.start.date(), span.end.date() - DAY
    return (start, end) if cut is None else (start, min(end, start + (cut[1] - cut[0])))


def _as_window(days: tuple[dt.date, dt.date], ref: str, asked: Window) -> Window:
    return Window(start=days[0], end=days[1], column=asked.column)
