"""Brings `segue.yaml` up to new data and keeps what a person wrote: their values, their order, their comments.

New tables and columns are added as inferred. What is gone from the data is made a comment, and what rested on it is taken from the
new inference where that has it under the same name, else made a comment too. The data decides types and the coverage of joins; all
else that the file says stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from segue.tools.errors import DefinitionError
from segue.tools.semantic.check import Path, Problem, problems
from segue.tools.semantic.modelfile import UNSURE, column_line, flow, load_text, parse, scalar, table_lines
from segue.tools.semantic.schema import Model, split
from segue.tools.semantic.yamltext import Text

CHANGED = "# Changed by the last refresh:"
GONE = "gone from the data"


@dataclass
class _News:
    """What the data has that the file hasn't, and the other way round. Columns are references."""

    tables: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    lost_tables: list[str] = field(default_factory=list)
    lost_columns: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)

    def fresh(self, ref: str) -> bool:
        """Whether a reference is to something new."""
        return ref in self.columns or split(ref)[0] in self.tables


def merge(text: str, model: Model, unsure: list[str], file: str = "segue.yaml") -> str:
    """The file's text for the data that `model` was inferred from. The same text where nothing changed.

    DefinitionError where the text is no model file, or the customer's key is gone and nothing takes its place.
    """
    old = load_text(text, file)
    news = _compare(old, model)
    edited = Text(text)
    _take_away(edited, news)
    _renew(edited, old, model, news)
    _add(edited, old, model, news)
    if not edited.touched:
        return text
    merged, removed = _mended(edited.done(), model, file)
    merged = _with_notes(merged, news, removed, unsure)
    load_text(merged, file)
    return merged


def _compare(old: Model, new: Model) -> _News:
    news = _News()
    news.tables = [t for t in new.tables if t not in old.tables]
    news.lost_tables = [t for t in old.tables if t not in new.tables]
    for name, table in old.tables.items():
        if name not in new.tables:
            continue
        now = new.tables[name].columns
        stored = {c for c, spec in table.columns.items() if spec.derived is None}
        news.lost_columns += [
            f"{name}.{c}" for c in table.columns if c in stored and (c not in now or now[c].derived is not None)
        ]
        added = [c for c, spec in now.items() if c not in table.columns and spec.derived is None]
        news.columns += [f"{name}.{c}" for c in added]
        news.types += [
            f"{name}.{c}"
            for c in stored
            if c in now and now[c].derived is None and now[c].type != table.columns[c].type
        ]
    for name, table in new.tables.items():  # a derived column is new where something it is made of is
        for column, spec in table.columns.items():
            known = name not in old.tables or column in old.tables[name].columns
            if (
                spec.derived
                and not known
                and any(news.fresh(s if s in _refs(new) else f"{name}.{s}") for s in spec.derived.inputs())
            ):
                news.columns.append(f"{name}.{column}")
    return news


def _refs(model: Model) -> set[str]:
    return {f"{t}.{c}" for t, spec in model.tables.items() for c in spec.columns}


# --- the edits ----------------------------------------------------------------------------------------------------------


def _take_away(text: Text, news: _News) -> None:
    for table in news.lost_tables:
        text.comment_out(("tables", table), GONE)
    for ref in news.lost_columns:
        table, column = split(ref)
        text.comment_out(("tables", table, "columns", column), GONE)


def _renew(text: Text, old: Model, new: Model, news: _News) -> None:
    """Types, and the measured coverage of joins."""
    for ref in news.types:
        table, column = split(ref)
        text.replace(("tables", table, "columns", column, "type"), new.column(ref).type)
    measured = {(j.from_, j.to): j for j in new.joins}
    for number, join in enumerate(old.joins):
        now = measured.get((join.from_, join.to))
        if now is not None and now.coverage != join.coverage and text.has(("joins", number, "coverage")):
            text.replace(("joins", number, "coverage"), scalar(now.coverage))


def _add(text: Text, old: Model, new: Model, news: _News) -> None:
    """What is new, and the entities, joins, metrics and labels that rest on it."""
    text.append(("tables",), [_unindented(table_lines(t, new.tables[t])) for t in news.tables], 2)
    for table in old.tables:
        fresh = [r for r in news.columns if split(r)[0] == table]
        lines = [column_line(split(r)[1], new.column(r)).strip() for r in fresh]
        text.append(("tables", table, "columns"), lines, 6)
    joins = [j for j in new.joins if news.fresh(j.from_) or news.fresh(j.to)]
    text.append(("joins",), [f"- {flow(j)}" for j in joins], 2)
    for section in ("entities", "metrics", "labels"):
        before, after = getattr(old, section), getattr(new, section)
        wanted = {n: e for n, e in after.items() if n not in before and any(news.fresh(r) for r in _rests_on(new, e))}
        text.append((section,), [f"{scalar(n)}: {flow(e)}" for n, e in wanted.items()], 2)


def _unindented(lines: Iterable[str]) -> str:
    return "\n".join(line.removeprefix("  ") for line in lines)


def _rests_on(model: Model, entry: Any, depth: int = 0) -> list[str]:
    """The columns that an entity, a metric or a label names, through metrics and labels too; a table stands for its first column."""
    refs = [r for r in (getattr(entry, "key", None), getattr(entry, "of", None)) if r and "." in r]
    test = getattr(entry, "test", None)
    if test is not None:
        refs.append(test.column)
    for table in (getattr(entry, "event", None), getattr(entry, "count", None)):
        if table in model.tables:
            refs.append(f"{table}.")
        elif table in model.entities:
            refs.append(model.entities[table].key)
    if depth < 3:
        for name in [*(getattr(entry, "ratio", None) or []), getattr(entry, "rate", None)]:
            part = model.metrics.get(name or "") or model.labels.get(name or "")
            refs += _rests_on(model, part, depth + 1) if part is not None and part is not entry else []
    return refs


# --- what rested on what is gone ----------------------------------------------------------------------------------------


def _mended(text: str, new: Model, file: str) -> tuple[str, list[str]]:
    """The text once nothing in it names what is gone, and what was taken out or replaced."""
    said: list[str] = []
    for _ in range(20):
        broken = _broken(text, file)
        if not broken:
            return text, said
        edits = Text(text)
        said += [_mend(edits, path, new) for path in dict.fromkeys(_entry(p.path) for p in broken)]
        text = edits.done()
    raise DefinitionError(
        f"{file} can't be brought up to the new data: {broken[0].key} {broken[0].message}", "Correct it by hand."
    )


def _broken(text: str, file: str) -> list[Problem]:
    return problems(parse(text, file))


def _entry(path: Path) -> Path:
    """The smallest part of the file that can be taken out whole."""
    if path[0] in ("clock", "main_scheme"):
        return path[:1]
    if path[0] == "tables":
        return path[:4] if len(path) > 3 and path[2] == "columns" else path[:3]
    return path[:2]


def _mend(text: Text, path: Path, new: Model) -> str:
    """Replaces an entry by the new inference's of that name, or makes it a comment; says which."""
    name = Problem(path, "").key
    instead = _instead(path, new)
    if instead is not None and text.has(path):
        text.replace(path, flow(instead))
        return f"{name} rested on what is gone; it is now {flow(instead)}"
    if path == ("entities", "customer") or path == ("entities",):
        raise DefinitionError(
            "The customer's key is gone from the data.",
            "Name another under entities.customer in segue.yaml, or start anew.",
        )
    text.comment_out(path, "rested on what is gone")
    return f"{name} rested on what is gone, and is a comment now"


def _instead(path: Path, new: Model) -> Any:
    """The new inference's entry at a path; None where it has none (a person's own)."""
    here: Any = new
    for part in path:
        if isinstance(part, int):
            return None
        here = here.get(part) if isinstance(here, dict) else getattr(here, part, None)
        if here is None:
            return None
    return here


# --- notes --------------------------------------------------------------------------------------------------------------


def _with_notes(text: str, news: _News, removed: list[str], unsure: list[str]) -> str:
    """The text with what changed, and what Segue is unsure of about the new, in the comments that open it."""
    lines = text.split("\n")
    top = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    head = _without_old_notes(lines[:top])
    fresh = [u for u in unsure if any(t in u for t in [*news.tables, *news.columns]) and f"#   - {u}" not in head]
    if fresh:
        head = _into_unsure(head, fresh)
    changes = [*_changes(news), *removed]
    if changes:
        head += ["#", CHANGED, *(f"#   - {c}" for c in changes)]
    return "\n".join([*head, *lines[top:]])


def _without_old_notes(head: list[str]) -> list[str]:
    if CHANGED not in head:
        return head
    start = head.index(CHANGED)
    end = start + 1
    while end < len(head) and head[end].startswith("#   - "):
        end += 1
    before = start - 1 if start and head[start - 1] == "#" else start
    return [*head[:before], *head[end:]]


def _into_unsure(head: list[str], fresh: list[str]) -> list[str]:
    listed = [f"#   - {u}" for u in fresh]
    if UNSURE not in head:
        return [*head, "#", UNSURE, *listed]
    end = head.index(UNSURE) + 1
    while end < len(head) and head[end].startswith("#   "):
        end += 1
    return [*head[:end], *listed, *head[end:]]


def _changes(news: _News) -> list[str]:
    said = (
        ("new tables", news.tables),
        ("new columns", news.columns),
        ("tables gone from the data", news.lost_tables),
        ("columns gone from the data", news.lost_columns),
        ("columns of another type now", news.types),
    )
    return [f"{what}: {', '.join(names)}" for what, names in said if names]
