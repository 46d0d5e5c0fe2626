"""A refresh keeps what a person wrote: their values, their order, their comments; and it leaves a file that holds together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.tools.errors import DefinitionError
from segue.tools.semantic.modelfile import load_text, text_of
from segue.tools.semantic.refresh import merge
from segue.tools.semantic.schema import Model
from tests.semantic.test_infer import inferred

ORDERS = {
    "order_id": [1, 2, 3, 4],
    "customer_id": [7, 8, 7, 9],
    "amount": [1.5, 2.0, 3.0, 4.5],
    "channel": ["web", "shop", "web", "web"],
}
REVIEWS = {"review_id": [1, 2, 3], "customer_id": [7, 8, 8], "stars": [5, 4, 1]}
CUSTOMERS = {"customer_id": [7, 8, 9], "region": ["North", "South", "North"]}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> str:
    model, unsure = inferred(
        tmp_path_factory.mktemp("first"), {"orders": ORDERS, "reviews": REVIEWS, "customers": CUSTOMERS}
    )
    return text_of(model, unsure)


def renewed(folder: Path, text: str, **tables: dict[str, list]) -> str:
    model, unsure = inferred(folder, tables)
    return merge(text, model, unsure)


def edited(text: str) -> str:
    """The file as a person left it."""
    text = text.replace(
        "metrics:\n",
        "metrics:\n  # what the board looks at\n  web: {stat: sum, of: orders.amount, where: {column: channel, in: [web]}}\n",
        1,
    )
    text = text.replace(
        "region: {type: text, role: place, class: safe}",
        "region: {type: text, role: category, class: safe, called: [patch]}  # ours",
    )
    assert "the board" in text and "# ours" in text
    return text


def test_the_same_data_leave_the_file_as_it_is(first: str, tmp_path: Path) -> None:
    text = edited(first)
    assert renewed(tmp_path, text, orders=ORDERS, reviews=REVIEWS, customers=CUSTOMERS) == text


def test_new_columns_and_tables_are_added_and_edits_kept(first: str, tmp_path: Path) -> None:
    text = edited(first)
    merged = renewed(
        tmp_path,
        text,
        orders=ORDERS | {"quantity": [1, 2, 1, 1]},
        reviews=REVIEWS,
        customers=CUSTOMERS,
        stores={"store_id": [1, 2], "city": ["York", "Leeds"]},
    )
    added = [line for line in merged.split("\n") if line not in text.split("\n")]
    assert added == [
        "# Changed by the last refresh:",
        "#   - new tables: stores",
        "#   - new columns: orders.quantity",
        "  store: {key: stores.store_id}",
        "  units: {stat: sum, of: orders.quantity, unit: count, higher_is: better}",
        "      quantity: {type: integer, role: quantity, class: safe, unit: count}",
        "  stores:",
        "    kind: lookup",
        "    key: store_id",
        "      store_id: {type: integer, role: key, class: identifier}",
        "      city: {type: text, role: place, class: safe}",
    ]
    assert [line for line in text.split("\n") if line not in merged.split("\n")] == []
    assert load_text(merged).metrics["web"].of == "orders.amount"


def test_what_is_gone_becomes_a_comment_with_what_rested_on_it(first: str, tmp_path: Path) -> None:
    merged = renewed(
        tmp_path, edited(first), orders={k: v for k, v in ORDERS.items() if k != "channel"}, customers=CUSTOMERS
    )
    model = load_text(merged)
    assert "reviews" not in model.tables
    assert "web" not in model.metrics
    assert model.column("customers.region").called == ["patch"]
    assert (
        "  # rested on what is gone: web: {stat: sum, of: orders.amount, where: {column: channel, in: [web]}}" in merged
    )
    assert "      # gone from the data: channel: {type: text, role: channel, class: safe}" in merged
    assert "#   - tables gone from the data: reviews\n#   - columns gone from the data: orders.channel" in merged


def test_a_second_refresh_changes_nothing_more(first: str, tmp_path: Path) -> None:
    merged = renewed(tmp_path / "a", edited(first), orders=ORDERS, customers=CUSTOMERS)
    assert renewed(tmp_path / "b", merged, orders=ORDERS, customers=CUSTOMERS) == merged


def test_a_table_that_comes_back_is_added_again(first: str, tmp_path: Path) -> None:
    merged = renewed(tmp_path / "a", first, orders=ORDERS, customers=CUSTOMERS)
    again = renewed(tmp_path / "b", merged, orders=ORDERS, customers=CUSTOMERS, reviews=REVIEWS)
    assert set(load_text(again).tables) == {"orders", "customers", "reviews"}


def test_the_data_decide_types_and_coverage(first: str, tmp_path: Path) -> None:
    text = first.replace("amount: {type: number, role: money", "amount: {type: number, role: money, label: takings")
    merged = renewed(
        tmp_path,
        text,
        orders=ORDERS | {"amount": [1, 2, 3, 4]},
        reviews=REVIEWS,
        customers={"customer_id": [7, 8], "region": ["N", "S"]},
    )
    model = load_text(merged)
    assert (model.column("orders.amount").type, model.column("orders.amount").label) == ("integer", "takings")
    assert next(j.coverage for j in model.joins if j.from_ == "orders.customer_id") == 0.75


def test_a_lost_customer_key_stops_the_refresh(first: str, tmp_path: Path) -> None:
    text = first.replace("customer: {key: customers.customer_id", "customer: {key: customers.person")
    text = text.replace("      region:", "      person: {type: text, role: customer, class: identifier}\n      region:")
    model = load_text(text)
    lost = model.model_copy(update={"entities": {"other": model.entities["customer"]}})
    lost = lost.model_copy(update={"tables": {n: t for n, t in model.tables.items() if n != "customers"}})
    with pytest.raises(DefinitionError, match=r"The customer's key is gone from the data"):
        merge(text, lost, [])


def test_one_line_sections_are_edited_too(first: str, tmp_path: Path) -> None:
    """A person may write a section on one line."""
    model = load_text(first)
    entities = ", ".join(f"{n}: {{key: {e.key}}}" for n, e in model.entities.items())
    head, _, tail = first.partition("entities:\n")
    text = f"{head}entities: {{{entities}}}\n" + "".join(tail.partition("\n# named")[1:])
    stores = {"store_id": [1, 2], "city": ["York", "Leeds"]}
    merged = renewed(
        tmp_path, text, orders=ORDERS | {"store_id": [1, 2, 2, 1]}, reviews=REVIEWS, customers=CUSTOMERS, stores=stores
    )
    assert load_text(merged).entities["store"].key == "stores.store_id"
    gone = renewed(tmp_path / "b", merged, orders=ORDERS, reviews=REVIEWS, customers=CUSTOMERS)
    assert "store" not in load_text(gone).entities


COMMENTS = st.lists(st.sampled_from(["# a note", "  # another", "", "      # deep"]), min_size=1, max_size=6)


@settings(max_examples=40)
@given(st.data(), COMMENTS)
def test_comments_anywhere_survive(data: st.DataObject, comments: list[str]) -> None:
    """Comments between lines, wherever they stand, are there after tables and columns come and go."""
    lines: list[str] = list(TEXT.split("\n"))
    for number, comment in enumerate(comments):
        spot = data.draw(st.integers(1, len(lines) - 1))
        lines.insert(spot, f"{comment} {number}" if comment else "")
    text = "\n".join(lines)
    before = load_text(text)
    tables = {n: t for n, t in before.tables.items() if n != "b"}
    columns = {"extra": tables["a"].columns["x"]} | {n: c for n, c in tables["a"].columns.items() if n != "y"}
    after = before.model_copy(
        update={"tables": tables | {"a": tables["a"].model_copy(update={"columns": columns})}, "metrics": {}}
    )
    merged = merge(text, Model.model_validate(after.model_dump(by_alias=True)), [])
    assert set(load_text(merged).tables["a"].columns) == {"id", "x", "extra"}
    for number, comment in enumerate(comments):
        assert not comment or f"{comment.strip()} {number}" in merged


TEXT = """\
version: 1
name: t
entities:
  customer: {key: a.id}
metrics:
  xs: {stat: sum, of: a.x}
  ys: {stat: sum, of: a.y}
tables:
  a:
    kind: customers
    columns:
      id: {type: text, role: customer, class: identifier}
      x: {type: number, class: safe}
      y: {type: number, class: safe}
  b:
    kind: lookup
    columns:
      k: {type: text, class: safe}
"""
