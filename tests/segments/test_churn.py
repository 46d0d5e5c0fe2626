"""Churn risk by group: planted rates, too few to say, leaks, past cut-offs, and two real data sets."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from segue.assistant.grounding import problems
from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.query.plan import ColumnIs, Value, ValueIs
from segue.tools.segments.arguments import ChurnRisk
from segue.tools.segments.churn import churn_risk
from segue.tools.segments.ranking import GroupRisk, rank
from tests.segments.worlds import END, RATES, STAYS, column, members, members_model, shop, shop_model


def by_name(result) -> dict[str, dict]:
    names = [c.name for c in result.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in result.rows}


# --- a label without dates ----------------------------------------------------------------------------------------------


@pytest.fixture
def club(make):
    return make(members_model(), members=members())


def test_risks_are_the_planted_ones(club):
    found = by_name(churn_risk(club, ChurnRisk()))
    assert list(found) == ["bronze", "silver", "gold"]
    for plan, planted in RATES.items():
        row = found[plan]
        assert row["churn risk"] == pytest.approx(planted, abs=0.05)
        assert row["low"] <= planted <= row["high"]
        assert row["rate low"] <= row["rate"] <= row["rate high"]
        assert row["at stake"] == pytest.approx(row["churn risk"] * row["members still here"] * 100)


def test_four_who_all_left_win_nothing(club):
    result = churn_risk(club, ChurnRisk(by=["members.island"]))
    found = by_name(result)
    assert (found["tiny"]["ever"], found["tiny"]["rate"], found["tiny"]["verdict"]) == (4, 1.0, "too few to say")
    assert list(found)[-1] == "tiny"
    assert result.headline is None or result.headline.label != "tiny"
    assert "Too few to say: tiny (4 of 4 left)." in result.summary


def test_what_was_written_after_leaving_is_left_out_and_named(club):
    result = churn_risk(club, ChurnRisk())
    assert result.extra["auc"] < 0.8
    assert "Left out of the model because they give the outcome away: exit note." in result.caveats


def test_lowest_and_one_group_asked_for(club):
    assert churn_risk(club, ChurnRisk(lowest=True)).headline.label == "gold"
    asked = churn_risk(club, ChurnRisk(segment="Silver"))
    assert asked.headline.label == "silver"
    assert "number 2 of 3; the highest is bronze" in asked.summary
    with pytest.raises(DefinitionError, match=r"no group 'sliver'.*Did you mean 'silver'"):
        churn_risk(club, ChurnRisk(segment="sliver"))


def test_among_and_limit(club):
    young = ColumnIs(column="members.age", op="<", value=30)
    result = churn_risk(club, ChurnRisk(among=young))
    assert list(by_name(result)) == ["bronze"]
    assert result.reading.endswith("for those still here, among members whose age is below 30, highest first.")
    cut = churn_risk(club, ChurnRisk(limit=1))
    assert (len(cut.rows), cut.row_count, cut.truncated) == (1, 3, True)


def test_two_groupings_cross(club):
    result = churn_risk(club, ChurnRisk(by=["members.plan", "members.island"]))
    assert [c.name for c in result.columns][:2] == ["plan", "island"]
    assert result.rows[0][0] == "bronze"


def test_too_few_leavers_for_a_model(make):
    frame = members(200).assign(gone=["yes"] * 10 + ["no"] * 190)
    result = churn_risk(make(members_model(), members=frame), ChurnRisk(by=["members.plan"]))
    assert all(row[2] is None for row in result.rows)  # no estimate
    assert "Only 10 of 200 left: too few to learn a risk from, so the ranking is by what happened." in result.caveats


def test_nobody_can_be_ranked(make):
    result = churn_risk(make(members_model(), members=members(15)), ChurnRisk())
    assert result.summary.startswith("Too few to say: no plan has enough members to know its churn risk")
    assert result.headline is None


def test_nobody_asked_about(club, make):
    nobody = ColumnIs(column="members.age", op=">", value=200)
    assert churn_risk(club, ChurnRisk(among=nobody)).summary == "There is no customer to estimate a churn risk for."


def test_nobody_asked_about_without_a_label(make):
    nobody = ColumnIs(column="people.town", op="=", value="atlantis")
    result = churn_risk(make(shop_model(), **shop(100)), ChurnRisk(among=nobody, horizon_days=30))
    assert result.summary == "There is no customer to estimate a churn risk for."
    assert result.headline is None


def test_a_horizon_without_dates_is_said_to_be_none(club):
    result = churn_risk(club, ChurnRisk(horizon_days=30))
    assert result.assumptions == ("The data doesn't say when people left, so the risk is not of a certain number of days.",)


def test_a_label_of_something_else(make):
    labels = {"left": members_model().labels["left"].model_dump(by_alias=True), "noted": {"test": {"column": "members.gone", "in": ["no"]}}}
    with pytest.raises(DefinitionError, match=r"noted is no label of leaving\. Use left\."):
        churn_risk(make(members_model(labels=labels), members=members(50)), ChurnRisk(label="noted"))


def test_unknown_column(club):
    with pytest.raises(DefinitionError, match="Did you mean"):
        churn_risk(club, ChurnRisk(by=["members.plann"]))


# --- no label: past cut-offs ---------------------------------------------------------------------------------------------


def test_inactivity_is_learnt_from_closed_windows(make):
    """Whoever they are, 10% of Romans and half of Osloers buy nothing in the next 30 days."""
    result = churn_risk(make(shop_model(), **shop()), ChurnRisk(by=["people.town"], horizon_days=30))
    found = by_name(result)
    assert list(found) == ["oslo", "rome", "bath"]
    for town, stays in STAYS.items():
        assert found[town]["churn risk"] == pytest.approx(1 - stays, abs=0.05)
        assert found[town]["low"] <= 1 - stays <= found[town]["high"]
    assert found["bath"]["verdict"] == "too few to say"
    assert result.extra["predicted"] == pytest.approx(result.extra["actual"], abs=0.05)
    assert result.extra["tested_on"] == "the 30 days from 31 May 2024 to 30 Jun 2024"
    assert result.as_of == END.isoformat()


def test_nothing_after_a_cut_off_is_known_at_it(make):
    """People who begin to buy after a cut-off are not in it: the windows count only those who had bought by then."""
    world = shop(300)
    late = world["sales"]["person"] >= 200
    world["sales"] = world["sales"][~late | (world["sales"]["day"] > END - dt.timedelta(days=20))]
    result = churn_risk(make(shop_model(), **world), ChurnRisk(by=["people.town"], horizon_days=30))
    seen = [c.name for c in result.columns].index("in it on 31 May 2024")
    assert sum(row[seen] for row in result.rows) <= 200


def test_spending_much_by_now_is_no_sample_of_the_past(make):
    """Who has spent 60 by now has stayed long: what happened is told of everyone, the risk of those asked about."""
    result = churn_risk(
        make(shop_model(), **shop()),
        ChurnRisk(by=["people.town"], horizon_days=30, among=ValueIs(value=Value(metric="revenue"), op=">=", number=60)),
    )
    assert "What happened, and what the model learnt, is of all customers; the risk is of those asked about." in result.assumptions
    oslo = by_name(result)["oslo"]
    assert oslo["in it on 31 May 2024"] > oslo["customers"]
    assert oslo["churn risk"] == pytest.approx(0.5, abs=0.12)


def test_too_short_a_history(make):
    with pytest.raises(QuestionError, match="too short to learn who leaves"):
        churn_risk(make(shop_model(), **shop(60, months=2)), ChurnRisk(horizon_days=90))


def test_neither_label_nor_dates(make):
    with pytest.raises(QuestionError, match="no label for leaving and no dates"):
        churn_risk(make(members_model(labels={}), members=members(50)), ChurnRisk(by=["members.plan"]))


# --- a label with dates --------------------------------------------------------------------------------------------------


def test_a_dated_label_is_about_the_next_days(make):
    """Osloers cancel at 20% a month, Romans at 2%; buying goes on until they do. Four in Bath all cancelled."""
    world, rng = shop(800), np.random.default_rng(2)
    town = world["people"]["town"].to_numpy().copy()
    town[3] = "bath"
    chance = np.where(town == "oslo", 0.2, 0.02)
    left_on = {}
    for month in range(7, -1, -1):
        for person in np.flatnonzero(rng.random(len(town)) < chance):
            left_on.setdefault(int(person), END - dt.timedelta(days=int(30 * month + rng.integers(0, 30))))
    for person in range(4):
        left_on[person] = END - dt.timedelta(days=200)
    sales = world["sales"]
    gone = sales["person"].map(left_on)
    sales = sales[gone.isna() | (sales["day"] <= gone.fillna(END))]
    cancels = pd.DataFrame({"person": list(left_on), "cancelled_on": list(left_on.values())})
    base = shop_model().model_dump(by_alias=True)
    base["tables"]["cancellations"] = {
        "kind": "events", "subject": "cancellations", "time": "cancelled_on",
        "columns": {"person": column("integer", "customer"), "cancelled_on": column("date", "time")},
    }  # fmt: skip
    base["joins"].append({"from": "cancellations.person", "to": "people.id"})
    base["labels"] = {"cancelled": {"event": "cancellations", "kind": "churn"}}
    from segue.tools.semantic.schema import Model

    people = world["people"].assign(town=town)
    context = make(Model.model_validate(base), people=people, sales=sales, cancellations=cancels)
    result = churn_risk(context, ChurnRisk(by=["people.town"], horizon_days=30))
    found = by_name(result)
    assert list(found) == ["oslo", "rome", "bath"]
    assert found["oslo"]["churn risk"] == pytest.approx(0.2, abs=0.06)
    assert found["rome"]["churn risk"] == pytest.approx(0.02, abs=0.02)
    assert (found["bath"]["customers still here"], found["bath"]["left so far"], found["bath"]["verdict"]) == (0, 4, "too few to say")
    assert "probability of leaving within 30 days" in result.summary


# --- ranking -------------------------------------------------------------------------------------------------------------


def test_an_order_that_chance_could_make_is_not_certain():
    a = GroupRisk(("a",), 400, 400, 100, 0.26, 0.2, 0.32, error=0.02)
    b = GroupRisk(("b",), 400, 400, 90, 0.24, 0.18, 0.3, error=0.02)
    assert not rank([a, b]).certain
    far = GroupRisk(("b",), 400, 400, 40, 0.12, 0.06, 0.18, error=0.02)
    assert rank([far, a]).certain
    assert [g.name for g in rank([a, far], lowest=True).first] == ["b", "a"]


def test_all_alike_stands_out_nowhere():
    groups = [GroupRisk((n,), 900, 900, 899, None) for n in "abc"]
    assert rank(groups).level
    assert not rank([GroupRisk(("a",), 900, 900, 500), GroupRisk(("b",), 900, 900, 100)]).level


# --- real data -----------------------------------------------------------------------------------------------------------


def test_telco(telco):
    result = churn_risk(telco, ChurnRisk())
    assert result.summary.startswith(
        "Month-to-month has the highest churn risk by contract: an estimated 33.6% probability of leaving (95% interval 32.2% to "
        "35.0%) for its 2,220 customers still here, against 18.0% overall. So far 42.7% of its 3,875 have left (41.2% to 44.3%). "
        "Next comes One year at 10.5%. What sets them apart: "
    )
    assert 0.84 <= result.extra["auc"] <= 0.86
    assert result.extra["base_rate"] == pytest.approx(0.26537, abs=1e-5)
    assert result.headline.label == "Month-to-month"
    assert problems(result.summary, [result], names=False) == []


def test_retail(retail):
    result = churn_risk(retail, ChurnRisk())
    assert result.summary.startswith("Lost has the highest churn risk by RFM segment: an estimated ")
    assert "probability of no purchase in the next 90 days" in result.summary
    assert "as of 9 Dec 2011" in result.summary
    assert result.extra["horizon_days"] == 90
    assert result.extra["actual"] == pytest.approx(0.42997, abs=1e-5)
    names = [c.name for c in result.columns]
    assert sum(row[names.index("customers")] for row in result.rows) == 4339
    assert "SELECT" in result.sql
    assert problems(result.summary.split(" What sets them apart")[0], [result], names=False) == []
