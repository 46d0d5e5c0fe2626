"""Finds the files that a person named, and the reader for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from segue.tools.data.database import read_duckdb, read_sqlite
from segue.tools.data.delimited import read_delimited
from segue.tools.data.excel import read_excel
from segue.tools.data.json_files import read_json
from segue.tools.data.parquet import read_parquet
from segue.tools.data.staging import Stage, Staged
from segue.tools.errors import DataError

Reader = Callable[[Path, Stage, str], list[Staged]]

READERS: dict[str, Reader] = {
    ".csv": read_delimited, ".tsv": read_delimited, ".tab": read_delimited, ".txt": read_delimited, ".psv": read_delimited,
    ".csv.gz": read_delimited, ".tsv.gz": read_delimited, ".txt.gz": read_delimited,
    ".parquet": read_parquet, ".pq": read_parquet,
    ".json": read_json, ".jsonl": read_json, ".ndjson": read_json,
    ".xlsx": read_excel, ".xlsm": read_excel,
    ".sqlite": read_sqlite, ".sqlite3": read_sqlite, ".db": read_sqlite, ".db3": read_sqlite,
    ".duckdb": read_duckdb, ".ddb": read_duckdb,
}  # fmt: skip

MENDS = {
    ".xls": "Open it in Excel and save it as .xlsx or CSV.",
    ".xlsb": "Open it in Excel and save it as .xlsx or CSV.",
    ".ods": "Save it as .xlsx or CSV.",
    ".numbers": "Export it as .xlsx or CSV.",
    ".zip": "Unpack it, and name the files or the folder.",
    ".feather": "Write it as Parquet.",
    ".pdf": "Export the table as CSV.",
}
KINDS = "CSV, TSV, Parquet, JSON, JSONL, Excel (.xlsx), SQLite or DuckDB"


@dataclass(frozen=True)
class File:
    """A file to read. `shown` is how it is called to people: as they named it, or its path in the folder they named."""

    path: Path
    shown: str
    reader: Reader


@dataclass
class Found:
    """The files to read, and notes on those passed over."""

    files: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find(sources: Sequence[Path]) -> Found:
    """Every file that the sources name or hold, each once. DataError where one is missing, of no known kind, or nothing is found."""
    found = Found()
    seen: set[Path] = set()
    for source in sources:
        if source.is_dir():
            _in_folder(source, found, seen)
        elif source.is_file():
            _add(found, seen, source, source.name, _reader_or_error(source))
        else:
            raise DataError(f"There is no file or folder {source}.", "See that its name is right.")
    if not found.files:
        raise DataError(
            f"There is nothing to read in {', '.join(map(str, sources))}.", f"Name {KINDS} files, or a folder of them."
        )
    return found


def _add(found: Found, seen: set[Path], path: Path, shown: str, reader: Reader) -> None:
    if path.resolve() not in seen:
        seen.add(path.resolve())
        found.files.append(File(path, shown, reader))


def _in_folder(folder: Path, found: Found, seen: set[Path]) -> None:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        inside = path.relative_to(folder)
        if any(part.startswith((".", "~$")) for part in inside.parts):
            continue
        reader = READERS.get(kind(path))
        if reader is None:
            found.notes.append(f"{inside}: passed over, as it is no {KINDS} file.")
        else:
            _add(found, seen, path, str(inside), reader)


def kind(path: Path) -> str:
    """A file's kind by its name: .csv, .csv.gz."""
    suffixes = [s.lower() for s in path.suffixes]
    return "".join(suffixes[-2:]) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])


def _reader_or_error(path: Path) -> Reader:
    suffix = kind(path)
    if suffix in READERS:
        return READERS[suffix]
    if suffix in MENDS:
        raise DataError(f"{path.name} is of a kind that Segue does not read.", MENDS[suffix])
    reader = _by_content(path)
    if reader is None:
        raise DataError(f"{path.name} is of a kind that Segue does not know.", f"Give {KINDS} files.")
    return reader


def _by_content(path: Path) -> Reader | None:
    """The reader for a file without a telling name."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PAR1"):
        return read_parquet
    if head.startswith(b"SQLite format 3\x00"):
        return read_sqlite
    if head[8:12] == b"DUCK":
        return read_duckdb
    return None if b"\x00" in head else read_delimited
