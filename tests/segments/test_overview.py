"""Segments side by side, and the groupings that split customers."""

from __future__ import annotations

import pytest

from segue.assistant.grounding import problems
from segue.tools.errors import DefinitionError
from segue.tools.query.plan import Group, InSegment, Measure, Query
from segue.tools.query.run import run_query
from segue.tools.segments.arguments import SegmentOverview
from segue.tools.segments.groups import band_names, grouping
from segue.tools.segments.overview import segment_overview
from segue.tools.segments.rows import fetch
from tests.segments.worlds import members, members_model, shop, shop_model


def table_of(result) -> dict[str, dict]:
    names = [c.name for c in result.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in result.rows}


def test_retail_segments(retail):
    result = segment_overview(retail, SegmentOverview())
    found = table_of(result)
    assert sum(r["customers"] for r in found.values()) == 4339
    assert sum(r["share of customers"] for r in found.values()) == pytest.approx(1)
    assert sum(r["share of revenue"] for r in found.values()) == pytest.approx(1)
    assert result.summary == (
        "4,339 customers fall into 11 RFM segments: the largest is Potential Loyalist with 1,281 (29.5%). Champions brings the "
        "most revenue: £3,724,735.77, 44.8% of it from 7.4% of customers."
    )
    assert result.caveats == ("33 customers are in no segment, for lack of a value or of a purchase that counts.",)
    assert problems(result.summary, [result], names=False) == []


def test_the_query_tool_knows_the_scheme(retail):
    """The same segments by the query tool: by scheme, and as a condition."""
    found = run_query(retail, Query(measures=[Measure(count="customer")], by=[Group(scheme="rfm")]))
    sizes = dict(found.rows)
    overview = table_of(segment_overview(retail, SegmentOverview()))
    assert {k: v for k, v in sizes.items() if k in overview} == {k: r["customers"] for k, r in overview.items()}
    champions = Query(measures=[Measure(count="customer")], customers=InSegment(segment="champions", scheme="rfm"))
    assert run_query(retail, champions).rows == ((overview["Champions"]["customers"],),)


def test_churn_rates_with_a_label(telco):
    result = segment_overview(telco, SegmentOverview(segment="one year"))
    assert result.headline.label == "One year"
    assert result.headline.value == 1473
    assert result.summary == (
        "One year has 1,473 customers, 20.9% of all. Churn rate 11.3% (95% interval 9.8% to 13.0%)."
    )  # fmt: skip
    assert table_of(result)["Month-to-month"]["churn rate"] == pytest.approx(0.42710, abs=1e-5)


def test_small_groups_have_no_churn_rate_to_speak_of(make):
    result = segment_overview(make(members_model(), members=members()), SegmentOverview(scheme="members.island"))
    assert "Too few to say a churn rate of: tiny." in result.caveats
    assert "tiny" not in result.summary


def test_everyone_is_in_one_group_of_what_they_do_most(make):
    """A customer counts once, under the shelf that most of their rows have."""
    context = make(shop_model(), **shop(60))
    split_by = grouping(context, "sales.shelf")
    rows = fetch(context, split_by.table(None))
    assert len({r["key"] for r in rows}) == len(rows)
    assert split_by.assumptions == ("Each customer counts once, under the shelf that most of their rows have.",)


def test_numbers_are_cut_into_bands(telco):
    split_by = grouping(telco, "tenure")
    assert split_by.order == ("under 6", "6 to under 20", "20 to under 40", "40 to under 60", "60 and over")
    sizes = [row[1] for row in segment_overview(telco, SegmentOverview(scheme="customers.tenure")).rows]
    assert sum(sizes) == 7043
    assert min(sizes) > 1000


def test_band_names():
    assert band_names([]) == ["all"]
    assert band_names([10.0]) == ["under 10", "10 and over"]


def test_what_makes_no_groups(retail):
    with pytest.raises(DefinitionError, match="is a date"):
        grouping(retail, "transactions.InvoiceDate")
    with pytest.raises(DefinitionError, match="many values for each customer"):
        grouping(retail, "transactions.Quantity")
    with pytest.raises(DefinitionError, match=r"no scheme or column 'rfn'.*Did you mean 'rfm'"):
        grouping(retail, "rfn")
