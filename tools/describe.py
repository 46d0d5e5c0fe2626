"""What data there is, what words mean here, and what Segue can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from segue.tools.definitions import column_text, define, entity_text, known_words, once, segment_text, table_text
from segue.tools.errors import DefinitionError, did_you_mean
from segue.tools.query.catalog import Catalog, day
from segue.tools.query.phrasing import capital, counted, joined, plural, say_day
from segue.tools.query.plan import plain
from segue.tools.results import Cell, Column, Result
from segue.tools.segments.activity import main_activity
from segue.tools.segments.arguments import Describe
from segue.tools.segments.outcomes import churn_label
from segue.tools.segments.rfm import NAMES, Named
from segue.tools.semantic.schema import ColumnSpec, split, words

if TYPE_CHECKING:
    from segue.tools.context import Context

TEXT = "text"


def describe(context: Context, arguments: Describe, today: dt.date | None = None) -> Result:
    """Answers a question about the data, a word, or Segue itself.

    today  the computer's date, for how old the data is; none: the real one
    DefinitionError for a table or column that isn't there; QuestionError for a word that means nothing here.
    """
    if arguments.topic == "today":
        return _today(context, arguments, today or dt.date.today())
    return TOPICS[arguments.topic](context, arguments)


def _result(
    context: Context, arguments: Describe, summary: str, columns: tuple[Column, ...], rows: list[tuple[Cell, ...]], **more: object
) -> Result:
    return Result(
        tool="describe",
        arguments=plain(arguments),
        columns=columns,
        rows=tuple(rows),
        row_count=len(rows),
        summary=summary,
        as_of=_as_of(context),
        **more,  # type: ignore[arg-type]
    )


def _as_of(context: Context) -> str | None:
    if context.model.clock is None:
        return None
    last = day(Catalog(context).bounds(context.model.clock)[1])
    return last.isoformat() if last else None


# --- the data ---------------------------------------------------------------------------------------------------------


def _data(context: Context, arguments: Describe) -> Result:
    model, facts = context.model, context.facts
    rows: list[tuple[Cell, ...]] = []
    for table, spec in model.tables.items():
        first, last = _period(context, table)
        what = {"customers": "one row a customer", "events": spec.subject, "lookup": "lookup"}[spec.kind]
        rows.append((table, what, facts.tables.get(table, 0), len(spec.columns), first, last))
    columns = (
        Column("table", TEXT), Column("what", TEXT), Column("rows", "integer", "count"), Column("columns", "integer", "count"),
        Column("from", "date", "date"), Column("to", "date", "date"),
    )  # fmt: skip
    return _result(context, arguments, _data_summary(context, rows), columns, rows, suggestions=tuple(examples(context)[:4]))


def _period(context: Context, table: str) -> tuple[str | None, str | None]:
    place = Catalog(context).time_place(table)
    if place is None or context.model.tables[table].kind != "events":
        return None, None
    first, last = (day(x) for x in Catalog(context).bounds(place.ref))
    return (first.isoformat() if first else None, last.isoformat() if last else None)


def _data_summary(context: Context, rows: list[tuple[Cell, ...]]) -> str:
    model = context.model
    tables = joined([f"{r[0]} ({r[2]:,} rows)" for r in rows[:8]])
    more = f" and {len(rows) - 8} more" if len(rows) > 8 else ""
    text = f"The data is {counted(len(rows), 'table')}: {tables}{more}."
    if model.clock is not None:
        first, last = (day(x) for x in Catalog(context).bounds(model.clock))
        text += f" It covers {say_day(first)} to {say_day(last)}."
    else:
        text += " It has no dates, so nothing can be asked by period."
    for name in ("customer", "order"):
        if name in model.entities:
            text += f" {entity_text(context, name).split('. ')[0].rstrip('.')}."
    if model.metrics:
        text += f" Metrics: {joined([words(m) for m in list(model.metrics)[:8]])}."
    label = churn_label(context, None)
    return text + (f" It says who {words(label[0])}." if label else " It has no label that says who left.")


def _table(context: Context, arguments: Describe) -> Result:
    name = _nearest(arguments.name, list(context.model.tables), "table")
    spec = context.model.tables[name]
    rows: list[tuple[Cell, ...]] = []
    for column, c in spec.columns.items():
        ref = f"{name}.{column}"
        facts = context.facts.column(ref) if context.facts.has(ref) else None
        rows.append((column, context.model.plain(ref), c.type, c.role, facts.missing if facts else None, facts.distinct if facts else None))
    columns = (
        Column("column", TEXT), Column("called", TEXT), Column("type", TEXT), Column("role", TEXT),
        Column("empty", "integer", "count"), Column("different values", "integer", "count"),
    )  # fmt: skip
    first, last = _period(context, name)
    period = f" It covers {say_day(day(first))} to {say_day(day(last))}." if first and last else ""
    leads = sorted({split(j.to)[0] for j in context.model.joins if split(j.from_)[0] == name})
    joins = f" Its rows lead to {joined(leads)}." if leads else ""
    return _result(context, arguments, f"{table_text(context, name)}{period}{joins}", columns, rows)


def _column(context: Context, arguments: Describe) -> Result:
    every = [f"{t}.{c}" for t, spec in context.model.tables.items() for c in spec.columns]
    wanted = (arguments.name or "").lower()
    found = [r for r in every if wanted in (r.lower(), split(r)[1].lower(), context.model.plain(r).lower())]
    if not found:
        found = [_nearest(arguments.name, every, "column")]
    ref = found[0]
    spec = context.model.column(ref)
    hidden = spec.role in ("key", "customer", "account", "name", "contact", "text") or spec.class_ in ("identifier", "free_text")
    values = [] if hidden or not context.facts.has(ref) else list(context.facts.column(ref).top)
    rows: list[tuple[Cell, ...]] = [(str(v), n) for v, n in values]
    columns = (Column("value", TEXT), Column("rows", "integer", "count"))
    also = f" There is also {joined(found[1:])}." if found[1:] else ""
    return _result(context, arguments, column_text(context, ref) + also, columns, rows)


def _nearest(name: str | None, known: list[str], kind: str) -> str:
    found = next((k for k in known if name is not None and k.lower() == name.lower()), None)
    if found is None and name is None and len(known) == 1:
        return known[0]
    if found is None:
        raise DefinitionError(f"There is no {kind} {name or ''!r}.", did_you_mean(name or "", known) or f"There are {joined(known[:8])}.")
    return found


def _today(context: Context, arguments: Describe, today: dt.date) -> Result:
    catalog, model = Catalog(context), context.model
    clocks: dict[str, dt.date] = {}
    for table, spec in model.tables.items():
        place = catalog.time_place(table) if spec.kind == "events" else None
        last = day(catalog.bounds(place.ref)[1]) if place is not None else None
        if place is not None and last is not None:
            clocks[place.ref] = last
    rows: list[tuple[Cell, ...]] = [(ref, last.isoformat()) for ref, last in clocks.items()]
    columns = (Column("date column", TEXT), Column("last recorded day", "date", "date"))
    if model.clock is None or not clocks:
        return _result(context, arguments, "The data has no dates, so there is no today: nothing can be asked by period.", columns, rows)
    now = clocks.get(model.clock) or max(clocks.values())
    text = (
        f"Today is taken to be {say_day(now)}, the last day recorded in {split(model.clock)[1]} of {split(model.clock)[0]}; the computer's "
        f"own date is never used. Periods such as the last 30 days roll back from it."
    )
    others = {ref: last for ref, last in clocks.items() if last != now}
    if others:
        said = joined([f"{say_day(last)} for {split(ref)[0]}" for ref, last in others.items()])
        text += f" A question about one kind of event uses its own last day: {said}."
    age = (today - now).days
    if age > 31:
        text += f" The newest data is {counted(age, 'day')} old."
    return _result(context, arguments, text, columns, rows)


# --- words ------------------------------------------------------------------------------------------------------------


def _definition(context: Context, arguments: Describe) -> Result:
    columns = (Column("word", TEXT), Column("kind", TEXT), Column("definition", TEXT))
    if arguments.name is None:
        found = list(dict.fromkeys(known_words(context)))
        first = {words(n) for n in (*context.model.metrics, *context.model.entities, *context.model.labels)}
        defined = [w for w in found if w in first]
        rows: list[tuple[Cell, ...]] = [(w, None, None) for w in found]
        text = f"Ask what a word means here: {joined(defined)}; or a column, a segment or a convention."
        return _result(context, arguments, text, columns, rows)
    entries = define(context, arguments.name)
    rows = [(e.name, e.kind, e.text) for e in entries]
    return _result(context, arguments, once(" ".join(e.text for e in entries[:2])), columns, rows)


# --- segments ---------------------------------------------------------------------------------------------------------


def _segments(context: Context, arguments: Describe) -> Result:
    model = context.model
    columns = (
        Column("segment", TEXT), Column("recency score", TEXT), Column("frequency score", TEXT), Column("monetary score", TEXT),
    )  # fmt: skip
    if arguments.name is not None and (named := next((n for n in NAMES if n.name.lower() == arguments.name.lower()), None)):
        return _result(context, arguments, segment_text(named), columns, [_ranges(named)])
    dated = main_activity(model) is not None
    main = model.main_scheme
    parts = []
    if dated:
        parts.append(
            f"RFM splits customers into {len(NAMES) + 1} segments by how recently, how often and for how much they bought: "
            f"{joined([n.name for n in NAMES])}, and Others."
        )
    else:
        parts.append("The data has no dated purchases, so there is no RFM.")
    if main is not None and main != "rfm":
        parts.append(f"Where a question says only segment, {model.plain(main)} is meant.")
    elif main == "rfm":
        parts.append("Where a question says only segment, RFM is meant.")
    attributes = _attribute_schemes(context)
    if attributes:
        parts.append(f"Any category splits them too: {joined(attributes[:8])}.")
    rows: list[tuple[Cell, ...]] = [_ranges(n) for n in NAMES] if dated else []
    return _result(context, arguments, " ".join(parts), columns, rows, suggestions=("How do I make a segment?",))


def _ranges(named: Named) -> tuple[Cell, ...]:
    ranges = (named.recency, named.frequency, named.monetary)
    return (named.name, *(f"{low} to {high}" if low != high else str(low) for low, high in ranges))


def _attribute_schemes(context: Context) -> list[str]:
    model = context.model
    return [
        model.plain(f"{t}.{c}")
        for t, spec in model.tables.items()
        if spec.kind == "customers" or len(model.tables) == 1
        for c, s in spec.columns.items()
        if s.role in ("category", "channel", "place", "band", "flag") and s.class_ != "sensitive"
    ]


def _make_segment(context: Context, arguments: Describe) -> Result:
    example = _segment_example(context)
    text = (
        f'Ask for the customers in plain words, for example "{example}". Segue says how many they are, by exactly which rule, and keeps '
        "them as a segment with an id; then ask on about them (what do they buy? how do they differ?), or narrow it (only ...)."
    )
    rows: list[tuple[Cell, ...]] = [
        (1, "Ask for the customers", example),
        (2, "Check the reading", "the rule is stated, every threshold in it"),
        (3, "Ask on about them", "what sets them apart?"),
    ]
    columns = (Column("step", "integer"), Column("what", TEXT), Column("example", TEXT))
    return _result(context, arguments, text, columns, rows, suggestions=(example,))


def _segment_example(context: Context) -> str:
    act, place = main_activity(context.model), _first_category(context)
    where = f" with {place[0]} {place[1]}" if place else ""
    if act is not None and act.money is not None:
        return f"Which customers{where} spent more than 500 in the last 90 days?"
    if act is not None:
        return f"Which customers{where} have had no {act.noun} in the last 90 days?"
    return f"Which customers{where} are there?" if where else "Which customers are there?"


# --- what can be asked ------------------------------------------------------------------------------------------------


def _abilities(context: Context, arguments: Describe) -> Result:
    rows: list[tuple[Cell, ...]] = []
    for what, example in _kinds(context):
        rows.append((what, example))
    asked = joined([f'"{example}"' for _, example in _kinds(context)[:4]])
    text = (
        "Segue answers questions about customers and their segments in plain English, with the evidence. You can ask, for example: "
        f"{asked}. It also lists the customers behind a figure, compares groups and periods, and explains what a word means; it says so "
        "when the data can't answer. Follow-ups work: and by month? only those? why?"
    )
    columns = (Column("what", TEXT), Column("example", TEXT))
    return _result(context, arguments, text, columns, rows, suggestions=tuple(examples(context)[:4]))


def examples(context: Context) -> list[str]:
    """Questions that this data can answer."""
    return [example for _, example in _kinds(context)]


def _kinds(context: Context) -> list[tuple[str, str]]:
    """(kind of question, an example that works here)."""
    model = context.model
    act, label, category = main_activity(model), churn_label(context, None), _first_category(context)
    metric = (act.metric if act is not None else None) or next(iter(model.metrics), "customers")
    found = [("a figure", f"What is our {words(metric)}?" if act is not None and act.metric else "How many customers do we have?")]
    if category:
        found.append(("a breakdown", f"{capital(words(metric))} by {category[0]}"))
    if act is not None or label is not None:
        found.append(("churn risk", "Which segment has the highest churn risk?"))
    if act is not None and act.metric:
        found.append(("a change", f"Why did {words(act.metric)} change last month?"))
        found.append(("a timeline", f"{capital(words(act.metric))} by month"))
    found.append(("a segment", _segment_example(context)))
    if category:
        found.append(("a profile", f"What sets customers with {category[0]} {category[1]} apart?"))
    if label is not None:
        found.append(("a rate", f"What share of {plural(label[1].of)} {words(label[0])}?"))
    found.append(("a definition", "How do you tell two customers apart?"))
    return found


def _first_category(context: Context) -> tuple[str, str] | None:
    """A category of the customers (or of what they do) and its commonest value."""
    model = context.model
    tables = sorted(model.tables, key=lambda t: model.tables[t].kind != "customers")
    refs = [f"{t}.{c}" for t in tables for c, s in model.tables[t].columns.items() if _is_example(context, f"{t}.{c}", s)]
    refs.sort(key=lambda r: (r != model.main_scheme, words(split(r)[1]) in ("gender", "sex")))
    return (model.plain(refs[0]), str(context.facts.column(refs[0]).top[0][0])) if refs else None


def _is_example(context: Context, ref: str, spec: ColumnSpec) -> bool:
    if spec.role not in ("category", "place", "channel", "band") or spec.class_ != "safe" or not context.facts.has(ref):
        return False
    facts = context.facts.column(ref)
    return bool(facts.top) and 2 <= facts.distinct <= 60


TOPICS: dict[str, Callable[[Context, Describe], Result]] = {
    "data": _data,
    "table": _table,
    "column": _column,
    "definition": _definition,
    "segments": _segments,
    "make_segment": _make_segment,
    "abilities": _abilities,
}
