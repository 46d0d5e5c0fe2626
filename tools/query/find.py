"""Questions for customers (or other entities) themselves: who they are, kept as an unnamed segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.tools.data.members import Members
from segue.tools.errors import DefinitionError
from segue.tools.query import leaves
from segue.tools.query.catalog import Catalog, day
from segue.tools.query.conditions import term, value_term
from segue.tools.query.dates import as_of_text, dates_of
from segue.tools.query.english import entity_plural, say_find
from segue.tools.query.frames import Term
from segue.tools.query.names import measure_heading
from segue.tools.query.phrasing import capital, counted, joined, say_share, say_value
from segue.tools.query.plan import Condition, FindCustomers, Measure, Value, plain
from segue.tools.query.universe import entity_frame
from segue.tools.query.vague import remarks, vague_conditions
from segue.tools.results import MAX_ROWS, Cell, CellType, Column, Headline, Result, SegmentRef, plain_cell
from segue.tools.semantic.schema import words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from segue.tools.context import Context

IN_ALL = "members_in_all"
UNNAMED = "unnamed"
EXAMPLES = 3


def find_customers(context: Context, plan: FindCustomers) -> Result:
    """Who meets the condition. Keeps them as an unnamed segment, every key in key order among its members.

    DefinitionError where the plan names what isn't there; QuestionError where the data can't answer it.
    """
    catalog = Catalog(context)
    found = _Members(catalog, plan)
    listed = found.listed()
    raw = context.engine.run(listed).to_pylist()
    size = min(raw[0][IN_ALL], plan.limit or raw[0][IN_ALL]) if raw else 0
    rows = [found.cells(row) for row in raw]
    definition = say_find(context.model, plan, dates_of(catalog))
    saved = _keep(context, plan, found, raw, definition, size)
    columns = found.columns()
    thresholds = _thresholds(context, catalog, plan, size)
    return Result(
        tool="find_customers",
        arguments=plain(plan),
        columns=columns,
        rows=tuple(rows),
        row_count=size,
        truncated=size > len(rows),
        headline=_headline(plan, rows, columns, size),
        summary=_summary(catalog, plan, rows, columns, size, definition),
        reading=definition,
        assumptions=(*thresholds, *catalog.notes.assumptions),
        caveats=tuple(catalog.notes.caveats),
        suggestions=tuple(_suggestions(catalog, plan, size)),
        method=f"Every {plan.of} was checked against the definition; the size is exact.",
        sql=context.engine.readable_sql(listed),
        segment=SegmentRef(saved.id, saved.name or UNNAMED, size, definition),
        as_of=as_of_text(catalog),
    )


def key_table(catalog: Catalog, plan: FindCustomers) -> ir.Table:
    """The members' keys, as stored in the data (column `key`): what a segment's definition compiles to."""
    found = _Members(catalog, plan)
    rows = found.rows()
    return (rows.limit(plan.limit) if plan.limit else rows).select("key")


@dataclass(frozen=True)
class _Shown:
    name: str
    heading: str
    unit: str | None
    term: Term


class _Members:
    """The members of a definition as rows: key, the entity's name where it has one, the values shown."""

    def __init__(self, catalog: Catalog, plan: FindCustomers) -> None:
        self.catalog, self.plan = catalog, plan
        self.key_ref = catalog.entity(plan.of).key
        if plan.limit is not None and not plan.show:
            raise DefinitionError("The first so many need something to be first by.", "Give a value to show, which they are ranked by.")
        self.frame = entity_frame(catalog, plan.of)
        place = self.frame.key_place(plan.of)
        assert place is not None
        self._key = self.frame.column(place)
        self._met = term(self.frame, plan.condition, plan.of) if plan.condition is not None else None
        self._name = self._name_term()
        self._shown = [self._show(i, value) for i, value in enumerate(plan.show)]

    def _name_term(self) -> Term | None:
        ref = self.catalog.entity(self.plan.of).name
        place = self.frame.place(ref) if ref is not None and ref != self.key_ref else None
        return self.frame.column(place) if place is not None else None

    def _show(self, i: int, value: Value) -> _Shown:
        worth, tree = value_term(self.frame, value, self.plan.of)
        heading = measure_heading(self.catalog.model, Measure(**value.model_dump()))
        return _Shown(f"shown_{i + 1}", heading, leaves.tree_unit(tree), worth)

    def rows(self) -> ir.Table:
        """Every member, in order: by the first value shown, else by key."""
        import ibis

        rows = self.frame.rows()
        met = [self._key(rows).notnull()]
        if self._met is not None:
            met.append(self._met(rows))
        rows = rows.filter(*met)
        name = {"name": self._name(rows)} if self._name is not None else {}
        listed = rows.select(key=self._key(rows), **name, **{s.name: s.term(rows) for s in self._shown})
        if not self._shown:
            return listed.order_by("key")
        first = listed[self._shown[0].name]
        order = ibis.asc(first, nulls_first=False) if self.plan.ascending else ibis.desc(first, nulls_first=False)
        return listed.order_by([order, listed["key"]])

    def listed(self) -> ir.Table:
        """The first members with how many there are in all."""
        import ibis

        rows = self.rows()
        rows = rows.mutate(**{IN_ALL: rows.count().over(ibis.window())})
        return rows.limit(min(self.plan.limit or MAX_ROWS, MAX_ROWS))

    def keys(self) -> ir.Table:
        """Every member's key, clean and in key order."""
        rows = self.rows()
        rows = rows.limit(self.plan.limit) if self.plan.limit else rows
        return rows.select(key=_clean(self.catalog, self.key_ref, rows["key"])).order_by("key")

    def columns(self) -> tuple[Column, ...]:
        key_type: CellType = "integer" if _whole_key(self.catalog, self.key_ref) else self.catalog.type(self.key_ref)
        found = [Column(words(self.plan.of), key_type, None, key=True)]
        if self._name is not None:
            found.append(Column("name", "text"))
        return (*found, *(Column(s.heading, _shown_type(s), s.unit) for s in self._shown))

    def cells(self, row: dict[str, Any]) -> tuple[Cell, ...]:
        """A row as cells: 12345.0 is the key 12345."""
        name = [plain_cell(row["name"])] if self._name is not None else []
        return (clean_key(row["key"]), *name, *(_shown_cell(row[s.name], s) for s in self._shown))


def clean_key(key: Any) -> Cell:
    """A key as people know it."""
    if isinstance(key, float) and key.is_integer():
        return int(key)
    return plain_cell(key)


def _whole_key(catalog: Catalog, ref: str) -> bool:
    return catalog.type(ref) == "integer" or (catalog.type(ref) == "number" and catalog.whole(ref))


def _clean(catalog: Catalog, ref: str, key: Any) -> Any:
    return key.cast("int64") if catalog.type(ref) == "number" and catalog.whole(ref) else key


def _shown_type(shown: _Shown) -> CellType:
    return {"date": "date", "count": "integer"}.get(shown.unit or "", "number")  # type: ignore[return-value]


def _shown_cell(value: Any, shown: _Shown) -> Cell:
    cell = plain_cell(value, part="day" if shown.unit == "date" else None)
    return int(cell) if shown.unit == "count" and isinstance(cell, float) and cell.is_integer() else cell


def _keep(context: Context, plan: FindCustomers, found: _Members, raw: Sequence[dict], definition: str, size: int) -> Any:
    """Keeps the definition in the state, and the keys beside it."""
    saved = context.state.save_segment(definition=plain(plan), english=definition, size=size, data_version=context.data_version)
    members = Members(context.workspace.members_dir)
    if size <= len(raw):
        members.write(saved.id, saved.version, context.data_version, sorted(clean_key(row["key"]) for row in raw))  # type: ignore[type-var]
        return saved
    path = members.path(saved.id, saved.version, context.data_version)
    temporary = path.with_name(f".{path.name}.tmp")
    context.engine.write_parquet(found.keys(), temporary)
    temporary.replace(path)
    return saved


def _thresholds(context: Context, catalog: Catalog, plan: FindCustomers, size: int) -> list[str]:
    def figure(_: str, condition: Condition) -> str:
        members = _Members(Catalog(context), plan.model_copy(update={"condition": condition, "show": [], "limit": None}))
        rows = members.rows()
        found = context.engine.run(rows.aggregate(n=rows.count())).to_pylist()
        return f"{found[0]['n']:,}"

    if not any(vague_conditions(plan.condition)) or plan.limit is not None:
        return []
    clock = catalog.clock()
    now = day(catalog.bounds(clock)[1]) if clock is not None else None
    return remarks(context.model, {"condition": plan.condition}, figure, f"{size:,}", now, plan.of, dates_of(catalog))


# --- words ------------------------------------------------------------------------------------------------------------


def _headline(plan: FindCustomers, rows: Sequence[tuple], columns: Sequence[Column], size: int) -> Headline:
    if plan.limit is not None and rows:
        return Headline(str(rows[0][0]), _number(rows[0][-len(plan.show)]), columns[-len(plan.show)].unit)
    return Headline(None, size, "count")


def _number(cell: Cell) -> float | int | None:
    return cell if isinstance(cell, (int, float)) else None


def _summary(
    catalog: Catalog, plan: FindCustomers, rows: Sequence[tuple], columns: Sequence[Column], size: int, definition: str
) -> str:
    many = entity_plural(catalog.model, plan.of)
    rest = definition.removeprefix(many)
    if not size:
        return f"There are no {definition}."
    first = [_one(row, columns, catalog.model.currency) for row in rows[:EXAMPLES]]
    if plan.limit is not None:
        return f"{capital(definition)}: {joined(first)}{f', and {size - len(first)} more' if size > len(first) else ''}."
    share = _share(catalog, plan, size)
    verb = "is" if size == 1 else "are"
    text = f"There {verb} {counted(size, words(plan.of), many)}{rest}{share}."
    listed = f"The first are {joined(first)}" if size > len(first) else f"{'It is' if size == 1 else 'They are'} {joined(first)}"
    return f"{text} {listed}{'; the list has the first 1,000' if size > MAX_ROWS else ''}."


def _one(row: tuple, columns: Sequence[Column], currency: str | None) -> str:
    key = str(row[0])
    shown = [say_value(cell, c.unit, currency) for cell, c in zip(row[1:], columns[1:], strict=True)]
    return f"{key} ({', '.join(shown)})" if shown else key


def _share(catalog: Catalog, plan: FindCustomers, size: int) -> str:
    everyone = population_size(catalog, plan.of)
    if plan.condition is None or not everyone:
        return ""
    return f", {say_share(size / everyone)} of all {everyone:,} {entity_plural(catalog.model, plan.of)}"


def population_size(catalog: Catalog, entity: str) -> int | None:
    """How many there are, from the facts; None where that would take a query."""
    from segue.tools.query.universe import without_record

    key = catalog.entity(entity).key
    if not catalog.context.facts.has(key) or without_record(catalog, entity):
        return None
    return catalog.context.facts.column(key).distinct


def _suggestions(catalog: Catalog, plan: FindCustomers, size: int) -> list[str]:
    many = entity_plural(catalog.model, plan.of)
    if not size:
        return [f"How many {many} are there?"]
    found = []
    if "revenue" in catalog.model.metrics and plan.of == "customer":
        found.append("How much have they spent?")
    return [*found, "How many of them are there?"]
