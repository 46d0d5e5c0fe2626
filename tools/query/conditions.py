"""Conditions as terms over a frame: of a row, or of an entity that rows belong to.

What is a single fact of the row or the entity is compared directly. What lies in a table with many rows for it means: some row
there is so; conditions in one `all` that lie in the same table must hold of the same row. Not: no row is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError, QuestionError, did_you_mean
from segue.tools.query import leaves
from segue.tools.query.anatomy import AnyCondition, Tested, condition_columns, conjuncts, is_of_rows
from segue.tools.query.catalog import Catalog
from segue.tools.query.frames import Frame, Term
from segue.tools.query.graph import Place
from segue.tools.query.plan import All, AnyOf, ColumnIs, Did, HasLabel, InSegment, Not, TopShare, ValueIs, Window
from segue.tools.query.predicates import column_holds, compared, test_holds
from segue.tools.query.universe import entity_frame
from segue.tools.query.windows import resolve
from segue.tools.semantic.schema import split, words

if TYPE_CHECKING:
    import ibis.expr.types as ir


# --- terms ------------------------------------------------------------------------------------------------------------


def on_rows(frame: Frame, condition: AnyCondition, entity: str | None) -> Term:
    """The condition of the frame's rows; where an entity is counted, what is denied is denied of the whole entity."""
    parts = conjuncts(condition)
    if entity is None or all(is_of_rows(part) for part in parts):
        return term(frame, condition, None)
    of_rows = [p for p in parts if is_of_rows(p)]
    terms = [_all(frame, of_rows, None)] if of_rows else []
    terms += [term(frame, p, entity if frame.key_place(entity) else None) for p in parts if not is_of_rows(p)]
    return _and(terms)


def term(frame: Frame, condition: AnyCondition, subject: str | None) -> Term:
    """The condition of each row (subject None), or of the `subject` entity that each row belongs to. Null counts as no."""
    if isinstance(condition, (ColumnIs, Tested)):
        return _column(frame, condition, subject)
    if isinstance(condition, All):
        return _all(frame, conjuncts(condition), subject)
    if isinstance(condition, AnyOf):
        return _or([term(frame, part, subject) for part in condition.of])
    if isinstance(condition, Not):
        return _not(term(frame, condition.of, subject))
    if isinstance(condition, ValueIs):
        return _per_entity(frame, condition, condition.per, subject, _value)
    if isinstance(condition, Did):
        return _per_entity(frame, condition, condition.per, subject, _did)
    if isinstance(condition, TopShare):
        return _per_entity(frame, condition, condition.per, subject, _top)
    if isinstance(condition, InSegment):
        return _in_segment(frame, condition)
    return _label(frame, condition, subject)


def _and(terms: Sequence[Term]) -> Term:
    def both(rows: Any) -> Any:
        whole = terms[0](rows)
        for one in terms[1:]:
            whole = whole & one(rows)
        return whole

    return both


def _or(terms: Sequence[Term]) -> Term:
    def either(rows: Any) -> Any:
        whole = terms[0](rows)
        for one in terms[1:]:
            whole = whole | one(rows)
        return whole

    return either


def _not(inner: Term) -> Term:
    """Not so, and also where it isn't known to be so."""
    return lambda rows: ~inner(rows).fill_null(False)


# --- columns ----------------------------------------------------------------------------------------------------------


def placed(frame: Frame, ref: str, subject: str | None) -> Place | None:
    """The column as one fact of the row or the subject; None where there may be many."""
    frame.catalog.spec(ref)
    return frame.place(ref) if subject is None else frame.attribute_place(ref, subject)


def _column(frame: Frame, condition: ColumnIs | Tested, subject: str | None) -> Term:
    places = [placed(frame, ref, subject) for ref in condition_columns(condition)]
    if any(place is None for place in places):
        return _exists(frame, [condition], subject)
    columns = [frame.column(place) for place in places if place is not None]
    if isinstance(condition, Tested):
        met: Term = lambda rows: test_holds(columns[0](rows), condition.test)  # noqa: E731
        return _not(met) if condition.negated else met
    spec = frame.catalog.spec(condition.column)
    other = columns[1] if condition.other else None
    return lambda rows: column_holds(columns[0](rows), spec, condition, other(rows) if other else None)


def _all(frame: Frame, parts: Sequence[AnyCondition], subject: str | None) -> Term:
    """All hold; those of columns out of reach are put together by table, so that one row there meets them all."""
    terms, remote = [], []
    for part in parts:
        refs = condition_columns(part) if is_of_rows(part) else []
        if refs and not any(placed(frame, ref, subject) for ref in refs):
            remote.append(part)
        else:
            terms.append(term(frame, part, subject))
    terms += [_exists(frame, group, subject) for group in _by_table(frame, remote, subject)]
    return _and(terms)


def _by_table(frame: Frame, parts: Sequence[AnyCondition], subject: str | None) -> list[list[AnyCondition]]:
    graph = frame.catalog.graph
    groups: list[tuple[str, list[AnyCondition]]] = []
    for part in parts:
        base = _remote_base(frame, condition_columns(part), subject)
        for i, (other, members) in enumerate(groups):
            if base in graph.paths(other) or other in graph.paths(base):
                groups[i] = (other if base in graph.paths(other) else base, [*members, part])
                break
        else:
            groups.append((base, [part]))
    return [members for _, members in groups]


def _exists(frame: Frame, parts: Sequence[AnyCondition], subject: str | None) -> Term:
    refs = [ref for part in parts for ref in condition_columns(part)]
    base = _remote_base(frame, refs, subject)
    here, there = _link(frame, base, subject)

    def some_row(inner: Frame) -> list[Term]:
        met = [term(inner, part, None) for part in parts]
        if frame.window is not None and inner.time_place() is not None:
            met.append(in_window(inner, frame.window, None))
        return met

    return key_among(frame, here, keys_where(frame.catalog, base, there, some_row))


def _remote_base(frame: Frame, refs: Iterable[str], subject: str | None) -> str:
    """The table nearest to all the columns that can be linked to the frame's rows, or to the subject."""
    graph, catalog = frame.catalog.graph, frame.catalog
    tables = {split(ref)[0] for ref in refs}
    found = []
    for base in catalog.model.tables:
        paths = graph.paths(base)
        if tables <= paths.keys() and (link := _find_link(frame, base, subject)) is not None:
            steps = sum(len(paths[t]) for t in tables) + len(link[0].path) + len(link[1].path)
            found.append((steps, catalog.rows(base), base))
    if not found:
        names = " and ".join(sorted(catalog.plain(ref) for ref in refs))
        of = subject or words(frame.home or frame.entity or "row")
        raise QuestionError(f"{names} can't be told for each {of}: nothing in the data connects them.", None)
    return min(found)[-1]


def _find_link(frame: Frame, base: str, subject: str | None) -> tuple[Place, Place] | None:
    subject = subject or frame.entity
    if subject is not None:
        here, there = frame.key_place(subject), frame.catalog.graph.key_place(base, subject)
        if here is not None and there is not None:
            return here, there
    if frame.home is None or subject is not None:
        return None
    return frame.catalog.graph.link(frame.home, base)


def _link(frame: Frame, base: str, subject: str | None) -> tuple[Place, Place]:
    link = _find_link(frame, base, subject)
    if link is None:
        raise QuestionError(f"Nothing in the data connects {words(base)} with {words(frame.home or '')}.", None)
    return link


def keys_where(catalog: Catalog, base: str, key: Place, conditions: Callable[[Frame], list[Term]]) -> ir.Table:
    """The values of `key` (one column) on rows of `base` that meet the conditions; they may repeat."""
    inner = Frame(catalog, base)
    column = inner.column(key)
    terms = [*conditions(inner), lambda rows: column(rows).notnull()]
    rows = inner.rows()
    for one in terms:
        rows = rows.filter(one(rows))
    return rows.select(key=column(rows))


def key_among(frame: Frame, place: Place, keys: ir.Table) -> Term:
    """The frame's key is one of `keys` (their column `key`)."""
    here = frame.column(place)

    def among(rows: Any) -> Any:
        left, right = here(rows), keys["key"]
        if left.type().is_string() != right.type().is_string():
            right = keys.select(key=right.try_cast(left.type()))["key"]
        return left.isin(right)

    return among


# --- time -------------------------------------------------------------------------------------------------------------


def in_window(frame: Frame, window: Window, column: str | None) -> Term:
    """The row (or some event of the entity) happened within the window."""
    catalog = frame.catalog
    ref = window.column or column
    place = frame.place(ref) if ref is not None else frame.time_place()
    if place is None:
        return _event_in_window(frame, window, ref)
    time = frame.column(place)
    span = span_of(catalog, window, place.ref)
    return lambda rows: span.holds(time(rows))


def span_of(catalog: Catalog, window: Window, ref: str) -> Any:
    """The window as dates, on this time column's data; notes what people should know."""
    if catalog.type(ref) not in ("date", "timestamp"):
        raise DefinitionError(f"{catalog.plain(ref)} ({ref}) is no date, so no period can be told by it.", None)
    first, last = catalog.bounds(ref)
    if last is None:
        raise QuestionError(f"{catalog.plain(ref)} has no dates in it.", "Ask without the period.")
    span = resolve(window, last, first)
    catalog.notes.clocks[ref] = last
    if catalog.notes.span(window) is None:
        catalog.notes.spans.append((window, span))
    if span.partial:
        catalog.notes.warn(span.partial[:1].upper() + span.partial[1:] + ".")
    return span


def _event_in_window(frame: Frame, window: Window, ref: str | None) -> Term:
    catalog = frame.catalog
    if ref is not None:
        base = _remote_base(frame, [ref], frame.entity)
    else:
        base = _events_base(frame)
    here, there = _link(frame, base, frame.entity)
    return key_among(frame, here, keys_where(catalog, base, there, lambda inner: [in_window(inner, window, ref)]))


def _events_base(frame: Frame) -> str:
    if frame.entity is None:
        frame.catalog.requires_time(frame.home or "")
        raise QuestionError("A period can't be told for these rows.", "Ask without the period.")
    base = leaves.base_of(frame.catalog, leaves.Leaf("entities", entity=frame.entity), timed=True)
    if base is None:
        raise QuestionError(f"Nothing dated in the data tells of {frame.entity}.", "Ask without the period.")
    return base


# --- per entity -------------------------------------------------------------------------------------------------------


def _per_entity(frame: Frame, condition: Any, per: str, subject: str | None, make: Callable[[Frame, Any], Term]) -> Term:
    """The condition of the `per` entity that the row (or the subject) belongs to, or else of some one that belongs to it."""
    catalog = frame.catalog
    catalog.entity(per)
    if frame.key_place(per) is not None and subject in (None, per, frame.entity):
        return make(frame, condition)
    for base in sorted(catalog.model.tables, key=catalog.rows):
        link = _find_link(frame, base, subject)
        if link is not None and catalog.graph.key_place(base, per) is not None:
            keys = keys_where(catalog, base, link[1], lambda inner: [make(inner, condition)])
            return key_among(frame, link[0], keys)
    raise QuestionError(f"These rows can't be told apart by {per}.", None)


def value_term(frame: Frame, value: Any, per: str) -> tuple[Term, Any]:
    """A value worked out for the `per` entity of each row, and its tree. No rows: 0 for counts and sums, else null."""
    tree = leaves.expand(frame.catalog, value)
    terms = {id(leaf): _leaf_term(frame, leaf, per) for leaf in leaves.tree_leaves(tree)}
    return (lambda rows: leaves.combine(tree, {leaf: t(rows) for leaf, t in terms.items()})), tree


def _leaf_term(frame: Frame, leaf: Any, per: str) -> Term:
    found = leaf_value(frame, leaf, per)
    return (lambda rows: found(rows).fill_null(0)) if leaf.additive else found


def leaf_value(frame: Frame, leaf: Any, per: str) -> Term:
    """A leaf worked out for the `per` entity of each row; null where it has no rows."""
    catalog = frame.catalog
    if leaf.ref is not None and not leaf.where and leaf.window is None and leaf.stat not in ("distinct", "stddev"):
        place = frame.attribute_place(leaf.ref, per)
        if place is not None:  # one fact about it: nothing to add up
            return frame.column(place)
    base = leaves.base_of(catalog, leaf, entities=[per]) or split(catalog.entity(leaf.entity).key)[0]
    if catalog.graph.key_place(base, per) is None:
        raise QuestionError(f"{words(base)} rows don't tell which {per} they belong to.", None)
    return frame.value(per, base, leaf)


def row_value(frame: Frame, value: Any) -> Term:
    """A value as a fact of each single row: a column that the row leads to."""
    tree = leaves.expand(frame.catalog, value)
    if not isinstance(tree, leaves.Leaf) or tree.ref is None:
        raise DefinitionError("Of single rows only columns can be compared.", "Compare values per customer instead.")
    place = frame.place(tree.ref)
    if place is None:
        raise QuestionError(f"{frame.catalog.plain(tree.ref)} isn't one value for each of the {words(frame.home or '')}.", None)
    return frame.column(place)


def _value(frame: Frame, condition: ValueIs) -> Term:
    value, tree = value_term(frame, condition.value, condition.per)
    if condition.date is not None:
        return lambda rows: compared(value(rows), condition.op, condition.date)
    if condition.number is None:
        raise DefinitionError("A value is compared with a number or a date.", "Give number, or date.")
    if leaves.tree_unit(tree) == "date":
        raise DefinitionError("A date can't be compared with a number.", "Give date.")
    if isinstance(tree, leaves.Leaf) and tree.additive and not _zero_meets(condition.op, condition.number):
        value = leaf_value(frame, tree, condition.per)  # no rows is no match: nothing to fill in, and an inner join will do
    return lambda rows: compared(value(rows), condition.op, condition.number)


def _zero_meets(op: str, number: float) -> bool:
    """Whether 0 passes the comparison."""
    return {"=": number == 0, "!=": number != 0, "<": number > 0, "<=": number >= 0, ">": number < 0, ">=": number <= 0}[op]


def _did(frame: Frame, condition: Did) -> Term:
    catalog = frame.catalog
    if condition.table not in catalog.model.tables:
        raise DefinitionError(f"There is no table {condition.table!r}.", did_you_mean(condition.table, catalog.model.tables))
    at_least_once = (condition.op, condition.times) in ((">=", 1), (">", 0), ("!=", 0))
    never = (condition.op, condition.times) in (("<", 1), ("<=", 0), ("=", 0))
    if at_least_once or never:
        met = _did_once(frame, condition)
        return _not(met) if never else met
    where = () if condition.where is None else (condition.where,)
    leaf = leaves.Leaf("rows", table=condition.table, where=where, window=condition.window)
    count = _leaf_term(frame, leaf, condition.per) if _zero_meets(condition.op, condition.times) else leaf_value(frame, leaf, condition.per)
    return lambda rows: compared(count(rows), condition.op, condition.times)


def _did_once(frame: Frame, condition: Did) -> Term:
    here, there = frame.key_place(condition.per), frame.catalog.graph.key_place(condition.table, condition.per)
    if here is None or there is None:
        raise QuestionError(f"{words(condition.table)} rows don't tell which {condition.per} they belong to.", None)

    def some_row(inner: Frame) -> list[Term]:
        met = [] if condition.where is None else [term(inner, condition.where, None)]
        return met if condition.window is None else [*met, in_window(inner, condition.window, None)]

    return key_among(frame, here, keys_where(frame.catalog, condition.table, there, some_row))


def _top(frame: Frame, condition: TopShare) -> Term:
    here = frame.key_place(condition.per)
    assert here is not None
    ranked = ranked_entities(frame.catalog, condition.value, condition.per, top=condition.end == "top")
    if (condition.share is None) == (condition.number is None):
        raise DefinitionError("Top takes a share or a number.", "Give one of them.")
    count = (ranked["n"] * condition.share).floor().cast("int64") if condition.share else condition.number
    most = count if condition.number else _at_least_one(count)
    return key_among(frame, here, ranked.filter(ranked["rank"] <= most).select("key"))


def _at_least_one(count: Any) -> Any:
    import ibis

    return ibis.greatest(count, 1)


def ranked_entities(catalog: Catalog, value: Any, per: str, top: bool = True, filters: Callable[[Frame], list[Term]] | None = None) -> Any:
    """Columns key, value, rank (1 first; ties by key) and n (how many): everyone for whom the value is known."""
    import ibis

    frame = entity_frame(catalog, per)
    place = frame.key_place(per)
    assert place is not None
    key, (worth, _) = frame.column(place), value_term(frame, value, per)
    terms = filters(frame) if filters else []
    rows = frame.rows()
    for one in terms:
        rows = rows.filter(one(rows))
    listed = rows.select(key=key(rows), value=worth(rows))
    listed = listed.filter(listed["key"].notnull(), listed["value"].notnull())
    order = [ibis.desc(listed["value"]) if top else listed["value"], listed["key"]]
    return listed.mutate(rank=ibis.row_number().over(order_by=order) + 1, n=listed.count().over(ibis.window()))


# --- segments and labels ----------------------------------------------------------------------------------------------


def _in_segment(frame: Frame, condition: InSegment) -> Term:
    from segue.tools.query.schemes import segment_keys

    entity, keys = segment_keys(frame.catalog, condition)
    place = frame.key_place(entity)
    if place is None:
        raise QuestionError(f"These rows can't be told apart by {entity}, so the segment can't be applied.", None)
    return key_among(frame, place, keys)


def _label(frame: Frame, condition: HasLabel, subject: str | None) -> Term:
    labels = frame.catalog.model.labels
    if condition.label not in labels:
        raise DefinitionError(f"There is no label {condition.label!r}.", did_you_mean(condition.label, labels))
    label = labels[condition.label]
    if label.test is not None:
        tested = Tested(label.test.column, label.test)
        if placed(frame, tested.ref, subject) is None and frame.key_place(label.of) is not None:
            return _column(frame, tested, label.of)
        return _column(frame, tested, subject)
    assert label.event is not None
    return _per_entity(frame, Did(table=label.event, per=label.of), label.of, subject, _did)
