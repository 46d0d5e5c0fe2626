"""Atoms put together by where they are counted, each group of them aggregated in one pass; then joined on the groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from segue.tools.errors import QuestionError
from segue.tools.query import leaves
from segue.tools.query.aggregates import aggregate, present
from segue.tools.query.anatomy import AnyCondition, conjuncts, positive_columns
from segue.tools.query.catalog import Catalog
from segue.tools.query.conditions import in_window, leaf_value, on_rows, ranked_entities, row_value, term
from segue.tools.query.frames import Frame, Term, grouped
from segue.tools.query.groups import Grouping, group_columns, group_entities, group_terms
from segue.tools.query.leaves import Leaf
from segue.tools.query.measures import Aggregated, Atom, Concentrated, Correlated, PerEntity, Share
from segue.tools.query.plan import Query
from segue.tools.query.universe import entity_frame
from segue.tools.semantic.schema import split

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class Scope:
    """What every measure of a question shares: its population, conditions, groups, and the date that its window is about."""

    catalog: Catalog
    query: Query
    groups: list[Grouping]
    time: str | None = None

    def filters(self, frame: Frame, entity: str | None) -> list[Term]:
        """The question's conditions over the frame; `entity`: what is counted, of which `where` then speaks."""
        found = []
        if self.query.where is not None:
            found.append(on_rows(frame, self.query.where, entity))
        if self.query.customers is not None:
            if frame.key_place("customer") is None:
                raise QuestionError("These rows don't belong to customers, so they can't be narrowed to some of them.", None)
            found += [term(frame, self.query.customers, "customer"), present(frame, "customer")]
        return found

    def conditions(self) -> list[AnyCondition]:
        """The question's conditions on rows, one by one."""
        return conjuncts(self.query.where)

    def refs(self) -> list[str]:
        """Columns that a place to count entities in should lead to."""
        grouped = [ref for g in self.groups for ref in group_columns(g)]
        return [*grouped, *positive_columns(self.conditions())]

    def entities(self) -> list[str]:
        """Entities whose key a place to count in needs."""
        needed = [e for g in self.groups for e in group_entities(self.catalog, g)]
        return [*needed, *(["customer"] if self.query.customers is not None else [])]


@dataclass
class Cluster:
    """Leaves that are counted over the same rows: of `base`, or of everyone there is of `entity` (base None)."""

    base: str | None
    entity: str | None
    leaves: dict[str, Leaf] = field(default_factory=dict)


def tables_of(scope: Scope, atoms: Mapping[str, Atom]) -> list[tuple[ir.Table, list[str]]]:
    """Aggregated tables (the groups' columns and some atoms') that together hold all atoms, each with its atoms' names."""
    found: list[tuple[ir.Table, list[str]]] = []
    clusters: list[Cluster] = []
    shares: dict[str, Share] = {}
    for name, atom in atoms.items():
        if isinstance(atom, Aggregated):
            _place(scope, clusters, name, atom.leaf)
        elif isinstance(atom, Share):
            shares[name] = atom
        else:
            found.append((_single(scope, name, atom), [name]))
    found += [(_cluster_table(scope, c), list(c.leaves)) for c in clusters]
    return found + _share_tables(scope, shares)


def _place(scope: Scope, clusters: list[Cluster], name: str, leaf: Leaf) -> None:
    leaf = _timed(scope, leaf)
    base = leaves.base_of(scope.catalog, leaf, scope.refs(), scope.entities())
    entity = leaf.entity if base is None else None
    for cluster in clusters:
        if (cluster.base, cluster.entity) == (base, entity) and _counts_alike(scope, cluster, leaf):
            cluster.leaves[name] = leaf
            return
    clusters.append(Cluster(base, entity, {name: leaf}))


def _counts_alike(scope: Scope, cluster: Cluster, leaf: Leaf) -> bool:
    """Whether the question's conditions mean the same for both: what is denied is denied of what is counted."""
    other = next(iter(cluster.leaves.values()))
    return scope.query.where is None or other.entity == leaf.entity or leaf.identified is not None


def _timed(scope: Scope, leaf: Leaf) -> Leaf:
    """The leaf with the date that the question's window is about."""
    if scope.time is None or leaf.window is None or leaf.window.column is not None:
        return leaf
    return replace(leaf, time=scope.time)


def _cluster_table(scope: Scope, cluster: Cluster) -> ir.Table:
    catalog = scope.catalog
    frame = entity_frame(catalog, cluster.entity) if cluster.base is None and cluster.entity else Frame(catalog, cluster.base)
    first = next(iter(cluster.leaves.values()))
    cluster.leaves = {name: _own_time(frame, leaf) for name, leaf in cluster.leaves.items()}
    window = first.window
    groups = group_terms(frame, scope.groups, scope.conditions(), window)
    counted = first.entity or first.identified
    filters = scope.filters(frame, counted)
    if first.entity is not None and cluster.base is not None and len(cluster.leaves) == 1:
        filters.append(present(frame, first.entity))
    return aggregate(frame, groups, cluster.leaves, filters)


def _own_time(frame: Frame, leaf: Leaf) -> Leaf:
    """Where the date that the window is about can't be seen from here, the rows' own time is meant."""
    if leaf.time is not None and frame.place(leaf.time) is None and frame.time_place() is not None:
        return replace(leaf, time=None)
    return leaf


# --- rates ------------------------------------------------------------------------------------------------------------


def _share_tables(scope: Scope, shares: Mapping[str, Share]) -> list[tuple[ir.Table, list[str]]]:
    """Counts of populations and of those in them who meet a condition; the same population is gone through once."""
    found, left = [], dict(shares)
    while left:
        first = next(iter(left.values()))
        alike = {
            name: s for name, s in left.items() if (s.of, s.among, s.window) == (first.of, first.among, first.window)
        }
        found.append((_population_table(scope, first, alike), list(alike)))
        left = {name: s for name, s in left.items() if name not in alike}
    return found


def _population_table(scope: Scope, first: Share, shares: Mapping[str, Share]) -> ir.Table:
    catalog, entity = scope.catalog, first.of if first.of in scope.catalog.model.entities else None
    frame = entity_frame(catalog, entity) if entity else Frame(catalog, first.of)
    frame.window = first.window if entity else None
    groups = group_terms(frame, scope.groups, [*scope.conditions(), *first.among], first.window)
    filters = scope.filters(frame, entity)
    filters += [on_rows(frame, condition, entity) for condition in first.among]
    if first.window is not None:
        filters.append(in_window(frame, first.window, scope.time if _sees(frame, scope.time) else None))
    if entity is not None:
        filters.append(present(frame, entity))
    met = {name: term(frame, s.condition, entity) for name, s in shares.items() if s.condition is not None}
    rows = frame.rows()
    for one in filters:
        rows = rows.filter(one(rows))
    tests = {name: frame.fresh("meets") for name in met}
    rows = rows.mutate(**{tests[name]: t(rows) for name, t in met.items()}) if met else rows
    made = {name: rows.count(where=rows[tests[name]]) if name in met else rows.count() for name in shares}
    by = {name: t(rows) for name, t in groups.items()}
    return grouped(rows, by, made)


def _sees(frame: Frame, ref: str | None) -> bool:
    return ref is not None and frame.place(ref) is not None


# --- per entity, correlation, concentration ---------------------------------------------------------------------------


def _single(scope: Scope, name: str, atom: PerEntity | Correlated | Concentrated) -> ir.Table:
    if isinstance(atom, PerEntity):
        return _per_entity(scope, name, atom)
    if isinstance(atom, Correlated):
        return _correlated(scope, name, atom)
    return _concentrated(scope, name, atom)


def _per_entity(scope: Scope, name: str, atom: PerEntity) -> Any:
    """The tree for each entity and group, then summarised by group: over those with rows there."""
    catalog = scope.catalog
    parts = [_timed(scope, leaf) for leaf in leaves.tree_leaves(atom.tree)]
    bases = {leaves.base_of(catalog, leaf, scope.refs(), [atom.per, *scope.entities()]) for leaf in parts}
    if bases == {None} or len(bases) > 1 or _one_fact(catalog, atom, parts):
        return _per_entity_joined(scope, name, atom)
    frame = Frame(catalog, bases.pop())
    place = frame.key_place(atom.per)
    if place is None:
        raise QuestionError(f"These rows can't be told apart by {atom.per}.", None)
    key = frame.column(place)
    filters = [*scope.filters(frame, parts[0].entity), lambda rows: key(rows).notnull()]
    names = {f"part_{i}": leaf for i, leaf in enumerate(parts)}
    if _facts_of(scope, frame, atom.per):
        inner = _with_groups(scope, aggregate(frame, {"key": key}, names, filters), atom.per, tuple(names))
    else:
        groups = group_terms(frame, scope.groups, scope.conditions(), parts[0].window)
        inner = aggregate(frame, {"key": key, **groups}, names, filters)
    value = leaves.combine(atom.tree, dict(zip(map(id, leaves.tree_leaves(atom.tree)), (inner[n] for n in names), strict=True)))
    return _summarised(inner, value, name, atom, [g.name for g in scope.groups])


def _facts_of(scope: Scope, frame: Frame, per: str) -> bool:
    """Whether all groups are facts about the entity itself: then it is enough to aggregate by its key, which is far quicker."""
    home = scope.catalog.home(per)
    columns = [ref for g in scope.groups for ref in group_columns(g)]
    plain = all(g.plan.column is not None for g in scope.groups)
    if home is None or not scope.groups or not plain:
        return False
    return all(frame.place(ref) == frame.attribute_place(ref, per) is not None for ref in columns)


def _with_groups(scope: Scope, table: Any, per: str, carried: tuple[str, ...]) -> Any:
    """Aggregates per entity with the groups that each of it falls under."""
    frame = Frame(scope.catalog, scope.catalog.home(per), per, keys=table, carried=carried)
    groups = group_terms(frame, scope.groups)
    rows = frame.rows()
    return rows.select(*carried, **{name: t(rows) for name, t in groups.items()})


def _one_fact(catalog: Catalog, atom: PerEntity, parts: Sequence[Leaf]) -> bool:
    """The value is a single fact about each of the entity: there is nothing to add up first."""
    home = catalog.home(atom.per)
    refs = [leaf.ref for leaf in parts]
    return home is not None and all(ref is not None and split(ref)[0] in catalog.graph.paths(home) for ref in refs)


def _per_entity_joined(scope: Scope, name: str, atom: PerEntity) -> ir.Table:
    frame = entity_frame(scope.catalog, atom.per)
    values = {id(leaf): leaf_value(frame, leaf, atom.per) for leaf in leaves.tree_leaves(atom.tree)}
    groups = group_terms(frame, scope.groups, scope.conditions())
    filters = scope.filters(frame, atom.per)
    rows = frame.rows()
    for one in filters:
        rows = rows.filter(one(rows))
    inner = rows.select(
        **{g: t(rows) for g, t in groups.items()},
        value=leaves.combine(atom.tree, {leaf: t(rows) for leaf, t in values.items()}),
    )
    return _summarised(inner, inner["value"], name, atom, list(groups))


def _summarised(inner: Any, value: Any, name: str, atom: PerEntity, groups: Sequence[str]) -> ir.Table:
    listed = inner.select(*groups, value=value)
    column = listed["value"]
    if atom.over == "percentile":
        made = column.quantile(atom.percentile)
    elif atom.over == "stddev":
        made = column.std(how="sample")
    else:
        made = getattr(column, atom.over)()
    return grouped(listed, {g: listed[g] for g in groups}, {name: made})


def _correlated(scope: Scope, name: str, atom: Correlated) -> ir.Table:
    catalog = scope.catalog
    if atom.over in catalog.model.entities:
        frame = entity_frame(catalog, atom.over)
        x, y = (_paired(frame, v, atom) for v in (atom.x, atom.y))
        filters = scope.filters(frame, atom.over)
    else:
        frame = Frame(catalog, atom.over)
        x, y = (row_value(frame, v) for v in (atom.x, atom.y))
        filters = scope.filters(frame, None)
        if atom.window is not None:
            filters.append(in_window(frame, atom.window, scope.time))
    groups = group_terms(frame, scope.groups, scope.conditions(), atom.window)
    rows = frame.rows()
    for one in filters:
        rows = rows.filter(one(rows))
    pairs = rows.select(**{g: t(rows) for g, t in groups.items()}, x=x(rows).cast("float64"), y=y(rows).cast("float64"))
    pairs = pairs.filter(pairs["x"].notnull(), pairs["y"].notnull())
    made = pairs.count() if atom.count else _correlation(pairs)
    return grouped(pairs, {g: pairs[g] for g in groups}, {name: made})


def _correlation(pairs: Any) -> Any:
    """Pearson's; null where one of the two doesn't vary."""
    import ibis

    found = pairs["x"].corr(pairs["y"], how="pop")
    return ibis.ifelse(found.isnan() | found.isinf(), None, found)


def _paired(frame: Frame, value: Any, atom: Correlated) -> Term:
    """The value per entity, null (not 0) for those without rows: who never ordered says nothing of how the two go together."""
    tree = leaves.expand(frame.catalog, value, window=atom.window)
    terms = {id(leaf): leaf_value(frame, leaf, atom.over) for leaf in leaves.tree_leaves(tree)}
    return lambda rows: leaves.combine(tree, {leaf: t(rows) for leaf, t in terms.items()})


def _concentrated(scope: Scope, name: str, atom: Concentrated) -> ir.Table:
    import ibis

    if scope.groups:
        raise QuestionError("How concentrated a value is can't be broken down.", "Ask it of one group at a time.")
    value = atom.value if atom.value.window or atom.window is None else atom.value.model_copy(update={"window": atom.window})
    ranked = ranked_entities(scope.catalog, value, atom.per, filters=lambda frame: scope.filters(frame, atom.per))
    most = ibis.greatest((ranked["n"] * atom.share).floor().cast("int64"), 1)
    held = ranked["value"].sum(where=ranked["rank"] <= most)
    return grouped(ranked, {}, {name: leaves.divided(held, ranked["value"].sum())})


# --- joined -----------------------------------------------------------------------------------------------------------


def joined(scope: Scope, tables: Sequence[tuple[ir.Table, list[str]]], atoms: Mapping[str, Atom]) -> ir.Table:
    """One table of all groups and atoms. A group that some atoms lack has 0 there for counts and sums, null for the rest."""
    groups = [g.name for g in scope.groups]
    if len(tables) == 1:
        return tables[0][0]
    if not groups:
        whole: Any = tables[0][0]
        for other, _ in tables[1:]:
            whole = whole.cross_join(other).select(*whole.columns, *other.columns)
        return whole
    return _stacked(tables, groups, atoms)


def _stacked(tables: Sequence[tuple[Any, list[str]]], groups: list[str], atoms: Mapping[str, Atom]) -> ir.Table:
    """A full join on groups that may be null: the tables one below the other, then one row a group."""
    import ibis

    types = {name: table[name].type() for table, names in tables for name in names}
    stacked = None
    for table, names in tables:
        filled = {name: table[name] if name in names else ibis.null(kind) for name, kind in types.items()}
        part = table.select(*groups, **filled)
        stacked = part if stacked is None else stacked.union(part)
    assert stacked is not None
    whole: Any = grouped(stacked, {g: stacked[g] for g in groups}, {name: stacked[name].max() for name in types})
    return whole.mutate(**{name: whole[name].fill_null(0) for name in types if zero_when_absent(atoms[name])})


def zero_when_absent(atom: Atom) -> bool:
    """Whether no rows means 0."""
    return isinstance(atom, Share) or (isinstance(atom, Aggregated) and atom.leaf.additive)

