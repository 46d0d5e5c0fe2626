"""One class for each way in which a correct-looking query gives a wrong figure. The tables are those of the docstrings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.tools.errors import DefinitionError, QuestionError
from tests.query.drawn import draw
from tests.query.kit import Made, ask, find, rows, value


class Trap:
    """Draws its own docstring."""

    changes: dict[str, Any] = {}

    @pytest.fixture
    def shop(self, tmp_path: Path) -> Made:
        return draw(tmp_path, type(self).__doc__ or "", **self.changes)


def col(column: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"kind": "column", "column": column, "op": op} | ({} if value is None else {"value": value}) | more


def did(table: str, **more: Any) -> dict[str, Any]:
    return {"kind": "did", "table": table, **more}


def no(condition: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "not", "of": condition}


def both(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "all", "of": list(conditions)}


def either(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "any", "of": list(conditions)}


REVENUE = {"metric": "revenue"}
ORDERS = {"metric": "orders"}
CUSTOMERS = {"metric": "customers"}


class TestFanOut(Trap):
    """An order's total must not be added once for each of its lines or payments.

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-01 | 100
    2        | b        | 2024-01-02 | 50

    payments
    order_id | method  | paid
    1        | card    | 60
    1        | voucher | 40
    2        | card    | 50

    reviews
    order_id | score
    1        | 5
    1        | 3
    2        | 1
    """

    def test_a_total_filtered_through_many_rows(self, shop: Made):
        assert value(shop, measures=[REVENUE], where=col("payments.paid", ">", 0)) == 150

    def test_a_total_by_a_column_of_many_rows_counts_once_in_each(self, shop: Made):
        result = ask(shop, measures=[REVENUE], by=[{"column": "payments.method"}])
        assert list(result.rows) == [("card", 150), ("voucher", 100)]
        assert any("overlap" in c for c in result.caveats)

    def test_two_event_tables_side_by_side(self, shop: Made):
        measures = [{"column": "payments.paid", "stat": "sum"}, {"column": "reviews.score", "stat": "mean"}]
        assert rows(shop, measures=measures, by=[{"column": "orders.customer"}]) == [("a", 100, 4), ("b", 50, 1)]

    def test_the_filter_of_a_bridge_holds_of_the_same_row(self, shop: Made):
        card = col("payments.method", "=", "card")
        assert rows(shop, measures=[REVENUE], by=[{"column": "payments.method"}], where=card) == [("card", 150)]


class TestLinesAreNotOrders(Trap):
    """Three lines, two orders, one of them by nobody known.

    lines
    order_id | customer | product | day        | price
    1        | a        | tea     | 2024-01-01 | 10
    1        | a        | cup     | 2024-01-01 | 20
    2        |          | tea     | 2024-01-03 | 6
    """

    def test_orders_are_distinct(self, shop: Made):
        assert value(shop, measures=[ORDERS]) == 2

    def test_rows_are_rows(self, shop: Made):
        assert value(shop, measures=[{"count": "lines"}]) == 3

    def test_average_order_value_is_of_orders(self, shop: Made):
        assert value(shop, measures=[{"metric": "average_order_value"}]) == 18

    def test_rows_of_nobody_count_for_revenue_not_for_customers(self, shop: Made):
        assert value(shop, measures=[REVENUE]) == 36
        assert value(shop, measures=[CUSTOMERS]) == 1

    def test_spend_per_customer_leaves_out_nobody(self, shop: Made):
        assert value(shop, measures=[{"metric": "revenue", "per": "customer"}]) == 30
        ratio = {"kind": "ratio", "top": REVENUE, "bottom": CUSTOMERS, "unit": "money"}
        assert value(shop, measures=[ratio]) == 30

    def test_customers_by_product(self, shop: Made):
        assert rows(shop, measures=[CUSTOMERS], by=[{"column": "lines.product"}]) == [("cup", 1), ("tea", 1)]

    def test_orders_by_product_overlap(self, shop: Made):
        assert rows(shop, measures=[ORDERS], by=[{"column": "lines.product"}]) == [("tea", 2), ("cup", 1)]

    def test_nobody_ranks_among_customers(self, shop: Made):
        assert rows(shop, measures=[REVENUE], by=[{"column": "lines.customer"}], limit=5) == [("a", 30)]

    def test_a_share_of_orders_is_of_distinct_ones(self, shop: Made):
        """Parts that overlap: each is a share of all orders, not of the sum of the parts."""
        measures = [{"metric": "orders", "share": "total"}]
        assert rows(shop, measures=measures, by=[{"column": "lines.product"}]) == [("tea", 1.0), ("cup", 0.5)]


class TestAverageOfAverages(Trap):
    """The average spend per customer is not the average order.

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-01 | 10
    2        | a        | 2024-01-02 | 10
    3        | a        | 2024-01-03 | 10
    4        | b        | 2024-01-04 | 90
    """

    def test_per_customer(self, shop: Made):
        assert value(shop, measures=[{"metric": "revenue", "per": "customer"}]) == 60
        assert value(shop, measures=[{"metric": "revenue", "per": "customer", "over": "max"}]) == 90
        assert value(shop, measures=[{"metric": "orders", "per": "customer"}]) == 2

    def test_per_order(self, shop: Made):
        assert value(shop, measures=[{"column": "orders.total", "stat": "mean"}]) == 30
        assert value(shop, measures=[{"column": "orders.total", "stat": "median"}]) == 10

    def test_percentile(self, shop: Made):
        measure = {"metric": "revenue", "per": "customer", "over": "percentile", "over_percentile": 0.25}
        assert value(shop, measures=[measure]) == 45


class TestNever(Trap):
    """c never ordered at all, and the order of nobody must not spoil "not in".

    customers
    customer | country
    a        | DE
    b        | DE
    c        | FR

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-01 | 10
    2        | a        | 2024-06-01 | 10
    3        | b        | 2024-01-05 | 10
    4        |          | 2024-06-02 | 10
    """

    def test_never_includes_those_without_events(self, shop: Made):
        assert find(shop, condition=no(did("orders"))).rows == (("c",),)

    def test_not_since(self, shop: Made):
        lapsed = no(did("orders", window={"last": 30, "unit": "days"}))
        assert find(shop, condition=lapsed).rows == (("b",), ("c",))

    def test_bought_but_not_since(self, shop: Made):
        lapsed = both(did("orders"), no(did("orders", window={"last": 30, "unit": "days"})))
        assert find(shop, condition=lapsed).rows == (("b",),)

    def test_fewer_than_two_includes_none(self, shop: Made):
        assert find(shop, condition=did("orders", op="<", times=2)).rows == (("b",), ("c",))
        assert find(shop, condition=did("orders", op="=", times=0)).rows == (("c",),)

    def test_spent_nothing_is_zero(self, shop: Made):
        spent = {"kind": "value", "value": REVENUE, "op": "<", "number": 15}
        assert find(shop, condition=spent).rows == (("b",), ("c",))

    def test_last_order_of_nobody_is_unknown_not_early(self, shop: Made):
        early = {"kind": "value", "value": {"column": "orders.day", "stat": "max"}, "op": "<", "date": "2024-02-01"}
        assert find(shop, condition=early).rows == (("b",),)
        assert find(shop, condition=no(early)).rows == (("a",), ("c",))

    def test_a_rate_counts_everyone(self, shop: Made):
        rate = {"kind": "rate", "condition": no(did("orders"))}
        assert rows(shop, measures=[rate], by=[{"column": "customers.country"}]) == [("FR", 1.0), ("DE", 0.0)]


class TestTheSameRow(Trap):
    """Nobody bought red tea: a bought red cups and green tea.

    customers
    customer | country
    a        | DE
    b        | DE

    lines
    order_id | customer | product | plan  | day        | price
    1        | a        | cup     | red   | 2024-01-01 | 5
    2        | a        | tea     | green | 2024-01-01 | 5
    3        | b        | tea     | green | 2024-01-01 | 5

    """

    red, tea = col("lines.plan", "=", "red"), col("lines.product", "=", "tea")

    def test_in_one_all_it_is_one_row(self, shop: Made):
        assert find(shop, condition=both(self.red, self.tea)).rows == ()

    def test_two_events_are_said_as_two(self, shop: Made):
        condition = both(did("lines", where=self.red), did("lines", where=self.tea))
        assert find(shop, condition=condition).rows == (("a",),)

    def test_either_of_one_row(self, shop: Made):
        assert find(shop, condition=either(self.red, self.tea)).rows == (("a",), ("b",))

    def test_not_is_of_every_row(self, shop: Made):
        assert find(shop, condition=no(self.red)).rows == (("b",),)
        assert find(shop, condition=both(self.tea, no(self.red))).rows == (("b",),)

    def test_counting_customers_denies_of_every_row_too(self, shop: Made):
        assert value(shop, measures=[CUSTOMERS], where=both(self.tea, no(self.red))) == 1

    def test_money_is_denied_of_the_row(self, shop: Made):
        assert value(shop, measures=[REVENUE], where=no(self.red)) == 10

    def test_unequal_means_some_row(self, shop: Made):
        assert find(shop, condition=col("lines.plan", "!=", "red")).rows == (("a",), ("b",))


class TestMissingValues(Trap):
    """c's country is not known.

    customers
    customer | country | insured
    a        | DE      | Yes
    b        | FR      | No
    c        |         | Unknown
    """

    def names(self, shop: Made, condition: dict[str, Any]) -> str:
        return "".join(str(r[0]) for r in find(shop, condition=condition).rows)

    def test_unequal_holds_for_missing(self, shop: Made):
        assert self.names(shop, col("customers.country", "!=", "DE")) == "bc"
        assert self.names(shop, col("customers.country", "not in", ["DE", "FR"])) == "c"

    def test_not_equal_holds_for_missing(self, shop: Made):
        assert self.names(shop, no(col("customers.country", "=", "DE"))) == "bc"

    def test_missing(self, shop: Made):
        assert self.names(shop, col("customers.country", "missing")) == "c"
        assert self.names(shop, col("customers.country", "present")) == "ab"

    def test_a_third_value_is_neither_yes_nor_no(self, shop: Made):
        assert self.names(shop, col("customers.insured", "yes")) == "a"
        assert self.names(shop, col("customers.insured", "no")) == "b"
        assert self.names(shop, no(col("customers.insured", "yes"))) == "bc"

    def test_the_group_without_a_name_is_shown(self, shop: Made):
        result = ask(shop, measures=[CUSTOMERS], by=[{"column": "customers.country"}])
        assert sorted(result.rows) == [("(not recorded)", 1), ("DE", 1), ("FR", 1)]
        assert any("1 rows have no country" in c for c in result.caveats)

    def test_it_wins_no_ranking(self, shop: Made):
        assert rows(shop, measures=[CUSTOMERS], by=[{"column": "customers.country"}], limit=3) == [("DE", 1), ("FR", 1)]


class TestRollingWindows(Trap):
    """Now is 31 March, the last recorded day. 29 February is the last day of the month before.

    orders
    order_id | customer | moment              | total
    1        | a        | 2024-02-29 23:59:59 | 1
    2        | a        | 2024-03-01 00:00:00 | 2
    3        | a        | 2024-03-24 12:00:00 | 4
    4        | a        | 2024-03-25 00:00:00 | 8
    5        | a        | 2024-03-30 13:00:00 | 16
    6        | a        | 2024-03-31 12:30:00 | 32
    """

    @pytest.mark.parametrize(
        ("window", "expected"),
        [
            ({"last": 7, "unit": "days"}, 8 + 16 + 32),  # after 24 March
            ({"last": 1, "unit": "weeks"}, 8 + 16 + 32),
            ({"last": 1, "unit": "months"}, 2 + 4 + 8 + 16 + 32),  # after 29 February, the last day that is no later than the 31st
            ({"last": 1, "unit": "days"}, 32),
            ({"last": 24, "unit": "hours"}, 16 + 32),  # after 30 March 12:30
            ({"last": 23, "unit": "hours"}, 32),
            ({"last": 7, "unit": "days", "before": 1}, 4),  # 18 to 24 March
            ({"last": 1, "unit": "years"}, 63),
        ],
    )
    def test_bounds(self, shop: Made, window: dict, expected: int):
        assert value(shop, measures=[REVENUE], window=window) == expected

    def test_the_answer_states_the_dates(self, shop: Made):
        result = ask(shop, measures=[REVENUE], window={"last": 7, "unit": "days"})
        assert result.summary == "Revenue from 25 Mar 2024 to 31 Mar 2024 was 56.00."
        assert "The last 7 days are 25 Mar 2024 to 31 Mar 2024." in result.assumptions
        assert result.as_of == "2024-03-31"


class TestCalendarWindows(Trap):
    """Now is Thursday, 16 May 2024.

    orders
    order_id | customer | moment              | total
    1        | a        | 2023-05-20 10:00:00 | 1
    2        | a        | 2024-03-31 23:00:00 | 2
    3        | a        | 2024-04-01 00:00:00 | 4
    4        | a        | 2024-04-30 23:59:59 | 8
    5        | a        | 2024-05-06 08:00:00 | 16
    6        | a        | 2024-05-12 22:00:00 | 32
    7        | a        | 2024-05-16 09:00:00 | 64
    """

    @pytest.mark.parametrize(
        ("window", "expected"),
        [
            ({"calendar": "month", "offset": -1}, 4 + 8),
            ({"calendar": "month"}, 16 + 32 + 64),
            ({"calendar": "week", "offset": -1}, 16 + 32),  # Monday 6 to Sunday 12 May
            ({"calendar": "quarter", "offset": -1}, 2),
            ({"calendar": "year", "offset": -1}, 1),
            ({"calendar": "year"}, 126),
            ({"start": "2024-04-01", "end": "2024-04-30"}, 4 + 8),  # both days included, to their ends
            ({"start": "2024-05-12"}, 32 + 64),
            ({"end": "2024-03-31"}, 1 + 2),
            ({"start": "2024-05-01", "end": "2024-05-31", "before": 1}, 4 + 8),  # whole months shift by months
            ({"start": "2024-05-12", "end": "2024-05-16", "before": 2}, 16),  # five days, ten days back: 2 to 6 May
        ],
    )
    def test_bounds(self, shop: Made, window: dict, expected: int):
        assert value(shop, measures=[REVENUE], window=window) == expected

    def test_a_part_period_is_marked(self, shop: Made):
        result = ask(shop, measures=[REVENUE], window={"calendar": "month"})
        assert result.caveats == ("The data ends on 16 May 2024, so May 2024 is not complete.",)

    def test_part_periods_of_a_timeline_are_marked(self, shop: Made):
        result = ask(shop, measures=[REVENUE], by=[{"column": "orders.moment", "part": "quarter"}])
        assert [r[0] for r in result.rows] == ["2023-Q2", "2024-Q1", "2024-Q2"]
        assert result.caveats == (
            "Q2 2023 is only part of a quarter: the data begins on 20 May 2023.",
            "Q2 2024 is only part of a quarter: the data ends on 16 May 2024.",
        )

    def test_the_period_before(self, shop: Made):
        result = ask(shop, measures=[REVENUE], window={"calendar": "month", "offset": -1}, compare="previous")
        assert list(result.rows) == [(12, 2, 10, 5.0)]
        assert result.summary == "Revenue in April 2024 was 12.00, up 10.00 (500.0%) from 2.00 in March 2024."
        assert result.headline is not None and (result.headline.value, result.headline.unit) == (5.0, "share")

    def test_a_timeline_beside_itself(self, shop: Made):
        plan = {"measures": [ORDERS], "by": [{"column": "orders.moment", "part": "month"}], "compare": "previous"}
        got = rows(shop, window={"start": "2024-03-01"}, **plan)
        assert [r[:4] for r in got] == [("2024-03", 1, None, None), ("2024-04", 2, 1, 1), ("2024-05", 3, 2, 1)]

    def test_a_window_on_a_date_of_the_breakdown(self, shop: Made):
        plan = {"measures": [CUSTOMERS], "by": [{"value": {"column": "orders.moment", "stat": "min"}, "part": "month"}]}
        assert rows(shop, **plan) == [("2023-05", 1)]
        assert rows(shop, **plan, window={"start": "2024-01-01"}) == []


class TestExclusions(Trap):
    """A cancelled status on a positive amount is no sale, unless the question is about the cancelled.

    orders
    order_id | customer | day        | status    | total
    1        | a        | 2024-01-01 | delivered | 10
    2        | a        | 2024-01-02 | cancelled | 99
    3        | b        | 2024-01-03 | returned  | -4
    """

    changes = {
        "metrics": {
            "revenue": {
                "stat": "sum", "of": "orders.total", "unit": "money", "excludes": {"column": "orders.status", "in": ["cancelled"]}
            },
            "orders": {"count": "order"},
            "customers": {"count": "customer"},
            "average_order_value": {"ratio": ["revenue", "orders"], "unit": "money"},
        }
    }  # fmt: skip

    def test_left_out_and_said(self, shop: Made):
        result = ask(shop, measures=[REVENUE])
        assert result.rows == ((6,),)
        assert "Revenue leaves out rows where status is cancelled." in result.assumptions

    def test_asked_about(self, shop: Made):
        assert value(shop, measures=[REVENUE], where=col("orders.status", "=", "cancelled")) == 99
        assert rows(shop, measures=[REVENUE], by=[{"column": "orders.status"}])[0] == ("cancelled", 99)

    def test_both_parts_of_a_ratio_leave_it_out(self, shop: Made):
        assert value(shop, measures=[{"metric": "average_order_value"}]) == 3


class TestKeysWithoutRecord(Trap):
    """z has orders and no record; c a record and no orders.

    customers
    customer | country
    a        | DE
    c        | FR

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-01 | 10
    2        | z        | 2024-01-02 | 20
    """

    changes = {"joins": [{"from": "orders.customer", "to": "customers.customer", "coverage": 0.5}]}

    def test_a_key_with_no_record_is_a_customer(self, shop: Made):
        assert value(shop, measures=[CUSTOMERS]) == 3
        assert find(shop, condition=did("orders")).rows == (("a",), ("z",))

    def test_it_has_no_attributes(self, shop: Made):
        got = rows(shop, measures=[CUSTOMERS], by=[{"column": "customers.country"}])
        assert sorted(got) == [("(not recorded)", 1), ("DE", 1), ("FR", 1)]
        assert rows(shop, measures=[REVENUE], by=[{"column": "customers.country"}]) == [("(not recorded)", 20), ("DE", 10)]

    def test_top_customers(self, shop: Made):
        assert find(shop, show=[REVENUE], limit=2).rows == (("z", 20), ("a", 10))


class TestOnePersonTwoAccounts(Trap):
    """Person p has two accounts, in two countries.

    customers
    account | customer | country
    1       | p        | DE
    2       | p        | FR
    3       | q        | DE

    orders
    order_id | account | day        | total
    1        | 1       | 2024-01-01 | 10
    2        | 2       | 2024-01-02 | 20
    3        | 3       | 2024-01-03 | 5
    """

    def test_people_are_counted(self, shop: Made):
        assert value(shop, measures=[CUSTOMERS]) == 2
        assert rows(shop, measures=[CUSTOMERS], by=[{"column": "customers.country"}]) == [("DE", 2), ("FR", 1)]

    def test_spend_per_person(self, shop: Made):
        assert value(shop, measures=[{"metric": "revenue", "per": "customer"}]) == 17.5
        assert find(shop, show=[REVENUE], limit=1).rows == (("p", 30),)

    def test_came_back(self, shop: Made):
        twice = {"kind": "value", "value": ORDERS, "op": ">", "number": 1}
        assert find(shop, condition=twice).rows == (("p",),)


class TestTies(Trap):
    """b and c share second place.

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-01 | 30
    2        | b        | 2024-01-01 | 20
    3        | c        | 2024-01-01 | 20
    4        | d        | 2024-01-01 | 10
    """

    def test_a_tie_at_the_cut_is_said(self, shop: Made):
        result = ask(shop, measures=[REVENUE], by=[{"column": "orders.customer"}], limit=2)
        assert result.rows == (("a", 30), ("b", 20))
        assert result.caveats == ("c has the same figure as b, the last one shown.",)

    def test_a_shared_first_place_is_said(self, shop: Made):
        result = ask(shop, measures=[REVENUE], by=[{"column": "orders.customer"}], where=col("orders.customer", "!=", "a"))
        assert result.summary.startswith("b and c share first place with the highest revenue")

    def test_top_share_rounds_down_but_to_at_least_one(self, shop: Made):
        top = {"kind": "top", "value": REVENUE, "share": 0.7}
        assert find(shop, condition=top).rows == (("a",), ("b",))
        assert find(shop, condition={**top, "share": 0.1}).rows == (("a",),)
        assert find(shop, condition={**top, "end": "bottom", "share": 0.25}).rows == (("d",),)
        assert find(shop, condition={"kind": "top", "value": REVENUE, "number": 3}).rows == (("a",), ("b",), ("c",))

    def test_concentration(self, shop: Made):
        held = {"kind": "concentration", "value": REVENUE, "share": 0.5}
        assert value(shop, measures=[held]) == 50 / 80


class TestNothingToDivideBy(Trap):
    """Never a NaN, an infinity or a zero that means unknown.

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-01 | 0
    2        | b        | 2024-01-02 | 0
    """

    nobody = col("orders.customer", "=", "nobody")

    def test_a_zero_divisor(self, shop: Made):
        result = ask(shop, measures=[{"kind": "ratio", "top": {"count": "order"}, "bottom": REVENUE, "unit": "ratio"}])
        assert result.rows == ((None,),)
        assert "can't be worked out" in result.summary

    def test_no_rows(self, shop: Made):
        assert ask(shop, measures=[{"metric": "average_order_value"}], where=self.nobody).rows == ((None,),)
        assert ask(shop, measures=[{"column": "orders.total", "stat": "mean"}], where=self.nobody).rows == ((None,),)
        result = ask(shop, measures=[ORDERS], where=self.nobody)
        assert result.rows == ((0,),)
        assert find(shop, condition=self.nobody).row_count == 0

    def test_an_empty_population_has_no_rate(self, shop: Made):
        rate = {"kind": "rate", "condition": did("orders", op=">", times=1), "among": self.nobody}
        result = ask(shop, measures=[rate])
        assert result.rows == ((None,),)
        assert "can't be worked out" in result.summary

    def test_a_constant_correlates_with_nothing(self, shop: Made):
        result = ask(shop, measures=[{"kind": "correlation", "x": ORDERS, "y": REVENUE}])
        assert result.rows == ((None,),)

    def test_growth_from_nothing(self, shop: Made):
        result = ask(shop, measures=[REVENUE], window={"start": "2024-01-02", "end": "2024-01-02"}, compare="previous")
        assert result.rows == ((0, 0, 0, None),)

    def test_a_breakdown_of_nothing(self, shop: Made):
        result = ask(shop, measures=[REVENUE], by=[{"column": "orders.customer"}], where=self.nobody)
        assert (result.rows, result.headline) == ((), None)
        assert result.summary == "There is nothing to show: no orders meet the conditions."

    def test_a_sum_over_no_rows(self, shop: Made):
        assert ask(shop, measures=[REVENUE], where=self.nobody).rows == ((0,),)


class TestTwoTablesOneAnswer(Trap):
    """A month with orders only, one with tickets only.

    customers
    customer | country
    a        | DE

    orders
    order_id | customer | day        | total
    1        | a        | 2024-01-10 | 10

    tickets
    ticket | customer | opened     | topic
    t1     | a        | 2024-02-10 | late
    """

    def test_absent_counts_are_zero(self, shop: Made):
        measures = [ORDERS, {"count": "tickets"}]
        assert rows(shop, measures=measures, by=[{"column": "customers.country"}]) == [("DE", 1, 1)]

    def test_each_by_its_own_time(self, shop: Made):
        """Without groups each table is narrowed by its own date; now is each table's own last day."""
        measures = [ORDERS, {"count": "tickets"}]
        assert rows(shop, measures=measures, window={"calendar": "month"}) == [(1, 1)]

    def test_measures_ranked(self, shop: Made):
        measures = [{**ORDERS, "name": "orders"}, {"count": "tickets", "where": col("tickets.topic", "=", "x"), "name": "tickets"}]
        result = ask(shop, measures=measures, rank_measures=True)
        assert result.rows == (("orders", 1), ("tickets", 0))
        assert result.headline is not None and result.headline.label == "orders"


class TestBands(Trap):
    """Edges belong to the band above them.

    customers
    customer | age | churned
    a        | 17  | Yes
    b        | 18  | No
    c        | 24  | Yes
    d        | 25  | No
    e        | 70  | No
    f        |     | No
    """

    def test_given(self, shop: Made):
        got = rows(shop, measures=[CUSTOMERS], by=[{"column": "customers.age", "bands": [18, 25, 35]}])
        assert got == [("under 18", 1), ("18-24", 2), ("25-34", 1), ("35+", 1), ("(not recorded)", 1)]

    def test_natural_edges_are_round(self, shop: Made):
        got = rows(shop, measures=[CUSTOMERS], by=[{"column": "customers.age", "natural": 3}])
        assert [r[0] for r in got if r[0] != "(not recorded)"] == ["0-19", "20-39", "40+"]

    def test_edges_must_rise(self, shop: Made):
        with pytest.raises(DefinitionError, match="must rise"):
            ask(shop, measures=[CUSTOMERS], by=[{"column": "customers.age", "bands": [30, 20]}])

    def test_rates_by_band(self, shop: Made):
        result = ask(shop, measures=[{"metric": "churn_rate"}], by=[{"column": "customers.age", "bands": [18, 25]}])
        assert result.rows[:3] == (("under 18", 1.0), ("18-24", 0.5), ("25+", 0.0))

    def test_a_difference_of_two_groups(self, shop: Made):
        young = {"condition": col("customers.age", "<", 25), "labels": ["young", "older"]}
        result = ask(shop, measures=[{"metric": "churn_rate"}], by=[young], compare="difference")
        assert result.rows == (("young", 2 / 3), ("older", 0.0))
        assert result.headline is not None and result.headline.value == pytest.approx(2 / 3)
        assert result.summary == "Churn rate is 66.7 percentage points higher for young (66.7%) than for older (0.0%)."

    def test_a_difference_needs_two(self, shop: Made):
        with pytest.raises(QuestionError, match="two groups, and there are 3"):
            ask(shop, measures=[{"metric": "churn_rate"}], by=[{"column": "customers.age", "bands": [18, 25]}], compare="difference")


class TestGroupsThatAreTooSmall(Trap):
    """One customer in FR must not win.

    customers
    customer | country | churned
    a        | FR      | Yes
    b        | DE      | Yes
    c        | DE      | No
    d        | UK      | No
    e        | UK      | No
    """

    def test_having_on_what_is_not_shown(self, shop: Made):
        enough = [{"measure": CUSTOMERS, "op": ">=", "number": 2}]
        got = rows(shop, measures=[{"metric": "churn_rate"}], by=[{"column": "customers.country"}], having=enough)
        assert got == [("DE", 0.5), ("UK", 0.0)]


class TestNoDates(Trap):
    """Nothing here happened at any time.

    customers
    customer | country
    a        | FR
    """

    def test_a_period_is_declined(self, shop: Made):
        with pytest.raises(QuestionError, match="dated"):
            ask(shop, measures=[CUSTOMERS], window={"last": 7, "unit": "days"})
        with pytest.raises(QuestionError, match="no dates"):
            ask(shop, measures=[{"count": "customers"}], window={"last": 7, "unit": "days"})

    def test_no_now(self, shop: Made):
        assert ask(shop, measures=[CUSTOMERS]).as_of is None


class TestUnconnected(Trap):
    """Reviews say nothing of customers.

    customers
    customer | country
    a        | FR

    reviews
    order_id | score
    1        | 5
    """

    def test_a_breakdown_is_declined(self, shop: Made):
        with pytest.raises(QuestionError, match="nothing in the data connects"):
            ask(shop, measures=[{"column": "reviews.score", "stat": "mean"}], by=[{"column": "customers.country"}])

    def test_a_condition_is_declined(self, shop: Made):
        with pytest.raises(QuestionError, match="nothing in the data connects"):
            ask(shop, measures=[CUSTOMERS], where=col("reviews.score", "=", 5))


class TestNamesThatAreNotThere(Trap):
    """
    customers
    customer | country
    a        | FR
    """

    @pytest.mark.parametrize(
        ("plan", "said"),
        [
            ({"measures": [{"metric": "revenu"}]}, "no metric 'revenu'"),
            ({"measures": [{"count": "customr"}]}, "Did you mean 'customer'"),
            ({"measures": [CUSTOMERS], "by": [{"column": "customers.countri"}]}, "Did you mean 'country'"),
            ({"measures": [CUSTOMERS], "by": [{"column": "custmers.country"}]}, "Did you mean 'customers'"),
            ({"measures": [CUSTOMERS], "where": col("customers.nation", "=", "x")}, "has no column 'nation'"),
            ({"measures": [CUSTOMERS], "by": [{"scheme": "rfn"}]}, "no scheme 'rfn'"),
            ({"measures": [CUSTOMERS], "customers": {"kind": "label", "label": "gone"}}, "no label 'gone'"),
            ({"measures": [{"column": "customers.country", "stat": "mean"}]}, "has no mean"),
        ],
    )
    def test_the_nearest_is_offered(self, shop: Made, plan: dict, said: str):
        with pytest.raises(DefinitionError, match=said):
            ask(shop, **plan)
