"""Our own count of records and cells, against Python's reader; and which files DuckDB's reader is trusted with."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segue.tools.data.delimited as delimited
from segue.tools.data import scan as scanning
from segue.tools.data.names import column_names, table_name
from segue.tools.data.records import records
from segue.tools.data.scan import scan

CELL = st.text(alphabet='ab1,;" \n\r\té', max_size=6)
TABLE = st.integers(2, 4).flatmap(lambda w: st.lists(st.lists(CELL, min_size=w, max_size=w), min_size=1, max_size=8))


def written(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue()


@settings(max_examples=150, deadline=None)
@given(TABLE, st.integers(3, 40))
def test_well_formed_files_are_counted_right_at_any_chunk_size(tmp_path_factory, rows, chunk):
    path = tmp_path_factory.mktemp("scan") / "t.csv"
    path.write_text(written(rows), encoding="utf-8", newline="")
    usual = scanning.CHUNK
    scanning.CHUNK = chunk
    try:
        (found,) = scan(path, ",")
    finally:
        scanning.CHUNK = usual
    assert (found.records, dict(found.widths), found.stray, found.open) == (
        len(rows),
        {len(rows[0]): len(rows)},
        0,
        False,
    )


@settings(max_examples=150, deadline=None)
@given(TABLE)
def test_records_reads_what_was_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("records") / "t.csv"
    path.write_text(written(rows), encoding="utf-8", newline="")
    assert [r.cells for r in records(path, ",", len(rows[0]))] == rows


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='ab,"\n\r\\', max_size=60))
def test_every_line_is_in_some_record(tmp_path_factory, text):
    """Whatever the text: every character that is no quote, delimiter or line end comes out again, in order."""
    path = tmp_path_factory.mktemp("any") / "t.csv"
    path.write_text(text, encoding="utf-8", newline="")
    kept = "".join("".join(r.cells) for r in records(path, ",", 2))
    assert [c for c in kept if c in "ab"] == [c for c in text if c in "ab"]


@pytest.mark.parametrize(
    ("text", "fast"),
    [
        ("a,b\n1,2\n", True),
        ("a,b\r\n1,2\r\n3,4\r\n", True),
        ('a,b\n1,"x\ny"\n', True),
        ('a,b\n1,"say ""hi"""\n', True),
        ("a,b\n1,2", True),
        ("a,b\n1,2,3\n", False),
        ("a,b\n1,2\n\n3,4\n", False),
        ("a,b\n1,2\n,\n", False),
        ('a,b\n1,5" pipe\n', False),
        ("a,b\r\n1,2\n", False),
        ("a,b\n1,2\na,b\n", False),
        ("a,b\n1,2\n , \n", False),
    ],
)
def test_only_files_with_nothing_odd_go_to_duckdb(kit, monkeypatch, text, fast):
    slow = []
    real = delimited._slow
    monkeypatch.setattr(delimited, "_slow", lambda *a: slow.append(1) or real(*a))
    kit.read(kit.file("t.csv", text))
    assert bool(slow) != fast


@given(st.lists(st.text(max_size=8), max_size=12))
def test_column_names_never_collide(headers):
    names, _ = column_names(headers)
    assert len({n.lower() for n in names}) == len(headers) and all(names)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_table_names_are_safe_and_never_collide(stems):
    taken: list[str] = []
    for stem in stems:
        taken.append(table_name(stem, taken))
    assert len(set(taken)) == len(taken)
    assert all(n[0].isalpha() and n.isascii() and n.replace("_", "").isalnum() and n == n.lower() for n in taken)
