"""Leaves aggregated over a frame, by groups, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from segue.tools.errors import QuestionError
from segue.tools.query import conditions
from segue.tools.query.catalog import Catalog
from segue.tools.query.frames import Frame, Term, grouped
from segue.tools.query.leaves import Leaf
from segue.tools.query.predicates import flag_is
from segue.tools.semantic.schema import words

if TYPE_CHECKING:
    import ibis.expr.types as ir



def leaf_terms(frame: Frame, leaf: Leaf) -> tuple[Term | None, list[Term]]:
    """The column that the leaf summarises (None for rows) and the conditions its rows must meet."""
    met = [conditions.on_rows(frame, c, leaf.entity) for c in leaf.where]
    if leaf.window is not None:
        met.append(conditions.in_window(frame, leaf.window, leaf.time))
    if leaf.identified is not None:
        met.append(present(frame, leaf.identified))
    return _summarised(frame, leaf), met


def present(frame: Frame, entity: str) -> Term:
    """The row belongs to one of the entity."""
    place = frame.key_place(entity)
    if place is None:
        raise QuestionError(f"These rows can't be told apart by {entity}.", None)
    key = frame.column(place)
    return lambda rows: key(rows).notnull()


def _summarised(frame: Frame, leaf: Leaf) -> Term | None:
    if leaf.stat == "rows":
        return None
    if leaf.stat == "entities":
        assert leaf.entity is not None
        place = frame.key_place(leaf.entity)
        if place is None:
            raise QuestionError(f"These rows can't be told apart by {leaf.entity}.", None)
        return frame.column(place)
    assert leaf.ref is not None
    place = frame.place(leaf.ref)
    assert place is not None
    column, spec = frame.column(place), frame.catalog.spec(leaf.ref)
    if leaf.stat != "distinct" and (spec.type == "boolean" or (spec.role == "flag" and spec.type == "text") or spec.yes):
        return lambda rows: flag_is(column(rows), spec, yes=True).cast("int64")
    return column


def aggregated(frame: Frame, leaf: Leaf, column: Any, where: Any, rows: Any) -> ir.Value:
    """The leaf's aggregate of built rows; `where`: a boolean column, or None where the rows are filtered already."""
    if leaf.stat == "rows":
        return rows.count(where=where)
    if leaf.stat == "entities":
        return column.count(where=where) if frame.entity == leaf.entity else column.nunique(where=where)
    if leaf.stat == "distinct":
        return column.nunique(where=where)
    if leaf.stat == "percentile":
        return column.quantile(leaf.percentile, where=where)
    if leaf.stat == "stddev":
        return column.std(where=where, how="sample")
    return getattr(column, leaf.stat)(where=where)


def aggregate(frame: Frame, groups: Mapping[str, Term], leaves: Mapping[str, Leaf], filters: Iterable[Term] = ()) -> Any:
    """Columns `groups` and `leaves`, one row a group; one row in all without groups.

    With a single leaf its conditions filter the rows; several keep their own, beside each other in one pass.
    """
    filters = list(filters)
    parts = {name: leaf_terms(frame, leaf) for name, leaf in leaves.items()}
    shared = _shared(list(leaves.values()))
    if shared:
        filters += next(iter(parts.values()))[1]
    rows = frame.rows()
    for term in filters:
        rows = rows.filter(term(rows))
    if not shared:
        rows, tests = _with_tests(frame, rows, parts)
    else:
        tests = dict.fromkeys(parts)
    by = {name: term(rows) for name, term in groups.items()}
    made = {}
    for name, leaf in leaves.items():
        column, test = parts[name][0], tests[name]
        made[name] = aggregated(frame, leaf, column(rows) if column else None, rows[test] if test else None, rows)
    return grouped(rows, by, made)


def _shared(leaves: list[Leaf]) -> bool:
    """Whether all leaves have the same conditions."""
    def conditions_of(leaf: Leaf) -> tuple:
        return leaf.where, leaf.window, leaf.time, leaf.identified, leaf.entity if leaf.where else None

    return all(conditions_of(leaf) == conditions_of(leaves[0]) for leaf in leaves)


def _with_tests(frame: Frame, rows: Any, parts: Mapping[str, tuple[Term | None, list[Term]]]) -> tuple[Any, dict[str, str | None]]:
    """The rows with each leaf's conditions as a column (the engine takes no subquery inside an aggregate's filter)."""
    tests: dict[str, str | None] = {}
    added = {}
    for name, (_, met) in parts.items():
        tests[name] = None
        if met:
            whole = met[0](rows)
            for term in met[1:]:
                whole = whole & term(rows)
            tests[name] = frame.fresh("counts")
            added[tests[name]] = whole
    return (rows.mutate(**added) if added else rows), tests


def entity_table(catalog: Catalog, entity: str, base: str, leaves: Mapping[str, Leaf]) -> ir.Table:
    """Aggregates per entity: columns `key` and the leaves' names, one row for each of the entity with rows in `base`."""
    frame = Frame(catalog, base)
    place = frame.key_place(entity)
    if place is None:
        raise QuestionError(f"Rows of {words(base)} don't tell which {entity} they belong to.", None)
    key = frame.column(place)
    return aggregate(frame, {"key": key}, leaves, [lambda rows: key(rows).notnull()])
