"""Excel workbooks: every sheet that holds a table."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from segue.tools.data.header import is_header
from segue.tools.data.staging import RowSink, Stage, Staged, as_text
from segue.tools.errors import DataError

LOOKED_AT = 50
Row = tuple[int, list[str | None]]


def read_excel(path: Path, stage: Stage, shown: str) -> list[Staged]:
    """Stages every sheet that holds a table; the others are noted. DataError where none does, or it is no workbook."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    stage.progress(f"Reading {shown}", None)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(
            f"{shown} can't be opened: it is damaged, has a password, or is no .xlsx workbook.",
            "Save it again as .xlsx without a password.",
        ) from error
    try:
        return _sheets(book, path, stage, shown)
    finally:
        book.close()


def _sheets(book: Any, path: Path, stage: Stage, shown: str) -> list[Staged]:
    staged: list[Staged] = []
    passed: list[str] = []
    for sheet in book.worksheets:
        found = _sheet(sheet, stage, f"{shown}, sheet {sheet.title}")
        if found is None:
            passed.append(f"Sheet {sheet.title} of {shown} holds no table: passed over.")
            continue
        staged.append(found)
    if not staged:
        raise DataError(
            f"{shown} holds no sheet with a table.", "Give each table a sheet: names in one row, values below."
        )
    if len(staged) == 1:
        staged[0].name = path.stem
    _note_formulas(path, staged, shown)
    staged[0].notes += passed
    return staged


def _sheet(sheet: Any, stage: Stage, source: str) -> Staged | None:
    sheet.reset_dimensions()
    rows = _rows(sheet)
    head: list[Row] = []
    for row in rows:
        head.append(row)
        if sum(any(c is not None for c in cells) for _, cells in head) >= LOOKED_AT:
            break
    start = _header_at(head)
    if start is None:
        return None
    left, width = _extent(head[start:])
    header_line, first = head[start]
    first = _fitted(first, left, width)
    named = is_header(first, [_fitted(cells, left, width) for _, cells in head[start + 1 :]])
    sink = RowSink(stage, width)
    staged = Staged(sheet.title, source, sink.relation, [c or "" for c in first] if named else [""] * width, 0)
    for line, cells in head[:start]:
        if any(c is not None for c in cells):
            staged.rows_read += 1
            staged.losses.add("above the header", line)
    if not named:
        staged.notes.append(f"No row names the columns: they are column_1 to column_{width}.")
        _add(sink, staged, header_line, first, left=0, width=width)
    _add_all(sink, staged, head[start + 1 :], rows, left, width)
    return staged


def _add_all(sink: RowSink, staged: Staged, head: Sequence[Row], rows: Iterator[Row], left: int, width: int) -> None:
    """The rows below the header. Blank rows at the sheet's end are no rows: Excel keeps them for their borders and colours."""
    blank: list[int] = []
    for line, cells in (*head, *()):
        blank = _add_or_wait(sink, staged, line, cells, left, width, blank)
    for line, cells in rows:
        blank = _add_or_wait(sink, staged, line, cells, left, width, blank)
    sink.flush()


def _add_or_wait(
    sink: RowSink, staged: Staged, line: int, cells: list[str | None], left: int, width: int, blank: list[int]
) -> list[int]:
    if all(c is None for c in cells):
        return [*blank, line] if len(blank) < 100_000 else blank
    for waiting in blank:
        staged.rows_read += 1
        staged.losses.add("blank", waiting)
    _add(sink, staged, line, cells, left, width)
    return []


def _add(sink: RowSink, staged: Staged, line: int, cells: list[str | None], left: int, width: int) -> None:
    staged.rows_read += 1
    if any(c is not None for c in (*cells[:left], *cells[left + width :])):
        staged.losses.add("cells outside the table's columns", line)
        return
    fitted = _fitted(cells, left, width)
    if fitted == [h or None for h in staged.headers]:
        staged.losses.add("the header again", line)
        return
    sink.add(line, fitted)


def _rows(sheet: Any) -> Iterator[Row]:
    for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
        yield line, [_cell(v) for v in row]


def _cell(value: Any) -> str | None:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return str(value)
    text = as_text(value)
    return text if text is not None and text.strip() else None


def _header_at(head: Sequence[Row]) -> int | None:
    """The first row with as many cells as the table's rows have: what stands above it is a title or a note."""
    filled = [sum(c is not None for c in cells) for _, cells in head]
    widest = max(filled, default=0)
    if sum(n > 0 for n in filled) < 2 or widest == 0:
        return None
    if widest == 1:
        return None
    return next(i for i, n in enumerate(filled) if n >= max(2, 0.8 * widest) or n == widest)


def _extent(head: Sequence[Row]) -> tuple[int, int]:
    """(first column, number of columns) that hold anything."""
    used = {i for _, cells in head for i, c in enumerate(cells) if c is not None}
    return min(used), max(used) - min(used) + 1


def _fitted(cells: Sequence[str | None], left: int, width: int) -> list[str | None]:
    part = list(cells[left : left + width])
    return part + [None] * (width - len(part))


def _note_formulas(path: Path, staged: list[Staged], shown: str) -> None:
    """Formulas that were never computed have no value to read: says so."""
    import openpyxl

    with zipfile.ZipFile(path) as package:
        sheets = [n for n in package.namelist() if n.startswith("xl/worksheets/sheet")]
        if not any(b"<f>" in package.read(n) or b"<f " in package.read(n) for n in sheets):
            return
    values = openpyxl.load_workbook(path, read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(path, read_only=True, data_only=False)
    for one in staged:
        title = one.source.split(", sheet ", 1)[1]
        lost = [
            line
            for line, (got, written) in enumerate(
                zip(
                    values[title].iter_rows(values_only=True), formulas[title].iter_rows(values_only=True), strict=False
                ),
                1,
            )
            for v, f in zip(got, written, strict=False)
            if v is None and isinstance(f, str) and f.startswith("=")
        ]
        if lost:
            one.notes.append(
                f"{len(lost):,} formulas have no saved value (the first in row {lost[0]}): open {shown} in Excel and save it."
            )
    values.close()
    formulas.close()
