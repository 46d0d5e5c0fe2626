"""Reads a delimited file record by record, and gets over what doesn't parse: a bad line costs that line, never the ones after it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_RECORD = 1 << 20
"""Characters within which a quoted cell that spans lines must close, or its opening line is reported."""

csv.field_size_limit(1 << 27)  # the reader's own limit of 128 KB would refuse long free text; ours is LONGEST_RECORD


@dataclass(frozen=True)
class Record:
    """A record: its first line (from 1) and its cells. `problem` says what is wrong where it could not be parsed."""

    line: int
    cells: list[str]
    problem: str | None = None
    literal: bool = False
    """quotes that follow no rule were kept as they are written"""


def records(path: Path, delimiter: str | None, width: int = 0) -> Iterator[Record]:
    """Every record that has anything on its line. `delimiter` None: cells are separated by blanks.

    width  the expected number of cells, which settles how odd quotes are read (0: not known)
    """
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        lines = _Lines(file)
        for line in lines:
            text = line.rstrip("\r\n").replace("\x00", "")
            if not text:
                yield Record(lines.number, [])
            elif delimiter is None:
                yield Record(lines.number, text.split())
            elif '"' not in text:
                yield Record(lines.number, text.split(delimiter))
            else:
                yield _quoted(lines, text, line[len(line.rstrip("\r\n")) :], delimiter, width)


class _Lines:
    """Physical lines with their number, that can be given back."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while (line := self.next()) is not None:
            yield line

    def next(self) -> str | None:
        """The next line, or None at the end."""
        line = self._back.popleft() if self._back else next(self._file, None)
        self.number += line is not None
        return line

    def give_back(self, taken: list[str]) -> None:
        """Lines that were taken and are not wanted."""
        self._back.extendleft(reversed(taken))
        self.number -= len(taken)


def _quoted(lines: _Lines, text: str, end: str, delimiter: str, width: int) -> Record:
    start = lines.number
    cells = _strict(text, delimiter)
    if cells is not None:
        return Record(start, cells)
    if text.count('"') % 2 and (joined := _joined(lines, text + end, delimiter, width)) is not None:
        return Record(start, joined)
    for attempt in (_escaped(text, delimiter), _literal(text, delimiter), _lenient(text, delimiter)):
        if attempt is not None and (not width or len(attempt) == width):
            return Record(start, attempt, literal=True)
    return Record(start, text.split(delimiter), "quotes that don't close or don't follow the rules")


def _strict(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _joined(lines: _Lines, text: str, delimiter: str, width: int) -> list[str] | None:
    """The record that begins with `text` and goes on over the next lines; None, and the lines given back, where it never closes."""
    taken: list[str] = []
    parts, length, quotes = [text], len(text), text.count('"')
    while length < LONGEST_RECORD and (line := lines.next()) is not None:
        taken.append(line)
        parts.append(line.replace("\x00", ""))
        length += len(line)
        quotes += line.count('"')
        if quotes % 2 == 0 and '"' in line:
            cells = _strict_lines("".join(parts).rstrip("\r\n"), delimiter)
            if cells is not None and (not width or len(cells) == width):
                return cells
    lines.give_back(taken)
    return None


def _strict_lines(text: str, delimiter: str) -> list[str] | None:
    try:
        found = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _escaped(text: str, delimiter: str) -> list[str] | None:
    if '\\"' not in text:
        return None
    try:
        return next(csv.reader([text], delimiter=delimiter, escapechar="\\", doublequote=False, strict=True))
    except csv.Error:
        return None


def _literal(text: str, delimiter: str) -> list[str]:
    cells = []
    for cell in text.split(delimiter):
        whole = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
        cells.append(cell[1:-1].replace('""', '"') if whole else cell)
    return cells


def _lenient(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter))
    except csv.Error:
        return None
