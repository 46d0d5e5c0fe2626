"""Which date is when an event happened, which are plans, since when someone is a customer; and the lengths between two dates."""

from __future__ import annotations

import re

from segue.tools.semantic import probe
from segue.tools.semantic.draft import Col, Draft, Tab
from segue.tools.semantic.names import has
from segue.tools.semantic.schema import Derived, Role

PLANNED = (
    r"expir\w*|expiration|deadline|due|renew\w*|estimated|expected|planned|scheduled|limit|target|required|effective to|to date|"
    r"promised|valid (?:until|to|till)|next|maturity|forecast|eta|best before|until"
)
SIGNUP = (
    r"sign ?up|signed up|join(?:ed|ing)?|regist\w+|since|enrol\w*|member(?:ship)? (?:start|date)|"
    r"onboard\w*|customer since|acqui\w+|activat\w+|first seen|became|dt customer|customer date"
)
_BIRTH = r"birth|dob|born|birthday|birthdate"
_NOT_WHEN = (
    r"approved|shipped|ship|dispatch\w*|deliver\w*|carrier|updated|update|modified|changed|closed|"
    r"close|resolved|resolution|end|ended|answer\w*|"
    r"completed|finish\w*|refunded|returned|return|last|cancel\w*|first response|responded|churn\w*|left|exit|processed|posted|loaded|"
    r"inserted|synced|ingested|check ?out|departure|settled|accepted|effective"
)
_WHEN = (
    r"order|purchase|transaction|trans|invoice|sale|sold|created|placed|occurred|happened|paid|"
    r"payment|visit|opened|open|sent|send|redempt\w*|"
    r"redeemed|check ?in|started|start|booked|booking|submitted|logged|login|event|donation|donated|"
    r"session|review|ticket|arrival|received|reported|issue\w*"
)


def set_times(draft: Draft) -> None:
    """Roles of the dates of every table, and each events table's time (its own, or of a table that it leads to)."""
    for tab in draft.tables.values():
        for col in tab.cols.values():
            if col.dated:
                col.role = _date_role(draft, tab, col)
    for tab in draft.tables.values():
        if tab.kind == "events":
            _own_time(tab)
    for tab in draft.tables.values():
        if tab.kind == "events" and tab.time is None:
            tab.time = _time_through_a_join(draft, tab)


def _date_role(draft: Draft, tab: Tab, col: Col) -> Role:
    text = col.words
    if has(text, _BIRTH):
        return "date"
    if has(text, PLANNED):
        return "planned"
    if tab.kind == "customers":
        others = any(has(c.words, SIGNUP) for c in tab.cols.values() if c is not col and c.dated)
        if has(text, SIGNUP) and not has(text, r"last|end|cancel\w*"):
            return "signup"
        alone = sum(c.dated and not has(c.words, _BIRTH) for c in tab.cols.values()) == 1
        if alone and not has(
            text, r"last|latest|end|cancel\w*|churn\w*|left|exit\w*|snapshot|as of|modified|updated|closed"
        ):
            return "signup"
        if not others and has(text, r"created|start|opened|open|first (?:purchase|order)") and not has(text, "last"):
            return "signup"
        return "date"
    if has(text, r"ends?|to|close") and has(
        tab.words, (r"subscriptions?|campaigns?|contracts?|promotions?|offers?|polic\w+|memberships?|descriptions?")
    ):
        return "planned"
    if tab.kind == "lookup" and has(text, r"starts?|ends?|launch\w*"):
        return "planned" if has(text, "ends?") else "date"
    return "date"


def _own_time(tab: Tab) -> None:
    dates = [c for c in tab.cols.values() if c.dated and c.role == "date" and not has(c.words, _BIRTH)]
    if not dates:
        return
    best = max(dates, key=lambda c: _whenness(tab, c))
    if _whenness(tab, best)[0] < 0 and len(tab.cols) > 1 and any(c.role == "planned" for c in tab.cols.values()):
        return
    best.role = "time"
    tab.time = best.name


def _whenness(tab: Tab, col: Col) -> tuple[int, float, int, int]:
    """How much a date looks like when the row happened: its words, how full it is, a time of day, where it stands."""
    score = 0
    if has(col.words, _NOT_WHEN):
        score -= 2
    if has(col.words, _WHEN):
        score += 2
    if re.fullmatch(r"(?:date|time|timestamp|datetime|date time|ts|day|event (?:date|time))", col.words):
        score += 3
    if has(col.words, "purchase|placed|created|occurred|booking|booked") and not has(col.words, "updated"):
        score += 1
    full = round(col.filled / tab.rows, 2) if tab.rows else 0
    return score, full, int(col.type == "timestamp"), -list(tab.cols).index(col.name)


def _time_through_a_join(draft: Draft, tab: Tab) -> str | None:
    """orders.order_purchase_timestamp for order items: the nearest table that the rows lead to and that has a time."""
    for there, path in sorted(draft.leads_to(tab.name).items(), key=lambda p: len(p[1])):
        other = draft.tables[there]
        if path and other.kind == "events" and other.time and "." not in other.time:
            return f"{there}.{other.time}"
    return None


# --- lengths ------------------------------------------------------------------------------------------------------------

_SPANS: tuple[tuple[str, str, str, str], ...] = (
    # name, what begins it, what ends it, whose it must not be
    ("delivery_days", (
r"purchase|order|ordered|placed|created|sale|transaction|invoice"
), r"(?:deliver\w*|received)(?!.*carrier)", r"carrier|estimated|shipped"),
    ("resolution_days", (
r"created|opened|open|submitted|reported|received|logged|ticket"
), r"resolved|resolution|closed|close|completed|solved", r"first response"),
    ("response_days", r"created|opened|open|submitted|reported|logged", r"first response|responded|answered|answer|replied", r"resolved"),
    ("shipping_days", r"purchase|order|ordered|placed|created", r"shipped|ship|dispatch\w*|carrier", r"limit|estimated|due"),
    ("stay_days", r"check ?in|arrival|admission|admitted|pick ?up", r"check ?out|departure|discharge\w*|drop ?off|returned", r"planned"),
    ("subscription_days", r"start|started|begin", r"end|ended", r"trial"),
    ("lifetime_days", SIGNUP, r"churn\w*|cancel\w*|left|exit|closed|terminat\w*|end", r"last"),
)  # fmt: skip


def add_spans(draft: Draft, engine: probe.Runs) -> None:
    """Derived lengths where two dates of a table plainly form one, and whether what was promised came late."""
    for tab in list(draft.tables.values()):
        dates = [c for c in tab.cols.values() if c.dated and c.derived is None]
        if tab.kind != "lookup" and len(dates) >= 2:
            _add_lengths(draft, engine, tab, dates)
            _add_late(draft, engine, tab, dates)


def _add_lengths(draft: Draft, engine: probe.Runs, tab: Tab, dates: list[Col]) -> None:
    for name, begins, ends, never in _SPANS:
        later = next(
            (
                c
                for c in dates
                if has(c.words, ends) and not has(c.words, never) and c.name != tab.time and c.role != "planned"
            ),
            None,
        )
        if name in ("subscription_days", "stay_days") and later is None:
            later = next((c for c in dates if has(c.words, ends) and c.name != tab.time), None)
        earlier = _begin(tab, dates, begins, later)
        if later is None or earlier is None or name in tab.cols:
            continue
        n, ok = probe.in_order(engine, tab.name, earlier.name, later.name)
        if n and ok >= 0.9:
            draft.add_derived(
                tab.name, name, "number", Derived(days_between=[earlier.name, later.name]), role="duration", unit="days"
            )


def _begin(tab: Tab, dates: list[Col], begins: str, later: Col | None) -> Col | None:
    """The date that a length begins at: the table's own time where its name fits, else the first that fits."""
    fits = [
        c
        for c in dates
        if c is not later
        and has(c.words, begins)
        and not has(c.words, (r"deliver\w*|shipped|estimated|approved|resolved|closed|limit|last"))
    ]
    return next((c for c in fits if c.name == tab.time), fits[0] if fits else None)


def _add_late(draft: Draft, engine: probe.Runs, tab: Tab, dates: list[Col]) -> None:
    promised = next(
        (
            c
            for c in dates
            if has(c.words, r"estimated|promised|required|expected|due|deadline|sla|target|scheduled|planned")
        ),
        None,
    )
    actual = next(
        (
            c
            for c in dates
            if c is not promised
            and has(c.words, (r"deliver\w*|received|arriv\w*|resolved|closed|completed|returned|paid"))
            and not has(c.words, "carrier")
        ),
        None,
    )
    if promised is None or actual is None:
        return
    n, _ = probe.in_order(engine, tab.name, actual.name, promised.name)
    if n:
        late = draft.add_derived(tab.name, "late", "boolean", Derived(after=[actual.name, promised.name]), role="flag")
        late.label = "late"
