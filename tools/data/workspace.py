"""The directory that holds a model file and its data: where things are, which data version is in use, who may write."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from segue.tools.errors import DataError

KEEP_VERSIONS = 3
"""Data versions kept, the one in use among them: an analysis that began on an older one can finish on it."""

BUILDING = ".building-"
"""Beginning of the names of directories in which a version is being built."""

VERSION_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{4}")


class Workspace:
    """Paths and versions of a workspace. Making one of these touches nothing on disk.

    path         the directory;  model_path  segue.yaml, which people edit;  hidden  .segue, which is Segue's own
    members_dir  Parquet files of segment members;  state_path  the SQLite state;  sources_path  what `refresh` reads again
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.model_path = self.path / "segue.yaml"
        self.hidden = self.path / ".segue"
        self.data_dir = self.hidden / "data"
        self.members_dir = self.hidden / "members"
        self.state_path = self.hidden / "state.sqlite"
        self.sources_path = self.hidden / "sources.json"
        self.pointer = self.hidden / "current"

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})"

    @classmethod
    def open(cls, path: Path | str) -> Workspace:
        """The workspace in `path`. DataError where there is none, or where its data is gone."""
        workspace = cls(path)
        if not workspace.exists():
            raise DataError(
                f"No Segue workspace in {workspace.path}.",
                "Run `segue init FILES` there, or `segue demo` for made-up data.",
            )
        workspace.database()
        return workspace

    def exists(self) -> bool:
        """Whether a data version has ever been published here (a run of `init` that died has made no workspace)."""
        return self.pointer.is_file()

    def current_version(self) -> str:
        """The name of the data version in use. DataError where there is none."""
        try:
            version = self.pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise DataError(f"No Segue workspace in {self.path}.", "Run `segue init FILES` there.") from None
        if not VERSION_NAME.fullmatch(version):
            raise DataError(f"{self.pointer} does not name a data version.", "Run `segue refresh` to write it anew.")
        return version

    def versions(self) -> list[str]:
        """Names of the data versions on disk, oldest first."""
        found = self.data_dir.glob("*.duckdb") if self.data_dir.is_dir() else ()
        return sorted(p.stem for p in found if VERSION_NAME.fullmatch(p.stem))

    def database(self, version: str | None = None) -> Path:
        """The DuckDB file of a data version, by default the one in use. DataError where it is missing."""
        version = version or self.current_version()
        path = self.data_dir / f"{version}.duckdb"
        if not path.is_file():
            raise DataError(
                f"The data version {version} is not in {self.data_dir}.",
                "Run `segue refresh` to read the sources again.",
            )
        return path

    def publish(self, version: str) -> None:
        """Makes `version` the one in use, in one atomic step, and drops the oldest ones. Call with the write lock held."""
        self.database(version)
        write_atomically(self.pointer, version + "\n")
        self._drop_old(version)

    def _drop_old(self, current: str) -> None:
        others = [v for v in self.versions() if v != current]
        for version in others[: max(0, len(others) - (KEEP_VERSIONS - 1))]:
            (self.data_dir / f"{version}.duckdb").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes what runs that died have left behind. Call with the write lock held."""
        if self.data_dir.is_dir():
            for leftover in self.data_dir.glob(f"{BUILDING}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            for stray in self.data_dir.glob("*.wal"):
                stray.unlink(missing_ok=True)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the right to write a new data version. DataError at once where another process holds it.

        The operating system drops it when the process ends, however it ends.
        """
        self.hidden.mkdir(parents=True, exist_ok=True)
        with (self.hidden / "write.lock").open("a+") as file:
            if not _try_lock(file):
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise DataError(f"{self.path} is being written by {holder}.", "Wait until it is done, then try again.")
            file.seek(0)
            file.truncate()
            file.write(f"process {os.getpid()}")
            file.flush()
            yield


def write_atomically(path: Path, text: str) -> None:
    """Writes a file so that readers see the old text or the new, whole, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Makes a rename in a directory last through a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _try_lock(file: IO[str]) -> bool:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    return True
