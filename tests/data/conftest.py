"""A folder to write sources in, and short ways to read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segue.tools.data.account import Account
from segue.tools.data.facts import Facts
from segue.tools.data.ingest import read_sources
from segue.tools.data.workspace import Workspace

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass
class Kit:
    """Writes files, reads them into a workspace, and looks at what arrived."""

    root: Path

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root / "work")

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.root / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, *paths: Path, decide: Callable[[str, Sequence[str]], str | None] | None = None) -> Account:
        return read_sources(list(paths), self.workspace, decide=decide)

    def account(self, name: str, content: str | bytes, **options: Any) -> list[str]:
        return self.read(self.file(name, content), **options).lines()

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as c:
            c.execute(f"ATTACH '{self.workspace.database()}' AS d (READ_ONLY)")
            return c.execute(f'SELECT * FROM d.main."{table}"').fetchall()

    def column(self, table: str, number: int = -1) -> list[Any]:
        return [row[number] for row in self.rows(table)]

    @property
    def facts(self) -> Facts:
        return Facts.load(self.workspace.database())

    def types(self, table: str) -> dict[str, str]:
        return {f.column: f.type for f in self.facts.columns(table)}


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the shared data sets are not here")
    return SHARED
