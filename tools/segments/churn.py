"""Which segment has the highest churn risk: the tool, and what its answer says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError, QuestionError, did_you_mean
from segue.tools.query.english import entity_plural
from segue.tools.query.phrasing import joined, say_day
from segue.tools.query.plan import plain
from segue.tools.results import MAX_ROWS, Column, Headline, Result
from segue.tools.segments.activity import Activity, main_activity
from segue.tools.segments.arguments import ChurnRisk
from segue.tools.segments.churn_words import Told, summary
from segue.tools.segments.compare import Comparison, compare, said, scheme_refs
from segue.tools.segments.groups import Grouping, grouping
from segue.tools.segments.inactive import from_cutoffs
from segue.tools.segments.labelled import Standout, labelled, own_money, so_far, standout
from segue.tools.segments.outcomes import Dated, churn_label, dated, label_columns, left_table, own_rhythm, why_so_long
from segue.tools.segments.panel import Design, now_of
from segue.tools.segments.ranking import Findings, GroupRisk, Ranked, rank
from segue.tools.segments.rows import Table, always_so, members, people
from segue.tools.segments.signs import Sign, early_signs
from segue.tools.segments.statistics import SMALLEST_GROUP
from segue.tools.semantic.schema import Label, words

if TYPE_CHECKING:
    import datetime as dt

    from segue.tools.context import Context


@dataclass(frozen=True)
class Asked:
    """The question made ready: who is grouped how, and what tells that someone left.

    label  its name and spec;  event  where it is dated;  act  what people do, where there are dates
    """

    arguments: ChurnRisk
    groupings: list[Grouping]
    among: Table | None
    label: tuple[str, Label] | None
    event: Dated | None
    act: Activity | None

    @property
    def of(self) -> str:
        return self.arguments.of

    @property
    def moving(self) -> bool:
        """Whether people move between the groups as time goes by."""
        return any(g.moves for g in self.groupings)


def churn_risk(context: Context, arguments: ChurnRisk) -> Result:
    """Ranks groups by churn risk: with a label, of those still here; without, of no purchase in the next days.

    Groups too small to say are shown apart and win nothing. QuestionError where the data has neither label nor dates, or is
    too short to learn from.
    """
    asked = _asked(context, arguments)
    found, horizon, now = _found(context, asked)
    ranked = rank(found.groups, arguments.lowest)
    chosen = _group_called(found.groups, arguments.segment)
    about = chosen or (ranked.first[0] if ranked.first else None)
    told = Told(
        model=context.model,
        of=asked.of,
        act=asked.act,
        label=asked.label,
        grouping=" and ".join(g.name for g in asked.groupings),
        horizon=horizon,
        now=now,
        found=found,
        ranked=ranked,
        asked=chosen,
        lowest=arguments.lowest,
        reasons=_reasons(context, asked, about) if about is not None and about.here >= SMALLEST_GROUP else None,
        money=_money_name(context, asked),
        refs=_refs(context, asked),
        signs=_signs(context, asked, about) if about is not None else [],
        beyond=_beyond(context, asked, ranked) if not arguments.by and asked.among is None else None,
    )
    return _result(context, arguments, asked.groupings, told)


def _asked(context: Context, arguments: ChurnRisk) -> Asked:
    of = arguments.of
    label = churn_label(context, arguments.label, of)
    return Asked(
        arguments=arguments,
        groupings=[grouping(context, name, of) for name in arguments.by or [None]],
        among=members(context, arguments.among, of) if arguments.among is not None else None,
        label=label,
        event=dated(context, label[0], label[1], of) if label is not None else None,
        act=main_activity(context.model, of),
    )


def _found(context: Context, asked: Asked) -> tuple[Findings, int | None, dt.date | None]:
    """(what was found, the days that a risk is about, now): by the label alone, or from past cut-offs where there are dates."""
    if asked.label is not None and (asked.event is None or asked.act is None):
        found = labelled(context, asked.label[0], asked.groupings, asked.of, asked.among)
        if asked.arguments.horizon_days is not None:
            found.assumptions.append("The data doesn't say when people left, so the risk is not of a certain number of days.")
        return found, None, None
    if asked.act is not None:
        return _from_the_past(context, asked, asked.act)
    raise QuestionError(
        "The data has no label for leaving and no dates, so there is no churn to estimate.",
        "Name a label in segue.yaml, or ask for a segment's profile.",
    )


def _from_the_past(context: Context, asked: Asked, act: Activity) -> tuple[Findings, int, dt.date]:
    among, given = asked.arguments.among, asked.arguments.horizon_days
    own, gap = own_rhythm(context, act)
    horizon = given or own
    always = among is None or always_so(context, among, asked.of)
    design = Design(act, asked.groupings, horizon, asked.of, asked.event, asked.among, always)
    found = from_cutoffs(context, design)
    if asked.label is not None and not asked.moving:
        found = _with_history(found, so_far(context, asked.label[0], asked.groupings, asked.of, asked.among))
    if not always:
        everyone = f"all {entity_plural(context.model, asked.of)}"
        found.assumptions.append(f"What happened, and what the model learnt, is of {everyone}; the risk is of those asked about.")
    found.assumptions.append(_leaving(act, horizon, gap, asked.label, given=given is not None))
    return found, horizon, now_of(context, design)


def _with_history(found: Findings, history: dict[tuple[str, ...], tuple[int, int]]) -> Findings:
    """What happened so far, of groups that people don't move between, in place of what happened in the last window."""
    known = {g.labels: g for g in found.groups}
    groups = [
        replace(known.get(labels, GroupRisk(labels, 0, seen, left)), seen=seen, left=left, known=seen, known_left=left)
        for labels, (seen, left) in history.items()
    ]
    return replace(found, groups=groups, so_far=True)


def _leaving(act: Activity, horizon: int, gap: float | None, label: Any, given: bool) -> str:
    if label is not None:
        return f"Churn risk is the probability of leaving ({words(label[0])}) within the next {horizon} days."
    why = "as asked" if given else why_so_long(act, horizon, gap)
    return f"The data has no label for leaving: churn risk is the probability of no {act.noun} in the next {horizon} days ({why})."


def _group_called(groups: list[GroupRisk], name: str | None) -> GroupRisk | None:
    if name is None:
        return None
    found = next((g for g in groups if name.lower() in (g.name.lower(), *(x.lower() for x in g.labels))), None)
    if found is None:
        raise DefinitionError(f"There is no group {name!r} here.", did_you_mean(name, [g.name for g in groups]))
    return found


def _group_keys(groupings: list[Grouping], group: GroupRisk) -> Table:
    keys = None
    for split_by, label in zip(groupings, group.labels, strict=True):
        table = split_by.table(None)
        these = table.filter(table.group == label).select("key")
        keys = these if keys is None else keys.semi_join(these, "key")
    return keys


def _reasons(context: Context, asked: Asked, group: GroupRisk) -> Comparison:
    """What sets the group apart, among those asked about who are still here."""
    among = asked.among
    if asked.label is not None:
        everyone = left_table(context, asked.label[0], asked.of)
        here = everyone.filter(~everyone.left).select("key")
        among = here if among is None else here.semi_join(among, "key")
    return compare(context, _group_keys(asked.groupings, group), of=asked.of, among=among)


def _signs(context: Context, asked: Asked, group: GroupRisk) -> list[Sign]:
    """What went before leaving, in the group (where people move between groups: of everyone)."""
    if asked.event is None:
        return []
    keys = people(context, asked.of) if asked.moving else _group_keys(asked.groupings, group)
    return early_signs(context, asked.event, keys, asked.of)


def _beyond(context: Context, asked: Asked, ranked: Ranked) -> Standout | None:
    """A group by another attribute that stands out more than any segment of the main scheme, by what happened."""
    if asked.label is None or not ranked.first:
        return None
    return standout(context, asked.label[0], asked.groupings, asked.of, max(g.rate_interval[1] for g in ranked.first))


def _refs(context: Context, asked: Asked) -> frozenset[str]:
    """What defines the groups or says the label: no reason for the risk."""
    refs = {ref for g in asked.groupings for ref in scheme_refs(context.model, g.ref or "rfm", asked.of)}
    if asked.label is not None:
        event = asked.label[1].event
        refs |= {*label_columns(context, asked.label[1]), *([event] if event else [])}
    return frozenset(refs)


def _money_name(context: Context, asked: Asked) -> str | None:
    """What the money at stake is."""
    if asked.act is not None and asked.act.money is not None:
        return f"{words(asked.act.metric or 'money')} of the last year"
    own = own_money(context, asked.of)
    return None if own is None else words(own[0])


def _result(context: Context, arguments: ChurnRisk, groupings: list[Grouping], told: Told) -> Result:
    groups = [*told.ranked.first, *told.ranked.apart]
    shown = groups[: min(arguments.limit or MAX_ROWS, MAX_ROWS)]
    about = None if told.ranked.level and told.asked is None else told.about
    return Result(
        tool="churn_risk",
        arguments=plain(arguments),
        columns=_columns(groupings, told),
        rows=tuple(_row(g, told) for g in shown),
        row_count=len(groups),
        truncated=len(shown) < len(groups),
        headline=None if about is None else Headline(about.name, round(about.figure, 6), "share"),
        summary=summary(told),
        reading=_reading(context, arguments, told),
        assumptions=(*dict.fromkeys(a for g in groupings for a in g.assumptions), *told.found.assumptions),
        caveats=_caveats(told),
        suggestions=_suggestions(told),
        method=told.found.method or "Rates count every row, with Wilson's 95% interval; no model was fitted.",
        sql=context.engine.readable_sql(told.found.expression),
        as_of=told.now.isoformat() if told.now is not None else None,
        extra=_extra(told),
    )


def _columns(groupings: list[Grouping], told: Told) -> tuple[Column, ...]:
    seen, happened = "ever", "left so far"
    if not told.so_far and told.found.window is not None:
        seen, happened = f"in it on {say_day(told.found.window[0])}", f"{told.left} by {say_day(told.found.window[1])}"
    money = () if told.money is None else (Column(told.money, "number", "money"), Column("at stake", "number", "money"))
    return (
        *(Column(g.name, "text") for g in groupings),
        Column(f"{told.many} still here" if told.label else told.many, "integer", "count"),
        Column("churn risk", "number", "share"),
        Column("low", "number", "share"),
        Column("high", "number", "share"),
        Column(seen, "integer", "count"),
        Column(happened, "integer", "count"),
        Column("rate", "number", "share"),
        Column("rate low", "number", "share"),
        Column("rate high", "number", "share"),
        *money,
        Column("verdict", "text"),
    )


def _row(g: GroupRisk, told: Told) -> tuple:
    low, high = g.rate_interval
    money = () if told.money is None else (g.money, g.at_stake)
    return (
        *g.labels, g.here, g.risk, g.low, g.high, g.seen, g.left, g.rate, low, high, *money,
        "ranked" if g.sayable else "too few to say",
    )  # fmt: skip


def _reading(context: Context, arguments: ChurnRisk, told: Told) -> str:
    what = f"the probability of {told.leaving}" if told.horizon else "the estimated probability of leaving"
    who = "those still here" if told.label else f"everyone with a {told.act.noun if told.act else 'purchase'}"
    within = ""
    if arguments.among is not None:
        within = f", among {said(context.model, arguments.among, arguments.of)}"
    return f"Churn risk by {told.grouping}: {what}, for {who}{within}, {'lowest' if told.lowest else 'highest'} first."


def _caveats(told: Told) -> tuple[str, ...]:
    said = list(told.found.caveats)
    if told.found.left_out:
        said.append(f"Left out of the model because they give the outcome away: {joined(told.found.left_out)}.")
    if told.ranked.apart:
        said.append(
            f"Too few to say, and so not ranked: {joined([g.name for g in told.ranked.apart][:8])} (fewer than {SMALLEST_GROUP} "
            f"{told.many}, or a share known to no better than 30 percentage points)."
        )
    said.append("What sets a group apart goes with the risk; it need not cause it.")
    return tuple(said)


def _suggestions(told: Told) -> tuple[str, ...]:
    about = told.about
    asks = [f"Which {told.beyond.name} has the highest churn risk?"] if told.beyond is not None else []
    return tuple(asks) if about is None or len(about.labels) > 1 else (*asks, f"What sets {about.name} apart?")


def _extra(told: Told) -> dict[str, Any]:
    test = told.found.test
    return {
        "horizon_days": told.horizon,
        "tested_on": told.found.tested_on,
        "tested_until": say_day(told.now) if told.now else None,
        "auc": test.auc if test else None,
        "base_rate": test.actual if test else told.found.overall_rate,
        "predicted": test.predicted if test else None,
        "actual": test.actual if test else None,
        "brier": test.brier if test else None,
        "base_brier": test.base_brier if test else None,
        "overall_risk": told.found.overall,
        "early_signs": [vars(s) for s in told.signs],
    }
