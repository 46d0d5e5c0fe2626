"""What people may call the tables, columns, values and figures of a model. The words are data (thesaurus.yaml).

Everything comes back in lower case, each name once, the most specific first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from segue.tools.semantic.concepts import (
    Concept,
    concepts,
    country_spellings,
    demonyms,
    find_concept,
    flag_words,
    related,
    value_words,
)
from segue.tools.semantic.names import head, plural, singular, tidy
from segue.tools.semantic.schema import ColumnSpec, Metric, Model, split, words
from segue.tools.semantic.words import band_names, country_name, normal, provinces, spoken, unique

if TYPE_CHECKING:
    from segue.tools.data.facts import Facts

_SHORT = {
    "qty": "quantity", "amt": "amount", "num": "number", "no": "number", "avg": "average", "prefered": "preferred", "cat":
    "category", "cust": "customer", "desc": "description", "ct": "count", "cnt": "count", "chng": "change", "dt": "date",
    "hh": "household", "pct": "percent", "yrs": "years", "mon": "months", "tot": "total", "bal": "balance", "acct":
    "account", "lenght": "length", "fromlast": "from last", "trans": "transaction", "txn": "transaction", "prod": "product",
    "addr": "address", "disc": "discount", "cr": "credit", "comp": "composition", "min": "minimum", "max": "maximum",
    "intl": "international", "eve": "evening", "vmail": "voicemail", "freq": "frequency", "req": "request",
}  # fmt: skip
_TAIL = r" (?:desc|description|code|cd|flag|value|name|label|indicator|ind)$"
_TOO_LITTLE = {
    "type",
    "id",
    "value",
    "date",
    "name",
    "number",
    "no",
    "code",
    "time",
    "description",
    "desc",
    "text",
    "flag",
    "level",
    "count",
    "post",
    "first",
    "last",
    "stock",
    "member",
    "user",
}
_GENERAL = {
    "name",
    "type",
    "category",
    "status",
    "date",
    "code",
    "description",
    "title",
    "size",
    "kind",
    "channel",
    "state",
    "time",
    "amount",
    "value",
}
_BY_ROLE = {
    "money": ["amount", "spend", "value"], "price": ["price"], "cost": ["cost"], "discount": ["discount"], "fee": ["fee"],
    "quantity": ["quantity", "units"], "score": ["score", "rating"], "time": ["date", "when"], "signup": ["sign-up date", "joined"],
}  # fmt: skip


# --- columns ------------------------------------------------------------------------------------------------------------


def column_names(model: Model, ref: str) -> list[str]:
    """What people may call a column, the most specific first: what the model file says, its own words, then the thesaurus's."""
    table, column = split(ref)
    spec = model.tables[table].columns[column]
    own = [spec.label or "", *spec.called, *_own_words(model, table, column, spec)]
    if is_stored_code(spec):
        return unique(n.lower() for n in own)
    concept = column_concept(model, ref)
    said = _concept_words(concept) if concept else _BY_ROLE.get(spec.role or "", [])
    return unique(n.lower() for n in [*own, *said])


def is_stored_code(spec: ColumnSpec) -> bool:
    """Whether another column says in words what this one says in code (inference labels the code "... as stored")."""
    return spec.label is not None and spec.label.endswith(" as stored")


def column_concept(model: Model, ref: str) -> str | None:
    """The thesaurus's concept of a column (tenure, gender, payment_method), or None."""
    table, column = split(ref)
    spec = model.tables[table].columns[column]
    if spec.role in ("customer", "account", "order", "line") and spec.label is None:
        return None
    here = _by_table(model.tables[table].subject, tidy(column)) if spec.type == "text" and spec.label is None else None
    if here is not None:
        return here
    text = tidy(column) if spec.label is None else f"{spec.label.lower()}"
    return _concept_name(text, _kinds(spec)) or (_concept_name(tidy(column), _kinds(spec)) if spec.label else None)


def _by_table(subject: str, text: str) -> str | None:
    """The concept of a name that says little, by what its table is about: the category of a ticket is no product's."""
    if subject == "support" and text in ("category", "type", "topic", "subject", "area", "reason"):
        return "issue"
    if subject == "cancellations" and text in ("reason", "category", "type"):
        return "churn_reason"
    return "order_status" if text == "status" and subject in ("sales", "payments", "visits") else None


@functools.lru_cache(4096)
def _concept_name(text: str, kinds: frozenset[str]) -> str | None:
    found = find_concept("columns", text, kinds)
    return found.name if found else None


@functools.cache
def _concept_words(name: str) -> list[str]:
    return next(c.names for c in concepts("columns") if c.name == name)


def _kinds(spec: ColumnSpec) -> frozenset[str]:
    """What a concept's tags are compared with: the role, and date, flag, number or text."""
    if spec.role == "flag" or spec.type == "boolean":
        kind = "flag"
    else:
        kind = {"date": "date", "timestamp": "date", "integer": "number", "number": "number"}.get(spec.type, "text")
    return frozenset({kind, spec.role or ""})


def _own_words(model: Model, table: str, column: str, spec: ColumnSpec) -> list[str]:
    """The column's own words, without its table's noun, without an ending such as "desc", abbreviations spelt out."""
    forms = [words(column), tidy(column)]
    nouns = {singular(w) for w in tidy(table).split()} | {"customer", "cust"}
    for form in list(forms):
        parts = form.split()
        if len(parts) > 1 and singular(parts[0]) in nouns and spec.role not in ("customer", "account", "order", "key"):
            forms.append(" ".join(parts[1:]))
    for form in list(forms):
        short = re.sub(_TAIL, "", form)
        if short != form and short not in ("customer", "order"):
            forms.append(short)
        if spec.role in ("reference", "key", "product") and form.endswith((" id", " key", " no", " code", " number")):
            forms.append(form.rsplit(" ", 1)[0])
    forms += [" ".join(_SHORT.get(w, w) for w in form.split()) for form in forms]
    if spec.role == "flag":
        forms += [re.sub(r"^(?:is|has|was|had) ", "", form) for form in forms]
    forms += [turned for form in list(forms) for turned in _turned(form)]
    if words(column) in _GENERAL:
        forms.insert(0, f"{_row_noun(table)} {words(column)}")
    return [f for f in unique(forms) if f not in _TOO_LITTLE or f == words(column)]


def _turned(form: str) -> list[str]:
    """campaign type -> type of campaign, kind of campaign, campaign types."""
    what, _, last = form.rpartition(" ")
    if not what or last not in ("type", "category", "kind", "class", "group", "method", "level", "tier"):
        return []
    kinds = ["type", "kind", "sort"] if last in ("type", "kind", "class", "category") else [last]
    return [*(f"{k} of {what}" for k in kinds), f"{what} {plural(last)}"]


def _row_noun(table: str) -> str:
    """What a row of a table is: store for stores, order for hh_orders."""
    parts = [w for w in tidy(table).split() if w not in ("data", "table", "dim", "fact", "desc", "hh")]
    return " ".join([*parts[:-1], singular(parts[-1])]) if parts else tidy(table)


# --- values -------------------------------------------------------------------------------------------------------------


def value_names(model: Model, facts: Facts, ref: str) -> dict[Any, list[str]]:
    """Stored value -> what people may call it, beside the value itself. Values without other names are left out.

    Of a flag, both sides: {"Yes": [...], "No": [...]} under the values as stored (True and False of a boolean column).
    """
    table, column = split(ref)
    spec = model.tables[table].columns[column]
    if spec.derived is not None or not facts.has(ref):
        return _said(spec, _flag(model, ref, spec, [True, False]) if spec.role == "flag" else {})
    held = [v for v, _ in facts.values(ref)] or [v for v, _ in facts.column(ref).top]
    if spec.role == "flag":
        return _said(spec, _flag(model, ref, spec, held))
    if spec.role in _NAMELESS or spec.class_ == "identifier" or is_stored_code(spec):
        return _said(spec, {})
    if spec.type == "text":
        return _said(spec, _texts(model, ref, spec, [v for v in held if isinstance(v, str)]))
    if (
        spec.type == "integer"
        and spec.role == "category"
        and (kind := re.search(r"(?:^|(.*) )(tier|level|class|type|group|zone|grade|segment|cluster)$", tidy(column)))
    ):
        return _said(spec, {n: _numbered(n, kind[2], kind[1]) for n in held if isinstance(n, int)})
    if spec.type == "integer" and column_concept(model, ref) == "month" and set(held) <= set(range(1, 13)):
        return _said(spec, {n: value_words()["*"][month] for n, month in enumerate(_MONTHS, 1) if n in held})
    return _said(spec, {})


_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _numbered(number: int, kind: str, what: str | None) -> list[str]:
    """1 of a city tier -> tier 1, tier-1, tier one, tier 1 cities."""
    forms = [f"{kind} {number}", f"{kind}-{number}", *([f"{kind} {_NUMBERS[number]}"] if 0 <= number <= 10 else [])]
    return [*forms, *(f"{form} {noun}" for form in forms for noun in ((what, plural(what)) if what else ()))]


_NAMELESS = ("customer", "account", "order", "line", "key", "reference", "contact", "text", "name")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _said(spec: ColumnSpec, names: dict[Any, list[str]]) -> dict[Any, list[str]]:
    """The names with what the model file says in front."""
    out = {v: unique(n.lower() for n in ns) for v, ns in names.items()}
    for value, called in spec.values.items():
        stored = next((v for v in out if str(v) == value), value)
        out[stored] = unique([*(c.lower() for c in called), *out.get(stored, [])])
    return {v: ns for v, ns in out.items() if ns}


def _flag(model: Model, ref: str, spec: ColumnSpec, held: list[Any]) -> dict[Any, list[str]]:
    yes = list(spec.yes) or [v for v in held if v is True or v == 1]
    no = list(spec.no) or [v for v in held if v not in yes]
    concept = column_concept(model, ref) or ""
    said = flag_words().get(concept, ([], []))
    own = [
        n for n in column_names(model, ref)[:4] if not n.startswith(("is ", "has ", "was ")) and not n.endswith(" flag")
    ][:3]
    acts = [n for n in own if n.endswith("ed")]
    things = [n for n in own if n not in acts]
    ayes = [*said[0], *own, *(f"with {n}" for n in things)]
    noes = [
        *said[1],
        *(f"not {n}" for n in acts),
        *(form for n in things for form in (f"no {n}", f"without {n}", f"not {n}")),
    ]
    out: dict[Any, list[str]] = dict.fromkeys(yes, ayes)
    out |= dict.fromkeys(no, noes)
    return out | {v: spoken(v) for v in held if isinstance(v, str) and v not in out}


def _texts(model: Model, ref: str, spec: ColumnSpec, held: list[str]) -> dict[Any, list[str]]:
    concept = column_concept(model, ref)
    tables = [value_words().get(c, {}) for c in _value_concepts(model, ref, spec, concept)]
    placed = _places(spec, concept, held)
    everywhere = value_words()["*"]
    out: dict[Any, list[str]] = {}
    for value in held:
        key = normal(value)
        names = [n for table in tables for n in table.get(key, [])]
        if len(held) <= 60:
            names += everywhere.get(key, [])
        names += placed.get(value, [])
        names += band_names(value) if spec.role in ("band", "category", None) and len(held) <= 60 else []
        out[value] = [*names, *spoken(value, joined=spec.role == "category" and concept in _KINDS)]
    return out if concept in _SPELT_TWICE else _told_apart(out)


_SPELT_TWICE = ("payment_method", "device", "preferred_category", "country", "geography")
"""Concepts in which two stored values may be one thing spelt twice (CC, Credit Card): each keeps the other's name."""


def _told_apart(names: dict[Any, list[str]]) -> dict[Any, list[str]]:
    """The names without those that are another stored value's own: "pro" is no name of Premium where there is a Pro."""
    own = {normal(v): v for v in names}
    return {v: [n for n in ns if own.get(n, v) == v] for v, ns in names.items()}


_KINDS = (None, "category", "subcategory", "department", "preferred_category", "issue", "product")


def _value_concepts(model: Model, ref: str, spec: ColumnSpec, concept: str | None) -> list[str]:
    found = [concept, *related().get(concept, [])] if concept else []
    if spec.role == "channel":
        found.append("channel")
    if spec.role == "status":
        found += (
            ["churn_status", "order_status"]
            if model.tables[split(ref)[0]].kind == "customers"
            else ["order_status", "churn_status"]
        )
    return unique(f for f in found if f)


def _places(spec: ColumnSpec, concept: str | None, held: list[str]) -> dict[str, list[str]]:
    """Countries with their names and people; provinces' codes with their names."""
    if spec.role != "place" and concept not in ("country", "geography", "state", "region"):
        return {}
    if concept in ("country", "geography", None, "region") and len(held) <= 400:
        spellings = country_spellings()
        codes = {v: spellings[normal(v)] for v in held if normal(v) in spellings}
        if codes and (concept in ("country",) or len(codes) >= 0.5 * len(held)):
            return {v: [*demonyms().get(code, []), country_name(code)] for v, code in codes.items()}
    if concept in ("state", "region", "county", None) and len(held) <= 120:
        return {code: [name.lower(), *spoken(name)] for code, name in provinces(held).items()}
    return {}


# --- metrics, entities, tables, labels ----------------------------------------------------------------------------------


def metric_names(model: Model, name: str) -> list[str]:
    """What people may call a metric."""
    metric = model.metrics[name]
    own = [metric.label or "", words(name), *metric.called]
    if metric.count in model.tables and metric.count not in model.entities:
        named = table_names(model, metric.count or "")
        return unique(n.lower() for n in [*own, *named, *(f"number of {n}" for n in named[:4])])
    concept = find_concept("metrics", words(name), frozenset())
    said = concept.names if concept and _whole(concept, words(name)) else []
    return unique(n.lower() for n in [*own, *said, *_of_column(model, metric, bool(said))])


def _whole(concept: Concept, text: str) -> bool:
    return concept.pattern.fullmatch(text) is not None


def _of_column(model: Model, metric: Metric, known: bool) -> list[str]:
    """The names of the column that it sums or averages; of a known metric only where the column says more (donations)."""
    if metric.of is None or (known and model.column(metric.of).derived is not None):
        return []
    names = column_names(model, metric.of)
    if known:
        return names if column_concept(model, metric.of) in ("donation", "premium") else []
    prefix = ["average ", "mean "] if metric.stat == "mean" else ["total ", ""]
    return [f"{p}{n}" for n in names[:6] for p in prefix if not n.startswith(p.strip() or "?")] + (
        names if metric.stat == "mean" else names[6:]
    )


def entity_names(model: Model, name: str) -> list[str]:
    """What people may call an entity, singular and plural."""
    entity = model.entities[name]
    key = tidy(split(entity.key)[1])
    noun = head(key, {c.name for c in concepts("entities")}) or ""
    own = [words(name), entity.plural or plural(words(name)), *entity.called, *(singular(c) for c in entity.called)]
    found = [
        c for c in (find_concept("entities", t, frozenset()) for t in (*entity.called, words(name), noun) if t) if c
    ]
    others = {w for e in model.entities if e != name for w in (words(e), plural(words(e)))}
    said = [n for c in found for n in c.names if n not in others]
    return unique(n.lower() for n in [*own, *said])


def table_names(model: Model, table: str) -> list[str]:
    """What people may call a table or its rows."""
    spec = model.tables[table]
    text = tidy(table)
    last = text.split()[-1] if text else text
    own = [spec.label or "", *spec.called, text, *([singular(text), plural(singular(text))] if last else [])]
    concept = find_concept("tables", text, frozenset()) or next(
        (c for c in concepts("tables") if c.name == spec.subject), None
    )
    return unique(n.lower() for n in [*own, *(concept.names if concept else [])])


def label_names(model: Model, name: str) -> tuple[list[str], list[str]]:
    """(what people call those for whom a label holds, and the others)."""
    label = model.labels[name]
    kind = {"churn": "churn", "response": "responded"}.get(label.kind)
    yes, no = flag_words().get(kind or "", ([], []))
    return unique([words(name), *(c.lower() for c in label.called), *yes]), unique([f"not {words(name)}", *no])


def names_of(section: str) -> Iterable[str]:
    """Every name that a section of the thesaurus lists: what the language may take for a word of the trade."""
    return unique(n for c in concepts(section) for n in c.names)
