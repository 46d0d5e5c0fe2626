"""The arguments of the segment tools and of describe: what a chat model fills in.

Columns are `table.column`; metrics, labels, entities and schemes are names of the model file. A grouping is named by a
string: a scheme ("rfm") or a column (a category's values, a number's natural bands).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from segue.tools.query.plan import Condition, Strict, Window
from segue.tools.semantic.schema import ColumnRef

Topic = Literal[
    "data", "table", "column", "definition", "today", "segments", "make_segment", "abilities",
]


class SegmentOverview(Strict):
    """A scheme's segments side by side: size, share, revenue share, order value, recency, frequency, churn rate."""

    scheme: str | None = Field(
        default=None,
        description='the scheme: "rfm", or a column as table.column; none for the main scheme of the model file',
    )
    among: Condition | None = Field(default=None, description="only customers for whom this holds")
    segment: str | None = Field(default=None, description="the segment of the scheme that was asked about, said first")
    of: str = Field(default="customer", description="the entity that is grouped")


class ChurnRisk(Strict):
    """Which group is likeliest to leave (or, without a label, to stop buying): interval, money at stake, reasons."""

    by: list[str] = Field(
        default=[],
        max_length=2,
        description='what to group by, one or two: "rfm", or a column as table.column; empty for the main scheme',
    )
    among: Condition | None = Field(default=None, description="only customers for whom this holds")
    segment: str | None = Field(default=None, description="the group asked about (how risky is X?), said first")
    label: str | None = Field(default=None, description="the churn label of the model file; none for its first")
    horizon_days: int | None = Field(
        default=None, ge=1, le=730,
        description="without a label: no purchase in this many days counts as leaving; none for the data's own rhythm",
    )
    lowest: bool = Field(default=False, description="true where the least risky group was asked for")
    limit: int | None = Field(default=None, ge=1, description="only the first so many groups; none for all")
    of: str = Field(default="customer", description="the entity at risk")


class Profile(Strict):
    """What a group looks like beside everyone else, most distinctive trait first. Give condition, or segment."""

    condition: Condition | None = Field(default=None, description="who is in the group")
    scheme: str | None = Field(
        default=None, description='the scheme of `segment`: "rfm", or table.column; none for the main one'
    )
    segment: str | None = Field(default=None, description="a segment of the scheme, instead of a condition")
    against: Condition | None = Field(default=None, description="whom to compare with; none for everyone else")
    among: Condition | None = Field(default=None, description="only customers for whom this holds, on both sides")
    traits: list[ColumnRef] = Field(default=[], description="only these columns; empty for every trait worth comparing")
    limit: int = Field(default=12, ge=1, le=100, description="how many traits to show")
    of: str = Field(default="customer", description="the entity that is compared")

    @model_validator(mode="after")
    def _one(self) -> Profile:
        if (self.condition is None) == (self.segment is None):
            raise ValueError("give exactly one of: condition, segment")
        return self


class ExplainChange(Strict):
    """Where a change of a metric between two periods comes from: exact contributions by each dimension's values."""

    metric: str = Field(description="a metric of the model file, an entity (its distinct number) or a table (its rows)")
    window: Window | None = Field(default=None, description="the period asked about; none for the last whole month")
    versus: Window | None = Field(default=None, description="the period to compare with; none for the one before")
    where: Condition | None = Field(default=None, description="only rows for which this holds (one store)")
    customers: Condition | None = Field(default=None, description="only customers for whom this holds")
    dims: list[ColumnRef] = Field(default=[], description="the dimensions to look in; empty for every candidate")
    expected: Literal["fall", "rise"] | None = Field(
        default=None, description="what the question takes for granted (why did it drop: fall), checked first"
    )
    limit: int = Field(default=10, ge=1, le=200, description="how many contributions to show")


class Describe(Strict):
    """What data there is, how words are defined here, and what Segue can do."""

    topic: Topic = Field(
        description=(
            "data: tables, rows, period. table, column: one of them, by name. definition: what a word means here, "
            "from the model file and the conventions (a metric, an entity, a label, a segment, or: returns, "
            "duplicates, last month, churn risk, ignored ...). today: the day that counts as now. "
            "segments: the schemes and their segments. "
            "make_segment: how to make one. abilities: what can be asked."
        )
    )
    name: str | None = Field(
        default=None, description="the table, column, metric, entity, label, segment or word; none for an overview"
    )


for _m in (SegmentOverview, ChurnRisk, Profile, ExplainChange, Describe):
    _m.model_rebuild()
