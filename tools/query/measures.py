"""Measures as formulas over atoms. An atom is one column that one aggregation gives; a formula puts atoms together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from segue.tools.errors import DefinitionError
from segue.tools.query import leaves
from segue.tools.query.anatomy import AnyCondition
from segue.tools.query.catalog import Catalog
from segue.tools.query.leaves import Leaf, Tree, divided
from segue.tools.query.plan import (
    AnyMeasure,
    Correlation,
    HasLabel,
    Measure,
    Rate,
    Ratio,
    Value,
    Window,
)


@dataclass(frozen=True)
class Aggregated:
    """A leaf, aggregated by the groups."""

    leaf: Leaf


@dataclass(frozen=True)
class PerEntity:
    """A tree worked out for each of `per` (and group), then summarised by `over`."""

    tree: Tree
    per: str
    over: str
    percentile: float | None = None


@dataclass(frozen=True)
class Share:
    """How many of a population (`of`: an entity or a table), or with `condition` how many of them meet it."""

    of: str
    among: tuple[AnyCondition, ...]
    condition: AnyCondition | None
    window: Window | None


@dataclass(frozen=True)
class Correlated:
    """Pearson's correlation over `over` (an entity, or a table's rows), or with `count` how many pairs it rests on."""

    x: Value
    y: Value
    over: str
    window: Window | None
    count: bool = False


@dataclass(frozen=True)
class Concentrated:
    """The share of `value` that the top `share` of `per` holds."""

    value: Value
    per: str
    share: float
    window: Window | None


Atom = Aggregated | PerEntity | Share | Correlated | Concentrated


@dataclass(frozen=True)
class Formula:
    """A measure made ready.

    atoms   what it needs;  value: its expression, given those of its atoms
    whole   formulas of which this is a share: the total over all groups is worked out apart, where parts may overlap
    kind    count, sum, mean, rate, ratio, correlation, concentration, date: how it is spoken of
    """

    plan: AnyMeasure
    heading: str
    unit: str | None
    kind: str
    atoms: tuple[Atom, ...]
    value: Callable[[list[Any]], Any]
    additive: bool = False
    share: str | None = None
    counts: int | None = None
    """Position in `atoms` of the number of members that the value rests on, where there is one."""


def formula(catalog: Catalog, measure: AnyMeasure, mentioned: frozenset[str], window: Window | None, heading: str) -> Formula:
    """The plan's measure as a formula."""
    if isinstance(measure, Measure):
        return _measure(catalog, measure, mentioned, window, heading)
    if isinstance(measure, Rate):
        return _rate(catalog, measure, window, heading)
    if isinstance(measure, Ratio):
        return _ratio(catalog, measure, mentioned, window, heading)
    if isinstance(measure, Correlation):
        pair = Correlated(measure.x, measure.y, measure.over, window)
        atoms = (pair, replace(pair, count=True))
        return Formula(measure, heading, "ratio", "correlation", atoms, lambda v: v[0], counts=1)
    held = Concentrated(measure.value, measure.per, measure.share, window)
    catalog.entity(measure.per)
    return Formula(measure, heading, "share", "concentration", (held,), lambda v: v[0])


def _measure(catalog: Catalog, measure: Measure, mentioned: frozenset[str], window: Window | None, heading: str) -> Formula:
    label = _rate_metric(catalog, measure)
    if label is not None:
        among = measure.where
        rate = Rate(of=catalog.model.labels[label].of, condition=HasLabel(label=label), among=among)
        return replace(_rate(catalog, rate, measure.window or window, heading), plan=measure)
    value = as_value(measure)
    tree = leaves.expand(catalog, value, mentioned, window)
    if measure.per is not None:
        catalog.entity(measure.per)
        if (measure.over == "percentile") != (measure.over_percentile is not None):
            raise DefinitionError("over percentile and over_percentile (0 to 1) go together.")
        made = PerEntity(tree, measure.per, measure.over, measure.over_percentile)
        formed = Formula(measure, heading, tree.unit, "mean" if measure.over != "sum" else "sum", (made,), lambda v: v[0])
    else:
        formed = _of_tree(measure, tree, heading)
    return _shared(catalog, measure, formed, mentioned, window) if measure.share else formed


def as_value(measure: Measure) -> Value:
    """The value that a measure is made of."""
    return Value(**{name: getattr(measure, name) for name in Value.model_fields})


def _rate_metric(catalog: Catalog, measure: Measure) -> str | None:
    """The label whose rate the measure's metric is, if it is one."""
    return catalog.metric(measure.metric).rate if measure.metric is not None else None


def _of_tree(measure: AnyMeasure, tree: Tree, heading: str) -> Formula:
    found = leaves.tree_leaves(tree)
    atoms = tuple(Aggregated(leaf) for leaf in found)
    ids = [id(leaf) for leaf in found]
    kind = _kind(tree)
    additive = isinstance(tree, Leaf) and tree.additive
    return Formula(measure, heading, tree.unit, kind, atoms, lambda v: leaves.combine(tree, dict(zip(ids, v, strict=True))), additive)


def _kind(tree: Tree) -> str:
    if not isinstance(tree, Leaf):
        return "ratio"
    if tree.unit == "date":
        return "date"
    return {"rows": "count", "entities": "count", "distinct": "count", "sum": "sum"}.get(tree.stat, "mean")


def _shared(catalog: Catalog, measure: Measure, formed: Formula, mentioned: frozenset[str], window: Window | None) -> Formula:
    """The measure as a share of its total. Without groups: of the same without the measure's own `where`."""
    whole = leaves.expand(catalog, as_value(measure).model_copy(update={"where": None}), mentioned, window)
    own = measure.where is not None
    others = tuple(Aggregated(leaf) for leaf in leaves.tree_leaves(whole)) if own else ()
    n, ids = len(formed.atoms), [id(leaf) for leaf in leaves.tree_leaves(whole)]

    def value(atoms: list[Any]) -> Any:
        top = formed.value(atoms[:n])
        return divided(top, leaves.combine(whole, dict(zip(ids, atoms[n:], strict=True)))) if own else top

    return replace(formed, unit="share", kind="share", atoms=(*formed.atoms, *others), value=value, share=None if own else measure.share)


def _rate(catalog: Catalog, rate: Rate, window: Window | None, heading: str) -> Formula:
    if rate.of not in catalog.model.entities and rate.of not in catalog.model.tables:
        catalog.entity(rate.of)
    among = () if rate.among is None else (rate.among,)
    met = Share(rate.of, among, rate.condition, window)
    everyone = Share(rate.of, among, None, window)
    return Formula(rate, heading, "share", "rate", (met, everyone), lambda v: divided(v[0], v[1]), counts=1)


def _ratio(catalog: Catalog, ratio: Ratio, mentioned: frozenset[str], window: Window | None, heading: str) -> Formula:
    plain = all(m.per is None and m.share is None and _rate_metric(catalog, m) is None for m in (ratio.top, ratio.bottom))
    if plain:
        top, bottom = (leaves.expand(catalog, as_value(m), mentioned, window) for m in (ratio.top, ratio.bottom))
        return replace(_of_tree(ratio, leaves.over(catalog, top, bottom, ratio.unit), heading), unit=ratio.unit, additive=False)
    top_f, bottom_f = (_measure(catalog, m, mentioned, window, heading) for m in (ratio.top, ratio.bottom))
    n = len(top_f.atoms)
    atoms = (*top_f.atoms, *bottom_f.atoms)
    return Formula(ratio, heading, ratio.unit, "ratio", atoms, lambda v: divided(top_f.value(v[:n]), bottom_f.value(v[n:])))
