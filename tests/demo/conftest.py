"""The generated data at two sizes, opened with DuckDB's own reader: the tests work every truth out again from the written files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segue.tools.demo.generate import generate
from segue.tools.demo.tables import NAMES
from segue.tools.demo.truth import Truth


@dataclass(frozen=True)
class Shop:
    """A generated data set: its folder, its truth and a connection with one table a file."""

    folder: Path
    truth: Truth
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str, **values: Any) -> list[tuple]:
        return self.connection.execute(sql, values or None).fetchall()

    def one(self, sql: str, **values: Any) -> Any:
        return self.rows(sql, **values)[0][0]

    def keys(self, sql: str, **values: Any) -> tuple[int, ...]:
        """Customer keys, ascending."""
        return tuple(sorted(row[0] for row in self.rows(sql, **values)))


def open_shop(folder: Path, customers: int, seed: int) -> Shop:
    truth = generate(folder, customers, seed)
    connection = duckdb.connect()
    for name in NAMES:
        connection.execute(f"CREATE TABLE {name} AS FROM read_csv('{folder / name}.csv', sample_size = -1)")
    connection.execute("CREATE TABLE lines AS SELECT l.*, category FROM order_lines l JOIN products USING (product_id)")
    connection.execute("CREATE TABLE sales AS FROM lines WHERE customer_id IS NOT NULL AND quantity > 0")
    return Shop(folder, truth, connection)


@pytest.fixture(scope="session", params=[(500, 20), (500, 7), (5000, 20)], ids=["500", "500-other-seed", "5000"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    customers, seed = request.param
    return open_shop(tmp_path_factory.mktemp("demo") / "shop", customers, seed)
