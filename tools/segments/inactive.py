"""Risk learnt at past cut-offs whose windows have closed: no purchase in the next days, or the dated event of leaving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segue.tools.errors import QuestionError
from segue.tools.query.phrasing import say_day
from segue.tools.segments.estimate import FEWEST_LEAVERS, SAMPLE, Inputs, Test, assessed, fit, out_of_fold
from segue.tools.segments.outcomes import cutoffs
from segue.tools.segments.panel import HISTORY, Design, now_of, on_day, sample, stacked
from segue.tools.segments.ranking import Findings, GroupRisk, with_risk
from segue.tools.segments.rows import Table, bounds, fetch

if TYPE_CHECKING:
    from segue.tools.context import Context


ONE_WINDOW = "Too few windows have closed to test on a later one: the model was tested on other customers of the same days."


def from_cutoffs(context: Context, design: Design) -> Findings:
    """What happened in the last closed window by group, and the estimate for the next one.

    QuestionError where the data is too short to have seen one window close.
    """
    now = now_of(context, design)
    days = cutoffs(now, bounds(context, design.act.time)[0], design.horizon)
    if not days:
        raise QuestionError(
            f"The data is too short to learn who leaves: it takes {2 * design.horizon:,} days, half to know people by and half "
            "to see what they do.",
            "Ask with a shorter horizon.",
        )
    past, today = stacked(context, design, days), on_day(context, design, now, closed=False)
    columns = design.group_columns
    happened = _happened(past, columns)
    history = fetch(context, happened)
    members = fetch(context, _members(today, columns, design.horizon))
    groups = _groups(history, members, columns, days[0])
    seen, left = _sum([r for r in history if r["day"] == days[0]])
    found = Findings(groups, None, left / seen if seen else None, None, "", happened)
    everything = _sum(history)
    if min(everything[1], everything[0] - everything[1]) < FEWEST_LEAVERS:
        few = f"{everything[1]:,} of {everything[0]:,} left in the closed windows: {_why_not(*everything)}."
        return replace(found, caveats=[few], tested_on=_window(days[0], design.horizon), window=_ends(days[0], design.horizon))
    return _estimated(context, design, found, past, today, days, everything[0], sum(m["here"] for m in members))


def _happened(past: Table, columns: Sequence[str]) -> Table:
    return past.group_by("day", *columns).aggregate(seen=past.count(), left=past.left.sum()).order_by("day", *columns)


def _members(today: Table, columns: Sequence[str], horizon: int) -> Table:
    return today.group_by(*columns).aggregate(
        here=today.count(), money=today.year.sum(), active=(today.recency < horizon).mean()
    )  # fmt: skip


def _groups(
    history: Sequence[dict[str, Any]], members: Sequence[dict[str, Any]], columns: Sequence[str], last: dt.date
) -> list[GroupRisk]:
    found = []
    present = {tuple(m[c] for c in columns): m for m in members}
    gone = {"here": 0, "money": None, "active": None}
    for labels in dict.fromkeys([*present, *(tuple(r[c] for c in columns) for r in history)]):
        m = present.get(labels, gone)
        past = [r for r in history if tuple(r[c] for c in columns) == labels]
        seen, left = _sum([r for r in past if r["day"] == last])
        known, known_left = _sum(past)
        found.append(GroupRisk(labels, m["here"], seen, left, None, None, None, m["money"], m["active"], known, known_left))
    return found


def _sum(rows: Sequence[dict[str, Any]]) -> tuple[int, int]:
    return sum(r["seen"] for r in rows), int(sum(r["left"] or 0 for r in rows))


def _why_not(seen: int, left: int) -> str:
    return "too few to learn a risk from" if left < seen - left else "nearly all, so there is no difference to learn"


def _ends(day: dt.date, horizon: int) -> tuple[dt.date, dt.date]:
    return day, day + dt.timedelta(days=horizon)


def _window(day: dt.date, horizon: int) -> str:
    return f"the {horizon} days from {say_day(day)} to {say_day(day + dt.timedelta(days=horizon))}"


def _estimated(
    context: Context, design: Design, found: Findings, past: Table, today: Table, days: Sequence[dt.date], rows: int, here: int
) -> Findings:
    columns = design.group_columns
    frame = sample(context, past, rows, SAMPLE // 2)
    current = sample(context, today.drop("left"), here, SAMPLE // 2)
    outcome = frame["left"].to_numpy(dtype="float64")
    inputs = Inputs(HISTORY, (), columns)
    newest = (frame["day"] == days[0]).to_numpy(dtype=bool)
    test, how = _test(frame, outcome, inputs, newest)
    estimator = fit(frame, outcome, inputs)
    drift = abs(test.predicted - test.actual)
    groups = [with_risk(g, estimator, current, columns, drift) for g in found.groups]
    window = _window(days[0], design.horizon)
    return replace(
        found, groups=groups, overall=estimator.mean(current)[0] if len(current) else None, test=test, method=_method(design, days, len(frame), rows),
        window=_ends(days[0], design.horizon),
        tested_on=window if how == "later" else f"{window}, by cross-validation over customers",
        caveats=[] if how == "later" else [ONE_WINDOW],
    )  # fmt: skip


def _test(frame: Any, outcome: Any, inputs: Any, newest: Any) -> tuple[Test, str]:
    """On the newest closed window with a model of the earlier ones; where there is one alone, across customers."""
    older = outcome[~newest]
    if min(older.sum(), len(older) - older.sum()) >= FEWEST_LEAVERS:
        model = fit(frame[~newest], older, inputs)
        return assessed(model.probabilities(frame[newest]), outcome[newest]), "later"
    return assessed(out_of_fold(frame, outcome, inputs), outcome), "folds"


def _method(design: Design, days: Sequence[dt.date], used: int, rows: int) -> str:
    what = "leaving" if design.leaving is not None else f"no {design.act.noun}"
    drawn = "" if used == rows else f", on a sample of {used:,} of {rows:,} customer-days drawn by key"
    return (
        f"Logistic regression of {what} within {design.horizon} days on recency, frequency, money, tenure and group, learnt at "
        f"{len(days)} past {'day' if len(days) == 1 else 'days'} whose window has closed{drawn}; tested on the newest with a model of "
        "the earlier ones. Intervals add the sampling error and how far the model was off in that test."
    )
