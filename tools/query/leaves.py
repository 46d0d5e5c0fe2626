"""Leaves: the single aggregates that every measure is made of, each over the one table where its rows are counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from segue.tools.errors import DefinitionError, QuestionError, did_you_mean
from segue.tools.query.anatomy import AnyCondition, Tested, mentioned_columns, positive_columns, say_test
from segue.tools.query.catalog import Catalog
from segue.tools.query.plan import Value, Window
from segue.tools.semantic.schema import Metric, Test, split, words

ADDITIVE = {"sum", "rows", "entities"}
"""Statistics that are 0, not unknown, where there are no rows."""


@dataclass(frozen=True)
class Leaf:
    """An aggregate. `stat` is a Stat of the column `ref`, or "rows" of `table`, or "entities": distinct keys of `entity`.

    where       all must hold;  window  when its rows happened, on the column that the window names or `time`
    identified  only rows that belong to one of this entity;  base  the table to count in, where that is settled
    """

    stat: str
    ref: str | None = None
    table: str | None = None
    entity: str | None = None
    percentile: float | None = None
    where: tuple[AnyCondition, ...] = ()
    window: Window | None = None
    time: str | None = None
    identified: str | None = None
    base: str | None = None
    unit: str | None = None

    @property
    def additive(self) -> bool:
        """Whether no rows means 0."""
        return self.stat in ADDITIVE


@dataclass(frozen=True)
class Divide:
    """One tree over another; null where the divisor is 0 or unknown."""

    top: Tree
    bottom: Tree
    unit: str | None = None


Tree = Leaf | Divide


def tree_leaves(tree: Tree) -> list[Leaf]:
    """The leaves, left to right."""
    return [tree] if isinstance(tree, Leaf) else [*tree_leaves(tree.top), *tree_leaves(tree.bottom)]


def tree_unit(tree: Tree) -> str | None:
    """The unit of the whole."""
    return tree.unit


def combine(tree: Tree, of: Mapping[int, Any]) -> Any:
    """The tree's expression, given those of its leaves by `id` (a leaf's conditions can't be hashed)."""
    if isinstance(tree, Leaf):
        return of[id(tree)]
    return divided(combine(tree.top, of), combine(tree.bottom, of))


def divided(top: Any, bottom: Any) -> Any:
    """A division that is null, never an error or an infinity, where the divisor is 0."""
    return top.cast("float64") / bottom.cast("float64").nullif(0.0)


# --- from the plan ----------------------------------------------------------------------------------------------------


def expand(catalog: Catalog, value: Value, mentioned: frozenset[str] = frozenset(), window: Window | None = None) -> Tree:
    """A plan's value as leaves. `mentioned`: columns that the question is explicit about, whose standing exclusions are off.

    window  the query's, where the value has none of its own
    """
    own = () if value.where is None else (value.where,)
    when = value.window or window
    known = mentioned | mentioned_columns(own)
    if value.metric is not None:
        tree = _metric(catalog, value.metric, known)
    elif value.count is not None:
        tree = _count(catalog, value.count)
    else:
        assert value.column is not None and value.stat is not None
        tree = column_leaf(catalog, value.column, value.stat, value.percentile)
    return _narrowed(tree, own, when)


def column_leaf(catalog: Catalog, ref: str, stat: str, percentile: float | None = None) -> Leaf:
    """A statistic of a column."""
    spec = catalog.spec(ref)
    numeric = spec.type in ("integer", "number", "boolean") or spec.role == "flag"
    if not numeric and stat not in ("distinct", "min", "max"):
        raise DefinitionError(f"{catalog.plain(ref)} ({ref}) is {spec.type}, so it has no {stat}.", "Ask for a number's, or a count.")
    return Leaf(stat, ref=ref, percentile=percentile, unit=_column_unit(catalog, ref, stat))


def _column_unit(catalog: Catalog, ref: str, stat: str) -> str | None:
    spec = catalog.spec(ref)
    if stat == "distinct":
        return "count"
    if spec.type in ("date", "timestamp"):
        return "date"
    if spec.type == "boolean" or spec.role == "flag":
        return "share" if stat == "mean" else "count"
    if spec.unit:
        return spec.unit
    return "money" if spec.role in ("money", "price", "cost", "fee") else {"quantity": "count", "duration": "days"}.get(spec.role or "")


def _count(catalog: Catalog, name: str) -> Leaf:
    if name in catalog.model.entities:
        return Leaf("entities", entity=name, unit="count")
    if name in catalog.model.tables:
        return Leaf("rows", table=name, unit="count")
    known = [*catalog.model.entities, *catalog.model.tables]
    raise DefinitionError(f"There is nothing called {name!r} to count.", did_you_mean(name, known))


def _metric(catalog: Catalog, name: str, mentioned: frozenset[str]) -> Tree:
    metric = catalog.metric(name)
    tree = _metric_tree(catalog, metric, mentioned)
    tests = _tests(catalog, name, metric, mentioned)
    tree = _narrowed(tree, tests, None)
    return replace(tree, unit=metric.unit or tree.unit)


def _metric_tree(catalog: Catalog, metric: Metric, mentioned: frozenset[str]) -> Tree:
    if metric.of is not None:
        return column_leaf(catalog, metric.of, metric.stat or "sum")
    if metric.count is not None:
        return _count(catalog, metric.count)
    if metric.ratio is not None:
        top, bottom = (_metric(catalog, part, mentioned) for part in metric.ratio)
        return over(catalog, top, bottom, metric.unit)
    raise DefinitionError("A rate is no single value.", "Ask for it as a rate.")


def _tests(catalog: Catalog, name: str, metric: Metric, mentioned: frozenset[str]) -> tuple[AnyCondition, ...]:
    found: list[AnyCondition] = []
    if metric.where is not None:
        found.append(Tested(full_ref(metric.where, metric.of), metric.where))
    if metric.excludes is not None:
        ref = full_ref(metric.excludes, metric.of)
        if ref not in mentioned:
            found.append(Tested(ref, metric.excludes, negated=True))
            catalog.notes.assume(f"{_metric_name(name, metric)} leaves out rows where {say_test(catalog.model, ref, metric.excludes)}.")
    return tuple(found)


def _metric_name(name: str, metric: Metric) -> str:
    text = metric.label or words(name)
    return text[:1].upper() + text[1:]


def full_ref(test: Test, beside: str | None) -> str:
    """The test's column as table.column."""
    if "." in test.column or beside is None:
        return test.column
    return f"{split(beside)[0]}.{test.column}"


def over(catalog: Catalog, top: Tree, bottom: Tree, unit: str | None) -> Tree:
    """A ratio. Per customer (order, ...) means over those that the rows above belong to: rows of nobody don't count."""
    if isinstance(top, Leaf) and isinstance(bottom, Leaf) and bottom.stat == "entities" and bottom.entity is not None:
        same = (bottom.where in ((), top.where)) and bottom.window in (None, top.window)
        base = top.base or (split(top.ref)[0] if top.ref else top.table)
        if same and base is not None and catalog.graph.key_place(base, bottom.entity) is not None:
            top = replace(top, identified=bottom.entity, base=base)
            bottom = replace(bottom, where=top.where, window=top.window, identified=bottom.entity, base=base)
    return Divide(top, bottom, unit or _ratio_unit(top, bottom))


def _ratio_unit(top: Tree, bottom: Tree) -> str | None:
    if top.unit == bottom.unit:
        return "share" if top.unit in ("money", "count") else "ratio"
    return top.unit if bottom.unit == "count" else "ratio"


def _narrowed(tree: Tree, where: Iterable[AnyCondition], window: Window | None) -> Tree:
    """The tree with more conditions on each leaf; a leaf's own window stays."""
    extra = tuple(where)
    if isinstance(tree, Leaf):
        return replace(tree, where=(*tree.where, *extra), window=tree.window or window)
    return Divide(_narrowed(tree.top, extra, window), _narrowed(tree.bottom, extra, window), tree.unit)


# --- where it is counted ----------------------------------------------------------------------------------------------


def base_of(catalog: Catalog, leaf: Leaf, refs: Iterable[str] = (), entities: Iterable[str] = (), timed: bool = False) -> str | None:
    """The table whose rows the leaf aggregates; None for an entity counted over everyone there is.

    refs, entities  columns and entity keys that the rows should lead to (groups, keys);  timed: they need a date
    """
    if leaf.base is not None:
        return leaf.base
    if leaf.ref is not None:
        return split(leaf.ref)[0]
    if leaf.table is not None:
        return leaf.table
    assert leaf.entity is not None
    wanted = [*refs, *positive_columns(leaf.where)]
    if leaf.window is not None:
        timed = True
        wanted += [r for r in (leaf.window.column or leaf.time,) if r]
    return _entity_base(catalog, leaf.entity, wanted, [*entities], timed)


def _entity_base(catalog: Catalog, entity: str, refs: list[str], entities: list[str], timed: bool) -> str | None:
    home = catalog.home(entity)
    others = [e for e in entities if e != entity]
    needs_events = timed and not any(catalog.type(r) in ("date", "timestamp") for r in refs)
    if home is not None and _serves(catalog, home, refs, others) and not (needs_events and not _dated(catalog, home)):
        return None
    if home is None and not refs and not others and not timed:
        return None
    scored = [s for t in catalog.model.tables if (s := _score(catalog, t, entity, refs, others, needs_events)) is not None]
    if not scored:
        raise QuestionError(f"Nothing dated in the data tells of {entity}.", "Ask without the period.")
    return min(scored)[-1]


def _serves(catalog: Catalog, table: str, refs: list[str], entities: list[str]) -> bool:
    reached = catalog.graph.paths(table)
    return all(split(r)[0] in reached for r in refs) and all(catalog.graph.key_place(table, e) for e in entities)


def _dated(catalog: Catalog, table: str) -> bool:
    return catalog.model.tables[table].kind == "events" and catalog.time_place(table) is not None


def _score(
    catalog: Catalog, table: str, entity: str, refs: list[str], entities: list[str], timed: bool
) -> tuple[int, int, int, int, str] | None:
    """Lower is better: what is out of reach, then the steps needed, then not being the clock's table, then rows."""
    key = catalog.graph.key_place(table, entity)
    if key is None or (timed and not _dated(catalog, table)):
        return None
    paths = catalog.graph.paths(table)
    missing = sum(split(r)[0] not in paths for r in refs)
    steps = len(key.path) + sum(len(paths[split(r)[0]]) for r in refs if split(r)[0] in paths)
    for other in entities:
        place = catalog.graph.key_place(table, other)
        missing += place is None
        steps += len(place.path) if place else 0
    if timed and (time := catalog.time_place(table)) is not None:
        steps += len(time.path)
    clock = catalog.clock()
    return missing, steps, int(clock is None or split(clock)[0] != table), catalog.rows(table), table
