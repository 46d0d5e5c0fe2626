"""The files' columns: what the drawn events look like as a retailer exports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.tools.demo import world
from segue.tools.demo.contacts import Invitations, Sends, Tickets, Usage, Workshops
from segue.tools.demo.orders import Lines
from segue.tools.demo.people import People, Rng, blank_shares
from segue.tools.demo.world import FLEX, LAST, Products
from segue.tools.demo.writing import dates, integers, money, texts, times

if TYPE_CHECKING:
    import pyarrow as pa

NAMES = (
    "customers", "stores", "products", "order_lines", "campaigns", "campaign_sends", "tickets", "app_usage", "referrals", "workshop_visits",
    "cancellations",
)  # fmt: skip
YES_NO = ("No", "Yes")
DECOYS = ("gender", "paperless_receipts", "marketing_opt_in", "age_band")
Columns = dict[str, "pa.Array"]


def customer_columns(people: People, spend: np.ndarray, rng: Rng) -> Columns:
    """customers.csv. `spend` in pence sets the loyalty tier."""
    n = len(people)
    names, emails = _names(people, rng)
    blank = {column: rng.random(n) < share for column, share in blank_shares().items()}
    blank["age_band"] &= people.age != world.YOUNG  # the age band of the store that fell is complete
    joined_by = rng.choice(4, n, p=(0.46, 0.28, 0.14, 0.12))
    tier = np.digitize(spend, np.quantile(spend, [0.55, 0.82, 0.95]), right=True)
    renewal, no_renewal = _renewals(people)
    return {
        "customer_id": integers(people.key),
        "name": names,
        "email": _blanked(emails, blank["email"]),
        "gender": texts(world.GENDERS, people.gender, blank["gender"]),
        "age_band": texts(world.AGE_BANDS, people.age, blank["age_band"]),
        "region": texts(world.REGIONS, people.region),
        "home_store_id": integers(people.home),
        "signup_date": dates(people.signup),
        "signup_channel": texts(world.SIGNUP_CHANNELS, joined_by),
        "plan": texts(world.PLANS, people.plan),
        "tier": texts(world.TIERS, tier),
        "renewal_date": dates(renewal, no_renewal),
        "marketing_opt_in": texts(YES_NO, people.opted_in),
        "paperless_receipts": texts(YES_NO, rng.random(n) < 0.4),
        "churned": texts(YES_NO, people.left),
    }


def _names(people: People, rng: Rng) -> tuple[pa.Array, pa.Array]:
    """Made-up names, and e-mail addresses on a domain that is nobody's."""
    import pyarrow as pa
    from pyarrow.compute import call_function

    surnames = [a + b for a in world.SURNAME_STARTS for b in world.SURNAME_ENDS]
    first = texts(world.FIRST_NAMES, rng.integers(0, len(world.FIRST_NAMES), len(people)))
    last = texts(surnames, rng.integers(0, len(surnames), len(people)))
    parts = [call_function("utf8_lower", [first]), call_function("utf8_lower", [last]), pa.array(people.key).cast(pa.string())]
    local = call_function("binary_join_element_wise", [*parts, pa.scalar(".")])
    emails = call_function("binary_join_element_wise", [local, pa.scalar("example.com"), pa.scalar("@")])
    return call_function("binary_join_element_wise", [first, last, pa.scalar(" ")]), emails


def _blanked(values: pa.Array, blank: np.ndarray) -> pa.Array:
    import pyarrow as pa
    from pyarrow.compute import call_function

    return call_function("if_else", [pa.array(blank), pa.scalar(None, values.type), values])


def _renewals(people: People) -> tuple[np.ndarray, np.ndarray]:
    """The next anniversary of sign-up after the end of the data, for the paid plans. Leavers keep theirs: it tells nothing of leaving."""
    years = np.floor((LAST - people.signup) / 365.25) + 1
    return people.signup + np.round(years * 365.25).astype(np.int64), people.plan == 0


def store_columns() -> Columns:
    """stores.csv."""
    import pyarrow as pa

    return {name: pa.array(values) for name, values in world.stores().items()}


def product_columns(catalogue: Products) -> Columns:
    """products.csv."""
    return {
        "product_id": texts(catalogue.code, np.arange(catalogue.count)),
        "product_name": texts(catalogue.name, np.arange(catalogue.count)),
        "category": texts(world.CATEGORIES, catalogue.category),
        "brand": texts(catalogue.brand, np.arange(catalogue.count)),
        "list_price": money(catalogue.price),
    }


def line_columns(people: People, lines: Lines, catalogue: Products) -> Columns:
    """order_lines.csv: one row a line; returns are orders of their own with negative quantity and amount; a walk-in has no customer."""
    walk_in = lines.customer < 0
    return {
        "order_id": integers(lines.order),
        "line_no": integers(lines.number),
        "customer_id": integers(people.key[lines.customer], walk_in),
        "store_id": integers(lines.store, lines.store == 0),
        "ordered_at": times(lines.seconds),
        "channel": texts(world.CHANNELS, lines.channel),
        "delivery": texts(world.DELIVERIES, lines.delivery),
        "product_id": texts(catalogue.code, lines.product),
        "quantity": integers(lines.quantity),
        "unit_price": money(lines.price),
        "unit_cost": money(lines.unit_cost),
        "discount": money(lines.discount),
        "amount": money(lines.amount),
    }


def campaign_columns() -> Columns:
    """campaigns.csv."""
    import pyarrow as pa

    every = world.CAMPAIGNS
    start = np.array([c.day for c in every])
    return {
        "campaign_id": integers(np.arange(len(every)) + 1),
        "campaign_name": pa.array([c.name for c in every]),
        "campaign_type": pa.array([c.kind for c in every]),
        "medium": pa.array([c.medium for c in every]),
        "starts_on": dates(start),
        "ends_on": dates(start + np.array([c.length for c in every])),
        "budget": integers(np.array([c.budget for c in every])),
    }


def send_columns(people: People, sends: Sends, first: int) -> Columns:
    """campaign_sends.csv; ids go on from `first`."""
    return {
        "send_id": _ids(first, sends.customer),
        "campaign_id": integers(sends.campaign + 1),
        "customer_id": integers(people.key[sends.customer]),
        "sent_at": times(sends.sent),
        "opened_at": times(sends.opened, sends.opened < 0),
        "clicked_at": times(sends.clicked, sends.clicked < 0),
    }


def ticket_columns(people: People, tickets: Tickets, first: int) -> Columns:
    """tickets.csv."""
    return {
        "ticket_id": _ids(first, tickets.customer),
        "customer_id": integers(people.key[tickets.customer]),
        "opened_at": times(tickets.opened),
        "closed_at": times(tickets.closed, tickets.closed < 0),
        "topic": texts(world.TICKET_TOPICS, tickets.topic),
        "channel": texts(world.TICKET_CHANNELS, tickets.channel),
        "satisfaction": integers(tickets.satisfaction, tickets.satisfaction == 0),
    }


def usage_columns(people: People, usage: Usage) -> Columns:
    """app_usage.csv."""
    return {
        "customer_id": integers(people.key[usage.customer]),
        "week_ending": dates(usage.week),
        "sessions": integers(usage.sessions),
        "minutes": integers(usage.minutes),
    }


def referral_columns(people: People, invitations: Invitations, first: int) -> Columns:
    """referrals.csv: one row a friend invited."""
    return {
        "referral_id": _ids(first, invitations.customer),
        "customer_id": integers(people.key[invitations.customer]),
        "invited_at": times(invitations.when),
        "friend_joined": texts(YES_NO, invitations.joined),
    }


def workshop_columns(people: People, workshops: Workshops, first: int) -> Columns:
    """workshop_visits.csv."""
    return {
        "visit_id": _ids(first, workshops.customer),
        "customer_id": integers(people.key[workshops.customer]),
        "visited_on": dates(workshops.day),
        "workshop": texts(world.WORKSHOPS, workshops.workshop),
        "store_id": integers(workshops.store),
    }


def cancellation_columns(people: People, rng: Rng) -> Columns:
    """cancellations.csv, by day: those who left, with the reason they gave."""
    who = np.flatnonzero(people.left)
    who = who[np.argsort(people.last[who], kind="stable")]
    flex = rng.choice(5, len(who), p=(0.58, 0.12, 0.08, 0.14, 0.08))
    other = rng.choice(5, len(who), p=(0.12, 0.30, 0.18, 0.28, 0.12))
    return {
        "cancellation_id": _ids(1, who),
        "customer_id": integers(people.key[who]),
        "cancelled_on": dates(people.last[who]),
        "reason": texts(world.CANCEL_REASONS, np.where(people.plan[who] == FLEX, flex, other)),
    }


def _ids(first: int, rows: np.ndarray) -> pa.Array:
    return integers(first + np.arange(len(rows)))


