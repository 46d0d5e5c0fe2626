"""The plan language: every question becomes one of these typed plans, whoever understood it.

The built-in chat model and a provider's fill the same types; the same code checks, compiles, explains and edits them.
Columns are `table.column`, entities, metrics, labels and schemes are names of the model file.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segue.tools.semantic.schema import ColumnRef, Stat

Unit = Literal["hours", "days", "weeks", "months", "quarters", "years"]
Period = Literal["day", "week", "month", "quarter", "year"]
Part = Literal["year", "quarter", "month", "week", "day", "hour", "weekday", "month_of_year", "hour_of_day"]
Op = Literal["=", "!=", "<", "<=", ">", ">="]
VAGUE = "the vague word (frequently, big spenders) that this threshold stands for: the answer states it with the next looser and stricter ones"
Scalar = str | int | float | bool | dt.date


class Strict(BaseModel):
    """Unknown arguments are an error, not dropped in silence; plans are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Window(Strict):
    """A stretch of time. Give `last` with `unit`, or `calendar` with `offset`, or `start` and/or `end`.

    last, unit        rolling back from the as-of day: date > as_of - last units, and <= as_of
    calendar, offset  a whole calendar period: offset -1 is the previous one (last month), 0 the current one to date
    start, end        days, both inclusive; either may be missing
    column            the date that it is about (default: when the events happened)
    before            shifts the whole window this many of its own lengths into the past (1: the period before it)
    """

    last: int | None = Field(default=None, ge=1)
    unit: Unit | None = None
    calendar: Period | None = None
    offset: int = 0
    start: dt.date | None = None
    end: dt.date | None = None
    column: ColumnRef | None = None
    before: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _one(self) -> Window:
        given = sum((self.last is not None, self.calendar is not None, self.start is not None or self.end is not None))
        if given != 1:
            raise ValueError("give last with unit, or calendar, or start and/or end")
        if (self.last is None) != (self.unit is None):
            raise ValueError("last and unit go together")
        return self


class Value(Strict):
    """An aggregate over rows. Give exactly one of metric, count, column.

    metric  a metric of the model file
    count   the distinct number of an entity (customer, order, ...), or a table's name: its rows
    column  a column, summarised by `stat` (a boolean or flag column's mean is the share of yes)
    where   only rows for which this holds;  window: only rows in this time
    """

    metric: str | None = None
    count: str | None = None
    column: ColumnRef | None = None
    stat: Stat | None = None
    percentile: float | None = Field(default=None, ge=0, le=1)
    where: Condition | None = None
    window: Window | None = None

    @model_validator(mode="after")
    def _one(self) -> Value:
        if sum(x is not None for x in (self.metric, self.count, self.column)) != 1:
            raise ValueError("give exactly one of: metric, count, column")
        if (self.column is None) != (self.stat is None):
            raise ValueError("column and stat go together")
        if (self.stat == "percentile") != (self.percentile is not None) and self.column is not None:
            raise ValueError("percentile (0 to 1) goes with stat percentile")
        return self


class All(Strict):
    """Every one holds."""

    kind: Literal["all"] = "all"
    of: list[Condition] = Field(min_length=1)


class AnyOf(Strict):
    """At least one holds."""

    kind: Literal["any"] = "any"
    of: list[Condition] = Field(min_length=1)


class Not(Strict):
    """It doesn't hold."""

    kind: Literal["not"] = "not"
    of: Condition


class ColumnIs(Strict):
    """A column compared. Of a population's condition (customers, orders) whose column belongs to its events: some event is so.

    value  for =, !=, <, ...: one; for in, not in: a list; for between: [low, high], both inclusive; for contains: text;
           for missing, present, yes, no: none.  other: a column to compare with in place of value.
    != and not in hold for rows without a value; the other comparisons don't. contains: every word of the text, in any order and case.
    starts with: text. yes, no: of a flag or boolean column; "no" is not yes for certain ("No internet service" is neither).
    part   of a date column: compare its weekday ("Saturday"), hour of the day, month of the year instead
    """

    kind: Literal["column"] = "column"
    column: ColumnRef
    op: Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "between", "contains", "starts with", "missing", "present", "yes", "no"]
    value: Scalar | list[Scalar] | None = None
    other: ColumnRef | None = None
    part: Literal["weekday", "hour_of_day", "month_of_year"] | None = None


class ValueIs(Strict):
    """An aggregate per customer (or per `per`) compared: spent 1,000 or more in the last 90 days; last order before May.

    number or date to compare with; an aggregate without rows is 0 for counts and sums, missing otherwise.
    """

    kind: Literal["value"] = "value"
    value: Value
    op: Op
    number: float | None = None
    date: dt.date | None = None
    per: str = Field(default="customer", description="the entity that it is computed for")
    word: str | None = Field(default=None, description=VAGUE)


class Did(Strict):
    """Has at least (`op` and `times` say otherwise) so many rows in a table, within a window. Never: not did."""

    kind: Literal["did"] = "did"
    table: str
    where: Condition | None = None
    window: Window | None = None
    op: Op = ">="
    times: int = 1
    per: str = "customer"
    word: str | None = Field(default=None, description=VAGUE)


class TopShare(Strict):
    """Is among the top (or bottom) by a value: `share` 0.1 is the top 10% (rounded down, at least one); or `number` of them."""

    kind: Literal["top"] = "top"
    value: Value
    share: float | None = Field(default=None, gt=0, le=1)
    number: int | None = Field(default=None, ge=1)
    end: Literal["top", "bottom"] = "top"
    per: str = "customer"
    word: str | None = Field(default=None, description=VAGUE)


class InSegment(Strict):
    """Belongs to a saved segment, or to a segment of a scheme, by name or id."""

    kind: Literal["segment"] = "segment"
    segment: str
    scheme: str | None = None


class HasLabel(Strict):
    """The label of the model file holds for it (churned, responded)."""

    kind: Literal["label"] = "label"
    label: str


Condition = Annotated[
    All | AnyOf | Not | ColumnIs | ValueIs | Did | TopShare | InSegment | HasLabel,
    Field(discriminator="kind"),
]


class Measure(Value):
    """What to work out, one column of the answer.

    per    the value is first worked out for each of this entity, then summarised by `over` (mean spend per customer)
    share  as a share of the total: of the whole answer ("total"), or within each value of the first grouping ("group")
    """

    name: str | None = Field(default=None, description="a heading for the column")
    per: str | None = None
    over: Literal["mean", "median", "sum", "min", "max", "percentile", "stddev"] = "mean"
    over_percentile: float | None = Field(default=None, ge=0, le=1)
    share: Literal["total", "group"] | None = None


class Rate(Strict):
    """The share of a population for which a condition holds: churn by contract, share of orders that were late.

    of       an entity or a table whose members (rows) are counted;  among: only those (the denominator)
    """

    kind: Literal["rate"] = "rate"
    name: str | None = None
    of: str = "customer"
    condition: Condition
    among: Condition | None = None


class Ratio(Strict):
    """One value divided by another: freight as a share of price, turnover with no known customer over all turnover."""

    kind: Literal["ratio"] = "ratio"
    name: str | None = None
    top: Measure
    bottom: Measure
    unit: Literal["share", "ratio", "money"] = "share"


class Correlation(Strict):
    """Pearson's correlation of two values per entity (`over` customer, order) or of two columns per row (`over` a table)."""

    kind: Literal["correlation"] = "correlation"
    name: str | None = None
    x: Value
    y: Value
    over: str = "customer"


class Concentration(Strict):
    """The share of a value that the top share of an entity holds: what slice of revenue the top 10% of customers bring."""

    kind: Literal["concentration"] = "concentration"
    name: str | None = None
    value: Value
    per: str = "customer"
    share: float = Field(gt=0, lt=1)


AnyMeasure = Measure | Rate | Ratio | Correlation | Concentration


class Group(Strict):
    """A breakdown. Give exactly one of column, value, condition, scheme.

    part       of a date: month, quarter, ... (a timeline), weekday, month_of_year, hour_of_day (a cycle)
    bands      lower edges of numeric bands, ascending: [18, 25, 35] gives 18-24, 25-34, 35+ (below the first too, where any are)
    natural    this many bands of round widths, chosen from the data
    value      an aggregate per entity `per` (its first order's month, its number of orders), grouped on
    condition  yes or no;  `labels` name the two ([yes, no])
    """

    column: ColumnRef | None = None
    part: Part | None = None
    bands: list[float] | None = None
    natural: int | None = Field(default=None, ge=2, le=20)
    value: Value | None = None
    per: str = "customer"
    condition: Condition | None = None
    labels: tuple[str, str] | None = None
    scheme: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Group:
        if sum(x is not None for x in (self.column, self.value, self.condition, self.scheme)) != 1:
            raise ValueError("give exactly one of: column, value, condition, scheme")
        return self


class Having(Strict):
    """Only groups for which this holds: at least 30 customers (also where that is not what is shown)."""

    measure: Measure | Rate | Ratio
    op: Op
    number: float


class Sort(Strict):
    """Order by a measure (its position, from 0), or by a grouping."""

    measure: int | None = 0
    group: int | None = None
    descending: bool = True


class Query(Strict):
    """A question about figures: measures, by groups, over a population, in a window.

    where      conditions on the rows (or orders, or customers) that count
    customers  only customers for whom this holds (a segment's definition)
    window     when; applies to every measure that has no window of its own
    compare    "previous": each figure beside the same of the period before (or of `versus`), with change;
               "difference": the two groups of the first grouping, and first minus second
    limit      the first so many groups; `sort` says by what. Without sort: a timeline by time, else by the first measure, largest first
    rank_measures  several measures become rows (measure, value), largest first: which of these is the most
    """

    measures: list[AnyMeasure] = Field(min_length=1)
    by: list[Group] = []
    where: Condition | None = None
    customers: Condition | None = None
    window: Window | None = None
    compare: Literal["previous", "difference"] | None = None
    change: Literal["share", "amount"] = Field(default="share", description='what a change leads with: "share" (up 12%), "amount" (172 more)')
    versus: Window | None = Field(default=None, description="with compare previous: the period to compare with; none for the one right before")
    having: list[Having] = []
    sort: Sort | None = None
    limit: int | None = Field(default=None, ge=1)
    rank_measures: bool = False


class FindCustomers(Strict):
    """A question for the customers (or other entities) themselves: who they are, with what is worth knowing of each.

    show   values to list beside each key;  sort by the first of them, largest first, unless `ascending`
    limit  only the first so many: then the segment is these
    """

    condition: Condition | None = None
    of: str = "customer"
    show: list[Value] = []
    ascending: bool = False
    limit: int | None = Field(default=None, ge=1)


for _m in (Value, All, AnyOf, Not, ColumnIs, ValueIs, Did, TopShare, Measure, Rate, Ratio, Group, Having, Query, FindCustomers):
    _m.model_rebuild()


def plain(plan: BaseModel) -> dict:
    """The plan as JSON-plain data without what is default, every condition's `kind` kept: what state and evidence store."""
    out = {}
    for name, field in type(plan).model_fields.items():
        value = getattr(plan, name)
        if name == "kind" or value != field.get_default(call_default_factory=True):
            out[name] = _plain(value)
    return out


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return plain(value)
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value
