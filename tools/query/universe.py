"""Everyone there is: one row for each of an entity, those with a record and those known from events alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.tools.query.catalog import Catalog
from segue.tools.query.frames import Frame
from segue.tools.semantic.schema import split

if TYPE_CHECKING:
    import ibis.expr.types as ir



def entity_frame(catalog: Catalog, entity: str) -> Frame:
    """A frame of everyone there is: one row for each of the entity, records and those known from events alone."""
    key = catalog.entity(entity).key
    home = catalog.home(entity)
    others = without_record(catalog, entity)
    if home is not None and not others:
        return Frame(catalog, home, entity)
    return Frame(catalog, home, entity, keys=_all_keys(catalog, key, others))


def without_record(catalog: Catalog, entity: str) -> list[str]:
    """Key columns of events in which there may be keys that the entity's own table lacks."""
    own = catalog.entity(entity).key
    covered = {j.from_: j.coverage for j in catalog.model.joins if j.to == own}
    columns = catalog.graph.key_columns(entity)
    return [r for t, r in columns.items() if r != own and catalog.model.tables[t].kind == "events" and covered.get(r, 0.0) < 1.0]


def _all_keys(catalog: Catalog, key: str, others: list[str]) -> ir.Table:
    tables = []
    own_type = catalog.expression(key).type()
    for ref in (key, *others):
        source = catalog.source(split(ref)[0])
        column = catalog.expression(ref, source)
        column = column if column.type() == own_type else column.try_cast(own_type)
        tables.append(source.filter(column.notnull()).select(key=column))
    union = tables[0]
    for table in tables[1:]:
        union = union.union(table)
    return union.distinct()
