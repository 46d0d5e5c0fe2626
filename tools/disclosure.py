"""What of a Result a provider's chat model may see: the schema and aggregates, never rows about people.

Keys, and the values of columns that are not classed safe, are replaced by placeholders ("customer#1"). The same object puts the
keys back, in a chat model's tool arguments and, after the grounding check, in its reply.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from segue.tools.errors import SegueError
from segue.tools.query.plan import Group, Query
from segue.tools.results import Cell, Result
from segue.tools.semantic.schema import Model, split

if TYPE_CHECKING:
    from segue.tools.data.facts import Facts

MEMBER_LISTS = frozenset({"find_customers"})
"""Tools whose rows are people: a provider gets the count and the definition."""

_COARSE = {"year", "quarter", "month", "week", "weekday", "month_of_year", "hour_of_day"}
_PLACEHOLDER = re.compile(r"\b[a-z][a-z_]*#\d+\b")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


class Placeholders:
    """Placeholder <-> hidden value, for one conversation. Safe to use from several threads."""

    def __init__(self, known: Mapping[str, Cell] | None = None) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, Cell] = dict(known or {})
        self._names: dict[tuple[str, Cell], str] = {(n.split("#")[0], v): n for n, v in self._values.items()}
        self._by_text: dict[str, str] = {str(v): n for n, v in self._values.items()}

    def hide(self, kind: str, value: Cell) -> str:
        """The placeholder that stands for `value`, a new one where it has none."""
        with self._lock:
            name = self._names.get((kind, value))
            if name is None:
                number = 1 + sum(n.startswith(f"{kind}#") for n in self._values)
                name = self._names[(kind, value)] = f"{kind}#{number}"
                self._values[name] = value
                self._by_text[str(value)] = name
            return name

    def known(self) -> dict[str, Cell]:
        """Every placeholder with its value: what a conversation keeps."""
        with self._lock:
            return dict(self._values)

    def unknown_in(self, text: str) -> list[str]:
        """Placeholders in the text that stand for nothing."""
        return [name for name in _PLACEHOLDER.findall(text) if name not in self._values]

    def put_back(self, text: str) -> str:
        """The text with every placeholder's value in its place."""
        return _PLACEHOLDER.sub(lambda m: str(self._values.get(m[0], m[0])), text)

    def real(self, arguments: Any) -> Any:
        """JSON-plain arguments with every string that is a placeholder replaced by its value."""
        if isinstance(arguments, dict):
            return {key: self.real(value) for key, value in arguments.items()}
        if isinstance(arguments, list):
            return [self.real(value) for value in arguments]
        return self._values.get(arguments, arguments) if isinstance(arguments, str) else arguments

    def of(self, value: Cell) -> str | None:
        """The placeholder that stands for a value; None where none does."""
        return self._by_text.get(str(value))

    def marks(self) -> list[tuple[str, str]]:
        """(value, placeholder) of every value of three characters or more, the longest first."""
        return sorted(((v, p) for v, p in self._by_text.items() if len(v) > 2), key=lambda pair: -len(pair[0]))


def _known_masked(text: str, placeholders: Placeholders) -> str:
    """The text with every value that has a placeholder as that: a tool asked by placeholder must not say the key back."""
    for real, mark in placeholders.marks():
        text = re.sub(rf"(?<!\w){re.escape(real)}(?!\w)", mark, text)
    return text


def without_placeholders(text: str) -> str:
    """The text with its placeholders blanked, every other character in its place."""
    return _PLACEHOLDER.sub(lambda m: "\x00" * len(m[0]), text)


def told(result: Result, model: Model, placeholders: Placeholders, max_rows: int = 50) -> str:
    """The Result as compact JSON for a provider's chat model, at most `max_rows` rows, hidden values as placeholders."""
    hidden = {} if result.tool in MEMBER_LISTS else hidden_columns(result, model)
    rows = [] if result.tool in MEMBER_LISTS else _rows(result, model, hidden, placeholders, max_rows)
    said: dict[str, Any] = {
        "tool": result.tool,
        "reading": _known_masked(result.reading, placeholders),
        "columns": [{"name": c.name, "unit": c.unit} for c in result.columns] if rows else [],
        "rows": rows,
        "row_count": result.row_count,
        "rows_shown": len(rows),
        "headline": None if _tells_one(result, model) else _headline(result, hidden, placeholders),
        "summary": None if hidden or result.tool in MEMBER_LISTS or _speaks_of(result, result.summary, model) else _known_masked(result.summary, placeholders),
        "assumptions": [_scrubbed(text, result, hidden) for text in result.assumptions],
        "caveats": [_scrubbed(text, result, hidden) for text in result.caveats],
        "as_of": result.as_of,
        "segment": _segment(result),
    }
    kept = {key: value for key, value in said.items() if value not in (None, "", (), [])}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), default=str)


def hidden_columns(result: Result, model: Model) -> dict[int, str]:
    """Positions of the columns that a provider may not see, each with the word its placeholders begin with."""
    hidden = {i: _kind(column.name) for i, column in enumerate(result.columns) if column.key}
    if result.tool == "describe":
        return hidden | {i: "value" for i in _texts(result) if _describes_private(result, model)}
    plan = _query_of(result)
    if plan is None:
        return hidden | {i: _kind(split(ref)[1]) for ref in _private_schemes(result, model) for i in _texts(result)}
    if not plan.rank_measures:
        for i, group in enumerate(plan.by):
            ref = _hidden_ref(group, model)
            if ref is not None:
                hidden[i] = _entity_of(ref, model)
    measured = [ref for m in plan.measures for ref in _refs(m.model_dump(mode="json"), model) if not _safe(ref, model)]
    if _tells_one(result, model):
        return hidden | dict.fromkeys(range(len(plan.by), len(result.columns)), "value")
    return hidden | {i: "value" for i in _texts(result, "date", "timestamp") if measured and i >= len(plan.by)}


def _tells_one(result: Result, model: Model) -> bool:
    """Whether a measure is one person's own value: the largest, smallest or middle one of a column that is not safe."""
    plan = _query_of(result)
    exact = ("min", "max", "median", "percentile")
    return plan is not None and any(
        getattr(m, "stat", None) in exact and getattr(m, "column", None) is not None and not _safe(str(m.column), model)  # type: ignore[union-attr]
        for m in plan.measures
    )


def _private_schemes(result: Result, model: Model) -> list[str]:
    """The columns that a segment tool's groups are the values of, where they are not safe."""
    if result.tool not in ("segments", "churn_risk"):
        return []
    by_default = [model.main_scheme] if model.main_scheme and "." in model.main_scheme else []
    return [ref for ref in (*_refs(result.arguments, model), *by_default) if not _safe(ref, model)]


def _describes_private(result: Result, model: Model) -> bool:
    """Whether a description is of a column that is not safe, by whatever name it was asked for."""
    name = str(result.arguments.get("name") or "").lower()
    names = {ref: {ref.lower(), split(ref)[1].lower(), model.plain(ref).lower()} for ref in _all_refs(model)}
    asked = [ref for ref, called in names.items() if name in called]
    if result.arguments.get("topic") == "column" and not asked:
        return True  # asked for by a name that only the tool resolves
    return any(not _safe(ref, model) for ref in asked)


def _speaks_of(result: Result, text: str, model: Model) -> bool:
    """Whether a text may tell values of a column that is not safe: it names one. (A description's own rule is _describes_private.)"""
    if result.tool == "describe":
        return False
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.lower()) for name in _private_names(model))


def _private_names(model: Model) -> set[str]:
    """What the columns that are not safe are called, keys apart: a key's own values are marked in the result."""
    private = (ref for ref in _all_refs(model) if not _safe(ref, model) and model.column(ref).class_ != "identifier")
    return {name.lower() for ref in private for name in (ref, model.plain(ref))}


def error_told(error: SegueError, arguments: Any, model: Model, facts: Facts) -> str:
    """An expected error's text for a provider. What it quotes stays where the chat model may know it: its own arguments, names of
    the model file, values of safe columns."""
    known = {s.lower() for s in _strings(arguments)} | {w.lower() for w in _vocabulary(model)}

    def kept(match: re.Match[str]) -> str:
        quoted = match[1] if match[1] is not None else match[2]
        return match[0] if quoted.lower() in known or _is_safe_value(quoted, model, facts) else "(a value of the data)"

    return _QUOTED.sub(kept, str(error))


def _is_safe_value(text: str, model: Model, facts: Facts) -> bool:
    safe = (ref for ref in _all_refs(model) if _safe(ref, model) and model.column(ref).type == "text")
    return any(str(value) == text for ref in safe for value, _ in facts.values(ref))


def _scrubbed(text: str, result: Result, hidden: dict[int, str]) -> str:
    """The text without values of hidden columns that stand in it. Short numbers stay: they may be anything."""
    columns = range(len(result.columns)) if result.tool in MEMBER_LISTS else hidden
    values = {str(row[i]) for row in result.rows for i in columns if row[i] is not None}
    present = [v for v in values if v in text and (len(v) >= 4 or (len(v) > 1 and not v.isdigit()))]
    if not present:
        return text
    longest_first = sorted(present, key=len, reverse=True)
    return re.sub("|".join(rf"(?<!\w){re.escape(v)}(?!\w)" for v in longest_first), "(hidden)", text)


def _rows(result: Result, model: Model, hidden: dict[int, str], names: Placeholders, max_rows: int) -> list[list[Cell]]:
    return [_row(row, result, model, hidden, names) for row in result.rows[:max_rows]]


def _row(row: tuple[Cell, ...], result: Result, model: Model, hidden: dict[int, str], names: Placeholders) -> list[Cell]:
    """A row as it may be seen. One that itself names a private column ("surname | Smith | 12") keeps only that name and its figures."""
    texts = set(_texts(result)) - set(hidden)
    veiled = result.tool not in ("query", "describe") and any(_speaks_of(result, str(row[i]), model) for i in texts)
    known = _private_names(model) if veiled else set()
    hide = set(hidden) | {i for i in texts if veiled and str(row[i]).lower() not in known}
    return [names.hide(hidden.get(i, "value"), c) if i in hide and c is not None else _short(c) for i, c in enumerate(row)]


def _short(cell: Cell) -> Cell:
    """Ten digits say as much as seventeen."""
    return float(f"{cell:.10g}") if isinstance(cell, float) else cell


def _headline(result: Result, hidden: dict[int, str], names: Placeholders) -> dict[str, Any] | None:
    if result.headline is None:
        return None
    label: Cell = result.headline.label
    if result.tool in MEMBER_LISTS:
        label = None
    elif label is not None and hidden:
        owner = next((i for row in result.rows for i in hidden if str(row[i]) == label), min(hidden))
        cell = next((row[owner] for row in result.rows if str(row[owner]) == label), label)
        label = names.hide(hidden[owner], cell)
    return {"label": label, "value": result.headline.value, "unit": result.headline.unit}


def _segment(result: Result) -> dict[str, Any] | None:
    found = result.segment
    return found and {"id": found.id, "name": found.name, "size": found.size, "definition": found.definition}


def _query_of(result: Result) -> Query | None:
    if result.tool != "query":
        return None
    try:
        return Query.model_validate(result.arguments)
    except ValidationError:
        return None


def _hidden_ref(group: Group, model: Model) -> str | None:
    """The column whose values the grouping shows, where a provider may not see them."""
    ref = group.column or (group.scheme if group.scheme and "." in group.scheme else None)
    if ref is None or _safe(ref, model) or group.bands or group.natural or group.part in _COARSE:
        return None
    return ref


def _safe(ref: str, model: Model) -> bool:
    try:
        return model.column(ref).class_ == "safe"
    except KeyError:
        return False


def _entity_of(ref: str, model: Model) -> str:
    owner = next((name for name, e in model.entities.items() if ref in (e.key, e.name)), split(ref)[1])
    return _kind(owner)


def _kind(name: str) -> str:
    return re.sub(r"[^a-z]+", "_", name.lower()).strip("_") or "value"


def _texts(result: Result, *more: str) -> list[int]:
    return [i for i, column in enumerate(result.columns) if column.type in ("text", *more)]


def _all_refs(model: Model) -> Iterator[str]:
    return (f"{table}.{column}" for table, spec in model.tables.items() for column in spec.columns)


def _refs(arguments: Any, model: Model) -> list[str]:
    known = set(_all_refs(model))
    return [text for text in _strings(arguments) if text in known]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for item in value:
            yield from _strings(item)
    elif value is not None:
        yield str(value)


def _vocabulary(model: Model) -> Iterator[str]:
    yield from model.tables
    for ref in _all_refs(model):
        yield from (ref, split(ref)[1])
    for names in (model.metrics, model.labels, model.entities):
        yield from names
