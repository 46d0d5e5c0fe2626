"""What words mean in a workspace: metrics, entities, labels, segments, columns, from the model file; the rest by convention.

Exact figures come from the facts and, where those don't have them, from one small query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.tools.conventions import CONVENTIONS
from segue.tools.errors import QuestionError, did_you_mean
from segue.tools.query.catalog import Catalog
from segue.tools.query.phrasing import capital, counted, joined, plural, say_money, say_share
from segue.tools.segments.activity import Activity, full_test, main_activity
from segue.tools.segments.outcomes import left_table, own_rhythm, why_so_long
from segue.tools.segments.rfm import NAMES, OTHERS, Named
from segue.tools.segments.rows import fetch, passes, rows
from segue.tools.semantic.schema import Label, Metric, Test, split, words
from segue.tools.semantic.thesaurus import entity_names, label_names, metric_names, table_names

if TYPE_CHECKING:
    from segue.tools.context import Context

RETURNS = ("cancellation", "cancellations", "cancelled", "return", "returns", "returned", "refund", "refunds", "credit note",
           "credit notes", "credits", "negative", "cancelled orders", "cancelled order")  # fmt: skip
CHURN = ("churn", "churned", "churners", "left", "leaver", "leavers", "lapsed", "lost customers", "attrition", "churning")
STATS = {"sum": "sum", "mean": "mean", "median": "median", "min": "least", "max": "greatest", "distinct": "number of different values",
         "percentile": "percentile", "stddev": "standard deviation"}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A definition: what kind of word it is, its name, and what it means here in full sentences."""

    kind: str
    name: str
    text: str


def define(context: Context, word: str) -> list[Entry]:
    """Everything that the word means here, most specific first. QuestionError, with the nearest word, where it means nothing."""
    wanted = _normal(word)
    found = [*_returns_if(context, wanted), *_of_model(context, wanted), *_of_segments(wanted), *_of_conventions(context, wanted)]
    if not found:
        raise QuestionError(f"{word!r} has no definition here.", did_you_mean(wanted, known_words(context)) or "Ask what can be asked.")
    return found


def _normal(word: str) -> str:
    text = " ".join(words(word).split())
    for lead in ("a ", "an ", "the ", "number of ", "count of ", "our "):
        text = text.removeprefix(lead)
    return text


def _same(wanted: str, names: Iterable[str]) -> bool:
    return any(wanted == n or wanted == plural(n) or n == plural(wanted) for n in names)


def once(text: str) -> str:
    """The text without sentences that it has said already."""
    return " ".join(dict.fromkeys(re.split(r"(?<=[.!?]) (?=[A-Z\d])", text)))


def known_words(context: Context) -> list[str]:
    """Every word that can be defined."""
    model = context.model
    named = [*model.metrics, *model.entities, *model.labels, *model.tables, *(n.name for n in NAMES), "rfm", "returns"]
    columns = [model.plain(f"{t}.{c}") for t, spec in model.tables.items() for c in spec.columns]
    return [*(words(n) for n in named), *columns, *(w for c in CONVENTIONS for w in c.words)]


# --- from the model file ----------------------------------------------------------------------------------------------


def _of_model(context: Context, wanted: str) -> list[Entry]:
    model = context.model
    found = [Entry("metric", n, metric_text(context, n)) for n in model.metrics if _same(wanted, metric_names(model, n))]
    found += [Entry("entity", n, entity_text(context, n)) for n in model.entities if _same(wanted, entity_names(model, n))]
    labels = [n for n in model.labels if _same(wanted, (words(n), *model.labels[n].called, *label_names(model, n)[0]))]
    if wanted in CHURN:
        found = [e for e in found if e.kind == "metric" and model.metrics[e.name].rate is not None]
        labels = [n for n, label in model.labels.items() if label.kind == "churn"]
    found += [Entry("label", n, label_text(context, n)) for n in labels]
    if wanted in CHURN and not labels:
        found.append(Entry("convention", "churn", no_label_text(context)))
    if found:
        return _one_a_name(found)
    refs = [f"{t}.{c}" for t, spec in model.tables.items() for c in spec.columns]
    named = [r for r in refs if wanted in (_normal(model.plain(r)), _normal(split(r)[1]), r.lower())]
    found = [Entry("column", r, column_text(context, r)) for r in named]
    return found or [Entry("table", t, table_text(context, t)) for t in model.tables if _same(wanted, table_names(model, t))]


def _one_a_name(found: list[Entry]) -> list[Entry]:
    """A metric that only counts an entity says what the entity says: the entity alone, which says more."""
    entities = {plural(e.name) for e in found if e.kind == "entity"} | {e.name for e in found if e.kind == "entity"}
    return [e for e in found if e.kind != "metric" or words(e.name) not in entities or "count (" in e.text]


def metric_text(context: Context, name: str) -> str:
    """A metric's definition."""
    model, metric = context.model, context.model.metrics[name]
    called = capital(metric.label or words(name))
    if metric.rate is not None:
        return f"{called} is what happened: those who are {words(metric.rate)}, over all {plural(model.labels[metric.rate].of)}. " + (
            label_text(context, metric.rate)
        )
    if metric.ratio is not None:
        top, bottom = (words(m) for m in metric.ratio)
        return once(f"{called} is {top} divided by {bottom}. {' '.join(metric_text(context, m) for m in metric.ratio)}")
    if metric.count is not None:
        of = entity_text(context, metric.count) if metric.count in model.entities else table_text(context, metric.count)
        return " ".join(filter(None, (f"{called}: {of}", _excluded(context, metric, _entity_table(context, metric.count)))))
    table = split(metric.of or "")[0]
    money = f", in {model.currency}" if metric.unit == "money" and model.currency else ""
    parts = [
        f"{called} is the {STATS[metric.stat or 'sum']} of {_source(context, metric.of or '')} over the rows of {table}{money}.",
        _excluded(context, metric, table),
        _cancelled_in(context, table, metric) if metric.unit == "money" else "",
        _nobody(context, table) if metric.unit == "money" else "",
    ]
    return " ".join(filter(None, parts))


def _entity_table(context: Context, name: str) -> str:
    return split(context.model.entities[name].key)[0] if name in context.model.entities else name


def _source(context: Context, ref: str) -> str:
    """A column, or how it is made of others."""
    derived, name = context.model.column(ref).derived, split(ref)[1]
    if derived is None:
        return name
    signs = {"product": " x ", "sum": " + ", "difference": " - "}
    sign = next((s for f, s in signs.items() if getattr(derived, f) is not None), None)
    return sign.join(derived.inputs()) if sign else f"{context.model.plain(ref)} (worked out of {joined(derived.inputs())})"


def _excluded(context: Context, metric: Metric, table: str) -> str:
    said = []
    if (test := full_test(context.model, table, metric.excludes)) is not None:
        said.append(f"Rows where {say_exact(test)} don't count ({_how_many(context, table, test)}).")
    if (test := full_test(context.model, table, metric.where)) is not None:
        said.append(f"Only rows where {say_exact(test)} count ({_how_many(context, table, test)}).")
    return " ".join(said)


def say_exact(test: Test) -> str:
    """A test in words, with the column's stored name, so that it can be checked."""
    name = split(test.column)[1] if "." in test.column else test.column
    if test.one_of is not None:
        return f"{name} is {joined([str(v) for v in test.one_of], 'or')}"
    if test.starts_with is not None:
        return f"{name} starts with {test.starts_with}"
    if test.present is not None:
        return f"{name} is {'filled in' if test.present else 'empty'}"
    return f"{name} is below {test.below:g}" if test.below is not None else f"{name} is above {test.above:g}"


def _how_many(context: Context, table: str, test: Test) -> str:
    base = rows(context, table, [test.column])
    found = fetch(context, base.aggregate(n=passes(base[test.column], test).sum()))[0]["n"] or 0
    return f"{counted(found, 'row')} of {context.facts.tables[table]:,}"


def _nobody(context: Context, table: str) -> str:
    """Rows that belong to no known customer."""
    place = Catalog(context).graph.key_place(table, "customer")
    if place is None or place.path or not context.facts.has(place.ref) or not context.facts.column(place.ref).missing:
        return ""
    facts = context.facts.column(place.ref)
    return f"{facts.missing:,} of its {facts.rows:,} rows have no {split(place.ref)[1]}: they count for revenue, not for customers."


def entity_text(context: Context, name: str) -> str:
    """How an entity is told apart: its key, how many there are, what leads to it, what has none."""
    entity = context.model.entities[name]
    table, column = split(entity.key)
    parts = [f"{_article(name)} {words(name)} is a distinct {column} in {table}{_number(context, entity.key)}."]
    if name == "customer":
        parts += [_same_person(context, entity.key), _nobody(context, table), *_coverage(context, entity.key)]
    if name == "order":
        parts.append(_cancelled_orders(context, table))
    return " ".join(filter(None, parts))


def _article(name: str) -> str:
    return "An" if name[:1].lower() in "aeiou" else "A"


def _number(context: Context, ref: str) -> str:
    return f": {context.facts.column(ref).distinct:,} of them" if context.facts.has(ref) else ""


def _same_person(context: Context, key: str) -> str:
    """Why two orders are the same person's."""
    model, (table, column) = context.model, split(key)
    accounts = [f"{table}.{c}" for c, spec in model.tables[table].columns.items() if spec.role == "account" and f"{table}.{c}" != key]
    own = model.tables[table].key
    if own is not None and own != column and f"{table}.{own}" not in accounts:
        accounts.append(f"{table}.{own}")
    things = "orders" if "order" in model.entities else "rows"
    text = f"Two {things} are the same person's when they lead to the same {column}"
    if not accounts:
        return f"{text}; nothing else (a name, an address) is used to match people."
    other = split(accounts[0])[1]
    there = f" ({context.facts.column(accounts[0]).distinct:,} of them)" if context.facts.has(accounts[0]) else ""
    return f"{text}, even where their {other}{there} differ: one person may have several of those, so {other} is not counted as the person."


def _coverage(context: Context, key: str) -> list[str]:
    """Events whose customer has no record."""
    return [
        f"{say_share(j.coverage)} of the keys in {j.from_} have a record in {split(key)[0]}; a key without one is a customer all the same."
        for j in context.model.joins
        if j.to == key and j.coverage < 1
    ]


def _cancelled_orders(context: Context, table: str) -> str:
    act = main_activity(context.model)
    lines = [t for t in (table, act.table if act else table) if context.model.tables[t].cancelled is not None]
    return returns_text(context, lines[0]) if lines else ""


def _cancelled_in(context: Context, table: str, metric: Metric) -> str:
    """Returns, in a metric of money."""
    test = full_test(context.model, table, context.model.tables[table].cancelled)
    if test is None or test == full_test(context.model, table, metric.excludes):
        return ""
    return returns_text(context, table)


def returns_text(context: Context, table: str) -> str:
    """How cancellations and returns in a table are told, and how they count. Empty where the table marks none."""
    model = context.model
    test = full_test(model, table, model.tables[table].cancelled)
    if test is None:
        return ""
    act = main_activity(model)
    found = _returned(context, table, test, act if act is not None and act.table == table else None)
    text = f"Rows of {table} where {say_exact(test)} are cancellations or returns: {counted(found['rows'], 'row')}"
    if found.get("orders"):
        text += f" in {counted(found['orders'], 'order')}"
    if found.get("money") is None:
        return f"{text}. They are counted in the number of orders, but are no purchase for RFM or churn risk."
    worth = say_money(round(found["money"], 2), model.currency)
    if act is not None and act.excludes == test:
        return f"{text}. They don't count for {act.metric}."
    sign = "with negative money" if found["money"] < 0 else "with the amount that they carry"
    return (
        f"{text}. They are in the number of orders (distinct order ids), and in {act.metric if act else 'the money'} {sign} ({worth}), so "
        f"{act.metric if act else 'it'} is net of them. They are no order for RFM frequency, and no purchase for churn risk."
    )


def _returned(context: Context, table: str, test: Test, act: Activity | None) -> dict:
    refs = [test.column, *(r for r in (act.order, act.money) if r)] if act is not None else [test.column]
    base = rows(context, table, refs)
    base = base.filter(passes(base[test.column], test))
    wanted = {"rows": base.count()}
    if act is not None and act.order:
        wanted["orders"] = base[act.order].nunique()
    if act is not None and act.money:
        wanted["money"] = base[act.money].sum()
    return fetch(context, base.aggregate(**wanted))[0]


def _returns_if(context: Context, wanted: str) -> list[Entry]:
    if wanted not in RETURNS:
        return []
    told = [returns_text(context, t) for t in context.model.tables]
    act = main_activity(context.model)
    if act is not None and act.excludes is not None:
        metric = context.model.metrics[act.metric or ""]
        told.append(f"For {act.metric}: {_excluded(context, metric, act.table)}")
    text = " ".join(filter(None, told))
    return [Entry("convention", "returns", text or "The data marks no cancellations or returns: every row counts as it is.")]


def label_text(context: Context, name: str) -> str:
    """What a label means and how many it holds of."""
    label: Label = context.model.labels[name]
    of = label.of
    what = say_exact(label.test) if label.test is not None else f"having a row in {label.event}"
    left = left_table(context, name, of)
    found = fetch(context, left.aggregate(n=left.count(), left=left.left.sum()))[0]
    yes = found["left"] or 0
    share = f" ({say_share(yes / found['n'])})" if found["n"] else ""
    text = f"{capital(words(name))} means {what}: {yes:,} of {counted(found['n'], of)}{share}."
    others = [n for n, other in context.model.labels.items() if other.kind == label.kind == "churn" and n != name]
    return text + (f" The data has another label of leaving: {joined([words(o) for o in others])}." if others else "")


def no_label_text(context: Context) -> str:
    """What leaving means where the data doesn't say."""
    act = main_activity(context.model)
    if act is None:
        return "The data has no label for leaving and no dates, so nobody can be called churned."
    horizon, gap = own_rhythm(context, act)
    return (
        f"The data has no label that says who left. Churn risk is the probability of no {act.noun} in the next {horizon} days "
        f"({why_so_long(act, horizon, gap)}); a lapsed customer is one with none in the time that the question names."
    )


def column_text(context: Context, ref: str) -> str:
    """What a column holds. The values of columns that may identify someone are not listed."""
    spec = context.model.column(ref)
    table, column = split(ref)
    plain = context.model.plain(ref)
    called = f", called {plain}" if words(column) != plain else ""
    if not context.facts.has(ref):
        made = f", worked out of {joined(spec.derived.inputs())}" if spec.derived else ""
        return f"{column} is a column of {table}{called}: {spec.type}{made}."
    facts = context.facts.column(ref)
    empty = f"{facts.missing:,} of {facts.rows:,} rows empty"
    text = f"{column} is a column of {table}{called}: {spec.type}, {counted(facts.distinct, 'different value')}, {empty}."
    if spec.role in ("key", "customer", "account", "name", "contact", "text") or spec.class_ in ("identifier", "free_text"):
        return text
    if spec.type in ("integer", "number", "date", "timestamp") and facts.minimum is not None:
        return f"{text} It runs from {facts.minimum} to {facts.maximum}."
    if facts.top:
        text += f" Commonest: {joined([f'{v} ({n:,})' for v, n in facts.top[:5]])}."
    return text


def table_text(context: Context, table: str) -> str:
    """What a table holds."""
    spec = context.model.tables[table]
    what = {"customers": "one row for each customer", "events": f"events ({spec.subject})", "lookup": "what others refer to"}
    read = f", read from {spec.source}" if spec.source else ""
    return f"{table} holds {what[spec.kind]}: {context.facts.tables.get(table, 0):,} rows and {len(spec.columns)} columns{read}."


# --- segments and conventions -----------------------------------------------------------------------------------------

SCORES = (
    "Scores run from 1 to 5: 1 + the number of quintile cut-points strictly below the value (recency: of the days since the last "
    "order, turned round), over customers with at least one order. A cancellation is no order; the money is net of returns."
)


def _of_segments(wanted: str) -> list[Entry]:
    if wanted in ("rfm", "rfm segment", "rfm segments", "rfm score", "rfm scores", "recency frequency monetary"):
        return [Entry("scheme", "rfm", f"RFM splits customers by recency, frequency and money. {SCORES} The first of {len(NAMES)} named "
                      f"segments whose ranges fit is the customer's; who fits none is in {OTHERS}.")]  # fmt: skip
    return [Entry("segment", n.name, segment_text(n)) for n in NAMES if wanted.replace("'", "") == n.name.lower().replace("'", "")]


def segment_text(named: Named) -> str:
    """An RFM segment's ranges in words."""
    ranges = (("recency", named.recency), ("frequency", named.frequency), ("monetary", named.monetary))
    said = [f"{name} score {low}" if low == high else f"{name} score {low} to {high}" for name, (low, high) in ranges]
    earlier = NAMES[: NAMES.index(named)]
    unless = f", and who are in none of {joined([n.name for n in earlier], 'or')}" if earlier else ""
    return f"{named.name} are customers with {joined(said)}{unless}. {SCORES}"


def _of_conventions(context: Context, wanted: str) -> list[Entry]:
    return [Entry("convention", c.words[0], c.text) for c in CONVENTIONS if _same(wanted, [_normal(w) for w in c.words])]
