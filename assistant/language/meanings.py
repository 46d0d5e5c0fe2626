"""What a stretch of words can mean. A Span holds every meaning of its words; the grammar picks by what it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeVar

from segue.tools.query.plan import Part, Period, Window

Op = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Col:
    """A column, `table.column`."""

    ref: str


@dataclass(frozen=True)
class Val:
    """Values of a column. `test`: in (any of the values), yes or no (of a flag), contains (all the words in `text`),
    cancelled (the table's cancelled rows)."""

    ref: str
    values: tuple = ()
    test: Literal["in", "yes", "no", "contains", "cancelled", "missing", "present"] = "in"
    text: str = ""


@dataclass(frozen=True)
class Met:
    """A metric of the model file."""

    name: str


@dataclass(frozen=True)
class Ent:
    """An entity: customers, orders, products."""

    name: str


@dataclass(frozen=True)
class Tab:
    """A table, whose rows can be counted: reviews, tickets."""

    name: str


@dataclass(frozen=True)
class Lab:
    """A label holds (left), or not (still with us)."""

    name: str
    holds: bool = True


@dataclass(frozen=True)
class Seg:
    """A saved segment, or a segment of a scheme."""

    name: str
    scheme: str | None = None


@dataclass(frozen=True)
class Num:
    """A number. unit: money, percent (value is then a fraction), times, or None."""

    value: float
    unit: str | None = None


@dataclass(frozen=True)
class Percentile:
    """The value below which a share of them lies: 0.9 for the 90th percentile."""

    share: float


@dataclass(frozen=True)
class Bound:
    """A comparison with a number, or with two (`op` "between", both inclusive)."""

    op: Op | Literal["between"]
    value: float
    high: float | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Dur:
    """A length of time: "60 days"; with `op` a comparison with one: "five years or more"."""

    n: float
    unit: str
    op: Op | None = None


@dataclass(frozen=True)
class Time:
    """A stretch of time. `vague`: nothing but "recently". `shift`: so many periods before the last one talked of."""

    window: Window | None = None
    shift: int | None = None
    period: Period | None = None


@dataclass(frozen=True)
class Every:
    """A breakdown by a part of a date: month by month, by weekday. `which`: asked for as "which month"."""

    part: Part


@dataclass(frozen=True)
class DatePart:
    """A filter on a part of a date: at weekends, on Mondays."""

    part: Part
    values: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A word of the grammar, by category (words.yaml)."""

    category: str


@dataclass(frozen=True)
class Verb:
    """Something that people do: buy, return, complain ... `act` is its key in verbs.yaml."""

    act: str


@dataclass(frozen=True)
class Vague:
    """A word that needs a threshold: frequently, big spenders, recently."""

    name: str


@dataclass(frozen=True)
class Missing:
    """A role that this data has no column for (profit without cost), or a fact outside any customer data (the weather)."""

    role: str


Meaning = Col | Val | Met | Ent | Tab | Lab | Seg | Num | Percentile | Bound | Dur | Time | Every | DatePart | Word | Verb | Vague | Missing

M = TypeVar("M")


@dataclass
class Span:
    """Tokens start to end (exclusive) with their meanings. `used` is set by the grammar; what stays unused is reported."""

    start: int
    end: int
    text: str
    meanings: list[Meaning] = field(default_factory=list)
    score: float = 0.0
    used: bool = False
    corrected: str | None = None

    def of(self, *kinds: type[M]) -> M | None:
        """Its first meaning of one of the kinds, or None."""
        return next((m for m in self.meanings if isinstance(m, kinds)), None)

    def every(self, *kinds: type[M]) -> list[M]:
        """All its meanings of the kinds."""
        return [m for m in self.meanings if isinstance(m, kinds)]

    def word(self, *categories: str) -> bool:
        """Whether it is a grammar word of one of the categories."""
        return any(isinstance(m, Word) and m.category in categories for m in self.meanings)

    @property
    def unknown(self) -> bool:
        """No meaning at all."""
        return not self.meanings
