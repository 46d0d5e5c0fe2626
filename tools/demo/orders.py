"""Orders and their lines: when each customer buys, where, and what."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from segue.tools.demo import world
from segue.tools.demo.people import People, Rng, Role
from segue.tools.demo.world import (
    CLOTHING,
    DAYS,
    DIY,
    ELECTRONICS,
    FALLEN_STORE,
    GARDEN,
    KITCHEN,
    LAST,
    ONE_MONTH,
    OUTDOOR,
    PER_CATEGORY,
    PETS,
    STOPPED,
    TOYS,
    YOUNG,
    Products,
)

STORE, ONLINE, APP = range(3)
IN_STORE, COLLECT, SENT, EXPRESS = range(4)
ANY = -1
FADING_DAYS = 120
"""How long before leaving customers buy less."""
OTHER_CATEGORIES = np.array([KITCHEN, DIY, PETS, ELECTRONICS])
"""What lines that may not be outdoor gear or clothing become."""


@dataclass
class Visits:
    """Orders before they have lines. `customer` is a position (-1: a walk-in); `category` is what it must be of (ANY: anything)."""

    customer: np.ndarray
    day: np.ndarray
    category: np.ndarray

    @staticmethod
    def joined(parts: list[Visits]) -> Visits:
        return Visits(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Visits)))


@dataclass(frozen=True)
class Lines:
    """Order lines, in order of time. Money in pence; seconds count from the first day's midnight; store 0 is none; customer -1 is none."""

    order: np.ndarray
    number: np.ndarray
    customer: np.ndarray
    store: np.ndarray
    seconds: np.ndarray
    channel: np.ndarray
    delivery: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    price: np.ndarray
    discount: np.ndarray
    amount: np.ndarray
    unit_cost: np.ndarray

    def take(self, index: np.ndarray) -> Lines:
        return Lines(*(getattr(self, f.name)[index] for f in fields(Lines)))


def make_lines(people: People, engaged: np.ndarray, catalogue: Products, rng: Rng, next_order: int, *, ends: bool) -> Lines:
    """All lines of these customers and of the walk-ins beside them. Orders are numbered from `next_order` by time.

    engaged  by customer: engaged with a promotion in the last two months
    ends     also put an order on the last day of the data
    """
    visits = Visits.joined([_visits(people, rng), _walk_ins(people, rng, ends)])
    sales = _sales(people, visits, engaged, catalogue, rng)
    returns = _returns(people, sales, catalogue, rng)
    return _numbered(sales, returns, next_order)


# When


def _visits(people: People, rng: Rng) -> Visits:
    at = {role: np.flatnonzero(people.role == role) for role in Role}
    steady = np.concatenate([at[Role.SCHEDULED], at[Role.OVERDUE]])
    casual = np.concatenate([at[Role.GENERAL], at[Role.BUSY]])
    outdoor = np.concatenate([at[Role.OUTDOOR], at[Role.OUTDOOR_ENGAGED]])
    lately = np.concatenate([outdoor, at[Role.BUSY]])
    return Visits.joined([
        _fading(people, _casual(people, casual, rng), rng),
        _steady(people, steady, rng),
        _fading(people, _projects(people, at[Role.PROJECT], rng), rng),
        _fading(people, _emergencies(people, at[Role.EMERGENCY], rng), rng),
        _before(people, outdoor, rng.integers(8, 14, len(outdoor)), LAST - 365, OUTDOOR, rng),
        _scattered(outdoor, rng.integers(13, 21, len(outdoor)), LAST - 364, LAST - 35, OUTDOOR, rng),
        _scattered(outdoor, np.full(len(outdoor), 3), LAST - 84, LAST - 35, OUTDOOR, rng),
        _scattered(outdoor, np.full(len(outdoor), 2), ONE_MONTH + 3, LAST - 1, OUTDOOR, rng),
        _scattered(lately, rng.integers(1, 3, len(lately)), ONE_MONTH + 3, LAST - 1, ANY, rng),
        _scattered(at[Role.BUSY], np.full(len(at[Role.BUSY]), 2), ONE_MONTH + 3, LAST - 1, ANY, rng),
        _scattered(at[Role.BUSY][::2], np.ones(len(at[Role.BUSY][::2]), int), LAST - 200, LAST - 50, OUTDOOR, rng),
        _before(people, at[Role.OUTDOOR_QUIET], rng.integers(18, 32, len(at[Role.OUTDOOR_QUIET])), LAST - 60, OUTDOOR, rng),
        _crowd(people, at[Role.CROWD], rng),
    ])  # fmt: skip


def _weighted_days(first: np.ndarray, last: np.ndarray, rng: Rng) -> np.ndarray:
    """A day for each, between first and last inclusive, by how busy the days are."""
    total = np.concatenate([[0.0], np.cumsum(world.day_weights())])
    low, high = total[first], total[last + 1]
    return np.clip(np.searchsorted(total, low + rng.random(len(first)) * (high - low), side="right") - 1, first, last)


def _fading(people: People, visits: Visits, rng: Rng) -> Visits:
    """The same without most of what leavers would have bought in their last four months; everyone keeps one order."""
    customer = visits.customer
    late = people.left[customer] & (visits.day > people.last[customer] - FADING_DAYS)
    keep = ~late | (rng.random(len(customer)) < 0.2)
    keep[np.unique(customer, return_index=True)[1]] = True
    return Visits(*(getattr(visits, f.name)[keep] for f in fields(Visits)))


def _casual(people: People, who: np.ndarray, rng: Rng) -> Visits:
    """Now and then, at everyone's own rate; at least once."""
    length = people.last[who] - people.first[who] + 1
    count = np.maximum(1, rng.poisson(people.rate[who] * length))
    # The busy's other orders stay out of the past month, so that their three to four of it are what was planned.
    stop = np.where(people.role[who] == Role.BUSY, ONE_MONTH - 3, people.last[who])
    customer = np.repeat(who, count)
    days = _weighted_days(people.first[customer], np.repeat(stop, count), rng)
    return Visits(customer, days, np.full(len(days), ANY))


def _steady(people: People, who: np.ndarray, rng: Rng) -> Visits:
    """Every `gap` days, give or take 6%, much the same basket. The overdue stop `late` gaps before the end."""
    gap = people.gap[who]
    overdue = people.role[who] == Role.OVERDUE
    fade = np.where(people.left[who], rng.uniform(20, FADING_DAYS, len(who)), 0)
    stop = np.where(overdue, LAST - people.late[who] * gap, people.last[who] - fade)
    # Counted back from the last order, so that the overdue are late by exactly as much as planned.
    final = np.where(overdue, stop, np.maximum(stop - rng.random(len(who)) * gap, people.first[who]))
    count = np.floor((final - people.first[who]) / gap).astype(np.int64) + 1
    customer = np.repeat(who, count)
    turn = _count_up(count)
    exact = np.repeat(final, count) - turn * np.repeat(gap, count)
    days = exact + np.where(turn == 0, 0, rng.normal(0, 0.06, len(exact)) * np.repeat(gap, count))
    category = np.where(rng.random(len(who)) < 0.7, PETS, KITCHEN)
    days = np.clip(np.round(days), people.first[customer], people.last[customer]).astype(np.int64)
    return Visits(customer, days, np.repeat(category, count))


def _projects(people: People, who: np.ndarray, rng: Rng) -> Visits:
    """Two projects or so: four orders of DIY and garden things within three weeks, then nothing."""
    length = people.last[who] - people.first[who] + 1
    bursts = 1 + rng.poisson(0.9 * length / DAYS)
    owner = np.repeat(who, bursts)
    begin = people.first[owner] + (rng.random(len(owner)) * (people.last[owner] - people.first[owner])).astype(np.int64)
    count = rng.integers(3, 7, len(owner))
    customer = np.repeat(owner, count)
    days = np.repeat(begin, count) + rng.integers(0, 21, len(customer))
    category = np.repeat(np.where(rng.random(len(owner)) < 0.6, DIY, GARDEN), count)
    return Visits(customer, np.minimum(days, people.last[customer]), category)


def _emergencies(people: People, who: np.ndarray, rng: Rng) -> Visits:
    """A single thing needed at once, any time."""
    length = people.last[who] - people.first[who] + 1
    count = 2 + rng.poisson(3.0 * length / DAYS)
    customer = np.repeat(who, count)
    days = people.first[customer] + (rng.random(len(customer)) * (people.last[customer] - people.first[customer] + 1)).astype(np.int64)
    category = np.array([DIY, ELECTRONICS, PETS])[rng.choice(3, len(customer), p=(0.45, 0.4, 0.15))]
    return Visits(customer, days, category)


def _scattered(who: np.ndarray, count: np.ndarray, first: int, last: int, category: int, rng: Rng) -> Visits:
    """`count` orders of each on different-ish days from first to last."""
    customer = np.repeat(who, count)
    days = rng.integers(first, last + 1, len(customer))
    return Visits(customer, days, np.full(len(days), category))


def _before(people: People, who: np.ndarray, count: np.ndarray, last: int, category: int, rng: Rng) -> Visits:
    """`count` orders of each, from their first day until `last` (or until they left)."""
    customer = np.repeat(who, count)
    first, stop = people.first[customer], np.minimum(people.last[customer], last)
    days = first + (rng.random(len(customer)) * (stop - first + 1)).astype(np.int64)
    return Visits(customer, days, np.full(len(days), category))


def _crowd(people: People, who: np.ndarray, rng: Rng) -> Visits:
    """Store 23's crowd: clothing about monthly until it stops, other things all along."""
    days = np.minimum(people.last[who] + 1, STOPPED) - people.first[who]
    clothing = np.repeat(who, rng.poisson(1.0 / 30 * days) + 2)
    when = np.repeat(np.minimum(people.last[who] + 1, STOPPED), np.bincount(clothing, minlength=len(people))[who])
    worn = when - 1 - (rng.random(len(clothing)) * (when - people.first[clothing])).astype(np.int64)
    stays = people.last[who] - people.first[who] + 1
    count = stays // 32 + 1
    other = np.repeat(who, count)
    # One in each stretch of 32 days: a steady rest, so that the fall is the category's at any size.
    turn = (_count_up(count) + rng.random(len(other))) / np.repeat(count, count)
    rest = people.first[other] + (turn * np.repeat(stays, count)).astype(np.int64)
    return Visits(
        np.concatenate([clothing, other]),
        np.concatenate([worn, rest]),
        np.concatenate([np.full(len(worn), CLOTHING), rng.choice(OTHER_CATEGORIES, len(rest))]),
    )


def _walk_ins(people: People, rng: Rng, ends: bool) -> Visits:
    """Orders at the till without a card: one for every four customers."""
    count = max(5, len(people) // 4)
    days = _weighted_days(np.zeros(count, np.int64), np.full(count, LAST), rng)
    if ends:
        days[0] = LAST
    return Visits(np.full(count, -1), days, np.full(count, ANY))


def _count_up(count: np.ndarray) -> np.ndarray:
    """0, 1, .. count - 1 for each count, in one array."""
    ends = np.cumsum(count)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)


# Where and what


def _sales(people: People, visits: Visits, engaged: np.ndarray, catalogue: Products, rng: Rng) -> Lines:
    """The lines of the orders, each order with its channel, store and time of day."""
    n = len(visits.day)
    known = visits.customer >= 0
    role = np.where(known, people.role[visits.customer], Role.GENERAL)
    channel = _channel(people, visits.customer, role, rng)
    delivery = _delivery(channel, role, rng)
    store = _store(people, visits.customer, role, delivery, rng)
    seconds = visits.day * 86400 + _time_of_day(channel, role, rng)
    size = _basket_sizes(role, rng)
    order = np.repeat(np.arange(n), size)
    customer = visits.customer[order]
    category = _categories(people, visits, order, rng)
    category = _kept_true(people, visits, engaged, order, store[order], category, rng)
    product = _products(people, customer, role[order], category, rng)
    quantity = _quantities(people, customer, role[order], rng)
    day = visits.day[order]
    price = _price_of(catalogue.price[product], day)
    percent = _discounts(people, customer, role[order], rng)
    discount = np.round(price * quantity * percent / 100).astype(np.int64)
    return Lines(
        order=order,
        number=_count_up(size) + 1,
        customer=customer,
        store=store[order],
        seconds=seconds[order],
        channel=channel[order],
        delivery=delivery[order],
        product=product,
        quantity=quantity,
        price=price,
        discount=discount,
        amount=price * quantity - discount,
        unit_cost=_price_of(catalogue.cost[product], day),
    )


def _channel(people: People, customer: np.ndarray, role: np.ndarray, rng: Rng) -> np.ndarray:
    usual = np.where(customer >= 0, people.channel[customer], STORE)
    other = rng.random(len(customer)) < np.where(customer >= 0, 0.12, 0.0)
    channel = np.where(other, rng.integers(0, 3, len(customer)), usual)
    return np.where(role == Role.CROWD, STORE, channel)


def _delivery(channel: np.ndarray, role: np.ndarray, rng: Rng) -> np.ndarray:
    sent = np.array([COLLECT, SENT, EXPRESS])[rng.choice(3, len(channel), p=(0.2, 0.72, 0.08))]
    sent = np.where((role == Role.EMERGENCY) & (rng.random(len(channel)) < 0.9), EXPRESS, sent)
    return np.where(channel == STORE, IN_STORE, sent)


def _store(people: People, customer: np.ndarray, role: np.ndarray, delivery: np.ndarray, rng: Rng) -> np.ndarray:
    """The shop that sold it or handed it over; 0 for what was sent."""
    n = len(customer)
    anywhere = rng.integers(1, world.STORE_COUNT + 1, n)
    home = np.where(customer >= 0, people.home[customer], anywhere)
    away = (rng.random(n) < 0.12) & (role != Role.CROWD)
    return np.where(delivery <= COLLECT, np.where(away, anywhere, home), 0)


def _time_of_day(channel: np.ndarray, role: np.ndarray, rng: Rng) -> np.ndarray:
    """Seconds since midnight: shops open 9 to 19, others mostly in the evening, emergencies late."""
    n = len(channel)
    shop = rng.triangular(9, 13, 19, n)
    home = rng.triangular(6.5, 20, 23.9, n)
    late = rng.uniform(19.5, 23.9, n)
    hour = np.where(channel == STORE, shop, np.where((role == Role.EMERGENCY) & (rng.random(n) < 0.8), late, home))
    return (hour * 3600).astype(np.int64)


def _basket_sizes(role: np.ndarray, rng: Rng) -> np.ndarray:
    extra = np.array([0.7, 0.12, 1.8, 0.0, 0.12, 0.4, 0.4, 0.4, 0.5, 0.3])
    return np.minimum(1 + rng.poisson(extra[role]), 8)


def _categories(people: People, visits: Visits, order: np.ndarray, rng: Rng) -> np.ndarray:
    """The order's own category where it has one, else the customer's favourite about half the time; toys replace garden in winter."""
    customer = visits.customer[order]
    anything = rng.choice(8, len(order), p=(0.09, 0.14, 0.16, 0.12, 0.19, 0.10, 0.08, 0.12))
    liked = (customer >= 0) & (rng.random(len(order)) < 0.5)
    drawn = np.where(liked, people.favourite[customer], anything)
    month = world.month_of(visits.day)[order]
    winter = ((month >= 11) | (month <= 1)) & (drawn == GARDEN) & (rng.random(len(order)) < 0.6)
    forced = visits.category[order]
    return np.where(forced != ANY, forced, np.where(winter, TOYS, drawn))


def _kept_true(
    people: People, visits: Visits, engaged: np.ndarray, order: np.ndarray, store: np.ndarray, category: np.ndarray, rng: Rng
) -> np.ndarray:
    """Chance may not undo what is planted: lines that would, become of another category.

    The age band buys no clothing at store 23 once it has stopped; and nobody but the planted buys outdoor gear often, shops in the past
    month and ignores every promotion.
    """
    customer = visits.customer[order]
    day = visits.day[order]
    young = (customer >= 0) & (people.age[customer] == YOUNG)
    stopped = young & (store == FALLEN_STORE) & (category == CLOTHING) & (day >= STOPPED)
    recent = np.bincount(visits.customer[(visits.customer >= 0) & (visits.day > ONE_MONTH - 2)], minlength=len(people))
    planted = np.isin(people.role, (Role.OUTDOOR, Role.OUTDOOR_ENGAGED, Role.OUTDOOR_QUIET))
    watched = (recent >= 2) & ~engaged & ~planted
    chance = (customer >= 0) & watched[customer] & (category == OUTDOOR) & (visits.category[order] == ANY)
    return np.where(stopped | chance, OTHER_CATEGORIES[rng.integers(0, 4, len(order))], category)


def _products(people: People, customer: np.ndarray, role: np.ndarray, category: np.ndarray, rng: Rng) -> np.ndarray:
    """A product of the category: the valued mostly choose premium ones; scheduled buyers the same one every time."""
    n = len(customer)
    valued = (customer >= 0) & people.valued[customer]
    plain = (role == Role.CROWD) & (category != CLOTHING)
    premium = rng.random(n) < np.where(valued & ~plain, 0.8, 0.05)
    slot = np.where(premium, rng.integers(16, 20, n), rng.integers(0, 16, n))
    steady = np.isin(role, (Role.SCHEDULED, Role.OVERDUE)) & (rng.random(n) < 0.92)
    own = np.where(valued, 16 + people.key[customer] % 4, people.key[customer] % 16)
    return category * PER_CATEGORY + np.where(steady, own, slot)


def _quantities(people: People, customer: np.ndarray, role: np.ndarray, rng: Rng) -> np.ndarray:
    n = len(customer)
    quantity = 1 + (rng.random(n) < 0.22) + (rng.random(n) < 0.06) * rng.integers(1, 4, n)
    valued = (customer >= 0) & people.valued[customer]
    quantity = quantity + (valued & (rng.random(n) < 0.35))
    quantity = np.where(np.isin(role, (Role.SCHEDULED, Role.OVERDUE)), 1 + people.key[customer] % 2, quantity)
    return np.where(role == Role.EMERGENCY, 1, quantity).astype(np.int64)


def _discounts(people: People, customer: np.ndarray, role: np.ndarray, rng: Rng) -> np.ndarray:
    """Percent off: deal hunters on most lines, others on one in five, emergencies never."""
    n = len(customer)
    deals = (customer >= 0) & people.deals[customer]
    given = (rng.random(n) < np.where(deals, 0.75, 0.18)) & (role != Role.EMERGENCY)
    return np.where(given, np.array([5, 10, 15, 20, 30])[rng.integers(0, 5, n)], 0)


def _price_of(today: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Prices rose by about 3% a year, each January: the catalogue has today's."""
    year = (world.START + day).astype("datetime64[Y]").astype(int) + 1970
    return np.round(today * np.array([0.94, 0.97, 1.0])[np.clip(year - 2024, 0, 2)]).astype(np.int64)


# What comes back


def _returns(people: People, sales: Lines, catalogue: Products, rng: Rng) -> Lines:
    """3% of lines are returned within three weeks: a line of its own order, quantity and amount negative.

    Not by those whose orders of the past month are counted, and no clothing of the age band at store 23 after it stopped.
    """
    known = np.flatnonzero(sales.customer >= 0)
    owner = sales.customer[known]
    planted = people.role[owner] >= Role.OUTDOOR
    chosen = known[(rng.random(len(known)) < 0.03) & ~planted]
    part = sales.take(chosen)
    later = part.seconds + (rng.integers(2, 22, len(chosen)) * 86400) + rng.integers(-7200, 7200, len(chosen))
    keep = later // 86400 <= people.last[part.customer]
    clothing = catalogue.category[part.product] == CLOTHING
    keep &= ~((people.age[part.customer] == YOUNG) & (part.store == FALLEN_STORE) & clothing)
    part, later = part.take(np.flatnonzero(keep)), later[keep]
    paid = part.amount // part.quantity
    return Lines(
        order=np.arange(len(later)) + (int(sales.order[-1]) + 1),
        number=np.ones(len(later), np.int64),
        customer=part.customer,
        store=part.store,
        seconds=later,
        channel=part.channel,
        delivery=part.delivery,
        product=part.product,
        quantity=-part.quantity,
        price=paid,
        discount=np.zeros(len(later), np.int64),
        amount=-paid * part.quantity,
        unit_cost=part.unit_cost,
    )


def _numbered(sales: Lines, returns: Lines, next_order: int) -> Lines:
    """Both, by time, with order numbers that go up with it."""
    both = Lines(*(np.concatenate([getattr(sales, f.name), getattr(returns, f.name)]) for f in fields(Lines)))
    both = both.take(np.lexsort((both.number, both.order, both.seconds)))
    starts = np.concatenate([[0], (both.order[1:] != both.order[:-1]).astype(np.int64)])
    return Lines(*(np.cumsum(starts) + next_order if f.name == "order" else getattr(both, f.name) for f in fields(Lines)))
