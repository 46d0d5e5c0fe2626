"""What the answer about churn risk says, sentence by sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from segue.tools.query.english import entity_plural
from segue.tools.query.phrasing import capital, counted, joined, say_day, say_money, say_points, say_share
from segue.tools.segments.activity import Activity
from segue.tools.segments.compare import Comparison
from segue.tools.segments.labelled import Standout
from segue.tools.segments.ranking import Findings, GroupRisk, Ranked
from segue.tools.segments.signs import WEEKS, Sign
from segue.tools.semantic.schema import Label, Model


@dataclass(frozen=True)
class Told:
    """Everything that the answer speaks of. asked: the group that the question named; None where it asked for the first."""

    model: Model
    of: str
    act: Activity | None
    label: tuple[str, Label] | None
    grouping: str
    horizon: int | None
    now: dt.date | None
    found: Findings
    ranked: Ranked
    asked: GroupRisk | None
    lowest: bool
    reasons: Comparison | None
    money: str | None
    refs: frozenset[str]
    signs: list[Sign]
    beyond: Standout | None

    @property
    def about(self) -> GroupRisk | None:
        """The group that the answer is about."""
        return self.asked or (self.ranked.first[0] if self.ranked.first else None)

    @property
    def many(self) -> str:
        """Several of the entity."""
        return entity_plural(self.model, self.of)

    @property
    def leaving(self) -> str:
        """What leaving means, as a noun phrase."""
        if self.label is None:
            return f"no {self.act.noun if self.act else 'purchase'} in the next {self.horizon} days"
        return "leaving" if self.horizon is None else f"leaving within {self.horizon} days"

    @property
    def so_far(self) -> bool:
        """Whether what happened is of all time, not of the last closed window."""
        return self.horizon is None or self.found.so_far

    @property
    def left(self) -> str:
        """What those who left did, as a verb."""
        return "bought nothing" if self.label is None and self.act and self.act.noun == "purchase" else "left"

    @property
    def end(self) -> str:
        return "lowest" if self.lowest else "highest"


def summary(told: Told) -> str:
    """The answer: which, how much, how sure; the next; the money; what sets them apart; how it was tested; who is too few."""
    about = told.about
    if about is None:
        return _nobody(told)
    about_it = [say(told, about) for say in (_first, _next, _still_active, _beyond, _why, _signs, _stake)]
    return " ".join(part for part in (*about_it, _tested(told), _apart(told)) if part)


def _nobody(told: Told) -> str:
    sizes = joined([f"{g.name} ({counted(g.seen, told.of, told.many)}, {g.left:,} of them left)" for g in told.ranked.apart[:6]])
    return f"Too few to say: no {told.grouping} has enough {told.many} to know its churn risk: {sizes}." if sizes else (
        f"There is no {told.of} to estimate a churn risk for."
    )


def _first(told: Told, g: GroupRisk) -> str:
    low, high = g.interval
    sure = f"95% interval {say_share(low)} to {say_share(high)}"
    if told.asked is not None:
        lead = f"{g.name}: "
    else:
        lead = f"{g.name} has the {told.end} churn risk by {told.grouping}: "
    if not g.sayable:
        return f"{lead}too few to say ({counted(g.seen, told.of, told.many)}, {g.left:,} of them left; {sure})."
    if told.asked is None and told.ranked.level:
        figures = [x.figure for x in told.ranked.first]
        span = joined(list(dict.fromkeys(say_share(x) for x in (min(figures), max(figures)))), "to")
        return (
            f"No {told.grouping} stands out: the churn risk of each is {span}. {g.name} is {told.end} by a hair, at "
            f"{say_share(g.figure)} ({sure})."
        )
    if g.risk is None:
        when = "" if told.so_far else f" in {told.found.tested_on.split(',')[0]}"
        return f"{lead}{say_share(g.figure)} of its {counted(g.seen, told.of, told.many)} {told.left}{when} ({sure})."
    whom = f"its {counted(g.here, told.of, told.many)}{' still here' if told.label else ''}"
    when = f", as of {say_day(told.now)}" if told.now else ""
    overall = f", against {say_share(told.found.overall)} overall" if told.found.overall is not None else ""
    return f"{lead}an estimated {say_share(g.risk)} probability of {told.leaving} ({sure}) for {whom}{overall}{when}.{_so_far(told, g)}"


def _so_far(told: Told, g: GroupRisk) -> str:
    low, high = g.rate_interval
    if g.rate is None:
        return ""
    span = f"{say_share(low)} to {say_share(high)}"
    if told.so_far:
        return f" So far {say_share(g.rate)} of its {g.seen:,} have left ({span})."
    where = told.found.tested_on.split(",")[0]
    return f" In {where}, {say_share(g.rate)} of the {g.seen:,} who were in it then {told.left} ({span})."


def _next(told: Told, g: GroupRisk) -> str:
    first = told.ranked.first
    if told.asked is not None:
        place = first.index(g) + 1 if g in first else None
        top = first[0] if first else None
        if place is None or top is None or len(first) < 2:
            return ""
        at_end = f"; the {told.end} is {top.name} at {say_share(top.figure)}" if place > 1 else ""
        return f"That is number {place} of {len(first)}{at_end}."
    if len(first) < 2:
        return ""
    second = f"Next comes {first[1].name} at {say_share(first[1].figure)}"
    if told.ranked.certain:
        return f"{second}."
    return f"{second}, so close that their order is not certain."


def _still_active(told: Told, g: GroupRisk) -> str:
    """Where the riskiest have already gone quiet, the riskiest of those who haven't: whom there is still time for."""
    if told.lowest or told.label is not None or g.active is None or g.active >= 0.5:
        return ""
    active = [x for x in told.ranked.first if (x.active or 0) >= 0.5]
    if not active:
        return ""
    best = active[0]
    noun = told.act.noun if told.act else "purchase"
    gone = f"Only {say_share(g.active)} of them" if g.active > 0 else "None of them"
    return (
        f"{gone} had a {noun} in the last {told.horizon} days; among segments most of whose {told.many} did, "
        f"{best.name} is highest at {say_share(best.figure)}."
    )


def _beyond(told: Told, g: GroupRisk) -> str:
    """Another way to split them that tells more."""
    b = told.beyond
    if b is None:
        return ""
    return f"By {b.name}, {b.value} stands out more: {say_share(b.left / b.seen)} of its {b.seen:,} have left."


def _signs(told: Told, g: GroupRisk) -> str:
    if not told.signs:
        return ""
    return f"In the {WEEKS} weeks before leaving, those who left showed: {'; '.join(s.says() for s in told.signs)}."


def _stake(told: Told, g: GroupRisk) -> str:
    if told.money is None or g.money is None or g.at_stake is None:
        return ""
    stake, worth = (say_money(round(x, 2), told.model.currency) for x in (g.at_stake, g.money))
    return f"At stake: {stake}, their risk times their {told.money} ({worth})."


def _why(told: Told, g: GroupRisk) -> str:
    if told.reasons is None:
        return ""
    telling = told.reasons.telling(told.refs)[:3] or told.reasons.by_definition(told.refs)[:3]
    if not telling:
        return "Nothing that the data tells sets them clearly apart."
    return capital(f"what sets them apart: {'; '.join(d.says(told.model.currency) for d in telling)}.")


def _tested(told: Told) -> str:
    test = told.found.test
    if test is None:
        return ""
    off = say_points(abs(test.predicted - test.actual))
    blind = " Within a group it can't tell who will leave." if test.auc < 0.55 else ""
    return (
        f"Tested on {told.found.tested_on}: it expected {say_share(test.predicted)} to leave and {say_share(test.actual)} did "
        f"({off} off), with an AUC of {test.auc:.3f} (0.5 is a coin's).{blind}"
    )


def _apart(told: Told) -> str:
    if not told.ranked.apart:
        return ""
    few = [f"{g.name} ({g.left:,} of {g.seen:,} left)" for g in told.ranked.apart[:3]]
    more = len(told.ranked.apart) - len(few)
    return f"Too few to say: {joined([*few, *([f'{more:,} more'] if more else [])])}."
