"""Reads and writes `segue.yaml`. The file is written for people: commented, ordered, a column a line.

A refresh edits the text and keeps what a person wrote (refresh.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from segue.tools.errors import DefinitionError, did_you_mean
from segue.tools.semantic.check import Problem, problems
from segue.tools.semantic.schema import ColumnSpec, Derived, Entity, Join, Label, Metric, Model, TableSpec, Test

HEADER = (
    "# What the tables, columns and words of this workspace mean. It is yours to edit; `segue check` looks it over,\n"
    "# and `segue refresh` keeps your edits and comments.\n"
)
UNSURE = "# Segue was unsure of:"
REMEMBERED = Path(".segue") / "model.json"
"""Beside the file: its text's fingerprint and what the YAML reader made of it (which takes seconds where tables are wide)."""
MEND = "Correct it, then run `segue check`."


# --- reading ------------------------------------------------------------------------------------------------------------


def load(path: Path) -> Model:
    """The model in the file. DefinitionError names file, line, key and the nearest valid name."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionError(f"There is no model file {path}.", "Run `segue init` to make one.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path.name} can't be read: {error}.", "Save it as UTF-8 text.") from error
    remembered = path.parent / REMEMBERED
    return _checked(recall(remembered, text) or _parsed(text, path.name, remembered), text, path.name)


def load_text(text: str, file: str = "segue.yaml") -> Model:
    """The model in a text. Raises as `load` does."""
    return _checked(_parsed(text, file), text, file)


def _checked(parsed: Any, text: str, file: str) -> Model:
    model = _validated(parsed, text, file)
    for problem in problems(model):
        raise error_of(problem, text, file)
    return model


def parse(text: str, file: str = "segue.yaml") -> Model:
    """The model in a text whose names may name nothing. DefinitionError where its shape is wrong."""
    return _validated(_parsed(text, file), text, file)


def _validated(parsed: Any, text: str, file: str) -> Model:
    try:
        return Model.model_validate(parsed)
    except ValidationError as error:
        raise _as_definition_error(error, text, file) from None


def error_of(problem: Problem, text: str, file: str) -> DefinitionError:
    """A problem as an error that names file, line and key."""
    return DefinitionError(
        f"{_where(text, file, problem.path)}: {problem.key} {problem.message}", problem.nearest or MEND
    )


def _parsed(text: str, file: str, remembered: Path | None = None) -> Any:
    """The text as plain data; kept in `remembered`, where that is given, for the next time."""
    plain = _plain(_read_yaml(text, file))
    if remembered is not None:
        remember(remembered, text, plain)
    return plain


def _read_yaml(text: str, file: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe").load(text) or {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError(f"{file}, line {line}: it is no YAML: {error.problem or error.context}.", MEND) from None
    except YAMLError as error:
        raise DefinitionError(f"{file} is no YAML: {str(error).splitlines()[0]}.", MEND) from None


def recall(place: Path, text: str) -> Any:
    """What the YAML reader made of this very text, if that is remembered; else None."""
    try:
        kept = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept.get("parsed") if isinstance(kept, dict) and kept.get("text") == _fingerprint(text) else None


def remember(place: Path, text: str, parsed: Any) -> None:
    """Keeps what the YAML reader made of a text, where the workspace's own folder can be written and JSON can say it."""
    if not place.parent.is_dir():
        return
    try:
        kept = json.dumps({"text": _fingerprint(text), "parsed": parsed}, allow_nan=False)
        new = place.with_name(f"{place.name}.{os.getpid()}")
        new.write_text(kept, encoding="utf-8")
        new.replace(place)
    except (OSError, TypeError, ValueError):
        return


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(parsed: Any) -> Any:
    """Keys as text (a column may be called 2011), and an emptied section as one that isn't there."""
    if not isinstance(parsed, dict):
        return parsed
    return {str(k): _plain_value(v) for k, v in parsed.items() if v is not None}


def _plain_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    return [_plain_value(v) for v in value] if isinstance(value, list) else value


def _as_definition_error(error: ValidationError, text: str, file: str) -> DefinitionError:
    first = min(error.errors(), key=lambda e: (e["type"] == "missing", -len(e["loc"])))
    path = tuple(p for p in first["loc"] if p != "[key]")
    key = Problem(path, "").key or "it"
    where = _where(text, file, path)
    if first["type"] == "extra_forbidden":
        near = did_you_mean(str(path[-1]), _fields(path[:-1]))
        return DefinitionError(
            f"{where}: {key} is no key that the file knows.", near or f"It knows here: {', '.join(_fields(path[:-1]))}."
        )
    if first["type"] == "literal_error":
        known = re.findall(r"'([^']*)'", first.get("ctx", {}).get("expected", ""))
        near = did_you_mean(str(first["input"]), known)
        return DefinitionError(
            f"{where}: {key} can't be {first['input']!r}.", near or f"It can be: {', '.join(known)}."
        )
    if first["type"] == "missing":
        return DefinitionError(f"{where}: {key} is missing.", MEND)
    message = first["msg"].removeprefix("Value error, ")
    return DefinitionError(f"{where}: {key}: {message[:1].lower()}{message[1:]}.", MEND)


_INSIDE: tuple[tuple[tuple[str, ...], type[BaseModel]], ...] = (
    ((), Model), (("entities", "*"), Entity), (("metrics", "*"), Metric), (("labels", "*"), Label), (("joins", "*"), Join),
    (("tables", "*"), TableSpec), (("tables", "*", "columns", "*"), ColumnSpec), (("tables", "*", "columns", "*", "derived"), Derived),
)  # fmt: skip


def _fields(path: tuple[Any, ...]) -> list[str]:
    """The keys that the file knows at a place."""
    for pattern, kind in _INSIDE:
        if len(pattern) == len(path) and all(p in ("*", str(q)) for p, q in zip(pattern, path, strict=True)):
            return names_of(kind)
    return names_of(Test)


def names_of(kind: type[BaseModel]) -> list[str]:
    """The keys of a part of the file, as written there."""
    return [f.alias or n for n, f in kind.model_fields.items()]


def _where(text: str, file: str, path: tuple[Any, ...]) -> str:
    line = line_of(text, path)
    return f"{file}, line {line}" if line else file


def line_of(text: str, path: tuple[Any, ...]) -> int | None:
    """The line (from 1) of the deepest part of a path that is in the text."""
    from ruamel.yaml import YAML

    node = YAML(typ="safe", pure=True).compose(text)
    line = None
    for part in path:
        found = (
            next(((k, v) for k, v in children(node) if k.value == str(part)), None)
            if not isinstance(part, int)
            else _item(node, part)
        )
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def children(node: Any) -> list[tuple[Any, Any]]:
    """The (key, value) nodes of a mapping node; [] for any other."""
    return list(node.value) if node is not None and node.id == "mapping" else []


def _item(node: Any, number: int) -> tuple[Any, Any] | None:
    if node is None or node.id != "sequence" or number >= len(node.value):
        return None
    return node.value[number], node.value[number]


# --- writing ------------------------------------------------------------------------------------------------------------


def write(path: Path, model: Model, unsure: list[str]) -> None:
    """Writes the model, atomically, with what Segue was unsure of at the top."""
    new = path.with_name(path.name + ".new")
    new.write_text(text_of(model, unsure), encoding="utf-8")
    new.replace(path)


def text_of(model: Model, unsure: list[str]) -> str:
    """The model file's text. `load_text` of it gives the same model."""
    return "\n".join(_lines(model, unsure)) + "\n"


def _lines(model: Model, unsure: list[str]) -> Iterator[str]:
    yield HEADER.rstrip()
    yield from unsure_lines(unsure)
    yield f"version: {model.version}"
    for key in ("name", "currency", "clock", "main_scheme"):
        if (value := getattr(model, key)) is not None:
            yield f"{key}: {scalar(value)}" + COMMENTS.get(key, "")
    yield from _section("entities", "what is counted, by which key", model.entities)
    yield from _section("metrics", "named figures", model.metrics)
    yield from _section("labels", "outcomes that the data states", model.labels)
    if model.joins:
        yield from ("", "# many rows lead to one; coverage is the share that finds it", "joins:")
        yield from (f"  - {flow(join)}" for join in model.joins)
    yield from ("", "tables:")
    for name, table in model.tables.items():
        yield from table_lines(name, table)


COMMENTS = {
    "clock": '  # "now" is the last day in it',
    "main_scheme": '  # what "which segment" means',
}


def unsure_lines(unsure: list[str]) -> Iterator[str]:
    """The comment that lists what Segue was unsure of."""
    if unsure:
        yield "#"
        yield UNSURE
        for text in unsure:
            yield "#   - " + comment(text)


def comment(text: str) -> str:
    """A text as it can stand in a comment: on one line, without characters that YAML refuses."""
    return " ".join("".join(ch if ch in '"\\' or ch.isspace() else _escaped(ch) for ch in text).split())


def _section(name: str, comment: str, entries: Mapping[str, BaseModel]) -> Iterator[str]:
    if entries:
        yield from ("", f"# {comment}", f"{name}:")
        yield from (f"  {scalar(key)}: {flow(entry)}" for key, entry in entries.items())


def table_lines(name: str, table: TableSpec) -> Iterator[str]:
    """A table's lines: what it is, then a line a column."""
    yield f"  {scalar(name)}:"
    for field in ("source", "kind", "subject", "key", "time", "cancelled", "engaged", "label", "called"):
        value = getattr(table, field)
        if value not in (None, [], "other"):
            yield f"    {field}: {flow(value)}"
    yield "    columns:" if table.columns else "    columns: {}"
    for column, spec in table.columns.items():
        yield column_line(column, spec)


def column_line(name: str, spec: ColumnSpec) -> str:
    """A column's one line."""
    return f"      {scalar(name)}: {flow(spec)}"


def flow(value: Any) -> str:
    """A value in YAML's one-line style, what is default left out (a column's class is always said)."""
    if isinstance(value, BaseModel):
        return "{" + ", ".join(f"{k}: {flow(v)}" for k, v in _given(value)) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return scalar(value)


def _given(part: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        always = name in ("class_", "coverage")
        if always or field.is_required() or value != field.get_default(call_default_factory=True):
            yield field.alias or name, value


_BARE = re.compile(r"[A-Za-z_](?:[\w./&-]|(?<=[\w.]) (?=[\w]))*", re.ASCII)
_RESERVED = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


def scalar(value: Any) -> str:
    """A text, number or truth in YAML: bare where no one can misread it, else in double quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _BARE.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return '"' + "".join(_escaped(ch) for ch in text) + '"'


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[str(value)]
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def _escaped(ch: str) -> str:
    if ch in _ESCAPES:
        return _ESCAPES[ch]
    code = ord(ch)
    printable = (
        0x20 <= code < 0x7F
        or (0xA0 <= code < 0xD800 and code not in (0x2028, 0x2029))
        or 0xE000 <= code < 0xFEFF
        or 0xFF00 <= code < 0xFFFE
        or code > 0xFFFF
    )
    return ch if printable else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
