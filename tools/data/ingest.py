"""Reads sources into a new data version beside the one in use, verifies it, and only then moves the pointer to it."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from segue.tools.data.account import Account, TableAccount
from segue.tools.data.facts import Facts
from segue.tools.data.measure import prepare
from segue.tools.data.names import text_literal
from segue.tools.data.plans import Decide
from segue.tools.data.sources import File, find
from segue.tools.data.staging import Progress, Stage
from segue.tools.data.table import Builder
from segue.tools.data.workspace import BUILDING, Workspace, sync_directory, write_atomically
from segue.tools.errors import DataError, LimitError

MEMORY = "2GB"
"""DuckDB's share of the 4 GiB that a read may take; beyond it DuckDB spills to the workspace's disk."""

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # a table's name must never be looked up among Python's variables
    "memory_limit": MEMORY,
}

Check = Callable[[Account, Path], None]


def read_sources(
    sources: Sequence[Path | str] | None,
    workspace: Workspace,
    *,
    decide: Decide | None = None,
    progress: Progress | None = None,
    before_use: Check | None = None,
) -> Account:
    """Builds a data version from files and folders, verifies it and makes it the one in use; all of it or nothing.

    sources     None reads those of the last time again (`segue refresh`)
    decide      asked where the data can be read in two ways; None, or an answer of None, keeps it as text and lists it as unsure
    progress    told each step and the share that is done
    before_use  called with the account and the new version's file before the pointer moves; what it raises stops the move

    DataError where a source can't be read (it names file, line and mend), another process writes, or the disk is full. Then, and
    when the process is killed, the version of before stays in use; where there was none, no workspace is left.
    """
    existed, had_hidden = workspace.path.exists(), workspace.hidden.exists()
    try:
        with workspace.lock():
            return _read(sources, workspace, decide or _ask_nobody, progress or _tell_nobody, before_use)
    except BaseException:
        if not had_hidden and not workspace.exists():
            shutil.rmtree(workspace.hidden, ignore_errors=True)
            if not existed:
                shutil.rmtree(workspace.path, ignore_errors=True)
        raise


def refresh(
    workspace: Workspace,
    *,
    decide: Decide | None = None,
    progress: Progress | None = None,
    before_use: Check | None = None,
) -> Account:
    """Reads the workspace's sources again. As `read_sources`; the account notes columns that are no longer there.

    DataError where a whole table is gone (a file moved out of its folder): figures would vanish with it, so nothing is changed.
    """

    def whole(account: Account, built: Path) -> None:
        gone = [t for t in Facts.load(workspace.database()).tables if t not in Facts.load(built).tables]
        if gone:
            raise DataError(
                f"{', '.join(gone)}: read before, and in none of the sources now. Nothing was changed.",
                "Put the file back; if it is gone for good, make the workspace anew: segue init --force with the files that are left.",
            )
        if before_use is not None:
            before_use(account, built)

    return read_sources(None, workspace, decide=decide, progress=progress, before_use=whole)


def remembered_sources(workspace: Workspace) -> list[Path]:
    """The files and folders that the workspace was made of. DataError where that is not known."""
    return _remembered(workspace)[0]


def _ask_nobody(question: str, choices: Sequence[str]) -> str | None:
    return None


def _tell_nobody(message: str, fraction: float | None) -> None:
    return None


# -- one read


def _read(
    sources: Sequence[Path | str] | None,
    workspace: Workspace,
    decide: Decide,
    progress: Progress,
    before_use: Check | None,
) -> Account:
    started = time.monotonic()
    decided: dict[str, str] = {}
    if sources is None:
        paths, decided = _remembered(workspace)
    else:
        paths = [Path(s) for s in sources]
    found = find(paths)
    workspace.sweep()
    version = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    directory = workspace.data_dir / f"{BUILDING}{version}"
    directory.mkdir(parents=True)
    try:
        with _as_segue_errors():
            tables, unsure = _build(found.files, directory, decide, decided, progress)
            progress("Checking the new version", None)
            notes = [*found.notes, *_verified(directory / "built.duckdb", tables, workspace)]
        account = Account(version, tuple(tables), tuple(notes), tuple(unsure), time.monotonic() - started)
        if before_use is not None:
            before_use(account, directory / "built.duckdb")
        _put_in_use(workspace, version, directory, paths, decided, progress)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return account


def _build(
    files: list[File], directory: Path, decide: Decide, decided: dict[str, str], progress: Progress
) -> tuple[list[TableAccount], list[str]]:
    steps = _Steps(files, progress)
    c = duckdb.connect(config=CONFIG)
    try:
        c.execute("SET TimeZone='UTC'")
        c.execute(f"SET temp_directory={text_literal(str(directory / 'spill'))}")
        c.execute(f"ATTACH {text_literal(str(directory / 'stage.duckdb'))} AS stage")
        c.execute(f"ATTACH {text_literal(str(directory / 'built.duckdb'))} AS built")
        prepare(c, "built")
        builder = Builder(c, "built", decide, decided)
        stage = Stage(c, directory, steps.say)
        for file in files:
            steps.begin(file)
            staged = file.reader(file.path, stage, file.shown)
            count = len(staged)
            for number, one in enumerate(staged):
                builder.add(stage, one, lambda what, share, n=number, of=count: steps.within(what, (n + share) / of))
            for made in directory.glob("f*.*"):
                made.unlink()
        _refuse_empty(builder.tables, files)
        c.execute("DETACH built")
    finally:
        c.close()
    return builder.tables, builder.unsure


def _refuse_empty(tables: list[TableAccount], files: list[File]) -> None:
    if not any(t.rows_kept for t in tables):
        names = ", ".join(f.shown for f in files[:5])
        raise DataError(
            f"There are no rows in {names}: names of columns at most.", "Give a file with rows below its header."
        )


class _Steps:
    """Progress over all files, by their size: half of a file's share is reading, half is typing and measuring."""

    def __init__(self, files: list[File], progress: Progress) -> None:
        self._progress = progress
        self._sizes = {f.path: max(1, f.path.stat().st_size) for f in files}
        self._all = sum(self._sizes.values())
        self._done, self._size, self._share = 0, 0, 0.0

    def begin(self, file: File) -> None:
        self._done += self._size
        self._size, self._share = self._sizes[file.path], 0.0
        self.say(f"Reading {file.shown}", None)

    def say(self, message: str, fraction: float | None) -> None:
        self._progress(message, (self._done + self._size * self._share) / self._all)

    def within(self, message: str, share: float) -> None:
        self._share = 0.5 + share / 2
        self.say(message, None)


# -- verified, then put in use


def _verified(built: Path, tables: list[TableAccount], workspace: Workspace) -> list[str]:
    """Opens the new version as a reader will and counts again. Returns what is different from the version in use."""
    with duckdb.connect(config=CONFIG) as c:
        c.execute(f"ATTACH {text_literal(str(built))} AS built (READ_ONLY)")
        for table in tables:
            rows = (c.execute(f'SELECT count(*) FROM built.main."{table.name}"').fetchone() or (0,))[0]
            if rows != table.rows_kept or not table.balanced:
                raise DataError(
                    f"{table.source}: {table.rows_read:,} rows were read, {rows:,} arrived in {table.name} and"
                    f" {sum(r.count for r in table.rows):,} are accounted for as left out.",
                    "This is a fault in Segue: nothing was changed. Please report it with the file's first lines.",
                )
    facts = Facts.load(built)
    return _differences(facts, workspace) if workspace.exists() else []


def _differences(new: Facts, workspace: Workspace) -> list[str]:
    try:
        old = Facts.load(workspace.database())
    except (DataError, duckdb.Error):
        return []  # the version in use is damaged: there is nothing to compare with
    notes = [f"Table {t} is no longer there." for t in old.tables if t not in new.tables]
    for table in old.tables:
        if table not in new.tables:
            continue
        for column in old.columns(table):
            if not new.has(column.ref):
                notes.append(f"Column {column.ref} is no longer there.")
            elif (now := new.column(column.ref)).type != column.type and now.missing < now.rows:
                notes.append(f"Column {column.ref} was {column.type} and is {now.type} now.")
    return notes


def _put_in_use(
    workspace: Workspace,
    version: str,
    directory: Path,
    paths: Sequence[Path],
    decided: dict[str, str],
    progress: Progress,
) -> None:
    progress("Putting the new version in use", None)
    built = directory / "built.duckdb"
    with built.open("rb+") as file:
        os.fsync(file.fileno())
    built.replace(workspace.data_dir / f"{version}.duckdb")
    sync_directory(workspace.data_dir)
    progress("Moving the pointer", None)
    plain = {"sources": [_stored(p, workspace) for p in paths], "decided": decided}
    write_atomically(workspace.sources_path, json.dumps(plain, ensure_ascii=False, indent=1) + "\n")
    workspace.publish(version)
    progress("In use", 1.0)


def _stored(path: Path, workspace: Workspace) -> str:
    """A source inside the workspace's directory by its path there, so that the two can be moved together; any other in full."""
    whole, root = path.resolve(), workspace.path.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else str(whole)


def _remembered(workspace: Workspace) -> tuple[list[Path], dict[str, str]]:
    workspace.current_version()
    try:
        plain = json.loads(workspace.sources_path.read_text(encoding="utf-8"))
        return [workspace.path / p for p in plain["sources"]], dict(plain["decided"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{workspace.sources_path} does not say what to read.", "Run `segue init --force` with the files."
        ) from error


@contextmanager
def _as_segue_errors() -> Iterator[None]:
    """The failures that a machine can cause, in words that say what to do."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise LimitError(
            "The data does not fit the memory and disk that reading may use.", "Free some disk, or give fewer rows."
        ) from error
    except duckdb.IOException as error:
        raise DataError(
            f"Reading stopped: {_first_line(error)}", "See that the disk has room and the workspace can be written to."
        ) from error
    except OSError as error:
        raise DataError(
            f"Reading stopped: {error}.", "See that the disk has room and the files can be read."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
