"""The engine: locked down, one cursor a query, stoppable, and clear about what went wrong."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from segue.tools.data.engine import Engine
from segue.tools.errors import CancelledError, DataError, DefinitionError


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    path = tmp_path / "one.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE lines AS SELECT range AS id, range % 7 AS shop, 1.5 * range AS price FROM range(700)")
        con.execute('CREATE TABLE "odd ""name" AS SELECT 1 AS "select", 2 AS "a b"')
    (tmp_path / "members").mkdir()
    return Engine(path, tmp_path / "members", threads=1, memory_limit="500MB")


def many_rows(engine: Engine):
    """An expression that runs far longer than any test would wait."""
    t = engine.table("lines")
    sides = [t.select(**{name: t.id}) for name in "abcd"]
    crossed = sides[0].cross_join(sides[1]).cross_join(sides[2]).cross_join(sides[3])
    return crossed.agg(n=(crossed.a * crossed.b + crossed.c * crossed.d).sum())


def test_import_loads_no_heavy_library():
    heavy = "[m for m in ('pandas', 'pyarrow', 'ibis') if m in sys.modules]"
    code = f"import sys, segue.tools.data.engine as e; print({heavy})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_runs_in_order(engine: Engine):
    t = engine.table("lines")
    found = engine.run(t.group_by("shop").agg(n=t.id.count()).order_by("shop").limit(2))
    assert found.to_pylist() == [{"shop": 0, "n": 100}, {"shop": 1, "n": 100}]


def test_hostile_names(engine: Engine):
    assert engine.table_names() == ["lines", 'odd "name']
    t = engine.table('odd "name')
    assert engine.run(t.select("select", "a b")).to_pylist() == [{"select": 1, "a b": 2}]


def test_an_unknown_table_offers_the_nearest(engine: Engine):
    with pytest.raises(DefinitionError, match=r"no table 'line'.*Did you mean 'lines'"):
        engine.table("line")


def test_a_missing_file_says_what_to_do(tmp_path: Path):
    with pytest.raises(DataError, match="segue init"):
        Engine(tmp_path / "none.duckdb", tmp_path)


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "bad.duckdb").write_text("hello" * 1000)
    with pytest.raises(DataError, match="can't be opened"):
        Engine(tmp_path / "bad.duckdb", tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET memory_limit='10GB'",
        "SET GLOBAL enable_external_access=true",
        "CREATE TABLE t AS SELECT 1",
        "INSTALL httpfs",
        "COPY lines TO 'out.csv'",
    ],
)
def test_locked_down(engine: Engine, statement: str):
    with engine._cursor() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(statement)


def test_writes_only_members(engine: Engine, tmp_path: Path):
    ids = engine.table("lines").select("id").order_by("id")
    assert engine.write_parquet(ids, engine.members_dir / "a.parquet") == 700
    assert engine.read_parquet(engine.members_dir / "a.parquet")["id"].to_pylist() == list(range(700))
    for elsewhere in (tmp_path / "b.parquet", engine.members_dir / ".." / "b.parquet"):
        with pytest.raises(duckdb.PermissionException):
            engine.write_parquet(ids, elsewhere)


def test_cancel_stops_what_runs(engine: Engine):
    timer = threading.Timer(0.1, engine.cancel)
    timer.start()
    with pytest.raises(CancelledError):
        engine.run(many_rows(engine))
    assert engine.run(engine.table("lines").count()).to_pylist()[0].popitem()[1] == 700


def test_cancelling_a_turn_leaves_other_turns(engine: Engine):
    with engine.turn() as turn:
        engine.cancel(turn)
        with pytest.raises(CancelledError):
            engine.run(engine.table("lines").count())
    with engine.turn():
        assert engine.run(engine.table("lines").count()).num_rows == 1


def test_threads_get_their_own_rows(engine: Engine):
    t = engine.table("lines")

    def ask(shop: int) -> bool:
        rows = engine.run(t.filter(t.shop == shop).select("shop", "id").order_by("id")).to_pylist()
        return len(rows) == 100 and all(r["shop"] == shop for r in rows)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, [n % 7 for n in range(100)]))


def test_two_engines_over_one_file(engine: Engine):
    second = Engine(engine.database, engine.members_dir, threads=1, memory_limit="500MB")
    second.close()
    assert engine.run(engine.table("lines").count()).num_rows == 1


def test_timestamps_are_utc(engine: Engine):
    with engine._cursor() as cursor:
        assert cursor.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)


def test_readable_sql_runs_again(engine: Engine):
    t = engine.table("lines")
    expr = t.filter(t.price > 10).mutate(big=t.price * 2).group_by("shop").agg(s=lambda x: x.big.sum())
    sql = engine.readable_sql(expr)
    assert sql.count("SELECT") < engine.sql(expr).count("SELECT")
    with engine._cursor() as cursor:
        again = sorted(cursor.execute(sql).fetchall())
    assert again == sorted(tuple(r.values()) for r in engine.run(expr).to_pylist())


def test_a_memory_table_joins(engine: Engine):
    import ibis

    wanted = ibis.memtable({"shop": [1, 3]})
    t = engine.table("lines")
    assert engine.run(t.semi_join(wanted, "shop").count()).to_pylist()[0].popitem()[1] == 200
