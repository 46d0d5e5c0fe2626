"""Who the customers are: every trait that the events are drawn from, planned for all of them at once.

Groups are filled by quota, not by chance, so that what is planted holds at 500 customers as at 5,000.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from segue.tools.demo import world
from segue.tools.demo.world import FLEX, ISLANDS, LAST, WEST, YOUNG

Rng = np.random.Generator


class Role(IntEnum):
    """How a customer buys."""

    GENERAL = 0
    SCHEDULED = 1
    PROJECT = 2
    EMERGENCY = 3
    OVERDUE = 4
    OUTDOOR = 5
    OUTDOOR_ENGAGED = 6
    OUTDOOR_QUIET = 7
    BUSY = 8
    CROWD = 9


SPECIAL = {
    Role.OVERDUE: 0.03,
    Role.OUTDOOR: 0.024,
    Role.OUTDOOR_ENGAGED: 0.016,
    Role.OUTDOOR_QUIET: 0.02,
    Role.BUSY: 0.012,
    Role.CROWD: 0.028,
}
LEAST_OF = {Role.CROWD: 24, Role.OUTDOOR: 10}
"""At 500 customers their share would be too few: one store's quarter, at that size, is a handful of baskets."""
ORDINARY = {Role.SCHEDULED: 0.13, Role.PROJECT: 0.12, Role.EMERGENCY: 0.12}
SUPPORT_GROUPS = ("Quiet", "Quick chats", "Phone regulars", "Escalators")
SUPPORT_SHARES = (0.35, 0.40, 0.18, 0.07)
HIDDEN_SHARE = 0.12
HIDDEN_CHURN = 0.06
QUIET_CHURN = 0.72
HIDDEN_INVITES = (3, 5)
HIDDEN_DAYS = 30
VALUED_SHARE = 0.15
PLAN_SHARES = (0.45, 0.25, 0.20, 0.10)
COMPLAINT_SHARE = 0.75
SLIPPING_SHARE = 0.12
SMALL_GROUP = 4


@dataclass(frozen=True)
class People:
    """One row a customer, ordered by sign-up. Days count from START and may be negative for sign-ups.

    first, last  days between which events may happen;  left: whether they cancelled, on day `last`
    signs        shows the early signs before `last` (leavers) or before END (slipping)
    gap          days between orders of a steady buyer;  late: how many gaps ago an overdue one last bought
    invites      friends invited in the first 30 days;  late_invites: after them
    """

    key: np.ndarray
    signup: np.ndarray
    first: np.ndarray
    last: np.ndarray
    left: np.ndarray
    role: np.ndarray
    region: np.ndarray
    home: np.ndarray
    age: np.ndarray
    gender: np.ndarray
    plan: np.ndarray
    support: np.ndarray
    hidden: np.ndarray
    complains: np.ndarray
    slipping: np.ndarray
    valued: np.ndarray
    deals: np.ndarray
    app: np.ndarray
    opted_in: np.ndarray
    favourite: np.ndarray
    channel: np.ndarray
    rate: np.ndarray
    gap: np.ndarray
    late: np.ndarray
    tickets: np.ndarray
    invites: np.ndarray
    late_invites: np.ndarray
    workshop: np.ndarray

    def __len__(self) -> int:
        return len(self.key)

    def part(self, start: int, stop: int) -> People:
        """The customers from `start` up to `stop`, not included."""
        return People(**{f.name: getattr(self, f.name)[start:stop] for f in fields(self)})


def by_quota(n: int, shares: tuple[float, ...] | list[float], rng: Rng) -> np.ndarray:
    """n group numbers in exactly these shares (rounded), shuffled."""
    edges = np.round(np.cumsum(shares) / np.sum(shares) * n).astype(int)
    return rng.permutation(np.searchsorted(edges, np.arange(n), side="right"))


def pick(candidates: np.ndarray, count: int, rng: Rng) -> np.ndarray:
    """`count` of the candidate positions (all, where there are fewer)."""
    return rng.permutation(candidates)[:count]


def pick_evenly(candidates: np.ndarray, count: int, by: np.ndarray, rng: Rng) -> np.ndarray:
    """`count` of the candidate positions, spread evenly over the values of `by` (one a position)."""
    order = candidates[np.lexsort((rng.random(len(candidates)), by[candidates]))]
    count = min(count, len(order))
    return order[((np.arange(count) + rng.random()) * len(order) / max(count, 1)).astype(int)]


def plan_people(n: int, rng: Rng) -> People:
    """n customers with all their traits."""
    signup = _signups(n, rng)
    role = _roles(signup, rng)
    home = _homes(role, rng)
    region = world.store_regions()[home - 1]
    plan = by_quota(n, PLAN_SHARES, rng)
    islands = pick(np.flatnonzero((role == Role.GENERAL) & (signup <= LAST - 200)), SMALL_GROUP, rng)
    region[islands], plan[islands] = ISLANDS, 0
    hidden = _flags(n, pick(np.flatnonzero(region != ISLANDS), round(HIDDEN_SHARE * n), rng))
    rate = rng.gamma(2.2, 2.4, n) / 730
    # Frequent buyers of the other plans leave less.
    loyal = (role == Role.GENERAL) & (rate > np.median(rate)) & (plan != FLEX) & (rng.random(n) < 0.6)
    left = _leavers((signup <= LAST - 120) & ~loyal, role, region, plan, hidden, rng)
    last = _last_days(signup, role, left, rng)
    app = rng.random(n) < np.where(plan == FLEX, 0.8, 0.15)
    complains, slipping = _signs(plan, hidden, left, role, signup, rng)
    app |= slipping
    support = _support(hidden, complains | slipping, rng)
    first = np.clip(signup, 0, None)
    tickets = _ticket_counts(support, hidden, last - first, rng)
    tickets[complains | slipping] = np.maximum(tickets[complains | slipping], 2)
    valued = _valued(support, role, rng)
    invites, late_invites, workshop = _invitations(hidden, tickets, rng)
    return People(
        key=np.arange(n, dtype=np.int64) + 10001,
        signup=signup,
        first=first,
        last=last,
        left=left,
        role=role,
        region=region,
        home=home,
        age=_ages(role, rng),
        gender=rng.choice(3, n, p=(0.53, 0.45, 0.02)),
        plan=plan,
        support=support,
        hidden=hidden,
        complains=complains,
        slipping=slipping,
        valued=valued,
        deals=(rng.random(n) < 0.12) & ~valued,
        app=app,
        opted_in=(rng.random(n) < 0.75) | np.isin(role, (Role.OUTDOOR, Role.OUTDOOR_ENGAGED, Role.OUTDOOR_QUIET, Role.BUSY)),
        favourite=rng.choice(8, n, p=(0.08, 0.13, 0.17, 0.10, 0.20, 0.10, 0.08, 0.14)),
        channel=_channels(role, rng),
        rate=rate,
        gap=np.where(role == Role.OVERDUE, rng.uniform(18, 34, n), rng.uniform(21, 58, n)),
        late=rng.uniform(2.4, 3.2, n),
        tickets=tickets,
        invites=invites,
        late_invites=late_invites,
        workshop=workshop,
    )


def _flags(n: int, positions: np.ndarray) -> np.ndarray:
    flags = np.zeros(n, bool)
    flags[positions] = True
    return flags


def _signups(n: int, rng: Rng) -> np.ndarray:
    """Sign-up days, ascending: six years of steady growth, the newest six weeks before the end."""
    oldest, newest = -1500, LAST - 45
    return np.sort((oldest + (newest - oldest) * rng.random(n) ** 0.85).astype(np.int64))


def _roles(signup: np.ndarray, rng: Rng) -> np.ndarray:
    """Special roles only to those here for fourteen months, so that they have a history."""
    n = len(signup)
    role = np.full(n, Role.GENERAL, np.int8)
    early = rng.permutation(np.flatnonzero(signup < LAST - 430))
    start = 0
    for special, share in SPECIAL.items():
        count = max(LEAST_OF.get(special, 6), round(share * n))
        role[early[start : start + count]] = special
        start += count
    rest = np.flatnonzero(role == Role.GENERAL)
    drawn = by_quota(len(rest), [1 - sum(SPECIAL.values()) - sum(ORDINARY.values()), *ORDINARY.values()], rng)
    role[rest] = np.array([Role.GENERAL, *ORDINARY], np.int8)[drawn]
    return role


def _homes(role: np.ndarray, rng: Rng) -> np.ndarray:
    """Each customer's nearest store, 1 to 38; the crowd's is store 23."""
    size = np.random.default_rng(23).uniform(0.6, 1.6, world.STORE_COUNT)
    size[world.FALLEN_STORE - 1] = 0.6  # its own crowd comes on top
    home = by_quota(len(role), list(size), rng) + 1
    return np.where(role == Role.CROWD, world.FALLEN_STORE, home)


def _leavers(may: np.ndarray, role: np.ndarray, region: np.ndarray, plan: np.ndarray, hidden: np.ndarray, rng: Rng) -> np.ndarray:
    """Who of those who `may` leaves, by quota: Flex far more than other plans, the West somewhat more, the hidden group hardly."""
    may = may & ~np.isin(role, (Role.OVERDUE, Role.OUTDOOR, Role.OUTDOOR_ENGAGED, Role.BUSY))
    # Outdoor buyers who still buy can't have left: most who went quiet have, so that as a whole they leave like everyone else.
    first = (role == Role.OUTDOOR_QUIET) & (rng.random(len(role)) < QUIET_CHURN)
    left = region == ISLANDS
    for flex in (False, True):
        for place in range(5):
            group = ~hidden & ((plan == FLEX) == flex) & (region == place)
            rate = (0.70 if place == WEST else 0.43) if flex else (0.33 if place == WEST else 0.185)
            count = round(rate * int(group.sum()))
            sure = pick(np.flatnonzero(group & first), count, rng)
            rest = pick_evenly(np.flatnonzero(group & may & ~first), count - len(sure), plan, rng)
            left[sure], left[rest] = True, True
    left[pick(np.flatnonzero(hidden & may), round(HIDDEN_CHURN * int(hidden.sum())), rng)] = True
    return left


def _last_days(signup: np.ndarray, role: np.ndarray, left: np.ndarray, rng: Rng) -> np.ndarray:
    """The day of leaving, in the last ten months, for leavers; the last day of the data for the others."""
    n = len(signup)
    earliest = np.maximum(signup + 90, LAST - 300)
    # The crowd of store 23 leaves late if at all: its other purchases go on after the category's end.
    earliest = np.where(role == Role.CROWD, np.maximum(earliest, LAST - 25), earliest)
    day = earliest + (rng.random(n) * (LAST - 3 - earliest)).astype(np.int64)
    return np.where(left, day, LAST)


def _signs(
    plan: np.ndarray, hidden: np.ndarray, left: np.ndarray, role: np.ndarray, signup: np.ndarray, rng: Rng
) -> tuple[np.ndarray, np.ndarray]:
    """(leavers of Flex who complain about delivery before leaving, customers of Flex still here who show the signs now)."""
    n = len(plan)
    leavers = np.flatnonzero((plan == FLEX) & left & ~hidden)
    stayers = np.flatnonzero((plan == FLEX) & ~left & ~hidden & (signup < LAST - 150) & (role <= Role.EMERGENCY))
    complains = _flags(n, pick(leavers, round(COMPLAINT_SHARE * len(leavers)), rng))
    return complains, _flags(n, pick(stayers, max(3, round(SLIPPING_SHARE * len(stayers))), rng))


def _support(hidden: np.ndarray, complains: np.ndarray, rng: Rng) -> np.ndarray:
    """Support groups 0 to 3 by quota; the hidden group is quiet, and who complains is not."""
    n = len(hidden)
    group = np.zeros(n, np.int8)
    others = rng.permutation(np.flatnonzero(~hidden))
    counts = np.round(np.array(SUPPORT_SHARES) * n).astype(int)
    counts[0] = len(others) - counts[1:].sum()
    group[others] = np.repeat(np.arange(4), counts)
    wrong = np.flatnonzero(complains & (group == 0))
    group[pick(np.flatnonzero(~complains & (group == 1)), len(wrong), rng)] = 0
    group[wrong] = 1
    return group


def _ticket_counts(support: np.ndarray, hidden: np.ndarray, window: np.ndarray, rng: Rng) -> np.ndarray:
    """Tickets of each customer: fewer for those not long here, which is part of the overlap between groups."""
    n = len(support)
    low, high = np.array([0, 2, 5, 11])[support], np.array([0, 4, 8, 20])[support]
    count = rng.integers(low, high + 1)
    count = np.maximum(np.round(count * np.clip(window / 240, 0.5, 1.0)), np.minimum(count, 1)).astype(np.int64)
    count[(support == 0) & (rng.random(n) < 0.10)] = 1
    count[(support == 1) & (rng.random(n) < 0.06)] = 1
    return np.where(hidden, 0, count)


def _valued(support: np.ndarray, role: np.ndarray, rng: Rng) -> np.ndarray:
    """15%, spread evenly over support groups and roles: they get average service, whatever they are worth."""
    n = len(support)
    return _flags(n, pick_evenly(np.arange(n), round(VALUED_SHARE * n), support * len(Role) + role, rng))


def _invitations(hidden: np.ndarray, tickets: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(friends invited in the first 30 days, and later; came to a workshop): nobody but the hidden group meets all three conditions."""
    n = len(hidden)
    low, high = HIDDEN_INVITES
    kind = rng.choice(4, n, p=(0.62, 0.19, 0.14, 0.05))
    invites = rng.integers(np.array([0, 1, low, high + 1])[kind], np.array([0, low - 1, high, high + 4])[kind] + 1)
    workshop = rng.random(n) < 0.3
    late = np.where(rng.random(n) < 0.06, rng.integers(1, 4, n), 0)
    # Counted over the first 30 days or over all time, nobody else may meet the three.
    some = ((invites >= low) & (invites <= high)) | ((invites + late >= low) & (invites + late <= high))
    workshop[~hidden & (tickets == 0) & some] = False
    invites = np.where(hidden, rng.integers(low, high + 1, n), invites)
    return invites, np.where(hidden, 0, late), workshop | hidden


def _ages(role: np.ndarray, rng: Rng) -> np.ndarray:
    age = rng.choice(len(world.AGE_BANDS), len(role), p=(0.09, 0.21, 0.22, 0.2, 0.16, 0.12))
    return np.where(role == Role.CROWD, YOUNG, age)


def _channels(role: np.ndarray, rng: Rng) -> np.ndarray:
    """The channel that each mostly buys through."""
    n = len(role)
    channel = rng.choice(3, n, p=(0.55, 0.30, 0.15))
    channel = np.where(np.isin(role, (Role.SCHEDULED, Role.OVERDUE)) & (rng.random(n) < 0.75), 1, channel)
    return np.where((role == Role.EMERGENCY) & (rng.random(n) < 0.7), 2, channel)


def blank_shares() -> dict[str, float]:
    """How much of some columns is missing, as in any export."""
    return {"gender": 0.03, "age_band": 0.02, "email": 0.04}


