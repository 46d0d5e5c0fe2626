"""What happens between orders: campaign sends, support tickets, app usage, invitations, workshops."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from segue.tools.demo import world
from segue.tools.demo.people import HIDDEN_DAYS, People, Rng, Role
from segue.tools.demo.world import CAMPAIGNS, FLEX, LAST

DAY = 86400
END_SECONDS = (LAST + 1) * DAY - 1
USAGE_WEEKS = 52
DROP_DAYS = 28
USAGE_DROP = 0.6
"""Sessions in the month before leaving, as a share of the month before that."""

T = TypeVar("T")


@dataclass(frozen=True)
class Sends:
    """Campaign sends. Seconds count from the first day's midnight; opened and clicked are -1 for never."""

    customer: np.ndarray
    campaign: np.ndarray
    sent: np.ndarray
    opened: np.ndarray
    clicked: np.ndarray


@dataclass(frozen=True)
class Tickets:
    """Support tickets. closed is -1 while open; satisfaction 0 is no answer."""

    customer: np.ndarray
    opened: np.ndarray
    closed: np.ndarray
    topic: np.ndarray
    channel: np.ndarray
    satisfaction: np.ndarray


@dataclass(frozen=True)
class Usage:
    """Weekly use of the app; weeks without any have no row. week is the day it ends on, a Sunday."""

    customer: np.ndarray
    week: np.ndarray
    sessions: np.ndarray
    minutes: np.ndarray


@dataclass(frozen=True)
class Invitations:
    """Friends invited: when, and whether the friend joined."""

    customer: np.ndarray
    when: np.ndarray
    joined: np.ndarray


@dataclass(frozen=True)
class Workshops:
    """Visits to workshops, by day."""

    customer: np.ndarray
    day: np.ndarray
    workshop: np.ndarray
    store: np.ndarray


def _by(rows: T, key: np.ndarray) -> T:
    """The rows in order of `key`, ties as they were."""
    order = np.argsort(key, kind="stable")
    return _take(rows, order)


def _take(rows: T, index: np.ndarray) -> T:
    made: Any = type(rows)
    return made(*(getattr(rows, f.name)[index] for f in fields(made)))


# Campaigns


def make_sends(people: People, rng: Rng) -> Sends:
    """Each campaign goes to some half of those who opted in and are still here; one of last month's to all the planted outdoor buyers.

    Those all opted in, so that a smaller share of them is drawn: who is worth most is written to no more than others.
    """
    planted = (people.role >= Role.OUTDOOR) & (people.role <= Role.BUSY)
    keen = rng.beta(1.6, 3.2, len(people))
    parts = [_campaign(people, number, planted, keen, rng) for number in range(len(CAMPAIGNS))]
    sends = Sends(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Sends)))
    return _by(sends, sends.sent)


def _campaign(people: People, number: int, planted: np.ndarray, keen: np.ndarray, rng: Rng) -> Sends:
    campaign = CAMPAIGNS[number]
    lately = campaign.day > world.TWO_MONTHS
    sure = planted & (campaign.name == "Harvest savings")
    chosen = (rng.random(len(people)) < np.where(planted, 0.28, 0.48)) | sure
    who = np.flatnonzero(chosen & people.opted_in & (people.signup < campaign.day) & (people.last >= campaign.day + 2))
    day = campaign.day + rng.integers(0, 3, len(who))
    if campaign.day + 2 == LAST and len(day):
        day[0] = LAST
    sent = day * DAY + rng.integers(8 * 3600, 11 * 3600, len(who))
    # Within three days: nothing sent before the last two months is opened in them.
    opened = sent + np.minimum(rng.exponential(9 * 3600, len(who)), 3 * DAY).astype(np.int64) + 60
    there = opened < (people.last[who] + 1) * DAY
    opens = (rng.random(len(who)) < keen[who] * 1.15) & there
    # The planted: those who engage open and click every recent promotion; the others nothing for eleven weeks.
    role = people.role[who]
    answers = (role == Role.OUTDOOR_ENGAGED) & lately & (campaign.kind == "Promotion")
    silent = np.isin(role, (Role.OUTDOOR, Role.OUTDOOR_QUIET, Role.BUSY)) & (campaign.day > LAST - 80)
    opens = (opens | (answers & there)) & ~silent
    clicked = opened + rng.integers(10, 900, len(who))
    clicks = opens & ((rng.random(len(who)) < 0.28) | answers) & (clicked < (people.last[who] + 1) * DAY)
    return Sends(who, np.full(len(who), number), sent, np.where(opens, opened, -1), np.where(clicks, clicked, -1))


def engaged_lately(people: People, sends: Sends) -> np.ndarray:
    """By customer: opened a promotion sent in the last two months."""
    promotion = np.array([c.kind == "Promotion" for c in CAMPAIGNS])
    of = promotion[sends.campaign] & (sends.opened >= 0) & (sends.sent // DAY > world.TWO_MONTHS)
    return np.bincount(sends.customer[of], minlength=len(people)) > 0


# Support


_TOPICS = np.array([
    [0.15, 0.20, 0.30, 0.10, 0.20, 0.05],
    [0.15, 0.20, 0.30, 0.08, 0.15, 0.12],
    [0.16, 0.24, 0.15, 0.25, 0.18, 0.02],
    [0.20, 0.25, 0.05, 0.30, 0.10, 0.10],
])  # fmt: skip
_CHANNELS = np.array([
    [0.55, 0.35, 0.08, 0.02],
    [0.17, 0.78, 0.04, 0.01],
    [0.12, 0.06, 0.80, 0.02],
    [0.38, 0.10, 0.22, 0.30],
])  # fmt: skip
_HOURS = np.array([9.0, 3.5, 22.0, 75.0])
_SATISFACTION = np.array([4.0, 4.4, 3.4, 2.0])


def make_tickets(people: People, rng: Rng, *, ends: bool) -> Tickets:
    """Every customer's tickets, by the habits of their support group; who shows the signs has one or two about delivery at the end.

    ends  also move one ticket to the last day of the data
    """
    customer = np.repeat(np.arange(len(people)), people.tickets)
    group = people.support[customer]
    first, last = people.first[customer], people.last[customer]
    day = first + (rng.random(len(customer)) * (last - first + 1)).astype(np.int64)
    topic = _drawn(_TOPICS, group, rng)
    if ends:
        day[np.flatnonzero((last == LAST) & (group == 1) & ~people.slipping[customer])[0]] = LAST
    day, topic = _complaints(people, customer, day, topic, rng)
    opened = day * DAY + (rng.triangular(8, 12, 21, len(customer)) * 3600).astype(np.int64)
    closed = opened + (rng.lognormal(np.log(_HOURS[group]), 0.6) * 3600).astype(np.int64)
    satisfaction = np.clip(np.round(_SATISFACTION[group] + rng.normal(0, 0.8, len(customer))), 1, 5)
    answered = rng.random(len(customer)) < 0.7
    tickets = Tickets(
        customer=customer,
        opened=opened,
        closed=np.where(closed <= END_SECONDS, closed, -1),
        topic=topic,
        channel=_drawn(_CHANNELS, group, rng),
        satisfaction=np.where(answered & (closed <= END_SECONDS), satisfaction, 0).astype(np.int64),
    )
    return _by(tickets, opened)


def _complaints(people: People, customer: np.ndarray, day: np.ndarray, topic: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """The first one or two tickets of who shows the signs become about delivery, in their last four weeks.

    Elsewhere the last four weeks have few about delivery: the riskiest group's leavers stand out.
    """
    signs = people.complains | people.slipping
    turn = np.arange(len(customer)) - np.searchsorted(customer, customer)
    chosen = signs[customer] & (turn < 1 + (people.key[customer] % 3 == 0))
    late = people.last[customer] - rng.integers(1, 27, len(customer))
    day = np.where(chosen, late, day)
    final = (day > people.last[customer] - DROP_DAYS) & (topic == 0) & ~chosen
    topic = np.where(final, 2, topic)
    return day, np.where(chosen, 0, topic)


def _drawn(table: np.ndarray, row: np.ndarray, rng: Rng) -> np.ndarray:
    """A column number for each, with the probabilities of its row."""
    edges = np.cumsum(table, axis=1)[:, :-1]
    return (rng.random(len(row))[:, None] > edges[row]).sum(axis=1)


# The app


def make_usage(people: People, rng: Rng) -> Usage:
    """Sessions a week of those who have the app, over the last year; Flex's leavers (and who is slipping) fall by 40% at the end."""
    who = np.flatnonzero(people.app)
    level = rng.gamma(3.0, 1.7, len(who)) + 0.6
    falls = (people.plan == FLEX) & (people.left | people.slipping)
    parts = []
    for week in range(USAGE_WEEKS):
        end = LAST - 7 * (USAGE_WEEKS - 1 - week)
        there = (people.signup[who] <= end - 6) & (people.last[who] >= end)
        low = falls[who] & (end > people.last[who] - DROP_DAYS)
        swing = rng.uniform(0.5, 1.5, len(who)) * np.where(low, USAGE_DROP, 1.0)
        sessions = np.where(there, np.floor(level * swing + rng.random(len(who))), 0).astype(np.int64)
        used = np.flatnonzero(sessions)
        minutes = np.round(sessions[used] * rng.uniform(2.5, 9.0, len(used))).astype(np.int64)
        parts.append(Usage(who[used], np.full(len(used), end), sessions[used], minutes))
    return Usage(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Usage)))


# Friends and workshops


def make_invitations(people: People, rng: Rng) -> Invitations:
    """Friends invited in the first 30 days after sign-up, and some later."""
    early = np.repeat(np.arange(len(people)), people.invites)
    late = np.repeat(np.arange(len(people)), people.late_invites)
    first = people.signup[early] + rng.integers(0, HIDDEN_DAYS - 1, len(early))
    room = np.maximum(people.last[late] - people.signup[late] - 40, 1)
    second = people.signup[late] + 40 + (rng.random(len(late)) * room).astype(np.int64)
    customer = np.concatenate([early, late])
    day = np.minimum(np.concatenate([first, second]), people.last[customer])
    when = day * DAY + rng.integers(9 * 3600, 22 * 3600, len(customer))
    return _by(Invitations(customer, when, rng.random(len(customer)) < 0.35), when)


def make_workshops(people: People, rng: Rng) -> Workshops:
    """One visit, or two, of those who come at all."""
    who = np.flatnonzero(people.workshop)
    customer = np.repeat(who, 1 + (rng.random(len(who)) < 0.25))
    first, last = people.first[customer], people.last[customer]
    day = first + (rng.random(len(customer)) * (last - first)).astype(np.int64)
    workshop = rng.integers(0, len(world.WORKSHOPS), len(customer))
    return _by(Workshops(customer, day, workshop, people.home[customer]), day)
