"""The tools' arguments are a chat model's contract: every field described, nothing unknown accepted."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from segue.tools.segments import arguments
from segue.tools.segments.arguments import ChurnRisk, Describe, ExplainChange, Profile, SegmentOverview

MODELS = (SegmentOverview, ChurnRisk, Profile, ExplainChange, Describe)


@pytest.mark.parametrize("model", MODELS)
def test_every_field_is_described_and_unknown_ones_refused(model):
    assert model.__doc__
    for name, field in model.model_fields.items():
        assert field.description, name
    with pytest.raises(ValidationError, match="Extra inputs"):
        model.model_validate({"metric": "m", "topic": "data", "segment": "s", "sql": "DROP TABLE x"})


def test_bounds():
    with pytest.raises(ValidationError):
        ChurnRisk(by=["a.b", "a.c", "a.d"])
    with pytest.raises(ValidationError):
        ChurnRisk(horizon_days=0)
    with pytest.raises(ValidationError, match="exactly one of: condition, segment"):
        Profile()
    with pytest.raises(ValidationError):
        ExplainChange(metric="revenue", dims=["no dot"])


def test_topics_are_those_that_describe_knows():
    from typing import get_args

    from segue.tools.describe import TOPICS

    assert set(get_args(arguments.Topic)) == {*TOPICS, "today"}
