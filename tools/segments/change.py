"""Why a figure rose or fell between two periods: accounting that adds up exactly, and says so."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue.tools.errors import DefinitionError, QuestionError, did_you_mean
from segue.tools.query.compile import compile_query
from segue.tools.query.english import say_condition, say_value_of
from segue.tools.query.phrasing import capital, joined, say_difference, say_share, say_value
from segue.tools.query.plan import ColumnIs, Value, plain
from segue.tools.results import Column, Headline, Result
from segue.tools.segments.arguments import ExplainChange
from segue.tools.segments.contributions import (
    CLEARLY_MORE,
    Dimension,
    Factor,
    Question,
    Within,
    candidates,
    crossed,
    explained_by,
    factors,
    measured,
    plan_of,
    unusual,
    within,
)
from segue.tools.segments.periods import Periods, periods
from segue.tools.semantic.schema import Metric, split

if TYPE_CHECKING:
    from segue.tools.context import Context

CLEAR = 0.25
"""A dimension whose change is this much more concentrated than its figures is worth naming."""

MOST_TRIED = 6
"""Dimensions, best first, whose leading values are held against their own past."""

NOT_CAUSE = "This is accounting: it says where the change sits, not what caused it."


@dataclass(frozen=True)
class Story:
    """What was found, ready to be told."""

    name: str
    unit: str | None
    currency: str | None
    periods: Periods
    before: float
    after: float
    expected: str | None
    dimensions: list[Dimension]
    pair: Dimension | None
    factors: list[Factor]
    usual: list[float]
    skipped: list[str]
    inner: Within | None = None

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def best(self) -> Dimension | None:
        """What explains it best, if anything clearly does: concentrated, most of it, and more than those values usually move."""
        found = (d for d in (self.pair, *self.dimensions) if d is not None)
        return next((d for d in found if d.score >= CLEAR and d.explained >= 0.5 and d.unusual is not False), None)


def explain_change(context: Context, arguments: ExplainChange) -> Result:
    """Where the change of a figure between two periods sits.

    Contributions by each dimension's values sum to the change exactly; for revenue also customers x orders x order value.
    QuestionError where there is nothing to compare; DefinitionError for names that aren't there.
    """
    story, question = _story(context, arguments)
    rows = _rows(story, arguments.limit)
    best = story.best
    leader = best.leaders[0] if best is not None else None
    return Result(
        tool="explain_change",
        arguments=plain(arguments),
        columns=(
            Column("dimension", "text"),
            Column("value", "text"),
            Column(story.periods.said_before, "number", story.unit),
            Column(story.periods.said_after, "number", story.unit),
            Column("contribution", "number", story.unit),
            Column("share of the change", "number", "share"),
        ),
        rows=tuple(rows),
        row_count=len(rows),
        headline=Headline(leader.value if leader else None, leader.change if leader else story.change, story.unit),
        summary=summary(story),
        reading=_reading(context, story, arguments),
        assumptions=tuple(story.periods.assumptions),
        caveats=_caveats(story),
        suggestions=_suggestions(story),
        method=(
            "Contributions are exact differences of the same figure in the two periods, by each value of each dimension. "
            f"Dimensions are ranked by how much more of the change than of the earlier figure up to three of their values hold; "
            f"{len(story.dimensions) + len(story.skipped)} were looked at."
        ),
        sql=_sql(context, question, best),
        as_of=story.periods.after.end.isoformat() if story.periods.after.end else None,
        extra={"before": story.before, "after": story.after, "change": story.change, "usual_changes": story.usual},
    )


def _story(context: Context, arguments: ExplainChange) -> tuple[Story, Question]:
    value = _value(context, arguments.metric)
    found = periods(context, value, arguments.window, arguments.versus)
    top, bottom = _ratio_parts(context, arguments.metric)
    question = Question(value, found, arguments.where, arguments.customers, top, bottom)
    row = measured(context, question, [value])[0]
    before, after = float(row["before"][0]), float(row["after"][0])
    change, dimensions, skipped = after - before, [], []
    usual = _usual(context, question, before)
    question = replace(question, unusual=abs(change) > CLEARLY_MORE * max(map(abs, usual)) if len(usual) >= 3 else None)
    if change:
        for ref in candidates(context, question, arguments.dims):
            made = explained_by(context, question, [ref], change)
            if made is None:
                skipped.append(context.model.plain(ref))
            elif len(made.parts) > 1:
                dimensions.append(made)
    dimensions.sort(key=lambda d: (-d.score, d.name))
    dimensions = [replace(d, unusual=unusual(context, question, d)) for d in dimensions[:MOST_TRIED]] + dimensions[MOST_TRIED:]
    pair = crossed(context, question, dimensions, change) if change and not arguments.dims else None
    metric = context.model.metrics.get(arguments.metric)
    story = Story(
        name=say_value_of(context.model, value), unit=(metric.unit if metric else None) or "count",
        currency=context.model.currency, periods=found, before=before, after=after, expected=arguments.expected,
        dimensions=dimensions, pair=pair, factors=factors(context, question, change) if change else [],
        usual=usual, skipped=skipped,
    )  # fmt: skip
    inner = within(context, question, story.best, dimensions[:12], change) if story.best is not None else None
    return replace(story, inner=inner), question


def _value(context: Context, name: str) -> Value:
    model = context.model
    if name in model.metrics:
        if model.metrics[name].rate is not None:
            raise QuestionError(f"{name} has no dates, so it has no change between periods.", "Ask for it by a segment.")
        return Value(metric=name)
    if name in model.entities or name in model.tables:
        return Value(count=name)
    known = [*model.metrics, *model.entities, *model.tables]
    raise DefinitionError(f"There is no metric {name!r}.", did_you_mean(name, known))


def _ratio_parts(context: Context, name: str) -> tuple[Value | None, Value | None]:
    """Numerator and denominator of a ratio or a mean; (None, None) for what adds up by itself."""
    metric: Metric | None = context.model.metrics.get(name)
    if metric is not None and metric.ratio is not None:
        return Value(metric=metric.ratio[0]), Value(metric=metric.ratio[1])
    if metric is not None and metric.of is not None and metric.stat == "mean":
        known = ColumnIs(column=metric.of, op="present")
        return Value(column=metric.of, stat="sum"), Value(count=split(metric.of)[0], where=known)
    return None, None


def _usual(context: Context, question: Question, before: float) -> list[float]:
    """The changes from one to the next of the periods before, newest first."""
    windows = question.periods.earlier
    if len(windows) < 2:
        return []
    values = [question.value.model_copy(update={"window": w}) for w in windows]
    figures = [before, *(float(x) for x in measured(context, question, values)[0]["after"])]
    return [a - b for a, b in itertools.pairwise(figures)]


# --- telling ----------------------------------------------------------------------------------------------------------


def summary(story: Story) -> str:
    """What changed, whether the premise holds, where it sits, what it is made of, how usual it is."""
    parts = [_first(story), _where(story), _made_of(story), _how_usual(story)]
    return " ".join(p for p in parts if p) + (f" {NOT_CAUSE}" if story.change else "")


def _say(story: Story, x: float) -> str:
    return say_value(round(x, 4), story.unit, story.currency)


def _signed(story: Story, x: float, unit: str | None = None) -> str:
    return f"{'-' if x < 0 else '+'}{say_difference(round(x, 4), unit or story.unit, story.currency)}"


def _first(story: Story) -> str:
    name = capital(story.name)
    earlier, later = _within(story.periods.said_before), _within(story.periods.said_after)
    spans = f"from {_say(story, story.before)} {earlier} to {_say(story, story.after)} {later}"
    if not story.change:
        return f"{name} did not change: {_say(story, story.after)} {later} and {earlier}."
    went = "rose" if story.change > 0 else "fell"
    by = say_difference(round(story.change, 4), story.unit, story.currency)
    share = f" ({_percent(story.change / abs(story.before))})" if story.before and story.unit != "share" else ""
    if story.expected is not None and (story.expected == "rise") != (story.change > 0):
        return f"{name} did not {story.expected}: it {went} by {by}{share}, {spans}."
    return f"{name} {went} by {by}{share}, {spans}."


def _within(span: str) -> str:
    return f"(over {span})" if " to " in span else f"in {span}"


def _percent(x: float) -> str:
    return f"{'+' if x > 0 else '-'}{say_share(abs(x))}"


def _where(story: Story) -> str:
    if not story.change or not story.dimensions:
        return ""
    best = story.best
    if best is None:
        return "It is spread out: no dimension's values hold much more of the change than they had of the figure."
    base = sum(abs(p.before) for p in best.parts)
    told = []
    for p in best.leaders:
        had = f"of {say_share(abs(p.before) / base)} of the earlier figure" if base else ""
        told.append(f"{p.value} ({_signed(story, p.change)}{', ' + had if had and story.unit != 'share' else ''})")
    made = f"{say_share(best.explained)} of the change" if best.explained <= 1.05 else "more than the whole change"
    text = f"It sits in {best.name} {joined(told)}: {made}."
    return text + _inside(story, best) + _against(story, best)


def _inside(story: Story, best: Dimension) -> str:
    """Who made the leading value's change."""
    w = story.inner
    if w is None:
        return ""
    return f" Of what {best.leaders[0].value} changed by, {w.dimension} {w.value} made {_signed(story, w.change)} ({say_share(w.share)})."


def _against(story: Story, best: Dimension) -> str:
    """The value that moved most the other way."""
    other = [p for p in best.parts if p.change * story.change < 0]
    if not other:
        return ""
    most = max(other, key=lambda p: abs(p.change))
    return f" Against it: {most.value} ({_signed(story, most.change)})." if abs(most.change) >= 0.1 * abs(story.change) else ""


def _made_of(story: Story) -> str:
    if not story.factors:
        return ""
    told = [
        f"{f.name} {_signed(story, f.contribution)} ({say_value(round(f.before, 2), f.unit, story.currency)} to "
        f"{say_value(round(f.after, 2), f.unit, story.currency)})"
        for f in story.factors
    ]
    return f"By factor: {joined(told)}."


def _how_usual(story: Story) -> str:
    if len(story.usual) < 3 or not story.change:
        return ""
    low, high = min(story.usual), max(story.usual)
    span = f"between {_signed(story, low)} and {_signed(story, high)}"
    if low <= story.change <= high:
        return f"A change of this size is not unusual: the {len(story.usual)} before it were {span}."
    if abs(story.change) <= CLEARLY_MORE * max(abs(low), abs(high)):
        return f"It is hardly more than usual: the {len(story.usual)} changes before it were {span}."
    return f"It is larger than the {len(story.usual)} changes before it, which were {span}."


def _rows(story: Story, limit: int) -> list[tuple]:
    every = [d for d in (story.pair, *story.dimensions) if d is not None]
    shown = sorted(every, key=lambda d: d is not story.best)  # stable: the best first
    rows: list[tuple] = [("all", None, story.before, story.after, story.change, 1.0 if story.change else None)]
    for i, d in enumerate(shown):
        ranked = sorted(d.parts, key=lambda p: (p not in d.leaders, -abs(p.change), p.value or ""))
        chosen = ranked[: limit if i == 0 else 3]
        rows += [(d.name, p.value, *d.levels[p.value], p.change, p.change / story.change) for p in chosen]
    if story.inner is not None and story.best is not None:
        w, leader = story.inner, story.best.leaders[0].value
        rows.append((f"{story.best.name} and {w.dimension}", f"{leader}, {w.value}", None, None, w.change, w.change / story.change))
    rows += [("factor", f.name, f.before, f.after, f.contribution, f.contribution / story.change) for f in story.factors]
    return rows


def _reading(context: Context, story: Story, arguments: ExplainChange) -> str:
    text = f"Where the change of {story.name} between {story.periods.said_before} and {story.periods.said_after} sits"
    if arguments.where is not None:
        text += f", where {say_condition(context.model, arguments.where, of='row')}"
    if arguments.customers is not None:
        text += f", of customers who {say_condition(context.model, arguments.customers)}"
    return text + "."


def _caveats(story: Story) -> tuple[str, ...]:
    said = [NOT_CAUSE]
    if story.skipped:
        said.append(f"Left out, since their parts don't add up to the whole: {joined(story.skipped)}.")
    return tuple(said)


def _suggestions(story: Story) -> tuple[str, ...]:
    best = story.best
    return () if best is None or len(best.refs) > 1 else (f"{capital(story.name)} by {best.name} by month",)


def _sql(context: Context, question: Question, best: Dimension | None) -> str:
    plan = plan_of(context, question, [question.value], best.refs if best is not None else ())
    return context.engine.readable_sql(compile_query(context, plan).expr)
