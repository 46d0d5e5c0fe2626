"""The model file: what is written can be read again, and what is wrong is named with its line and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.tools.errors import DefinitionError
from segue.tools.semantic.modelfile import load, load_text, text_of, write
from segue.tools.semantic.schema import ColumnSpec, Derived, Entity, Join, Label, Metric, Model, TableSpec, Test

TEXT = """\
version: 1
name: shop
entities:
  customer: {key: orders.customer_id}
metrics:
  revenue: {stat: sum, of: orders.amount, unit: money}
  orders: {count: orders}
  per_order: {ratio: [revenue, orders]}
labels:
  left: {test: {column: orders.status, in: [closed]}, kind: churn}
joins:
  - {from: orders.product_id, to: products.product_id}
tables:
  orders:
    kind: events
    time: day
    columns:
      customer_id: {type: text, role: customer, class: identifier}
      product_id: {type: text, role: reference, class: identifier}
      amount: {type: number, role: money, class: safe, unit: money}
      status: {type: text, role: status, class: safe}
      day: {type: date, role: time, class: safe}
  products:
    kind: lookup
    key: product_id
    columns:
      product_id: {type: text, role: key, class: identifier}
"""


def test_a_model_file_is_read() -> None:
    model = load_text(TEXT)
    assert model.column("orders.amount").role == "money"
    assert model.labels["left"].test == Test.model_validate({"column": "orders.status", "in": ["closed"]})


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [
        (
            "role: customer",
            "role: custmer",
            "segue.yaml, line 18: tables.orders.columns.customer_id.role can't be 'custmer'. Did you mean 'customer'?",
        ),
        (
            "kind: events",
            "knd: events",
            "segue.yaml, line 15: tables.orders.knd is no key that the file knows. Did you mean 'kind'?",
        ),
        (
            "of: orders.amount",
            "of: orders.amuont",
            "segue.yaml, line 6: metrics.revenue.of names 'orders.amuont', and table 'orders' has no such column. Did you mean 'amount'?",
        ),
        (
            "of: orders.amount",
            "of: order.amount",
            "segue.yaml, line 6: metrics.revenue.of names 'order.amount', and there is no table 'order'. Did you mean 'orders.amount'?",
        ),
        (
            "[revenue, orders]",
            "[revenu, orders]",
            "segue.yaml, line 8: metrics.per_order.ratio names 'revenu', and there is no such metric. Did you mean 'revenue'?",
        ),
        (
            "{count: orders}",
            "{count: ordres}",
            "segue.yaml, line 7: metrics.orders.count names 'ordres', and there is no such entity or table. Did you mean 'orders'?",
        ),
        (
            "time: day",
            "time: dya",
            "segue.yaml, line 16: tables.orders.time names 'dya', and table 'orders' has no such column. Did you mean 'day'?",
        ),
        (
            "column: orders.status, in: [closed]",
            "column: orders.status",
            "segue.yaml, line 10: labels.left.test: give exactly one of: in, starts_with, below, above, present. "
            "Correct it, then run `segue check`.",
        ),
        (
            "  customer: {key",
            "  custommer: {key",
            "segue.yaml, line 3: entities has no 'customer'. Did you mean 'custommer'?",
        ),
        (
            "to: products.product_id",
            "to: orders.customer_id",
            "segue.yaml, line 12: joins[0] joins a table to itself. Correct it, then run `segue check`.",
        ),
        (
            "name: shop",
            "name: [shop",
            "segue.yaml, line 3: it is no YAML: expected ',' or ']', but got ':'. Correct it, then run `segue check`.",
        ),
    ],
)
def test_an_error_names_file_line_key_and_the_nearest_name(right: str, wrong: str, error: str) -> None:
    assert right in TEXT
    with pytest.raises(DefinitionError) as caught:
        load_text(TEXT.replace(right, wrong, 1))
    assert str(caught.value) == error


def test_a_key_given_twice_is_an_error() -> None:
    with pytest.raises(DefinitionError, match=r"line \d+: it is no YAML: found duplicate key"):
        load_text(TEXT.replace("      amount:", "      status: {type: text}\n      amount:"))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"There is no model file .*segue\.yaml\. Run `segue init` to make one\."):
        load(tmp_path / "segue.yaml")


def test_an_emptied_section_is_as_good_as_none() -> None:
    text = TEXT.replace("labels:\n  left: {test: {column: orders.status, in: [closed]}, kind: churn}\n", "labels:\n")
    assert load_text(text).labels == {}


def test_yes_and_no_and_numbers_are_column_names_too() -> None:
    text = TEXT.replace(
        "      status:",
        "      2011: {type: integer, class: safe}\n      no: {type: text, class: safe, yes: [Yes]}\n      status:",
    )
    columns = load_text(text).tables["orders"].columns
    assert columns["2011"].type == "integer"
    assert columns["no"].yes == ["Yes"]


def test_written_files_are_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "segue.yaml"
    model = load_text(TEXT)
    write(path, model, ["whether `status` says\n who left"])
    assert load(path) == model
    assert "# Segue was unsure of:\n#   - whether `status` says who left\n" in path.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["segue.yaml"]


def test_a_wide_table_stays_a_line_a_column() -> None:
    columns = {f"c{n}": ColumnSpec.model_validate({"type": "number", "class": "safe"}) for n in range(2000)}
    columns["id"] = ColumnSpec.model_validate({"type": "integer", "role": "customer", "class": "identifier"})
    model = Model(
        name="wide",
        entities={"customer": Entity(key="t.id")},
        tables={"t": TableSpec(kind="customers", columns=columns)},
    )
    text = text_of(model, [])
    assert text.count("\n") < 2020
    assert load_text(text) == model


# --- round trip ---------------------------------------------------------------------------------------------------------

ODD = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
PLAIN = st.sampled_from(
    [
        "a",
        "Order ID",
        "no",
        "yes",
        "null",
        "1",
        "1.5",
        "2011-01-01",
        "x: y",
        "# z",
        "- w",
        "é",
        "Sub-Category",
        " a",
        "~",
        "=",
        "0x1F",
        "1e3",
        ".5",
    ]
)
NAMES = st.one_of(PLAIN, ODD)
TABLES = NAMES.filter(lambda n: "." not in n)
SCALARS = st.one_of(
    st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), NAMES
)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Models that hold together, with names that no one should give."""
    table = draw(TABLES)
    names = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    columns = {
        name: ColumnSpec.model_validate(
            {
                "type": draw(st.sampled_from(["text", "integer", "number", "date"])),
                "role": draw(st.sampled_from([None, "money", "flag", "category"])),
                "class": draw(st.sampled_from(["safe", "personal", "identifier"])),
                "label": draw(st.none() | NAMES),
                "called": draw(st.lists(NAMES, max_size=2)),
                "yes": draw(st.lists(SCALARS, max_size=2)),
                "values": draw(st.dictionaries(NAMES, st.lists(NAMES, min_size=1, max_size=2), max_size=2)),
            }
        )
        for name in names
    }
    first, second = names[:2]
    columns[first] = columns[first].model_copy(update={"derived": Derived(product=[second, second])})
    test = Test.model_validate({"column": second, "in": draw(st.lists(SCALARS, min_size=1, max_size=3))})
    other = f"{table}2"
    return Model(
        name=draw(NAMES),
        currency=draw(st.none() | st.sampled_from(["GBP", "€"])),
        entities={"customer": Entity(key=f"{table}.{second}")},
        tables={
            table: TableSpec(kind="events", key=second, cancelled=test, columns=columns),
            other: TableSpec(kind="lookup", columns={second: ColumnSpec(type="text")}),
        },
        joins=[
            Join.model_validate(
                {"from": f"{table}.{second}", "to": f"{other}.{second}", "coverage": draw(st.floats(0, 1))}
            )
        ],
        metrics={
            draw(NAMES): Metric(
                stat="sum", of=f"{table}.{second}", where=Test(column=second, above=draw(st.floats(-1e18, 1e18)))
            )
        },
        labels={draw(NAMES): Label(event=table, kind="churn")},
    )


@settings(max_examples=150)
@given(models(), st.lists(ODD, max_size=2))
def test_what_is_written_can_be_read_again(model: Model, unsure: list[str]) -> None:
    assert load_text(text_of(model, unsure)) == model


def test_what_the_reader_made_is_remembered_beside_the_file_and_only_for_that_text(tmp_path: Path) -> None:
    path = tmp_path / "segue.yaml"
    (tmp_path / ".segue").mkdir()
    path.write_text(TEXT, encoding="utf-8")
    first = load(path)
    kept = tmp_path / ".segue" / "model.json"
    assert load(path) == first
    kept.write_text(kept.read_text(encoding="utf-8").replace('"shop"', '"from memory"'), encoding="utf-8")
    assert load(path).name == "from memory"
    path.write_text(TEXT.replace("name: shop", "name: bar"), encoding="utf-8")
    assert load(path).name == "bar"
    kept.write_text("no JSON", encoding="utf-8")
    assert load(path).name == "bar"


def test_what_json_cannot_say_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "segue.yaml"
    (tmp_path / ".segue").mkdir()
    path.write_text(TEXT.replace("in: [closed]", "in: [2011-01-01]"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DefinitionError, match=r"labels\.left\.test"):
            load(path)
    assert list((tmp_path / ".segue").iterdir()) == []
