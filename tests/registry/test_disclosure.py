"""What a provider may see of a result, column by column."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.tools import disclosure
from segue.tools.disclosure import Placeholders, hidden_columns, told
from segue.tools.query.plan import Query, plain
from segue.tools.results import Column, Headline, Result
from tests.assistant.kit import MODEL, by_country, by_customer, members


def query(by: list[dict[str, Any]], columns: tuple[Column, ...], rows: tuple, **more: Any) -> Result:
    """A query's result, with a plan that fits it."""
    plan = Query.model_validate({"measures": [{"metric": "revenue"}], "by": by})
    return Result(tool="query", arguments=plain(plan), columns=columns, rows=rows, row_count=len(rows), **more)


MONEY = Column("revenue", "number", "money")


@pytest.mark.parametrize(
    ("group", "column", "hidden"),
    [
        ({"column": "orders.country"}, Column("country", "text"), {}),
        ({"column": "orders.email"}, Column("email", "text"), {0: "email"}),
        ({"column": "orders.customer_id"}, Column("customer", "integer"), {0: "customer"}),
        ({"column": "orders.note"}, Column("note", "text"), {0: "note"}),  # not classed: personal
        ({"column": "orders.birth_day", "part": "day"}, Column("born", "date"), {0: "birth_day"}),
        ({"column": "orders.birth_day", "part": "year"}, Column("born", "date"), {}),  # a band of people
        ({"column": "orders.customer_id", "bands": [0, 1000]}, Column("customer", "text"), {}),
        ({"scheme": "rfm"}, Column("segment", "text"), {}),
        ({"scheme": "orders.email"}, Column("segment", "text"), {0: "email"}),
    ],
)
def test_which_columns_are_hidden(group: dict[str, Any], column: Column, hidden: dict[int, str]) -> None:
    assert hidden_columns(query([group], (column, MONEY), (("x", 1.0),)), MODEL) == hidden


def test_a_measure_of_a_private_column_that_is_text_is_hidden() -> None:
    plan = {"measures": [{"column": "orders.email", "stat": "min"}], "by": [{"column": "orders.country"}]}
    columns = (Column("country", "text"), Column("first email", "text"))
    result = Result(tool="query", arguments=plan, columns=columns, rows=(("Germany", "ann@example.com"),), row_count=1)
    names = Placeholders()
    assert json.loads(told(result, MODEL, names))["rows"] == [["Germany", "value#1"]]
    assert names.put_back("value#1") == "ann@example.com"


def test_the_whole_of_what_is_told() -> None:
    plan = Query.model_validate({"measures": [{"metric": "revenue"}], "by": [{"column": "orders.country"}]})
    assert json.loads(told(by_country(None, plan), MODEL, Placeholders())) == {
        "tool": "query",
        "reading": "Revenue by country.",
        "columns": [{"name": "country", "unit": None}, {"name": "revenue", "unit": "money"}],
        "rows": [["Germany", 12345.6], ["France", 9021.0]],
        "row_count": 2,
        "rows_shown": 2,
        "headline": {"label": "Germany", "value": 12345.6, "unit": "money"},
        "summary": "Germany brought the most revenue, 12,345.60; France comes second with 9,021.00.",
        "assumptions": ["Revenue is net of returns."],
        "as_of": "2011-12-09",
    }


def test_keys_are_placeholders_in_rows_and_headline_and_no_summary_is_told() -> None:
    plan = Query.model_validate({"measures": [{"metric": "revenue"}], "by": [{"column": "orders.customer_id"}]})
    said = json.loads(told(by_customer(None, plan), MODEL, Placeholders()))
    assert said["rows"] == [["customer#1", 900.0], ["customer#2", 800.0]]
    assert said["headline"]["label"] == said["rows"][0][0]
    assert "summary" not in said


def test_a_member_list_is_a_count_and_a_definition() -> None:
    plan = Query.model_validate({"measures": [{"metric": "revenue"}]})
    said = json.loads(told(members(None, plan), MODEL, Placeholders()))
    assert said["segment"]["size"] == 3
    assert said["row_count"] == 3
    assert said["rows_shown"] == 0
    assert "rows" not in said
    assert "summary" not in said


def test_a_value_named_in_its_row_is_hidden() -> None:
    columns = (Column("dimension", "text"), Column("value", "text"), Column("contribution", "number", "money"))
    rows = (("email", "ann@example.com", -5.0), ("country", "Germany", -3.0), ("birth day is 1 May 1980", None, -1.0))
    result = Result(
        tool="explain_change", arguments={"metric": "revenue"}, columns=columns, rows=rows, row_count=3,
        summary="It fell by 9, most of it where email is ann@example.com.",
    )  # fmt: skip
    said = json.loads(told(result, MODEL, Placeholders()))
    assert said["rows"] == [["email", "value#1", -5.0], ["country", "Germany", -3.0], ["value#2", None, -1.0]]
    assert "summary" not in said


@pytest.mark.parametrize(
    ("topic", "name", "hidden"),
    [
        ("column", "orders.email", True), ("column", "Email", True), ("column", "e-mial", True), ("column", "country", False),
        ("data", None, False), ("table", "orders", False), ("definition", "email", True), ("definition", "revenue", False),
    ],
)  # fmt: skip
def test_a_description_of_a_private_column_tells_no_values(topic: str, name: str | None, hidden: bool) -> None:
    columns = (Column("value", "text"), Column("rows", "integer", "count"))
    said = "Commonest: ann@example.com."
    result = Result("describe", {"topic": topic, "name": name}, columns, (("ann@example.com", 2),), 1, summary=said)
    assert ("ann@" in told(result, MODEL, Placeholders())) is not hidden


def test_the_first_of_a_private_date_is_hidden() -> None:
    plan = {"measures": [{"column": "orders.birth_day", "stat": "min"}]}
    result = Result("query", plan, (Column("first birth day", "date"),), (("1931-02-03",),), 1, summary="The first is 3 Feb 1931.")
    assert "1931" not in told(result, MODEL, Placeholders())


def test_a_main_scheme_of_private_values_is_hidden() -> None:
    model = MODEL.model_copy(update={"main_scheme": "orders.email"})
    columns = (Column("segment", "text"), Column("customers", "integer", "count"))
    result = Result("segments", {}, columns, (("ann@example.com", 2),), 1, summary="ann@example.com is the largest.")
    assert "ann@" not in told(result, model, Placeholders())


def test_a_scheme_of_a_private_column_is_hidden() -> None:
    columns = (Column("segment", "text"), Column("churn risk", "number", "share"))
    result = Result(
        tool="churn_risk", arguments={"by": ["orders.email"]}, columns=columns, rows=(("ann@example.com", 0.5),), row_count=1,
        headline=Headline("ann@example.com", 0.5, "share"), summary="ann@example.com is likeliest to leave.",
    )
    assert "ann@" not in told(result, MODEL, Placeholders())


def test_rows_are_cut_and_said_to_be() -> None:
    rows = tuple((f"c{i}", float(i)) for i in range(80))
    said = json.loads(told(query([{"column": "orders.country"}], (Column("country", "text"), MONEY), rows), MODEL, Placeholders(), 50))
    assert (len(said["rows"]), said["rows_shown"], said["row_count"]) == (50, 50, 80)


values = st.one_of(st.integers(), st.text(min_size=1, max_size=12))


@given(st.lists(values, max_size=20), st.text(max_size=30))
def test_placeholders_come_back_as_they_went(hidden: list[Any], around: str) -> None:
    names = Placeholders()
    shown = [names.hide("customer", value) for value in hidden]
    assert [names.real(s) for s in shown] == hidden
    assert [names.hide("customer", value) for value in hidden] == shown
    kept = Placeholders(json.loads(json.dumps(names.known())))
    assert [kept.real(s) for s in shown] == hidden
    assert kept.real({"a": [around], "b": 5}) == {"a": [names.real(around)], "b": 5}


def test_placeholders_that_stand_for_nothing_are_found() -> None:
    names = Placeholders({"customer#1": 5})
    assert names.unknown_in("customer#1 and customer#2") == ["customer#2"]
    assert names.put_back("customer#1 and customer#2") == "5 and customer#2"


def test_what_a_result_says_of_itself_names_no_one() -> None:
    plan = Query.model_validate({"measures": [{"metric": "revenue"}], "by": [{"column": "orders.customer_id"}]})
    result = replace(by_customer(None, plan), caveats=("17001 has 5 orders without a date, and 17002 none.",))
    assert json.loads(told(result, MODEL, Placeholders()))["caveats"] == ["(hidden) has 5 orders without a date, and (hidden) none."]
    listed = replace(members(None, plan), assumptions=("ann@example.com is one of 3 customers.",))
    assert json.loads(told(listed, MODEL, Placeholders()))["assumptions"] == ["(hidden) is one of 3 customers."]


def test_a_key_that_has_a_placeholder_is_never_said_back() -> None:
    placeholders = Placeholders({"customer#1": "SECRET-77"})
    assert disclosure._known_masked("where customer id is SECRET-77.", placeholders) == "where customer id is customer#1."
