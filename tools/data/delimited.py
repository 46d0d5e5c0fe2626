"""CSV, TSV and other delimited text.

A file in which our own scan finds nothing odd is loaded by DuckDB's reader and its count reconciled with the scan's; any other
goes record by record through `records`. DuckDB never decides anything: it gets the delimiter, the width and text for every cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from segue.tools.data.encoding import as_utf8
from segue.tools.data.header import is_header
from segue.tools.data.names import text_literal
from segue.tools.data.records import Record, records
from segue.tools.data.scan import Scan, scan
from segue.tools.data.staging import RowSink, Stage, Staged, file_literal
from segue.tools.errors import DataError

DELIMITERS = ",;\t|"
HEAD = 500
WIDEST = 10_000


@dataclass
class Layout:
    """How a file is laid out. `delimiter` None: blanks. `header` None: no row names the columns.

    before  records above the header;  pad  rows shorter than the header are common: their last cells are missing
    """

    delimiter: str | None
    width: int
    scan: Scan | None
    header: list[str] | None = None
    header_line: int = 0
    before: int = 0
    pad: bool = False


def read_delimited(path: Path, stage: Stage, shown: str) -> list[Staged]:
    """Stages a delimited file. DataError where it is empty, is no text, or no row of it fits the others."""
    stage.progress(f"Reading {shown}", None)
    text = as_utf8(path, stage.new_file(".csv"), shown)
    layout = _layout(text.path, shown)
    staged = None
    if layout.scan is not None and layout.scan.clean and not layout.before and not layout.pad and not text.spoilt:
        staged = _fast(text.path, stage, layout, shown)
    staged = staged or _slow(text.path, stage, layout, shown)
    staged.notes[:0] = text.notes + _layout_notes(layout)
    if text.spoilt:
        many = "1 line holds" if text.spoilt == 1 else f"{text.spoilt:,} lines hold"
        staged.notes.append(
            f"{many} bytes that are no characters, kept as \ufffd (the first: line {text.spoilt_lines[0]})."
        )
    if layout.scan is not None and layout.scan.nulls:
        staged.notes.append(f"Characters of no meaning (NUL) dropped: {layout.scan.nulls:,}.")
    staged.name = _stem(path)
    staged.european = layout.delimiter == ";"
    return [staged]


def _stem(path: Path) -> str:
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


# -- layout


def _layout(path: Path, shown: str) -> Layout:
    layout = _delimiter(path)
    if layout.width > WIDEST:
        raise DataError(
            f"{shown} has {layout.width:,} columns.",
            f"Give at most {WIDEST:,}; turn columns into rows where they repeat.",
        )
    head = [r for r in islice(records(path, layout.delimiter, layout.width), HEAD) if any(c.strip() for c in r.cells)]
    if not head:
        raise DataError(f"{shown} is empty.", "Take it out, or export it again.")
    if head[0].line == 1 and len(head) > 1 and "".join(head[0].cells).strip().lower().startswith("sep="):
        layout.before, head = 1, head[1:]
    _find_header(layout, head)
    return layout


def _delimiter(path: Path) -> Layout:
    with path.open("rb") as file:
        head = file.read(1 << 18)
    candidates = "".join(d for d in DELIMITERS if d.encode() in head)
    scans = [s for s in (scan(path, candidates) if candidates else []) if s.width > 1]
    best = max(scans, key=_score, default=None)
    if best is None or _score(best)[0] < 0.5:
        if (width := _blank_separated(path)) > 1:
            return Layout(None, width, None)
        if best is None:
            return Layout("\x1f", 1, None)
    return Layout(best.delimiter, best.width, best)


def _score(s: Scan) -> tuple[float, int]:
    """Most records alike, the first among them, quotes that make sense; then the most cells."""
    fits = s.share * (1.0 if s.first == s.width else 0.9) - (0.2 if s.stray > 0.01 * s.records else 0)
    return round(fits, 2), s.width


def _blank_separated(path: Path) -> int:
    """The number of cells a line, where nearly all lines have the same number of words and some are numbers; else 0."""
    widths: Counter[int] = Counter()
    numbers = 0
    for record in records(path, None):
        if record.cells:
            widths[len(record.cells)] += 1
            numbers += any(c.replace(".", "", 1).replace("-", "").isdigit() for c in record.cells)
    if not widths:
        return 0
    width, count = widths.most_common(1)[0]
    return width if width > 1 and count >= 0.99 * widths.total() and numbers >= 0.9 * widths.total() else 0


def _find_header(layout: Layout, head: list[Record]) -> None:
    """Settles which record is the header, and with it the width."""
    title = _title_rows(head, layout.width)
    layout.before, head = layout.before + title, head[title:]
    first = _trimmed(head[0].cells, layout.width)
    fitting = [r for r in head if len(r.cells) == layout.width]
    rest = [r.cells for r in head[1:]]
    if len(first) == layout.width:
        _take(layout, head[0], rest)
    elif len(first) > layout.width and is_header(first, rest):
        short = sum(len(r.cells) < len(first) for r in head[1:])
        layout.pad, layout.width = short > 0.05 * len(rest), len(first)
        _take(layout, head[0], rest)
    elif not fitting:
        layout.width = len(first)
        _take(layout, head[0], rest)
    elif (
        len(first) > 1
        and head[1:]
        and head[1] is fitting[0]
        and not is_header(fitting[0].cells, [r.cells for r in fitting[1:]])
    ):
        layout.header, layout.header_line = first + [""] * (layout.width - len(first)), head[0].line
    else:
        layout.before += head.index(fitting[0])
        _take(layout, fitting[0], [r.cells for r in fitting[1:]])


def _title_rows(head: list[Record], width: int) -> int:
    """How many records at the top are titles padded with delimiters: far emptier than the first that looks like a header."""
    filled = [sum(bool(c.strip()) for c in r.cells) for r in head]
    fullest = max(filled)
    start = next(i for i, n in enumerate(filled) if n >= 0.8 * fullest)
    emptier = all(n <= 0.5 * fullest and len(r.cells) == width for n, r in zip(filled[:start], head, strict=False))
    return (
        start
        if emptier and start < len(head) - 1 and is_header(head[start].cells, [r.cells for r in head[start + 1 :]])
        else 0
    )


def _take(layout: Layout, record: Record, rest: list[list[str]]) -> None:
    cells = _trimmed(record.cells, layout.width)
    if is_header(cells, rest):
        layout.header, layout.header_line = cells, record.line


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Cells without the blank ones that stand beyond the width."""
    cells = list(cells)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells


def _layout_notes(layout: Layout) -> list[str]:
    notes = []
    if layout.header is None:
        notes.append(f"No row names the columns: they are column_1 to column_{layout.width}.")
    if layout.pad:
        notes.append("Rows shorter than the header are common: their last columns are read as missing.")
    return notes


# -- DuckDB's reader, for files with nothing odd


def _fast(path: Path, stage: Stage, layout: Layout, shown: str) -> Staged | None:
    """Loads a clean file; None where DuckDB counts other rows than the scan, or rows repeat the header or are blank."""
    assert layout.scan is not None and layout.delimiter is not None
    has_header = layout.header is not None
    if has_header and layout.header_line != 1 or any("\n" in h for h in layout.header or []):
        return None
    relation = stage.new_relation()
    try:
        stage.c.execute(f"CREATE TABLE {relation} AS SELECT * FROM {_read_csv(path, layout, has_header)}")
    except duckdb.Error:
        return None
    rows = layout.scan.records - has_header
    if stage.rows(relation) != rows or _odd_rows(stage, relation, layout):
        stage.c.execute(f"DROP TABLE {relation}")
        return None
    headers = layout.header or [""] * layout.width
    return Staged("", shown, relation, headers, rows, find_lines=_line_finder(path, layout, has_header))


def _read_csv(path: Path, layout: Layout, has_header: bool) -> str:
    assert layout.scan is not None and layout.delimiter is not None
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(layout.width))
    # no new_line: given "\\r\\n", DuckDB 1.5.6 returns no rows at all, and says nothing
    return (
        f"read_csv({file_literal(path)}, auto_detect=false, header=false, skip={int(has_header)}, columns={{{columns}}},"
        f" delim={text_literal(layout.delimiter)}, quote='\"', escape='\"',"
        " strict_mode=true, null_padding=false, ignore_errors=false, max_line_size=16777216)"
    )


def _odd_rows(stage: Stage, relation: str, layout: Layout) -> bool:
    """Whether rows hold nothing but blanks, or the header once more: those need their lines told."""
    # the first cells first: over 2,000 columns the whole condition takes seconds to plan, and hardly ever matters
    return all(_has_odd_rows(stage, relation, layout, width) for width in (min(4, layout.width), layout.width))


def _has_odd_rows(stage: Stage, relation: str, layout: Layout, width: int) -> bool:
    blank = " AND ".join(f"coalesce(trim(c{i}), '') = ''" for i in range(width))
    header = " AND ".join(
        f"coalesce(c{i}, '') = {text_literal(h)}" for i, h in enumerate((layout.header or [])[:width])
    )
    condition = f"({blank})" + (f" OR ({header})" if header else "")
    return stage.c.execute(f"SELECT 1 FROM {relation} WHERE {condition} LIMIT 1").fetchone() is not None


def _line_finder(path: Path, layout: Layout, has_header: bool):
    assert layout.scan is not None
    one_line_each = layout.scan.lines == layout.scan.records

    def find(rows: Sequence[int]) -> list[int]:
        if one_line_each:
            return [r + 1 + has_header for r in rows]
        wanted = set(rows)
        found = islice(records(path, layout.delimiter, layout.width), int(has_header), None)
        return [r.line for i, r in enumerate(islice(found, max(wanted) + 1)) if i in wanted] if wanted else []

    return find


# -- record by record, for all others


def _slow(path: Path, stage: Stage, layout: Layout, shown: str) -> Staged:
    sink = RowSink(stage, layout.width)
    staged = Staged("", shown, sink.relation, layout.header or [""] * layout.width, 0)
    literal = 0
    for record in _data_records(path, layout, staged):
        staged.rows_read += 1
        cells = _trimmed(record.cells, layout.width)
        if reason := _problem(record, cells, layout):
            staged.losses.add(reason, record.line)
            continue
        literal += record.literal
        sink.add(record.line, cells + [None] * (layout.width - len(cells)))
        if staged.rows_read % 200_000 == 0:
            stage.progress(f"Reading {shown}: {staged.rows_read:,} rows", None)
    sink.flush()
    if literal:
        many = "1 line has" if literal == 1 else f"{literal:,} lines have"
        staged.notes.append(f"{many} quotes that don't follow the rules; the cells are kept as written.")
    _refuse_if_nothing_fits(staged, shown)
    return staged


def _data_records(path: Path, layout: Layout, staged: Staged) -> Iterator[Record]:
    """The records below the header; those above it are reported, the header itself is none."""
    above = layout.before
    for record in records(path, layout.delimiter, layout.width):
        if above and any(c.strip() for c in record.cells):
            above -= 1
            staged.rows_read += 1
            staged.losses.add("above the header", record.line)
        elif record.line != layout.header_line and (record.cells or layout.width > 1):
            yield record


def _problem(record: Record, cells: list[str], layout: Layout) -> str | None:
    if not any(c.strip() for c in cells):
        return "blank"
    if record.problem:
        return record.problem
    if len(cells) > layout.width:
        return "too many cells"
    if len(cells) < layout.width and not layout.pad:
        return "too few cells"
    return "the header again" if cells == layout.header else None


def _refuse_if_nothing_fits(staged: Staged, shown: str) -> None:
    kept = staged.rows_read - staged.losses.total()
    if kept == 0 and staged.rows_read > staged.losses.counts["blank"] + staged.losses.counts["above the header"]:
        first = staged.losses.frozen()[0]
        raise DataError(
            f"No row of {shown} fits its header: {first.text()}.",
            "See that every line has the same number of cells, and export it again.",
        )
