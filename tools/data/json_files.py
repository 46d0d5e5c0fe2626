"""JSON (a list of records, or an object that holds such lists) and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from segue.tools.data.encoding import as_utf8
from segue.tools.data.staging import RowSink, Stage, Staged, as_text
from segue.tools.errors import DataError

LARGEST = 400_000_000
"""Bytes of a JSON document that is held in memory whole. JSON Lines have no such limit."""

Numbered = tuple[int, dict[str, Any]]


def read_json(path: Path, stage: Stage, shown: str) -> list[Staged]:
    """Stages a JSON or JSON Lines file. DataError naming the line where it doesn't parse or holds no records."""
    stage.progress(f"Reading {shown}", None)
    text = as_utf8(path, stage.new_file(".json"), shown)
    if _is_lines(text.path):
        staged = [_json_lines(text.path, stage, path.stem, shown)]
    else:
        staged = [_table(stage, rows, name, source) for name, source, rows in _documents(text.path, path.stem, shown)]
    for one in staged:
        one.notes[:0] = text.notes
    return staged


def _is_lines(path: Path) -> bool:
    """Whether the first line is a whole JSON object of its own with more after it."""
    with path.open(encoding="utf-8", errors="replace") as file:
        lines = (line for line in file if line.strip())
        first, second = next(lines, ""), next(lines, "")
    if not first.lstrip().startswith("{"):
        return False
    if not second:
        return path.suffix.lower() in (".jsonl", ".ndjson") and _parsed(first) is not None
    return _parsed(first) is not None or (second.lstrip().startswith("{") and first.rstrip().endswith("}"))


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _json_lines(path: Path, stage: Stage, name: str, shown: str) -> Staged:
    """Two passes: the columns first, then the rows, so that no file is held in memory."""
    headers: dict[str, None] = {}
    for _, record in _records(path):
        if record is not None:
            headers.update(dict.fromkeys(_flat(record)))
    if not headers:
        raise DataError(f"{shown} holds no record.", "Give one JSON object a line.")
    sink = RowSink(stage, len(headers))
    staged = Staged(name, shown, sink.relation, list(headers), 0)
    for line, record in _records(path):
        staged.rows_read += 1
        if record is None:
            staged.losses.add("no JSON object", line)
        else:
            _add(sink, line, _flat(record), headers, staged)
    sink.flush()
    return staged


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _parsed(line)


def _documents(path: Path, name: str, shown: str) -> Iterator[tuple[str, str, list[Any]]]:
    """(table's name, its source, its records) for each list of records in the document."""
    if path.stat().st_size > LARGEST:
        raise DataError(
            f"{shown} is a JSON document of more than {LARGEST // 1_000_000} MB.",
            "Write it as JSON Lines, one object a line.",
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except ValueError as error:
        where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DataError(f"{shown} is no JSON: it breaks off{where}.", "Export it again.") from error
    except RecursionError as error:
        raise DataError(f"{shown} is nested too deeply.", "Give a list of flat records.") from error
    lists = _lists(document)
    if not lists:
        raise DataError(
            f"{shown} holds no list of records.", 'Give a list such as [{"customer": 1, "spent": 20}, ...].'
        )
    for key, rows in lists.items():
        only = len(lists) == 1
        yield (name if only else key, shown if only else f"{shown}, {key}", rows)


def _lists(document: Any) -> dict[str, list[Any]]:
    if isinstance(document, list):
        return {"": document} if any(isinstance(r, dict) for r in document) else {}
    if not isinstance(document, dict):
        return {}
    found = {k: v for k, v in document.items() if isinstance(v, list) and any(isinstance(r, dict) for r in v)}
    if not found and document and all(isinstance(v, dict) for v in document.values()):
        return {"": [{"key": k} | v for k, v in document.items()]}
    return found or (
        {"": [document]} if document and not any(isinstance(v, (dict, list)) for v in document.values()) else {}
    )


def _table(stage: Stage, rows: list[Any], name: str, source: str) -> Staged:
    flat = [_flat(r) if isinstance(r, dict) else None for r in rows]
    headers = dict.fromkeys(key for r in flat if r is not None for key in r)
    if not headers:
        raise DataError(f"{source} holds only empty records.", "Export it again.")
    sink = RowSink(stage, len(headers))
    staged = Staged(name, source, sink.relation, list(headers), len(rows))
    for number, record in enumerate(flat, 1):
        if record is None:
            staged.losses.add("no JSON object", number)
        else:
            _add(sink, number, record, headers, staged)
    sink.flush()
    return staged


def _add(sink: RowSink, line: int, record: dict[str, Any], headers: Iterable[str], staged: Staged) -> None:
    if all(v is None for v in record.values()):
        staged.losses.add("blank", line)
    else:
        sink.add(line, [_cell(record.get(h)) for h in headers])


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Records within the record become columns: {"address": {"city": ...}} -> address_city."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value:
            flat.update(_flat(value, f"{prefix}{key}_"))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _cell(value: Any) -> str | None:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False) if value else None
    return as_text(value)
