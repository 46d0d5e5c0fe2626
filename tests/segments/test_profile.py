"""What a group looks like: planted traits, nothing in noise, too few, what defines the group."""

from __future__ import annotations

import numpy as np
import pytest

from segue.assistant.grounding import problems
from segue.tools.errors import DefinitionError
from segue.tools.query.plan import All, ColumnIs, Did, HasLabel, Value, ValueIs
from segue.tools.segments.arguments import Profile
from segue.tools.segments.compare import defining
from segue.tools.segments.profile import profile
from segue.tools.semantic.schema import Model
from tests.segments.conftest import RETAIL, TELCO
from tests.segments.worlds import column, members, members_model, shop, shop_model


def traits(result) -> dict[str, tuple]:
    return {row[0]: row[1:] for row in result.rows}


def test_the_planted_trait_comes_first(make):
    """Bronze members are young, and leave; the noise column says nothing."""
    result = profile(make(members_model(), members=members()), Profile(segment="Bronze"))
    assert result.rows[0][0] == "age"
    assert result.summary.startswith("What sets bronze apart most from the others is age: a median of ")
    found = traits(result)
    assert found["noise"][-1] == "within chance"
    assert found["plan bronze"][-1] == "defines the group"
    assert found["gone yes"][:3] == ("share", pytest.approx(0.5, abs=0.06), pytest.approx(0.15, abs=0.04))
    assert problems(result.summary, [result], names=False) == []


def test_nothing_is_found_in_noise(make):
    """Groups drawn by lot, eight times: nothing sets heads apart from tails."""
    model = members_model().model_dump(by_alias=True)
    rng, frame = np.random.default_rng(99), members(800).drop(columns="exit_note")
    del model["tables"]["members"]["columns"]["exit_note"]
    for i in range(8):
        frame[f"lot{i}"] = rng.choice(["heads", "tails"], len(frame))
        model["tables"]["members"]["columns"][f"lot{i}"] = column("text", "category")
    world = make(Model.model_validate(model), members=frame)
    for i in range(8):
        result = profile(world, Profile(scheme=f"members.lot{i}", segment="heads"))
        assert result.summary.startswith("Beyond what defines them, nothing sets heads clearly apart from the others")


def test_too_few_to_say(make):
    world = make(members_model(), members=members())
    result = profile(world, Profile(condition=ColumnIs(column="members.island", op="=", value="tiny")))
    assert result.summary.startswith("Too few to say: 4 members in the group (members whose island is tiny) against 1,496")
    nobody = profile(world, Profile(condition=ColumnIs(column="members.island", op="=", value="nowhere")))
    assert nobody.summary == "No customer is in that group (members whose island is nowhere), so there is nothing to compare."


def test_against_another_group_and_only_some_traits(make):
    world = make(members_model(), members=members())
    gold = ColumnIs(column="members.plan", op="=", value="gold")
    result = profile(world, Profile(segment="bronze", against=gold, traits=["members.age", "members.noise"]))
    assert [row[0] for row in result.rows] == ["age", "noise"]
    assert result.extra["outside"] == sum(members()["plan"] == "gold")


def test_what_people_do_is_compared_too(make):
    """Romans buy nearly every month, Osloers every other."""
    result = profile(make(shop_model(), **shop()), Profile(scheme="people.town", segment="oslo"))
    names = [row[0] for row in result.rows]
    assert names[0] in ("purchases", "total spend")
    found = traits(result)
    assert found["purchases"][:3] == ("mean", pytest.approx(5, abs=0.4), pytest.approx(9, abs=0.4))


def test_segment_that_is_not_there(make):
    with pytest.raises(DefinitionError, match=r"no plan 'bronce'.*Did you mean 'bronze'"):
        profile(make(members_model(), members=members()), Profile(segment="bronce"))


def test_what_a_condition_speaks_of():
    spent = ValueIs(value=Value(metric="revenue"), op=">=", number=100)
    assert defining(RETAIL, spent) == {"transactions.amount"}
    assert defining(RETAIL, Did(table="transactions")) == {"transactions"}
    both = All(of=[ColumnIs(column="customers.tenure", op=">", value=3), HasLabel(label="churned")])
    assert defining(TELCO, both) == {"customers.tenure", "customers.Churn"}
    assert defining(RETAIL, None) == frozenset()


def test_telco(telco):
    result = profile(telco, Profile(condition=HasLabel(label="churned")))
    assert result.summary.startswith(
        "What sets customers who churned apart most from the others is contract Month-to-month: 88.6% against 42.9% "
        "(1,869 customers against 5,174). Then tenure: a median of 10 months against 38 months"
    )
    assert problems(result.summary, [result], names=False) == []


def test_retail_champions(retail):
    result = profile(retail, Profile(segment="champions"))
    assert result.summary.startswith("Beyond what defines them, nothing sets Champions clearly apart")
    assert "By definition they also differ in purchases: a mean of 19.19 against 3.05" in result.summary
    assert result.as_of == "2011-12-09"
