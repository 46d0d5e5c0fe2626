"""Questions for customers: every key kept in key order, clean; conditions on segments, schemes and labels."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from segue.tools.data.members import Members
from segue.tools.errors import DefinitionError
from segue.tools.query.schemes import SCHEMES
from segue.tools.results import MAX_ROWS
from tests.query.drawn import draw
from tests.query.kit import Made, ask, find, make
from tests.query.test_traps import CUSTOMERS, ORDERS, REVENUE, Trap, both, col, did, no

MANY = 2_500


def keys_of(made: Any, result: Any) -> list[Any]:
    """The keys that are kept of the result's segment."""
    kept = made.state.segment(result.segment.id)
    return Members(made.workspace.members_dir).read(kept.id, kept.version, made.data_version).to_pylist()


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Orders of customers whose keys are read as decimals: 9.0, 10.0, ..."""
    lines = f"SELECT ((range * 7919) % {MANY} + 1)::DOUBLE AS customer, range AS order_id, 1.5::DOUBLE AS total FROM range({MANY * 2})"
    columns = {
        "customer": {"type": "number", "role": "customer"},
        "order_id": {"type": "integer", "role": "order"},
        "total": {"type": "number", "role": "money"},
    }
    model = {
        "name": "numbered",
        "entities": {"customer": {"key": "orders.customer"}, "order": {"key": "orders.order_id"}},
        "tables": {"orders": {"kind": "events", "key": "order_id", "columns": columns}},
        "metrics": {"revenue": {"stat": "sum", "of": "orders.total", "unit": "money"}, "orders": {"count": "order"}},
    }
    return make(tmp_path_factory.mktemp("numbered"), model, {"orders": lines})


class TestManyMembers:
    """More than a Result carries."""

    def test_every_key_in_key_order_and_clean(self, numbered: Made):
        result = find(numbered, condition=did("orders"))
        assert result.row_count == MANY and len(result.rows) == MAX_ROWS and result.truncated
        assert [r[0] for r in result.rows[:3]] == [1, 2, 3]
        assert result.columns[0].key and result.columns[0].type == "integer"
        assert keys_of(numbered, result) == list(range(1, MANY + 1))

    def test_ranked_but_kept_in_key_order(self, numbered: Made):
        result = find(numbered, condition=col("orders.customer", "<=", 1500), show=[REVENUE])
        assert result.row_count == 1500
        assert keys_of(numbered, result) == list(range(1, 1501))

    def test_the_first_so_many_are_the_segment(self, numbered: Made):
        result = find(numbered, show=[REVENUE], limit=5)
        assert [r[0] for r in result.rows] == keys_of(numbered, result) == [1, 2, 3, 4, 5]
        assert (result.row_count, result.truncated) == (5, False)

    def test_more_than_a_result_carries_can_be_asked_for(self, numbered: Made):
        result = find(numbered, show=[REVENUE], limit=2000)
        assert (result.row_count, len(result.rows), len(keys_of(numbered, result))) == (2000, MAX_ROWS, 2000)

    def test_a_breakdown_by_the_key_shows_it_clean(self, numbered: Made):
        result = ask(numbered, measures=[REVENUE], by=[{"column": "orders.customer"}], limit=2)
        assert result.rows == ((1, 3.0), (2, 3.0))
        assert result.columns[0].key

    def test_a_breakdown_with_too_many_rows_is_cut_and_counted(self, numbered: Made):
        result = ask(numbered, measures=[ORDERS], by=[{"column": "orders.customer"}])
        assert (len(result.rows), result.row_count, result.truncated) == (MAX_ROWS, MANY, True)


class TestSegments(Trap):
    """
    customers
    customer | country | churned
    a        | DE      | Yes
    b        | DE      | No
    c        | FR      | No

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-01 | 10
    2        | b        | 2024-01-02 | 20
    3        | c        | 2024-01-03 | 5
    """

    german = col("customers.country", "=", "DE")

    def test_the_definition_and_its_words_are_kept(self, shop: Made):
        result = find(shop, condition=both(self.german, no({"kind": "label", "label": "churned"})))
        assert result.segment is not None
        kept = shop.state.segment(result.segment.id)
        assert (kept.name, kept.size, "condition" in kept.definition) == (None, 1, True)
        assert kept.english == result.segment.definition == "customers whose country is DE and who have not churned"
        assert find(shop, **kept.definition).rows == result.rows

    def test_a_kept_segment_in_a_condition(self, shop: Made):
        made = find(shop, condition=self.german).segment
        assert made is not None
        inside = {"kind": "segment", "segment": made.id}
        assert find(shop, condition=no(inside)).rows == (("c",),)
        assert ask(shop, measures=[REVENUE], customers=inside).rows == ((30,),)
        assert ask(shop, measures=[REVENUE], where=inside).rows == ((30,),)

    def test_a_segment_of_the_first_two(self, shop: Made):
        made = find(shop, show=[REVENUE], limit=2).segment
        assert made is not None
        assert find(shop, condition={"kind": "segment", "segment": made.id}).rows == (("a",), ("b",))

    def test_a_scheme(self, shop: Made, monkeypatch: pytest.MonkeyPatch):
        def scheme(context: Any) -> Any:
            t = context.engine.table("customers")
            return t.select(key=t.customer, segment=(t.customer == "a").ifelse("First", "Rest"))

        monkeypatch.setitem(SCHEMES, "letters", scheme)
        assert ask(shop, measures=[CUSTOMERS], by=[{"scheme": "letters"}]).rows == (("Rest", 2), ("First", 1))
        assert ask(shop, measures=[REVENUE], by=[{"scheme": "letters"}]).rows == (("Rest", 25), ("First", 10))
        rest = {"kind": "segment", "segment": "rest", "scheme": "letters"}
        assert find(shop, condition=rest).rows == (("b",), ("c",))

    def test_a_scheme_named_by_its_module(self, shop: Made, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setitem(SCHEMES, "halves", "tests.query.test_find:halves")
        assert ask(shop, measures=[CUSTOMERS], by=[{"scheme": "halves"}]).rows == (("All", 3),)

    def test_an_attribute_is_a_scheme(self, shop: Made):
        assert ask(shop, measures=[{"metric": "churn_rate"}], by=[{"scheme": "customers.country"}]).rows == (("DE", 0.5), ("FR", 0.0))

    def test_labels(self, shop: Made):
        churned = {"kind": "label", "label": "churned"}
        assert find(shop, condition=churned).rows == (("a",),)
        assert ask(shop, measures=[REVENUE], where=no(churned)).rows == ((25,),)

    def test_an_unknown_segment(self, shop: Made):
        with pytest.raises(DefinitionError, match="no segment 'vips'"):
            find(shop, condition={"kind": "segment", "segment": "vips"})

    def test_a_limit_needs_a_rank(self, shop: Made):
        with pytest.raises(DefinitionError, match="first by"):
            find(shop, limit=2)

    def test_nobody(self, shop: Made):
        result = find(shop, condition=col("customers.country", "=", "XX"))
        assert (result.row_count, result.summary) == (0, "There are no customers whose country is XX.")
        assert keys_of(shop, result) == []

    def test_other_entities(self, shop: Made):
        result = find(shop, of="order", condition={"kind": "value", "value": REVENUE, "op": ">", "number": 8, "per": "order"})
        assert result.rows == (("1",), ("2",))
        assert result.columns[0].name == "order"

    def test_a_vague_word_is_settled_aloud(self, shop: Made):
        big = {"kind": "top", "value": REVENUE, "share": 0.34, "word": "big spenders"}
        assert find(shop, condition=big).assumptions[0] == (
            "“big spenders” is taken as among the top 34% of customers by revenue: 1; looser, among the top 68% of customers by "
            "revenue, gives 2; stricter, among the top 17% of customers by revenue, gives 1."
        )

    def test_a_vague_word_in_a_figure(self, shop: Made):
        often = {"kind": "value", "value": ORDERS, "op": ">=", "number": 1, "word": "often"}
        assert ask(shop, measures=[CUSTOMERS], customers=often).assumptions[0] == (
            "“often” is taken as with at least 1 order: 3; stricter, with at least 2 orders, gives 0."
        )


def halves(context: Any) -> Any:
    """A scheme found by its name."""
    t = context.engine.table("customers")
    return t.select(key=t.customer, segment=t.customer.nullif("z").isnull().ifelse("None", "All"))


class TestHostileNames:
    """Names that SQL, Ibis or this project's own expressions might trip over."""

    NAMES = ("key", "value", "by", "having", "select", 'a "quoted" one', "with space", "dot.ted", "rank", "n", "ÄÖÜ", "x", "count")

    def test_every_one(self, tmp_path: Path):
        columns = ", ".join(f"'{i}' AS \"{name.replace(chr(34), chr(34) * 2)}\"" for i, name in enumerate(self.NAMES))
        tables = {"order": f"SELECT range AS id, range * 1.5 AS sum, {columns} FROM range(4)"}
        specs = {name: {"type": "text", "role": "category"} for name in self.NAMES}
        model = {
            "name": "hostile",
            "entities": {"customer": {"key": "order.id"}},
            "tables": {
                "order": {
                    "kind": "events",
                    "key": "id",
                    "columns": {"id": {"type": "integer", "role": "customer"}, "sum": {"type": "number"}} | specs,
                }
            },
        }
        made = make(tmp_path, model, tables)
        for i, name in enumerate(self.NAMES):
            ref = f"order.{name}"
            plan = {"measures": [{"column": "order.sum", "stat": "sum"}, {"count": "order"}], "by": [{"column": ref}]}
            assert ask(made, **plan, where=col(ref, "=", str(i))).rows == ((str(i), 9.0, 4),)
            per = {"column": "order.sum", "stat": "sum", "per": "customer"}
            assert ask(made, measures=[per], by=[{"column": ref}]).rows == ((str(i), 2.25),)
            assert find(made, condition=col(ref, "=", str(i))).row_count == 4


def test_a_question_is_quick_to_compile(tmp_path: Path):
    """No timed budget: a bound that only an accident (compiling everything twice over) would pass."""
    made = draw(tmp_path, TestSegments.__doc__ or "")
    plan = {"measures": [{"metric": "churn_rate"}, REVENUE], "by": [{"column": "customers.country"}], "customers": did("orders")}
    ask(made, **plan)
    began = time.thread_time()
    ask(made, **plan)
    assert time.thread_time() - began < 2
