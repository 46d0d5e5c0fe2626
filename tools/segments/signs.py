"""What went before leaving: the weeks before each one's own last day, beside the last weeks of those still here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.tools.query.catalog import Catalog
from segue.tools.query.graph import JoinGraph
from segue.tools.query.phrasing import say_share
from segue.tools.segments.activity import key_ref, time_ref
from segue.tools.segments.outcomes import Dated, left_days
from segue.tools.segments.rows import Expr, Table, attach, bounds, fetch, rows
from segue.tools.segments.statistics import SMALLEST_GROUP, cohen_h, effect_margin
from segue.tools.segments.traits import MEASURES, categories, rows_called, values
from segue.tools.semantic.schema import split

if TYPE_CHECKING:
    from segue.tools.context import Context

WEEKS = 4
DAYS = 7 * WEEKS

COUNT = "rows"


@dataclass(frozen=True)
class Sign:
    """A difference between those about to leave and those still here.

    kind   "level": an amount in the last four weeks over that of the four before them; "share": those with at least one such row
    left, here  the figure of those who left, of those still here;  strength  effect size, or z over 3
    """

    name: str
    kind: str
    left: float
    here: float
    strength: float

    def says(self) -> str:
        """ "sessions at 60.1% of the four weeks before (still here: 99.0%)" """
        if self.kind == "level":
            return f"{self.name} at {say_share(self.left)} of the {WEEKS} weeks before those (of those still here {say_share(self.here)})"
        return f"{self.name}: {say_share(self.left)} against {say_share(self.here)}"


def early_signs(context: Context, found: Dated, group: Table, of: str = "customer", most: int = 3) -> list[Sign]:
    """The clearest signs, strongest first; [] where fewer than 20 left or nothing beyond chance went before.

    group  keys of those to look at, those who left among them
    """
    anchored = _anchored(context, found, group)
    told: list[Sign] = []
    graph = JoinGraph(context.model)
    for table, spec in context.model.tables.items():
        if spec.kind != "events" or table == found.table or spec.subject in ("cancellations", "campaigns"):
            continue  # what was sent to people follows the sender's calendar, and is no sign of theirs
        key, time = key_ref(graph, table, of), time_ref(context.model, graph, table)
        if key is not None and time is not None:
            signs = _of_table(context, table, key, time, anchored)
            told += sorted(signs, key=lambda s: -s.strength)[:1]  # one of a table: the others mostly repeat it
    return sorted(told, key=lambda s: -s.strength)[:most]


def _anchored(context: Context, found: Dated, group: Table) -> Table:
    """key, until (the day one left, or now), gone."""
    import ibis

    now: Expr = ibis.literal(bounds(context, found.time)[1])
    both = attach(group.select("key"), left_days(context, found))
    return both.select("key", until=both.left_on.fill_null(now), gone=both.left_on.notnull())


def _of_table(context: Context, table: str, key: str, time: str, anchored: Table) -> list[Sign]:
    catalog = Catalog(context)
    measures = [f"{table}.{c}" for c, s in context.model.tables[table].columns.items() if s.role in MEASURES and s.derived is None]
    kinds = [ref for ref in categories(context, table) if split(ref)[0] == table]
    base = rows(context, table, [key, time, *measures, *kinds]).rename({"who": key, "when": time})
    joined = base.inner_join(anchored, base.who == anchored["key"])
    ago: Expr = joined.until.delta(joined.when.cast("date"), unit="day")
    near = joined.mutate(ago=ago).filter(lambda t: (t.ago >= 0) & (t.ago < 2 * DAYS))
    recent = near.ago < DAYS
    amounts = {COUNT: recent.ifelse(1.0, 0.0), f"{COUNT}#before": recent.ifelse(0.0, 1.0)}
    for ref in measures:
        amounts |= {ref: recent.ifelse(near[ref].cast("float64"), 0.0), f"{ref}#before": recent.ifelse(0.0, near[ref].cast("float64"))}
    kinds_of = {f"{ref}={v}": recent & (near[ref].cast("string") == v) for ref in kinds for v in values(catalog, ref)}
    per = near.group_by("key").aggregate(
        **{n: e.sum() for n, e in amounts.items()}, **{n: e.fill_null(False).max() for n, e in kinds_of.items()}
    )
    everyone = attach(anchored, per)
    found = fetch(context, _sides(everyone, [COUNT, *measures], list(kinds_of)))
    sides = {row["gone"]: row for row in found}
    if len(sides) < 2 or min(s["n"] for s in sides.values()) < SMALLEST_GROUP:
        return []
    many = rows_called(context, table)
    signs = [_level(n, many if n == COUNT else f"{catalog.plain(n)} of {many}", sides) for n in [COUNT, *measures]]
    signs += [_share(n, f"any {many} with {catalog.plain(n.split('=')[0])} {n.split('=', 1)[1]}", sides) for n in kinds_of]
    return [s for s in signs if s is not None]


def _sides(everyone: Table, amounts: list[str], flags: list[str]) -> Table:
    wanted: dict[str, Expr] = {"n": everyone.count()}
    for name in amounts:
        now, before = everyone[name].fill_null(0.0), everyone[f"{name}#before"].fill_null(0.0)
        wanted |= {f"{name}.now": now.sum(), f"{name}.before": before.sum()}
        wanted |= {f"{name}.mean": (now - before).mean(), f"{name}.var": (now - before).var(how="sample")}
    wanted |= {f"{name}.share": everyone[name].fill_null(False).cast("float64").mean() for name in flags}
    return everyone.group_by("gone").aggregate(**wanted)


def _level(name: str, called: str, sides: dict[bool, dict[str, Any]]) -> Sign | None:
    """A fall or a rise before leaving that those still here don't show: three standard errors, and a fifth of the level."""
    left, here = sides[True], sides[False]
    if left[f"{name}.before"] <= 0 or here[f"{name}.before"] <= 0:
        return None
    error = math.sqrt(sum((s[f"{name}.var"] or 0) / s["n"] for s in (left, here)))
    z = abs(left[f"{name}.mean"] - here[f"{name}.mean"]) / error if error else 0.0
    ratios = left[f"{name}.now"] / left[f"{name}.before"], here[f"{name}.now"] / here[f"{name}.before"]
    if z < 3 or abs(ratios[0] - ratios[1]) < 0.2:
        return None
    return Sign(called, "level", *ratios, z / 3)


def _share(name: str, called: str, sides: dict[bool, dict[str, Any]]) -> Sign | None:
    left, here = sides[True][f"{name}.share"] or 0.0, sides[False][f"{name}.share"] or 0.0
    effect, margin = cohen_h(left, here), effect_margin(sides[True]["n"], sides[False]["n"])
    return Sign(called, "share", left, here, abs(effect) / margin) if effect > max(margin, 0.2) else None
