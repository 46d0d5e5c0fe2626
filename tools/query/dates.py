"""What windows come to on the data at hand, said as dates; and the day that an answer is true for."""

from __future__ import annotations

from segue.tools.query.catalog import Catalog, day
from segue.tools.query.conditions import span_of
from segue.tools.query.english import Dates
from segue.tools.query.plan import Window


def dates_of(catalog: Catalog) -> Dates:
    """Says what a window means on the data, as dates."""

    def dates(window: Window, table: str | None) -> str | None:
        known = catalog.notes.span(window)
        if known is not None:
            return known.text
        ref = window.column
        if ref is None:
            place = catalog.time_place(table) if table is not None else None
            ref = place.ref if place is not None else catalog.clock()
        return span_of(catalog, window, ref).text if ref is not None else None

    return dates


def as_of_text(catalog: Catalog) -> str | None:
    """The last recorded day of what was counted, ISO; the workspace's clock where nothing dated was."""
    clocks = list(catalog.notes.clocks.values())
    if not clocks and (clock := catalog.clock()) is not None:
        clocks = [catalog.bounds(clock)[1]]
    days = [d for d in map(day, clocks) if d is not None]
    return max(days).isoformat() if days else None
