"""Facts: exact, typed, and read without the data."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import duckdb
import pytest

from segue.tools.data.facts import MOST_VALUES, ColumnFacts, from_json, to_json
from segue.tools.errors import DefinitionError


def test_facts_of_a_small_table(kit):
    kit.account(
        "t.csv",
        "id,who,day,ok,x\n1,b,2024-01-02,true,1.0\n2,a,2024-03-04,false,2.0\n3,b,,true,\n4,,2024-03-04,true,3.0\n",
    )
    day = dt.date
    assert kit.facts.columns("t") == [
        ColumnFacts("t", "id", "integer", 4, 0, 4, 1, 4, 2.5, ((1, 1), (2, 1), (3, 1), (4, 1)), True),
        ColumnFacts("t", "who", "text", 4, 1, 2, "a", "b", None, (("b", 2), ("a", 1)), length=1.0),
        ColumnFacts(
            "t",
            "day",
            "date",
            4,
            1,
            2,
            day(2024, 1, 2),
            day(2024, 3, 4),
            None,
            ((day(2024, 3, 4), 2), (day(2024, 1, 2), 1)),
        ),
        ColumnFacts("t", "ok", "boolean", 4, 0, 2, False, True, 0.75, ((True, 3), (False, 1)), flag=True),
        ColumnFacts("t", "x", "number", 4, 1, 3, 1.0, 3.0, 2.0, ((1.0, 1), (2.0, 1), (3.0, 1)), True, whole=True),
    ]


def test_values_are_all_there_commonest_first(kit):
    kit.account("t.csv", "n,w\n" + "".join(f"{i % 30},w{i % 40:02}\n" for i in range(100)))
    assert kit.facts.values("t.n")[:2] == [(0, 4), (1, 4)]
    assert kit.facts.values("t.n")[-1] == (29, 3)
    words = kit.facts.values("t.w")
    assert len(words) == 40 and words[0] == ("w00", 3) and words[-1] == ("w39", 2)


def test_values_of_columns_with_too_many_are_not_kept(kit):
    kit.account("t.csv", "n,w\n" + "".join(f"{i},w{i}\n" for i in range(MOST_VALUES + 1)))
    assert kit.facts.values("t.w") == [] and kit.facts.values("t.n") == []
    assert kit.facts.column("t.w").distinct == MOST_VALUES + 1 and kit.facts.column("t.w").unique


def test_an_empty_column_has_no_bounds(kit):
    kit.account("t.csv", "a,b\n1,\n2,\n")
    assert kit.facts.column("t.b") == ColumnFacts("t", "b", "text", 2, 2, 0)
    assert kit.facts.values("t.b") == []


def test_names_that_are_not_there(kit):
    kit.account("t.csv", "amount,b\n1,2\n")
    with pytest.raises(
        DefinitionError, match=r"There is no column 't\.amuont' in the data\. Did you mean 't\.amount'\?"
    ):
        kit.facts.column("t.amuont")
    with pytest.raises(DefinitionError, match="There is no table 'u'"):
        kit.facts.columns("u")


def test_facts_are_read_beside_an_open_engine(kit):
    kit.account("t.csv", "a,w\n" + "".join(f"{i},w{i % 30}\n" for i in range(60)))
    with duckdb.connect(str(kit.workspace.database()), read_only=True, config={"threads": 1}):
        assert len(kit.facts.values("t.w")) == 30


@pytest.mark.parametrize(
    "facts",
    [
        ColumnFacts("t", "n", "integer", 3, 0, 2, 0, 5, 1.5, ((0, 2), (5, 1))),
        ColumnFacts("t", "b", "boolean", 3, 0, 1, False, False, 0.0, ((False, 3),)),
        ColumnFacts("t", "d", "timestamp", 1, 0, 1, dt.datetime(2024, 1, 2, 3), dt.datetime(2024, 1, 2, 3), None, ((dt.datetime(2024, 1, 2, 3), 1),), True),
        ColumnFacts("t", "x", "number", 0, 0, 0),
    ],
)  # fmt: skip
def test_stored_facts_come_back_the_same(facts):
    assert from_json(to_json(facts)) == facts


def test_reading_facts_loads_nothing_heavy(kit):
    kit.account("t.csv", "a,w\n" + "".join(f"{i},w{i % 30}\n" for i in range(60)))
    code = (
        "import sys; from pathlib import Path; from segue.tools.data.facts import Facts; f = Facts.load(Path(sys.argv[1]));"
        "f.values('t.w'); print([m for m in ('pandas', 'pyarrow', 'ibis', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(kit.workspace.database())],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"
