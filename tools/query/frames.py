"""Rows to be aggregated: a table's, or one for each of an entity, with what is needed joined to them and nothing multiplied.

A frame is used in two passes. First everything that will be read from it is asked for; each request gives a Term, a function
from the built rows to an expression. Then `rows` builds the joins that the requests need, and the terms are applied to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segue.tools.errors import QuestionError
from segue.tools.query.catalog import Catalog
from segue.tools.query.graph import Path, Place, Step
from segue.tools.semantic.schema import split

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from segue.tools.query.leaves import Leaf
    from segue.tools.query.plan import Window

Term = Callable[[Any], Any]
"""From the built rows (an Ibis table) to an expression over them."""

ROOT: Path = ()


@dataclass
class Attachment:
    """A table joined to the rows on one column: unique on it (a lookup), or not (a bridge, which multiplies on purpose)."""

    side: ir.Table
    left: str
    right: str
    inner: bool = False


@dataclass
class ValueRequest:
    """Aggregates per entity, from one base table: computed in one pass, attached by the entity's key."""

    entity: str
    base: str
    left: str
    leaves: dict[str, Leaf] = field(default_factory=dict)


class Frame:
    """Rows of the table `home`, or (with `entity`) one for each of the entity.

    An entity whose table isn't unique on its key, or whose key has events but no record, starts from its distinct keys:
    `keys`, a table with the column `key`, whose `carried` columns the rows keep by their names.
    `window` is the time within which an event must lie for a condition on events to hold of the entity.
    """

    def __init__(
        self,
        catalog: Catalog,
        home: str | None,
        entity: str | None = None,
        keys: ir.Table | None = None,
        carried: tuple[str, ...] = (),
    ) -> None:
        self.catalog = catalog
        self.home = home
        self.entity = entity
        self.window: Window | None = None
        self._keys = keys
        self._key_ref = catalog.entity(entity).key if entity else None
        self._prefix = self._prefix_path() if keys is not None else ROOT
        self._columns: dict[Path, dict[str, str]] = {ROOT: {}}
        self._carried = carried
        self._names: set[str] = {name.lower() for name in carried}
        self._attached: list[Attachment] = []
        self._requests: dict[tuple[str, str, str], ValueRequest] = {}

    def _prefix_path(self) -> Path:
        """Keys lead to their own table as if by a join."""
        if self.home is None or self._key_ref is None:
            return ROOT
        column = split(self._key_ref)[1]
        return (Step("", column, self.home, column),)

    # --- where things are -----------------------------------------------------------------------------------------

    def place(self, ref: str) -> Place | None:
        """The column seen from the rows; None where reaching it would multiply them."""
        if self.entity is not None and ref == self._key_ref:
            return Place(ROOT, ref)
        if self.home is None:
            return None
        found = self.catalog.graph.place(self.home, ref)
        if found is None:
            return None
        return Place((*self._prefix, *found.shortened().path), found.shortened().ref)

    def key_place(self, entity: str) -> Place | None:
        """The entity's key seen from the rows."""
        if entity == self.entity and self._key_ref is not None:
            return Place(ROOT, self._key_ref)
        if self.home is None:
            return None
        found = self.catalog.graph.key_place(self.home, entity)
        return None if found is None else Place((*self._prefix, *found.path), found.ref)

    def attribute_place(self, ref: str, entity: str) -> Place | None:
        """The column as a fact about the entity that each row belongs to; None where it isn't one single fact."""
        if entity == self.entity:
            return self.place(ref)
        home = self.catalog.home(entity)
        if ref == self.catalog.entity(entity).key:
            return self.key_place(entity)
        if home is None or self.home is None:
            return None
        here, there = self.catalog.graph.place(self.home, f"{home}.?"), self.catalog.graph.place(home, ref)
        if here is None or there is None:
            return None
        found = Place((*here.path, *there.path), there.ref).shortened()
        return Place((*self._prefix, *found.path), found.ref)

    def time_place(self) -> Place | None:
        """When the rows happened; None where they have no time."""
        if self.home is None:
            return None
        found = self.catalog.time_place(self.home)
        if found is None or (self.entity is not None and self.catalog.model.tables[self.home].kind != "events"):
            return None
        return Place((*self._prefix, *found.path), found.ref)

    # --- requests -------------------------------------------------------------------------------------------------

    def column(self, place: Place) -> Term:
        """Asks for a column."""
        name = self._need(place)
        return lambda rows: rows[name]

    def value(self, entity: str, base: str, leaf: Leaf) -> Term:
        """Asks for an aggregate per entity, attached to the rows that belong to it; null where it has no rows."""
        key = self.key_place(entity)
        if key is None:
            raise QuestionError(f"These rows can't be told apart by {entity}.", None)
        left = self._need(key)
        request = self._requests.setdefault((left, entity, base), ValueRequest(entity, base, left))
        for name, asked in request.leaves.items():
            if asked == leaf:
                return lambda rows: rows[name]
        fresh = self.fresh("value")
        request.leaves[fresh] = leaf
        return lambda rows: rows[fresh]

    def attach(self, side: ir.Table, place: Place, key: str, column: str, inner: bool = False) -> Term:
        """Joins a table (its `key` to the column at `place`) and asks for its `column`."""
        name, right = self.fresh(column), self.fresh(f"{key}_right")
        renamed = side.select(**{right: side[key], name: side[column]})
        self._attached.append(Attachment(renamed, self._need(place), right, inner))
        return lambda rows: rows[name]

    def bridge(self, side: ir.Table, place: Place, key: str, columns: list[str], inner: bool) -> dict[str, Term]:
        """Joins a table that may have several rows a key: each of the frame's rows then counts once for each of them."""
        names = {column: self.fresh(column) for column in columns}
        right = self.fresh(f"{key}_right")
        renamed = side.select(**{right: side[key]}, **{name: side[column] for column, name in names.items()})
        self._attached.append(Attachment(renamed, self._need(place), right, inner))
        return {column: _reader(name) for column, name in names.items()}

    def fresh(self, wanted: str) -> str:
        """A name no column of the frame has."""
        name, n = wanted, 1
        while name.lower() in self._names:
            n += 1
            name = f"{wanted}_{n}"
        self._names.add(name.lower())
        return name

    def _need(self, place: Place) -> str:
        columns = self._columns.setdefault(place.path, {})
        for length in range(len(place.path), 0, -1):
            step = place.path[length - 1]
            parent = self._columns.setdefault(place.path[: length - 1], {})
            source = self._key_ref if step.source == "" and self._key_ref else f"{step.source}.{step.source_column}"
            if source not in parent:
                parent[source] = self.fresh(step.source_column)
        if place.ref not in columns:
            table, column = split(place.ref)
            taken = column.lower() in self._names
            columns[place.ref] = self.fresh(f"{table}_{column}" if taken and place.path else column)
        return columns[place.ref]

    # --- building -------------------------------------------------------------------------------------------------

    def rows(self) -> Any:
        """The rows with everything that was asked for. Ask before, read after."""
        from segue.tools.query.aggregates import entity_table

        sides = [(entity_table(self.catalog, r.entity, r.base, r.leaves), r) for r in self._requests.values()]
        rows = self._root()
        for path in sorted((p for p in self._columns if p), key=len):
            rows = self._join(rows, path)
        for side, request in sides:
            right = self.fresh("key_right")
            rows = _left_join(rows, side.rename({right: "key"}), request.left, right)
        for one in self._attached:
            rows = _left_join(rows, one.side, one.left, one.right, one.inner)
        return rows

    def _root(self) -> ir.Table:
        wanted = self._columns[ROOT]
        if self._keys is not None:
            names = list(wanted.values()) or [self.fresh("key")]
            return self._keys.select(*self._carried, **dict.fromkeys(names, self._keys["key"]))
        assert self.home is not None
        source = self.catalog.source(self.home)
        if not wanted:
            return source
        return source.select(**{name: self.catalog.expression(ref, source) for ref, name in wanted.items()})

    def _join(self, rows: ir.Table, path: Path) -> ir.Table:
        step = path[-1]
        left_ref = self._key_ref if step.source == "" and self._key_ref else f"{step.source}.{step.source_column}"
        left = self._columns[path[:-1]][left_ref]
        right = self.fresh(f"{step.target_column}_right")
        source = self.catalog.source(step.target)
        columns = {name: self.catalog.expression(ref, source) for ref, name in self._columns[path].items()}
        side = source.select(**{right: self.catalog.expression(f"{step.target}.{step.target_column}", source)}, **columns)
        return _left_join(rows, side, left, right)


def _left_join(rows: ir.Table, side: ir.Table, left: str, right: str, inner: bool = False) -> ir.Table:
    if rows[left].type().is_string() != side[right].type().is_string():  # a key read as text here and as a number there
        side = side.mutate(**{right: side[right].try_cast(rows[left].type())})
    joined = rows.inner_join(side, [(left, right)]) if inner else rows.left_join(side, [(left, right)])
    return joined.select(*[c for c in joined.columns if c != right])


def _reader(name: str) -> Term:
    return lambda rows: rows[name]


def grouped(rows: Any, by: dict[str, Any], made: dict[str, Any]) -> Any:
    """Aggregates by name, whatever the names are (a column may be called "by"); one row in all without groups."""
    metrics = [value.name(name) for name, value in made.items()]
    if not by:
        return rows.aggregate(metrics)
    return rows.group_by([value.name(name) for name, value in by.items()]).aggregate(metrics)
