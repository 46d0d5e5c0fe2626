"""What a group looks like, beside everyone else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.tools.errors import DefinitionError, did_you_mean
from segue.tools.query.english import entity_plural
from segue.tools.query.phrasing import capital, counted, joined
from segue.tools.query.plan import InSegment, plain
from segue.tools.results import Column, Result
from segue.tools.segments.activity import main_activity
from segue.tools.segments.arguments import Profile
from segue.tools.segments.compare import Comparison, Difference, compare, defines, defining, said, scheme_refs
from segue.tools.segments.groups import Grouping, grouping
from segue.tools.segments.rows import Table, bounds, fetch, members
from segue.tools.segments.statistics import SMALLEST_GROUP, size_word
from segue.tools.semantic.schema import Model

if TYPE_CHECKING:
    from segue.tools.context import Context

METHOD = (
    "Shares are compared by Cohen's h, numbers by the standardised difference (amounts and counts on a log scale); "
    "0.2 is small, 0.5 medium, 0.8 large. Listed by the effect left after three standard errors are taken off."
)

COLUMNS = (
    Column("trait", "text"),
    Column("measure", "text"),
    Column("in the group", "number"),
    Column("others", "number"),
    Column("unit", "text"),
    Column("effect size", "number", "ratio"),
    Column("difference", "text"),
)


def profile(context: Context, arguments: Profile) -> Result:
    """Compares a group with everyone else (or another group), trait by trait, most distinctive first.

    What defines the group is left out. With fewer than 20 on a side nothing is concluded. DefinitionError where the segment
    isn't in its scheme.
    """
    inside, name, refs = _group(context, arguments)
    of, model = arguments.of, context.model
    outside = members(context, arguments.against, of) if arguments.against is not None else None
    among = members(context, arguments.among, of) if arguments.among is not None else None
    refs |= defining(model, arguments.against, of) | defining(model, arguments.among, of)
    found = compare(context, inside, of=of, outside=outside, among=among, only=arguments.traits)
    ranked = sorted(found.differences, key=lambda d: defines(d.trait, refs))  # stable: what defines the group comes last
    shown = ranked[: arguments.limit]
    main = main_activity(model, of)
    return Result(
        tool="profile",
        arguments=plain(arguments),
        columns=COLUMNS,
        rows=tuple(_row(d, refs) for d in shown),
        row_count=len(found.differences),
        truncated=len(shown) < len(found.differences),
        summary=summary(found, name, model, of, refs, against_rest=arguments.against is None),
        reading=f"What sets {name} apart from {'the others' if arguments.against is None else said(context.model, arguments.against, of)}.",
        caveats=_caveats(found, entity_plural(model, of)),
        method=METHOD,
        sql=context.engine.readable_sql(found.expression),
        as_of=bounds(context, main.time)[1].isoformat() if main is not None else None,
        extra={"inside": found.inside, "outside": found.outside},
    )


def _group(context: Context, arguments: Profile) -> tuple[Table, str, frozenset[str]]:
    """The members, what they are called, and what defines them."""
    of = arguments.of
    if arguments.condition is not None:
        refs = defining(context.model, arguments.condition, of)
        return members(context, arguments.condition, of), said(context.model, arguments.condition, of), refs
    assert arguments.segment is not None
    if arguments.scheme is None and (saved := _saved(context, arguments.segment)) is not None:
        return members(context, saved, of), arguments.segment, frozenset()
    split_by = grouping(context, arguments.scheme, of)
    name = segment_called(context, split_by, arguments.segment)
    table = split_by.table(None)
    refs = frozenset(scheme_refs(context.model, split_by.ref or "rfm", of))
    return table.filter(table.group == name).select("key"), name, refs


def _saved(context: Context, name: str) -> InSegment | None:
    """A saved segment of that name, as a condition."""
    from segue.tools.errors import SegueError

    if context.state is None:
        return None
    try:
        context.state.segment(name)
    except SegueError:
        return None
    return InSegment(segment=name)


def segment_called(context: Context, split_by: Grouping, name: str) -> str:
    """The group's name as the data has it, whatever the case. DefinitionError with the nearest where there is none."""
    table = split_by.table(None)
    groups = [r["group"] for r in fetch(context, table.select("group").distinct()) if r["group"] is not None]
    found = next((g for g in groups if g.lower() == name.lower()), None)
    if found is None:
        raise DefinitionError(f"There is no {split_by.name} {name!r}.", did_you_mean(name, groups))
    return found


def _row(d: Difference, refs: frozenset[str]) -> tuple:
    verdict = "within chance" if d.certain <= 0 else size_word(d.effect)
    verdict = "defines the group" if defines(d.trait, refs) else verdict
    return d.label, d.measure, d.inside, d.outside, d.unit, round(d.effect, 3), verdict


def summary(
    found: Comparison, name: str, model: Model, of: str, refs: frozenset[str] = frozenset(), against_rest: bool = True
) -> str:
    """The most telling differences in a sentence or two, or that there are none to tell."""
    currency, many = model.currency, entity_plural(model, of)
    others = "the others" if against_rest else "those compared with"
    if not found.inside:
        return f"No {of} is in that group ({name}), so there is nothing to compare."
    if min(found.inside, found.outside) < SMALLEST_GROUP:
        return (
            f"Too few to say: {counted(found.inside, of, many)} in the group ({name}) against {found.outside:,}, and it takes "
            f"{SMALLEST_GROUP} on each side to tell a trait from chance."
        )
    telling, given = found.telling(refs), found.by_definition(refs)
    sizes = f"{counted(found.inside, of, many)} against {found.outside:,}"
    defined = f" By definition they also differ in {joined([d.says(currency) for d in given[:3]])}." if given else ""
    if not telling:
        beyond = "Beyond what defines them, nothing" if given else "Nothing"
        return f"{beyond} sets {name} clearly apart from {others} ({sizes}): no trait differs by more than a small effect.{defined}"
    text = f"What sets {name} apart most from {others} is {telling[0].says(currency)} ({sizes})."
    if telling[1:]:
        text += " " + capital(f"then {joined([d.says(currency) for d in telling[1:4]])}.")
    return text + defined


def _caveats(found: Comparison, many: str) -> tuple[str, ...]:
    said = ["These are differences between groups, not causes."]
    if found.inside and min(found.inside, found.outside) < SMALLEST_GROUP:
        said.insert(0, f"Fewer than {SMALLEST_GROUP} {many} on one side: the figures are shown, and nothing is concluded from them.")
    return tuple(said)
