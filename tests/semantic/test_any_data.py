"""Whatever the data, inference gives a model that holds together: no rows, one column, hostile names, nothing but blanks."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.tools.semantic.check import check
from segue.tools.semantic.infer import infer
from segue.tools.semantic.modelfile import load_text, text_of
from segue.tools.semantic.refresh import merge
from segue.tools.semantic.thesaurus import column_names, entity_names, metric_names, table_names, value_names
from tests.semantic.made import made

WORDS = st.sampled_from(
    "customer order id key date amount price quantity status churn name type total created_at product store email age tenure flag code Year cost "
    "discount campaign rating country user account invoice no.1 x y%z résumé signup cancelled line number is_active segment".split()
)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map("_".join).map(lambda n: n.replace(".", "-"))
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["a", "b", "C1", "C2", "Yes", "No", "active", "cancelled", "18-24", "x@y.org", " "]),
    "integer": st.integers(-3, 40),
    "number": st.sampled_from([0.0, 1.5, -2.25, 12345.0, 0.3]),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(2020, 1, 1), dt.date(2021, 1, 1)),
}
ARROW = {"text": "string", "integer": "int64", "number": "float64", "boolean": "bool_", "date": "date32"}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    import pyarrow as pa

    out = {}
    for table in draw(st.lists(NAMES, min_size=1, max_size=3, unique_by=str.lower)):
        rows = draw(st.integers(0, 6))
        columns = {}
        for column in draw(st.lists(NAMES, min_size=1, max_size=6, unique_by=str.lower)):
            kind = draw(st.sampled_from(sorted(CELLS)))
            cells = draw(st.lists(st.none() | CELLS[kind], min_size=rows, max_size=rows))
            columns[column] = pa.array(cells, type=getattr(pa, ARROW[kind])())
        out[table] = columns
    return out


def survives(folder: Path, data: dict[str, Any]) -> None:
    facts, engine = made(folder, data)
    try:
        model, unsure = infer(facts, engine, "any")
        assert check(model, engine, facts)[0] == []
    finally:
        engine.close()
    text = text_of(model, unsure)
    assert load_text(text) == model
    assert merge(text, model, unsure) == text
    for table, spec in model.tables.items():
        assert table_names(model, table)
        for column in spec.columns:
            assert column_names(model, f"{table}.{column}")
            value_names(model, facts, f"{table}.{column}")
    assert all(metric_names(model, m) for m in model.metrics) and all(entity_names(model, e) for e in model.entities)


@settings(max_examples=40)
@given(tables())
def test_any_tables(data: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        survives(Path(folder), data)


@pytest.mark.parametrize(
    "data",
    [
        {"t": {"x": []}},
        {"t": {"x": [None, None]}},
        {"customers": {"customer_id": [1]}},
        {"orders": {"order_id": [1, 1], "customer_id": [None, None], "amount": [None, None]}},
        {"a": {"id": [1, 2]}, "b": {"id": [1, 2]}},
        {"customers": {"Customer ID": ["a", "b"], "customer_id": ["c", "d"]}},
        {"t": {f"c{n}": [1, 2] for n in range(300)}},
        {"table": {"select": [1], 'quo"te': ["x"], "new\nline": ["y"], "": ["z"]}},
    ],
    ids=["no rows", "blanks", "one row", "no customer in orders", "two ids", "two keys", "wide", "hostile names"],
)
def test_odd_tables(tmp_path: Path, data: dict[str, Any]) -> None:
    survives(tmp_path, data)
