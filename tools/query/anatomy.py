"""What a condition speaks of: its columns, and whether one row can meet it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segue.tools.query.plan import All, AnyOf, ColumnIs, Condition, Not
from segue.tools.semantic.schema import Model, Test


@dataclass(frozen=True)
class Tested:
    """A model file's test, as a condition."""

    ref: str
    test: Test
    negated: bool = False


AnyCondition = Condition | Tested


def condition_columns(condition: AnyCondition) -> list[str]:
    """The columns that a condition of columns alone compares; [] for what is counted or summed per entity."""
    if isinstance(condition, Tested):
        return [condition.ref]
    if isinstance(condition, ColumnIs):
        return [condition.column, *([condition.other] if condition.other else [])]
    if isinstance(condition, (All, AnyOf)):
        return [ref for part in condition.of for ref in condition_columns(part)]
    return condition_columns(condition.of) if isinstance(condition, Not) else []


def mentioned_columns(conditions: Iterable[AnyCondition | None]) -> frozenset[str]:
    """The columns that conditions of a question are explicit about."""
    return frozenset(ref for c in conditions if c is not None and not isinstance(c, Tested) for ref in condition_columns(c))


def positive_columns(conditions: Iterable[AnyCondition]) -> list[str]:
    """Columns that some row must be so in: those not under a Not."""
    found = []
    for condition in conditions:
        if isinstance(condition, (All, AnyOf)):
            found += positive_columns(condition.of)
        elif isinstance(condition, ColumnIs) or (isinstance(condition, Tested) and not condition.negated):
            found += condition_columns(condition)
    return found


def is_of_rows(condition: AnyCondition) -> bool:
    """Whether it is made of column comparisons alone, none negated: something that one row can be."""
    if isinstance(condition, (All, AnyOf)):
        return all(is_of_rows(part) for part in condition.of)
    return isinstance(condition, ColumnIs) or (isinstance(condition, Tested) and not condition.negated)


def conjuncts(condition: AnyCondition | None) -> list[AnyCondition]:
    """The conditions that must all hold."""
    if condition is None:
        return []
    return [c for part in condition.of for c in conjuncts(part)] if isinstance(condition, All) else [condition]


def say_test(model: Model, ref: str, test: Test) -> str:
    """A model file's test in words."""
    name = model.plain(ref)
    if test.one_of is not None:
        return f"{name} is {' or '.join(str(v) for v in test.one_of)}"
    if test.starts_with is not None:
        return f"{name} begins with {test.starts_with}"
    if test.present is not None:
        return f"{name} is {'recorded' if test.present else 'missing'}"
    return f"{name} is below {test.below:g}" if test.below is not None else f"{name} is above {test.above:g}"
