"""The truth of a generated data set, from the plan it was drawn from."""

from __future__ import annotations

import numpy as np

from segue.tools.demo import world
from segue.tools.demo.contacts import USAGE_DROP
from segue.tools.demo.people import HIDDEN_DAYS, HIDDEN_INVITES, SUPPORT_GROUPS, VALUED_SHARE, People, Role
from segue.tools.demo.tables import DECOYS
from segue.tools.demo.truth import FallenStore, HiddenGroup, IgnoredOutdoors, Keys, Riskiest, SmallGroup, Truth
from segue.tools.demo.world import FLEX, ISLANDS


def truth_of(people: People, profit: np.ndarray, *, seed: int, orders: int, lines: int, walk_in_lines: int, revenue: int) -> Truth:
    """What is planted. `profit` by customer and `revenue` in pence."""
    return Truth(
        seed=seed,
        customers=len(people),
        end=str(world.END),
        orders=orders,
        order_lines=lines,
        revenue=revenue / 100,
        walk_in_share=round(walk_in_lines / lines, 6),
        left=_keys(people, people.left),
        worst_region=world.REGIONS[world.WEST],
        fallen_store=_fallen_store(people),
        hidden=_hidden(people),
        small=SmallGroup("region", world.REGIONS[ISLANDS], _keys(people, people.region == ISLANDS)),
        riskiest=_riskiest(people),
        outdoors=_outdoors(people),
        support={name: _keys(people, people.support == i) for i, name in enumerate(SUPPORT_GROUPS)},
        buyers={role.name.lower(): _role(people, role) for role in (Role.SCHEDULED, Role.PROJECT, Role.EMERGENCY)},
        overdue=_role(people, Role.OVERDUE),
        top_share=VALUED_SHARE,
        profit_share=_held_by_top(profit, VALUED_SHARE),
        decoys=DECOYS,
    )


def _keys(people: People, mask: np.ndarray) -> Keys:
    return tuple(people.key[mask].tolist())


def _role(people: People, role: Role) -> Keys:
    return _keys(people, people.role == role)


def _rate(left: np.ndarray) -> float:
    return round(float(left.mean()), 6)


def _held_by_top(profit: np.ndarray, share: float) -> float:
    """The share of all profit that this top share of customers (rounded down) holds."""
    ordered = np.sort(profit)[::-1]
    return round(float(ordered[: int(len(ordered) * share)].sum() / ordered.sum()), 6)


def _fallen_store(people: People) -> FallenStore:
    began = str(world.START + world.STOPPED)
    band, category = world.AGE_BANDS[world.YOUNG], world.CATEGORIES[world.CLOTHING]
    return FallenStore(world.FALLEN_STORE, band, category, began, _role(people, Role.CROWD))


def _hidden(people: People) -> HiddenGroup:
    members, others = people.left[people.hidden], people.left[~people.hidden]
    return HiddenGroup(HIDDEN_INVITES, HIDDEN_DAYS, _keys(people, people.hidden), 1 - _rate(members), 1 - _rate(others))


def _riskiest(people: People) -> Riskiest:
    flex = people.plan == FLEX
    return Riskiest(
        column="plan",
        value=world.PLANS[FLEX],
        rate=_rate(people.left[flex]),
        others_rate=_rate(people.left[~flex]),
        usage_ratio=USAGE_DROP,
        topic=world.TICKET_TOPICS[0],
        complained=_keys(people, people.complains),
        slipping=_keys(people, people.slipping),
    )


def _outdoors(people: People) -> IgnoredOutdoors:
    return IgnoredOutdoors(
        category=world.CATEGORIES[world.OUTDOOR],
        at_least=10,
        others_at_most=1,
        members=_role(people, Role.OUTDOOR),
        engaged=_role(people, Role.OUTDOOR_ENGAGED),
        quiet=_role(people, Role.OUTDOOR_QUIET),
        busy=_role(people, Role.BUSY),
    )
