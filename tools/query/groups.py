"""What figures are broken down by: a column, part of a date, bands, a value per entity, a condition, a scheme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.query import leaves
from segue.tools.query.anatomy import AnyCondition, condition_columns, is_of_rows
from segue.tools.query.catalog import Catalog
from segue.tools.query.conditions import in_window, term, value_term
from segue.tools.query.english import entity_plural
from segue.tools.query.frames import Frame, Term
from segue.tools.query.graph import Place
from segue.tools.query.phrasing import capital, say_number
from segue.tools.query.plan import Group, Window
from segue.tools.query.predicates import MONTHS, WEEKDAYS, date_part, flag_is
from segue.tools.query.schemes import scheme_table
from segue.tools.results import CellType, plain_cell
from segue.tools.semantic.schema import split, words

TIMELINES = ("year", "quarter", "month", "week", "day", "hour")
CYCLES = {"month_of_year": "month", "hour_of_day": "hour"}
NOT_RECORDED = "(not recorded)"


@dataclass(frozen=True)
class Grouping:
    """A breakdown made ready: `name` is its column in SQL, `heading` its column for people.

    edges  lower edges of bands;  key  its values are keys of things;  flag  a yes-no column, shown as such
    """

    plan: Group
    name: str
    heading: str
    type: CellType
    part: str | None = None
    edges: tuple[float, ...] = ()
    whole: bool = False
    labels: tuple[str, str] | None = None
    key: bool = False
    unit: str | None = None

    @property
    def timeline(self) -> bool:
        """Whether it runs along time."""
        return self.part in TIMELINES

    @property
    def ordered(self) -> bool:
        """Whether its values have an order of their own that a table should keep."""
        return self.timeline or bool(self.edges)

    def cell(self, value: Any) -> Any:
        """A stored group as it is shown."""
        if value is None:
            return NOT_RECORDED if self.type == "text" else None
        if self.labels is not None:
            return self.labels[0] if value else self.labels[1]
        if self.edges:
            return band_label(self.edges, int(value), self.whole)
        if self.part == "weekday":
            return WEEKDAYS[int(value)]
        if self.part == "month_of_year":
            return MONTHS[int(value) - 1]
        if isinstance(value, float) and value.is_integer() and (self.key or self.whole):
            return int(value)
        return plain_cell(value, part=self.part)


def prepare(catalog: Catalog, group: Group, taken: set[str]) -> Grouping:
    """Checks a group and settles its names, type and bands."""
    name = _fresh(_sql_name(catalog, group), taken)
    heading = group.name or _heading(catalog, group)
    if group.scheme is not None and "." not in group.scheme:
        return Grouping(group, name, heading, "text")
    if group.condition is not None:
        return Grouping(group, name, heading, "text", labels=group.labels or ("yes", "no"))
    kind, ref = _type(catalog, group)
    if group.part is not None:
        if kind not in ("date", "timestamp"):
            raise DefinitionError(f"{heading} is no date, so it has no {group.part}.", "Name a column of dates.")
        return Grouping(group, name, heading, _part_type(group.part), part=group.part)
    whole = kind == "integer" or (ref is not None and catalog.whole(ref))
    edges = _edges(catalog, group, kind)
    if edges:
        return Grouping(group, name, heading, "text", edges=edges, whole=whole)
    if ref is not None and _is_flag(catalog, ref):
        return Grouping(group, name, heading, "text", labels=group.labels or ("yes", "no"))
    key = ref is not None and (_is_key(catalog, ref))
    if key and whole and kind == "number":
        kind = "integer"
    return Grouping(group, name, heading, kind, whole=whole, key=key)


def _is_flag(catalog: Catalog, ref: str) -> bool:
    """A boolean derived for the model's own use reads as yes or no; a stored one keeps its values."""
    return catalog.type(ref) == "boolean"


def _is_key(catalog: Catalog, ref: str) -> bool:
    keys = {column for e in catalog.model.entities for column in catalog.graph.key_columns(e).values()}
    spec = catalog.spec(ref)
    personal = spec.role in ("customer", "account", "order") or (spec.role == "key" and spec.class_ == "identifier")
    return personal or (ref in keys and spec.role not in ("product", "category", "place", "channel"))


def _type(catalog: Catalog, group: Group) -> tuple[CellType, str | None]:
    ref = group.column or (group.scheme if group.scheme and "." in group.scheme else None)
    if ref is not None:
        return catalog.type(ref), ref
    assert group.value is not None
    tree = leaves.expand(catalog, group.value)
    if isinstance(tree, leaves.Leaf):
        if tree.stat in ("rows", "entities", "distinct"):
            return "integer", None
        if tree.ref and tree.stat in ("min", "max", "sum"):
            return catalog.type(tree.ref), None
    return "number", None


def _part_type(part: str) -> CellType:
    if part == "hour_of_day":
        return "integer"
    return {"day": "date", "week": "date", "hour": "timestamp"}.get(part, "text")  # type: ignore[return-value]


def _sql_name(catalog: Catalog, group: Group) -> str:
    if group.column is not None:
        column = split(group.column)[1]
        catalog.spec(group.column)
        return f"{column}_{group.part}" if group.part else column
    if group.scheme is not None:
        return split(group.scheme)[1] if "." in group.scheme else "segment"
    return group.part or ("yes" if group.condition is not None else "value")


def _heading(catalog: Catalog, group: Group) -> str:
    if group.part is not None and group.value is not None:
        from segue.tools.query.english import say_value_of

        return f"{CYCLES.get(group.part, group.part)} of {say_value_of(catalog.model, group.value)}"
    if group.part is not None:
        return CYCLES.get(group.part, group.part)
    if group.column is not None:
        return catalog.plain(group.column)
    if group.scheme is not None:
        return catalog.plain(group.scheme) if "." in group.scheme else "segment"
    if group.condition is not None:
        from segue.tools.query.english import say_condition

        return "group" if group.labels else say_condition(catalog.model, group.condition, of=group.per)
    from segue.tools.query.english import say_value_of

    return f"{say_value_of(catalog.model, group.value)} per {group.per}" if group.value else "group"


def _fresh(wanted: str, taken: set[str]) -> str:
    name, n = wanted, 1
    while name.lower() in taken:
        n += 1
        name = f"{wanted}_{n}"
    taken.add(name.lower())
    return name


# --- terms ------------------------------------------------------------------------------------------------------------


def group_columns(grouping: Grouping) -> list[str]:
    """The columns that the rows should lead to for this grouping to be free."""
    group = grouping.plan
    if group.column is not None:
        return [group.column]
    if group.scheme is not None and "." in group.scheme:
        return [group.scheme]
    if group.condition is not None and is_of_rows(group.condition):
        return condition_columns(group.condition)
    return []


def group_entities(catalog: Catalog, grouping: Grouping) -> list[str]:
    """The entities whose key the rows need for this grouping."""
    group = grouping.plan
    if group.value is not None:
        return [group.per]
    if group.scheme is not None and "." not in group.scheme:
        return ["customer"]
    if group.condition is not None and not is_of_rows(group.condition):
        return [group.per]
    return []


def group_terms(
    frame: Frame, groupings: Sequence[Grouping], where: Sequence[AnyCondition] = (), window: Window | None = None
) -> dict[str, Term]:
    """A term for each grouping. What would multiply rows goes through a bridge: each row then counts once in each of its groups.

    where, window  conditions of the question: those that lie in a bridge's table hold of the same rows there
    """
    terms: dict[str, Term] = {}
    bridges: dict[str, list[Grouping]] = {}
    for grouping in groupings:
        if _is_free(frame, grouping):
            terms[grouping.name] = _shaped(frame, grouping)
        else:
            bridges.setdefault(_bridge_table(frame, grouping), []).append(grouping)
    for table, across in bridges.items():
        terms |= _bridged(frame, table, across, where, window)
    return {g.name: terms[g.name] for g in groupings}


def _own_time(frame: Frame, grouping: Grouping) -> Place | None:
    """When these rows happened, where the breakdown is by when those of another table did: orders and tickets by month."""
    ref = grouping.plan.column
    if ref is None or grouping.part is None or frame.entity is not None or frame.place(ref) is not None:
        return None
    table, column = split(ref)
    return frame.time_place() if frame.catalog.model.tables[table].time == column else None


def _is_free(frame: Frame, grouping: Grouping) -> bool:
    if _own_time(frame, grouping) is not None:
        return True
    columns = group_columns(grouping)
    if columns:
        return all(frame.place(ref) is not None for ref in columns)
    return True


def _shaped(frame: Frame, grouping: Grouping) -> Term:
    group = grouping.plan
    if group.scheme is not None and "." not in group.scheme:
        place = frame.key_place("customer")
        if place is None:
            raise QuestionError("These rows don't belong to customers, so they can't be split by segment.", None)
        return frame.attach(scheme_table(frame.catalog, group.scheme), place, "key", "segment")
    if group.condition is not None:
        free = is_of_rows(group.condition)
        subject = None if free and _is_free(frame, grouping) else group.per
        return term(frame, group.condition, subject)
    if group.value is not None:
        value, _ = value_term(frame, group.value, group.per)
        return _binned(value, grouping)
    ref = group.column or group.scheme or ""
    place = _own_time(frame, grouping) or frame.place(ref)
    assert place is not None
    column = frame.column(place)
    if grouping.labels is not None and not grouping.edges:
        spec = frame.catalog.spec(ref)
        return lambda rows: flag_is(column(rows), spec, yes=True)
    return _binned(column, grouping)


def _binned(value: Term, grouping: Grouping) -> Term:
    part, edges = grouping.part, grouping.edges
    if part is None and not edges:
        if grouping.key and grouping.type == "integer":
            return lambda rows: value(rows).cast("int64")
        return value
    if edges:
        return lambda rows: band_index(value(rows), edges)
    if part in TIMELINES:
        unit = {"year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D", "hour": "h"}[part or "day"]
        if part == "hour":
            return lambda rows: value(rows).cast("timestamp").truncate(unit)
        return lambda rows: value(rows).truncate(unit).cast("date")
    return lambda rows: date_part(value(rows), part or "")


def _bridge_table(frame: Frame, grouping: Grouping) -> str:
    graph, catalog = frame.catalog.graph, frame.catalog
    tables = {split(ref)[0] for ref in group_columns(grouping)}
    found = []
    for base in catalog.model.tables:
        paths = graph.paths(base)
        if tables <= paths.keys() and (link := _bridge_link(frame, base)) is not None:
            steps = sum(len(paths[t]) for t in tables) + len(link[0].path) + len(link[1].path)
            found.append((steps, catalog.rows(base), base))
    if not found:
        of = words(frame.home or frame.entity or "")
        raise QuestionError(f"{grouping.heading} can't be told for each of the {of}: nothing in the data connects them.", None)
    return min(found)[-1]


def _bridge_link(frame: Frame, base: str) -> tuple[Place, Place] | None:
    if frame.entity is not None:
        here, there = frame.key_place(frame.entity), frame.catalog.graph.key_place(base, frame.entity)
        return (here, there) if here is not None and there is not None else None
    return None if frame.home is None else frame.catalog.graph.link(frame.home, base)


def _bridged(
    frame: Frame, table: str, groupings: Sequence[Grouping], where: Sequence[AnyCondition], window: Window | None
) -> dict[str, Term]:
    catalog = frame.catalog
    link = _bridge_link(frame, table)
    assert link is not None
    inner = Frame(catalog, table)
    key = inner.column(link[1])
    terms = {g.name: _shaped(inner, g) for g in groupings}
    met = [term(inner, c, None) for c in where if is_of_rows(c) and _reached(inner, c) and not _reached(frame, c)]
    if window is not None and frame.entity is not None and frame.time_place() is None and inner.time_place() is not None:
        met.append(in_window(inner, window, None))
    rows = inner.rows()
    for one in [*met, lambda r: key(r).notnull()]:
        rows = rows.filter(one(rows))
    side = rows.select(key=key(rows), **{name: t(rows) for name, t in terms.items()}).distinct()
    names = " and ".join(g.heading for g in groupings)
    many = entity_plural(catalog.model, frame.entity or frame.home or "")
    catalog.notes.warn(f"{capital(many)} can fall under several values of {names}, so the parts can overlap and needn't add up.")
    return frame.bridge(side, link[0], "key", list(terms), inner=bool(met))


def _reached(frame: Frame, condition: AnyCondition) -> bool:
    return all(frame.place(ref) is not None for ref in condition_columns(condition))


# --- bands ------------------------------------------------------------------------------------------------------------


def band_index(value: Any, edges: Sequence[float]) -> Any:
    """Which band: 0 below the first edge, 1 from the first, and so on; null where there is no value."""
    import ibis

    cases = [(value < edge, i) for i, edge in enumerate(edges)]
    return ibis.cases((value.isnull(), ibis.null("int64")), *cases, else_=len(edges))


def band_label(edges: Sequence[float], index: int, whole: bool) -> str:
    """18-24, 35+, under 18; of numbers with decimals "10 to under 20"."""
    if index == 0:
        return f"under {say_number(edges[0])}"
    low = say_number(edges[index - 1])
    if index == len(edges):
        return f"{low}+"
    high = edges[index]
    if whole and float(high).is_integer() and float(edges[index - 1]).is_integer():
        last = say_number(high - 1)
        return low if low == last else f"{low}-{last}"
    return f"{low} to under {say_number(high)}"


def _edges(catalog: Catalog, group: Group, kind: CellType) -> tuple[float, ...]:
    if group.bands is None and group.natural is None:
        return ()
    if kind not in ("integer", "number"):
        raise DefinitionError(f"{_heading(catalog, group)} is no number, so it has no bands.", "Name a column of numbers.")
    if group.bands is not None:
        if not group.bands or sorted(set(group.bands)) != list(group.bands):
            raise DefinitionError("The edges of bands must rise.", "Give lower edges in ascending order, like [18, 25, 35].")
        return tuple(group.bands)
    return _natural_edges(catalog, group, group.natural or 5)


def _natural_edges(catalog: Catalog, group: Group, bands: int) -> tuple[float, ...]:
    low, high = _spread(catalog, group)
    if low is None or high is None or low == high:
        raise QuestionError(f"{_heading(catalog, group)} doesn't vary enough to make bands of.", "Ask without bands.")
    width = round_width((high - low) / bands)
    first = math.floor(low / width) * width
    edges = [round(first + i * width, 10) for i in range(bands)]
    catalog.notes.assume(f"Bands of {_heading(catalog, group)} are {say_number(width)} wide; each includes its lower edge.")
    return tuple(edges)


def round_width(width: float) -> float:
    """The nearest of 1, 2, 2.5, 5 or 10 times a power of ten that is no smaller."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width * 0.999)


def _spread(catalog: Catalog, group: Group) -> tuple[float | None, float | None]:
    """The range that holds nearly everyone: extreme values would leave most in one band."""
    if group.column is not None:
        frame = Frame(catalog, split(group.column)[0])
        place = frame.place(group.column)
        assert place is not None
        value = frame.column(place)
    else:
        from segue.tools.query.universe import entity_frame

        assert group.value is not None
        frame = entity_frame(catalog, group.per)
        value, _ = value_term(frame, group.value, group.per)
    rows = frame.rows()
    column = value(rows).cast("float64")
    found = catalog.context.engine.run(rows.aggregate(low=column.quantile(0.01), high=column.quantile(0.95), top=column.max()))
    row = found.to_pylist()[0]
    return row["low"], (row["top"] if row["high"] == row["low"] else row["high"])
