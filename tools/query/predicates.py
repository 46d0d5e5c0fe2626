"""A column compared with something, as Ibis: types made to fit, days inclusive, rows without a value treated as the plan says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError
from segue.tools.query.plan import ColumnIs, Op
from segue.tools.semantic.schema import ColumnSpec, Test

if TYPE_CHECKING:
    import ibis.expr.types as ir

YES_WORDS = ("yes", "y", "true", "t", "1")
NO_WORDS = ("no", "n", "false", "f", "0")
TRUTHS: dict[Any, bool] = dict.fromkeys(YES_WORDS, True) | dict.fromkeys(NO_WORDS, False)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def column_holds(column: Any, spec: ColumnSpec, condition: ColumnIs, other: Any | None = None) -> ir.BooleanValue:
    """The comparison; null (which a filter takes for no) where the column has no value, except for != and not in."""
    op, value = condition.op, condition.value
    if condition.part is not None:
        column, value = date_part(column, condition.part), _part_numbers(condition.part, value)
    if op == "missing":
        return column.isnull()
    if op == "present":
        return column.notnull()
    if op in ("yes", "no"):
        return flag_is(column, spec, yes=op == "yes")
    if op == "contains":
        return _contains(column, value)
    if op == "starts with":
        return column.cast("string").lower().startswith(str(value).lower())
    if other is not None:
        return _with_column(column, op, other)
    if value is None:
        raise DefinitionError(f"{condition.column} {op} needs a value.", None)
    if op in ("in", "not in"):
        return _among(column, value if isinstance(value, list) else [value], inside=op == "in")
    if op == "between":
        if not isinstance(value, list) or len(value) != 2:
            raise DefinitionError(f"{condition.column} between needs two values.", "Give [low, high].")
        return compared(column, ">=", value[0]) & compared(column, "<=", value[1])
    if isinstance(value, list):
        raise DefinitionError(f"{condition.column} {op} takes one value.", "Use in for several.")
    return compared(column, op, value)


def date_part(column: Any, part: str) -> ir.IntegerValue:
    """A place in a cycle as a number: weekday 0 (Monday) to 6, month_of_year 1 to 12, hour_of_day 0 to 23."""
    if not column.type().is_temporal() or (part == "hour_of_day" and column.type().is_date()):
        raise DefinitionError(f"{column.get_name()!r} has no {part.replace('_', ' ')}.", "Name a column of dates or times.")
    if part == "weekday":
        return column.day_of_week.index()
    return column.month() if part == "month_of_year" else column.hour()


def _part_numbers(part: str, value: Any) -> Any:
    """Weekday and month names as their numbers, whole or by their first three letters."""
    if isinstance(value, list):
        return [_part_numbers(part, v) for v in value]
    names = WEEKDAYS if part == "weekday" else MONTHS if part == "month_of_year" else ()
    if isinstance(value, str) and not value.isdigit():
        for number, name in enumerate(names):
            if name[:3].lower() == value[:3].lower():
                return number if part == "weekday" else number + 1
        raise DefinitionError(f"{value!r} is no {part.replace('_', ' ')}.", None)
    return value


def flag_is(column: Any, spec: ColumnSpec, yes: bool) -> ir.BooleanValue:
    """Whether a flag says yes, or says no; null where it says neither for lack of a value."""
    kind = column.type()
    if kind.is_boolean() and not spec.yes:
        return column if yes else ~column
    told = [fit(v, column) for v in (spec.yes if yes else spec.no)]
    if told:
        return column.isin(told)
    if not yes and spec.yes:
        return column.notin([fit(v, column) for v in spec.yes])
    if kind.is_numeric():
        return column == 1 if yes else column == 0
    return column.cast("string").lower().isin(YES_WORDS if yes else NO_WORDS)


def compared(column: Any, op: Op | str, value: Any) -> ir.BooleanValue:
    """The column against one value. On a timestamp a day means the whole day: <= includes it, > begins after it."""
    if column.type().is_timestamp() and _is_day(value):
        return _against_day(column, op, as_day(value))
    fitted = fit(value, column)
    if op == "=":
        return column == fitted
    if op == "!=":
        return (column != fitted).fill_null(True)
    return {"<": column.__lt__, "<=": column.__le__, ">": column.__gt__, ">=": column.__ge__}[op](fitted)


def test_holds(column: Any, test: Test) -> ir.BooleanValue:
    """A model file's test of a column; null (no) where it has no value."""
    if test.present is not None:
        return column.notnull() if test.present else column.isnull()
    if test.one_of is not None:
        return column.isin([fit(v, column) for v in test.one_of])
    if test.starts_with is not None:
        return column.cast("string").startswith(test.starts_with)
    return column < test.below if test.below is not None else column > test.above


def fit(value: Any, column: Any) -> Any:
    """The value in the column's own type. DefinitionError where it can't be."""
    kind = column.type()
    try:
        if kind.is_boolean():
            return value if isinstance(value, bool) else TRUTHS[str(value).lower()]
        if kind.is_string():
            return _as_text(value)
        if kind.is_numeric():
            return _number(value)
        if kind.is_date():
            return as_day(value)
        if kind.is_timestamp():
            return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    except (ValueError, KeyError):
        raise DefinitionError(f"{value!r} is no {kind} and can't be compared with {column.get_name()!r}.") from None
    return value


def as_day(value: Any) -> dt.date:
    """A day from a date or ISO text."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def _is_day(value: Any) -> bool:
    if isinstance(value, dt.datetime):
        return False
    return isinstance(value, dt.date) or (isinstance(value, str) and len(value) == 10)


def _against_day(column: Any, op: str, day: dt.date) -> Any:
    start = dt.datetime.combine(day, dt.time())
    end = start + dt.timedelta(days=1)
    if op == "=":
        return (column >= start) & (column < end)
    if op == "!=":
        return ((column < start) | (column >= end)).fill_null(True)
    return {"<": column < start, "<=": column < end, ">": column >= end, ">=": column >= start}[op]


def _among(column: Any, values: list[Any], inside: bool) -> Any:
    if column.type().is_timestamp() and all(_is_day(v) for v in values):
        column, values = column.cast("date"), [as_day(v) for v in values]
    else:
        values = [fit(v, column) for v in values]
    return column.isin(values) if inside else column.notin(values).fill_null(True)


def _contains(column: Any, value: Any) -> Any:
    text = column.cast("string").lower()
    found = [text.contains(word) for word in str(value).lower().split()]
    if not found:
        raise DefinitionError("contains needs at least one word.")
    whole = found[0]
    for one in found[1:]:
        whole = whole & one
    return whole


def _with_column(column: Any, op: str, other: Any) -> Any:
    if column.type().is_date() != other.type().is_date() and other.type().is_temporal() and column.type().is_temporal():
        column, other = column.cast("date"), other.cast("date")
    if op == "!=":
        return (column != other).fill_null(True)
    compare = {"=": column.__eq__, "<": column.__lt__, "<=": column.__le__, ">": column.__gt__, ">=": column.__ge__}
    if op not in compare:
        raise DefinitionError(f"Two columns can't be compared with {op!r}.", "Use =, !=, <, <=, > or >=.")
    return compare[op](other)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Any) -> int | float:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    number = float(str(value).replace(",", ""))
    return int(number) if number.is_integer() else number
