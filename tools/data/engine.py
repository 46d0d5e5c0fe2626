"""Runs Ibis expressions over one data version: read-only, locked down, one cursor a query.

Importing this loads neither pandas nor pyarrow (a question's latency and `segue --help` both depend on that).
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from segue.tools.data.names import text_literal
from segue.tools.errors import CancelledError, DataError, DefinitionError, LimitError, did_you_mean

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
    import pyarrow as pa


KEPT_TREES = 16


class Turn:
    """The queries of one question, so that stopping one question leaves the others running."""

    def __init__(self) -> None:
        self.cancelled = False


_turn: contextvars.ContextVar[Turn | None] = contextvars.ContextVar("segue_turn", default=None)


class Engine:
    """A DuckDB database, opened read-only and locked: no files but `members_dir`, no extensions, UTC.

    memory_limit  DuckDB's own spelling ("4GB"); None leaves DuckDB's default (80% of the machine)
    threads       None: one per core
    Safe to use from any thread: every query has a cursor of its own.
    """

    def __init__(
        self, database: Path, members_dir: Path, *, memory_limit: str | None = None, threads: int | None = None
    ) -> None:
        self.database = Path(database)
        self.members_dir = Path(members_dir)
        self._raw = _connect(self.database, memory_limit, threads)
        _lock_down(self._raw, self.members_dir)
        self._lock = threading.Lock()
        self._running: dict[int, tuple[duckdb.DuckDBPyConnection, Turn | None]] = {}
        self._schemas: dict[tuple[str, str], ibis.Schema] = {}
        self._trees: dict[Any, Any] = {}

    # --- tables ---------------------------------------------------------------------------------------------------

    def table_names(self, schema: str = "main") -> list[str]:
        """The tables of the data version, in order of name."""
        rows = self._fetch(f"SELECT table_name FROM duckdb_tables() WHERE schema_name = {text_literal(schema)} ORDER BY 1")
        return [name for (name,) in rows]

    def table(self, name: str, schema: str = "main") -> ir.Table:
        """The table as an unbound Ibis table. DefinitionError where there is none of that name."""
        import ibis

        known = self._schema(name, schema)
        return ibis.table(known, name=name, database=None if schema == "main" else schema)

    def _schema(self, name: str, schema: str) -> ibis.Schema:
        found = self._schemas.get((schema, name))
        if found is None:
            found = self._schemas[(schema, name)] = self._read_schema(name, schema)
        return found

    def _read_schema(self, name: str, schema: str) -> ibis.Schema:
        import ibis
        from ibis.backends.sql.datatypes import DuckDBType

        rows = self._fetch(
            "SELECT column_name, data_type, is_nullable FROM duckdb_columns()"
            f" WHERE schema_name = {text_literal(schema)} AND table_name = {text_literal(name)} ORDER BY column_index"
        )
        if not rows:
            raise DefinitionError(f"There is no table {name!r}.", did_you_mean(name, self.table_names(schema)))
        return ibis.schema({column: DuckDBType.from_string(kind, nullable=null) for column, kind, null in rows})

    # --- running --------------------------------------------------------------------------------------------------

    def run(self, expr: ir.Expr) -> pa.Table:
        """The expression's rows, in order, as Arrow. CancelledError when stopped; LimitError when memory ran out."""
        sql = self.sql(expr)
        with self._cursor() as cursor:
            _register_memory_tables(cursor, expr)
            return _translated(lambda: cursor.execute(sql).to_arrow_table(), self.database)

    def write_parquet(self, expr: ir.Expr, path: Path) -> int:
        """Writes the expression's rows, in order, to a Parquet file under `members_dir`; returns how many."""
        target = "'" + str(path).replace("'", "''") + "'"
        statement = f"COPY ({self.sql(expr)}) TO {target} (FORMAT parquet)"
        with self._cursor() as cursor:
            _register_memory_tables(cursor, expr)
            rows = _translated(lambda: cursor.execute(statement).fetchone(), self.database)
        return int(rows[0]) if rows else 0

    def read_parquet(self, path: Path) -> pa.Table:
        """A Parquet file under `members_dir`, whole and in order."""
        with self._cursor() as cursor:
            return _translated(lambda: cursor.read_parquet(str(path)).to_arrow_table(), self.database)

    def sql(self, expr: ir.Expr) -> str:
        """The SQL that `run` runs: exact, and hard to read."""
        return self._compiled(expr).sql("duckdb")

    def readable_sql(self, expr: ir.Expr) -> str:
        """SQL for people that means the same as what ran, able to be run again."""
        tree = self._compiled(expr)
        for simpler in _simplified(tree, self._sqlglot_schema(expr)):
            sql = simpler.sql("duckdb", pretty=True)
            if self._binds(sql, expr):
                return sql
        return tree.sql("duckdb", pretty=True)

    def _binds(self, sql: str, expr: ir.Expr) -> bool:
        """Whether the engine understands it: merging selects now and then leaves a name behind that is no longer there."""
        with self._cursor() as cursor:
            _register_memory_tables(cursor, expr)
            try:
                cursor.execute(f"EXPLAIN {sql}")
            except duckdb.Error:
                return False
        return True

    def _compiled(self, expr: ir.Expr) -> Any:
        """The expression as a SQL tree; that of the last few expressions is kept, since each is run and then shown."""
        op = expr.op()
        with self._lock:
            tree = self._trees.pop(op, None)
        tree = _compiled(expr) if tree is None else tree
        with self._lock:
            self._trees[op] = tree
            while len(self._trees) > KEPT_TREES:
                self._trees.pop(next(iter(self._trees)))
        return tree

    def _sqlglot_schema(self, expr: ir.Expr) -> dict[str, object]:
        import ibis.expr.operations as ops
        from ibis.backends.sql.datatypes import DuckDBType

        tables: list[Any] = expr.op().find((ops.UnboundTable, ops.InMemoryTable))
        return {
            t.name: {column: DuckDBType.from_ibis(kind).sql("duckdb") for column, kind in t.schema.items()}
            for t in tables
        }

    # --- stopping -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def turn(self) -> Iterator[Turn]:
        """Queries inside (also on threads that copy this context) belong to one turn, which `cancel` can stop alone."""
        turn = Turn()
        token = _turn.set(turn)
        try:
            yield turn
        finally:
            _turn.reset(token)

    def cancel(self, turn: Turn | None = None) -> None:
        """Stops the running queries (of one turn, or all). The turn's later queries are refused too. Any thread."""
        with self._lock:
            if turn is not None:
                turn.cancelled = True
            for cursor, owner in self._running.values():
                if turn is None or owner is turn:
                    cursor.interrupt()

    def close(self) -> None:
        """Stops what runs and lets the file go."""
        self.cancel()
        self._raw.close()

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        turn = _turn.get()
        with self._lock:
            if turn is not None and turn.cancelled:
                raise CancelledError()
            cursor = self._raw.cursor()
            self._running[id(cursor)] = (cursor, turn)
        try:
            yield cursor
        finally:
            with self._lock:
                del self._running[id(cursor)]
            cursor.close()

    def _fetch(self, sql: str) -> list[tuple]:
        """The rows of a statement. It has no parameters: DuckDB imports pandas (half a second) to look at one."""
        with self._cursor() as cursor:
            return cursor.execute(sql).fetchall()


def _connect(database: Path, memory_limit: str | None, threads: int | None) -> duckdb.DuckDBPyConnection:
    if not database.is_file():
        raise DataError(f"There is no data at {database}.", "Run segue init, or segue refresh.")
    config: dict[str, Any] = {
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    if threads is not None:
        config["threads"] = threads
    try:
        return duckdb.connect(str(database), read_only=True, config=config)
    except duckdb.Error as error:
        mend = "Run segue refresh to read the sources again."
        raise DataError(f"{database} can't be opened: {error}.", mend) from error


def _lock_down(raw: duckdb.DuckDBPyConnection, members_dir: Path) -> None:
    """The order matters: each setting is refused once the ones after it are made. A second Engine over the same file in
    one process shares DuckDB's instance, which is locked already."""
    locked = raw.execute("SELECT current_setting('lock_configuration')").fetchone()
    if locked and locked[0]:
        return
    members = str(members_dir.resolve()).replace("'", "''")
    for statement in (
        f"SET GLOBAL allowed_directories=['{members}']",
        "SET GLOBAL enable_external_access=false",
        "SET GLOBAL TimeZone='UTC'",
        "SET GLOBAL allowed_configs=['timezone', 'python_enable_replacements']",
        "SET GLOBAL lock_configuration=true",
    ):
        raw.execute(statement)


def _compiled(expr: ir.Expr) -> Any:
    from ibis.backends.sql.compilers.duckdb import compiler

    return compiler.to_sqlglot(expr)


def _register_memory_tables(cursor: duckdb.DuckDBPyConnection, expr: ir.Expr) -> None:
    """Tables held in Python (ibis.memtable) become views of this cursor."""
    import ibis.expr.operations as ops

    tables: list[Any] = expr.op().find(ops.InMemoryTable)
    for table in tables:
        cursor.register(table.name, table.data.to_pyarrow(table.schema))


def _translated(run, database: Path):
    """Runs it with DuckDB's errors turned into Segue's."""
    try:
        return run()
    except duckdb.InterruptException as error:
        raise CancelledError() from error
    except duckdb.OutOfMemoryException as error:
        raise LimitError(
            "The question needs more memory than Segue may use.", "Ask about fewer rows, or raise the memory limit."
        ) from error
    except duckdb.IOException as error:
        raise DataError(f"{database} can't be read: {error}.", "Run segue refresh.") from error


def _simplified(tree: Any, schema: dict[str, object]) -> Iterator[Any]:
    """Nested selects merged and unused columns dropped; then only the latter; nothing where sqlglot can do neither."""
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.merge_subqueries import merge_subqueries
    from sqlglot.optimizer.pushdown_projections import pushdown_projections
    from sqlglot.optimizer.qualify import qualify

    try:
        named = qualify(tree.copy(), schema=schema, dialect="duckdb", quote_identifiers=False)
        pushed = pushdown_projections(named)
        yield merge_subqueries(pushed.copy())
        yield pushed
    except (SqlglotError, AttributeError, KeyError, ValueError):
        return  # sqlglot's optimiser raises these on trees it doesn't know: the exact SQL is shown instead
