"""The shape of `segue.yaml`: what the tables, columns and words of a workspace mean.

References to columns are written `table.column` (split at the first dot: a table's name has none).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segue.tools.results import CellType

ColumnRef = Annotated[str, Field(pattern=r"^[^.]+\.[\s\S]+$", description="table.column")]
Stat = Literal["sum", "mean", "median", "min", "max", "percentile", "stddev", "distinct"]

Role = Literal[
    # what identifies
    "key",  # the table's own primary key
    "customer",  # the customer's key
    "account",  # a key that leads to the customer, though one person may have several
    "order",  # the order's (invoice's, basket's) key
    "line",  # a line's number within its order
    "reference",  # a key of another table
    # when
    "time",  # when the event happened
    "signup",  # since when someone is a customer
    "planned",  # a deadline, an expiry, a renewal: no event
    "date",  # any other date
    # how much
    "money",
    "price",
    "cost",
    "discount",
    "fee",
    "quantity",
    "score",  # a rating, a satisfaction figure
    "duration",  # a length of time; its unit says which
    "measure",  # any other number that can be added or averaged
    # what kind
    "category",
    "product",
    "place",
    "channel",
    "status",
    "flag",
    "band",
    "name",
    "contact",
    "text",
]
ColumnClass = Literal["identifier", "personal", "sensitive", "free_text", "safe"]
TableKind = Literal["customers", "events", "lookup"]
Subject = Literal[
    "sales", "payments", "returns", "support", "campaigns", "usage", "reviews", "cancellations", "visits", "other"
]


class Strict(BaseModel):
    """No unknown keys, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Test(Strict):
    """A yes-or-no test of a row: one column against values, a beginning, or a bound. Exactly one test is given."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    column: str = Field(description="a column of the same table, or table.column")
    one_of: list[str | int | float | bool] | None = Field(default=None, alias="in")
    starts_with: str | None = None
    below: float | None = None
    above: float | None = None
    present: bool | None = Field(default=None, description="true: the column has a value; false: it has none")

    @model_validator(mode="after")
    def _one(self) -> Test:
        given = [f for f in ("one_of", "starts_with", "below", "above", "present") if getattr(self, f) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of: in, starts_with, below, above, present")
        return self


class Derived(Strict):
    """How a column is made of others: of its own table, or (table.column) of one that each of its rows leads to. Exactly one is given.

    days_between  [earlier, later]: days as a fraction; missing where either is
    after         [a, b]: whether a is later than b; missing where either is
    together      one key made of several columns (an order where there is no order id: customer and time); missing where any is
    row           true: the row's number from 1 in the order it was read: the key of a table that has none
    """

    product: list[str] | None = None
    sum: list[str] | None = None
    difference: list[str] | None = Field(default=None, min_length=2, max_length=2)
    days_between: list[str] | None = Field(default=None, min_length=2, max_length=2)
    after: list[str] | None = Field(default=None, min_length=2, max_length=2)
    test: Test | None = None
    together: list[str] | None = None
    row: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Derived:
        if sum(getattr(self, f) is not None for f in type(self).model_fields) != 1:
            raise ValueError("give exactly one of: product, sum, difference, days_between, after, test, together, row")
        return self

    def inputs(self) -> list[str]:
        """The columns it is made of."""
        if self.test is not None:
            return [self.test.column]
        lists = ("product", "sum", "difference", "days_between", "after", "together")
        return next((v for f in lists if (v := getattr(self, f)) is not None), [])


class ColumnSpec(Strict):
    """A column. `label` is its plain name where the column's own is not; `called` are other names for it.

    yes     of a flag: the values that mean yes (1 or true where none are listed)
    no      of a flag with more than two values: the values that mean no ("No internet service" is neither)
    values  stored value -> what people call it: {F: [women, female]}
    unit    money, days, months, years, count, share, percent, minutes, ...
    """

    type: CellType
    role: Role | None = None
    class_: ColumnClass = Field(default="personal", alias="class")
    unit: str | None = None
    label: str | None = None
    called: list[str] = []
    yes: list[str | int | float | bool] = []
    no: list[str | int | float | bool] = []
    values: dict[str, list[str]] = {}
    derived: Derived | None = None


class TableSpec(Strict):
    """A table.

    time       when its rows happened: a column of its own or, as table.column, of a table that it joins to
    cancelled  rows that are cancellations or returns
    engaged    of campaign touches: rows in which the customer engaged (opened, clicked, redeemed)
    """

    source: str | None = None
    kind: TableKind
    subject: Subject = "other"
    key: str | None = None
    time: str | None = None
    cancelled: Test | None = None
    engaged: Test | None = None
    label: str | None = None
    called: list[str] = []
    columns: dict[str, ColumnSpec]


class Entity(Strict):
    """Something counted by a key: customers, orders, products, stores. `name` is the column that names one to people."""

    key: ColumnRef
    name: ColumnRef | None = None
    plural: str | None = None
    called: list[str] = []


class Join(Strict):
    """Rows of `from` lead to at most one row of `to`. `coverage` is the share of non-empty `from` keys found there."""

    from_: ColumnRef = Field(alias="from")
    to: ColumnRef
    coverage: float = 1.0
    one_to_one: bool = False


class Metric(Strict):
    """A named aggregate: a statistic of a column, a count of an entity, a ratio of two metrics, or the rate of a label.

    excludes  rows that don't count (a cancelled status on a positive amount is no sale)
    where     only rows that pass
    """

    stat: Stat | None = None
    of: ColumnRef | None = None
    count: str | None = Field(default=None, description="an entity, or a table (its rows)")
    ratio: list[str] | None = Field(default=None, min_length=2, max_length=2, description="two metrics")
    rate: str | None = Field(default=None, description="a label")
    excludes: Test | None = None
    where: Test | None = None
    unit: str | None = None
    label: str | None = None
    called: list[str] = []
    higher_is: Literal["better", "worse"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Metric:
        if sum(x is not None for x in (self.of, self.count, self.ratio, self.rate)) != 1:
            raise ValueError("give exactly one of: of (with stat), count, ratio, rate")
        if (self.of is None) != (self.stat is None):
            raise ValueError("stat and of go together")
        return self


class Label(Strict):
    """An outcome that the data states. Either a test of a column, or (event) having a row in a table.

    kind  churn: left, cancelled; response: answered a campaign
    of    the entity it is about
    """

    test: Test | None = None
    event: str | None = None
    kind: Literal["churn", "response", "other"] = "other"
    of: str = "customer"
    called: list[str] = []

    @model_validator(mode="after")
    def _one(self) -> Label:
        if (self.test is None) == (self.event is None):
            raise ValueError("give exactly one of: test, event")
        return self


class Model(Strict):
    """The semantic model of a workspace.

    clock        the time column that "now" is read from for questions about customers in general; None where there are no dates
    main_scheme  "rfm", or the attribute (table.column) that "which segment" means
    entities     always holds "customer"; "order" where there are orders
    """

    version: Literal[1] = 1
    name: str
    currency: str | None = None
    clock: ColumnRef | None = None
    main_scheme: str | None = None
    entities: dict[str, Entity]
    tables: dict[str, TableSpec]
    joins: list[Join] = []
    metrics: dict[str, Metric] = {}
    labels: dict[str, Label] = {}

    def column(self, ref: str) -> ColumnSpec:
        """The column that `table.column` names. KeyError where there is none (a validated model has none such)."""
        table, column = split(ref)
        return self.tables[table].columns[column]

    def plain(self, ref: str) -> str:
        """What people call the column."""
        spec = self.column(ref)
        return spec.label or words(split(ref)[1])


def split(ref: str) -> tuple[str, str]:
    """`table.column` -> (table, column), at the first dot."""
    table, _, column = ref.partition(".")
    return table, column


def words(name: str) -> str:
    """An identifier as words: InvoiceDate, invoice_date -> invoice date; customerID -> customer id."""
    import re

    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r"[\s_\-./]+", " ", spaced).strip().lower()
