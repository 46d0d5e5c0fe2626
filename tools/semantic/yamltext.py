"""Edits a YAML text where it stands: what isn't touched keeps its spelling, its order and its comments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Path = tuple[str | int, ...]


class Text:
    """A YAML text with its nodes, and edits gathered until `done` applies them all.

    Every edit is of the text as it was given: paths and positions don't shift under one another.
    """

    def __init__(self, text: str) -> None:
        from ruamel.yaml import YAML

        self.text = text if text.endswith("\n") or not text else text + "\n"
        self.root: Any = YAML(typ="safe", pure=True).compose(self.text)
        self._lines = self.text.splitlines(keepends=True)
        self._edits: list[tuple[int, int, str]] = []

    # --- finding --------------------------------------------------------------------------------------------------

    def find(self, path: Path) -> tuple[Any, Any, Any] | None:
        """(parent, key node, value node) at a path; of a list's item the key node is the item."""
        parent, key, node = None, None, self.root
        for part in path:
            parent = node
            found = _child(node, part)
            if found is None:
                return None
            key, node = found
        return parent, key, node

    def has(self, path: Path) -> bool:
        """Whether the path is in the text."""
        return self.find(path) is not None

    def count(self, path: Path) -> int:
        """How many entries a mapping or list has."""
        found = self.find(path)
        return len(found[2].value) if found and found[2].id in ("mapping", "sequence") else 0

    # --- editing --------------------------------------------------------------------------------------------------

    def replace(self, path: Path, value: str) -> None:
        """Writes another value, in YAML, in the place of the one at the path."""
        found = self.find(path)
        if found:
            node = found[2]
            self._edits.append((node.start_mark.index, _end(node), value))

    def comment_out(self, path: Path, why: str) -> None:
        """Makes an entry a comment where it stands on lines of its own; cuts it out of a one-line mapping or list."""
        found = self.find(path)
        if found is None:
            return
        parent, key, node = found
        if parent is not None and parent.flow_style:
            self._cut(parent, key, node)
            return
        first, last = key.start_mark.line, self._last_line(node)
        start = sum(map(len, self._lines[:first]))
        block = self._lines[first : last + 1]
        self._edits.append((start, start + sum(map(len, block)), "".join(_commented(block, why))))

    def append(self, path: Path, entries: Iterable[str], indent: int) -> None:
        """Adds entries ("name: {...}" or "- {...}", further lines indented by two from the first's) at the end of the section at a path.

        indent  where a new section's entries stand; those of a section that has some stand as they do
        """
        listed = list(entries)
        if not listed:
            return
        found = self.find(path)
        if found is None:
            self._new_section(path, listed, indent)
            return
        _, key, node = found
        if node.id in ("mapping", "sequence") and node.value and node.flow_style:
            joined = ", ".join(entry.removeprefix("- ") for entry in listed)
            self._edits.append((_end(node) - 1, _end(node) - 1, f", {joined}"))
            return
        if node.id in ("mapping", "sequence") and node.value:
            column, line = _column(node), self._last_line(node)
        else:
            column, line = key.start_mark.column + 2, key.start_mark.line
            if node.id != "scalar" or node.value:
                self._edits.append((node.start_mark.index, _end(node), ""))
        self._insert_after(line, _indented(listed, column))

    def insert_top(self, lines: Iterable[str]) -> None:
        """Puts lines before the first key, after the comments that open the text."""
        line = self.root.start_mark.line if self.root is not None else 0
        self._insert_after(line - 1, [f"{text}\n" for text in lines])

    def drop_lines(self, first: int, last: int) -> None:
        """Takes lines (from 0, both included) out."""
        start = sum(map(len, self._lines[:first]))
        self._edits.append((start, start + sum(map(len, self._lines[first : last + 1])), ""))

    @property
    def touched(self) -> bool:
        """Whether any edit was asked for."""
        return bool(self._edits)

    def done(self) -> str:
        """The text with every edit."""
        out = self.text
        for start, end, new in sorted(self._edits, key=lambda e: (e[0], e[1]), reverse=True):
            out = out[:start] + new + out[end:]
        return out

    # --- inside ---------------------------------------------------------------------------------------------------

    def _cut(self, parent: Any, key: Any, node: Any) -> None:
        """An entry of a one-line mapping with the comma that follows it, else the one before."""
        start, end = key.start_mark.index, _end(node)
        after = len(self.text[end:]) - len(self.text[end:].lstrip())
        if self.text[end + after : end + after + 1] == ",":
            end += after + 1
            end += len(self.text[end:]) - len(self.text[end:].lstrip(" "))
        elif (before := self.text[:start].rstrip()).endswith(",") and parent.start_mark.index < len(before):
            start = len(before) - 1
        self._edits.append((start, end, ""))

    def _insert_after(self, line: int, lines: list[str]) -> None:
        at = sum(map(len, self._lines[: line + 1]))
        self._edits.append((at, at, "".join(lines)))

    def _new_section(self, path: Path, listed: list[str], indent: int) -> None:
        name = str(path[-1])
        self._edits.append((len(self.text), len(self.text), "".join(["\n", f"{name}:\n", *_indented(listed, indent)])))

    def _last_line(self, node: Any) -> int:
        """The line on which a node's own text ends (a block's end mark lies behind the comments that follow)."""
        if node.id == "scalar" or node.flow_style:
            end = _end(node)
            return self.text.count("\n", 0, max(end - 1, node.start_mark.index))
        if not node.value:
            return node.start_mark.line
        last = node.value[-1]
        return self._last_line(last[1] if node.id == "mapping" else last)


def _child(node: Any, part: str | int) -> tuple[Any, Any] | None:
    if node is None:
        return None
    if isinstance(part, int):
        return (node.value[part], node.value[part]) if node.id == "sequence" and part < len(node.value) else None
    if node.id != "mapping":
        return None
    return next(((k, v) for k, v in node.value if k.value == part), None)


def _end(node: Any) -> int:
    """Where a scalar or one-line node ends in the text."""
    return node.end_mark.index


def _column(node: Any) -> int:
    """Where the entries of a block stand: its keys, or the dashes of its items."""
    return node.start_mark.column


def _indented(entries: list[str], column: int) -> list[str]:
    return [" " * column + line + "\n" for entry in entries for line in entry.split("\n")]


def _commented(block: list[str], why: str) -> list[str]:
    indent = len(block[0]) - len(block[0].lstrip())
    first = f"{' ' * indent}# {why}: {block[0].lstrip()}"
    rest = (line[min(indent, len(line) - len(line.lstrip())) :].rstrip() for line in block[1:])
    return [first, *(f"{' ' * indent}#   {line}".rstrip() + "\n" for line in rest)]
